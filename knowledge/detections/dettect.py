"""DeTT&CT administration files: techniques, data sources and groups.

A technique scored -1 is one its team says it cannot detect: it is kept, switched off. A data source shows what
is collected and a group what it does; neither covers a technique.
"""

from __future__ import annotations

from collections.abc import Iterator

from knowledge.detections.model import Detection, DetectionKind, LogSourceClaim, Rejected
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
    strangers,
    text,
    texts_of,
)

_LISTS = {
    "technique-administration": "techniques",
    "data-source-administration": "data_sources",
    "group-administration": "groups",
}


def recognises(document: Document) -> bool:
    """A ``file_type`` that DeTT&CT writes."""
    return document.shape in (Shape.YAML, Shape.JSON) and any(
        _file_type(value) in _LISTS for _, value in document.mappings()
    )


def _file_type(value: Mapping) -> str:
    return text(value.get("file_type"), 60)


def read(document: Document) -> Iterator[Result]:
    """One detection a technique, a data source or a group."""
    for place, value in document.mappings():
        file_type = _file_type(value)
        if file_type in _LISTS:
            reader = {"techniques": _technique, "data_sources": _data_source, "groups": _group}[_LISTS[file_type]]
            yield from strangers(value.get(_LISTS[file_type]), place, f"one of the {_LISTS[file_type]}")
            for entry in entries(value.get(_LISTS[file_type])):
                yield reader(entry, place)


def _technique(entry: Mapping, place: str) -> Detection | Rejected:
    ids, written = claimed(entry.get("technique_id"))
    name = text(entry.get("technique_name"), 200)
    if not ids:
        return Rejected(place, f"a technique without a technique id ({text(entry.get('technique_id'), 60) or name})")
    detections = entries(entry.get("detection")) or entries([entry.get("detection")])
    score = max((_latest_score(each) for each in detections), default=-1)
    seeing = entries(entry.get("visibility")) or entries([entry.get("visibility")])
    visibility = max((_latest_score(each) for each in seeing), default=0)
    where = each_once(text(each, 100) for each in texts_of([d.get("location") for d in detections]))
    comments = each_once((text(each.get("comment")) for each in detections), longest=MAX_TEXT)
    return Detection(
        id="/".join(ids),
        title=f"{ids[0]} {name}".strip(),
        description=text("\n".join((*comments, *(f"Detected in {each}" for each in where)))),
        path=place,
        kind=DetectionKind.SCORE,
        level=f"score {score}",
        enabled=score > 0,
        ids=ids,
        written_ids=written,
        tags=(f"visibility {visibility}",),
    )


def _latest_score(entry: Mapping) -> int:
    """The score of the newest line of a logbook; -1 where there is none."""
    lines = entries(entry.get("score_logbook")) or [entry]
    newest = max(lines, key=lambda line: text(line.get("date"), 40))
    score = newest.get("score")
    return score if isinstance(score, int) else -1


def _data_source(entry: Mapping, place: str) -> Detection | Rejected:
    name = text(entry.get("data_source_name"), 200)
    if not name:
        return Rejected(place, "a data source without a name")
    details = entries(entry.get("data_source")) or entries([entry.get("data_source")])
    usable = [each for each in details if each.get("available_for_data_analytics") is True]
    products = each_once(text(each, 100) for each in texts_of([each.get("products") for each in usable]))
    return Detection(
        id=f"data source/{name}",
        title=name,
        description=text("\n".join(each_once((text(each.get("comment")) for each in details), longest=MAX_TEXT))),
        path=place,
        kind=DetectionKind.COLLECTED,
        enabled=bool(usable),
        log_sources=(LogSourceClaim(name=name), *(LogSourceClaim(product=product, name=name) for product in products)),
        tags=each_once(text(each, 100) for each in texts_of([each.get("applicable_to") for each in details])),
    )


def _group(entry: Mapping, place: str) -> Detection | Rejected:
    name, campaign = text(entry.get("group_name"), 200), text(entry.get("campaign"), 200)
    if not name:
        return Rejected(place, "a group without a name")
    techniques = entry.get("technique_id")
    ids, written = claimed(list(techniques) if isinstance(techniques, dict) else techniques)
    title = f"{name}: {campaign}" if campaign else name
    return Detection(
        id=f"group/{title}",
        title=title,
        path=place,
        kind=DetectionKind.ADVERSARY,
        enabled=entry.get("enabled") is not False,
        ids=ids,
        written_ids=written,
        tags=each_once(texts_of(entry.get("software_id"))),
    )


FORMAT = Format("dettect", recognises, read)
