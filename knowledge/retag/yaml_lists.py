"""Lists of plain values inside YAML, rewritten in place.

The parser says where each value stands; everything between the values is left as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from knowledge.retag.model import RetagError

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Entry:
    """A value of a list, and where in the text it stands, its quotes included."""

    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ValueList:
    """A list of texts in a YAML document, or a single text in the place of one.

    Attributes:
        document: Which document of the file, from 0.
        keys: Where in the document, key inside key.
        flow: Whether it is written ``[a, b]``.
        alone: Whether it is one text without a list around it.
    """

    document: int
    keys: tuple[str, ...]
    entries: tuple[Entry, ...]
    flow: bool
    alone: bool = False


def lists_at(text: str, keys: tuple[str, ...]) -> Iterator[ValueList]:
    """The list under keys inside keys, of each document that has one; lists of anything but texts are left out.

    Args:
        text: YAML that has been parsed within bounds before: this reads it without any.
        keys: Such as ``("tags", "mitre_attack_id")``.
    """
    number = 0
    for node in yaml.compose_all(text, Loader=_Loader):
        if node.tag == "tag:yaml.org,2002:null":
            continue  # an empty document, which parsing leaves out too
        found = _under(node, keys)
        if isinstance(found, yaml.ScalarNode):
            yield ValueList(number, keys, (_entry(found),), flow=False, alone=True)
        elif isinstance(found, yaml.SequenceNode) and all(isinstance(e, yaml.ScalarNode) for e in found.value):
            yield ValueList(number, keys, tuple(map(_entry, found.value)), flow=bool(found.flow_style))
        number += 1


def rewritten(text: str, place: ValueList, wanted: Sequence[Sequence[str]], path: str) -> str:
    """The text with each value of a list replaced.

    Args:
        text: What `lists_at` was given.
        place: One of its lists.
        wanted: For each value what shall stand there: itself, another, several, or none.
        path: For messages.

    Raises:
        RetagError: A value is not written in a way that can be replaced safely.
    """
    edits = []
    for entry, values in zip(place.entries, wanted, strict=True):
        if list(values) == [entry.value]:
            continue
        raw = text[entry.start : entry.end]
        if raw not in (entry.value, f'"{entry.value}"', f"'{entry.value}'"):
            raise RetagError(path, f"writes {entry.value} in a way that is not rewritten; change it by hand")
        written = [raw.replace(entry.value, value) for value in values]
        if written:
            edits.append((entry.start, entry.end, _joined(text, place, entry, written, path)))
        elif place.alone or (place.flow and len(place.entries) == 1):
            raise RetagError(path, f"names nothing but {entry.value}; change it by hand")
        else:
            edits.append(_removal(text, place, entry, path))
    for start, end, new in reversed(edits):
        text = text[:start] + new + text[end:]
    return text


def _under(node: Any, keys: tuple[str, ...]) -> Any:
    for key in keys:
        if not isinstance(node, yaml.MappingNode):
            return None
        node = next((v for k, v in node.value if isinstance(k, yaml.ScalarNode) and k.value == key), None)
    return node


def _entry(node: Any) -> Entry:
    return Entry(str(node.value), node.start_mark.index, node.end_mark.index)


def _joined(text: str, place: ValueList, entry: Entry, written: list[str], path: str) -> str:
    if len(written) == 1:
        return written[0]
    if place.alone:
        raise RetagError(path, f"names {entry.value} outside a list; change it by hand")
    if place.flow:
        return ", ".join(written)
    start, end = _line(text, entry)
    if text[entry.end : end].strip():
        raise RetagError(path, f"has a comment behind {entry.value}, which two tags replace; change it by hand")
    ending = "\r\n" if text[entry.end : end].endswith("\r\n") else "\n"
    return f"{ending}{text[start : entry.start]}".join(written)


def _removal(text: str, place: ValueList, entry: Entry, path: str) -> tuple[int, int, str]:
    if place.flow:
        return _flow_removal(place, entry)
    start, end = _line(text, entry)
    before, behind = text[start : entry.start], text[entry.end : end]
    if before.strip() != "-":
        raise RetagError(path, f"does not give {entry.value} a line of its own; change it by hand")
    if behind.strip():  # a comment: what it says may hold for the tags around it
        return start, entry.end + len(behind) - len(behind.lstrip()), before[: before.index("-")]
    return start, end, ""


def _flow_removal(place: ValueList, entry: Entry) -> tuple[int, int, str]:
    """With its comma: the one behind it, or before it where it is the last."""
    number = place.entries.index(entry)
    if number + 1 < len(place.entries):
        return entry.start, place.entries[number + 1].start, ""
    return place.entries[number - 1].end, entry.end, ""


def _line(text: str, entry: Entry) -> tuple[int, int]:
    start = text.rfind("\n", 0, entry.start) + 1
    end = text.find("\n", entry.end)
    return start, len(text) if end < 0 else end + 1
