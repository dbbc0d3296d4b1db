"""The shipped numbers are whole, and confidences mean what they say."""

from __future__ import annotations

import numpy as np
import pytest

from knowledge.mapping.judgement import ranker_of, shipped_judgement
from knowledge.mapping.measures import MEASURES
from knowledge.mapping.model import band_of
from knowledge.mapping.training.fitting import fit_ranker, rising


def test_worth_rises_with_raw_confidence() -> None:
    judgement = shipped_judgement()
    for curve in (judgement.isotonic, judgement.near, judgement.near_by_strings):
        assert np.all(np.diff(curve.places) > 0)
        assert np.all(np.diff(curve.worth) >= 0)


@pytest.mark.parametrize(
    ("confidence", "band"), [(0.95, "high"), (0.85, "high"), (0.84, "medium"), (0.55, "medium"), (0.5, "low")]
)
def test_bands(confidence: float, band: str) -> None:
    assert band_of(confidence) == band


def test_silence_takes_less_to_break_than_an_answer_takes() -> None:
    judgement = shipped_judgement()
    assert 0 < judgement.leads_from < judgement.answers_from < 1


def test_a_ranker_is_read_as_it_is_written() -> None:
    ranker = shipped_judgement().ranking
    again = ranker_of(ranker.raw())
    values = np.random.default_rng(1).random((40, len(MEASURES))).astype(np.float32)
    assert np.allclose(ranker.scores(values), again.scores(values))


def test_the_ranker_learns_which_measure_tells() -> None:
    rng = np.random.default_rng(3)
    values = rng.random((6000, 10, len(MEASURES)))
    right = values[:, :, 4] == values[:, :, 4].max(axis=1, keepdims=True)
    learned = np.ones(len(MEASURES), bool)
    ranker = fit_ranker(values, right, np.ones(len(values)), learned)
    found = [
        bool(row[int(ranker.scores(each.astype(np.float32)).argmax())]) for each, row in zip(values, right, strict=True)
    ]
    assert sum(found) > 0.9 * len(found)


def test_isotonic_regression_finds_a_rising_step() -> None:
    raw = np.linspace(0, 1, 400)
    goal = (raw > 0.5).astype(float)
    curve = rising(raw, goal, np.ones(400))
    assert curve.at(0.1) < 0.1
    assert curve.at(0.9) > 0.9
