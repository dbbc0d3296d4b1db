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
from knowledge.mapping.elements import elements_of
from knowledge.mapping.index import Floats
from knowledge.mapping.reading import Reading, read_records

MOST = 12
"""Most records of one paste that are also scored by themselves, the first of each kind."""

MOST_LOOKED_AT = 200
"""Most records of one paste that facts and rules are asked about."""

SINGLE_EVENTS = frozenset(
    ["auditd", "powershell_4103", "powershell_4104", "sysmon", "windows_event", "windows_security", "windows_system"]
)
"""Products that log every small step: one event of theirs is part of an act that others may name otherwise."""

OF_ONE_EVENT = 0.7
"""How much a fact about such an event counts. Of the raw lines written for this product that a fact holds of, three in
four bear its technique; of whole alerts nearly all do."""

_LONGEST_LINE = 2_000
_PROGRAM = re.compile(r"\"?[^\s\"]{1,200}\.(?:exe|com|bat|cmd|ps1)\"?\s+\S", re.IGNORECASE)
_TOLD = re.compile(r"\b(?:was|were|is|are|has|had|by|from|the|and|spawned|started|executed)\b", re.IGNORECASE)
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
        in_prose: Whether it is one command line of a text that says more.
    """

    records: tuple[Record, ...]
    reading: Reading
    sighting: Sighting
    in_prose: bool = False


def acts_of(alert: Alert, facts: Facts, matcher: RuleMatcher | None) -> tuple[Act, ...]:
    """The alert as a whole, then each of its records and command lines by itself where it has several.

    Args:
        alert: The paste, read.
        facts: Facts about events.
        matcher: The team's rules; none where it has none.
    """
    units = [unit for record in alert.records[:MOST_LOOKED_AT] for unit in _units(alert, record)]
    sightings = [_sighting(unit, facts, matcher) for unit in units]
    every = Sighting(
        facts=tuple(hit for each in sightings for hit in each.facts),
        rules=tuple({each.detection.id: each for one in sightings for each in one.rules}.values()),
        named=tuple({each.id: each for one in sightings for each in one.named}.values()),
    )
    whole = Act(alert.records, read_records(alert, alert.records), every)
    if len(units) < 2:
        return (whole,)
    parts: dict[tuple[tuple[str, ...], ...], Act] = {}
    for unit, sighting in zip(units, sightings, strict=True):
        reading = read_records(alert, (unit,))
        if reading.forms and len(parts) < MOST:
            in_prose = unit.format == "prose" and unit.fields[0].role is Role.COMMAND
            parts.setdefault(reading.forms, Act((unit,), reading, sighting, in_prose))
    return (whole, *parts.values())


def strongest(
    hits: Sequence[FactHit], numbers: Callable[[str], Sequence[int]], width: int, records: Sequence[Record] = ()
) -> Floats:
    """For each technique the strength of the strongest fact that shows it.

    Args:
        hits: Facts that hold.
        numbers: The numbers of the current techniques for an id.
        width: How many techniques there are.
        records: What they hold of.
    """
    alone = one_event(records)
    found = np.zeros(width, np.float32)
    for hit in hits:
        strength = hit.fact.strength * (OF_ONE_EVENT if alone else 1.0)
        for technique in hit.fact.shows:
            for number in numbers(technique):
                found[number] = max(found[number], strength)
    return found


def one_event(records: Sequence[Record]) -> bool:
    """Whether records are of products that log every small step."""
    return bool(records) and all(each.product in SINGLE_EVENTS for each in records)


def _units(alert: Alert, record: Record) -> list[Record]:
    """What of a record may be an act of its own: each process it lists; of prose each command line; and the rest."""
    if record.format != "prose":
        return [*elements_of(record)] or [record]
    lines = _command_lines(alert, record)
    alone = len(lines) == 1 and lines[0].end - lines[0].start == len(alert.text[record.start : record.end].strip())
    return lines if alone else [record, *lines]


def _sighting(unit: Record, facts: Facts, matcher: RuleMatcher | None) -> Sighting:
    found = Sighting(facts.hits(unit))
    return replace(found, rules=matcher.matches(unit), named=matcher.named_in(unit)) if matcher else found


def placed_facts(parts: Sequence[Reading], hits: Sequence[FactHit]) -> list[tuple[FactHit, ...]]:
    """For each part of an act the facts that its words show; the first gets those that no words show.

    Args:
        parts: Passages of one act, the most telling first.
        hits: Facts that hold of the act.
    """
    found: list[list[FactHit]] = [[] for _ in parts]
    for hit in hits if parts else ():
        at = next((at for at, part in enumerate(parts) if _overlap(part, hit)), 0)
        found[at].append(hit)
    return [tuple(each) for each in found]


def inside(part: Reading, hits: Sequence[FactHit]) -> tuple[FactHit, ...]:
    """The facts that the words of one part show."""
    return tuple(hit for hit in hits if _overlap(part, hit))


def _overlap(part: Reading, hit: FactHit) -> bool:
    return any(each.start < field.end and field.start < each.end for field in hit.fields for each in part.stretches)


def _command_lines(alert: Alert, record: Record) -> list[Record]:
    """The lines of a text that are commands: behind a prompt, or by their looks."""
    found: list[Record] = []
    for field in record.fields:
        start = field.start
        for line in alert.text[field.start : field.end].splitlines(keepends=True)[:MOST_LOOKED_AT]:
            prompt = _PROMPT.match(line)
            rest = line[prompt.end() :] if prompt else line
            shown = rest.strip()[:_LONGEST_LINE]
            if shown and (prompt or role_of_value(shown) is Role.COMMAND or _starts_a_program(shown)):
                at = start + len(line) - len(rest.lstrip())
                command = Field("", shown, at, at + len(shown), Role.COMMAND)
                found.append(replace(record, fields=(command,), start=at, end=at + len(shown)))
            start += len(line)
    return found


def _starts_a_program(line: str) -> bool:
    """Whether a line starts with a program and goes on with what it is given, and is no sentence about it."""
    return bool(_PROGRAM.match(line)) and not _TOLD.search(line)
