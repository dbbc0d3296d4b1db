"""A pasted alert becomes likely techniques, with the words that say so.

A `Mapper` never changes, so threads share it and a new one takes its place by a single assignment: `with_detections`
and `with_confirmations` give a new one that shares the index.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from collections.abc import Mapping as MappingOf
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.alerts.events import FactHit, shipped_facts
from knowledge.alerts.model import Record
from knowledge.alerts.reading import MAX_CHARACTERS, read_alert
from knowledge.alerts.roles import Roles
from knowledge.catalog import Catalog
from knowledge.detections.matching import RuleMatcher, matcher_of
from knowledge.detections.model import Detection
from knowledge.mapping import lexicon as phrasebook
from knowledge.mapping.acts import Act, acts_of, inside, one_event, placed_facts, strongest
from knowledge.mapping.answering import Answering, Asked
from knowledge.mapping.domains import allowed_techniques
from knowledge.mapping.evidence import Evidence, Source, current_ids
from knowledge.mapping.index import Index
from knowledge.mapping.indicators import Indicator, indicators, only_lists
from knowledge.mapping.judgement import Judgement, shipped_judgement
from knowledge.mapping.labels import Heard, Labels
from knowledge.mapping.measures import Seen
from knowledge.mapping.mentions import Mention, WrittenNames, mentioned_ids, names_meant, trust_in_names
from knowledge.mapping.merging import merged
from knowledge.mapping.model import Confirmed, Mapping
from knowledge.mapping.passages import passages
from knowledge.mapping.reading import Reading
from knowledge.mapping.scoring import Scored, confirmed, less_sure, refuted, score, with_rules
from knowledge.mapping.stages import further, left_out
from knowledge.mapping.store import fingerprint, load_index, save_index
from knowledge.mapping.team import Team, team_of
from knowledge.mapping.telling import telling_text
from knowledge.model import Domain

IN_PROSE = 0.85
"""How much of its confidence a command line keeps by itself that stands in a text which says more."""

_STAGED = 2  # passages of one text that are searched for further behaviours


def open_mapper(catalog: Catalog, roles: Roles, folder: Path | None = None) -> Mapper:
    """A mapper for the current releases, from the index in a folder where there is one, else built, and kept there.

    Args:
        catalog: The current releases.
        roles: Which part each field of a record plays.
        folder: Where the index lies; nothing is read or written without one. Building takes some twenty seconds.

    Raises:
        OSError: The folder cannot be written.
    """
    made_of = fingerprint(catalog) if folder else ""
    index = load_index(folder, made_of) if folder else None
    if index is None:
        from knowledge.mapping.building import build_index
        from knowledge.mapping.evidence import shipped_evidence

        index = build_index(catalog, shipped_evidence(catalog))
        if folder:
            save_index(folder, index, made_of)
    return Mapper(catalog, index, roles)


class Mapper:
    """Maps text to techniques of one set of releases.

    Args:
        catalog: The releases the index was made of.
        index: What is known.
        roles: Which part each field of a record plays.
        judgement: Learned numbers; the shipped ones by default.
    """

    def __init__(self, catalog: Catalog, index: Index, roles: Roles, judgement: Judgement | None = None) -> None:
        self.catalog = catalog
        self._index = index
        self._roles = roles
        self._judgement = judgement or shipped_judgement()
        self._written_names = WrittenNames(catalog)
        self._number = {each: at for at, each in enumerate(index.corpus.techniques)}
        self._current: dict[str, tuple[int, ...]] = {}
        self._labels = Labels(self.numbers, len(self._number))
        self._facts = shipped_facts()
        self._trust_in_names = trust_in_names(index.tables.written, index.tables.meant)
        self._answering = Answering(catalog, index, self._judgement)
        self._detections: Team | None = None
        self._matcher: RuleMatcher | None = None
        self._confirmations: Team | None = None
        self._said: MappingOf[Evidence, Confirmed] = {}
        self._wrong: Team | None = None
        phrasebook.shipped_lexicon()
        self.release = ", ".join(release.label for release in catalog.releases)

    def numbers(self, technique: str) -> tuple[int, ...]:
        """The numbers of the current techniques for an id of any release."""
        known = self._current.get(technique)
        if known is None:
            ids = current_ids(self.catalog, (technique,))
            known = self._current[technique] = tuple(self._number[each] for each in ids if each in self._number)
        return known

    def with_detections(self, evidence: Sequence[Evidence], detections: Sequence[Detection] = ()) -> Mapper:
        """The same mapper that knows the team's detections, these and no others; a second or two for a few thousand.

        Args:
            evidence: The detections that name techniques, as evidence.
            detections: All of them, so that rules are tried on events.
        """
        corpus, tables = self._index.corpus, self._index.tables
        written, meant = names_meant(self.catalog, self._written_names, evidence, corpus.techniques)
        return self._with(
            detections=team_of(self.catalog, corpus, evidence),
            matcher=matcher_of(detections) if detections else None,
            trust_in_names=trust_in_names(tables.written + written, tables.meant + meant),
        )

    def with_confirmations(self, right: MappingOf[Evidence, Confirmed], wrong: Sequence[Evidence] = ()) -> Mapper:
        """The same mapper that knows what the team said of alerts, this and nothing else; quick enough for every click.

        Args:
            right: Alerts with the technique the team confirmed, and who said so.
            wrong: Alerts with a technique it said was wrong.
        """
        corpus = self._index.corpus
        return self._with(
            confirmations=team_of(self.catalog, corpus, tuple(right)),
            said=right,
            wrong=team_of(self.catalog, corpus, wrong),
        )

    def map(self, text: str, domain: Domain | None = None) -> Mapping:
        """Say what a text shows, best first, or what comes closest, or why nothing.

        Args:
            text: Anything; only its first `MAX_CHARACTERS` are read.
            domain: Only techniques of this domain. Without one: enterprise, and mobile or ICS where the text says so.
        """
        cut = text[:MAX_CHARACTERS]
        alert = read_alert(cut, self._roles)
        acts = acts_of(alert, self._facts, self._matcher)
        reading, listed = acts[0].reading, indicators(cut)
        parts = [passages(self._index, act.reading) for act in acts]
        whole, *heard = self._encoded([reading, *(part for each in parts for part in each)])
        allowed = self._allowed(acts[0], domain, whole)
        only = alert.is_prose and only_lists(cut, listed) and not _names_an_act(acts[0], listed)
        scored: list[Scored] = []
        if reading.forms and not only:
            said_of = iter(heard)
            scored = [
                passage
                for act, each in zip(acts, parts, strict=True)
                for passage in self._scored(act, each, said_of, allowed)
            ]
        said: dict[int, tuple[Confirmed, ...]] = {}
        if self._confirmations:
            scored, said = self._confirmed(scored, allowed)
        if wrong := self._wrong:
            scored = [refuted(each, wrong) for each in scored]
        mentions = self._mentions(cut, allowed, domain)
        found = merged(self._index.corpus, self._number, self._trust_in_names, mentions, scored)
        return self._answering.answer(Asked(alert, acts, listed, only, len(text) > len(cut)), found, said)

    def _with(self, **known: object) -> Mapper:
        twin = object.__new__(Mapper)
        twin.__dict__.update(self.__dict__ | {f"_{name}": each for name, each in known.items()})
        return twin

    def _allowed(self, whole: Act, domain: Domain | None, heard: Heard) -> NDArray[np.bool_]:
        """The techniques that may be answered: those of the domains the text speaks of or an event belongs to."""
        corpus = self._index.corpus
        products = {record.product for record in whole.records}
        likely = heard[0] if domain is None and whole.reading.forms else None
        allowed = allowed_techniques(corpus, whole.reading, domain, products, likely)
        if domain is None:
            shown = [number for hit in whole.sighting.facts for each in hit.fact.shows for number in self.numbers(each)]
            opened = np.unique(corpus.domains[shown])
            allowed |= np.isin(corpus.domains, opened)
        return allowed

    def _mentions(self, text: str, allowed: NDArray[np.bool_], domain: Domain | None) -> list[Mention]:
        by_name = self._written_names.mentioned(text, lambda each: bool(allowed[self._number[each]]))
        named = (*(each for each in mentioned_ids(text, self.catalog) if self._in(each.technique, domain)), *by_name)
        first = {each.technique: each for each in reversed(named)}
        return [each for each in named if first.get(each.technique) is each]

    def _in(self, technique: str, domain: Domain | None) -> bool:
        at = self._number.get(technique)
        return at is not None and (domain is None or list(Domain)[self._index.corpus.domains[at]] is domain)

    def _scored(
        self, act: Act, parts: Sequence[Reading], heard: Iterator[Heard], allowed: NDArray[np.bool_]
    ) -> list[Scored]:
        placed = placed_facts(parts, act.sighting.facts)
        found = [
            self._score(part, facts, next(heard), act.records, allowed)
            for part, facts in zip(parts, placed, strict=True)
        ]
        if len(act.records) == 1 and len(found) <= _STAGED:
            stages = [(each, stage) for each in found for stage in left_out(self._index, each)]
            said = self._encoded([stage for _, stage in stages])
            found += [
                further(each, self._score(stage, inside(stage, act.sighting.facts), one, act.records, allowed))
                for (each, stage), one in zip(stages, said, strict=True)
            ]
        if act.in_prose:
            found = [less_sure(each, IN_PROSE) for each in found]
        if found:
            found[0] = with_rules(found[0], act.sighting, self.numbers, allowed)
        return found

    def _score(
        self,
        reading: Reading,
        facts: Sequence[FactHit],
        heard: Heard,
        records: Sequence[Record],
        allowed: NDArray[np.bool_],
    ) -> Scored:
        width = len(self._index.corpus.techniques)
        alone = one_event(records) or all(record.format == "prose" for record in records)
        seen = Seen(strongest(facts, self.numbers, width, records), *heard, alone)
        scored = score(self._index, self._judgement, reading, allowed, seen, self._detections)
        return replace(scored, facts=tuple(facts))

    def _encoded(self, readings: Sequence[Reading]) -> list[Heard]:
        """What the encoder says of readings, together, which is quicker than one by one."""
        return self._labels.encoded([telling_text(each) for each in readings])

    def _confirmed(
        self, passages_: Sequence[Scored], allowed: NDArray[np.bool_]
    ) -> tuple[list[Scored], dict[int, tuple[Confirmed, ...]]]:
        team = self._confirmations
        assert team is not None  # noqa: S101 # asked before
        who = [self._said[each] for each in team.evidence]
        scored: list[Scored] = []
        said: dict[int, dict[Confirmed, None]] = {}
        for passage in passages_:
            surer, pieces = confirmed(passage, self._judgement, team, [each.by for each in who], allowed)
            scored.append(surer)
            for technique, alike in pieces.items():
                said.setdefault(technique, {}).update(dict.fromkeys(who[each] for each in alike))
        return scored, {
            technique: tuple(sorted(each, key=lambda one: one.on, reverse=True)) for technique, each in said.items()
        }


def detection_evidence(
    title: str, techniques: Sequence[str], description: str = "", strings: Sequence[str] = (), origin: str = ""
) -> Evidence:
    """A detection of the team's as evidence; `origin` is its own id."""
    text, label = f"{title}\n{description}", f"your detection “{title}”"
    return Evidence(text, tuple(techniques), Source.DETECTION, label, origin, tuple(strings))


def confirmation_evidence(text: str, technique: str, when: str) -> Evidence:
    """An alert the team confirmed as evidence; mask the text first with `knowledge.alerts.masking.masked`.

    Args:
        text: The masked alert.
        technique: The id that was confirmed.
        when: The day, as a person reads it.
    """
    return Evidence(text, (technique,), Source.CONFIRMED, f"one your team confirmed on {when}")


def _names_an_act(whole: Act, listed: Sequence[Indicator]) -> bool:
    """Whether a phrase of the lexicon stands beside the indicators: ``mshta`` and a link are one act, not a list."""
    hits = phrasebook.phrases_in(whole.reading)
    starts = [each.start for each in listed]
    places = (whole.reading.starts[hit.first] for hit in hits)
    beside = any(listed[bisect_right(starts, place) - 1].end <= place or place < starts[0] for place in places)
    return beside or bool(whole.sighting.facts)
