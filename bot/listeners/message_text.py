"""All the words of a Slack message: text, blocks of every type, attachments.

Alerts of other apps put them anywhere, so what is not known by name is searched for texts all the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.listeners.entities import typed

_ATTACHMENT_TEXTS = ("pretext", "author_name", "title", "title_link", "text", "footer")
_DEEPEST = 12
_TEXT_KEYS = frozenset({"text", "alt_text", "title", "url", "value", "label", "description", "fallback"})
_NOT_WORDS = frozenset(
    {"type", "block_id", "action_id", "style", "emoji", "verbatim", "image_url", "user_id", "team_id"}
)


def words_of(message: dict[str, Any]) -> str:
    """The message as one text, each piece on a line of its own, none twice.

    A message with blocks has its `text` only where the blocks do not say it already.
    """
    pieces = [*_blocks(message.get("blocks")), *_attachments(message.get("attachments"))]
    text = typed(str(message.get("text") or ""))
    said = " ".join(" ".join(pieces).split())
    if text and " ".join(text.split()) not in said:
        pieces.insert(0, text)
    return "\n".join(dict.fromkeys(piece for piece in pieces if piece.strip()))


def _blocks(blocks: Any) -> Iterator[str]:
    for block in blocks if isinstance(blocks, list) else ():
        if isinstance(block, dict) and block.get("type") == "rich_text":
            yield "".join(_rich(block, 0)).strip("\n")
        else:
            yield from _texts(block, 0)


def _rich(element: Any, depth: int) -> Iterator[str]:
    """Rich text reads on within a line, so its pieces are joined; sections and list items end one."""
    if not isinstance(element, dict) or depth > _DEEPEST:
        return
    match element.get("type"):
        case "text":
            yield str(element.get("text") or "")
        case "link":
            label, url = str(element.get("text") or ""), str(element.get("url") or "")
            yield f"{label} ({url})" if label and label != url else url
        case "emoji":
            yield f":{element.get('name')}:"
        case _:
            for each in element.get("elements") or ():
                yield from _rich(each, depth + 1)
            if str(element.get("type", "")).startswith("rich_text_"):
                yield "\n"


def _texts(node: Any, depth: int, key: str = "") -> Iterator[str]:
    if depth > _DEEPEST:
        return
    if isinstance(node, str):
        if key in _TEXT_KEYS:
            yield typed(node)
    elif isinstance(node, list):
        for each in node:
            yield from _texts(each, depth + 1, key)
    elif isinstance(node, dict):
        if node.get("type") == "rich_text":
            yield "".join(_rich(node, depth)).strip("\n")
            return
        for name, each in node.items():
            if name not in _NOT_WORDS:
                yield from _texts(each, depth + 1, name)


def _attachments(attachments: Any) -> Iterator[str]:
    for attachment in attachments if isinstance(attachments, list) else ():
        if not isinstance(attachment, dict):
            continue
        pieces = [typed(str(attachment[key])) for key in _ATTACHMENT_TEXTS if attachment.get(key)]
        fields = [field for field in attachment.get("fields") or () if isinstance(field, dict)]
        pieces += [f"{typed(str(each.get('title') or ''))}: {typed(str(each.get('value') or ''))}" for each in fields]
        pieces += _blocks(attachment.get("blocks"))
        yield from pieces or [typed(str(attachment.get("fallback") or ""))]
