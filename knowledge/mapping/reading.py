"""A text as it is scored: its words, the clause each stands in, and what encoded parts decode to.

A decoded part is read like the rest; its words have the place of the encoded run they came from, so that every quote is
an exact substring of what was pasted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from knowledge.mapping.clauses import SEEN, TITLE, clauses, shadow
from knowledge.mapping.decode import Decoded, decoded_parts
from knowledge.mapping.words import terms, words


@dataclass(frozen=True, slots=True)
class Stretch:
    """A clause of a reading.

    Attributes:
        start: Offset in the pasted text.
        end: Offset behind it.
        weight: See `knowledge.mapping.clauses`.
        first: Number of its first word.
        last: Number behind its last word.
        decoded: What the stretch decodes to, where it is an encoded run; empty elsewhere.
    """

    start: int
    end: int
    weight: float
    first: int
    last: int
    decoded: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """A text cut into words and clauses.

    Attributes:
        text: The pasted text, whole.
        forms: For each word the forms it compares by.
        starts: For each word its offset in the pasted text.
        ends: For each word the offset behind it.
        clause: For each word the number of its stretch.
        stretches: The clauses that hold a word, in order; decoded ones last.
    """

    text: str
    forms: tuple[tuple[str, ...], ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    clause: tuple[int, ...]
    stretches: tuple[Stretch, ...]

    @property
    def weights(self) -> tuple[float, ...]:
        """The weight of each stretch."""
        return tuple(stretch.weight for stretch in self.stretches)

    def counts(self) -> dict[str, float]:
        """Each term and how often it stands there, weighed by its clauses."""
        found: dict[str, float] = {}
        for stretch in self.stretches:
            for term in terms(self.forms[stretch.first : stretch.last]):
                found[term] = found.get(term, 0.0) + stretch.weight
        return found

    def title_counts(self) -> dict[str, float]:
        """Each term of what the alert is called."""
        titles = [stretch for stretch in self.stretches if stretch.weight == TITLE] or self.stretches[:1]
        every = (term for stretch in titles[:3] for term in terms(self.forms[stretch.first : stretch.last]))
        return {term: float(n) for term, n in Counter(every).items()}


def read(text: str) -> Reading:
    """Read a text whole; linear in its length, decoding within the bounds of `knowledge.mapping.decode`."""
    blanked = shadow(text)
    parts = [(blanked[c.start : c.end], c.start, c.end, c.weight, None) for c in clauses(blanked)]
    return _read(text, [*parts, *_decoded(decoded_parts(text))])


def select(reading: Reading, keep: Iterable[int]) -> Reading:
    """Only some of a reading's stretches, by number."""
    forms: list[tuple[str, ...]] = []
    starts: list[int] = []
    ends: list[int] = []
    clause: list[int] = []
    stretches: list[Stretch] = []
    for number in keep:
        old = reading.stretches[number]
        first = len(forms)
        forms += reading.forms[old.first : old.last]
        starts += reading.starts[old.first : old.last]
        ends += reading.ends[old.first : old.last]
        clause += [len(stretches)] * (old.last - old.first)
        stretches.append(Stretch(old.start, old.end, old.weight, first, len(forms), old.decoded))
    return Reading(reading.text, tuple(forms), tuple(starts), tuple(ends), tuple(clause), tuple(stretches))


_Part = tuple[str, int, int, float, Decoded | None]


def _decoded(found: Iterable[Decoded]) -> list[_Part]:
    parts: list[_Part] = []
    for each in found:
        blanked = shadow(each.text)
        for clause in clauses(blanked):
            weight = min(SEEN, clause.weight)
            parts.append((blanked[clause.start : clause.end], each.start, each.end, weight, each))
    return parts


def _read(text: str, parts: Iterable[_Part]) -> Reading:
    forms: list[tuple[str, ...]] = []
    starts: list[int] = []
    ends: list[int] = []
    clause: list[int] = []
    stretches: list[Stretch] = []
    for piece, start, end, weight, decoded in parts:
        found = words(piece, start)
        if not found.forms:
            continue
        first = len(forms)
        forms += found.forms
        starts += found.starts if decoded is None else [start] * len(found.forms)
        ends += found.ends if decoded is None else [end] * len(found.forms)
        clause += [len(stretches)] * len(found.forms)
        stretches.append(Stretch(start, end, weight, first, len(forms), "" if decoded is None else piece))
    return Reading(text, tuple(forms), tuple(starts), tuple(ends), tuple(clause), tuple(stretches))
