"""What labelled texts teach: to rank, to tell an alert from everyday lines, and how sure to be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.mapping import judgement as judging
from knowledge.mapping.building import Builder
from knowledge.mapping.evidence import Source
from knowledge.mapping.index import Floats
from knowledge.mapping.judgement import Curve, Ranker
from knowledge.mapping.measures import MEASURES, STRENGTHS, TEMPER
from knowledge.mapping.training.examples import EVERYDAY_PARTS, Example, strengths_of
from knowledge.mapping.training.fitting import fit_logistic, fit_ranker, probability, rising, shared
from knowledge.mapping.training.folds import FOLDS, rule_vectors

QUIET = 0.95
"""The share of everyday lines, none of them learned from, that must be met with silence."""

NO_ANSWER = 0.98
"""The share of them that must get no answer, at most leads."""

EVERYDAY_SHARE = 0.15
"""How much of what is pasted is taken to be everyday, for confidence."""

OF_A_TEAM = ("parent_observed", "child_observed", "described")
"""Measures that only a team's own rules have, so that `learn_team` weighs them."""


def learn_shipped(
    builder: Builder, found: Sequence[Example], everyday: Sequence[Example], say: Callable[[str], object]
) -> dict[str, Any]:
    """Learn the numbers of a `Judgement`, as they are written.

    Args:
        builder: All shipped evidence.
        found: Labelled texts.
        everyday: Everyday texts.
        say: Told what happens, one line at a time.
    """
    ranking = _fit_ranker(found)
    asked = [each for each in found if each.sure]
    alert, chances, quiet_chances = _fit_alert(asked, everyday)
    sure = _fit_confidence(found, everyday, ranking, chances, quiet_chances, say)
    near = _near(builder).raw()
    return {
        "ranking": ranking.raw(),
        "alert": dict(zip((*STRENGTHS, *TEMPER, "constant"), np.round(alert.astype(float), 4).tolist(), strict=True)),
        **sure,
        **_thresholds(asked, everyday, chances, quiet_chances, say),
        "near": near,
        "near_by_strings": near,  # until a team's rules teach better
    }


def _fit_ranker(found: Sequence[Example]) -> Ranker:
    usable = [each for each in found if each.right.any() and each.weight]
    values = np.stack([each.measured.values for each in usable])
    right = np.stack([each.right for each in usable])
    learned = np.array([name not in OF_A_TEAM for name in MEASURES])
    return fit_ranker(values, right, np.array([each.weight for each in usable]), learned)


def _fit_alert(
    alerts: Sequence[Example], everyday: Sequence[Example]
) -> tuple[Floats, NDArray[np.float64], NDArray[np.float64]]:
    """A model of being an alert, and what it says of each text by parts that have not seen it."""
    features = judging.with_constant(np.concatenate([strengths_of(alerts), strengths_of(everyday)]))
    goal = np.concatenate([np.ones(len(alerts)), np.zeros(len(everyday))])
    weight = np.array([each.sure for each in (*alerts, *everyday)])
    weight[goal == 1] /= weight[goal == 1].sum()
    weight[goal == 0] /= weight[goal == 0].sum()
    part = np.array([each.fold % EVERYDAY_PARTS for each in (*alerts, *everyday)])
    guessed = np.zeros(len(goal))
    for number in range(EVERYDAY_PARTS):
        train = part != number
        model = fit_logistic(features[train], goal[train], weight[train], len(STRENGTHS))
        guessed[~train] = probability(features[~train], model)
    return fit_logistic(features, goal, weight, len(STRENGTHS)), guessed[: len(alerts)], guessed[len(alerts) :]


def _fit_confidence(
    found: Sequence[Example],
    everyday: Sequence[Example],
    ranking: Ranker,
    chances: NDArray[np.float64],
    quiet_chances: NDArray[np.float64],
    say: Callable[[str], object],
) -> dict[str, Any]:
    """How likely each of the first five is right, learned on some folds and corrected on the others."""
    rows: list[Floats] = []
    goals: list[NDArray[np.bool_]] = []
    weights: list[float] = []
    folds: list[int] = []
    places: list[int] = []
    kinds: list[str] = []
    asked = [each for each in found if each.sure]
    alerts = sum(each.sure for each in asked)
    lines = {id(each) for each in everyday}
    each_everyday = EVERYDAY_SHARE / (1 - EVERYDAY_SHARE) * alerts / sum(each.sure for each in everyday)
    for each, chance in zip((*asked, *everyday), (*chances, *quiet_chances), strict=True):
        order, features = judging.confidence_features(ranking, each.measured, float(chance))
        size = len(features[:5])
        rows.append(features[:5])
        goals.append(each.right[order][:5])
        weights += [each.sure * (each_everyday if id(each) in lines else 1.0)] * size
        folds += [each.fold] * size
        places += range(size)
        kinds += [each.kind if id(each) in lines else "alert"] * size
    table = judging.with_constant(np.concatenate(rows))
    goal, weight, fold = np.concatenate(goals).astype(float), np.array(weights), np.array(folds)
    guessed = np.zeros(len(goal))
    for part in range(FOLDS):
        if (held := fold == part).any():
            model = fit_logistic(table[~held], goal[~held], weight[~held])
            guessed[held] = probability(table[held], model)
    model = fit_logistic(table, goal, weight)
    isotonic = rising(guessed, goal, weight)
    shown = np.array([isotonic.at(each) for each in guessed])
    kind, place = np.array(kinds), np.array(places)
    first = (place == 0) & (kind == "alert")
    say(f"first right {goal[first].mean():.3f}, said {shown[first].mean():.3f}")
    return {
        "confidence": dict(zip((*judging.CONFIDENCE, "constant"), np.round(model, 4).tolist(), strict=True)),
        "isotonic": isotonic.raw(),
    }


def _thresholds(
    asked: Sequence[Example],
    everyday: Sequence[Example],
    chances: NDArray[np.float64],
    quiet_chances: NDArray[np.float64],
    say: Callable[[str], object],
) -> dict[str, float]:
    """From which probability of being an alert anything is said, and from which it is an answer."""
    plain = quiet_chances[[each.kind == "everyday" for each in everyday]]
    found = {"leads_from": float(np.quantile(plain, QUIET)), "answers_from": float(np.quantile(plain, NO_ANSWER))}
    for name, least in found.items():
        kinds = sorted({each.kind for each in asked})
        lost = {
            kind: round(float(np.mean(chances[[each.kind == kind for each in asked]] < least)), 3) for kind in kinds
        }
        say(f"{name} {least:.3f}: below it {lost}")
    return {name: round(least, 4) for name, least in found.items()}


def _near(builder: Builder) -> Curve:
    """The share of the nearest other rule's techniques that a rule names too, by how like it is."""
    rules = [at for at, piece in enumerate(builder.evidence) if piece.source == Source.RULE and builder.labels[at]]
    matrix = rule_vectors(builder, rules)
    alike = (matrix @ matrix.T).toarray()
    np.fill_diagonal(alike, 0)
    pairs = zip(rules, (rules[at] for at in alike.argmax(axis=1)), strict=True)
    same = [shared(builder.labels[rule], builder.labels[nearest]) for rule, nearest in pairs]
    return rising(alike.max(axis=1), np.array(same), np.ones(len(rules)))
