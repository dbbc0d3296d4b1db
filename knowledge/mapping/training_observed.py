"""Learn what rules' strings are worth: ``python -m knowledge.mapping.training_observed BUNDLE_FOLDER RULES JUDGEMENT``.

Run after `knowledge.mapping.training`, which cannot know: shipped rules have no strings. RULES are Sigma rules as a
team imports them. Each is ranked by an index and by a team that know neither it nor its near-duplicates, once as its
title and description, once with what it looks for behind them as an alert has it; all other weights stay.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from knowledge.catalog import Catalog
from knowledge.detections.importer import read_detections
from knowledge.detections.model import Detection
from knowledge.mapping import lexicon as phrasebook
from knowledge.mapping.building import Builder, vectors
from knowledge.mapping.evidence import Source, current_ids, shipped_evidence
from knowledge.mapping.index import Floats, Index
from knowledge.mapping.judgement import shipped_judgement
from knowledge.mapping.mapper import detection_evidence
from knowledge.mapping.measures import MEASURES, Measured, Told, measure, query_of
from knowledge.mapping.reading import read
from knowledge.mapping.team import Team, team_of
from knowledge.mapping.training import _SEED, ALIKE, ALL, FOLDS, QUARTER, RANKED_BY, _folds, _rule_vectors
from knowledge.mapping.words import terms, words
from knowledge.model import Domain
from knowledge.sources import newest, open_source

LEARNED = ("parent_observed", "child_observed")
"""The measures whose weights are learned here."""

_Example = tuple[Measured, NDArray[np.bool_], float]


def learn_observed(catalog: Catalog, rules: Sequence[Detection]) -> dict[str, float]:
    """The weights of `LEARNED`."""
    examples = [each for each in _examples(catalog, rules) if each[1].any()]
    values = np.stack([measured.values for measured, _, _ in examples]).astype(np.float64)
    goal = np.stack([right / right.sum() for _, right, _ in examples])
    weight = np.array([counts for _, _, counts in examples])
    weight /= weight.sum()
    places = [MEASURES.index(name) for name in LEARNED]
    others = shipped_judgement().ranking.astype(np.float64)
    others[places] = 0.0
    known, mine = values @ others, values[:, :, places]

    def loss(ranking: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        scores = known + mine @ ranking
        share = np.exp(scores - scores.max(axis=1, keepdims=True))
        share /= share.sum(axis=1, keepdims=True)
        slope = np.einsum("qc,qcf->f", weight[:, None] * (share - goal), mine)
        value = -float((weight[:, None] * goal * np.log(share + 1e-12)).sum())
        return value + 1e-3 * float((ranking**2).sum()), slope + 2e-3 * ranking

    found = minimize(loss, np.zeros(len(LEARNED)), jac=True, method="L-BFGS-B")
    return dict(zip(LEARNED, (round(float(each), 4) for each in found.x), strict=True))


def _examples(catalog: Catalog, rules: Sequence[Detection]) -> Iterator[_Example]:
    builder = Builder(catalog, shipped_evidence(catalog))
    corpus = builder.corpus
    number = {each: at for at, each in enumerate(corpus.techniques)}
    enterprise = corpus.domains == list(Domain).index(Domain.ENTERPRISE)
    folds = _folds(builder, np.random.default_rng(_SEED))
    theirs = _folds_of(builder, folds, rules)
    shown = [[number[each] for each in current_ids(catalog, rule.ids) if each in number] for rule in rules]
    usable = np.array([bool(enterprise[each].any()) for each in shown])
    evidence = [detection_evidence(rule.title, rule.ids, rule.description, rule.strings) for rule in rules]
    is_rule = np.array([piece.source == Source.RULE for piece in builder.evidence])
    for fold in range(FOLDS):
        quarter = [(fold + 1) % FOLDS, (fold + 3) % FOLDS]
        for name, known in ((ALL, [at for at in range(FOLDS) if at != fold]), (QUARTER, quarter)):
            mask = ((folds != fold) & (~is_rule | np.isin(folds, known))).astype(np.float32)
            index = Index(corpus, builder.tables(mask))
            team = team_of(catalog, corpus, [evidence[at] for at in np.flatnonzero(np.isin(theirs, known))])
            for at in np.flatnonzero((theirs == fold) & usable).tolist():
                said = f"{rules[at].title}\n{rules[at].description}"
                for text in (said, f"{said[:400]}\n{' '.join(rules[at].strings[:12])[:400]}"):
                    measured = _measured(index, team, text, enterprise, mask)
                    yield measured, np.isin(measured.techniques, shown[at]), RANKED_BY[name]


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


def _measured(index: Index, team: Team, text: str, allowed: NDArray[np.bool_], keep: Floats) -> Measured:
    reading = read(text)
    hits = phrasebook.find(phrasebook.shipped_lexicon(), reading.forms, reading.clause, reading.weights)
    query, title = query_of(index.corpus, reading.counts()), query_of(index.corpus, reading.title_counts())
    width = len(index.corpus.techniques)
    near, near_title = (team.nearest(team.similarity(each), width) for each in (query, title))
    observed = team.observables.told(reading) if team.observables else None
    return measure(index, query, title, hits, allowed, keep, [Told(near, near_title, observed)])


def main(folder: str, rules: str, judgement: str) -> None:
    """Learn from the newest bundles of a folder and from rules, and write the weights into the numbers."""
    source = open_source(folder)
    catalog = Catalog(source.fetch(offer) for offer in newest(source.offers()))
    _, detections = read_detections(Path(rules), catalog)
    raw = json.loads(Path(judgement).read_text("utf-8"))
    raw["ranking"] |= learn_observed(catalog, [each for each in detections if each.covers])
    Path(judgement).write_text(json.dumps(raw, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:4])
