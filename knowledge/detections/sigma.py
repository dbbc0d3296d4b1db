"""Sigma: rules and correlations, several documents a file, parsed by pySigma.

pySigma decides whether a rule is one. What makes a rule run must be right (title, log source, detection,
correlation); a wrong date or an unknown level is not held against it. What the rule says is then read from
what its author wrote, since pySigma's objects are made for writing queries; only what it asks of an event comes from
them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

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
    first_address,
    nested,
    techniques_in,
    text,
    texts_of,
    word,
)

if TYPE_CHECKING:
    from sigma.correlations import SigmaCorrelationRule
    from sigma.rule import SigmaRule

_OFF = frozenset({"deprecated", "unsupported"})
_EXCLUDING = re.compile(r"filter|exclu|false_?pos|legit|whitelist|allow", re.IGNORECASE)
_NEGATED = re.compile(r"\bnot\s+(?:\d+\s+of\s+|all\s+of\s+)?([\w*]+)", re.IGNORECASE)
_NOT_VALUES = re.compile(
    r"hash|md5|sha\d|imphash|guid|\|re\b|\|cidr|\|base64|\|fieldref|\|exists|\|expand", re.IGNORECASE
)
_ATTACK_TAG = re.compile(r"attack\.", re.IGNORECASE)
_OBJECT_TAG = re.compile(r"(?:[gsmc]\d{4}|ds\d{4}|t\d.*)", re.IGNORECASE)
_CONFUSED = (TypeError, AttributeError, ValueError, LookupError, RecursionError)
"""What pySigma raises at documents that it did not expect."""

_ACTIONS = ("global", "reset", "repeat")


def recognises(document: Document) -> bool:
    """A mapping with a detection and its log source, or a correlation."""
    return document.shape in (Shape.YAML, Shape.JSON) and any(_is_sigma(value) for _, value in document.mappings())


def _is_sigma(value: Mapping) -> bool:
    if value.get("action") in _ACTIONS:
        return "title" in value or "detection" in value or "logsource" in value
    if isinstance(value.get("detection"), dict):
        return "logsource" in value or ("title" in value and nested(value, "detection", "condition") is not None)
    return isinstance(value.get("correlation"), dict) or ("title" in value and isinstance(value.get("logsource"), dict))


def read(document: Document) -> Iterator[Result]:
    """Each rule and each correlation; a filter, which only narrows rules, claims nothing and is no rule."""
    if any("action" in value for _, value in document.mappings()):
        yield from _read_template(document)
        return
    for place, value in document.mappings():
        if "filter" not in value or "detection" in value:
            yield _read_one(value, place)


def _read_template(document: Document) -> Iterator[Result]:
    """A file in the old style, where ``action: global`` is merged into the documents after it."""
    shared: Mapping = {}
    for place, value in document.mappings():
        action = value.get("action")
        if action == "global":
            shared = value
        elif action == "reset":
            shared = {}
        else:
            merged = _merged(shared, value)
            merged.pop("action", None)
            shared = merged if action == "repeat" else shared
            yield _read_one(merged, place)


def _merged(below: Mapping, above: Mapping) -> Mapping:
    both = dict(below)
    for key, value in above.items():
        under = both.get(key)
        both[key] = _merged(under, value) if isinstance(under, dict) and isinstance(value, dict) else value
    return both


def _read_one(value: Mapping, place: str) -> Result:
    from sigma import exceptions
    from sigma.collection import SigmaCollection

    harmless = (
        exceptions.SigmaAuthorError,
        exceptions.SigmaDateError,
        exceptions.SigmaDescriptionError,
        exceptions.SigmaFalsePositivesError,
        exceptions.SigmaFieldsError,
        exceptions.SigmaIdentifierError,
        exceptions.SigmaLevelError,
        exceptions.SigmaLicenseError,
        exceptions.SigmaModifiedError,
        exceptions.SigmaNameError,
        exceptions.SigmaReferencesError,
        exceptions.SigmaRelatedError,
        exceptions.SigmaScopeError,
        exceptions.SigmaStatusError,
        exceptions.SigmaTagError,
        exceptions.SigmaTaxonomyError,
    )
    documents: Any = [value]
    try:
        parsed = SigmaCollection.from_dicts(documents, collect_errors=True, resolve_references=False)
    except (exceptions.SigmaError, *_CONFUSED) as error:
        return Rejected(place, f"not a valid Sigma rule ({_brief(error)})")
    grave = [error for error in parsed.errors if not isinstance(error, harmless)]
    if grave:
        return Rejected(place, f"not a valid Sigma rule ({_brief(grave[0])})")
    if len(parsed.rules) != 1:
        return Rejected(place, "not a valid Sigma rule (a filter and a rule in one)")
    return _detection(parsed.rules[0], value, place)


def _brief(error: Exception) -> str:
    """The first line of pySigma's message, without the place it cannot know."""
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".")[:200] if lines else type(error).__name__


def _detection(rule: SigmaRule | SigmaCorrelationRule, value: Mapping, place: str) -> Detection:
    from sigma.rule import SigmaRule

    from knowledge.detections.matching.compiling import logic_of

    tags = list(dict.fromkeys(texts_of(value.get("tags"))))
    attack = [_ATTACK_TAG.sub("", tag, count=1) for tag in tags if _ATTACK_TAG.match(tag)]
    ids, written = claimed(tags)
    status = word(value.get("status"))
    source = value.get("logsource")
    claim = LogSourceClaim(*(word(nested(source, key)) for key in ("product", "category", "service")))
    references = tuple(texts_of(value.get("references")))
    return Detection(
        id=str(rule.id or "") or text(value.get("id"), 100),
        title=rule.title or text(value.get("title"), 300),
        description=text(value.get("description")),
        path=place,
        level=word(value.get("level")),
        status=status,
        enabled=status not in _OFF,
        ids=ids,
        written_ids=written,
        cited_ids=cited(references, ids),
        tactics=each_once(tag.replace("_", "-").lower() for tag in attack if not _OBJECT_TAG.fullmatch(tag)),
        log_sources=(claim,) if claim.label else (),
        strings=strings.bounded(_values(value.get("detection"))),
        tags=each_once(tag for tag in tags if not techniques_in(tag)),
        url=first_address(references),
        logic=logic_of(rule) if isinstance(rule, SigmaRule) else "",
    )


def _values(detection: object) -> Iterator[str]:
    """The values of every selection the condition asks for, in the author's order."""
    if not isinstance(detection, dict):
        return
    condition = " ".join(texts_of(detection.get("condition")))
    negated = {match[1].rstrip("*") for match in _NEGATED.finditer(condition)}
    for name, selection in detection.items():
        excluded = isinstance(name, str) and (
            _EXCLUDING.match(name) or any(part and name.startswith(part) for part in negated)
        )
        if name not in ("condition", "timeframe") and not excluded:
            yield from _scalars(selection, "")


def _scalars(value: object, field: str) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if not _NOT_VALUES.search(str(key)):
                yield from _scalars(inner, str(key).split("|", 1)[0])
    elif isinstance(value, list):
        for each in value:
            yield from _scalars(each, field)
    elif isinstance(value, str):
        yield f"{field}={value}" if value.isdigit() and field else value
    elif isinstance(value, int) and not isinstance(value, bool) and field:
        yield f"{field}={value}"


FORMAT = Format("sigma", recognises, read)
