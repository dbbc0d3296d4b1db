"""Elastic: the TOML files of detection-rules, and rules exported as JSON lines."""

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


def recognises(document: Document) -> bool:
    """A ``[rule]`` table in TOML, or a value with a ``rule_id`` in JSON."""
    if document.shape is Shape.TOML:
        return any(isinstance(value.get("rule"), dict) for _, value in document.mappings())
    return document.shape is Shape.JSON and any(_rule_in(value) for value in document.values)


def read(document: Document) -> Iterator[Result]:
    """Each rule; an export's last line, which counts them, is none, nor are its exception lists and actions."""
    for position, value in enumerate(document.values, 1):
        place = document.place(position)
        rules = [each for each in value if _rule_in(each)] if isinstance(value, list) else [value]
        for number, each in enumerate(rules, 1):
            if rule := _rule_in(each):
                metadata = nested(each, "metadata")
                yield _detection(rule, metadata, place if len(rules) == 1 else f"{place}#{number}")


def _rule_in(value: object) -> Mapping | None:
    """The rule in a value: itself, or below ``rule`` or ``attributes``, as the packages wrap it."""
    if isinstance(value, list):
        return next((rule for rule in map(_rule_in, value[:1]) if rule), None)
    for each in (value, nested(value, "rule"), nested(value, "attributes")):
        if isinstance(each, dict) and ("rule_id" in each or ("threat" in each and "query" in each)):
            return each
    rule = nested(value, "rule")
    return rule if isinstance(rule, dict) and isinstance(nested(value, "metadata"), dict) else None


def _detection(rule: Mapping, metadata: object, place: str) -> Detection | Rejected:
    title = text(rule.get("name"), 300)
    if not title:
        return Rejected(place, "an Elastic rule without a name")
    threats = entries(rule.get("threat"))
    techniques = [each for threat in threats for each in entries(threat.get("technique"))]
    named = [
        each.get("id") for technique in techniques for each in (technique, *entries(technique.get("subtechnique")))
    ]
    ids, written = claimed(named)
    references = tuple(texts_of(rule.get("references")))
    status = word(nested(metadata, "maturity"))
    tactics = (
        text(nested(threat, "tactic", "id"), 40) or text(nested(threat, "tactic", "name"), 40) for threat in threats
    )
    indices = [*texts_of(rule.get("index")), *texts_of(rule.get("data_view_id")), *_anomaly_job(rule)]
    integrations = texts_of(nested(metadata, "integration"))
    return Detection(
        id=text(rule.get("rule_id"), 100),
        title=title,
        description=text(rule.get("description")),
        path=place,
        level=word(rule.get("severity")),
        status=status,
        enabled=rule.get("enabled") is not False and status != "deprecated",
        ids=ids,
        written_ids=written,
        cited_ids=cited(references, ids),
        tactics=each_once(tactics),
        log_sources=(
            *(LogSourceClaim(product=each) for each in each_once(integrations, 20)),
            *(LogSourceClaim(name=each) for each in each_once(indices, 40)),
        ),
        strings=strings.query_strings(rule.get("query")),
        tags=each_once(texts_of(rule.get("tags"))),
        url=first_address(references),
    )


def _anomaly_job(rule: Mapping) -> list[str]:
    return [f"machine learning job {each}" for each in texts_of(rule.get("machine_learning_job_id"))]


FORMAT = Format("elastic", recognises, read)
