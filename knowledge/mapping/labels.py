"""The encoder's labels as techniques of the releases at hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np

from knowledge.mapping.encoder import shipped_encoder
from knowledge.mapping.index import Floats
from knowledge.mapping.measures import FAINTEST

REMEMBERED = 16
"""Texts whose meaning is kept: one alert asks for that of its whole twice."""


class Labels:
    """Reads the encoder's probabilities as those of current techniques.

    A label whose technique was split gives its probability to each successor, labels of techniques that became one
    add theirs up; a technique that the encoder has not learned has none.

    Args:
        numbers: The numbers of the current techniques for an id.
        width: How many techniques there are.
    """

    def __init__(self, numbers: Callable[[str], Sequence[int]], width: int) -> None:
        self._encoder = shipped_encoder()
        pairs = [(at, number) for at, label in enumerate(self._encoder.labels) for number in numbers(label)]
        self._from = np.array([at for at, _ in pairs], np.int64)
        self._to = np.array([number for _, number in pairs], np.int64)
        self._width = width
        self.encoded = lru_cache(maxsize=REMEMBERED)(self._read)

    def _read(self, text: str) -> tuple[Floats, float]:
        """For each technique the log of the encoder's probability, and how surely the text shows none.

        Args:
            text: What `knowledge.mapping.telling.telling_text` makes of a reading.
        """
        meaning = self._encoder.meaning(text)
        probability = np.zeros(self._width, np.float32)
        np.add.at(probability, self._to, np.exp(meaning.shares[self._from]))
        likely = np.log(np.maximum(probability, np.exp(FAINTEST))).astype(np.float32)
        likely.setflags(write=False)
        return likely, meaning.everyday
