"""Pasted alert text becomes likely techniques, with the words that say so.

A `Mapper` never changes, so threads share it and a new one takes its place by a single assignment: `with_detections`
and `with_confirmations` give a new one that shares the index.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge.catalog import Catalog
from knowledge.mapping import lexicon as phrasebook
from knowledge.mapping.domains import allowed_techniques
from knowledge.mapping.evidence import Evidence, Source
from knowledge.mapping.index import Floats, Index
from knowledge.mapping.indicators import Indicator, counted, indicators, only_lists, sentence
from knowledge.mapping.judgement import Judgement, shipped_judgement
from knowledge.mapping.mentions import Mention, Names, WrittenNames, mentioned_ids, names_meant, trust_in_names
from knowledge.mapping.model import Likely, Mapping, Quote
from knowledge.mapping.passages import passages
from knowledge.mapping.quoting import centre_quote, likeness_quote, nearest_quote, phrase_quotes, quote
from knowledge.mapping.reading import Reading, read
from knowledge.mapping.scoring import Scored, refuted, score
from knowledge.mapping.stages import further, left_out
from knowledge.mapping.store import fingerprint, load_index, save_index
from knowledge.mapping.team import Team, team_of
from knowledge.model import Domain, Technique

MAX_CHARACTERS = 2_000_000
"""Characters of one text that are read; what follows is passed over, and the answer says so."""

MOST = 5
"""Most techniques in an answer."""

NAMED = 0.9
"""Confidence in an id that the text's author wrote. Set by hand: authors name what they mean, seldom all they mean."""

_STAGED = 2  # passages of one text that are searched for further behaviours
_LIKELY_BY_ITSELF = 0.2  # of a sub-technique whose parent's name stands in the text
_LEAST = 0.01  # a technique less likely than this is not worth a line
_LEAST_FIRST = 0.1  # nor is an answer whose first technique is less likely than this
_TOGETHER = 0.25  # of two passages' answers, one less likely than this share of the best is left out
_IN_THE_CHAIN = 0.1  # a technique less likely than this is no link of the chain, unless it is the first
_FAR = 0.35  # the furthest tactic is of a technique at least this likely


def open_mapper(catalog: Catalog, folder: Path | None = None) -> Mapper:
    """A mapper for the current releases, from the index in a folder where there is one, else built, and kept there.

    Args:
        catalog: The current releases.
        folder: Where the index lies; nothing is read or written without one. Building takes some ten seconds.

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
    return Mapper(catalog, index)


@dataclass(frozen=True, slots=True)
class _Candidate:
    technique: int
    confidence: float
    passage: Scored | None
    mention: Mention | None = None


class Mapper:
    """Maps text to techniques of one set of releases.

    Args:
        catalog: The releases the index was made of.
        index: What is known.
        judgement: Learned numbers; the shipped ones by default.
    """

    def __init__(self, catalog: Catalog, index: Index, judgement: Judgement | None = None) -> None:
        self._catalog = self.catalog = catalog
        self._index = index
        self._judgement = judgement or shipped_judgement()
        self._names = Names(catalog)
        self._written_names = WrittenNames(catalog)
        self._number = {each: at for at, each in enumerate(index.corpus.techniques)}
        # domains share names of tactics: the first domain's place counts
        self._order: dict[str, int] = {}
        for tactic in catalog.tactics():
            self._order.setdefault(tactic.name, len(self._order))
        self._trust_in_names = trust_in_names(index.tables.written, index.tables.meant)
        self._detections: Team | None = None
        self._confirmations: Team | None = None
        self._wrong: Team | None = None
        phrasebook.shipped_lexicon()
        self.release = ", ".join(release.label for release in catalog.releases)

    def with_detections(self, evidence: Sequence[Evidence]) -> Mapper:
        """The same mapper that knows the team's detections, these and no others; a second for a few thousand."""
        corpus, tables = self._index.corpus, self._index.tables
        written, meant = names_meant(self._catalog, self._written_names, evidence, corpus.techniques)
        return self._with(
            detections=team_of(self._catalog, corpus, evidence),
            trust_in_names=trust_in_names(tables.written + written, tables.meant + meant),
        )

    def with_confirmations(self, right: Sequence[Evidence], wrong: Sequence[Evidence] = ()) -> Mapper:
        """The same mapper that knows what the team said of alerts, this and nothing else; quick enough for every click.

        Args:
            right: Alerts with the technique the team confirmed.
            wrong: Alerts with a technique it said was wrong.
        """
        corpus = self._index.corpus
        return self._with(
            confirmations=team_of(self._catalog, corpus, right), wrong=team_of(self._catalog, corpus, wrong)
        )

    def map(self, text: str, domain: Domain | None = None) -> Mapping:
        """Say what a text shows, at most five techniques, best first, or why nothing.

        Args:
            text: Anything; only its first `MAX_CHARACTERS` are read.
            domain: Only techniques of this domain. Without one: enterprise, and mobile or ICS where the text says so.
        """
        truncated = len(text) > MAX_CHARACTERS
        text = text[:MAX_CHARACTERS]
        listed = indicators(text)
        reading = read(text)
        allowed = allowed_techniques(self._index.corpus, reading, domain)
        by_name = self._written_names.mentioned(text, lambda each: bool(allowed[self._number[each]]))
        named = (*(each for each in mentioned_ids(text, self._catalog) if self._in(each.technique, domain)), *by_name)
        first = {each.technique: each for each in reversed(named)}
        mentions = [each for each in named if first.get(each.technique) is each]
        scored: list[Scored] = []
        only = only_lists(text, listed) and not _names_an_act(reading, listed)
        if reading.forms and not only:
            teams = [team for team in (self._confirmations, self._detections) if team]
            parts = passages(self._index, reading)
            scored = [score(self._index, self._judgement, part, allowed, teams) for part in parts]
            if len(scored) <= _STAGED:
                scored += [
                    further(each, score(self._index, self._judgement, stage, allowed, teams))
                    for each in scored
                    for stage in left_out(self._index, each)
                ]
        if wrong := self._wrong:
            scored = [refuted(each, wrong) for each in scored]
        alerts = [each for each in scored if each.alert >= self._judgement.alert_from and _best(each) >= _LEAST_FIRST]
        candidates = self._merge(mentions, alerts or (scored if mentions else []))
        techniques = tuple(self._likely(text, each) for each in candidates)
        return Mapping(
            techniques=techniques,
            abstained=not techniques,
            reason="" if techniques else _reason(reading, listed, only),
            indicators=counted(listed),
            furthest_tactic=self._furthest(techniques),
            chain=self._chain(techniques),
            release=self.release,
            truncated=truncated,
        )

    def _with(self, **known: Team | Floats) -> Mapper:
        twin = object.__new__(Mapper)
        twin.__dict__.update(self.__dict__ | {f"_{name}": each for name, each in known.items()})
        return twin

    def _in(self, technique: str, domain: Domain | None) -> bool:
        at = self._number.get(technique)
        return at is not None and (domain is None or list(Domain)[self._index.corpus.domains[at]] is domain)

    def _merge(self, mentions: Sequence[Mention], scored: Sequence[Scored]) -> list[_Candidate]:
        """What the author named, in the author's order, then the likeliest of all passages."""
        best: dict[int, _Candidate] = {}
        for passage in scored:
            for technique, confidence in passage.confidence.items():
                if technique not in best or best[technique].confidence < confidence:
                    best[technique] = _Candidate(technique, confidence, passage)
        found: list[_Candidate] = []
        by_name: list[_Candidate] = []
        for mention in mentions:
            number = self._number[mention.technique]
            known = best.pop(number, None)
            floor = float(self._trust_in_names[number]) if mention.by_name else NAMED
            if mention.by_name and self._decided(number, best):
                floor = 0.0  # the words say which sub-technique it is
            confidence = max(floor, known.confidence if known else 0.0)
            candidate = _Candidate(number, confidence, known.passage if known else None, mention)
            (by_name if mention.by_name else found).append(candidate)
        rest = sorted((*by_name, *best.values()), key=lambda each: -each.confidence)
        if rest and len({id(each.passage) for each in rest}) > _STAGED:
            rest = [each for each in rest if each.confidence >= _TOGETHER * rest[0].confidence]
        return [*found, *(each for each in rest if each.confidence >= _LEAST)][:MOST]

    def _decided(self, parent: int, others: dict[int, _Candidate]) -> bool:
        """Whether a sub-technique of a technique is likely by itself."""
        ids = self._index.corpus.techniques
        return any(
            ids[each.technique].startswith(f"{ids[parent]}.") and each.confidence >= _LIKELY_BY_ITSELF
            for each in others.values()
        )

    def _likely(self, text: str, candidate: _Candidate) -> Likely:
        corpus = self._index.corpus
        technique = self._catalog.get(corpus.techniques[candidate.technique])
        assert isinstance(technique, Technique)  # noqa: S101 # the index is of this catalog
        confidence = round(min(0.99, candidate.confidence), 3)
        return Likely(
            id=technique.id,
            name=technique.name,
            tactics=tuple(tactic.name for tactic in self._catalog.tactics_of(technique)),
            confidence=confidence,
            band=self._judgement.band(confidence),
            evidence=self._evidence(text, candidate, technique),
        )

    def _evidence(self, text: str, candidate: _Candidate, technique: Technique) -> tuple[Quote, ...]:
        found: list[Quote] = []
        if mention := candidate.mention:
            why = "named in the text"
            if mention.written and mention.written != technique.name:
                why += f"; {mention.written} is {mention.technique} today"
            found.append(Quote(text[mention.start : mention.end], mention.start, mention.end, why))
        if passage := candidate.passage:
            found += self._passage_evidence(passage, candidate.technique, technique)
        kept: dict[tuple[int, int], Quote] = {}
        for each in found:
            kept.setdefault((each.start, each.end), each)
        return tuple(kept.values())[:4]

    def _passage_evidence(self, passage: Scored, number: int, technique: Technique) -> list[Quote]:
        reading, index = passage.reading, self._index
        found: list[Quote] = []
        if sign := passage.signs.get(number):
            if sign.first >= 0:
                found.append(quote(reading, sign.first, sign.last, f"the title of {sign.label}"))
            elif like := likeness_quote(reading, {}, f"like {sign.label}"):
                found.append(like)
        if place := self._names.find(reading).get(technique.id):
            found.append(quote(reading, *place, "the technique’s name, in the text"))
        book = phrasebook.shipped_lexicon()
        found += phrase_quotes(reading, index, book, passage.hits, number)
        nearest = nearest_quote(reading, index, passage.query, passage.measured, number)
        if nearest:
            found.append(nearest)
        if not found:
            centre = centre_quote(reading, index, passage.query, number, technique.id)
            found += [centre] if centre else []
        return found

    def _furthest(self, techniques: Sequence[Likely]) -> str:
        sure = [each for each in techniques if each.confidence >= _FAR] or list(techniques[:1])
        reached = [tactic for each in sure for tactic in each.tactics[:1]]
        return max(reached, key=lambda name: self._order.get(name, -1), default="")

    def _chain(self, techniques: Sequence[Likely]) -> tuple[tuple[str, tuple[str, ...]], ...]:
        by_tactic: dict[str, list[str]] = {}
        for each in (each for at, each in enumerate(techniques) if not at or each.confidence >= _IN_THE_CHAIN):
            for tactic in each.tactics[:1]:
                by_tactic.setdefault(tactic, []).append(each.id)
        ordered = sorted(by_tactic, key=lambda name: self._order.get(name, -1))
        return tuple((name, tuple(by_tactic[name])) for name in ordered)


def detection_evidence(
    title: str, techniques: Sequence[str], description: str = "", strings: Sequence[str] = (), origin: str = ""
) -> Evidence:
    """A detection of the team's as evidence; `origin` is its own id."""
    text, label = f"{title}\n{description}", f"your detection “{title}”"
    return Evidence(text, tuple(techniques), Source.DETECTION, label, origin, tuple(strings))


def confirmation_evidence(text: str, technique: str, when: str) -> Evidence:
    """An alert the team confirmed as evidence; mask the text first with `knowledge.mapping.masking.masked`.

    Args:
        text: The masked alert.
        technique: The id that was confirmed.
        when: The day, as a person reads it.
    """
    return Evidence(text, (technique,), Source.CONFIRMED, f"one your team confirmed on {when}")


def _names_an_act(reading: Reading, listed: Sequence[Indicator]) -> bool:
    """Whether a phrase of the lexicon stands beside the indicators: ``mshta`` and a link are one act, not a list."""
    hits = phrasebook.phrases_in(reading)
    starts = [each.start for each in listed]
    places = (reading.starts[hit.first] for hit in hits)
    return any(listed[bisect_right(starts, place) - 1].end <= place or place < starts[0] for place in places)


def _best(scored: Scored) -> float:
    return max(scored.confidence.values(), default=0.0)


def _reason(reading: Reading, listed: tuple[Indicator, ...], only: bool) -> str:
    if not reading.forms and not listed:
        return "There are no words in this text."
    found = sentence(counted(listed))
    if (listed and not reading.forms) or only:
        return f"Indicators are not techniques: this text lists {found}, and does not say what anybody did with them."
    return f"Nothing in this text describes adversary behaviour{f'; it mentions {found}' if listed else ''}."
