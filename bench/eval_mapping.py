"""How right mapping is on labelled alerts, in one table.

    eval_mapping.py [SHARED] [--only NAME ...]    SHARED holds attack/, attack-19/, detections/ and eval/; ../shared, or
                                                  ATTACKBOT_SHARED, without one

The project's own sets, in ``tests/``, come first: it was made with them, so they tell what no longer works. A row
without labels is an everyday text, which should get no answer. "with Sigma's rules" is the mapper of a team that
imported them; the last rows ask other releases the same, with the labels followed to the ids of each.

first, in five   how often one of the labels is there
silent           how often an alert gets neither an answer nor leads
quiet            how often an everyday text gets neither
or weak          how often it gets nothing, or leads alone
ece              how far the confidence of the first technique is from how often it is right, in ten bins by its size
high, medium     how often a technique of that band is right, and of how many
"""

from __future__ import annotations

import argparse
import json
import lzma
import os
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY))

from knowledge.alerts.roles_file import read_roles  # noqa: E402 # the checkout goes first
from knowledge.catalog import Catalog  # noqa: E402
from knowledge.detections import read_detections  # noqa: E402
from knowledge.mapping import Mapper, Mapping, open_mapper  # noqa: E402
from knowledge.mapping.evidence import current_ids  # noqa: E402
from knowledge.mapping.teams import rule_evidence  # noqa: E402
from knowledge.sources import newest, open_source  # noqa: E402

TESTS = REPOSITORY / "tests" / "knowledge"
WEAK = 0.3
"""Below this confidence the first technique is a lead, no answer."""

HEAD = ("set", "texts", "first", "in five", "silent", "quiet", "or weak", "ece", "high", "medium", "ms each")
WIDTHS = (31, 5, 6, 7, 6, 6, 7, 6, 13, 13, 7)


@dataclass(frozen=True, slots=True)
class Row:
    """A text and the techniques it shows; none where it is everyday."""

    text: str
    labels: frozenset[str]


@dataclass(slots=True)
class Score:
    """What came of one set.

    Attributes:
        alerts: How many of its texts have labels.
        everyday: How many have none.
        first: Alerts whose first technique is right.
        in_five: Alerts with a right one among five.
        silent: Alerts without an answer.
        quiet: Everyday texts without an answer.
        quiet_or_weak: Everyday texts without an answer, or with leads alone.
        bins: Of first techniques by confidence: how many, how many right, their confidences together.
        bands: By band how many techniques, and how many right.
        seconds: How long all texts took the processor.
    """

    alerts: int = 0
    everyday: int = 0
    first: int = 0
    in_five: int = 0
    silent: int = 0
    quiet: int = 0
    quiet_or_weak: int = 0
    bins: list[list[float]] = field(default_factory=lambda: [[0, 0, 0.0] for _ in range(10)])
    bands: dict[str, list[int]] = field(default_factory=lambda: {"high": [0, 0], "medium": [0, 0], "low": [0, 0]})
    seconds: float = 0.0

    def add(self, labels: frozenset[str], mapping: Mapping) -> None:
        """Count one answer."""
        found = mapping.techniques
        if not labels:
            self.everyday += 1
            self.quiet += not found
            self.quiet_or_weak += not found or found[0].confidence < WEAK
            return
        self.alerts += 1
        self.first += any(each.id in labels for each in found[:1])
        self.in_five += any(each.id in labels for each in found[:5])
        self.silent += not found
        for each in found:
            self.bands[each.band][0] += 1
            self.bands[each.band][1] += each.id in labels
        for each in found[:1]:
            one = self.bins[min(9, int(10 * each.confidence))]
            one[0], one[1], one[2] = one[0] + 1, one[1] + (each.id in labels), one[2] + each.confidence

    def cells(self) -> tuple[str, ...]:
        """The figures in the order of `HEAD`; a dash where there is nothing to count."""
        answered = sum(number for number, _, _ in self.bins)
        error = sum(abs(right - said) for _, right, said in self.bins)
        texts = self.alerts + self.everyday
        return (
            str(texts),
            *(_share(each, self.alerts) for each in (self.first, self.in_five, self.silent)),
            *(_share(each, self.everyday) for each in (self.quiet, self.quiet_or_weak)),
            _share(error, answered),
            *(f"{_share(right, shown)} of {shown}" for shown, right in (self.bands["high"], self.bands["medium"])),
            f"{1000 * self.seconds / max(1, texts):.1f}",
        )


def _share(part: float, whole: float) -> str:
    return f"{part / whole:.3f}" if whole else "-"


def own_sets() -> Iterator[tuple[str, list[Row]]]:
    """The sets in ``tests/``: the yardsticks, and the everyday lines."""
    yardsticks = sorted((TESTS / "alerts").glob("yardstick_*.jsonl"))
    yield "own yardsticks", [row for path in yardsticks for row in rows(path)]
    lines = (TESTS / "mapping" / "everyday.txt").read_text("utf-8").splitlines()
    yield "own everyday lines", [Row(line, frozenset()) for line in lines if line and not line.startswith("#")]


def labelled_sets(folder: Path) -> Iterator[tuple[str, list[Row]]]:
    """The sets that are there of those that nothing has learned from."""
    for names in (("splunk_dev",), ("atomic_dev",), ("benign_dev",), ("alerts_dev", "operations_dev"), ("evtx_dev",)):
        found = [path for name in names for path in sorted(folder.glob(f"{name}.jsonl*"))]
        if found:
            yield " + ".join(names), [row for path in found for row in rows(path)]


def rows(path: Path) -> list[Row]:
    """The rows of a set, ``{"text", "labels"}`` a line."""
    opener = lzma.open if path.suffix == ".xz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        found: list[dict[str, Any]] = [json.loads(line) for line in lines if line.strip()]
    return [Row(each["text"], frozenset(each["labels"])) for each in found]


def score(mapper: Mapper, asked: Sequence[Row], *, follow: bool = False) -> Score:
    """Map every row.

    Args:
        mapper: Answers.
        asked: The rows.
        follow: Whether labels are followed to the ids of the mapper's releases, where these know them.
    """
    found = Score()
    for row in asked:
        started = time.process_time()
        mapping = mapper.map(row.text)
        found.seconds += time.process_time() - started
        labels = row.labels
        if follow:
            labels = frozenset(now for each in labels for now in current_ids(mapper.catalog, (each,)) or (each,))
        found.add(labels, mapping)
    return found


def mapper_of(spec: str) -> Mapper:
    """A mapper over the newest releases of a source."""
    source = open_source(spec)
    catalog = Catalog(source.fetch(offer) for offer in newest(source.offers()))
    path = REPOSITORY / "config" / "alert_fields.toml"
    return open_mapper(catalog, read_roles(path.read_bytes(), path.name))


def with_sigma(mapper: Mapper, archive: Path) -> Mapper:
    """The mapper of a team that imported Sigma's rules."""
    _, rules = read_detections(archive, mapper.catalog)
    return mapper.with_detections([rule_evidence(rule) for rule in rules if rule.covers], rules)


def scores(shared: Path, only: Sequence[str]) -> Iterator[tuple[str, Score]]:
    """Each set's name and score, one after the other."""

    def wanted(name: str) -> bool:
        return not only or any(each in name for each in only)

    sets = [*own_sets(), *labelled_sets(shared / "eval")]
    mapper = mapper_of(str(shared / "attack"))
    for name, asked in sets:
        if wanted(name):
            yield name, score(mapper, asked)
    events = [(f"{name}, with Sigma's rules", asked) for name, asked in sets if name == "evtx_dev"]
    if any(wanted(name) for name, _ in events):
        team = with_sigma(mapper, shared / "detections" / "sigma-rules.tar.xz")
        for name, asked in events:
            yield name, score(team, asked)
    for release, spec in (("17.1 snapshot", "snapshot"), ("19.1", str(shared / "attack-19"))):
        others = [(f"alerts_dev on {release}", asked) for name, asked in sets if name.startswith("alerts_dev")]
        if any(wanted(name) for name, _ in others):
            other = mapper_of(spec)
            for name, asked in others:
                yield name, score(other, asked, follow=True)


def show(cells: Sequence[str]) -> None:
    name, *figures = cells
    print(
        f"{name:{WIDTHS[0]}}",
        *(f"{each:>{width}}" for each, width in zip(figures, WIDTHS[1:], strict=True)),
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    default = os.environ.get("ATTACKBOT_SHARED") or REPOSITORY.parent / "shared"
    parser.add_argument("shared", nargs="?", type=Path, default=Path(default))
    parser.add_argument("--only", nargs="+", default=(), metavar="NAME", help="sets whose name holds one of these")
    arguments = parser.parse_args()
    show(HEAD)
    for name, found in scores(arguments.shared, arguments.only):
        show((name, *found.cells()))


if __name__ == "__main__":
    main()
