"""Which parts of a long text to look at: the stretches that tell something, together with what stands around them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from knowledge.mapping.clauses import SEEN, TITLE
from knowledge.mapping.index import Index
from knowledge.mapping.reading import Reading, select

SHORT = 700
"""A text of at most so many words is one passage."""

MOST = 8
"""Most passages looked at in one text."""

MOST_WORDS = 400
"""Most words of one passage."""

_GAP = 3  # stretches that tell nothing between two that do
_SEED = 0.4  # a passage starts where a stretch tells this share of what the best one does
_QUIET = 0.12  # below this share a stretch is left out
_TITLE_WORDS = 20


def passages(index: Index, reading: Reading) -> tuple[Reading, ...]:
    """The parts of a reading to score, most telling first; the reading itself when it is short."""
    if len(reading.forms) <= SHORT:
        return (reading,)
    telling = _telling(index, reading)
    groups = _groups(telling, [stretch.last - stretch.first for stretch in reading.stretches])
    groups.sort(key=lambda group: -float(np.sort(telling[group])[-6:].sum()))
    seen: set[tuple[tuple[str, ...], ...]] = set()
    found = []
    for group in groups:
        part = select(reading, group)
        if part.forms not in seen:
            seen.add(part.forms)
            found.append(_titled(part))
        if len(found) >= MOST:
            break
    return tuple(found)


def _telling(index: Index, reading: Reading) -> NDArray[np.float64]:
    """How much each stretch says, by its words alone: how decisive they are, less how everyday."""
    rows = index.corpus.rows
    flat = [rows.get(forms[0], -1) for forms in reading.forms]
    known = np.array(flat, np.int64)
    clause = np.array(reading.clause, np.int64)
    at = known >= 0
    tables = index.tables
    value = np.maximum(0, tables.alertness - 0.08 * tables.everyday)
    size = len(reading.stretches)
    total = np.bincount(clause[at], value[known[at]], size)
    number = np.bincount(clause, minlength=size)
    weights = np.array([min(SEEN, stretch.weight) for stretch in reading.stretches])
    return np.asarray(weights * total / np.sqrt(np.maximum(number, 4)))


def _groups(telling: NDArray[np.float64], lengths: Sequence[int]) -> list[list[int]]:
    """Runs of telling stretches around each seed."""
    highest = float(np.sort(telling)[-3:].mean())
    loud = np.flatnonzero(telling >= _QUIET * highest)
    groups: list[list[int]] = []
    words = 0
    for at in map(int, loud):
        if groups and at - groups[-1][-1] <= _GAP and words + lengths[at] <= MOST_WORDS:
            groups[-1].append(at)
        else:
            groups.append([at])
            words = 0
        words += lengths[at]
    seeds = telling >= _SEED * highest
    return [_trimmed(group, seeds) for group in groups if seeds[group].any()]


def _trimmed(group: list[int], seeds: NDArray[np.bool_]) -> list[int]:
    """A run from its first to its last seed: what stands before and behind says little, and would be read first."""
    places = np.flatnonzero(seeds[group])
    return group[int(places[0]) : int(places[-1]) + 1]


def _titled(part: Reading) -> Reading:
    """The first stretch of a passage is its title when it is short."""
    first = part.stretches[0]
    if first.weight == SEEN and first.last <= _TITLE_WORDS and not first.decoded:
        return replace(part, stretches=(replace(first, weight=TITLE), *part.stretches[1:]))
    return part
