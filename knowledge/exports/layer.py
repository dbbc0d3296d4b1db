"""A matrix with something to say about its techniques, before anything is drawn or written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from knowledge.model import Release


@dataclass(frozen=True, slots=True)
class Shade:
    """One colour of a legend.

    Attributes:
        fill: ``#RRGGBB``.
        ink: The colour of text on it, readable: a contrast of at least 4.5 to 1.
    """

    label: str
    fill: str
    ink: str = "#1B1F24"


@dataclass(frozen=True, slots=True)
class Mark:
    """What is said of one technique or sub-technique, itself alone.

    Attributes:
        shade: Place in the legend.
        score: A number for the Navigator, such as how many rules.
        note: One line.
        facts: ``(name, value)`` for the Navigator's tooltip.
    """

    shade: int
    score: float = 0
    note: str = ""
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One subject over one domain's matrix.

    Attributes:
        subject: What it is in a word: ``coverage``, ``gaps``, ``group``, ``overlap``.
        title: Such as ``Coverage``.
        headline: The sum of it, to stand beside the title: ``153 of 216 techniques have a rule of their own``.
        release: The release the matrix is of.
        shades: The legend; the first is what no mark bears.
        marks: By technique id, sub-techniques among them.
        cells: By technique id: the shade of the cell a picture draws, where the sub-techniques it cannot show decide.
            A technique that is missing has its mark's.
        counted: Ids that count in a cell's ``3/8``, and in a tactic's ``9 of 17`` where marks colour the cells.
        counting: What these numbers count: ``with a rule``.
        has_subtechniques: Whether the matrix has any; that of ICS has none.
        cell_note: How a cell's colour comes about, a sentence.
        text: The picture in words, a few sentences.
        caution: A sentence that must stand beside it.
    """

    subject: str
    title: str
    release: Release
    shades: tuple[Shade, ...]
    marks: Mapping[str, Mark]
    cells: Mapping[str, int]
    counted: frozenset[str]
    counting: str
    headline: str = ""
    has_subtechniques: bool = True
    cell_note: str = ""
    text: str = ""
    caution: str = ""

    def cell(self, attack_id: str) -> Shade:
        """The colour of a technique's cell."""
        shade = self.cells.get(attack_id)
        if shade is None:
            mark = self.marks.get(attack_id)
            shade = mark.shade if mark else 0
        return self.shades[shade]

    def counts(self, attack_id: str) -> bool:
        """Whether a technique counts in its tactic's ``9 of 17``, which must agree with the colours below it."""
        return attack_id in (self.cells or self.counted)
