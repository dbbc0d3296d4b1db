"""Which of a team's rules fire on a record, and which of them it names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product as combinations
from typing import TYPE_CHECKING

from knowledge.alerts.model import Role
from knowledge.detections.matching.checks import Check, SomeCheck, check_of
from knowledge.detections.matching.event import Event
from knowledge.detections.matching.log_sources import LogSources, Source, log_sources
from knowledge.detections.matching.names import FieldNames, Name, field_names
from knowledge.detections.matching.nodes import Node, asked_for, read
from knowledge.detections.model import DetectionKind

if TYPE_CHECKING:
    from knowledge.alerts.model import Field, Record
    from knowledge.detections.model import Detection

_SAYS_NOTHING = frozenset({"EventID", "Provider_Name", "Channel"})
"""Fields that tell nothing on a record of which nobody knows what it is."""


@dataclass(frozen=True, slots=True)
class RuleMatch:
    """A rule that fires on a record.

    Attributes:
        fields: The fields that make it fire, at least one, in the order of the record.
    """

    detection: Detection
    fields: tuple[Field, ...]


class _Rule:
    """A rule that may be tried; it is made ready the first time it is."""

    __slots__ = ("_check", "_names", "_node", "detection", "fields")

    def __init__(self, detection: Detection, node: Node, names: FieldNames) -> None:
        self.detection = detection
        self._node = node
        self._names = names
        self._check: Check | None = None
        asked = asked_for(node)
        self.fields = frozenset() if "" in asked or asked <= _SAYS_NOTHING else asked

    def name(self, field: str) -> Name:
        """A field of the rule, as records of its log source have it."""
        claim = self.detection.log_sources[0] if self.detection.log_sources else None
        if claim is None:
            return self._names.name(field)
        return self._names.name(field, kind=claim.category or claim.service, product=claim.product)

    def fields_on(self, event: Event) -> tuple[Field, ...]:
        """The fields that make it fire on an event; none where it does not fire."""
        check = self._check
        if check is None:  # two threads that do this at once make the same
            try:
                check = check_of(self._node, self.name)
            except ValueError:  # another version of this program kept what this one cannot compare
                check = SomeCheck(())
            self._check = check
        if not check.holds(event):
            return ()
        return tuple(sorted(dict.fromkeys(check.fields(event)), key=lambda field: (field.start, field.end)))


class RuleMatcher:
    """A team's rules, ready to be tried on records. It does not change, and threads share it; see `matcher_of`.

    Args:
        detections: The rules, in the order matches come back in.
        names: What fields are called.
        sources: What records are.
    """

    def __init__(self, detections: Iterable[Detection], names: FieldNames, sources: LogSources) -> None:
        self._sources = sources
        self._rules: list[_Rule] = []
        self._by_source: dict[Source, list[int]] = defaultdict(list)
        self._named: dict[str, list[Detection]] = defaultdict(list)
        for each in detections:
            if each.kind is DetectionKind.RULE:
                for name in dict.fromkeys((_plain(each.id), _plain(each.title))):
                    self._named[name].append(each)
            if each.enabled and each.logic and (node := read(each.logic)) is not None:
                self._add(_Rule(each, node, names))
        self._named.pop("", None)
        self._by_source.default_factory = self._named.default_factory = None
        self._by_fields = _by_a_field(self._rules)

    def _add(self, rule: _Rule) -> None:
        for claim in rule.detection.log_sources:
            self._by_source[claim.product, claim.category, claim.service].append(len(self._rules))
        self._rules.append(rule)

    def __len__(self) -> int:
        """How many rules it can try."""
        return len(self._rules)

    def matches(self, record: Record) -> tuple[RuleMatch, ...]:
        """The rules that fire on a record.

        A rule is tried where the record is what its log source says. Of a record of which that cannot be told, only
        rules are tried that find every field they ask for. A rule fires where its condition holds and at least one of
        its fields is there and says what it wants, not merely because something is missing. Prose is never matched.
        """
        if record.format == "prose" or not self._rules:
            return ()
        event = Event(record)
        sources = self._sources.of(event)
        tried = self._for(sources) if sources else self._with_every_field(event)
        found = ((self._rules[at], self._rules[at].fields_on(event)) for at in tried)
        return tuple(RuleMatch(rule.detection, fields) for rule, fields in found if fields)

    def named_in(self, record: Record) -> tuple[Detection, ...]:
        """The rules, of any format, whose id or title a record names in a field for rules or titles.

        Compared as a whole, without regard to case. A search of Splunk's content is also known without its kind:
        ``ESCU - Title - Rule``.
        """
        said = [field.value for field in record.fields if field.role in (Role.RULE, Role.TITLE)]
        names = dict.fromkeys(name for value in said for name in _names_in(value))
        found = [each for name in names for each in self._named.get(name, ())]
        return tuple({each.id: each for each in found}.values())

    def _for(self, sources: Iterable[Source]) -> list[int]:
        """The rules whose log source is one of these, or says less of one."""
        asked = {
            each
            for product, category, service in sources
            for each in combinations((product, ""), (category, ""), (service, ""))
        }
        return sorted({at for each in asked for at in self._by_source.get(each, ())})

    def _with_every_field(self, event: Event) -> list[int]:
        """The rules all of whose fields an event has, under the rules' own names."""
        near = {at for last in event.names for at in self._by_fields.get(last, ())}
        return sorted(
            at for at in near if all(event.own(self._rules[at].name(field)) for field in self._rules[at].fields)
        )


def matcher_of(detections: Sequence[Detection]) -> RuleMatcher:
    """What tries a team's rules on records.

    Args:
        detections: Of any format and kind. Those are tried that are enabled and whose `Detection.logic` says what
            they ask of an event; every rule can be named by a record.
    """
    return RuleMatcher(detections, field_names(), log_sources())


def _by_a_field(rules: Sequence[_Rule]) -> Mapping[str, list[int]]:
    """The rules by the last part of one of their fields, of each the one that the fewest rules have."""
    used: dict[str, int] = defaultdict(int)
    lasts = [{parts[-1] for field in rule.fields if (parts := rule.name(field).parts)} for rule in rules]
    for each in lasts:
        for last in each:
            used[last] += 1
    found: dict[str, list[int]] = defaultdict(list)
    for at, each in enumerate(lasts):
        if each:
            found[min(each, key=lambda last: (used[last], last))].append(at)
    return dict(found)


def _plain(name: str) -> str:
    return name.strip().casefold()


def _names_in(value: str) -> tuple[str, ...]:
    name = _plain(value[:500])
    inner = name.removesuffix(" - rule")
    return (name, inner.partition(" - ")[2].strip()) if inner != name else (name,)
