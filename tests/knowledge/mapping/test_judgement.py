"""The shipped numbers are whole, and confidences mean what they say."""

from __future__ import annotations

import numpy as np
import pytest

from knowledge.mapping.judgement import shipped_judgement
from knowledge.mapping.training.fitting import rising


def test_worth_rises_with_raw_confidence() -> None:
    judgement = shipped_judgement()
    for curve in (judgement.isotonic, judgement.near, judgement.near_by_strings):
        assert np.all(np.diff(curve.places) > 0)
        assert np.all(np.diff(curve.worth) >= 0)


@pytest.mark.parametrize(("confidence", "band"), [(0.95, "high"), (0.5, "medium"), (0.1, "low")])
def test_bands(confidence: float, band: str) -> None:
    assert shipped_judgement().band(confidence) == band


def test_isotonic_regression_finds_a_rising_step() -> None:
    raw = np.linspace(0, 1, 400)
    goal = (raw > 0.5).astype(float)
    curve = rising(raw, goal, np.ones(400))
    assert curve.at(0.1) < 0.1
    assert curve.at(0.9) > 0.9
