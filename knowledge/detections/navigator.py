"""Navigator layers: each technique that a layer marks is one claim.

What a layer means by its marks is its author's business. If it has scores, a score above zero is a claim; else
if it has colours or comments, these are; a layer with neither claims whatever it lists. The rest, and what is
disabled, is kept switched off.
"""

from __future__ import annotations

from collections.abc import Iterator

from knowledge.detections.model import Detection, DetectionKind, Rejected
from knowledge.detections.reader import (
    MAX_TEXT,
    Document,
    Format,
    Mapping,
    Result,
    Shape,
    claimed,
    each_once,
    entries,
    first_address,
    nested,
    strangers,
    text,
    texts_of,
)


def recognises(document: Document) -> bool:
    """A list of techniques with a ``techniqueID`` each, or an empty one with the versions of a layer."""
    return document.shape in (Shape.JSON, Shape.YAML) and any(True for _ in _layers(document))


def _layers(document: Document) -> Iterator[tuple[str, Mapping]]:
    for position, value in enumerate(document.values, 1):
        layers = entries(value) if isinstance(value, list) else [value]
        for number, layer in enumerate(layers, 1):
            if isinstance(layer, dict) and _is_layer(layer):
                place = document.place(position)
                yield (place if len(layers) == 1 else f"{place}#{number}"), layer


def _is_layer(value: Mapping) -> bool:
    techniques = value.get("techniques")
    if not isinstance(techniques, list):
        return False
    return any("techniqueID" in each for each in entries(techniques)) or nested(value, "versions", "layer") is not None


def read(document: Document) -> Iterator[Result]:
    """One claim a technique, however many tactics the layer shows it under."""
    for place, layer in _layers(document):
        listed = entries(layer.get("techniques"))
        marks = _marks(listed)
        yield from strangers(layer.get("techniques"), place, "a technique")
        merged: dict[str, list[Mapping]] = {}
        for number, each in enumerate(listed, 1):
            written = text(each.get("techniqueID"), 100)
            ids, _ = claimed(written)
            if ids:
                merged.setdefault(ids[0], []).append(each)
            else:
                yield Rejected(place, f"technique {number} of the layer has no technique id ({written or 'empty'})")
        for technique_id, cells in merged.items():
            yield _detection(technique_id, cells, layer, place, marks)


def _marks(listed: list[Mapping]) -> tuple[str, ...]:
    """What this layer marks its techniques by."""
    if any(_score(each) is not None for each in listed):
        return ("score",)
    if any(each.get("color") or each.get("comment") for each in listed):
        return ("color", "comment")
    return ()


def _detection(
    technique_id: str, cells: list[Mapping], layer: Mapping, place: str, marks: tuple[str, ...]
) -> Detection:
    name = text(layer.get("name"), 200) or "Navigator layer"
    scores = [score for cell in cells if (score := _score(cell)) is not None]
    _, written = claimed([cell.get("techniqueID") for cell in cells])
    comments = each_once((text(cell.get("comment")) for cell in cells), longest=MAX_TEXT)
    links = (link.get("url") for cell in cells for link in entries(cell.get("links")))
    return Detection(
        id=f"{name}/{technique_id}",
        title=f"{technique_id} in {name}",
        description=text("\n".join(comments)),
        path=place,
        kind=DetectionKind.SCORE,
        level=f"score {max(scores):g}" if scores else "",
        enabled=any(_is_claim(cell, marks) for cell in cells),
        ids=(technique_id,),
        written_ids=written,
        tactics=each_once(text(cell.get("tactic"), 60) for cell in cells),
        url=first_address(texts_of(list(links))),
    )


def _is_claim(cell: Mapping, marks: tuple[str, ...]) -> bool:
    if cell.get("enabled") is False:
        return False
    if marks == ("score",):
        return (_score(cell) or 0) > 0
    return not marks or any(cell.get(mark) for mark in marks)


def _score(cell: Mapping) -> float | None:
    score = cell.get("score")
    return float(score) if isinstance(score, (int, float)) and not isinstance(score, bool) else None


FORMAT = Format("navigator", recognises, read)
