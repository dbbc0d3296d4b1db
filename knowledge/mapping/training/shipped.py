"""What shipped evidence teaches: to rank, to abstain, and how sure to be.

Every text is ranked by an index that has not seen it, its near-duplicates or its origin. Sigma rules are ranked three
times: with the other rules known, with a quarter of them, and with none, since alerts of other makers are less like the
shipped rules than the rules are like each other. No labelled alert outside the product is read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.mapping import judgement as judging
from knowledge.mapping.building import Builder, everyday_lines
from knowledge.mapping.evidence import Source
from knowledge.mapping.index import Floats, Index
from knowledge.mapping.judgement import Curve
from knowledge.mapping.measures import MEASURES, STRENGTHS, TEMPER, Measured
from knowledge.mapping.training.fitting import fit_logistic, fit_ranking, probability, rising, shared
from knowledge.mapping.training.folds import (
    ALL,
    FOLDS,
    NONE,
    QUARTER,
    RANKED_BY,
    SEED,
    a_quarter,
    folds_of,
    measured_by,
    rule_vectors,
)
from knowledge.model import Domain

EVERYDAY_PARTS = 5

SAMPLE = 800
"""Analytics and procedure examples that are ranked besides."""

SURE_BY = {ALL: 1.0, QUARTER: 1.0}
"""How much a rule counts for confidence, by how much of the other rules was known."""

_SIGNED = ("is_sub", "has_subs")


@dataclass(frozen=True, slots=True)
class Example:
    """A text ranked by an index that does not know it.

    Attributes:
        right: For each candidate whether its author named it.
        weight: How much it counts for the ranker.
        sure: How much it counts for confidence.
        title: Whether it is only a rule's title; that an alert can be as short is all it teaches.
        fold: Which part of the evidence it belongs to.
    """

    measured: Measured
    right: NDArray[np.bool_]
    weight: float
    sure: float
    fold: int
    title: bool = False


def learn_shipped(builder: Builder, say: Callable[[str], object]) -> dict[str, Any]:
    """Learn the numbers of a `Judgement`, as they are written.

    Args:
        builder: All shipped evidence.
        say: Told what happens, one line at a time.
    """
    examples = list(_examples(builder, say))
    ranking = _fit_ranker(examples)
    alerts, (benign, parts) = _strengths(examples), _benign(builder)
    alert, alert_from = _fit_alert(alerts, benign, parts, say)
    raw: dict[str, Any] = {
        "ranking": dict(zip(MEASURES, ranking, strict=True)),
        "alert": dict(zip((*STRENGTHS, *TEMPER, "constant"), np.round(alert.astype(float), 4).tolist(), strict=True)),
        "alert_from": alert_from,
        **_fit_confidence(examples, np.array(ranking, np.float32), alert, say),
        "near": (near := _near(builder).raw()),
        "near_by_strings": near,  # until a team's rules teach better
    }
    return raw


def _examples(builder: Builder, say: Callable[[str], object]) -> Iterable[Example]:
    rng = np.random.default_rng(SEED)
    folds = folds_of(builder, rng)
    sources = np.array([piece.source for piece in builder.evidence])
    enterprise = builder.corpus.domains == list(Domain).index(Domain.ENTERPRISE)
    usable = np.array([bool(each) and bool(enterprise[each].any()) for each in builder.labels])
    rules = np.flatnonzero((sources == Source.RULE) & usable)
    others = [
        rng.permutation(np.flatnonzero((sources == source) & usable))[:SAMPLE]
        for source in (Source.ANALYTIC, Source.PROCEDURE)
    ]
    is_rule = sources == Source.RULE
    for fold in range(FOLDS):
        held = folds == fold
        kept = {
            ALL: ~held,
            QUARTER: ~held & (~is_rule | np.isin(folds, a_quarter(fold))),
            NONE: ~held & ~is_rule,
        }
        for name, keep in kept.items():
            say(f"fold {fold + 1} of {FOLDS}, knowing {name}")
            mask = keep.astype(np.float32)
            index = Index(builder.corpus, builder.tables(mask))
            chosen = [(at, RANKED_BY[name], SURE_BY.get(name, 0.0)) for at in rules[held[rules]]]
            if name == ALL:
                chosen += [(at, 0.4, 0.0) for each in others for at in each[held[each]]]
            for at, weight, sure in chosen:
                measured = measured_by(index, builder.evidence[at].text, enterprise, mask)
                right = np.isin(measured.techniques, builder.labels[at])
                yield Example(measured, right, weight, sure, fold)
                if name == QUARTER:
                    title = builder.evidence[at].text.split("\n", 1)[0]
                    yield Example(measured_by(index, title, enterprise, mask), right, 0.0, 0.0, fold, title=True)


def _fit_ranker(examples: Sequence[Example]) -> list[float]:
    usable = [each for each in examples if each.right.any() and each.weight]
    values = np.stack([each.measured.values for each in usable])
    right = np.stack([each.right for each in usable])
    signed = [name in _SIGNED or name.startswith(("parent", "child")) for name in MEASURES]
    return fit_ranking(values, right, np.array([each.weight for each in usable]), signed)


def _strengths(examples: Sequence[Example]) -> Floats:
    return np.stack([judging.strengths(each.measured) for each in examples if each.title or each.sure])


def _benign(builder: Builder) -> tuple[Floats, NDArray[np.int64]]:
    """The everyday lines and paragraphs of them, with the part each belongs to.

    Each is measured as if its part had not been written.
    """
    lines = everyday_lines()
    known = builder.tables(np.ones(len(builder.evidence), np.float32))
    enterprise = builder.corpus.domains == list(Domain).index(Domain.ENTERPRISE)
    found, parts = [], []
    for part in range(EVERYDAY_PARTS):
        mine = lines[part::EVERYDAY_PARTS]
        unread = builder.everyday([line for at, line in enumerate(lines) if at % EVERYDAY_PARTS != part])
        index = Index(builder.corpus, replace(known, everyday=unread))
        paragraphs = [" ".join(mine[at : at + size]) for size in (3, 8) for at in range(0, len(mine), size)]
        for text in (*mine, *paragraphs):
            found.append(judging.strengths(measured_by(index, text, enterprise)))
            parts.append(part)
    return np.stack(found), np.array(parts)


def _fit_alert(
    alerts: Floats, benign: Floats, parts: NDArray[np.int64], say: Callable[[str], object]
) -> tuple[Floats, float]:
    features = judging.with_constant(np.concatenate([alerts, benign]))
    goal = np.concatenate([np.ones(len(alerts)), np.zeros(len(benign))])
    weight = np.where(goal == 1, 1 / len(alerts), 1 / len(benign))
    guessed = np.zeros(len(benign))
    for part in range(EVERYDAY_PARTS):
        train = np.concatenate([np.ones(len(alerts), bool), parts != part])
        model = fit_logistic(features[train], goal[train], weight[train], len(STRENGTHS))
        guessed[parts == part] = probability(features[len(alerts) :][parts == part], model)
    model = fit_logistic(features, goal, weight, len(STRENGTHS))
    alert_from = float(np.quantile(guessed, 0.96))
    passed = probability(features[: len(alerts)], model)
    say(f"alert from {alert_from:.3f}: {np.mean(passed < alert_from):.3f} of held-out alerts abstain")
    return model, round(alert_from, 4)


def _fit_confidence(
    examples: Sequence[Example], ranking: Floats, alert: Floats, say: Callable[[str], object]
) -> dict[str, Any]:
    """How likely each of the first five is right, learned on half the folds and corrected on the other half."""
    rows, goals, weights, folds, firsts = [], [], [], [], []
    for each in examples:
        if not each.sure:
            continue
        chance = float(probability(judging.with_constant(judging.strengths(each.measured)[None]), alert)[0])
        order, features = judging.confidence_features(ranking, each.measured, chance)
        rows.append(features[:5])
        goals.append(each.right[order][:5])
        weights += [each.sure] * len(features[:5])
        folds += [each.fold] * len(features[:5])
        firsts += [True, *[False] * (len(features[:5]) - 1)]
    table = judging.with_constant(np.concatenate(rows))
    goal, weight, fold = np.concatenate(goals).astype(float), np.array(weights), np.array(folds)
    guessed = np.zeros(len(goal))
    for part in range(FOLDS):
        model = fit_logistic(table[fold != part], goal[fold != part], weight[fold != part])
        guessed[fold == part] = probability(table[fold == part], model)
    model = fit_logistic(table, goal, weight)
    isotonic = rising(guessed, goal, weight)
    shown = np.array([isotonic.at(each) for each in guessed])
    high = _band(shown, goal, 0.95, 0.88)
    first = np.array(firsts)
    say(f"first answer right {goal[first].mean():.3f}, said {shown[first].mean():.3f}; high from {high}")
    return {
        "confidence": dict(zip((*judging.CONFIDENCE, "constant"), np.round(model, 4).tolist(), strict=True)),
        "isotonic": isotonic.raw(),
        "high": high,
        "medium": 0.4,
    }


def _band(shown: NDArray[np.float64], goal: NDArray[np.float64], wanted: float, most: float) -> float:
    """The lowest confidence from which the wanted share is right."""
    for step in np.arange(0.5, most, 0.01):
        above = shown >= step
        if above.sum() < 20 or goal[above].mean() >= wanted:
            return round(float(step), 2)
    return most


def _near(builder: Builder) -> Curve:
    """The share of the nearest other rule's techniques that a rule names too, by how like it is."""
    rules = [at for at, piece in enumerate(builder.evidence) if piece.source == Source.RULE and builder.labels[at]]
    matrix = rule_vectors(builder, rules)
    alike = (matrix @ matrix.T).toarray()
    np.fill_diagonal(alike, 0)
    pairs = zip(rules, (rules[at] for at in alike.argmax(axis=1)), strict=True)
    same = [shared(builder.labels[rule], builder.labels[nearest]) for rule, nearest in pairs]
    return rising(alike.max(axis=1), np.array(same), np.ones(len(rules)))
