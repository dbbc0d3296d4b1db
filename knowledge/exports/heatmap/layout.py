"""Where everything goes: tactics in the matrix's own order, long ones in several columns side by side."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.catalog import Catalog
from knowledge.model import Domain, Tactic, Technique

MARGIN = 28
GUTTER = 8
"""Between tactics; within one, columns stand `SEAM` apart."""
SEAM = 3
ROW = 45
MOST_COLUMNS = 16
"""More and the names do not fit a picture of 2,000 pixels, which is as wide as a Slack preview opens."""
FEWEST_ROWS = 16
WIDTH = 2000
WIDEST_COLUMN = 156


@dataclass(frozen=True, slots=True)
class Column:
    """A tactic's place.

    Attributes:
        left: In pixels.
        width: Of the whole tactic.
        cell: Width of one cell.
        strands: Its techniques, one tuple a column of cells.
    """

    tactic: Tactic
    left: int
    width: int
    cell: int
    strands: tuple[tuple[Technique, ...], ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole matrix.

    Attributes:
        width: Of the picture.
        rows: Of the longest strand.
    """

    columns: tuple[Column, ...]
    width: int
    rows: int


def plan_matrix(catalog: Catalog, domain: Domain) -> Plan:
    """Split long tactics until the matrix is about as tall as it is wide at 16 to 9."""
    members = [(tactic, catalog.techniques_of_tactic(tactic)) for tactic in catalog.tactics(domain)]
    members = [(tactic, techniques) for tactic, techniques in members if techniques]
    tallest = max((len(techniques) for _, techniques in members), default=0)
    rows = min(tallest, FEWEST_ROWS)
    while rows < tallest and sum(_strands(len(techniques), rows) for _, techniques in members) > MOST_COLUMNS:
        rows += 1
    strands = [_strands(len(techniques), rows) for _, techniques in members]
    seams = sum(number - 1 for number in strands) * SEAM + max(len(members) - 1, 0) * GUTTER
    cell = min((WIDTH - 2 * MARGIN - seams) // max(sum(strands), 1), WIDEST_COLUMN)
    left, columns = MARGIN, []
    for (tactic, techniques), number in zip(members, strands, strict=True):
        width = number * cell + (number - 1) * SEAM
        columns.append(Column(tactic, left, width, cell, _split(techniques, number)))
        left += width + GUTTER
    return Plan(
        tuple(columns),
        max(left - GUTTER + MARGIN, 1200),
        max((len(strand) for column in columns for strand in column.strands), default=0),
    )


def _strands(techniques: int, rows: int) -> int:
    return -(-techniques // rows)


def _split(techniques: tuple[Technique, ...], number: int) -> tuple[tuple[Technique, ...], ...]:
    """As even as can be, the first ones longer."""
    each, longer = divmod(len(techniques), number)
    ends = [each * (place + 1) + min(place + 1, longer) for place in range(number)]
    return tuple(techniques[start:end] for start, end in zip([0, *ends], ends, strict=False))
