"""What every card has around its section: title, notices, small print, tabs and page turners.

A card's modules each describe one kind of object as named sections; `frame` puts one of them on the table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from bot.views import blocks
from bot.views.limits import FALLBACK_CHARACTERS
from bot.views.mrkdwn import bold, cut, escape, link, one_line
from bot.views.reply import Block, Reply
from knowledge.catalog import Catalog
from knowledge.model import AttackObject, Kind, Technique

Row = TypeVar("Row")

OVERVIEW = "overview"


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a section.

    Attributes:
        summary: What it shows, in plain words, for the notification.
        number: Which page, from 0.
        pages: How many there are.
    """

    blocks: tuple[Block, ...]
    summary: str
    number: int = 0
    pages: int = 1


@dataclass(frozen=True, slots=True)
class Section:
    """A section of a card.

    Attributes:
        label: What its button says.
        build: Catalog, object and page number to the page; a number past the end gives the last page.
        count: How many things it holds; a section that holds none has no button. None for a section that is
            always there.
    """

    label: str
    build: Callable[[Catalog, Any, int], Page]
    count: Callable[[Catalog, Any], int] | None = None


Sections = Mapping[str, Section]


def value(item: AttackObject, section: str = OVERVIEW, page: int = 0) -> str:
    """What a button carries: ``ID|SECTION|PAGE``."""
    return f"{item.id}|{section}|{page}"


def full_name(catalog: Catalog, item: AttackObject) -> str:
    """The name as ATT&CK's site writes it: a sub-technique's begins with its parent's."""
    parent = catalog.parent_of(item) if isinstance(item, Technique) and item.is_subtechnique else None
    return one_line(f"{parent.name}: {item.name}" if parent else item.name)


def with_id(item: AttackObject, name: str = "") -> str:
    """``T1059 Command and Scripting Interpreter``; data components of v17 have no id but their name."""
    return item.name if item.id == item.name else f"{item.id} {name or item.name}"


def linked(item: AttackObject) -> str:
    """An object's name, linked to its page."""
    return link(item.url, item.name)


def linked_id(item: AttackObject) -> str:
    """An object's id and name, linked to its page."""
    return link(item.url, with_id(item))


def labelled(label: str, text: str) -> str:
    """``*Label*  text``; empty for an empty text."""
    return f"*{label}*  {text}" if text else ""


def paragraph(*rows: str) -> tuple[Block, ...]:
    """Rows in one section block, empty ones left out; nothing at all if all are."""
    kept = [row for row in rows if row]
    return (blocks.section(blocks.lines(kept)),) if kept else ()


def paged(rows: Sequence[Row], page: int, size: int) -> tuple[Sequence[Row], int, int, str]:
    """Cut rows into pages.

    Returns:
        The page's rows, its number within bounds, how many pages there are, and ``6–10 of 87``.
    """
    pages = max(1, -(-len(rows) // size))
    number = min(max(page, 0), pages - 1)
    shown = rows[number * size : (number + 1) * size]
    first = number * size + 1
    last = first + len(shown) - 1
    place = f"{len(rows)}" if pages == 1 else f"{first}–{last} of {len(rows)}"
    return shown, number, pages, place


def listing(
    title: str, rows: Sequence[Row], page: int, size: int, show: Callable[[Row], str], *, compact: bool = False
) -> Page:
    """A paged list under ``*Title* 6–10 of 87``.

    Args:
        title: What the rows are.
        rows: All of them.
        page: Which page, from 0.
        size: How many rows a page has.
        show: A row as mrkdwn.
        compact: One line a row and all in one block; else a block a row.
    """
    shown, number, pages, place = paged(rows, page, size)
    lines = [show(row) for row in shown]
    body = paragraph(*lines) if compact else tuple(blocks.section(line) for line in lines)
    return Page((titled(title, place if rows else ""), *(body or NONE)), f"{title} {place}", number, pages)


def titled(title: str, place: str) -> Block:
    """A section's title and which of its rows are shown."""
    return blocks.section(f"{bold(title)} {place}".rstrip())


NONE = paragraph("_This release names none._")


def frame(
    catalog: Catalog,
    item: AttackObject,
    sections: Sections,
    *,
    section: str,
    page: int,
    note: str,
    extra: Sequence[Block],
) -> Reply:
    """The whole card; an unknown section is the overview."""
    name = section if section in sections else OVERVIEW
    built = sections[name].build(catalog, item, page)
    title = with_id(item, full_name(catalog, item))
    turners = _page_turners(item, name, built)
    return Reply(
        text=escape(cut(f"{title}: {one_line(built.summary)}", FALLBACK_CHARACTERS)),
        blocks=(
            blocks.header(title),
            *((blocks.context(escape(one_line(note))),) if note else ()),
            *_notice(catalog, item),
            *built.blocks,
            *(extra if name == OVERVIEW else ()),
            blocks.context(_small_print(catalog, item)),
            *turners,
            *_tabs(catalog, item, sections, name),
        ),
        share=value(item, name, built.number),
    )


def _notice(catalog: Catalog, item: AttackObject) -> tuple[Block, ...]:
    if item.revoked:
        found = catalog.find(item.id)
        successor = found.object if found and found.object.stix_id != item.stix_id else None
        after = f" Use {linked_id(successor)} instead." if successor else " It has no successor."
        return paragraph(f":warning: *Revoked.*{after}")
    if item.deprecated:
        return paragraph(":warning: *Deprecated.* MITRE no longer maintains it and names no successor.")
    return ()


def _small_print(catalog: Catalog, item: AttackObject) -> str:
    release = catalog.release_of(item)
    parts = [page] if (page := link(item.url, "")) else []
    if release:
        label = release.label
        if release.snapshot and release.published:
            label += f" of {day(release.published)}"
        parts.append(escape(label))
    if item.version:
        parts.append(f"{_KIND[item.kind]} version {escape(item.version)}")
    if item.modified:
        parts.append(f"changed {day(item.modified)}")
    if release and release.snapshot:
        parts.append("the snapshot lacks procedures and detections until the first `attackbot sync`")
    return " · ".join(parts) or escape(item.id)


_KIND = {kind: kind.value.replace("-", " ") for kind in Kind}


def day(time: str) -> str:
    """The date of an RFC 3339 time, escaped."""
    return escape(time[:10])


def _page_turners(item: AttackObject, name: str, page: Page) -> tuple[Block, ...]:
    buttons = []
    if page.number > 0:
        buttons.append(blocks.button("‹ Previous", f"card:{name}:previous", value(item, name, page.number - 1)))
    if page.number < page.pages - 1:
        buttons.append(blocks.button("Next ›", f"card:{name}:next", value(item, name, page.number + 1)))
    return blocks.actions(buttons)


def _tabs(catalog: Catalog, item: AttackObject, sections: Sections, current: str) -> tuple[Block, ...]:
    """A button for each section that holds something; the one shown now is highlighted."""
    buttons = []
    for name, section in sections.items():
        count = section.count(catalog, item) if section.count else None
        if count == 0 and name != current:
            continue
        if name == OVERVIEW == current:
            continue
        label = f"{section.label} ({count})" if count and count > 1 else section.label
        buttons.append(blocks.button(label, f"card:{name}", value(item, name), primary=name == current))
    return blocks.actions(buttons)
