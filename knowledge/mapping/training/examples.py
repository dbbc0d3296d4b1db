"""Labelled texts as a mapper sees them that does not know them: what every number of `judgement` is learned from.

Each text is measured by an index that has not seen it, its near-duplicates or its origin, and with what an encoder says
that has not seen it either. Sigma rules are asked three times: with the other rules known, with a quarter of them, and
with none, since alerts of other makers are less like the shipped rules than the rules are like each other. The texts
written for this product are asked with none of their kind known, since one hand wrote them all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.alerts.events import Facts, shipped_facts
from knowledge.alerts.reading import read_alert
from knowledge.alerts.roles import Roles
from knowledge.catalog import Catalog
from knowledge.mapping import judgement as judging
from knowledge.mapping import lexicon as phrasebook
from knowledge.mapping.acts import acts_of, strongest
from knowledge.mapping.building import Builder, everyday_lines
from knowledge.mapping.evidence import Source, current_ids, harmless_rows
from knowledge.mapping.index import Floats, Index
from knowledge.mapping.measures import Measured, Seen, measure, query_of
from knowledge.mapping.team import Team
from knowledge.mapping.training.folds import (
    ALL,
    FOLDS,
    NONE,
    QUARTER,
    RANKED_BY,
    SEED,
    a_quarter,
    folds_of,
)
from knowledge.model import Domain

EVERYDAY_PARTS = 5

SAMPLE = 800
"""Analytics and procedure examples that are asked besides."""

TWIN = 0.3
"""How much a harmless text that looks like a technique counts beside an everyday one."""

Encoded = Callable[[str], tuple[Floats, float] | None]
"""What an encoder says of a text that it has not seen: log-probabilities of techniques by number, and of none."""


@dataclass(frozen=True, slots=True)
class Example:
    """A text, measured by what does not know it.

    Attributes:
        kind: Where it comes from, such as ``rule quarter``, ``written event``, ``sentinel``, ``everyday``.
        right: For each candidate whether its author named it; of a coarse label whether it is of its family.
        weight: How much it counts for the ranker.
        sure: How much it counts for confidence.
        fold: Which part of the evidence it belongs to.
    """

    kind: str
    measured: Measured
    right: NDArray[np.bool_]
    weight: float
    sure: float
    fold: int


@dataclass(frozen=True, slots=True)
class Asker:
    """Measures texts as the mapper does.

    Attributes:
        catalog: The releases.
        builder: All evidence.
        roles: Which part each field plays.
        encoded: What an encoder says that has not seen the text.
        numbers: The numbers of the current techniques for an id.
        facts: Facts about events.
    """

    catalog: Catalog
    builder: Builder
    roles: Roles
    encoded: Encoded
    numbers: Callable[[str], list[int]]
    facts: Facts

    @property
    def enterprise(self) -> NDArray[np.bool_]:
        """For each technique whether it is one of the enterprise domain."""
        found: NDArray[np.bool_] = self.builder.corpus.domains == list(Domain).index(Domain.ENTERPRISE)
        return found

    def ask(
        self, index: Index, text: str, keep: Floats | None = None, team: Team | None = None, encoded_as: str = ""
    ) -> Measured | None:
        """Read and measure a text whole.

        Args:
            index: What is known.
            text: What is asked.
            keep: For each piece of shipped evidence 0 to hold it out.
            team: Whose rules are known besides.
            encoded_as: The text that the encoder was asked of, where it is another.

        Returns:
            The measures; nothing where no encoder was asked that has not seen it.
        """
        said = self.encoded(encoded_as or text)
        if said is None:
            return None
        whole = acts_of(read_alert(text, self.roles), self.facts, None)[0]
        reading, width = whole.reading, len(index.corpus.techniques)
        hits = phrasebook.phrases_in(reading)
        query, title = query_of(index.corpus, reading.counts()), query_of(index.corpus, reading.title_counts())
        seen = Seen(strongest(whole.sighting.facts, self.numbers, width), *said)
        told = [team.told(reading, title, team.similarity(query))] if team else []
        return measure(index, query, title, hits, self.enterprise, keep, told, seen)


def examples(asker: Asker, public: Sequence[dict[str, Any]], say: Callable[[str], object]) -> Iterator[Example]:
    """Every example, in a fixed order.

    Args:
        asker: Measures them.
        public: Rows with ``source``, ``text``, ``labels`` and ``coarse``.
        say: Told what happens, one line at a time.
    """
    builder = asker.builder
    rng = np.random.default_rng(SEED)
    folds = folds_of(builder, rng)
    sources = np.array([piece.source for piece in builder.evidence])
    usable = np.array([bool(each) and bool(asker.enterprise[each].any()) for each in builder.labels])
    is_rule, is_written = sources == Source.RULE, sources == Source.WRITTEN
    rules, written = np.flatnonzero(is_rule & usable), np.flatnonzero(is_written & usable)
    drawn = rng.integers(FOLDS, size=len(sources))
    others = [
        rng.permutation(np.flatnonzero((sources == source) & usable))[:SAMPLE]
        for source in (Source.ANALYTIC, Source.PROCEDURE)
    ]
    for fold in range(FOLDS):
        held = folds == fold
        kept = {
            ALL: ~held | is_written,
            QUARTER: (~held & (~is_rule | np.isin(folds, a_quarter(fold)))) | is_written,
            NONE: ~held & ~is_rule,
        }
        for name, keep in kept.items():
            say(f"fold {fold + 1} of {FOLDS}, knowing {name}")
            mask = keep.astype(np.float32)
            index = Index(builder.corpus, builder.tables(mask))
            chosen = [(at, f"rule {name}", RANKED_BY[name], float(name != NONE)) for at in rules[held[rules]]]
            if name == ALL:
                chosen += [(at, str(sources[at]), 0.3, 0.0) for each in others for at in each[held[each]]]
            for at, kind, weight, sure in chosen:
                measured = asker.ask(index, builder.evidence[at].text, mask)
                if measured is None:
                    continue
                right = np.isin(measured.techniques, builder.labels[at])
                yield Example(kind, measured, right, weight, sure, fold)
    say(f"{len(written)} written texts, knowing none of them")
    mask = (~is_written).astype(np.float32)
    index = Index(builder.corpus, builder.tables(mask))
    for at in written:
        measured = asker.ask(index, builder.evidence[at].text, mask)
        if measured is None:
            continue
        right = np.isin(measured.techniques, builder.labels[at])
        yield Example(builder.evidence[at].origin, measured, right, 0.3, 0.3, int(drawn[at]))
    yield from _public(asker, public, say)


def _public(asker: Asker, public: Sequence[dict[str, Any]], say: Callable[[str], object]) -> Iterator[Example]:
    builder = asker.builder
    say(f"{len(public)} texts of other makers")
    index = Index(builder.corpus, builder.tables(np.ones(len(builder.evidence), np.float32)))
    drawn = np.random.default_rng(SEED).integers(FOLDS, size=len(public))
    parents = builder.corpus.parents
    for row, fold in zip(public, drawn.tolist(), strict=True):
        labels = [number for each in row["labels"] for number in asker.numbers(each)]
        if not labels or len(labels) > 4 or not asker.enterprise[labels].any():
            continue
        measured = asker.ask(index, row["text"])
        if measured is None:
            continue
        right = np.isin(measured.techniques, labels)
        if row["coarse"]:
            tops = [each for each in labels if parents[each] == each]
            right |= np.isin(parents[measured.techniques], tops)
        weight, sure = (0.4, 0.0) if row["coarse"] else (1.0, 1.0)
        yield Example(row["source"], measured, right, weight, sure, fold)


def everyday_examples(asker: Asker) -> Iterator[Example]:
    """The everyday lines, each measured as if its part had not been written.

    Of kind ``everyday``, or ``twin`` where a line was written to look like a technique: these count less, and no
    threshold is set by them.
    """
    builder = asker.builder
    lines = everyday_lines()
    twins = {row["text"] for row in harmless_rows() if row["near"]}
    known = builder.tables(np.ones(len(builder.evidence), np.float32))
    for part in range(EVERYDAY_PARTS):
        mine = lines[part::EVERYDAY_PARTS]
        unread = builder.everyday([line for at, line in enumerate(lines) if at % EVERYDAY_PARTS != part])
        index = Index(builder.corpus, replace(known, everyday=unread))
        for text in mine:
            measured = asker.ask(index, text)
            kind, sure = ("twin", TWIN) if text in twins else ("everyday", 1.0)
            if measured is not None:
                yield Example(kind, measured, np.zeros(len(measured.techniques), bool), 0.0, sure, part)


def strengths_of(found: Sequence[Example]) -> Floats:
    """The strengths of texts, one row each."""
    return np.stack([judging.strengths(each.measured) for each in found])


def numbers_in(catalog: Catalog, techniques: Sequence[str]) -> Callable[[str], list[int]]:
    """The numbers of the current techniques for an id, by their place among sorted ids."""
    place = {each: at for at, each in enumerate(techniques)}
    return lambda technique: [place[each] for each in current_ids(catalog, (technique,)) if each in place]


def asker_of(catalog: Catalog, builder: Builder, roles: Roles, encoded: Encoded) -> Asker:
    """An asker with the shipped facts."""
    numbers = numbers_in(catalog, builder.corpus.techniques)
    return Asker(catalog, builder, roles, encoded, numbers, shipped_facts())
