"""Rows that say what one object has to do with another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from bot.views import blocks
from bot.views.cards.citations import numbered
from bot.views.cards.frame import NONE, Page, full_name, labelled, linked, linked_id, paged, paragraph, titled, value
from bot.views.mrkdwn import escape, link, one_line
from bot.views.prose import parse
from bot.views.reply import Block
from knowledge.catalog import Catalog, Related
from knowledge.model import AttackObject, Campaign, Group, Software

Noun = TypeVar("Noun", bound=AttackObject)

_ROW_CHARACTERS = 1_200


def said(catalog: Catalog, related: Related[AttackObject], limit: int = _ROW_CHARACTERS) -> str:
    """``*Name* id · via campaign`` over what ATT&CK says about the two, in at most `limit` characters."""
    item = related.object
    via = f" · via campaign {linked(related.via)}" if related.via else ""
    text = parse(related.description, cite=numbered(catalog)).mrkdwn(limit)
    attack_id = "" if item.id == item.name else f" {escape(item.id)}"
    return f"*{link(item.url, full_name(catalog, item))}*{attack_id}{via}" + (f"\n{text}" if text else "")


def names(items: Sequence[AttackObject], limit: int = 5) -> str:
    """``A, B, C and 4 more``, each linked."""
    shown = ", ".join(linked(item) for item in items[:limit])
    left = len(items) - limit
    return f"{shown} and {left:,} more" if left > 0 else shown


def counted(number: int, noun: str, plural: str = "") -> str:
    """``1 group``, ``27 groups``."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def known_as(item: AttackObject, limit: int = 4) -> str:
    """The aliases of a group, software or a campaign, escaped; empty for others."""
    if not isinstance(item, Group | Software | Campaign):
        return ""
    shown = ", ".join(escape(one_line(alias)) for alias in item.aliases[:limit])
    left = len(item.aliases) - limit
    return f"{shown} and {left} more" if left > 0 else shown


def kind_of(item: AttackObject) -> str:
    """What a person calls its kind: ``group``, ``malware``, ``tool``, ``data component``."""
    return item.software_type if isinstance(item, Software) else item.kind.value.replace("-", " ")


def openable(title: str, items: Sequence[AttackObject], page: int, size: int, gist: int = 140) -> Page:
    """A paged list of objects, each with its first sentence and a button that opens its card."""
    shown, number, pages, place = paged(items, page, size)
    rows = tuple(_row(at, item, gist) for at, item in enumerate(shown))
    return Page((titled(title, place if items else ""), *(rows or NONE)), f"{title} {place}", number, pages)


def _row(at: int, item: AttackObject, gist: int) -> Block:
    first = parse(item.description).gist(1).plain(gist)
    return blocks.section(
        f"*{linked_id(item)}*" + (f"\n{escape(first)}" if first else ""),
        button=blocks.button("Open", f"open:{at}", value(item)),
    )


def described(item: AttackObject, *, sentences: int = 2, limit: int = 320) -> str:
    """The first sentences of an object's description as mrkdwn."""
    return parse(item.description).gist(sentences, limit).mrkdwn(900)


def facts(*pairs: tuple[str, str]) -> tuple[Block, ...]:
    """``*Label*  text``, a block each, the empty ones left out."""
    return tuple(block for label, text in pairs for block in paragraph(labelled(label, text)))


def escaped_list(words: Iterable[str]) -> str:
    """Words with commas, escaped; STIX's ``None`` is no word."""
    return ", ".join(escape(one_line(word)) for word in words if word and word != "None")
