"""How the value of a field is compared with what a rule wants of it.

Everything runs in time linear in the length of the value. Regular expressions run in RE2, which never goes back in the
text; Python's own can take for ever on a rule and a value that are made for it. pySigma needs RE2 in any case, and
refuses a rule with an expression that RE2 has no way to run (one that looks around or refers back).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from ipaddress import IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING, TypeAlias

from sigma.policy.regex_engine import RE2RegexEngine

from knowledge.detections.matching.nodes import How, Item

if TYPE_CHECKING:
    from knowledge.detections.matching.event import Value

Test: TypeAlias = "Callable[[Value], bool]"

_HEXADECIMAL = re.compile(r"0x[0-9a-f]{1,16}")
_NUMBER = re.compile(r"[+-]?\d{1,18}(?:\.\d{1,18})?")
_EPOCH_MILLISECONDS = 1e11


def test_of(item: Item) -> Test:
    """What a value has to pass.

    Raises:
        ValueError: Values alone cannot say, or the item says what cannot be compared: an expression or a network that
            is none.
    """
    make = _TESTS.get(item.how)
    if make is None or (item.how != "exists" and not item.values):
        raise ValueError(f"{item.how!r} compares no value")
    return make(item.values)


def or_elsewhere(test: Test, item: Item) -> Test:
    """A test that a bare name also passes where its folder, if it were known, could make it pass."""
    how = item.how.removesuffix("_cased")
    if how in ("is", "ends"):
        wanted = tuple(each.lower() for each in item.values)
        return lambda value: test(value) or (value.bare and any(each.endswith(value.low) for each in wanted))
    if how in ("starts", "re") or (how == "has" and any("\\" in each or "/" in each for each in item.values)):
        return lambda value: test(value) or value.bare
    return test


def _is(values: tuple[str, ...]) -> Test:
    wanted = frozenset(values)
    return lambda value: value.low in wanted


def _is_cased(values: tuple[str, ...]) -> Test:
    wanted = frozenset(values)
    return lambda value: value.text in wanted


def _has(values: tuple[str, ...]) -> Test:
    if len(values) == 1:
        (one,) = values
        return lambda value: one in value.low
    return lambda value: any(one in value.low for one in values)


def _has_cased(values: tuple[str, ...]) -> Test:
    return lambda value: any(one in value.text for one in values)


def _number(values: tuple[str, ...]) -> Test:
    wanted = frozenset(values)
    numbers = frozenset(float(each) for each in values)
    return lambda value: value.low in wanted or number_in(value.low) in numbers


def _compared(compare: Callable[[float, float], bool], values: tuple[str, ...]) -> Test:
    limit = float(values[0])

    def test(value: Value) -> bool:
        number = number_in(value.low)
        return number is not None and compare(number, limit)

    return test


def _expressions(values: tuple[str, ...]) -> Test:
    engine = RE2RegexEngine()
    try:
        searches = tuple(engine.compile(each).search for each in values)
    except engine.error as error:
        raise ValueError(str(error)) from None
    return lambda value: any(search(value.text) for search in searches)


def _networks(values: tuple[str, ...]) -> Test:
    networks = tuple(ip_network(each) for each in values)

    def test(value: Value) -> bool:
        try:
            address = ip_address(value.text.strip())
        except ValueError:
            return False
        inner = address.ipv4_mapped if isinstance(address, IPv6Address) else None
        return any(each in network for network in networks for each in (address, inner) if each is not None)

    return test


def _time(part: Callable[[datetime], int], values: tuple[str, ...]) -> Test:
    wanted = frozenset(values)

    def test(value: Value) -> bool:
        moment = _moment(value.text.strip())
        return moment is not None and str(part(moment)) in wanted

    return test


def number_in(text: str) -> float | None:
    """The number that a value in lower case is, decimal or with ``0x`` in front; None where it is none."""
    if _NUMBER.fullmatch(text):
        return float(text)
    return float(int(text, 16)) if _HEXADECIMAL.fullmatch(text) else None


def _moment(text: str) -> datetime | None:
    """A time as ISO 8601 writes it, or in seconds or milliseconds since 1970; without a zone it is in UTC."""
    try:
        if _NUMBER.fullmatch(text):
            seconds = float(text)
            return datetime.fromtimestamp(seconds / 1000 if seconds > _EPOCH_MILLISECONDS else seconds, UTC)
        return datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError):
        return None


_TESTS: dict[How, Callable[[tuple[str, ...]], Test]] = {
    "is": _is,
    "is_cased": _is_cased,
    "starts": lambda values: lambda value: value.low.startswith(values),
    "starts_cased": lambda values: lambda value: value.text.startswith(values),
    "ends": lambda values: lambda value: value.low.endswith(values),
    "ends_cased": lambda values: lambda value: value.text.endswith(values),
    "has": _has,
    "has_cased": _has_cased,
    "number": _number,
    "lt": partial(_compared, lambda one, limit: one < limit),
    "lte": partial(_compared, lambda one, limit: one <= limit),
    "gt": partial(_compared, lambda one, limit: one > limit),
    "gte": partial(_compared, lambda one, limit: one >= limit),
    "re": _expressions,
    "cidr": _networks,
    "exists": lambda _: lambda _: True,
    "minute": partial(_time, lambda moment: moment.minute),
    "hour": partial(_time, lambda moment: moment.hour),
    "day": partial(_time, lambda moment: moment.day),
    "week": partial(_time, lambda moment: moment.isocalendar().week),
    "month": partial(_time, lambda moment: moment.month),
    "year": partial(_time, lambda moment: moment.year),
}
