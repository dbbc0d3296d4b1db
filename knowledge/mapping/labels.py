"""The encoder's labels as techniques of the releases at hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from knowledge.mapping.encoder import Meaning, shipped_encoder
from knowledge.mapping.index import Floats
from knowledge.mapping.measures import FAINTEST

Heard = tuple[Floats, float]
"""What the encoder says of a text: for each technique the log of its probability, and how surely it shows none."""


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

    def encoded(self, texts: Sequence[str]) -> list[Heard]:
        """What the encoder says of each text.

        Args:
            texts: What `knowledge.mapping.telling.telling_text` makes of readings; one that occurs again is read once.
        """
        different = tuple(dict.fromkeys(texts))
        found = dict(zip(different, map(self._of, self._encoder.meanings(different)), strict=True))
        return [found[text] for text in texts]

    def _of(self, meaning: Meaning) -> Heard:
        probability = np.zeros(self._width, np.float32)
        np.add.at(probability, self._to, np.exp(meaning.shares[self._from]))
        likely = np.log(np.maximum(probability, np.exp(FAINTEST))).astype(np.float32)
        likely.setflags(write=False)
        return likely, meaning.everyday
