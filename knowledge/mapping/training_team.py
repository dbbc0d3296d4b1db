"""Learn what a team's own rules are worth: ``python -m knowledge.mapping.training_team BUNDLE_FOLDER RULES JUDGEMENT``.

Run after `knowledge.mapping.training`, which cannot know: shipped rules have no strings, and are no team's. RULES are
Sigma rules as a team imports them. Each is ranked by an index and by a team that know others of them but none of its
near-duplicates, once as its title and description, once with what it looks for behind them as an alert has it. MITRE's
analytics, which nobody wrote after a Sigma rule, stand for the alerts of another maker. All other numbers stay.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.catalog import Catalog
from knowledge.detections.importer import read_detections
from knowledge.detections.model import Detection
from knowledge.mapping import lexicon as phrasebook
from knowledge.mapping.building import Builder, vectors
from knowledge.mapping.evidence import Evidence, Source, current_ids, shipped_evidence
from knowledge.mapping.fitting import fit_ranking, rising, shared
from knowledge.mapping.index import Floats, Index
from knowledge.mapping.judgement import Curve, shipped_judgement
from knowledge.mapping.measures import MEASURES, Measured, measure, query_of
from knowledge.mapping.reading import read
from knowledge.mapping.team import Team, team_of
from knowledge.mapping.teams import rule_evidence
from knowledge.mapping.training import _SEED, ALIKE, ALL, FOLDS, QUARTER, RANKED_BY, _folds, _rule_vectors
from knowledge.mapping.words import terms, words
from knowledge.model import Domain
from knowledge.sources import newest, open_source

LOOKED_FOR = ("parent_observed", "child_observed")
"""The measures of what rules look for; learned from rules alone, since no analytic has a command line in it."""

LIKE = ("described",)
"""The measure of how rules are described; learned from analytics and from rules that know only a quarter of the others,
since rules are more like each other than like alerts."""


@dataclass(frozen=True, slots=True)
class _Example:
    """A text as an index and a team see it that do not know it.

    Attributes:
        right: For each candidate whether the author named it.
        known: How many rules were known; empty for an analytic, which knows them all.
    """

    measured: Measured
    right: NDArray[np.bool_]
    known: str


class _Lesson:
    """The evidence in folds: what is known, and what is asked."""

    def __init__(self, catalog: Catalog, rules: Sequence[Detection]) -> None:
        self._catalog = catalog
        self._builder = Builder(catalog, shipped_evidence(catalog))
        corpus = self._builder.corpus
        number = {each: at for at, each in enumerate(corpus.techniques)}
        self._enterprise = corpus.domains == list(Domain).index(Domain.ENTERPRISE)
        self._folds = _folds(self._builder, np.random.default_rng(_SEED))
        self._rules, self._rule_folds = rules, _folds_of(self._builder, self._folds, rules)
        self._shown = [[number[each] for each in current_ids(catalog, rule.ids) if each in number] for rule in rules]
        self._evidence = [rule_evidence(rule) for rule in rules]
        self._sources = np.array([piece.source for piece in self._builder.evidence])

    def examples(self) -> Iterator[_Example]:
        """Every rule twice and every analytic once, each ranked by what does not know it."""
        is_rule = self._sources == Source.RULE
        whole = self._team(self._evidence)
        for fold in range(FOLDS):
            kept = self._folds != fold
            mask = kept.astype(np.float32)
            index = Index(self._builder.corpus, self._builder.tables(mask))
            for at in np.flatnonzero((self._sources == Source.ANALYTIC) & ~kept).tolist():
                if self._usable(self._builder.labels[at]):
                    measured = self._measured(index, whole, self._builder.evidence[at].text, mask)
                    yield _Example(measured, np.isin(measured.techniques, self._builder.labels[at]), known="")
            others = [at for at in range(FOLDS) if at != fold]
            for name, known in ((ALL, others), (QUARTER, [(fold + 1) % FOLDS, (fold + 3) % FOLDS])):
                mask = (kept & (~is_rule | np.isin(self._folds, known))).astype(np.float32)
                index = Index(self._builder.corpus, self._builder.tables(mask))
                team = self._team([self._evidence[at] for at in np.flatnonzero(np.isin(self._rule_folds, known))])
                for at in np.flatnonzero(self._rule_folds == fold).tolist():
                    for text in (
                        (_said(self._rules[at]), _fired(self._rules[at])) if self._usable(self._shown[at]) else ()
                    ):
                        measured = self._measured(index, team, text, mask)
                        yield _Example(measured, np.isin(measured.techniques, self._shown[at]), name)

    def near_by_strings(self) -> Curve:
        """By how like one rule's strings are to another's, the share of the other's techniques that are its own too."""
        alike, same = [], []
        corpus = self._builder.corpus
        team = self._team([piece for piece, rule in zip(self._evidence, self._rules, strict=True) if rule.strings])
        origins = np.array([piece.origin for piece in team.evidence])
        for rule, shown in zip(self._rules, self._shown, strict=True):
            if rule.strings and shown:
                similarity = team.similarity(query_of(corpus, read(_fired(rule)).counts()))
                similarity[~team.by_strings | (origins == rule.id)] = 0.0
                likest = int(similarity.argmax())
                alike.append(float(similarity[likest]))
                same.append(shared(shown, team.shown[likest]))
        return rising(np.array(alike), np.array(same), np.ones(len(alike)))

    def _measured(self, index: Index, team: Team, text: str, keep: Floats) -> Measured:
        reading = read(text)
        hits = phrasebook.find(phrasebook.shipped_lexicon(), reading.forms, reading.clause, reading.weights)
        query, title = query_of(index.corpus, reading.counts()), query_of(index.corpus, reading.title_counts())
        similarity = team.similarity(query)
        told = [team.told(reading, title, similarity)]
        return measure(index, query, title, hits, self._enterprise, keep, told)

    def _team(self, evidence: Sequence[Evidence]) -> Team:
        return team_of(self._catalog, self._builder.corpus, evidence)

    def _usable(self, shown: Sequence[int]) -> bool:
        return bool(self._enterprise[list(shown)].any())


def learn(catalog: Catalog, rules: Sequence[Detection]) -> tuple[dict[str, float], Curve]:
    """The weights of `LOOKED_FOR` and `LIKE`, and the curve of likeness by strings."""
    lesson = _Lesson(catalog, rules)
    examples = [each for each in lesson.examples() if each.right.any()]
    asked = [each for each in examples if each.known]
    foreign = [each for each in examples if each.known in ("", QUARTER)]
    a_third = sum(each.known == QUARTER for each in asked) / 2 / max(1, sum(not each.known for each in foreign))
    ranking = shipped_judgement().ranking.astype(np.float64)
    learned: dict[str, float] = {}
    for names, taught, counts in ((LOOKED_FOR, asked, RANKED_BY), (LIKE, foreign, {QUARTER: 1.0, "": a_third})):
        places = [MEASURES.index(name) for name in names]
        ranking[places] = 0.0
        values = np.stack([each.measured.values for each in taught]).astype(np.float64)
        right = np.stack([each.right for each in taught])
        weight = np.array([counts[each.known] for each in taught])
        signed = [name.startswith(("parent", "child")) for name in names]
        found = fit_ranking(values[:, :, places], right, weight, signed, known=values @ ranking)
        learned |= dict(zip(names, found, strict=True))
        ranking[places] = found
    return learned, lesson.near_by_strings()


def _said(rule: Detection) -> str:
    return f"{rule.title}\n{rule.description}"


def _fired(rule: Detection) -> str:
    return f"{_said(rule)[:400]}\n{' '.join(rule.strings[:12])[:400]}"


def _folds_of(builder: Builder, folds: NDArray[np.int64], rules: Sequence[Detection]) -> NDArray[np.int64]:
    """A rule belongs with its own shipped copy, else with the shipped rule it is much like, else anywhere."""
    shipped = [at for at, piece in enumerate(builder.evidence) if piece.source == Source.RULE]
    own = {builder.evidence[at].origin: int(folds[at]) for at in shipped}
    counted = [dict.fromkeys(terms(words(f"{each.title}\n{each.description}").forms), 1.0) for each in rules]
    mine = vectors(counted, builder.corpus.rows, builder.corpus.rarity)
    alike = (mine @ _rule_vectors(builder, shipped).T).toarray()
    rng = np.random.default_rng(_SEED)
    drawn = rng.integers(FOLDS, size=len(rules))
    near = np.where(alike.max(axis=1) > ALIKE, folds[np.array(shipped)[alike.argmax(axis=1)]], drawn)
    return np.array([own.get(rule.id, int(near[at])) for at, rule in enumerate(rules)])


def main(folder: str, rules: str, judgement: str) -> None:
    """Learn from the newest bundles of a folder and from rules, and write the numbers beside the others."""
    source = open_source(folder)
    catalog = Catalog(source.fetch(offer) for offer in newest(source.offers()))
    _, detections = read_detections(Path(rules), catalog)
    weights, by_strings = learn(catalog, [each for each in detections if each.covers])
    raw = json.loads(Path(judgement).read_text("utf-8"))
    raw["ranking"] |= weights
    raw["near_by_strings"] = by_strings.raw()
    Path(judgement).write_text(json.dumps(raw, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:4])
