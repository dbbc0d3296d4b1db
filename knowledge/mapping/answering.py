"""Candidates become an answer, leads, or the plain word that nothing was recognised; each with its quotes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping as MappingOf
from collections.abc import Sequence
from dataclasses import dataclass, replace

from knowledge.alerts.model import Alert, Field, Record, Role
from knowledge.catalog import Catalog
from knowledge.detections.model import Detection
from knowledge.mapping import lexicon as phrasebook
from knowledge.mapping.acts import Act, one_event
from knowledge.mapping.choosing import asked_of, chosen, label_of
from knowledge.mapping.clauses import SEEN
from knowledge.mapping.index import Index
from knowledge.mapping.indicators import Indicator, counted, sentence
from knowledge.mapping.judgement import Judgement
from knowledge.mapping.mentions import Names
from knowledge.mapping.merging import Candidate
from knowledge.mapping.model import MEDIUM, Confirmed, Likely, Mapping, MatchedRule, Outcome, Quote, band_of
from knowledge.mapping.places import Places
from knowledge.mapping.quoting import centre_quote, field_quotes, nearest_quote, phrase_quotes, quote, telling_quote
from knowledge.mapping.scoring import Scored
from knowledge.model import Technique

ANSWER = 0.3
"""Below this confidence the first technique is a lead, no answer."""

ASKED_ABOUT = 0.25
"""How much less than other alerts an event of a log of small steps has to look like one, to be given leads. Nobody
pastes such an event without a reason."""

LEAD = 0.29
"""Most that is said of a lead."""

_STAMPED = re.compile(
    r"\s*\[?(?:\d{1,4}[-/.]\d{1,2}(?:[-/.]\d{2,4})?[ T]\d{1,2}:\d{2}|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d)"
)
"""How a line of a log starts: with its time."""

_LINES_OF_A_LOG = 20  # that are looked at
_QUOTES = 4
_DECISIVE = 0.6  # the strength that a phrase has which its author marked as decisive
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
        outcome = self._outcome(asked, candidates, confirmed)
        if outcome is Outcome.LEADS:
            candidates = [replace(each, confidence=min(LEAD, each.confidence)) for each in candidates]
        shown = () if outcome is Outcome.NOTHING else self._likely(asked, places, candidates, confirmed)
        sighting = asked.acts[0].sighting
        return Mapping(
            techniques=shown,
            outcome=outcome,
            reason="" if outcome is Outcome.ANSWER else _reason(asked, outcome),
            indicators=counted(tuple(each for each in asked.indicators if places.said(each.start))),
            furthest_tactic=self._furthest(shown),
            chain=self._chain(shown),
            release=self._release,
            truncated=asked.cut or asked.alert.truncated,
            format=_format(asked.alert),
            product=next((each.product_name for each in asked.alert.records if each.product_name), ""),
            host=_host(asked.alert),
            acts=max((each.act for each in shown), default=1),
            fields=places.names(each.start for each in asked.acts[0].reading.stretches),
            matched_rules=(
                *(_matched(each.detection) for each in sighting.rules),
                *(replace(_matched(each), fires=False) for each in sighting.named),
            ),
        )

    def _outcome(
        self, asked: Asked, candidates: Sequence[Candidate], confirmed: MappingOf[int, tuple[Confirmed, ...]]
    ) -> Outcome:
        """Silence is for what looks like no alert and has no sure sign in it; low confidence alone is a lead."""
        if not candidates:
            return Outcome.NOTHING
        sure = bool(confirmed) or any(each.mention or self._sure(each.passage) for each in candidates)
        alert = 1.0 if sure else max(each.passage.alert for each in candidates if each.passage)
        if alert < self._leads_from(asked.alert):
            return Outcome.NOTHING
        best = max(each.confidence for each in candidates)
        return Outcome.ANSWER if best >= ANSWER and alert >= self._judgement.answers_from else Outcome.LEADS

    def _leads_from(self, alert: Alert) -> float:
        """From which probability of being an alert something is said of it."""
        if one_event(alert.records):
            return self._judgement.leads_from * ASKED_ABOUT
        if all(_is_log(alert, each) for each in alert.records):
            return 1 - (1 - self._judgement.answers_from) / 2
        return self._judgement.leads_from

    def _sure(self, passage: Scored | None) -> bool:
        """Whether a passage has a strong fact, a rule that fires or a decisive phrase of several words in it."""
        if passage is None:
            return False
        if passage.rules or any(hit.fact.strength >= _SURE_SIGN for hit in passage.facts):
            return True
        if passage.alert < self._judgement.leads_from * ASKED_ABOUT:
            return False
        tables, book = self._index.tables, phrasebook.shipped_lexicon().phrases
        return any(
            sum(map(len, book[hit.phrase])) > 1
            and hit.weight >= SEEN
            and tables.phrases.most(hit.phrase) >= _SURE_SIGN
            and tables.claims.most(hit.phrase) >= _DECISIVE
            for hit in passage.hits
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
            found += self._passage_evidence(text, places, passage, candidate.technique, technique)
        return tuple(_named(each, places) for each in chosen(found, places.field))[:_QUOTES]

    def _passage_evidence(
        self, text: str, places: Places, passage: Scored, number: int, technique: Technique
    ) -> list[Quote]:
        reading, index = passage.reading, self._index
        found: list[Quote] = []
        shows = [hit for hit in passage.facts if self._shows(hit.fact.shows, technique)]
        for hit in sorted(shows, key=lambda hit: -hit.fact.strength)[:1]:
            found += field_quotes(text, map(places.meant, asked_of(hit)), hit.fact.says)
        for match in passage.rules.get(number, ())[:1]:
            why = f"your rule “{match.detection.title}” fires on this event"
            found += field_quotes(text, map(places.meant, match.fields), why)
        if sign := passage.signs.get(number):
            if sign.first >= 0:
                found.append(quote(reading, sign.first, sign.last, f"the title of {sign.label}"))
            elif not found and (like := telling_quote(reading, passage.query, f"like {sign.label}")):
                found.append(like)
        if place := self._names.find(reading, technique.id):
            found.append(quote(reading, *place, "the technique’s name"))
        sure = bool(found)
        found += phrase_quotes(reading, index, phrasebook.shipped_lexicon(), passage.hits, number)
        if sure:  # what it is like is a guess beside what it says
            return found
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


def _named(quoted: Quote, places: Places) -> Quote:
    field = None if quoted.field else places.field(quoted.start)
    return replace(quoted, field=label_of(field)) if field else quoted


def _is_log(alert: Alert, record: Record) -> bool:
    """Whether a record is of a system's own log, which is seldom an alert: most of its lines begin with their time."""
    if record.format != "prose":
        return record.format == "syslog"
    lines = alert.text[record.start : record.end].split("\n", _LINES_OF_A_LOG)[:_LINES_OF_A_LOG]
    return 2 * sum(bool(_STAMPED.match(line)) for line in lines) > len(lines)


def _matched(detection: Detection) -> MatchedRule:
    return MatchedRule(detection.id, detection.title, detection.source)


def _host(alert: Alert) -> str:
    """Where it happened, by a name rather than by an id or an address."""
    hosts = [each for record in alert.records for each in record.fields if each.role is Role.HOST and each.value]
    named = (each for each in hosts if _is_name(each))
    return next((each.value for each in (*named, *hosts)), "")


def _is_name(host: Field) -> bool:
    return not host.path.casefold().endswith("id") and any(each.isalpha() for each in host.value.replace(":", ""))


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
        return f"Indicators are not techniques. This text lists {listed}, and does not say what anybody did with them."
    return "No technique recognised. That does not mean it is harmless."
