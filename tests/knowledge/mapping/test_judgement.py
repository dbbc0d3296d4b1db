"""The shipped numbers are whole, and confidences mean what they say."""

from __future__ import annotations

import numpy as np
import pytest

from knowledge.mapping.judgement import shipped_judgement
from knowledge.mapping.training import _isotonic


def test_worth_rises_with_raw_confidence() -> None:
    judgement = shipped_judgement()
    assert np.all(np.diff(judgement.isotonic_from) > 0)
    assert np.all(np.diff(judgement.isotonic_to) >= 0)
    assert np.all(np.diff(judgement.near_to) >= 0)


@pytest.mark.parametrize(("confidence", "band"), [(0.95, "high"), (0.5, "medium"), (0.1, "low")])
def test_bands(confidence: float, band: str) -> None:
    assert shipped_judgement().band(confidence) == band


def test_isotonic_regression_finds_a_rising_step() -> None:
    raw = np.linspace(0, 1, 400)
    goal = (raw > 0.5).astype(float)
    places, worth = _isotonic(raw, goal, np.ones(400))
    assert np.interp(0.1, places, worth) < 0.1
    assert np.interp(0.9, places, worth) > 0.9
