"""The fits that judgement is learned with: a ranking, a probability, a rising curve. Needs scipy."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression, minimize

from knowledge.mapping.index import Floats
from knowledge.mapping.judgement import Curve, Ranker

_RIDGE = 1e-3

HIDDEN = 32
"""Inner width of each of the ranker's networks."""

MEMBERS = 4
"""How many networks, each begun elsewhere, make the ranker."""

BATCH, EPOCHS, STEP, DECAY = 128, 12, 3e-3, 1e-2
"""How the ranker is learned: texts a step, times each text is seen, length of the first step, how weights shrink."""


def fit_ranking(
    values: NDArray[Any],
    right: NDArray[np.bool_],
    weight: NDArray[np.float64],
    signed: Sequence[bool],
    known: NDArray[np.float64] | float = 0.0,
) -> list[float]:
    """A listwise softmax: the right candidates should take the whole share.

    Args:
        values: Text by candidate by measure.
        right: Text by candidate; each text has a right one.
        weight: How much each text counts.
        signed: For each measure whether its weight may be negative.
        known: Text by candidate: what other measures, whose weights stay, have already given.

    Returns:
        A weight for each measure.
    """
    values = values.astype(np.float64)
    goal = right / right.sum(axis=1, keepdims=True)
    each = (weight / weight.sum())[:, None]

    def loss(ranking: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        scores = known + values @ ranking
        share = np.exp(scores - scores.max(axis=1, keepdims=True))
        share /= share.sum(axis=1, keepdims=True)
        slope = np.einsum("qc,qcf->f", each * (share - goal), values)
        value = -float((each * goal * np.log(share + 1e-12)).sum())
        return value + _RIDGE * float((ranking**2).sum()), slope + 2 * _RIDGE * ranking

    bounds = [(None, None) if free else (0, None) for free in signed]
    found = minimize(loss, np.zeros(len(signed)), jac=True, method="L-BFGS-B", bounds=bounds)
    return [round(float(value), 4) for value in found.x]


def fit_ranker(
    values: NDArray[Any], right: NDArray[np.bool_], weight: NDArray[np.float64], learned: NDArray[np.bool_]
) -> Ranker:
    """Some small networks that together give a right candidate of each text the highest score.

    The loss is the log of the share that right candidates take of a softmax over all. It is learned in small batches
    with decaying steps and weights (AdamW), which carried over to other makers' texts better than going all the way
    down. Starts and batches are drawn with a fixed seed, so the same examples give the same network.

    Args:
        values: Text by candidate by measure.
        right: Text by candidate; each text has a right one.
        weight: How much each text counts.
        learned: For each measure whether the network may use it.
    """
    middle = values.mean(axis=(0, 1)).astype(np.float32)
    spread = (values.std(axis=(0, 1)) + 1e-3).astype(np.float32)
    scaled = ((values - middle) / spread * learned).astype(np.float32)
    members = [_member(scaled, right, weight.astype(np.float32), seed) for seed in range(MEMBERS)]
    hidden = np.concatenate([member[0] for member in members], axis=1) / spread[:, None] * learned[:, None]
    shift = np.concatenate([member[1] for member in members])
    out = np.concatenate([member[2] for member in members]) / np.float32(MEMBERS)
    linear = np.mean([member[3] for member in members], axis=0)
    parts = (linear / spread * learned, hidden, shift - middle @ hidden, out)
    return Ranker(*(np.asarray(part, np.float32) for part in parts))


def _member(scaled: Floats, right: NDArray[np.bool_], weight: Floats, seed: int) -> list[Floats]:
    measures, rng = scaled.shape[2], np.random.default_rng(seed)
    parts = [
        rng.uniform(-1, 1, (measures, HIDDEN)).astype(np.float32) * np.float32(measures**-0.5),
        rng.uniform(-1, 1, HIDDEN).astype(np.float32) * np.float32(measures**-0.5),
        rng.uniform(-1, 1, HIDDEN).astype(np.float32) * np.float32(HIDDEN**-0.5),
        np.zeros(measures, np.float32),
    ]
    first, second = [np.zeros_like(part) for part in parts], [np.zeros_like(part) for part in parts]
    batches = max(1, len(scaled) // BATCH)
    order = np.arange(len(scaled))
    for step in range(EPOCHS * batches):
        if step % batches == 0:
            order = rng.permutation(len(scaled))
        batch = order[(step % batches) * BATCH : (step % batches + 1) * BATCH]
        slopes = _slopes(parts, scaled[batch], right[batch], weight[batch])
        rate = STEP * (1 - step / (EPOCHS * batches))
        for at, slope in enumerate(slopes):
            first[at] += 0.1 * (slope - first[at])
            second[at] += 0.001 * (slope * slope - second[at])
            moved = first[at] / (1 - 0.9 ** (step + 1)) / (np.sqrt(second[at] / (1 - 0.999 ** (step + 1))) + 1e-8)
            parts[at] = np.asarray(parts[at] - rate * (moved + DECAY * parts[at]), np.float32)
    return parts


def _slopes(parts: Sequence[Floats], scaled: Floats, right: NDArray[np.bool_], weight: Floats) -> list[Floats]:
    """How the loss of a batch rises with each part of the network."""
    hidden, shift, out, linear = parts
    inner = np.tanh(scaled @ hidden + shift)
    scores = inner @ out + scaled @ linear
    share = np.exp(scores - scores.max(axis=1, keepdims=True))
    share /= share.sum(axis=1, keepdims=True)
    taken = np.where(right, share, 0)
    slope = (share - taken / (taken.sum(axis=1, keepdims=True) + 1e-12)) * (weight / weight.sum())[:, None]
    flat, rows = slope.reshape(-1), scaled.reshape(-1, scaled.shape[2])
    flat_inner = inner.reshape(-1, inner.shape[2])
    behind = (1 - flat_inner * flat_inner) * (flat[:, None] * out)
    return [rows.T @ behind, behind.sum(axis=0), flat_inner.T @ flat, rows.T @ flat]


def fit_logistic(features: Floats, goal: NDArray[Any], weight: NDArray[Any], rising_in: int = 0) -> Floats:
    """A weight for each feature, the last of them constant, so that `probability` meets the goal.

    Args:
        features: One row each.
        goal: What each turned out to be, 0 or 1.
        weight: How much each counts.
        rising_in: So many of the first features can only add to the probability.
    """
    total = weight.sum()

    def loss(model: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        chance = np.clip(probability(features, model), 1e-7, 1 - 1e-7)
        value = -float((weight * (goal * np.log(chance) + (1 - goal) * np.log(1 - chance))).sum() / total)
        slope = features.T.astype(float) @ (weight * (chance - goal)) / total
        penalty = np.full(len(model), _RIDGE)
        penalty[-1] = 0
        return value + float((penalty * model**2).sum()), slope + 2 * penalty * model

    bounds = [(0, None)] * rising_in + [(None, None)] * (features.shape[1] - rising_in)
    found = minimize(loss, np.zeros(features.shape[1]), jac=True, method="L-BFGS-B", bounds=bounds)
    return np.asarray(np.round(found.x, 4), np.float32)


def probability(features: Floats, model: NDArray[Any]) -> NDArray[np.float64]:
    """What a logistic model makes of features."""
    return np.asarray(1 / (1 + np.exp(-np.clip(features.astype(float) @ model, -30, 30))))


def rising(raw: NDArray[Any], goal: NDArray[Any], weight: NDArray[Any], knots: int = 24) -> Curve:
    """The best rising step function, smoothed, at a few quantiles of the raw values.

    Args:
        raw: Values to read the curve at.
        goal: What each turned out to be worth, 0 to 1.
        weight: How much each counts.
        knots: How many places the curve has at most.
    """
    order = np.argsort(raw, kind="stable")
    fitted = isotonic_regression(goal[order].astype(float), weights=weight[order].astype(float)).x
    at = np.unique(np.quantile(np.arange(len(raw)), np.linspace(0, 1, knots)).astype(int))
    around = max(1, len(raw) // (3 * knots))
    worth = [fitted[max(0, i - around) : i + around + 1].mean() for i in at]
    places, first = np.unique(raw[order][at], return_index=True)
    return Curve(np.asarray(places, np.float32), np.maximum.accumulate(np.array(worth)[first]).astype(np.float32))


def shared(mine: Collection[int], theirs: Collection[int]) -> float:
    """The share of another rule's techniques that are mine too."""
    return len(set(mine) & set(theirs)) / len(set(theirs))
