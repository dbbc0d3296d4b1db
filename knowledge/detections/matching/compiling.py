"""A parsed Sigma rule becomes the tree that is tried on events.

pySigma has read the rule, applied every modifier and resolved the names in its conditions by then; its objects go no
further than this. A rule that needs more than one event and a rule with placeholders, which only its author's
systems can fill in, are not decidable here and have no tree.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, cast

from sigma import types as sigma_types
from sigma.conditions import (
    ConditionAND,
    ConditionFieldEqualsValueExpression,
    ConditionItem,
    ConditionNOT,
    ConditionOR,
    ConditionValueExpression,
)
from sigma.exceptions import SigmaError

from knowledge.detections.matching.nodes import Every, How, Item, Node, Not, Some, write

if TYPE_CHECKING:
    from sigma.rule import SigmaRule

MAX_LOGIC = 400_000
"""Longest tree kept of one rule, as text; the longest public rule, a list of drivers, has 270,000 characters."""

MAX_DEPTH = 40
"""Deepest tree kept; public rules stay below ten."""

_CONFUSED = (TypeError, AttributeError, ValueError, LookupError, RecursionError)
"""What pySigma raises at conditions that it did not expect."""

_ANY = sigma_types.SpecialChars.WILDCARD_MULTI
_PLACES: dict[tuple[bool, bool], tuple[How, How]] = {
    (True, True): ("is", "is_cased"),
    (True, False): ("starts", "starts_cased"),
    (False, True): ("ends", "ends_cased"),
    (False, False): ("has", "has_cased"),
}
"""How a text is compared, by whether it has to stand at the start and at the end of the value."""

_COMPARED: dict[sigma_types.CompareOperators, How] = {
    sigma_types.CompareOperators.LT: "lt",
    sigma_types.CompareOperators.LTE: "lte",
    sigma_types.CompareOperators.GT: "gt",
    sigma_types.CompareOperators.GTE: "gte",
}
_FLAGS = {
    sigma_types.SigmaRegularExpressionFlag.IGNORECASE: "i",
    sigma_types.SigmaRegularExpressionFlag.MULTILINE: "m",
    sigma_types.SigmaRegularExpressionFlag.DOTALL: "s",
}


class _UndecidableError(Exception):
    """What the rule asks for cannot be told from one event."""


def logic_of(rule: SigmaRule) -> str:
    """What a rule asks of an event, as text.

    Args:
        rule: As pySigma parsed it, without grave errors.

    Returns:
        Empty where it is not decidable.
    """
    detections = {name: each for name, each in rule.detection.detections.items() if name != "timeframe"}
    rule.detection.detections = detections  # a timeframe belongs to counting rules; pySigma takes it for a keyword
    try:
        trees = [condition.parsed for condition in rule.detection.parsed_condition]
        text = write(_joined(Some, [_node(tree, 0) for tree in trees]))
    except (SigmaError, _UndecidableError, *_CONFUSED):
        return ""
    return text if len(text) <= MAX_LOGIC else ""


def _node(tree: object, depth: int) -> Node:
    if depth > MAX_DEPTH:
        raise _UndecidableError
    match tree:
        case ConditionFieldEqualsValueExpression(field=field, value=value):
            return _item(field, value)
        case ConditionValueExpression(value=value):
            return _item("", value)
        case ConditionNOT(args=[inner]):
            return Not(_node(inner, depth + 1))
        case ConditionAND():
            return _joined(Every, _nodes(tree, depth))
        case ConditionOR():
            return _joined(Some, _nodes(tree, depth))
    raise _UndecidableError


def _nodes(tree: ConditionItem, depth: int) -> list[Node]:
    return [_node(each, depth + 1) for each in tree.args]


def _joined(kind: type[Every | Some], nodes: Iterable[Node]) -> Node:
    """One node for several; alternatives for one field that are compared alike become one item."""
    flat = [inner for node in nodes for inner in (node.of if isinstance(node, kind) else (node,))]
    if kind is Some:
        flat = _gathered(flat)
    if not flat:
        raise _UndecidableError
    return flat[0] if len(flat) == 1 else kind(tuple(flat))


def _gathered(nodes: list[Node]) -> list[Node]:
    """The nodes, with all values of one field that are compared alike in one item, where the first of them stood."""
    values: dict[tuple[str, How], dict[str, None]] = {}
    places: list[Node | tuple[str, How]] = []
    for node in nodes:
        if not isinstance(node, Item) or not node.values:
            places.append(node)
            continue
        key = (node.field, node.how)
        known = values.get(key)
        if known is None:
            known = values[key] = {}
            places.append(key)
        for value in node.values:
            known[value] = None
    return [Item(*each, tuple(values[each])) if isinstance(each, tuple) else each for each in places]


def _item(field: str, value: sigma_types.SigmaType) -> Node:
    match value:
        case sigma_types.SigmaExpansion(values=values):
            return _joined(Some, [_item(field, each) for each in values])
        case sigma_types.SigmaString():
            return _text(field, value)
        case sigma_types.SigmaRegularExpression():
            return Item(field, "re", (_expression(value),))
        case sigma_types.SigmaCIDRExpression(network=network):
            return Item(field, "cidr", (str(network),))
        case sigma_types.SigmaExists(exists=exists):
            return Item(field, "exists" if exists else "missing")
        case sigma_types.SigmaNull():
            return Item(field, "empty")
        case sigma_types.SigmaFieldReference():
            return _reference(field, value)
    return _number(field, value)


def _number(field: str, value: sigma_types.SigmaType) -> Node:
    match value:
        case sigma_types.SigmaTimestampPart():
            return Item(field, cast("How", value.timestamp_part.name.lower()), (str(value.number),))
        case sigma_types.SigmaNumber(number=number):
            return Item(field, "number", (str(number),))
        case sigma_types.SigmaBool(boolean=boolean):
            return Item(field, "is", (str(boolean).lower(),))
        case sigma_types.SigmaCompareExpression(number=number, op=op) if op in _COMPARED:
            return Item(field, _COMPARED[op], (str(number),))
    raise _UndecidableError


def _reference(field: str, value: sigma_types.SigmaFieldReference) -> Item:
    how: How = "same"
    if value.starts_with and value.ends_with:  # which is how pySigma says "contains"
        how = "same_part"
    elif value.starts_with or value.ends_with:
        how = "same_start" if value.starts_with else "same_end"
    return Item(field, how, (value.field,))


def _expression(value: sigma_types.SigmaRegularExpression) -> str:
    if value.contains_placeholder():
        raise _UndecidableError
    flags = "".join(sorted(letter for flag, letter in _FLAGS.items() if flag in value.flags))
    return f"(?{flags}){value.regexp}" if flags else str(value.regexp)


def _text(field: str, value: sigma_types.SigmaString) -> Node:
    parts = value.s
    cased = isinstance(value, sigma_types.SigmaCasedString)
    if not parts:
        return Item(field, "is_cased" if cased else "is", ("",))
    # A word on its own may stand anywhere in a value.
    first, last = field != "" and parts[0] is not _ANY, field != "" and parts[-1] is not _ANY
    inner = parts[parts[0] is _ANY : len(parts) - (parts[-1] is _ANY)]
    if not inner:
        return Item(field, "exists")
    if len(inner) > 1 or not isinstance(inner[0], str):
        return Item(field, "re", (_pattern(inner, whole=(first, last), cased=cased),))
    how, how_cased = _PLACES[first, last]
    return Item(field, how_cased, (inner[0],)) if cased else Item(field, how, (inner[0].lower(),))


def _pattern(parts: list[sigma_types.SigmaStringPartType], *, whole: tuple[bool, bool], cased: bool) -> str:
    r"""A value with wildcards inside as an expression; ``\A`` and ``\z`` where it has to be the start, the end."""
    if any(isinstance(part, sigma_types.Placeholder) for part in parts):
        raise _UndecidableError
    inner = "".join(re.escape(part) if isinstance(part, str) else ".*" if part is _ANY else "." for part in parts)
    start, end = (r"\A" if whole[0] else ""), (r"\z" if whole[1] else "")
    return f"(?{'s' if cased else 'is'}){start}{inner}{end}"
