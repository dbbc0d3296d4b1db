"""The acts of an alert: records and lines that may each stand on their own, and what is known of each besides words."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from knowledge.alerts.events import FactHit, Facts
from knowledge.alerts.model import Alert, Field, Record, Role
from knowledge.alerts.values import role_of_value
from knowledge.detections.matching import RuleMatch, RuleMatcher
from knowledge.detections.model import Detection
from knowledge.mapping.index import Floats
from knowledge.mapping.reading import Reading, read_records

MOST = 12
"""Most records of one paste that are also scored by themselves, the first of each kind."""

MOST_LOOKED_AT = 200
"""Most records of one paste that facts and rules are asked about."""

_LONGEST_LINE = 2_000
_PROMPT = re.compile(r"\s*(?:PS [^>\n]{0,200}>|[A-Za-z]:\\[^>\n]{0,200}>|[\w.@:~/\[\] -]{0,80}[$#]|\+|>)\s+(?=\S)")
"""What stands before a command as a console prints it."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """What is known of some records besides their words.

    Attributes:
        facts: Facts about events that hold.
        rules: Rules of the team that fire.
        named: Rules of the team that the alert itself names.
    """

    facts: tuple[FactHit, ...] = ()
    rules: tuple[RuleMatch, ...] = ()
    named: tuple[Detection, ...] = ()


@dataclass(frozen=True, slots=True)
class Act:
    """Some records, read together.

    Attributes:
        records: In the order of the paste.
        reading: Their words.
        sighting: What is known of them besides.
    """

    records: tuple[Record, ...]
    reading: Reading
    sighting: Sighting


def acts_of(alert: Alert, facts: Facts, matcher: RuleMatcher | None) -> tuple[Act, ...]:
    """The alert as a whole, then each of its records by itself where it has several.

    Args:
        alert: The paste, read.
        facts: Facts about events.
        matcher: The team's rules; none where it has none.
    """
    sightings = [_sighting(alert, record, facts, matcher) for record in alert.records[:MOST_LOOKED_AT]]
    every = Sighting(
        facts=tuple(hit for each in sightings for hit in each.facts),
        rules=tuple({each.detection.id: each for one in sightings for each in one.rules}.values()),
        named=tuple({each.id: each for one in sightings for each in one.named}.values()),
    )
    whole = Act(alert.records, read_records(alert, alert.records), every)
    if len(alert.records) < 2:
        return (whole,)
    parts: dict[tuple[tuple[str, ...], ...], Act] = {}
    for record, sighting in zip(alert.records, sightings, strict=False):
        reading = read_records(alert, (record,))
        if reading.forms and len(parts) < MOST:
            parts.setdefault(reading.forms, Act((record,), reading, sighting))
    return (whole, *parts.values())


def strongest(hits: Sequence[FactHit], numbers: Callable[[str], Sequence[int]], width: int) -> Floats:
    """For each technique the strength of the strongest fact that shows it.

    Args:
        hits: Facts that hold.
        numbers: The numbers of the current techniques for an id.
        width: How many techniques there are.
    """
    found = np.zeros(width, np.float32)
    for hit in hits:
        for technique in hit.fact.shows:
            for number in numbers(technique):
                found[number] = max(found[number], hit.fact.strength)
    return found


def _sighting(alert: Alert, record: Record, facts: Facts, matcher: RuleMatcher | None) -> Sighting:
    if record.format != "prose":
        found = Sighting(facts.hits(record))
        return replace(found, rules=matcher.matches(record), named=matcher.named_in(record)) if matcher else found
    return Sighting(tuple(hit for line in _lines(alert, record) for hit in facts.hits(line)))


def placed_facts(
    parts: Sequence[Reading], hits: Sequence[FactHit], *, inside: bool = False
) -> list[tuple[FactHit, ...]]:
    """For each part the facts that its words show.

    Args:
        parts: Passages of one act, the most telling first.
        hits: Facts that hold of the act.
        inside: Whether facts that stand in no part are left out; otherwise the first part gets them.
    """
    found: list[list[FactHit]] = [[] for _ in parts]
    for hit in hits:
        places = [(field.start, field.end) for field in hit.fields]
        at = next((at for at, part in enumerate(parts) if _overlap(part, places)), -1 if inside else 0)
        if at >= 0 and parts:
            found[at].append(hit)
    return [tuple(each) for each in found]


def _overlap(part: Reading, places: Sequence[tuple[int, int]]) -> bool:
    return any(each.start < end and start < each.end for start, end in places for each in part.stretches)


def _lines(alert: Alert, record: Record) -> list[Record]:
    """The lines of a text that are commands: behind a prompt, or by their looks."""
    found: list[Record] = []
    for field in record.fields:
        start = field.start
        for line in alert.text[field.start : field.end].splitlines(keepends=True)[:MOST_LOOKED_AT]:
            prompt = _PROMPT.match(line)
            rest = line[prompt.end() :] if prompt else line
            shown = rest.strip()[:_LONGEST_LINE]
            if shown and (prompt or role_of_value(shown) is Role.COMMAND):
                at = start + len(line) - len(rest.lstrip())
                command = Field("", shown, at, at + len(shown), Role.COMMAND)
                found.append(replace(record, fields=(command,), start=at, end=at + len(shown)))
            start += len(line)
    return found
