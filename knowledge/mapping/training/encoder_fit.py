"""How the encoder's network learns: first to mean what the whole base model means, then to tell techniques apart.

Needs torch. Seeded: the same texts give the same network on the same machine.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from knowledge.mapping.encoder import END, HEADS, START, pieces
from knowledge.mapping.training.encoder_network import (
    Base,
    Weights,
    base_layer,
    begin,
    scores,
    unit,
    vocabulary_of,
)
from knowledge.mapping.training.encoder_texts import Text, variants

SEED = 20
BATCH = 64

Say = Callable[[str], object]

_LIKENESS_PASSES, _PASSES = 2, 4
_STEP, _WORD_STEP, _HEAD_STEP = 3e-4, 1e-3, 3e-3
_EVEN = 0.05  # share of the goal that is spread over all labels
_LEFT_OUT = 0.1  # share of a text's pieces that is left out while learning
_PROCEDURES = 0.4  # share of the procedure examples that a pass reads
_SORTED = 50  # batches that are put in order of length together
_BASE_PIECES = 72
_BASE_RUN = re.compile(r"[a-z0-9]+|[^\sa-z0-9]")


@dataclass(frozen=True, slots=True)
class Learned:
    """A network that has learned.

    Attributes:
        labels: What it tells apart: ids, and `EVERYDAY` last.
    """

    weights: Weights
    vocabulary: tuple[str, ...]
    labels: tuple[str, ...]

    def shares(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """For each text and label the log of its probability, everyday the last."""
        known = {piece: at for at, piece in enumerate(self.vocabulary)}
        rows = [pieces(known, text) for text in texts]
        found = np.zeros((len(texts), len(self.labels)), np.float32)
        with torch.no_grad():
            for part in _parts(range(len(rows)), rows, 2 * BATCH):
                some = torch.log_softmax(scores(self.weights, unit(self.weights, [rows[at] for at in part])), -1)
                found[part] = some.numpy()
        return found


def start(base: Base, texts: Sequence[Text], labels: Sequence[str], say: Say) -> Learned:
    """A network that means of each text what the whole base means; it knows no technique yet.

    Args:
        base: What it begins from.
        texts: What is read; their techniques are not.
        labels: What it will tell apart.
        say: Told what happens, one line at a time.
    """
    torch.manual_seed(SEED)
    rng = random.Random(SEED)  # noqa: S311 # not for secrets
    vocabulary = vocabulary_of(base, (form for text in texts for form in (text.text, "\n".join(text.strings[:20]))))
    weights = begin(base, vocabulary, len(labels))
    known = {piece: at for at, piece in enumerate(vocabulary)}
    read = list(dict.fromkeys(rng.choice(variants(text, rng))[0] for text in texts if _is_read(text, rng)))
    say(f"{len(vocabulary)} pieces; {len(read)} texts are read by the base")
    goal = torch.tensor(_meanings(base, read))
    rows = [pieces(known, text) for text in read]
    inside = [each for name, each in weights.items() if not name.startswith(("heads", "sharpness", "words"))]
    steps = _LIKENESS_PASSES * (len(rows) // BATCH + 1)
    learn = _Steps([(inside, 5e-4), ([weights["words"]], _WORD_STEP)], steps)
    for each in range(_LIKENESS_PASSES):
        alike = 0.0
        for part in _mixed(list(range(len(rows))), rows, rng):
            middle, wanted = unit(weights, [rows[at] for at in part]), goal[part]
            same = (middle * wanted).sum(1).mean()
            learn(1 - same + 5 * ((middle @ middle.T - wanted @ wanted.T) ** 2).mean())
            alike += float(same.detach()) * len(part) / len(rows)
        say(f"likeness to the base, pass {each + 1} of {_LIKENESS_PASSES}: {alike:.3f}")
    return Learned(weights, vocabulary, tuple(labels))


def fit(begun: Learned, texts: Sequence[Text], say: Say, passes: int = _PASSES) -> Learned:
    """Learn to tell techniques apart.

    Args:
        begun: Where to begin; it stays as it is.
        texts: What is learned from.
        say: Told what happens, one line at a time.
        passes: How often each text is read, in another form each time.
    """
    torch.manual_seed(SEED)
    rng = random.Random(SEED)  # noqa: S311 # not for secrets
    weights = {name: each.detach().clone().requires_grad_() for name, each in begun.weights.items()}
    known = {piece: at for at, piece in enumerate(begun.vocabulary)}
    goals = _goals(texts, begun.labels)
    _place_heads(weights, [pieces(known, text.text) for text in texts], goals, texts)
    heads = [weights[name] for name in ("heads", "heads_shift", "sharpness")]
    inside = [each for name, each in weights.items() if not name.startswith(("heads", "sharpness", "words"))]
    procedures = sum(text.source == "procedure" for text in texts)
    steps = passes * ((len(texts) - int((1 - _PROCEDURES) * procedures)) // BATCH + 2)
    learn = _Steps([(inside, _STEP), ([weights["words"]], _WORD_STEP), (heads, _HEAD_STEP)], steps)
    for each in range(passes):
        total, count = 0.0, 0
        chosen = [at for at, text in enumerate(texts) if text.source != "procedure" or rng.random() < _PROCEDURES]
        rows: dict[int, list[int]] = {at: _form(texts[at], known, rng) for at in chosen}
        for part in _mixed(chosen, rows, rng):
            shares = torch.log_softmax(scores(weights, unit(weights, [rows[at] for at in part], learning=True)), -1)
            loss = _loss(shares, [goals[at] for at in part], [texts[at].weight for at in part])
            learn(loss)
            total, count = total + float(loss.detach()), count + 1
        say(f"pass {each + 1} of {passes}: loss {total / count:.3f}")
    return Learned(weights, begun.vocabulary, begun.labels)


Goal = tuple[tuple[int, ...], ...]
"""Sets of labels: each should be met by any of its labels."""


class _Steps:
    """Takes steps down a slope, shorter and shorter ones."""

    def __init__(self, groups: Sequence[tuple[Sequence[Any], float]], steps: int) -> None:
        self._all = [each for some, _ in groups for each in some]
        self._optimiser = torch.optim.AdamW(
            [{"params": list(some), "lr": step} for some, step in groups], weight_decay=0.0, fused=True
        )
        self._schedule = torch.optim.lr_scheduler.LambdaLR(
            self._optimiser, lambda at: min(1.0, (at + 1) / 100) * max(0.01, 1 - at / steps)
        )

    def __call__(self, loss: Any) -> None:
        self._optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self._all, 1.0)
        self._optimiser.step()
        self._schedule.step()


def _goals(texts: Sequence[Text], labels: Sequence[str]) -> list[Goal]:
    number = {label: at for at, label in enumerate(labels)}
    family: dict[str, list[int]] = {}
    for label, at in number.items():
        family.setdefault(label.split(".")[0], []).append(at)
    everyday: Goal = ((len(labels) - 1,),)
    return [
        tuple(tuple(family[each]) if text.coarse and "." not in each else (number[each],) for each in text.techniques)
        or everyday
        for text in texts
    ]


def _place_heads(weights: Weights, rows: Sequence[Sequence[int]], goals: Sequence[Goal], texts: Sequence[Text]) -> None:
    """Each label begins in the middle of its texts."""
    with torch.no_grad():
        middles = torch.randn(weights["heads"].shape[1], weights["heads"].shape[0]) * 1e-3
        for part in _parts(range(len(rows)), rows, 2 * BATCH):
            for at, middle in zip(part, unit(weights, [rows[at] for at in part]), strict=True):
                for some in goals[at]:
                    middles[some[0]] += middle * texts[at].weight
        weights["heads"].copy_(torch.nn.functional.normalize(middles, dim=1).T)


def _form(text: Text, known: Mapping[str, int], rng: random.Random) -> list[int]:
    forms = variants(text, rng)
    form = rng.choices([each for each, _ in forms], [weight for _, weight in forms])[0]
    found = pieces(known, form)
    return [found[0], *(each for each in found[1:-1] if rng.random() >= _LEFT_OUT), found[-1]]


def _loss(shares: Any, goals: Sequence[Goal], weights: Sequence[float]) -> Any:
    places = [
        (row, label, number)
        for number, (row, some) in enumerate((row, some) for row, goal in enumerate(goals) for some in goal)
        for label in some
    ]
    rows, labels, numbers = (torch.tensor(each) for each in zip(*places, strict=True))
    counts = torch.tensor([weight / len(goal) for goal, weight in zip(goals, weights, strict=True) for _ in goal])
    met = torch.zeros(len(counts)).index_add(0, numbers, shares[rows, labels].exp())
    named = -(counts * (met + 1e-9).log()).sum() / sum(weights)
    return (1 - _EVEN) * named - _EVEN * shares.mean()


def _parts(chosen: Sequence[int], rows: Any, size: int) -> Iterator[list[int]]:
    order = sorted(chosen, key=lambda at: len(rows[at]))
    for first in range(0, len(order), size):
        yield order[first : first + size]


def _mixed(chosen: list[int], rows: Any, rng: random.Random) -> list[list[int]]:
    """Batches of texts about as long as each other, in any order."""
    rng.shuffle(chosen)
    size = BATCH * _SORTED
    found = [
        part for first in range(0, len(chosen), size) for part in _parts(chosen[first : first + size], rows, BATCH)
    ]
    rng.shuffle(found)
    return found


def _is_read(text: Text, rng: random.Random) -> bool:
    return text.source != "name" and (text.source != "procedure" or rng.random() < _PROCEDURES / 2)


def _meanings(base: Base, texts: Sequence[str]) -> NDArray[np.float32]:
    """What the whole base makes of texts: the middle of its last layer, of length 1."""
    known = {piece: at for at, piece in enumerate(base.vocabulary)}
    rows = [_base_pieces(known, text) for text in texts]
    table, places = (
        torch.tensor(base.weights[f"embeddings.{name}_embeddings.weight"]) for name in ("word", "position")
    )
    places = places + torch.tensor(base.weights["embeddings.token_type_embeddings.weight"][0])
    norm = [torch.tensor(base.weights[f"embeddings.LayerNorm.{each}"]) for each in ("weight", "bias")]
    depth = sum(name.endswith("attention.self.query.weight") for name in base.weights)
    layers = [{name: torch.tensor(each) for name, each in base_layer(base, at).items()} for at in range(depth)]
    found = np.zeros((len(rows), table.shape[1]), np.float32)
    with torch.no_grad():
        for part in _parts(range(len(rows)), rows, BATCH):
            length = max(len(rows[at]) for at in part)
            numbers, present = torch.zeros(len(part), length, dtype=torch.long), torch.zeros(len(part), length)
            for row, at in enumerate(part):
                numbers[row, : len(rows[at])] = torch.tensor(rows[at])
                present[row, : len(rows[at])] = 1
            hidden = _level(table[numbers] + places[:length], norm)
            for layer in layers:
                hidden = _whole_layer(layer, hidden, present)
            middle = (hidden * present[..., None]).sum(1) / present.sum(1, keepdim=True)
            found[part] = torch.nn.functional.normalize(middle, dim=-1).numpy()
    return found


def _whole_layer(layer: Mapping[str, Any], hidden: Any, present: Any) -> Any:
    texts, length, width = hidden.shape
    mixed = (hidden @ layer["attend"] + layer["attend_shift"]).view(texts, length, 3, HEADS, width // HEADS)
    queries, keys, values = mixed.permute(2, 0, 3, 1, 4)
    seen = torch.nn.functional.scaled_dot_product_attention(
        queries, keys, values, attn_mask=present[:, None, None, :].bool()
    )
    seen = seen.transpose(1, 2).reshape(texts, length, width)
    hidden = _level(hidden + seen @ layer["join"] + layer["join_shift"], layer["norms"][:2])
    inner = torch.nn.functional.gelu(hidden @ layer["up"] + layer["up_shift"])
    return _level(hidden + inner @ layer["down"] + layer["down_shift"], layer["norms"][2:])


def _level(rows: Any, norm: Any) -> Any:
    return torch.nn.functional.layer_norm(rows, rows.shape[-1:], norm[0], norm[1], 1e-12)


def _base_pieces(known: Mapping[str, int], text: str) -> list[int]:
    """A text in the base's own pieces, punctuation too."""
    found = [known[START]]
    for run in _BASE_RUN.findall(text.lower()):
        found += pieces(known, run)[1:-1] if run[0].isalnum() else [known.get(run, known["[UNK]"])]
        if len(found) >= _BASE_PIECES - 1:
            break
    return [*found[: _BASE_PIECES - 1], known[END]]
