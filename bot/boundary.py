"""Where errors end: a known one becomes its sentence, an unknown one a reference that is in the log.

Neither the log nor the message carries what the user typed: an alert's text is secret.
"""

from __future__ import annotations

import logging
import secrets
import traceback
from collections.abc import Callable

from bot.views.messages import sentence, unknown_failure
from bot.views.reply import Reply
from knowledge.errors import KnowledgeError

logger = logging.getLogger(__name__)


def guarded(answer: Callable[[], Reply]) -> Reply:
    """The answer, or what to say when there is none."""
    try:
        return answer()
    except KnowledgeError as error:
        logger.warning("answered with a known error: %s", type(error).__name__)
        return sentence(str(error))
    except Exception as error:  # noqa: BLE001 - this is the boundary
        return unknown_failure(log_failure(error))


def log_failure(error: BaseException) -> str:
    """Log an unknown error without its message, which may hold a user's words.

    Returns:
        The reference it is logged under, eight characters.
    """
    reference = secrets.token_hex(4).upper()
    frames = traceback.extract_tb(error.__traceback__)
    way = " > ".join(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames)
    logger.error("reference %s: %s at %s", reference, type(error).__qualname__, way)
    return reference
