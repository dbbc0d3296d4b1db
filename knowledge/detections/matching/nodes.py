"""What a rule asks of one event, as a tree that is kept as text with its detection.

A Sigma rule is understood once, when it is imported: pySigma parses it, and what is left here needs neither YAML nor
Sigma any more. As text a tree is a compact JSON array, ``["all",[["is","EventID","is",["4688"]],…]]``.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

How: TypeAlias = Literal[
    "is",
    "starts",
    "ends",
    "has",
    "is_cased",
    "starts_cased",
    "ends_cased",
    "has_cased",
    "number",
    "lt",
    "lte",
    "gt",
    "gte",
    "re",
    "cidr",
    "exists",
    "missing",
    "empty",
    "same",
    "same_start",
    "same_end",
    "same_part",
    "minute",
    "hour",
    "day",
    "week",
    "month",
    "year",
]
"""How a field is compared with the values of an `Item`.

``is``, ``starts``, ``ends`` and ``has`` take no heed of case, and with ``_cased`` they do. ``number`` is a number or
the same digits, ``re`` a regular expression found anywhere, ``cidr`` a network. ``exists``, ``missing`` and ``empty``
have no values. ``same`` and its kin compare with the fields that the values name. ``minute`` to ``year`` compare with
a part of the time that the field says.
"""


class Every(msgspec.Struct, frozen=True, array_like=True, tag="all"):
    """Holds where every one of its nodes does."""

    of: tuple[Node, ...]


class Some(msgspec.Struct, frozen=True, array_like=True, tag="any"):
    """Holds where one of its nodes does."""

    of: tuple[Node, ...]


class Not(msgspec.Struct, frozen=True, array_like=True, tag="not"):
    """Holds where its node does not."""

    of: Node


class Item(msgspec.Struct, frozen=True, array_like=True, tag="is"):
    """Holds where a field is what one of the values says.

    Attributes:
        field: As the rule names it; empty where any value of the event may be meant.
        values: At least one where `how` takes values.
    """

    field: str
    how: How
    values: tuple[str, ...] = ()


Node: TypeAlias = Every | Some | Not | Item

_DECODER: msgspec.json.Decoder[Node] = msgspec.json.Decoder(Node)


def write(node: Node) -> str:
    """A tree as text."""
    return msgspec.json.encode(node).decode()


def read(text: str) -> Node | None:
    """A tree from that text; None where there is none, or another version of this program wrote it."""
    if not text:
        return None
    try:
        return _DECODER.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return None


def asked_for(node: Node) -> frozenset[str]:
    """The fields a rule wants something of, those it only excludes by left out; ``""`` for any value."""
    found: set[str] = set()
    waiting: list[tuple[Node, bool]] = [(node, True)]
    while waiting:
        each, wanted = waiting.pop()
        match each:
            case Item(field=field):
                if wanted:
                    found.add(field)
            case Not(of=inner):
                waiting.append((inner, not wanted))
            case Every(of=parts) | Some(of=parts):
                waiting += ((part, wanted) for part in parts)
    return frozenset(found)
