"""Modals, as `views.open` takes them."""

from __future__ import annotations

from typing import Any

from bot.views import blocks
from bot.views.mrkdwn import cut, one_line

MAP_FORM = "map_alert"
ANOTHER_FORM = "name_another"
IMPORT_FORM = "import_detections"
COLLECT_FORM = "correct_collected"
PROFILE_FORM = "team_profile"
MOST_FILES = 10
"""Files that Slack takes in one form."""
METADATA = 3_000
"""Characters that Slack keeps with a form."""
_ABOUT = 600

_DOMAINS = (("auto", "Let the text decide"), ("enterprise", "Enterprise"), ("mobile", "Mobile"), ("ics", "ICS"))


def map_form(metadata: str) -> dict[str, Any]:
    """Asks for an alert's text or a file of it, and the domain.

    Args:
        metadata: Where the answer goes, for whoever reads the submission.
    """
    options = [{"text": _plain(label), "value": value} for value, label in _DOMAINS]
    return modal(
        MAP_FORM,
        "Map to ATT&CK",
        "Map",
        metadata,
        input_block("text", "Alert text", {"type": "plain_text_input", "multiline": True}, optional=True),
        input_block(
            "file",
            "Or a file (text, JSON, CSV or EML, up to 1 MB)",
            {"type": "file_input", "filetypes": ["txt", "json", "csv", "eml", "log"], "max_files": 1},
            optional=True,
        ),
        input_block(
            "domain",
            "Domain",
            {"type": "static_select", "options": options, "initial_option": options[0]},
            optional=False,
        ),
    )


def another_form(metadata: str, about: str) -> dict[str, Any]:
    """Asks which technique it really was.

    Args:
        metadata: Where the answer goes, for whoever reads the submission.
        about: The masked words of the alert that are kept with the answer.
    """
    hint = "An id or a name, such as T1558.003 or kerberoasting."
    shown = cut(one_line(about), _ABOUT)
    return modal(
        ANOTHER_FORM,
        "What was it?",
        "Keep",
        metadata,
        input_block("named", "Technique", {"type": "plain_text_input", "max_length": 150}, optional=False, hint=hint),
        *((blocks.context("Kept with it, masked:"), blocks.plain_context(shown)) if shown else ()),
    )


def import_form(metadata: str) -> dict[str, Any]:
    """Asks for files of rules, what to call their source, and whose they are.

    Args:
        metadata: Where the answer goes, for whoever reads the submission.
    """
    name = {"type": "plain_text_input", "max_length": 150, "placeholder": _plain("sigma")}
    return modal(
        IMPORT_FORM,
        "Import detections",
        "Import",
        metadata,
        input_block(
            "file",
            "Rules: single files up to 1 MB, or an archive up to 20 MB",
            {"type": "file_input", "max_files": MOST_FILES},
            optional=False,
            hint="Sigma, Elastic, Splunk, Sentinel, Navigator, DeTT&CT, CSV, XLSX, STIX; zip or tar.",
        ),
        input_block(
            "name",
            "Source",
            name,
            optional=False,
            hint="A source is replaced whole: the same name again takes the place of what it held.",
        ),
        input_block(
            "label",
            "Team",
            {"type": "plain_text_input", "max_length": 100},
            optional=True,
            hint="Where several teams share this workspace; without one the rules are everyone's.",
        ),
    )


def errors(**blocks: str) -> dict[str, Any]:
    """What an `ack` carries when a form was filled in wrongly, by block."""
    return {"response_action": "errors", "errors": blocks}


def modal(callback: str, title: str, submit: str, metadata: str, *blocks: dict[str, Any]) -> dict[str, Any]:
    """A form; `callback` is what its submission is recognised by."""
    return {
        "type": "modal",
        "callback_id": callback,
        "title": _plain(title),
        "submit": _plain(submit),
        "close": _plain("Cancel"),
        "private_metadata": metadata[:METADATA],
        "blocks": list(blocks),
    }


def input_block(name: str, label: str, element: dict[str, Any], *, optional: bool, hint: str = "") -> dict[str, Any]:
    """One question; its answer stands under `name` twice, as block and as action."""
    block = {
        "type": "input",
        "block_id": name,
        "label": _plain(label),
        "element": {**element, "action_id": name},
        "optional": optional,
    }
    return block | ({"hint": _plain(hint)} if hint else {})


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text, "emoji": False}
