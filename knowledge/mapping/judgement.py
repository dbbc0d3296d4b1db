"""From measures to an order, a confidence and the decision to say nothing.

The numbers are learned by `knowledge.mapping.training` from shipped evidence and from Sigma rules as a team imports
them, and shipped in ``data/judgement.json``: a small network that ranks, a logistic model of being right with an
isotonic correction, a logistic model of an alert, curves of what likeness to a team's rule is worth.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.mapping.index import Floats
from knowledge.mapping.measures import MEASURES, STRENGTHS, TEMPER, Measured

CONFIDENCE = (
    "share",
    "log_share",
    "margin",
    "first",
    "phrase_sure",
    "rule",
    "procedure",
    "decisive",
    "is_sub",
    "alert",
    "written",
    "fact",
    "encoded",
    "encoded_share",
)
"""What the confidence in one technique is made of."""


@dataclass(frozen=True, slots=True)
class Curve:
    """A rising line through a few points; flat before the first and behind the last.

    Attributes:
        places: Where the points lie, rising.
        worth: What each is worth, 0 to 1, never falling.
    """

    places: Floats
    worth: Floats

    def at(self, value: float) -> float:
        """What a value is worth."""
        return float(np.interp(value, self.places, self.worth))

    def raw(self) -> dict[str, list[float]]:
        """As it is written."""
        return {name: [round(float(each), 4) for each in getattr(self, name)] for name in ("places", "worth")}


@dataclass(frozen=True, slots=True)
class Ranker:
    """A small network from the measures of a candidate to a score.

    Attributes:
        linear: A weight for each of `MEASURES`.
        hidden: Measures by inner width.
        shift: What is added to each inner value.
        out: What each inner value is worth.
    """

    linear: Floats
    hidden: Floats
    shift: Floats
    out: Floats

    def scores(self, values: Floats) -> Floats:
        """A score for each candidate, higher is likelier.

        Args:
            values: One row a candidate, one column each of `MEASURES`.
        """
        found = values @ self.linear + np.tanh(values @ self.hidden + self.shift) @ self.out
        return np.asarray(found, np.float32)

    def raw(self) -> dict[str, Any]:
        """As it is written: the columns by the name of their measure."""
        return {
            "linear": _by_measure(self.linear),
            "hidden": _by_measure(self.hidden),
            "shift": np.round(self.shift.astype(float), 4).tolist(),
            "out": np.round(self.out.astype(float), 4).tolist(),
        }


def ranker_of(raw: Mapping[str, Any]) -> Ranker:
    """Read a ranker as it is written; a measure that it does not name counts nothing."""
    none = [0.0] * len(raw["shift"])
    return Ranker(
        np.array([raw["linear"].get(name, 0.0) for name in MEASURES], np.float32),
        np.array([raw["hidden"].get(name, none) for name in MEASURES], np.float32).reshape(len(MEASURES), len(none)),
        np.array(raw["shift"], np.float32),
        np.array(raw["out"], np.float32),
    )


def _by_measure(values: Floats) -> dict[str, Any]:
    rows = np.round(values.astype(float), 4).tolist()
    return {name: row for name, row in zip(MEASURES, rows, strict=True) if np.any(row)}


@dataclass(frozen=True, slots=True)
class Judgement:
    """Learned numbers.

    Attributes:
        ranking: Orders candidates.
        confidence: A weight for each of `CONFIDENCE`, the constant last.
        isotonic: What a raw confidence is worth.
        alert: A weight for each of `STRENGTHS` and `TEMPER`, the constant last.
        leads_from: Below this probability of being an alert nothing is said, unless a sure sign speaks for it.
        answers_from: Below this one the techniques are leads, no answer, unless a sure sign speaks for one.
        near: By the similarity of the nearest rule, as it is described, how often it names the same technique.
        near_by_strings: The same of the nearest rule by what it looks for.
    """

    ranking: Ranker
    confidence: Floats
    isotonic: Curve
    alert: Floats
    leads_from: float
    answers_from: float
    near: Curve
    near_by_strings: Curve

    def likeness(self, similarity: float, *, by_strings: bool) -> float:
        """How sure a technique is of which the team's evidence is so like a text."""
        return (self.near_by_strings if by_strings else self.near).at(similarity)


@cache
def shipped_judgement() -> Judgement:
    """The numbers of this package."""
    return judgement_of(json.loads(files("knowledge.mapping").joinpath("data/judgement.json").read_text("utf-8")))


def judgement_of(raw: Mapping[str, Any]) -> Judgement:
    """Read numbers as `knowledge.mapping.training` writes them; a measure without a weight counts nothing."""

    def curve(name: str) -> Curve:
        return Curve(np.array(raw[name]["places"], np.float32), np.array(raw[name]["worth"], np.float32))

    return Judgement(
        ranking=ranker_of(raw["ranking"]),
        confidence=np.array([raw["confidence"].get(name, 0.0) for name in (*CONFIDENCE, "constant")], np.float32),
        isotonic=curve("isotonic"),
        alert=np.array([raw["alert"].get(name, 0.0) for name in (*STRENGTHS, *TEMPER, "constant")], np.float32),
        leads_from=float(raw["leads_from"]),
        answers_from=float(raw["answers_from"]),
        near=curve("near"),
        near_by_strings=curve("near_by_strings"),
    )


@dataclass(frozen=True, slots=True)
class Ranked:
    """Techniques in order.

    Attributes:
        techniques: Numbers, best first.
        confidence: For each how likely it is right, 0 to 1.
        alert: How likely the text is an alert at all, 0 to 1.
    """

    techniques: NDArray[np.int64]
    confidence: Floats
    alert: float


def judge(judgement: Judgement, measured: Measured) -> Ranked:
    """Order the candidates of a text and say how sure."""
    alert = float(_logistic(with_constant(strengths(measured)[None]) @ judgement.alert)[0])
    order, features = confidence_features(judgement.ranking, measured, alert)
    raw = _logistic(with_constant(features) @ judgement.confidence)
    worth = np.interp(raw, judgement.isotonic.places, judgement.isotonic.worth).astype(np.float32)
    # The ranker knows the order better than confidence does: none is surer than the one before it.
    return Ranked(measured.techniques[order], np.minimum.accumulate(worth), alert)


def strengths(measured: Measured) -> Floats:
    """The strengths of a text on a scale that suits a linear model."""
    size = len(STRENGTHS)
    return np.concatenate([np.log1p(5 * np.maximum(measured.strength[:size], 0)), measured.strength[size:]])


def confidence_features(ranking: Ranker, measured: Measured, alert: float) -> tuple[NDArray[np.int64], Floats]:
    """The order of the candidates, and for each, in that order, the features of confidence."""
    scores = ranking.scores(measured.values)
    order = np.argsort(-scores, kind="stable")
    scores = scores[order]
    share = np.exp(scores - scores.max(initial=0.0))
    share /= share.sum() or 1.0
    rivals = np.concatenate((scores[1:2], np.repeat(scores[:1], max(0, len(scores) - 1))))[: len(scores)]
    if len(rivals) < len(scores):
        rivals = scores
    column = {name: measured.values[order, at] for at, name in enumerate(MEASURES)}
    rule, procedure, decisive, written = (
        measured.strength[STRENGTHS.index(n)] for n in ("rule", "procedure", "decisive", "written")
    )
    features = np.stack(
        [
            share,
            np.log(share + 1e-6),
            np.clip(scores - rivals, -4, 4),
            np.arange(len(scores)) == 0,
            column["phrase_sure"],
            column["rule"] * rule,
            column["procedure"] * procedure,
            column["decisive"] * np.log1p(decisive),
            column["is_sub"],
            np.full(len(scores), alert),
            column["written"] * written,
            column["fact"],
            column["encoded"],
            column["encoded_share"],
        ],
        axis=1,
    ).astype(np.float32)
    return order, features


def with_constant(features: Floats) -> Floats:
    """Features with a last column of ones."""
    return np.concatenate([features, np.ones((len(features), 1), np.float32)], axis=1)


def _logistic(values: Floats) -> Floats:
    return (1 / (1 + np.exp(-np.clip(values, -30, 30)))).astype(np.float32)
