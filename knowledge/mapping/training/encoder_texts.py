"""The texts that the encoder learns from: ATT&CK's own, Sigma rules, this product's and other people's.

Other people's texts are read from files beside the checkout, and only numbers learned from them are shipped.
"""

from __future__ import annotations

import json
import lzma
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge.catalog import Catalog
from knowledge.detections.importer import read_detections
from knowledge.mapping.building import everyday_lines
from knowledge.mapping.evidence import Source, current_ids, shipped_evidence

RULES = "sigma"
"""The source of Sigma rules, shipped and imported."""

WEIGHTS = {
    RULES: 2.0, "everyday": 2.0, "written": 1.5,
    "description": 0.7, "analytic": 0.7, "strategy": 0.7, "procedure": 0.5,
}  # fmt: skip
"""How much a text counts, by where it comes from; 1 where nothing is said."""

COARSE = 0.3
"""How much a text counts whose label stands for a whole family, beside one whose label is meant."""

_STRINGS = 6  # most detection strings of a rule that make one text
_BEFORE_19 = {
    "T1684.001": "T1656", "T1684.002": "T1672", "T1685": "T1562.001", "T1685.001": "T1562.002",
    "T1685.002": "T1562.008", "T1685.003": "T1562.011", "T1685.004": "T1562.012", "T1685.005": "T1070.001",
    "T1685.006": "T1070.002", "T1686": "T1562.004", "T1686.001": "T1562.007", "T1686.002": "T1562.013",
    "T1686.003": "T1562.004", "T1688": "T1562.009", "T1689": "T1562.010", "T1690": "T1562.003",
}  # fmt: skip
"""What techniques new in release 19 were called in 18.1, by release 19's own ``revoked-by``."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text whose techniques are known.

    Attributes:
        text: A title and a description on two lines, a sentence, or a raw line.
        techniques: Current ids; none of an everyday text.
        source: Where it comes from.
        coarse: Whether a technique stands for any of its family, too.
        strings: What a rule looks for, word for word.
        origin: What it is held out with when accuracy is estimated: one group's examples, one strategy.
        others: Whether other people wrote it, who are held out together.
    """

    text: str
    techniques: tuple[str, ...]
    source: str
    coarse: bool = False
    strings: tuple[str, ...] = ()
    origin: str = ""
    others: bool = False

    @property
    def weight(self) -> float:
        """How much it counts."""
        return WEIGHTS.get(self.source, 1.0) * (COARSE if self.coarse else 1.0)


def gather(catalog: Catalog, rules: Path, labelled: Sequence[Path]) -> tuple[Text, ...]:
    """All texts, in a fixed order, each text of a source once.

    Args:
        catalog: Says which techniques are current, and what ATT&CK writes about them.
        rules: Sigma rules as a team imports them.
        labelled: Files of one JSON object a line, ``.jsonl`` or ``.jsonl.xz``, with ``text`` and ``labels`` (none of an
            everyday text), and perhaps ``kind`` or ``source`` and ``coarse``.
    """
    _, imported = read_detections(rules, catalog)
    known = {piece.origin: piece.techniques for piece in shipped_evidence(catalog) if piece.source is Source.RULE}
    found = [
        Text(f"{each.title}\n{each.description}", named, RULES, strings=each.strings, origin=each.id)
        for each in imported
        if each.covers and (named := _current(catalog, known.get(each.id, each.ids)))
    ]
    of_rules = {each.id for each in imported}
    for piece in shipped_evidence(catalog):
        named = _current(catalog, piece.techniques)
        if named and not (piece.source is Source.RULE and piece.origin in of_rules):
            source = RULES if piece.source is Source.RULE else piece.source.value
            found.append(Text(piece.text, named, source, origin=piece.origin))
    for path in labelled:
        found += [_labelled(catalog, row) for row in _rows(path)]
    found += [Text(line, (), "everyday") for line in everyday_lines()]
    return tuple({(each.text, each.source): each for each in found}.values())


def variants(text: Text, rng: random.Random) -> list[tuple[str, float]]:
    """The forms in which a text is learned, with the weight of each: whole, in part, as a record would give it."""
    title, _, description = text.text.partition("\n")
    if not description.strip():
        forms = [(text.text, 1.0)]
    else:
        forms = [(text.text, 0.6), (title, 0.35), (description, 0.25)]
    if text.strings:
        strings = rng.sample(text.strings, min(len(text.strings), rng.randint(1, _STRINGS)))
        forms += [("\n".join(strings), 0.2), ("\n".join((title, *strings)), 0.25)]
    return forms


def _labelled(catalog: Catalog, row: Mapping[str, object]) -> Text:
    labels = row.get("labels") or ()
    assert isinstance(labels, Iterable)  # noqa: S101 # the files are ours to check by hand
    named = _current(catalog, tuple(str(each) for each in labels))
    source = "written" if "kind" in row else str(row.get("source", "everyday" if not named else "written"))
    return Text(str(row["text"]), named, source, coarse=bool(row.get("coarse")), others="source" in row)


def _current(catalog: Catalog, ids: Sequence[str]) -> tuple[str, ...]:
    return current_ids(
        catalog, tuple(_BEFORE_19.get(each, each) if catalog.find(each) is None else each for each in ids)
    )


def _rows(path: Path) -> Iterator[Mapping[str, object]]:
    raw = path.read_bytes()
    for line in (lzma.decompress(raw) if path.suffix == ".xz" else raw).decode("utf-8").splitlines():
        if line.strip():
            yield json.loads(line)
