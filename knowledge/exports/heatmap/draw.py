"""A layer drawn over its matrix."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.catalog import Catalog
from knowledge.exports.heatmap.layout import MARGIN, ROW, SEAM, Column, plan_matrix
from knowledge.exports.heatmap.pen import Pen, width_of
from knowledge.exports.heatmap.words import fit
from knowledge.exports.layer import Layer, Shade
from knowledge.model import Technique

_INK, _FAINT, _EDGE, _PAPER = "#1B1F24", "#59616A", "#CDD3D8", "#FFFFFF"
_TOP = 146
"""Where the tactics' names begin: below the title and the legend."""
_HEAD = 68
_FOOT = 66
_SIZES = (14.0, 13.5, 13.0, 12.5, 12.0, 11.5, 11.0, 10.5)
_COUNT = 11.5
_LEGEND = 20.0


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture and what it shows in words.

    Attributes:
        png: The file.
        text: A few sentences, for whoever does not see it.
    """

    png: bytes
    text: str
    width: int
    height: int


def draw_heatmap(catalog: Catalog, layer: Layer, *, made_on: str) -> Picture:
    """Draw the matrix of a layer's domain.

    Args:
        catalog: The layer's.
        layer: What to draw.
        made_on: The day, such as ``2026-08-01``.
    """
    plan = plan_matrix(catalog, layer.release.domain)
    height = _TOP + _HEAD + plan.rows * (ROW + SEAM) + _FOOT
    pen = Pen(plan.width, height, _PAPER)
    _title(pen, layer, plan.width, made_on)
    _legend(pen, layer)
    for column in plan.columns:
        _tactic(pen, catalog, layer, column)
    for line, text in enumerate((layer.cell_note, layer.caution)):
        pen.text(MARGIN, height - 44 + 24 * line, text, 17, _FAINT)
    text = " ".join(part for part in (layer.text, layer.caution, f"Drawn on {made_on}.") if part)
    return Picture(pen.png(), text, plan.width, height)


def _title(pen: Pen, layer: Layer, width: int, made_on: str) -> None:
    side = f"ATT&CK {layer.release.label}  ·  {made_on}"
    right = width - MARGIN - width_of(side, 24) - 40
    size, lines = fit(layer.title, sizes=(40, 36, 32, 28, 24), lines=1, width=right - MARGIN)
    pen.text(MARGIN, 44, lines[0], size, _INK)
    pen.text_right(width - MARGIN, 48, side, 24, _FAINT)
    left = MARGIN + width_of(lines[0], size) + 28
    if left + width_of(layer.headline, 22) < right:
        pen.text(left, 49, layer.headline, 22, _FAINT)


def _legend(pen: Pen, layer: Layer) -> None:
    left = float(MARGIN)
    for shade in layer.shades:
        pen.box(left, 92, 34, 24, fill=shade.fill, edge=_edge(shade))
        pen.text(left + 43, 104, shade.label, _LEGEND, _INK)
        left += 43 + width_of(shade.label, _LEGEND) + 34
    if layer.has_subtechniques:
        pen.box(left, 92, 44, 24, fill=_PAPER, edge=_EDGE)
        pen.text(left + 22 - width_of("3/8", 15) / 2, 104, "3/8", 15, _FAINT)
        pen.text(left + 53, 104, f"sub-techniques {layer.counting}", _LEGEND, _INK)


def _tactic(pen: Pen, catalog: Catalog, layer: Layer, column: Column) -> None:
    every = [technique for strand in column.strands for technique in strand]
    counted = sum(layer.counts(technique.id) for technique in every)
    size, lines = fit(column.tactic.name, sizes=(19, 18, 17, 16, 15, 14), lines=2, width=column.width)
    for number, line in enumerate(reversed(lines)):
        pen.text(column.left, _TOP + 31 - 20 * number, line, size, _INK)
    pen.text(column.left, _TOP + 52, f"{counted} of {len(every)}", 15, _FAINT)
    for number, strand in enumerate(column.strands):
        left = column.left + number * (column.cell + SEAM)
        for row, technique in enumerate(strand):
            _cell(pen, catalog, layer, technique, left, _TOP + _HEAD + row * (ROW + SEAM), column.cell)


def _cell(pen: Pen, catalog: Catalog, layer: Layer, technique: Technique, left: int, top: int, width: int) -> None:
    shade = layer.cell(technique.id)
    pen.box(left, top, width, ROW, fill=shade.fill, edge=_edge(shade))
    corner = 0.0
    if subtechniques := catalog.subtechniques_of(technique):
        count = f"{sum(each.id in layer.counted for each in subtechniques)}/{len(subtechniques)}"
        corner = width_of(count, _COUNT) + 3
        pen.text_right(left + width - 4, top + ROW - 8, count, _COUNT, shade.ink)
    size, lines = fit(technique.name, sizes=_SIZES, lines=3, width=width - 9, corner=corner)
    leading = min(size * 1.05, (ROW - 4) / len(lines))
    middle = top + ROW / 2 - leading * (len(lines) - 1) / 2
    for number, line in enumerate(lines):
        pen.text(left + 5, middle + number * leading, line, size, shade.ink)


def _edge(shade: Shade) -> str:
    """A pale cell needs an edge to be seen."""
    light = min(int(shade.fill[place : place + 2], 16) for place in (1, 3, 5)) > 0xD4
    return _EDGE if light else shade.fill
