"""Facts about events: which techniques an event shows when its fields say certain things, and who says so.

The facts are data, in ``data/events*.toml``; what their keys mean stands at the top of ``data/events.toml``.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from knowledge.alerts.conditions import Condition, RecordText, parse_condition, pattern_key
from knowledge.alerts.globs import GRAM, grams
from knowledge.errors import LocatedError
from knowledge.toml_file import read_toml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from knowledge.alerts.model import Field, Record

_FREQUENT = frozenset(" etaoinsrlcdh")
"""Letters that most texts are made of: a run of others is seldom there by chance."""
_KEYS = ("all", "any", "shows", "strength", "says", "source")
_TECHNIQUE = re.compile(r"T\d{4}(\.\d{3})?")
_FACT_HEADER = re.compile(r"\s*\[\[\s*fact\s*\]\]")


class FactsError(LocatedError, ValueError):
    """A file of facts that cannot be used."""


@dataclass(frozen=True, slots=True)
class Fact:
    """What an event shows when conditions hold.

    Attributes:
        all: Conditions that all have to hold.
        any: Conditions of which one has to hold; none when nothing more is asked.
        shows: ATT&CK ids of Enterprise 18.1.
        strength: How often an alert with this shows exactly these techniques, 0 to 1.
        says: Completes "because …".
        source: The page the fact rests on.
    """

    all: tuple[Condition, ...]
    any: tuple[Condition, ...]
    shows: tuple[str, ...]
    strength: float
    says: str
    source: str


@dataclass(frozen=True, slots=True)
class FactHit:
    """A fact that holds for a record.

    Attributes:
        fact: The fact.
        fields: The fields that make it hold, each once, in the order of its conditions.
    """

    fact: Fact
    fields: tuple[Field, ...]


class Facts:
    """Facts, indexed so that only the few that could hold for a record are tried on it.

    Each fact is filed under its most telling condition: a field with one of a few whole values; else, a run of four
    characters that one of its fields has to contain; else a field that has to be there; else it is always tried. What
    is found so is tried only where the record also has the rarest field that the fact needs.

    Attributes:
        facts: All of them, in the order of the files.
    """

    def __init__(self, facts: Iterable[Fact]) -> None:
        self.facts = tuple(facts)
        self._by_value: dict[str, dict[str, list[int]]] = {}
        self._by_gram: dict[str, list[int]] = {}
        self._by_key: dict[str, list[int]] = {}
        self._always: list[int] = []
        self._worded = frozenset(
            key for fact in self.facts for each in (*fact.all, *fact.any) if each.op == "~" for key in each.keys
        )
        common = Counter(
            gram
            for fact in self.facts
            for each in (*fact.all, *fact.any)
            for piece in _needles(each)
            for gram in set(grams(piece))
        )
        keys = Counter(key for fact in self.facts for each in (*fact.all, *fact.any) for key in each.keys)
        self._needs = tuple(_rarest_keys(fact, keys) for fact in self.facts)
        for number, fact in enumerate(self.facts):
            self._file(number, fact, common)

    def _file(self, number: int, fact: Fact, common: Mapping[str, int]) -> None:
        by_value = next((each for each in fact.all if _is_telling(each)), None)
        if by_value:
            for key in by_value.keys:
                values = self._by_value.setdefault(key, {})
                for value in by_value.literals:
                    values.setdefault(value, []).append(number)
            return
        choices = [_rarest_grams([each], common) for each in fact.all]
        choices.append(_rarest_grams(fact.any, common))
        best = min((each for each in choices if each), key=len, default=())
        for gram in best:
            self._by_gram.setdefault(gram, []).append(number)
        if not best:
            for key in self._needs[number]:
                self._by_key.setdefault(key, []).append(number)
            if not self._needs[number]:
                self._always.append(number)

    def hits(self, record: Record) -> tuple[FactHit, ...]:
        """The facts that hold for a record, the strongest first."""
        text = RecordText(record)
        held = (_hit(self.facts[number], text) for number in sorted(self._candidates(text)))
        return tuple(sorted((hit for hit in held if hit), key=lambda hit: -hit.fact.strength))

    def _candidates(self, record: RecordText) -> set[int]:
        numbers = set(self._always)
        for key in record.there & self._by_key.keys():
            numbers.update(self._by_key[key])
        there: set[str] = set()
        for text, keys in zip(record.fields, record.keys, strict=True):
            for key in keys:
                if key in self._by_value:
                    numbers.update(self._by_value[key].get(text.plain, ()))
            there |= text.text_grams
            if not self._worded.isdisjoint(keys):
                there |= text.word_grams
        for gram in there & self._by_gram.keys():
            numbers.update(self._by_gram[gram])
        return {each for each in numbers if not (needs := self._needs[each]) or not needs.isdisjoint(record.there)}


@cache
def shipped_facts() -> Facts:
    """The facts that come with the product.

    Raises:
        FactsError: A file of them is damaged.
    """
    folder = resources.files("knowledge.alerts") / "data"
    files = {each.name: each for each in folder.iterdir() if re.fullmatch(r"events.*\.toml", each.name)}
    return read_facts((name, files[name].read_bytes()) for name in sorted(files))


def read_facts(files: Iterable[tuple[str, bytes]]) -> Facts:
    """Read files of facts. The ``[aliases]`` of the first hold in all of them, those of another in that one.

    Args:
        files: The name, for messages, and the contents of each.

    Raises:
        FactsError: One is not TOML, or an alias or a fact in it is not as it has to be.
    """
    shared: dict[str, tuple[str, ...]] = {}
    facts: list[Fact] = []
    for number, (where, raw) in enumerate(files):
        text, tree = read_toml(raw, where, FactsError)
        own = _aliases(tree.get("aliases", {}), where)
        if number == 0:
            shared = own
        facts += _facts(tree, text, where, shared | own)
    return Facts(facts)


def _aliases(table: object, where: str) -> dict[str, tuple[str, ...]]:
    if not isinstance(table, dict):
        raise FactsError(where, "[aliases] must be a table")
    found = {}
    for name, others in table.items():
        if isinstance(others, dict):
            raise FactsError(where, f'alias {name}: a name with dots has to stand in quotation marks: "{name}.…"')
        try:
            key = pattern_key(name)
            found[key] = tuple(dict.fromkeys((key, *map(pattern_key, _texts(others)))))
        except ValueError as error:
            raise FactsError(where, f"alias {name}: {error}") from None
    return found


def _facts(tree: Mapping[str, object], text: str, where: str, aliases: Mapping[str, tuple[str, ...]]) -> Iterator[Fact]:
    for key in tree:
        if key not in ("aliases", "fact"):
            raise FactsError(where, f'"{key}" is not known; there are [aliases] and [[fact]]')
    tables = tree.get("fact", [])
    if not isinstance(tables, list):
        raise FactsError(where, "each fact starts with [[fact]]")
    lines = [number for number, line in enumerate(text.splitlines(), 1) if _FACT_HEADER.match(line)]
    for number, table in enumerate(tables):
        try:
            yield _fact(table, aliases)
        except ValueError as error:
            line = lines[number] if len(lines) == len(tables) else 0
            raise FactsError(where, f"fact {number + 1}: {error}", line) from None


def _fact(table: object, aliases: Mapping[str, tuple[str, ...]]) -> Fact:
    if not isinstance(table, dict):
        raise ValueError("it must be a table")
    for key in table:
        if key not in _KEYS:
            raise ValueError(f'"{key}" is not known; there are {", ".join(_KEYS)}')
    every, one_of = (
        tuple(parse_condition(each, aliases) for each in _texts(table.get(key, []))) for key in ("all", "any")
    )
    if not every and not one_of:
        raise ValueError("it has no condition")
    shows, strength = tuple(_texts(table.get("shows"))), table.get("strength")
    if not shows or not all(_TECHNIQUE.fullmatch(each) for each in shows):
        raise ValueError("shows must list ATT&CK ids")
    if not isinstance(strength, float) or not 0 < strength <= 1:
        raise ValueError("strength must be a number above 0, and 1.0 at the most")
    for key in _KEYS[-2:]:
        if not isinstance(table.get(key), str) or not table[key]:
            raise ValueError(f"{key} must be a text")
    return Fact(every, one_of, shows, strength, table["says"], table["source"])


def _texts(value: object) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise ValueError("a list of texts is missing")
    return value


def _hit(fact: Fact, record: RecordText) -> FactHit | None:
    fields: list[Field] = []
    for condition in fact.all:
        holding = condition.holding(record)
        if holding is None:
            return None
        fields += holding
    if fact.any:
        holding = next((each for each in (one.holding(record) for one in fact.any) if each is not None), None)
        if holding is None:
            return None
        fields += holding
    return FactHit(fact, tuple({id(field): field for field in fields if field.path or field.role != "noise"}.values()))


def _rarest_keys(fact: Fact, common: Mapping[str, int]) -> frozenset[str]:
    """Keys of which a record has to have one for a fact to hold; of several such sets the one that facts name least."""
    choices = [each.needs for each in fact.all]
    if fact.any and all(each.needs for each in fact.any):
        choices.append(frozenset(key for each in fact.any for key in each.needs))
    return min(
        (each for each in choices if each), key=lambda keys: sum(common[key] for key in keys), default=frozenset()
    )


def _is_telling(condition: Condition) -> bool:
    """Whether a field has to have one of a few whole values, and few records have them."""
    return (
        condition.op == "="
        and not condition.globs
        and not any("*" in key or key.startswith("=") for key in condition.keys)
    )


def _needles(condition: Condition) -> tuple[str, ...]:
    """For each value of a condition the longest text that a field has to contain."""
    if condition.op not in ("=", "~"):
        return ()
    pieces = (max(glob.pieces, key=len, default="") for glob in condition.globs)
    # A number may be written in another way.
    return (*pieces, *("" if literal.isdecimal() else literal for literal in condition.literals))


def _commonness(gram: str) -> int:
    return sum(letter in _FREQUENT for letter in gram)


def _rarest_grams(conditions: Iterable[Condition], common: Mapping[str, int]) -> tuple[str, ...]:
    """Grams of which a record has to have one for one of the conditions to hold; none when nothing like it is sure."""
    rarest = []
    for condition in conditions:
        needles = _needles(condition)
        if not needles or any(len(needle) < GRAM for needle in needles):
            return ()
        rarest += [min(grams(needle), key=lambda gram: (_commonness(gram), common[gram])) for needle in needles]
    return tuple(dict.fromkeys(rarest))
