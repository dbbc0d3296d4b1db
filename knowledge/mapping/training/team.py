"""What a team's own rules are worth, which shipped rules cannot teach: they have no strings, and are no team's.

Each of a team's rules is ranked by an index and by a team that know others of them but none of its near-duplicates,
once as its title and description, once with what it looks for behind them as an alert has it. MITRE's analytics, which
nobody wrote after a Sigma rule, stand for the alerts of another maker.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge.detections.model import Detection
from knowledge.mapping.evidence import Evidence, Source, current_ids
from knowledge.mapping.index import Index
from knowledge.mapping.judgement import Curve, Judgement
from knowledge.mapping.measures import MEASURES, Measured, query_of
from knowledge.mapping.reading import read
from knowledge.mapping.team import Team, team_of
from knowledge.mapping.teams import rule_evidence
from knowledge.mapping.training.examples import Asker
from knowledge.mapping.training.fitting import fit_ranking, rising, shared
from knowledge.mapping.training.folds import (
    ALL,
    FOLDS,
    QUARTER,
    RANKED_BY,
    SEED,
    a_quarter,
    folds_of,
    folds_of_rules,
)
from knowledge.model import Domain

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

    def __init__(self, asker: Asker, rules: Sequence[Detection]) -> None:
        catalog, builder = asker.catalog, asker.builder
        self._asker, self._catalog, self._builder = asker, catalog, builder
        corpus = builder.corpus
        number = {each: at for at, each in enumerate(corpus.techniques)}
        self._enterprise = corpus.domains == list(Domain).index(Domain.ENTERPRISE)
        self._folds = folds_of(builder, np.random.default_rng(SEED))
        self._rules, self._rule_folds = rules, folds_of_rules(builder, self._folds, rules)
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
                    measured = self._asker.ask(index, self._builder.evidence[at].text, mask, whole)
                    if measured is not None:
                        yield _Example(measured, np.isin(measured.techniques, self._builder.labels[at]), known="")
            others = [at for at in range(FOLDS) if at != fold]
            for name, known in ((ALL, others), (QUARTER, a_quarter(fold))):
                mask = (kept & (~is_rule | np.isin(self._folds, known))).astype(np.float32)
                index = Index(self._builder.corpus, self._builder.tables(mask))
                team = self._team([self._evidence[at] for at in np.flatnonzero(np.isin(self._rule_folds, known))])
                for at in np.flatnonzero(self._rule_folds == fold).tolist():
                    for text in (
                        (_said(self._rules[at]), _fired(self._rules[at])) if self._usable(self._shown[at]) else ()
                    ):
                        measured = self._asker.ask(index, text, mask, team, _said(self._rules[at]))
                        if measured is not None:
                            yield _Example(measured, np.isin(measured.techniques, self._shown[at]), name)

    def near_by_strings(self) -> Curve:
        """By how like one rule's strings are to another's, the share of the other's techniques that are its own too.

        Each is asked as a whole alert and as a bare command, whose few words are sooner like anything.
        """
        alike, same = [], []
        corpus = self._builder.corpus
        team = self._team([piece for piece, rule in zip(self._evidence, self._rules, strict=True) if rule.strings])
        origins = np.array([piece.origin for piece in team.evidence])
        for rule, shown in zip(self._rules, self._shown, strict=True):
            if rule.strings and shown:
                for text in (_fired(rule), " ".join(rule.strings[:3])[:400]):
                    similarity = team.similarity(query_of(corpus, read(text).counts()))
                    similarity[~team.by_strings | (origins == rule.id)] = 0.0
                    likest = int(similarity.argmax())
                    alike.append(float(similarity[likest]))
                    same.append(shared(shown, team.shown[likest]))
        return rising(np.array(alike), np.array(same), np.ones(len(alike)))

    def _team(self, evidence: Sequence[Evidence]) -> Team:
        return team_of(self._catalog, self._builder.corpus, evidence)

    def _usable(self, shown: Sequence[int]) -> bool:
        return bool(self._enterprise[list(shown)].any())


def learn_team(asker: Asker, rules: Sequence[Detection], judgement: Judgement) -> tuple[dict[str, float], Curve]:
    """The weights of `LOOKED_FOR` and `LIKE`, and the curve of likeness by strings.

    Args:
        asker: Measures texts as the mapper does.
        rules: Sigma rules as a team imports them, with techniques.
        judgement: What shipped evidence taught; its other weights stay.
    """
    lesson = _Lesson(asker, rules)
    examples = [each for each in lesson.examples() if each.right.any()]
    asked = [each for each in examples if each.known]
    foreign = [each for each in examples if each.known in ("", QUARTER)]
    a_third = sum(each.known == QUARTER for each in asked) / 2 / max(1, sum(not each.known for each in foreign))
    learned: dict[str, float] = {}
    weights = np.zeros(len(MEASURES))
    for names, taught, counts in ((LOOKED_FOR, asked, RANKED_BY), (LIKE, foreign, {QUARTER: 1.0, "": a_third})):
        places = [MEASURES.index(name) for name in names]
        values = np.stack([each.measured.values for each in taught]).astype(np.float64)
        right = np.stack([each.right for each in taught])
        weight = np.array([counts[each.known] for each in taught])
        known = judgement.ranking.scores(values.astype(np.float32)) + values @ weights
        signed = [name.startswith(("parent", "child")) for name in names]
        found = fit_ranking(values[:, :, places], right, weight, signed, known=known)
        learned |= dict(zip(names, found, strict=True))
        weights[places] = found
    return learned, lesson.near_by_strings()


def _said(rule: Detection) -> str:
    return f"{rule.title}\n{rule.description}"


def _fired(rule: Detection) -> str:
    return f"{_said(rule)[:400]}\n{' '.join(rule.strings[:12])[:400]}"
