"""Candidates become an answer, leads, or the plain word that nothing was recognised; each with its quotes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping as MappingOf
from collections.abc import Sequence
from dataclasses import dataclass, replace

from knowledge.alerts.model import Alert, Role
from knowledge.catalog import Catalog
from knowledge.detections.model import Detection
from knowledge.mapping import lexicon as phrasebook
from knowledge.mapping.acts import Act
from knowledge.mapping.index import Index
from knowledge.mapping.indicators import Indicator, counted, sentence
from knowledge.mapping.judgement import Judgement
from knowledge.mapping.measures import STRENGTHS
from knowledge.mapping.mentions import Names
from knowledge.mapping.merging import Candidate
from knowledge.mapping.model import MEDIUM, Confirmed, Likely, Mapping, MatchedRule, Outcome, Quote, band_of
from knowledge.mapping.places import Places
from knowledge.mapping.quoting import centre_quote, fact_quotes, likeness_quote, nearest_quote, phrase_quotes, quote
from knowledge.mapping.scoring import Scored
from knowledge.model import Technique

ANSWER = 0.3
"""Below this confidence the first technique is a lead, no answer."""

LEAD = 0.29
"""Most that is said of a lead."""

_QUOTES = 4
_SURE_SIGN = 0.5  # a fact this strong, or a phrase this decisive, is never met with silence


@dataclass(frozen=True, slots=True)
class Asked:
    """What an answer is to.

    Attributes:
        alert: The paste, read.
        acts: The whole of it, then its records by themselves.
        indicators: What it lists.
        only_indicators: Whether it says nothing else.
        cut: Whether there was more than what is read.
    """

    alert: Alert
    acts: tuple[Act, ...]
    indicators: tuple[Indicator, ...]
    only_indicators: bool
    cut: bool


class Answering:
    """Answers for one set of releases.

    Args:
        catalog: The releases.
        index: What is known.
        judgement: Says from where leads are shown.
    """

    def __init__(self, catalog: Catalog, index: Index, judgement: Judgement) -> None:
        self._catalog = catalog
        self._index = index
        self._judgement = judgement
        self._names = Names(catalog)
        self._release = ", ".join(release.label for release in catalog.releases)
        # domains share names of tactics: the first domain's place counts
        self._order: dict[str, int] = {}
        for tactic in catalog.tactics():
            self._order.setdefault(tactic.name, len(self._order))

    def answer(
        self, asked: Asked, candidates: Sequence[Candidate], confirmed: MappingOf[int, tuple[Confirmed, ...]]
    ) -> Mapping:
        """Put an answer together.

        Args:
            asked: What it is to.
            candidates: Best first.
            confirmed: Who confirmed a technique, by its number, for an alert like this one.
        """
        places = Places(asked.alert)
        outcome = self._outcome(candidates, confirmed)
        if outcome is Outcome.LEADS:
            candidates = [replace(each, confidence=min(LEAD, each.confidence)) for each in candidates]
        shown = () if outcome is Outcome.NOTHING else self._likely(asked, places, candidates, confirmed)
        sighting = asked.acts[0].sighting
        return Mapping(
            techniques=shown,
            outcome=outcome,
            reason="" if outcome is Outcome.ANSWER else _reason(asked, outcome),
            indicators=counted(asked.indicators),
            furthest_tactic=self._furthest(shown),
            chain=self._chain(shown),
            release=self._release,
            truncated=asked.cut or asked.alert.truncated,
            format=_format(asked.alert),
            product=next((each.product_name for each in asked.alert.records if each.product_name), ""),
            host=next((each.value for one in asked.alert.records for each in one.fields if each.role is Role.HOST), ""),
            acts=max((each.act for each in shown), default=1),
            fields=tuple(dict.fromkeys(each.field for each in asked.acts[0].reading.stretches if each.field)),
            matched_rules=(
                *(_matched(each.detection) for each in sighting.rules),
                *(replace(_matched(each), fires=False) for each in sighting.named),
            ),
        )

    def _outcome(self, candidates: Sequence[Candidate], confirmed: MappingOf[int, tuple[Confirmed, ...]]) -> Outcome:
        """Silence is for what looks like no alert and has no sure sign in it; low confidence alone is a lead."""
        if not candidates:
            return Outcome.NOTHING
        sure = bool(confirmed) or any(each.mention or self._sure(each.passage) for each in candidates)
        alert = 1.0 if sure else max(each.passage.alert for each in candidates if each.passage)
        if alert < self._judgement.leads_from:
            return Outcome.NOTHING
        best = max(each.confidence for each in candidates)
        return Outcome.ANSWER if best >= ANSWER and alert >= self._judgement.answers_from else Outcome.LEADS

    def _sure(self, passage: Scored | None) -> bool:
        """Whether a passage has a strong fact, a rule that fires or a decisive phrase in it."""
        if passage is None:
            return False
        phrase = float(passage.measured.strength[STRENGTHS.index("phrase_best")])
        return (
            bool(passage.rules) or phrase >= _SURE_SIGN or any(hit.fact.strength >= _SURE_SIGN for hit in passage.facts)
        )

    def _likely(
        self,
        asked: Asked,
        places: Places,
        candidates: Sequence[Candidate],
        confirmed: MappingOf[int, tuple[Confirmed, ...]],
    ) -> tuple[Likely, ...]:
        found: list[Likely] = []
        for each in candidates:
            technique = self._catalog.get(self._index.corpus.techniques[each.technique])
            assert isinstance(technique, Technique)  # noqa: S101 # the index is of this catalog
            confidence = round(min(0.99, each.confidence), 3)
            evidence = self._evidence(asked.alert.text, places, each, technique)
            if evidence:
                found.append(
                    Likely(
                        id=technique.id,
                        name=technique.name,
                        tactics=tuple(tactic.name for tactic in self._catalog.tactics_of(technique)),
                        confidence=confidence,
                        band=band_of(confidence),
                        evidence=evidence,
                        rules=self._rules(asked, each, technique),
                        confirmed=confirmed.get(each.technique, ()),
                    )
                )
        units = [places.unit(each.evidence[0].start) for each in found]
        sure = {unit for unit, each in zip(units, found, strict=True) if each.confidence >= ANSWER or each is found[0]}
        number = {unit: at for at, unit in enumerate(sorted(sure), start=1)}
        return tuple(replace(each, act=number.get(unit, 1)) for unit, each in zip(units, found, strict=True))

    def _rules(self, asked: Asked, candidate: Candidate, technique: Technique) -> tuple[MatchedRule, ...]:
        sighting = asked.acts[0].sighting
        fires = candidate.passage.rules.get(candidate.technique, ()) if candidate.passage else ()
        named = (each for each in sighting.named if technique.id in each.ids)
        return (
            *(_matched(each.detection) for each in fires),
            *(replace(_matched(each), fires=False) for each in named),
        )

    def _evidence(self, text: str, places: Places, candidate: Candidate, technique: Technique) -> tuple[Quote, ...]:
        found: list[Quote] = []
        if mention := candidate.mention:
            why = "named in the text"
            if mention.written and mention.written != technique.name:
                why += f"; {mention.written} is {mention.technique} today"
            found.append(Quote(text[mention.start : mention.end], mention.start, mention.end, why))
        if passage := candidate.passage:
            found += self._passage_evidence(text, passage, candidate.technique, technique)
        kept: dict[tuple[int, int], Quote] = {}
        for each in found:
            kept.setdefault(
                (each.start, each.end), each if each.field else replace(each, field=places.field(each.start))
            )
        return tuple(kept.values())[:_QUOTES]

    def _passage_evidence(self, text: str, passage: Scored, number: int, technique: Technique) -> list[Quote]:
        reading, index = passage.reading, self._index
        found: list[Quote] = []
        for match in passage.rules.get(number, ())[:1]:
            found += fact_quotes(text, match.fields, f"your rule “{match.detection.title}” fires on this event")
        shows = [hit for hit in passage.facts if self._shows(hit.fact.shows, technique)]
        for hit in sorted(shows, key=lambda hit: -hit.fact.strength)[:1]:
            found += fact_quotes(text, hit.fields, hit.fact.says)
        if sign := passage.signs.get(number):
            if sign.first >= 0:
                found.append(quote(reading, sign.first, sign.last, f"the title of {sign.label}"))
            elif like := likeness_quote(reading, {}, f"like {sign.label}"):
                found.append(like)
        if place := self._names.find(reading).get(technique.id):
            found.append(quote(reading, *place, "the technique’s name, in the text"))
        found += phrase_quotes(reading, index, phrasebook.shipped_lexicon(), passage.hits, number)
        if nearest := nearest_quote(reading, index, passage.query, passage.measured, number):
            found.append(nearest)
        if not found:
            centre = centre_quote(reading, index, passage.query, number, technique.id)
            found += [centre] if centre else []
        return found

    def _shows(self, ids: Sequence[str], technique: Technique) -> bool:
        return any((found := self._catalog.find(each)) is not None and found.object.id == technique.id for each in ids)

    def _furthest(self, techniques: Sequence[Likely]) -> str:
        reached = [tactic for each in techniques if each.confidence >= MEDIUM for tactic in each.tactics[:1]]
        return max(reached, key=lambda name: self._order.get(name, -1), default="")

    def _chain(self, techniques: Sequence[Likely]) -> tuple[tuple[str, tuple[str, ...]], ...]:
        by_tactic: dict[str, list[str]] = {}
        for each in (each for each in techniques if each.confidence >= MEDIUM):
            for tactic in each.tactics[:1]:
                by_tactic.setdefault(tactic, []).append(each.id)
        ordered = sorted(by_tactic, key=lambda name: self._order.get(name, -1))
        return tuple((name, tuple(by_tactic[name])) for name in ordered)


def _matched(detection: Detection) -> MatchedRule:
    return MatchedRule(detection.id, detection.title, detection.source)


def _format(alert: Alert) -> str:
    size: Counter[str] = Counter()
    for each in alert.records:
        size[each.format] += each.end - each.start
    return size.most_common(1)[0][0] if size else "prose"


def _reason(asked: Asked, outcome: Outcome) -> str:
    if outcome is Outcome.LEADS:
        return "Closest matches, not an answer: nothing in it is sure."
    if not asked.acts[0].reading.forms and not asked.indicators:
        return "There are no words in this text."
    listed = sentence(counted(asked.indicators))
    if asked.only_indicators or (asked.indicators and not asked.acts[0].reading.forms):
        return f"Indicators are not techniques: this text lists {listed}, and does not say what anybody did with them."
    return "No technique recognised. That does not mean it is harmless."
