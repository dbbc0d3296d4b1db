"""Evidence in parts, so that whatever is asked is asked of what has not seen it, its near-duplicates or its origin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from knowledge.detections.model import Detection
from knowledge.mapping.building import Builder, vectors
from knowledge.mapping.evidence import Source
from knowledge.mapping.words import terms, words

FOLDS = 8
SEED = 20

ALIKE = 0.45
"""Rules more alike than this are held out together."""

ALL, QUARTER, NONE = "all other rules", "a quarter of the rules", "no rule"
RANKED_BY = {ALL: 0.3, QUARTER: 0.8, NONE: 0.3}
"""How much a rule counts in the ranker, by how much of the other rules was known."""


def a_quarter(fold: int) -> list[int]:
    """The folds of a quarter of the rules, to know while another fold is asked."""
    return [(fold + 1) % FOLDS, (fold + 3) % FOLDS]


def folds_of(builder: Builder, rng: np.random.Generator) -> NDArray[np.int64]:
    """The fold of each piece of evidence: rules with their near-duplicates, everything else with its origin."""
    rules = [at for at, piece in enumerate(builder.evidence) if piece.source == Source.RULE]
    matrix = rule_vectors(builder, rules)
    _, group = connected_components(matrix @ matrix.T > ALIKE, directed=False)
    keys = {at: f"rule {group[number]}" for number, at in enumerate(rules)}
    drawn: dict[str, int] = {}
    return np.array(
        [
            drawn.setdefault(keys.get(at, piece.origin), int(rng.integers(FOLDS)))
            for at, piece in enumerate(builder.evidence)
        ]
    )


def folds_of_rules(builder: Builder, folds: NDArray[np.int64], rules: Sequence[Detection]) -> NDArray[np.int64]:
    """The fold of each of a team's rules: its shipped copy's, else that of the rule it is much like, else any."""
    shipped = [at for at, piece in enumerate(builder.evidence) if piece.source == Source.RULE]
    own = {builder.evidence[at].origin: int(folds[at]) for at in shipped}
    counted = [dict.fromkeys(terms(words(f"{each.title}\n{each.description}").forms), 1.0) for each in rules]
    mine = vectors(counted, builder.corpus.rows, builder.corpus.rarity)
    alike = (mine @ rule_vectors(builder, shipped).T).toarray()
    drawn = np.random.default_rng(SEED).integers(FOLDS, size=len(rules))
    near = np.where(alike.max(axis=1) > ALIKE, folds[np.array(shipped)[alike.argmax(axis=1)]], drawn)
    return np.array([own.get(rule.id, int(near[at])) for at, rule in enumerate(rules)])


def rule_vectors(builder: Builder, rules: Sequence[int]) -> Any:
    """Rules as rows of length 1, by which terms they have."""
    counted = [dict.fromkeys(terms(words(builder.evidence[at].text).forms), 1.0) for at in rules]
    return vectors(counted, builder.corpus.rows, builder.corpus.rarity)
