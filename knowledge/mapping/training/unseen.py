"""What encoders say of texts they have not seen, from the file that training them wrote."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from knowledge.mapping.index import Floats
from knowledge.mapping.measures import FAINTEST


def key_of(text: str) -> str:
    """What a text is found by."""
    return hashlib.sha1(text.encode("utf-8", "replace"), usedforsecurity=False).hexdigest()


class Unseen:
    """Probabilities by text.

    Args:
        path: An ``.npz`` with ``keys``, ``labels``, ``shares`` (the logs of probabilities, one row a key) and
            ``everyday`` (the probability that a text shows none).
        numbers: The numbers of the current techniques for an id.
        width: How many techniques there are.
    """

    def __init__(self, path: Path, numbers: Callable[[str], Sequence[int]], width: int) -> None:
        with np.load(path, allow_pickle=False) as arrays:
            self._rows = {str(key): at for at, key in enumerate(arrays["keys"])}
            self._shares = arrays["shares"]
            self._everyday = arrays["everyday"]
            labels = [str(each) for each in arrays["labels"]]
        pairs = [(at, number) for at, label in enumerate(labels) for number in numbers(label)]
        self._from, self._to = np.array(pairs, np.int64).reshape(-1, 2).T
        self._width = width

    def __call__(self, text: str) -> tuple[Floats, float] | None:
        """Log-probabilities of techniques by number, and of none; nothing for a text that is not there."""
        at = self._rows.get(key_of(text))
        if at is None:
            return None
        probability = np.zeros(self._width, np.float32)
        shares = np.exp(self._shares[at].astype(np.float32))
        np.add.at(probability, self._to, shares[self._from])
        likely = np.log(np.maximum(probability, np.exp(FAINTEST))).astype(np.float32)
        return likely, float(self._everyday[at])
