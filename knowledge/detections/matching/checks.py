"""A rule's tree, ready to be tried on events: whether it holds, and which fields make it hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Protocol, TypeAlias

from knowledge.detections.matching.comparing import Test, or_elsewhere, test_of
from knowledge.detections.matching.nodes import Every, How, Item, Node, Not, Some

if TYPE_CHECKING:
    from knowledge.alerts.model import Field
    from knowledge.detections.matching.event import Event, Value
    from knowledge.detections.matching.names import Name

Naming: TypeAlias = "Callable[[str], Name]"
"""Gives the name behind what a rule calls a field."""

_NOTHING = frozenset({"", "null"})


class Check(Protocol):
    """A node that can be tried on events; threads share one."""

    def holds(self, event: Event) -> bool:
        """Whether it holds on an event."""

    def fields(self, event: Event) -> Iterator[Field]:
        """The fields that make it hold, which it does; none for what holds because something is not there."""


class EveryCheck:
    """Holds where each of its checks does.

    Args:
        checks: In the author's order.
        quick_first: The same in the order they are tried in.
    """

    __slots__ = ("_checks", "_quick_first")

    def __init__(self, checks: Sequence[Check], quick_first: Sequence[Check]) -> None:
        self._checks = tuple(checks)
        self._quick_first = tuple(quick_first)

    def holds(self, event: Event) -> bool:
        """Whether it holds on an event."""
        for check in self._quick_first:  # noqa: SIM110 - a rule is tried thousands of times, and all() costs a generator
            if not check.holds(event):
                return False
        return True

    def fields(self, event: Event) -> Iterator[Field]:
        """The fields of every check."""
        for check in self._checks:
            yield from check.fields(event)


class SomeCheck:
    """Holds where one of its checks does."""

    __slots__ = ("_checks",)

    def __init__(self, checks: Sequence[Check]) -> None:
        self._checks = tuple(checks)

    def holds(self, event: Event) -> bool:
        """Whether it holds on an event."""
        for check in self._checks:  # noqa: SIM110 - as above
            if check.holds(event):
                return True
        return False

    def fields(self, event: Event) -> Iterator[Field]:
        """The fields of the checks that hold."""
        for check in self._checks:
            if check.holds(event):
                yield from check.fields(event)


class NotCheck:
    """Holds where its check does not."""

    __slots__ = ("_check",)

    def __init__(self, check: Check) -> None:
        self._check = check

    def holds(self, event: Event) -> bool:
        """Whether it holds on an event."""
        return not self._check.holds(event)

    def fields(self, event: Event) -> Iterator[Field]:  # noqa: ARG002 - as the protocol has it
        """None: it holds because something is not so."""
        return iter(())


class ValueCheck:
    """Holds where a value of a field passes a test; on a record without the field it does not."""

    __slots__ = ("_name", "_test")

    def __init__(self, name: Name | None, test: Test) -> None:
        self._name = name
        self._test = test

    def _values(self, event: Event) -> Sequence[Value]:
        return event.find(self._name) if self._name is not None else event.values

    def holds(self, event: Event) -> bool:
        """Whether it holds on an event."""
        test = self._test
        for value in self._values(event):  # noqa: SIM110 - as above
            if test(value):
                return True
        return False

    def fields(self, event: Event) -> Iterator[Field]:
        """The fields whose values pass."""
        return (value.field for value in self._values(event) if self._test(value))


class MissingCheck:
    """Holds where a field is not there, or says nothing.

    Args:
        name: The field.
        empty: A field without a value counts as one that is not there.
    """

    __slots__ = ("_empty", "_name")

    def __init__(self, name: Name, *, empty: bool) -> None:
        self._name = name
        self._empty = empty

    def holds(self, event: Event) -> bool:
        """Whether it holds on an event."""
        found = event.find(self._name)
        return not found or (self._empty and all(value.low in _NOTHING for value in found))

    def fields(self, event: Event) -> Iterator[Field]:  # noqa: ARG002 - as the protocol has it
        """None: it holds because something is not there."""
        return iter(())


class SameCheck:
    """Holds where a field says what another field says, or begins, ends with it or holds it."""

    __slots__ = ("_compared", "_name", "_other")

    def __init__(self, name: Name, other: Name, compared: Callable[[str, str], bool]) -> None:
        self._name = name
        self._other = other
        self._compared = compared

    def holds(self, event: Event) -> bool:
        """Whether it holds on an event."""
        return any(True for _ in self.fields(event))

    def fields(self, event: Event) -> Iterator[Field]:
        """The fields of both sides."""
        for value in event.find(self._name):
            for other in event.find(self._other):
                if not (value.bare or other.bare) and self._compared(value.low, other.low):
                    yield from (value.field, other.field)


def check_of(node: Node, naming: Naming, *, excluded: bool = False) -> Check:
    """A tree ready to be tried.

    Args:
        node: The tree.
        naming: How its fields are found in records.
        excluded: It says what must not be. A folder that is excluded, and of which a record does not say whether it is
            that one, is taken to be it: nobody would be helped by an alarm about a path that is not there.

    Raises:
        ValueError: The tree says what cannot be tried: an expression or a network that is none.
    """
    match node:
        case Every(of=parts):
            checks = [check_of(part, naming, excluded=excluded) for part in parts]
            order = sorted(range(len(parts)), key=lambda at: _cost(parts[at]))
            return EveryCheck(checks, [checks[at] for at in order])
        case Some(of=parts):
            return SomeCheck([check_of(part, naming, excluded=excluded) for part in parts])
        case Not(of=inner):
            return NotCheck(check_of(inner, naming, excluded=not excluded))
        case Item():
            return _item_check(node, naming, excluded=excluded)


def _cost(node: Node) -> int:
    """How long a node takes, roughly; what is excluded is mostly not there, so looking for it early saves nothing."""
    match node:
        case Item(how=how):
            return _SLOW.get(how, 0)
        case Not():
            return 9
    return max(_cost(part) for part in node.of)


def _item_check(item: Item, naming: Naming, *, excluded: bool) -> Check:
    if not item.field:
        return ValueCheck(None, test_of(item))
    name = naming(item.field)
    if item.how in ("missing", "empty"):
        return MissingCheck(name, empty=item.how == "empty")
    if item.how in _SAME and item.values:
        return SameCheck(name, naming(item.values[0]), _SAME[item.how])
    test = test_of(item)
    return ValueCheck(name, or_elsewhere(test, item) if excluded else test)


_SLOW: dict[How, int] = {"has": 1, "has_cased": 1, "cidr": 2, "re": 3}
_SAME: dict[How, Callable[[str, str], bool]] = {
    "same": lambda one, other: one == other,
    "same_start": lambda one, other: one.startswith(other),
    "same_end": lambda one, other: one.endswith(other),
    "same_part": lambda one, other: other in one,
}
