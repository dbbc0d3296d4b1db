"""How right mapping is on labelled alerts, with a plain baseline beside it in the same run.

    eval_mapping.py [SHARED]    SHARED holds attack/ and eval/; ../shared, or ATTACKBOT_SHARED, without one

The baseline is what a hundred lines reach: TF-IDF of words and character n-grams, technique centroids plus the
40 nearest pieces of the same evidence. "without ids" is the mapper deprived of the ids that a text writes out, "with
Sigma's rules" the mapper of a team that imported them.
"""

from __future__ import annotations

import json
import lzma
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY))

from knowledge.catalog import Catalog  # noqa: E402 # the checkout goes first
from knowledge.detections import read_detections  # noqa: E402
from knowledge.mapping import Mapper, open_mapper  # noqa: E402
from knowledge.mapping.evidence import current_ids, shipped_evidence  # noqa: E402
from knowledge.mapping.mentions import mentioned_ids  # noqa: E402
from knowledge.mapping.teams import rule_evidence  # noqa: E402
from knowledge.sources import newest, open_source  # noqa: E402

SETS = ("splunk_dev", "atomic_dev", "benign_dev")
Answer = list[tuple[str, float, str]]


def rows(folder: Path, name: str) -> list[dict[str, Any]]:
    path = next(folder.glob(f"{name}.jsonl*"))
    opener = lzma.open if path.suffix == ".xz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def baseline(catalog: Catalog) -> Callable[[Sequence[str]], list[Answer]]:
    """TF-IDF, centroids and the nearest forty."""
    from scipy import sparse
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.preprocessing import normalize

    evidence = shipped_evidence(catalog)
    ids = [technique.id for technique in catalog.techniques()]
    number = {each: at for at, each in enumerate(ids)}
    pairs = [(at, number[i]) for at, piece in enumerate(evidence) for i in current_ids(catalog, piece.techniques)]
    where = np.array(pairs).T
    shown = sparse.csr_array((np.ones(len(pairs)), (where[0], where[1])), shape=(len(evidence), len(ids)))
    kinds = (
        TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2), min_df=2, stop_words="english"),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True, min_df=3, max_features=300_000),
    )
    texts = [piece.text for piece in evidence]
    matrix = normalize(sparse.hstack([kind.fit_transform(texts) for kind in kinds])).tocsr().astype(np.float32)
    centroids = normalize(shown.T @ matrix).T.tocsr()
    transposed = matrix.T.tocsr()

    def answer(asked: Sequence[str]) -> list[Answer]:
        query = normalize(sparse.hstack([kind.transform(asked) for kind in kinds])).tocsr()
        near, middle = (query @ transposed).tocsr(), (query @ centroids).toarray()
        found = []
        for at in range(len(asked)):
            row = near[[at]]
            top = np.argsort(-row.data)[:40]
            votes = row.data[top] @ shown[row.indices[top]]
            score = middle[at] / (middle[at].max() + 1e-9) + votes / (votes.max() + 1e-9)
            best = np.argsort(-score)[:5]
            found.append([(ids[i], float(score[i] / 2), "none") for i in best])
        return found

    return answer


def ours(mapper: Mapper, *, masked_ids: bool) -> Callable[[Sequence[str]], list[Answer]]:
    def answer(asked: Sequence[str]) -> list[Answer]:
        texts = [without_ids(text, mapper.catalog) for text in asked] if masked_ids else asked
        return [[(t.id, t.confidence, t.band) for t in mapper.map(text).techniques] for text in texts]

    return answer


def without_ids(text: str, catalog: Catalog) -> str:
    """The text with every id it names taken out."""
    while mentions := mentioned_ids(text, catalog):
        for each in sorted(mentions, key=lambda mention: -mention.start):
            text = f"{text[: each.start]}it{text[each.end :]}"
    return text


def figures(labelled: Sequence[dict[str, Any]], answers: Sequence[Answer]) -> list[str]:
    """Top-1, top-5, abstained, calibration error, band *high*; as ../shared/eval/score_mapping.py counts them."""
    top1 = top5 = silent = 0
    high = [0, 0]
    bins = [[0, 0, 0.0] for _ in range(10)]
    for row, answer in zip(labelled, answers, strict=True):
        labels, ids = set(row["labels"]), [each[0] for each in answer]
        top1 += bool(labels & set(ids[:1]))
        top5 += bool(labels & set(ids))
        silent += not ids
        for technique, confidence, band in answer:
            high[0] += band == "high"
            high[1] += band == "high" and technique in labels
            if technique == ids[0]:
                one = bins[min(9, int(10 * confidence))]
                one[0], one[1], one[2] = one[0] + 1, one[1] + (technique in labels), one[2] + confidence
    size, answered = len(labelled), sum(one[0] for one in bins)
    error = sum(abs(right - said) for _, right, said in bins) / answered if answered else 0.0
    share = f"{high[1] / high[0]:.3f} of {high[0]}" if high[0] else "-"
    return [f"{top1 / size:.3f}", f"{top5 / size:.3f}", f"{silent / size:.3f}", f"{error:.3f}", share]


def main() -> None:
    shared = Path(
        sys.argv[1] if len(sys.argv) > 1 else os.environ.get("ATTACKBOT_SHARED") or REPOSITORY.parent / "shared"
    )
    source = open_source(str(shared / "attack"))
    catalog = Catalog(source.fetch(offer) for offer in newest(source.offers()))
    mapper = open_mapper(catalog)
    _, rules = read_detections(shared / "detections" / "sigma-rules.tar.xz", catalog)
    team = [rule_evidence(rule) for rule in rules if rule.covers]
    answerers = {
        "plain baseline": baseline(catalog),
        "without ids": ours(mapper, masked_ids=True),
        "mapper": ours(mapper, masked_ids=False),
        "with Sigma's rules": ours(mapper.with_detections(team), masked_ids=False),
    }
    print(f"{'set':12} {'by':18} {'top-1':>7} {'top-5':>7} {'silent':>7} {'error':>7}  {'band high':16} ms each")
    for name in SETS:
        labelled = rows(shared / "eval", name)
        for by, answer in answerers.items():
            start = time.perf_counter()
            answers = answer([row["text"] for row in labelled])
            each = 1000 * (time.perf_counter() - start) / len(labelled)
            top1, top5, silent, error, high = figures(labelled, answers)
            print(f"{name:12} {by:18} {top1:>7} {top5:>7} {silent:>7} {error:>7}  {high:16} {each:.1f}")


if __name__ == "__main__":
    main()
