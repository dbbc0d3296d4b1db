"""Which words of an alert are shown: the fields that tell most, each once, under a name that a reader recognises."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from knowledge.alerts.conditions import Condition
from knowledge.alerts.events import FactHit
from knowledge.alerts.model import Field, Role
from knowledge.alerts.paths import ends_with, path_parts
from knowledge.mapping.model import Quote

_WORTH = {
    Role.COMMAND: 5,
    Role.SCRIPT: 5,
    Role.TITLE: 4,
    Role.DESCRIPTION: 4,
    Role.MESSAGE: 4,
    Role.ACTION: 4,
    Role.TARGET: 4,
    Role.REGISTRY: 4,
    Role.URL: 4,
    Role.TECHNIQUE: 4,
    Role.DETAIL: 4,
    Role.RULE: 3,
    Role.FILE: 3,
    Role.PROCESS: 3,
    Role.PARENT: 3,
    Role.USER_AGENT: 2,
}
"""How much a reader learns from a field; of other roles nothing."""

_WHERE_FROM = frozenset(
    """
    provider providername eventprovider source sourcename eventsource channel logname log workload product vendor
    deviceproduct devicevendor applicationname dataset module category kind verb method httpmethod format service
    """.split()  # noqa: SIM905 - a list to read
)
"""Names of fields that say where an event comes from and not what happened."""

_SERVICES = (".amazonaws.com", ".googleapis.com", "microsoft.com")
_SAYS_LITTLE = frozenset(("name", "value", "type", "id", "key", "path", "text", "data", "result", "string", "label"))
"""Names that say nothing without the name above them."""

_LONG = 100
"""Characters from which a value that is no command is hard to read."""

_NEGATIVE = frozenset(("!=", "?!=", "?="))


def label_of(field: Field) -> str:
    """The name of a field as its record writes it, with the name above it where its own says nothing.

    >>> label_of(Field("process.parent.name", "w3wp.exe", 0, 8))
    'parent.name'
    """
    above, _, name = field.path.rpartition(".")
    if name.casefold() not in _SAYS_LITTLE or not above:
        return name
    return f"{above.rpartition('.')[2]}.{name}"


def tells(field: Field) -> bool:
    """Whether a reader learns from a field what happened, and not only whence the event comes."""
    return _worth(field) > 0


def telling_fields(fields: Iterable[Field], most: int = 2) -> list[Field]:
    """The fields that a reader learns most from, in the order of the paste.

    Args:
        fields: In the order they were asked for: conditions begin with what many events have in common.
        most: How many.
    """
    there = [each for each in fields if each.end > each.start]
    order = sorted(range(len(there)), key=lambda at: (-_worth(there[at]), -at))
    best = _worth(there[order[0]]) if order else 0
    chosen: list[Field] = []
    for at in order:
        each = there[at]
        known = any(each.start < one.end and one.start < each.end for one in chosen) or _stands_in(each.value, chosen)
        if not known and (tells(each) or best == 0):
            chosen.append(each)
    return sorted(chosen[:most], key=lambda each: each.start)


def asked_of(hit: FactHit) -> list[Field]:
    """The fields that make a fact hold by what they say, not by what they do not say."""
    missed = [key for each in hit.fact.all if _is_negative(each) for key in each.keys]
    said = [key for each in (*hit.fact.all, *hit.fact.any) if not _is_negative(each) for key in each.keys]
    return [each for each in hit.fields if _named_by(each, said) or not _named_by(each, missed)]


def chosen(quotes: Sequence[Quote], field: Callable[[int], Field | None]) -> Iterator[Quote]:
    """Quotes without those that say nothing beside the others.

    A quote is left out where an earlier one has its place, or where it stands word for word in another; and where its
    field says only whence the event comes, while another says what happened.

    Args:
        quotes: The surest first.
        field: The field at an offset; None in prose.
    """
    first: dict[tuple[int, int], Quote] = {}
    for each in quotes:
        first.setdefault((each.start, each.end), each)
    fields = [field(each.start) for each in first.values()]
    best = max((_worth(each) if each else 1 for each in fields), default=0)
    for each, at in zip(first.values(), fields, strict=True):
        others = [one.quote.casefold() for one in first.values() if len(one.quote) > len(each.quote)]
        repeated = at is not None and any(each.quote.casefold() in other for other in others)
        if not repeated and (at is None or _worth(at) > 0 or best == 0):
            yield each


def _worth(field: Field) -> int:
    parts = path_parts(field.path)
    if not parts or parts[-1] in _WHERE_FROM or parts[-2:] == ("provider", "name"):
        return 0 if parts else 1
    if field.value.endswith(_SERVICES):
        return 0
    worth = _WORTH.get(field.role, 0)
    return worth - 1 if len(field.value) > _LONG and worth < _WORTH[Role.COMMAND] else worth


def _stands_in(value: str, fields: Iterable[Field]) -> bool:
    """Whether other fields say it too, a program without its ending: ``net.exe`` beside ``net user``."""
    words = value.casefold()
    return any(words in said or said.startswith(f"{words.removesuffix('.exe')} ") for said in _values(fields))


def _values(fields: Iterable[Field]) -> Iterator[str]:
    return (each.value.casefold() for each in fields)


def _is_negative(condition: Condition) -> bool:
    return condition.op in _NEGATIVE


def _named_by(field: Field, keys: Iterable[str]) -> bool:
    parts = path_parts(field.path)
    return any(ends_with(parts, tuple(key.split("."))) for key in keys if key[0] not in "@=^")
