"""Hand-written give-aways of techniques, and where they stand in a text.

``data/lexicon.toml`` says which phrases point at which technique, and how decisively. A phrase is matched as words, not
characters, so it stands whatever the case, the inflection or the quoting, and there is no pattern to run away.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from knowledge.mapping.clauses import SUPPOSED
from knowledge.mapping.reading import Reading
from knowledge.mapping.words import words

REACH = 40
"""Parts of one phrase stand at most this many words apart."""

_STRENGTHS = {"!": 0.65, "~": 0.12}
_PLAIN_STRENGTH = 0.35
_MAX_PLACES = 200  # of one word in one text that are tried

Phrase = tuple[tuple[str, ...], ...]
"""Parts in any order, each a run of words."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase that stands in a text.

    Attributes:
        phrase: Its number in the lexicon.
        weight: The weight of the clause it stands in, at most 1.5.
        first: The first word of it.
        last: The last word of it.
    """

    phrase: int
    weight: float
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Phrases, what they point at, and an index to find them by.

    Attributes:
        phrases: Each once.
        claims: For each phrase, ``(technique id, strength 0..1)``.
        by_word: The phrases that start with a word.
        written: Each phrase as it was written.
    """

    phrases: tuple[Phrase, ...]
    claims: tuple[tuple[tuple[str, float], ...], ...]
    by_word: Mapping[str, tuple[int, ...]]
    written: tuple[str, ...]


def lexicon_of(claims: Iterable[tuple[Phrase, str, float, str]]) -> Lexicon:
    """Index claims that a phrase points at a technique, with a strength, as written."""
    written: dict[Phrase, str] = {}
    merged: dict[Phrase, dict[str, float]] = {}
    for phrase, technique, strength, text in claims:
        written.setdefault(phrase, text)
        known = merged.setdefault(phrase, {})
        known[technique] = max(strength, known.get(technique, 0.0))
    by_word: dict[str, list[int]] = defaultdict(list)
    for number, phrase in enumerate(merged):
        by_word[phrase[0][0]].append(number)
    return Lexicon(
        tuple(merged),
        tuple(tuple(claim.items()) for claim in merged.values()),
        {word: tuple(numbers) for word, numbers in by_word.items()},
        tuple(written.values()),
    )


@cache
def shipped_lexicon() -> Lexicon:
    """The lexicon of this package; its ids are as written, of no particular release."""
    raw = tomllib.loads(files("knowledge.mapping").joinpath("data/lexicon.toml").read_text("utf-8"))
    return lexicon_of(
        (phrase, technique, _STRENGTHS.get(line[0], _PLAIN_STRENGTH), line.lstrip("!~ "))
        for technique, entry in raw.items()
        for line in entry["phrases"].splitlines()
        if line and (phrase := phrase_of(line.lstrip("!~ ")))
    )


def phrase_of(text: str) -> Phrase:
    """Read ``a b + c``; empty when no word of it counts."""
    parts = (tuple(forms[0] for forms in words(part).forms) for part in text.split(" + "))
    return tuple(part for part in parts if part)


def phrases_in(reading: Reading) -> list[Hit]:
    """Every phrase of the shipped lexicon that stands in a text, once, where it weighs most."""
    return find(shipped_lexicon(), reading.forms, reading.clause, reading.weights)


def find(
    lexicon: Lexicon, forms: Sequence[tuple[str, ...]], clause: Sequence[int], weights: Sequence[float]
) -> list[Hit]:
    """Every phrase that stands in a text, once, where it weighs most.

    Args:
        lexicon: The phrases.
        forms: The words of the text.
        clause: For each word the number of its clause.
        weights: For each clause its weight.
    """
    places: dict[str, list[int]] = defaultdict(list)
    for at, each in enumerate(forms):
        for form in each:
            places[form].append(at)
    hits = []
    for word in places.keys() & lexicon.by_word.keys():
        for number in lexicon.by_word[word]:
            if any(part[0] not in places for part in lexicon.phrases[number][1:]):
                continue
            hit = _place(lexicon.phrases[number], number, forms, places, clause, weights)
            if hit is not None:
                hits.append(hit)
    hits.sort(key=lambda hit: hit.phrase)
    return hits


def _place(
    phrase: Phrase,
    number: int,
    forms: Sequence[tuple[str, ...]],
    places: Mapping[str, list[int]],
    clause: Sequence[int],
    weights: Sequence[float],
) -> Hit | None:
    best: Hit | None = None
    for anchor in _runs(phrase[0], forms, places):
        first, last, whole = anchor, anchor + len(phrase[0]) - 1, True
        for part in phrase[1:]:
            nearest = min(_runs(part, forms, places), key=lambda at: abs(at - anchor), default=None)
            if nearest is None:
                return None
            if abs(nearest - anchor) > REACH:
                break
            whole = whole and clause[nearest] == clause[anchor]
            first, last = min(first, nearest), max(last, nearest + len(part) - 1)
        else:
            weight = min(1.5, weights[clause[anchor]]) if whole else SUPPOSED + 0.15
            if best is None or weight > best.weight:
                best = Hit(number, weight, first, last)
    return best


def _runs(part: tuple[str, ...], forms: Sequence[tuple[str, ...]], places: Mapping[str, list[int]]) -> Iterator[int]:
    for at in places.get(part[0], ())[:_MAX_PLACES]:
        if at + len(part) <= len(forms) and all(part[i] in forms[at + i] for i in range(1, len(part))):
            yield at
