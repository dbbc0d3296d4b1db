"""Splunk security content: one detection a YAML file."""

from __future__ import annotations

from collections.abc import Iterator

from knowledge.detections import strings
from knowledge.detections.model import Detection, LogSourceClaim, Rejected
from knowledge.detections.reader import (
    Document,
    Format,
    Mapping,
    Result,
    Shape,
    cited,
    claimed,
    each_once,
    entries,
    first_address,
    nested,
    text,
    texts_of,
    word,
)

_OFF = frozenset({"deprecated", "removed"})
_ELSEWHERE = ("logsource", "relevantTechniques", "requiredDataConnectors")


def recognises(document: Document) -> bool:
    """A mapping with a ``search`` and one of the fields that security content gives its detections."""
    return document.shape is Shape.YAML and any(_is_splunk(value) for _, value in document.mappings())


def _is_splunk(value: Mapping) -> bool:
    if any(key in value for key in _ELSEWHERE) or "search" not in value:
        return False
    return "name" in value and any(
        key in value for key in ("how_to_implement", "data_source", "known_false_positives", "rba", "tags")
    )


def read(document: Document) -> Iterator[Result]:
    """Each detection, hunts and correlations among them; a baseline gathers data for others and names no technique."""
    for place, value in document.mappings():
        if _is_splunk(value):
            yield _detection(value, place)


def _detection(value: Mapping, place: str) -> Detection | Rejected:
    title = text(value.get("name"), 300)
    if not title or not isinstance(value.get("search"), str):
        return Rejected(place, "a Splunk detection without a name or a search")
    tags = value.get("tags")
    ids, written = claimed(nested(tags, "mitre_attack_id"), value.get("mitre_attack_id"))
    references = tuple(texts_of(value.get("references")))
    status = word(value.get("status"))
    kind = text(value.get("type"), 40)
    stories = texts_of(nested(tags, "analytic_story"))
    return Detection(
        id=text(value.get("id"), 100),
        title=title,
        description=text(value.get("description")),
        path=place,
        level=_risk(value),
        status=status,
        enabled=status not in _OFF,
        ids=ids,
        written_ids=written,
        cited_ids=cited(references, ids),
        log_sources=tuple(LogSourceClaim(name=each) for each in each_once(_data_sources(value), 40)),
        strings=strings.query_strings(value["search"]),
        tags=each_once((kind, *stories)),
        url=first_address(references),
    )


def _data_sources(value: Mapping) -> Iterator[str]:
    yield from texts_of(value.get("data_source"))
    for each in entries(value.get("data_source")):
        yield text(each.get("name"), 100)


def _risk(value: Mapping) -> str:
    """The risk score the detection gives, the highest where it scores several objects: ``risk 80``."""
    score = nested(value, "tags", "risk_score")
    if score is None:
        scores = [each.get("score") for each in entries(nested(value, "rba", "risk_objects"))]
        score = max((each for each in scores if isinstance(each, int)), default=None)
    return f"risk {score}" if isinstance(score, int) else ""


FORMAT = Format("splunk", recognises, read)
