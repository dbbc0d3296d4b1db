"""What a short text means, as a small network learned it: a log-probability for each technique.

The network is two layers of a transformer, begun from all-MiniLM-L6-v2 and tuned on texts whose techniques are known,
by `knowledge.mapping.training.encoder`. It runs on numpy alone. It reads the first `PIECES` pieces of a text, so it is
to be given what is telling (a title, an action, a command line), one a line, and not a whole record.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import accumulate, pairwise

import numpy as np
from numpy.typing import NDArray

from knowledge.mapping.index import Floats

PIECES = 64
"""Most pieces of words that are read of one text, the two that mark its start and end among them."""

HEADS = 12
"""Attention heads of a layer, as in the model the network was begun from."""

FORMAT = 1
"""Which form of the file this reads."""

GATE = 1.702 / 6
"""How steeply the gate of a layer's inner width opens: ``x * clip(GATE * x + 0.5, 0, 1)`` stands in for GELU."""

START, END = "[CLS]", "[SEP]"
"""The pieces that mark where a text starts and ends."""

_TOGETHER = 8  # texts that go through the network at once; more of them take more memory and no less time
_READ = 20_000  # characters of a text in which its first pieces are looked for
_LONGEST = 40  # a longer run of letters is a blob
_MOST_TURNS = 4  # a run that turns between letters and digits more often is a blob, too
_CONTINUES = "##"
_NEAR_ZERO = 1e-12
_RUN = re.compile(r"[^\W_]+")
_TURNS = re.compile(r"[A-Za-z]+|[0-9]+")
_HUMPS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the network makes of a text.

    Attributes:
        shares: For each of `Encoder.labels` the log of its probability, given that the text shows a technique.
        everyday: The probability that it shows none, 0 to 1.
    """

    shares: Floats
    everyday: float


@dataclass(frozen=True, slots=True)
class Layer:
    """The matrices of one layer; a text's rows are multiplied from the left.

    Attributes:
        attend: Width by three times width: queries, keys and values; and what is added.
        join: Width by width, behind the heads.
        up: Width by the inner width.
        down: Inner width by width.
        norms: Four rows: scale and shift behind the heads, scale and shift behind the inner width.
    """

    attend: tuple[Floats, Floats]
    join: tuple[Floats, Floats]
    up: tuple[Floats, Floats]
    down: tuple[Floats, Floats]
    norms: Floats


class Encoder:
    """A network and its vocabulary, read-only, so that threads share it.

    Args:
        arrays: The network as `packed` writes it: whole numbers from -127 to 127 with a scale for each column of a
            matrix and for each word.

    Raises:
        ValueError: The arrays are of another `FORMAT`.
    """

    def __init__(self, arrays: Mapping[str, NDArray[np.generic]]) -> None:
        if int(arrays["format"][0]) != FORMAT:
            raise ValueError(f"the encoder's file is of form {int(arrays['format'][0])}; form {FORMAT} is read")
        self.labels: tuple[str, ...] = tuple(_lines(arrays["labels"]))
        """Ids of ATT&CK 18.1, sorted."""
        self._pieces = {piece: at for at, piece in enumerate(_lines(arrays["vocabulary"]))}
        self._words = np.asarray(arrays["words"], np.int8)
        self._word_scales = np.asarray(arrays["words_scale"], np.float32)
        self._places = np.asarray(arrays["places"], np.float32)
        self._first_norm = np.asarray(arrays["first_norm"], np.float32)
        self._layers = tuple(_layer(arrays, f"layer{at}_") for at in range(int(arrays["layers"][0])))
        self._heads = _matrix(arrays, "heads")

    def shares(self, text: str) -> Floats:
        """For each of `labels` the log of its probability, given that the text shows a technique."""
        return self.meaning(text).shares

    def meaning(self, text: str) -> Meaning:
        """Read a text; an empty one has the meaning of no words at all."""
        return self.meanings((text,))[0]

    def meanings(self, texts: Sequence[str]) -> list[Meaning]:
        """Read several texts, which takes less time than one after the other; each means what it does by itself."""
        return [each for at in range(0, len(texts), _TOGETHER) for each in self._meanings(texts[at : at + _TOGETHER])]

    def _meanings(self, texts: Sequence[str]) -> list[Meaning]:
        numbers = [pieces(self._pieces, text) for text in texts]
        places = [slice(start, end) for start, end in pairwise(accumulate(map(len, numbers), initial=0))]
        hidden = np.concatenate([self._begin(each) for each in numbers])
        for layer in self._layers:
            hidden = _through(layer, hidden, places)
        return [self._meaning(hidden[place]) for place in places]

    def _meaning(self, hidden: Floats) -> Meaning:
        middle = hidden.mean(axis=0)
        unit = middle / max(float(np.sqrt(middle @ middle)), _NEAR_ZERO)
        matrix, shift = self._heads
        scores = unit @ matrix + shift
        shares = scores[:-1] - scores[:-1].max()
        shares -= np.log(np.exp(shares).sum())
        everyday = 1.0 / (1.0 + float(np.exp(np.clip(_log_sum(scores[:-1]) - scores[-1], -50, 50))))
        return Meaning(shares.astype(np.float32), everyday)

    def _begin(self, numbers: Sequence[int]) -> Floats:
        rows = self._words[numbers] * self._word_scales[numbers, None]
        return _normed(np.asarray(rows + self._places[: len(numbers)], np.float32), self._first_norm)


@cache
def shipped_encoder() -> Encoder:
    """The encoder of this package; reading it takes a fifth of a second, once."""
    raw = files("knowledge.mapping").joinpath("data/encoder.npz").read_bytes()
    with np.load(io.BytesIO(raw), allow_pickle=False) as arrays:
        return Encoder(dict(arrays))


def pieces(vocabulary: Mapping[str, int], text: str) -> list[int]:
    """The first pieces of a text's words, at most `PIECES` with the marks of its start and end.

    A word that the vocabulary holds is one piece; ``UpdateAssumeRolePolicy`` falls into its words, and another word
    into the longest pieces that are known, from its start. Punctuation is passed over.
    """
    found = [vocabulary[START]]
    for match in _RUN.finditer(text[:_READ]):
        for word in words_of(vocabulary, match[0]):
            found += _cut(vocabulary, word)
        if len(found) >= PIECES - 1:
            break
    return [*found[: PIECES - 1], vocabulary[END]]


def words_of(vocabulary: Mapping[str, int] | frozenset[str], run: str) -> list[str]:
    """The words that a run of letters and digits is made of, in lower case; none of a blob."""
    low = run.lower()
    if len(run) > _LONGEST:
        return []
    if low in vocabulary or not run.isascii():
        return [low]
    if low.isalpha():
        return [each.lower() for each in _HUMPS.findall(run)]
    turns = _TURNS.findall(run)
    return [hump.lower() for turn in turns for hump in _HUMPS.findall(turn)] if len(turns) <= _MOST_TURNS else []


def _cut(vocabulary: Mapping[str, int], word: str) -> list[int]:
    found: list[int] = []
    start = 0
    while start < len(word):
        for end in range(len(word), start, -1):
            number = vocabulary.get(word[start:end] if not start else _CONTINUES + word[start:end])
            if number is not None:
                found.append(number)
                start = end
                break
        else:
            return []
    return found


def _through(layer: Layer, hidden: Floats, places: Sequence[slice]) -> Floats:
    """Rows of several texts through a layer; each text stands at a place of its own and sees only itself."""
    matrix, shift = layer.attend
    attending = hidden @ matrix + shift
    seen = np.concatenate([_attended(attending[place]) for place in places])
    matrix, shift = layer.join
    hidden = _normed(hidden + (seen @ matrix + shift), layer.norms[:2])
    matrix, shift = layer.up
    inner: Floats = hidden @ matrix + shift
    gate: Floats = np.clip(inner * np.float32(GATE) + np.float32(0.5), 0, 1).astype(np.float32, copy=False)
    inner *= gate
    matrix, shift = layer.down
    return _normed(hidden + (inner @ matrix + shift), layer.norms[2:])


def _attended(rows: Floats) -> Floats:
    """What each row of a text takes from all of them; the rows hold queries, keys and values."""
    length, width = len(rows), rows.shape[1] // 3
    queries, keys, values = rows.reshape(length, 3, HEADS, width // HEADS).transpose(1, 2, 0, 3)
    scores = queries @ keys.transpose(0, 2, 1) * np.float32((width // HEADS) ** -0.5)
    scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
    scores /= scores.sum(axis=-1, keepdims=True)
    return np.asarray((scores @ values).transpose(1, 0, 2).reshape(length, width), np.float32)


def _normed(rows: Floats, norm: Floats) -> Floats:
    rows = rows - rows.mean(axis=-1, keepdims=True)
    rows /= np.sqrt((rows * rows).mean(axis=-1, keepdims=True) + np.float32(_NEAR_ZERO))
    return np.asarray(rows * norm[0] + norm[1], np.float32)


def _log_sum(scores: Floats) -> float:
    most = scores.max()
    return float(most + np.log(np.exp(scores - most).sum()))


def _lines(raw: NDArray[np.generic]) -> list[str]:
    return raw.tobytes().decode("utf-8").split("\n")


def _matrix(arrays: Mapping[str, NDArray[np.generic]], name: str) -> tuple[Floats, Floats]:
    matrix = np.asarray(arrays[name], np.float32) * np.asarray(arrays[f"{name}_scale"], np.float32)
    return matrix, np.asarray(arrays[f"{name}_shift"], np.float32)


def _layer(arrays: Mapping[str, NDArray[np.generic]], name: str) -> Layer:
    attend, join, up, down = (_matrix(arrays, name + part) for part in ("attend", "join", "up", "down"))
    return Layer(attend, join, up, down, np.asarray(arrays[f"{name}norms"], np.float32))
