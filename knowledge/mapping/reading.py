"""An alert as it is scored: its words, the stretch each stands in, and what encoded parts decode to.

A record is read field by field, each weighed by the part it plays; prose by lines and sentences. What was decoded is
read like the rest; its words have the place of the encoded run they came from, so that every quote is an exact
substring of what was pasted.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from knowledge.alerts.model import Alert, Field, Record, Role
from knowledge.mapping.clauses import SEEN, TITLE, Clause, clauses, pieces, shadow
from knowledge.mapping.decode import decoded_parts
from knowledge.mapping.words import terms, words

WEIGHTS = {
    Role.TITLE: TITLE,
    Role.RULE: TITLE,
    Role.TECHNIQUE: SEEN,
    Role.DESCRIPTION: SEEN,
    Role.MESSAGE: SEEN,
    Role.ACTION: 1.5,
    Role.COMMAND: SEEN,
    Role.SCRIPT: SEEN,
    Role.REGISTRY: SEEN,
    Role.URL: 0.7,
    Role.TARGET: 0.7,
    Role.FILE: 0.7,
    Role.PROCESS: 0.6,
    Role.PARENT: 0.4,
    Role.USER_AGENT: 0.4,
    Role.DETAIL: 0.35,
}
"""How much the words of a field count; of other roles they do not. Set by hand, checked on texts held out."""

NUMBER = 0.3
"""How much a bare number counts beside a word: a status, a port and a size say little, an event id something."""

NAME = 0.3
"""How much the words of a detail's own name count: ``privileged``, ``ForwardTo``."""

MAX_FIELDS = 400
"""Fields of one record that are read, the telling roles first; a longer record repeats itself."""

MAX_VALUE = 20_000
"""Characters of one field that are read as words."""

_NEUTRAL = re.compile(
    r"(?<![\w.-])(?:\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?"
    r"|(?:\d{1,3}\.){3}\d{1,3}(?::\d{1,5})?)(?![\w.-])"
)
"""Times and addresses in prose, which say nothing of what was done."""

_AS_SENTENCES = frozenset({Role.DESCRIPTION, Role.MESSAGE})


@dataclass(frozen=True, slots=True)
class Stretch:
    """A clause or a field of a reading.

    Attributes:
        start: Offset in the pasted text.
        end: Offset behind it.
        weight: See `WEIGHTS` and `knowledge.mapping.clauses`.
        first: Number of its first word.
        last: Number behind its last word.
        decoded: What the stretch decodes to, where it is an encoded run; empty elsewhere.
        field: The name of the field it stands in; empty in prose.
    """

    start: int
    end: int
    weight: float
    first: int
    last: int
    decoded: str = ""
    field: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """A text cut into words and stretches.

    Attributes:
        text: The pasted text, whole.
        forms: For each word the forms it compares by.
        starts: For each word its offset in the pasted text.
        ends: For each word the offset behind it.
        clause: For each word the number of its stretch.
        stretches: The stretches that hold a word, in order; decoded ones last.
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
        """Each term and how often it stands there, weighed by its stretches."""
        found: dict[str, float] = {}
        for stretch in self.stretches:
            for term in terms(self.forms[stretch.first : stretch.last]):
                weight = stretch.weight * NUMBER if term.isdigit() else stretch.weight
                found[term] = found.get(term, 0.0) + weight
        return found

    def title_counts(self) -> dict[str, float]:
        """Each term of what the alert is called."""
        titles = [stretch for stretch in self.stretches if stretch.weight == TITLE] or self.stretches[:1]
        every = (term for stretch in titles[:3] for term in terms(self.forms[stretch.first : stretch.last]))
        return {term: float(n) for term, n in Counter(every).items()}


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece to cut into words.

    Attributes:
        text: What is cut.
        start: Where it stands in the paste.
        end: Where that ends.
        whole: Whether each word has the place of the whole piece, since the paste writes it otherwise.
    """

    text: str
    start: int
    end: int
    weight: float
    field: str = ""
    whole: bool = False


def read(text: str) -> Reading:
    """Read a text as prose; linear in its length, decoding within the bounds of `knowledge.mapping.decode`."""
    return _read(text, _prose(text, 0, len(text), ""))


def read_records(alert: Alert, records: Sequence[Record]) -> Reading:
    """Read some records of an alert, in their order."""
    return _read(alert.text, (part for record in records for part in _record(alert.text, record)))


def name_of(field: Field) -> str:
    """The last part of a field's path, as the record writes it."""
    return field.path.rsplit(".", 1)[-1]


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
        stretches.append(Stretch(old.start, old.end, old.weight, first, len(forms), old.decoded, old.field))
    return Reading(reading.text, tuple(forms), tuple(starts), tuple(ends), tuple(clause), tuple(stretches))


def _record(text: str, record: Record) -> Iterator[_Part]:
    if record.format == "prose":
        for field in record.fields:
            yield from _prose(text, field.start, field.end, "")
        return
    read_ = [field for field in record.fields if field.role in WEIGHTS and field.value and not _is_count(field)]
    if len(read_) > MAX_FIELDS:
        first = sorted(read_, key=lambda field: -WEIGHTS[field.role])[:MAX_FIELDS]
        chosen = {id(field) for field in first}
        read_ = [field for field in read_ if id(field) in chosen]
    seen: set[tuple[str, str]] = set()
    for field in read_:
        if (key := (name_of(field), field.value)) not in seen:
            seen.add(key)
            yield from _field(text, field)


def _is_count(field: Field) -> bool:
    """Whether a detail is only a number: a size, a status, a count."""
    return field.role is Role.DETAIL and field.value.isdecimal()


def _field(text: str, field: Field) -> Iterator[_Part]:
    name, weight = name_of(field), WEIGHTS[field.role]
    start, end = field.start, min(field.end, field.start + MAX_VALUE)
    value = field.value[:MAX_VALUE]
    if text[start:end] != value and shadow(text[start:end]).split() != shadow(value).split():
        for clause in clauses(value) if field.role in _AS_SENTENCES else (Clause(0, len(value), 1.0),):
            yield _Part(shadow(value[clause.start : clause.end]), start, field.end, weight, name, whole=True)
    elif field.role in _AS_SENTENCES:
        yield from _prose(text, start, end, name, titled=False)
    else:
        blanked = shadow(text[start:end])
        for left, right in pieces(blanked):
            yield _Part(blanked[left:right], start + left, start + right, weight, name)
        yield from _decoded(value, start, end, name)
    if field.role is Role.DETAIL and len(value) < 60 and field.end > start:
        yield _Part(name, start, field.end, NAME, name, whole=True)


def _prose(text: str, start: int, end: int, field: str, *, titled: bool = True) -> Iterator[_Part]:
    part = text[start:end]
    blanked = shadow(part)
    for clause in clauses(_NEUTRAL.sub(_blank, blanked), titled=titled):
        yield _Part(blanked[clause.start : clause.end], start + clause.start, start + clause.end, clause.weight, field)
    yield from _decoded(part, start, end, field)


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _decoded(value: str, start: int, end: int, field: str) -> Iterator[_Part]:
    aligned = len(value) == end - start
    for each in decoded_parts(value):
        blanked = shadow(each.text)
        left, right = (start + each.start, start + each.end) if aligned else (start, end)
        for clause in clauses(blanked):
            weight = min(SEEN, clause.weight)
            yield _Part(blanked[clause.start : clause.end], left, right, weight, field, whole=True)


def _read(text: str, parts: Iterable[_Part]) -> Reading:
    forms: list[tuple[str, ...]] = []
    starts: list[int] = []
    ends: list[int] = []
    clause: list[int] = []
    stretches: list[Stretch] = []
    for part in sorted(parts, key=lambda part: part.whole):
        found = words(part.text, part.start)
        if not found.forms:
            continue
        first = len(forms)
        forms += found.forms
        starts += [part.start] * len(found.forms) if part.whole else found.starts
        ends += [part.end] * len(found.forms) if part.whole else found.ends
        clause += [len(stretches)] * len(found.forms)
        decoded = part.text if part.whole else ""
        stretches.append(Stretch(part.start, part.end, part.weight, first, len(forms), decoded, part.field))
    return Reading(text, tuple(forms), tuple(starts), tuple(ends), tuple(clause), tuple(stretches))
