"""STIX bundles that refer to ATT&CK's attack-patterns.

An indicator, an analytic or a course of action that points at a technique is a rule; a group, malware or report
that does is an adversary. A technique that nothing points at stands for itself: such a bundle lists what is
covered. A reference to a technique the bundle does not hold stays a STIX id, which the importer looks up.
"""

from __future__ import annotations

from collections.abc import Iterator

from knowledge.detections import strings
from knowledge.detections.model import Detection, DetectionKind, LogSourceClaim, Rejected
from knowledge.detections.reader import (
    Document,
    Format,
    Mapping,
    Result,
    Shape,
    claimed,
    each_once,
    entries,
    first_address,
    strangers,
    text,
    texts_of,
    word,
)

_RULES = frozenset({"indicator", "course-of-action", "x-mitre-analytic", "x-mitre-detection-strategy", "observed-data"})
_ADVERSARIES = frozenset(
    {"intrusion-set", "threat-actor", "campaign", "malware", "tool", "report", "grouping", "incident"}
)
_ATTACK = "attack-pattern"
_RELEASE = ("x-mitre-matrix", "x-mitre-collection")


def recognises(document: Document) -> bool:
    """A bundle with an attack-pattern, or a reference to one."""
    return document.shape is Shape.JSON and any(_is_bundle(value) for _, value in document.mappings())


def _is_bundle(value: Mapping) -> bool:
    return value.get("type") == "bundle" and isinstance(value.get("objects"), list)


def read(document: Document) -> Iterator[Result]:
    """Each object that points at a technique, and each technique that none points at."""
    for place, value in document.mappings():
        if _is_bundle(value):
            yield from strangers(value["objects"], place, "a STIX object")
            yield from _bundle(entries(value["objects"]), place)


def _bundle(objects: list[Mapping], place: str) -> Iterator[Result]:
    if any(each.get("type") in _RELEASE for each in objects):
        yield Rejected(place, "an ATT&CK release, not detections; give it to 'attackbot sync --from'")
        return
    by_id = {own: each for each in objects if (own := text(each.get("id"), 200))}
    for each in objects:
        if each.get("type") in (*_RULES, *_ADVERSARIES, _ATTACK) and not text(each.get("id"), 200):
            yield Rejected(place, f"a STIX object without an id ({text(each.get('name'), 60) or each.get('type')})")
    pointed: dict[str, list[str]] = {}
    for each in objects:
        for origin, target in _references(each):
            if target.startswith(_ATTACK):
                pointed.setdefault(origin, []).append(target)
    used = {target for targets in pointed.values() for target in targets}
    for stix_id, each in by_id.items():
        kind = text(each.get("type"), 60)
        if stix_id in pointed and kind != _ATTACK:
            yield _detection(each, [by_id.get(target, {"id": target}) for target in pointed[stix_id]], place)
        elif (kind == _ATTACK and stix_id not in used) or (kind in _RULES and stix_id not in pointed):
            yield _detection(each, [each], place)
    for origin in sorted(pointed.keys() - by_id.keys()):
        yield Rejected(place, f"a reference from {origin[:100]}, which the bundle does not hold")


def _references(each: Mapping) -> Iterator[tuple[str, str]]:
    """What an object says points at what: itself at its `object_refs`, or a relationship's source at its target.

    A technique that points at another, as at its parent, says nothing of who covers or uses either.
    """
    own = text(each.get("id"), 200)
    if each.get("type") == "relationship":
        source = text(each.get("source_ref"), 200)
        if not source.startswith(_ATTACK):
            yield source, text(each.get("target_ref"), 200)
    elif each.get("type") != _ATTACK:
        for target in texts_of(each.get("object_refs")):
            yield own, target


def _detection(each: Mapping, techniques: list[Mapping], place: str) -> Detection:
    written = [name for technique in (*techniques, each) for name in _names(technique)]
    ids, found = claimed([name for name in written if not name.startswith(_ATTACK)])
    stix_ids = dict.fromkeys(name for name in written if name.startswith(_ATTACK))
    kind = text(each.get("type"), 60)
    references = entries(each.get("external_references"))
    return Detection(
        id=text(each.get("id"), 200),
        title=text(each.get("name"), 300) or text(each.get("id"), 200),
        description=text(each.get("description")),
        path=place,
        kind=_kind(kind),
        status=kind,
        level=f"confidence {each['confidence']}" if isinstance(each.get("confidence"), int) else "",
        enabled=each.get("revoked") is not True,
        ids=ids,
        written_ids=(*found, *stix_ids),
        tactics=each_once(text(phase.get("phase_name"), 60) for phase in entries(each.get("kill_chain_phases"))),
        log_sources=tuple(LogSourceClaim(name=name) for name in each_once(_log_sources(each), 40)),
        strings=strings.query_strings(each.get("pattern")),
        tags=each_once((*texts_of(each.get("labels")), *texts_of(each.get("indicator_types")))),
        url=first_address(texts_of([reference.get("url") for reference in references])),
    )


def _kind(stix_type: str) -> DetectionKind:
    if stix_type in _ADVERSARIES:
        return DetectionKind.ADVERSARY
    return DetectionKind.SCORE if stix_type == _ATTACK else DetectionKind.RULE


def _names(technique: Mapping) -> Iterator[str]:
    """What a technique is known by here: its ATT&CK ids, or else its STIX id."""
    external = [
        text(each.get("external_id"), 40)
        for each in entries(technique.get("external_references"))
        if text(each.get("source_name"), 60).startswith("mitre")
    ]
    if external:
        yield from external
    elif technique.get("type") in (_ATTACK, None):
        yield text(technique.get("id"), 200)


def _log_sources(each: Mapping) -> Iterator[str]:
    for source in entries(each.get("x_mitre_log_source_references")):
        yield word(source.get("name"))


FORMAT = Format("stix", recognises, read)
