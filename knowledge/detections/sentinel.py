"""Microsoft Sentinel: analytics rules and hunting queries in YAML, analytics rules in ARM templates."""

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
    claimed,
    each_once,
    entries,
    text,
    texts_of,
    word,
)

_RULE_TYPES = ("alertrules", "alertruletemplates")
_MAX_DEPTH = 12


def recognises(document: Document) -> bool:
    """A query with Sentinel's words for techniques or connectors, or a template with an alert rule in it."""
    if document.shape is Shape.JSON:
        return any(next(_resources(value), None) is not None for value in document.values)
    return document.shape is Shape.YAML and any(_is_rule(value) for _, value in document.mappings())


def _is_rule(value: Mapping) -> bool:
    return "query" in value and any(key in value for key in ("relevantTechniques", "requiredDataConnectors", "tactics"))


def read(document: Document) -> Iterator[Result]:
    """Each rule of a YAML file, or each alert rule of a template and the templates inside it."""
    for position, value in enumerate(document.values, 1):
        place = document.place(position)
        if document.shape is Shape.YAML:
            if isinstance(value, dict) and _is_rule(value):
                yield _detection(value, place)
            continue
        rules = list(_resources(value))
        for number, rule in enumerate(rules, 1):
            yield _detection(rule, place if len(rules) == 1 else f"{place}#{number}")


def _resources(value: object, depth: int = 0) -> Iterator[Mapping]:
    """The properties of every alert rule in a template, its kind and its name with them."""
    if depth > _MAX_DEPTH:
        return
    if isinstance(value, list):
        for each in value:
            yield from _resources(each, depth + 1)
    elif isinstance(value, dict):
        kind, properties = value.get("type"), value.get("properties")
        if isinstance(kind, str) and isinstance(properties, dict):
            if kind.lower().rsplit("/", 1)[-1] in _RULE_TYPES:
                yield {"name": value.get("name"), "kind": value.get("kind")} | properties
                return
            yield from _resources(properties.get("mainTemplate"), depth + 1)
            yield from _resources(properties.get("template"), depth + 1)
        yield from _resources(value.get("resources"), depth + 1)


def _detection(value: Mapping, place: str) -> Detection | Rejected:
    title = text(value.get("displayName"), 300) or text(value.get("name"), 300)
    if not title:
        return Rejected(place, "a Sentinel rule without a name")
    ids, written = claimed(*(value.get(key) for key in ("relevantTechniques", "techniques", "subTechniques")))
    tags = value.get("tags")
    if not ids:
        ids, written = claimed(tags)
    status = word(value.get("status"))
    return Detection(
        id=_own_id(value),
        title=title,
        description=text(value.get("description")).strip("'"),
        path=place,
        level=word(value.get("severity")),
        status=status,
        enabled=value.get("enabled") is not False and status != "deprecated",
        ids=ids,
        written_ids=written,
        tactics=each_once(texts_of(value.get("tactics"))),
        log_sources=tuple(dict.fromkeys(_log_sources(value)))[:40],
        strings=strings.query_strings(value.get("query")),
        tags=each_once(texts_of(tags)),
    )


def _own_id(value: Mapping) -> str:
    """The rule's id, or the name of a template's resource where that is no expression."""
    for key in ("id", "alertRuleTemplateName", "name"):
        own = text(value.get(key), 100)
        if own and not own.startswith("[") and " " not in own:
            return own
    return ""


def _log_sources(value: Mapping) -> Iterator[LogSourceClaim]:
    for connector in entries(value.get("requiredDataConnectors")):
        product = text(connector.get("connectorId"), 100)
        types = each_once(texts_of(connector.get("dataTypes")), 20)
        yield from (LogSourceClaim(product=product, name=each) for each in types or ("",))


FORMAT = Format("sentinel", recognises, read)
