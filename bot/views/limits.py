"""How much Slack takes, in one place.

The numbers are those of Slack's Block Kit reference, but for `MESSAGE_CHARACTERS`: Slack refuses a
message with `msg_blocks_too_long` without documenting where. The smallest sum that users report as
refused is about 11,300 characters, so cards stay well below it.
"""

from __future__ import annotations

BLOCKS_PER_MESSAGE = 50
BLOCKS_PER_VIEW = 100
MESSAGE_CHARACTERS = 9_000
HEADER_CHARACTERS = 150
SECTION_CHARACTERS = 3_000
CONTEXT_ELEMENTS = 10
ACTIONS_ELEMENTS = 25
BUTTON_LABEL = 75
BUTTON_VALUE = 2_000
ACTION_ID = 255
BLOCK_ID = 255
OPTIONS = 5
OPTION_CHARACTERS = 75
"""Of a menu behind three dots: of an option's label, and of its value."""
FALLBACK_CHARACTERS = 400
"""Our own: a notification shows a line or two, and Slack cuts `text` at 40,000 characters."""
