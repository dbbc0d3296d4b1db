"""How right mapping is on texts of Enterprise, Mobile and ICS, asked of what does not know them.

    eval_domains.py [SHARED] [--unseen FILE] [--release 18.1]

SHARED holds attack/ and attack-19/ with a bundle of each domain; ../shared, or ATTACKBOT_SHARED, without one. The texts
are ATT&CK's procedure examples. A fifth of the groups, software and campaigns is held out at a time with all that is
written of them in any domain, and the index is built anew from the rest. `encoder` says which one was heard: `none` is
a lower bound, with every technique equally likely; `shipped` is an upper one, since that encoder learned from the
examples of 18.1; `unseen` is what networks said that had not seen the example, as training kept it in FILE
(`knowledge.mapping.training.encoder --unseen`), for the examples that are there. A text is asked with its domain named,
and, unless no encoder is heard, without: `opened` is how often its domain was among those that could be answered
then, `foreign` how often one of Mobile or ICS could be that is not the text's own.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY))

from knowledge.alerts.roles import Roles  # noqa: E402 # the checkout goes first
from knowledge.alerts.roles_file import read_roles  # noqa: E402
from knowledge.catalog import Catalog  # noqa: E402
from knowledge.mapping import Mapper  # noqa: E402
from knowledge.mapping.acts import Act  # noqa: E402
from knowledge.mapping.building import build_index  # noqa: E402
from knowledge.mapping.encoder import shipped_encoder  # noqa: E402
from knowledge.mapping.evidence import Evidence, Source, current_ids, shipped_evidence  # noqa: E402
from knowledge.mapping.index import Floats, Index  # noqa: E402
from knowledge.mapping.reading import Reading  # noqa: E402
from knowledge.mapping.training.unseen import Unseen  # noqa: E402
from knowledge.model import Domain  # noqa: E402
from knowledge.sources import newest, open_source  # noqa: E402

BUNDLES = {"18.1": "attack", "19.1": "attack-19"}
FOLDS = 5
SEED = 9
SAMPLE = 1_500
"""Enterprise texts that are asked; of the other domains all are."""

MISSED = 20
NAMED, FOUND = "named", "found"

Heard = tuple[Floats, float]
Encoder = Callable[[str], Heard | None]


@dataclass(frozen=True, slots=True)
class Example:
    """A text of one domain, the techniques it shows there, and the fold in which it is held out."""

    text: str
    domain: Domain
    labels: frozenset[str]
    fold: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered to an example: ids and confidences, best first, and the domains that could be answered."""

    example: Example
    ids: tuple[str, ...]
    confidences: tuple[float, ...]
    opened: frozenset[Domain]


class HeardMapper(Mapper):
    """A mapper that hears another encoder.

    Args:
        catalog: The releases.
        index: What is known.
        roles: Which part each field plays.
        encoder: What it says of a pasted text; nothing of one that is not to be asked. The shipped one without.
    """

    def __init__(self, catalog: Catalog, index: Index, roles: Roles, encoder: Encoder | None) -> None:
        super().__init__(catalog, index, roles)
        self._encoder = encoder
        self._opened: frozenset[Domain] = frozenset()

    def _allowed(self, whole: Act, domain: Domain | None, heard: Heard) -> NDArray[np.bool_]:
        allowed = super()._allowed(whole, domain, heard)
        opened = np.unique(self._index.corpus.domains[allowed]).tolist()
        self._opened = frozenset(list(Domain)[each] for each in opened)
        return allowed

    def _encoded(self, readings: Sequence[Reading]) -> list[Heard]:
        heard = [self._encoder(each.text) if self._encoder else None for each in readings]
        said = super()._encoded([each for each, one in zip(readings, heard, strict=True) if one is None])
        left = iter(said)
        return [next(left) if each is None else each for each in heard]

    def answer(self, example: Example, domain: Domain | None) -> Answer:
        """Map an example, and say which domains could be answered."""
        found = self.map(example.text, domain)
        return Answer(
            example,
            tuple(each.id for each in found.techniques),
            tuple(each.confidence for each in found.techniques),
            self._opened,
        )


def folds_of(evidence: Sequence[Evidence]) -> dict[str, int]:
    """The fold of each group, software and campaign."""
    origins = sorted({piece.origin for piece in evidence if piece.source is Source.PROCEDURE})
    order = np.random.default_rng(SEED).permutation(len(origins))
    return {origins[number]: at % FOLDS for at, number in enumerate(order.tolist())}


def examples_of(catalog: Catalog, evidence: Sequence[Evidence], folds: dict[str, int]) -> list[Example]:
    """Each text of each domain once, with all techniques it is an example of; a sample of Enterprise."""
    labels: defaultdict[tuple[Domain, str, int], set[str]] = defaultdict(set)
    for piece in evidence:
        if piece.source is Source.PROCEDURE:
            for each in piece.techniques:
                item = catalog.get(each)
                if item is not None:
                    labels[item.domains[0], piece.text, folds[piece.origin]].add(each)
    found = [Example(text, domain, frozenset(each), fold) for (domain, text, fold), each in labels.items()]
    found.sort(key=lambda each: (each.domain, each.text))
    enterprise = [each for each in found if each.domain is Domain.ENTERPRISE]
    drawn = np.random.default_rng(SEED).permutation(len(enterprise))[:SAMPLE]
    return [enterprise[at] for at in sorted(drawn.tolist())] + [
        each for each in found if each.domain is not Domain.ENTERPRISE
    ]


def silenced(width: int) -> Encoder:
    """An encoder that finds every technique equally likely, and no text harmless."""
    heard: Heard = np.full(width, -np.log(width), np.float32), 0.0
    return lambda _text: heard


def answers(catalog: Catalog, roles: Roles, unseen: Path | None) -> Iterator[tuple[str, str, Answer]]:
    """How each example was asked, which encoder was heard, and the answer."""
    evidence = shipped_evidence(catalog)
    folds = folds_of(evidence)
    examples = examples_of(catalog, evidence, folds)
    for fold in range(FOLDS):
        kept = [e for e in evidence if e.source is not Source.PROCEDURE or folds[e.origin] != fold]
        index = build_index(catalog, kept)
        plain = HeardMapper(catalog, index, roles, None)
        none = HeardMapper(catalog, index, roles, silenced(len(index.corpus.techniques)))
        said = Unseen(unseen, plain.numbers, len(index.corpus.techniques)) if unseen else None
        heard = HeardMapper(catalog, index, roles, said)
        for example in (each for each in examples if each.fold == fold):
            yield NAMED, "none", none.answer(example, example.domain)
            yield NAMED, "shipped", plain.answer(example, example.domain)
            yield FOUND, "shipped", plain.answer(example, None)
            if said and said(example.text) is not None:
                yield NAMED, "unseen", heard.answer(example, example.domain)
                yield FOUND, "unseen", heard.answer(example, None)
        print(f"  fold {fold + 1} of {FOLDS}", file=sys.stderr, flush=True)


def figures(found: Sequence[Answer]) -> str:
    """First, in three, in five, silent, calibration error of the first; opened and foreign."""

    def within(size: int) -> float:
        return sum(not each.example.labels.isdisjoint(each.ids[:size]) for each in found) / len(found)

    bins = [[0.0, 0.0] for _ in range(10)]
    answered = [each for each in found if each.ids]
    for each in answered:
        one = bins[min(9, int(10 * each.confidences[0]))]
        one[0] += each.ids[0] in each.example.labels
        one[1] += each.confidences[0]
    error = sum(abs(right - said) for right, said in bins) / max(1, len(answered))
    own = sum(each.example.domain in each.opened for each in found) / len(found)
    foreign = sum(bool(each.opened - {each.example.domain, Domain.ENTERPRISE}) for each in found) / len(found)
    silent = 1 - len(answered) / len(found)
    values = (within(1), within(3), within(5), silent, error, own, foreign)
    return f"{len(found):>5} " + " ".join(f"{value:>7.3f}" for value in values)


def most_missed(found: Sequence[Answer]) -> Iterator[str]:
    """The techniques that most often are not in five, with what is said first instead."""
    asked: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    instead: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for each in found:
        asked.update(each.example.labels)
        if each.example.labels.isdisjoint(each.ids[:5]):
            for label in each.example.labels:
                missed[label] += 1
                instead[label][each.ids[0] if each.ids else "silent"] += 1
    for label, count in missed.most_common(MISSED):
        said = ", ".join(f"{other} {times}" for other, times in instead[label].most_common(3))
        yield f"    {label:10} {count:>3} of {asked[label]:>3}   {said}"


def report(release: str, catalog: Catalog, found: dict[tuple[str, str], list[Answer]]) -> None:
    learned = set(current_ids(catalog, shipped_encoder().labels))
    for domain in Domain:
        rows = {key: [each for each in one if each.example.domain is domain] for key, one in found.items()}
        for (asked, encoder), one in rows.items():
            new = [each for each in one if each.example.labels.isdisjoint(learned)]
            if one:
                print(f"{release:8} {domain:11} {asked:6} {encoder:8} {figures(one)}")
            if new:
                print(f"{release:8} {'  new ids':11} {asked:6} {encoder:8} {figures(new)}")
    best = "unseen" if (NAMED, "unseen") in found else "none"
    for domain in Domain:
        print(f"  {release}, {domain}, named, encoder {best}: most often not in five")
        print("\n".join(most_missed([each for each in found[NAMED, best] if each.example.domain is domain])))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    default = os.environ.get("ATTACKBOT_SHARED") or REPOSITORY.parent / "shared"
    parser.add_argument("shared", type=Path, nargs="?", default=Path(default))
    parser.add_argument("--unseen", type=Path)
    parser.add_argument("--release", choices=sorted(BUNDLES), action="append")
    given = parser.parse_args()
    fields = REPOSITORY / "config" / "alert_fields.toml"
    roles = read_roles(fields.read_bytes(), fields.name)
    names = ("n", "first", "three", "five", "silent", "ece", "opened", "foreign")
    print(
        f"{'release':8} {'domain':11} {'asked':6} {'encoder':8} {names[0]:>5} " + " ".join(f"{n:>7}" for n in names[1:])
    )
    for release in given.release or sorted(BUNDLES):
        source = open_source(str(given.shared / BUNDLES[release]))
        catalog = Catalog(source.fetch(offer) for offer in newest(source.offers()))
        found: defaultdict[tuple[str, str], list[Answer]] = defaultdict(list)
        for asked, encoder, answer in answers(catalog, roles, given.unseen):
            found[asked, encoder].append(answer)
        report(release, catalog, found)


if __name__ == "__main__":
    main()
