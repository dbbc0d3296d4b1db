"""Modals, as `views.open` takes them."""

from __future__ import annotations

from typing import Any

MAP_FORM = "map_alert"
ANOTHER_FORM = "name_another"
_METADATA = 3_000

_DOMAINS = (("auto", "Let the text decide"), ("enterprise", "Enterprise"), ("mobile", "Mobile"), ("ics", "ICS"))


def map_form(metadata: str) -> dict[str, Any]:
    """Asks for an alert's text or a file of it, and the domain.

    Args:
        metadata: Where the answer goes, for whoever reads the submission.
    """
    options = [{"text": _plain(label), "value": value} for value, label in _DOMAINS]
    return _modal(
        MAP_FORM,
        "Map to ATT&CK",
        "Map",
        metadata,
        _input("text", "Alert text", {"type": "plain_text_input", "multiline": True}, optional=True),
        _input(
            "file",
            "Or a file (text, JSON, CSV or EML, up to 1 MB)",
            {"type": "file_input", "filetypes": ["txt", "json", "csv", "eml", "log"], "max_files": 1},
            optional=True,
        ),
        _input(
            "domain",
            "Domain",
            {"type": "static_select", "options": options, "initial_option": options[0]},
            optional=False,
        ),
    )


def another_form(metadata: str) -> dict[str, Any]:
    """Asks which technique it really was."""
    hint = "An id or a name, such as T1558.003 or kerberoasting."
    return _modal(
        ANOTHER_FORM,
        "Which one was it?",
        "Keep",
        metadata,
        _input("named", "Technique", {"type": "plain_text_input", "max_length": 150}, optional=False, hint=hint),
    )


def errors(**blocks: str) -> dict[str, Any]:
    """What an `ack` carries when a form was filled in wrongly, by block."""
    return {"response_action": "errors", "errors": blocks}


def _modal(callback: str, title: str, submit: str, metadata: str, *blocks: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "modal",
        "callback_id": callback,
        "title": _plain(title),
        "submit": _plain(submit),
        "close": _plain("Cancel"),
        "private_metadata": metadata[:_METADATA],
        "blocks": list(blocks),
    }


def _input(name: str, label: str, element: dict[str, Any], *, optional: bool, hint: str = "") -> dict[str, Any]:
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
