"""What a release moved, over its matrix."""

from __future__ import annotations

from collections.abc import Collection

from knowledge.catalog import Catalog
from knowledge.changes import Change, Changes, Weight
from knowledge.exports.layer import Layer, Mark, Shade
from knowledge.model import Kind

_SHADES = (
    Shade("nothing of note", "#F6F7F8", "#6A7178"),
    Shade("worth reading", "#DCEAF6"),
    Shade("worth reading, and rules of yours name it", "#74B2DC"),
    Shade("to act on", "#8A2D04", "#FFFFFF"),
)


def moved_layer(changes: Changes, catalog: Catalog, touched: Collection[str] = ()) -> Layer:
    """The techniques a release changed in a way that matters.

    Args:
        changes: Of one domain, not narrowed.
        catalog: Holds the release compared to.
        touched: Ids of techniques that the team's rules name.
    """
    heavy = changes.of(kind=Kind.TECHNIQUE, weights=(Weight.ACT, Weight.READ))
    current = catalog.techniques(changes.new.domain)
    marks = {each.id: _mark(each, each.id in touched) for each in heavy}
    cells: dict[str, int] = {}
    for technique in current:
        ids = (technique.id, *(each.id for each in catalog.subtechniques_of(technique)))
        if shades := [marks[key].shade for key in ids if key in marks]:
            cells[technique.id] = max(shades)
    act = sum(each.weight is Weight.ACT for each in heavy)
    yours = sum(each.id in touched for each in heavy)
    said = (
        f"{len(heavy)} techniques changed in a way that matters between {changes.old.version} and "
        f"{changes.new.version}: {act} to act on, {len(heavy) - act} worth reading"
    )
    return Layer(
        subject="changes",
        title=f"What moved in {changes.new.version}",
        release=changes.new,
        shades=_SHADES,
        marks=marks,
        cells=cells,
        counted=frozenset(marks),
        counting="that changed",
        headline=f"{act} to act on, {len(heavy) - act} worth reading; rules of yours name {yours} of them",
        has_subtechniques=any(each.is_subtechnique for each in current),
        cell_note="A technique's colour is the heaviest of it and its sub-techniques.",
        text=f"ATT&CK {changes.new.label}: {said}; rules of the team name {yours} of them.",
    )


def _mark(change: Change, yours: bool) -> Mark:
    shade = 3 if change.weight is Weight.ACT else 2 if yours else 1
    return Mark(shade, shade, change.what, (("Why", change.reason),))
