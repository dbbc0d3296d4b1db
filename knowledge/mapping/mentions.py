"""Techniques that a text names: their ids, old ones among them, and their names in full."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from knowledge.catalog import Catalog
from knowledge.mapping.evidence import current_ids
from knowledge.mapping.reading import Reading
from knowledge.mapping.words import words
from knowledge.model import Domain

MAX_MENTIONS = 5
"""Most techniques taken from what a text names; a text that names more is a list, and its first ones count."""

_ID = re.compile(r"(?<![A-Za-z0-9])[Tt](\d{4})(?:[./](\d{3}))?(?![A-Za-z0-9])")
_DOUBTFUL = re.compile(r"(?:ticket|case|ref|order|model|part|room|serial)\W{0,3}$", re.IGNORECASE)


_FIRST = re.compile(r"(?<![\w-])[A-Z/][\w./-]*")
"""A word that may begin a technique's name."""

_WITHIN_A_WORD = re.compile(r"[\w-]")


@dataclass(frozen=True, slots=True)
class Mention:
    """A technique that a text names.

    Attributes:
        technique: The current id.
        start: Where it is named.
        end: Where that ends, exclusive.
        written: The id or name as it stands there, where it is another than the current id; empty otherwise.
        by_name: Whether its name stands there, not its id.
    """

    technique: str
    start: int
    end: int
    written: str = ""
    by_name: bool = False


def mentioned_ids(text: str, catalog: Catalog) -> tuple[Mention, ...]:
    """Every technique whose id stands in the text, once, in order; a revoked id leads to its successor."""
    found: dict[str, Mention] = {}
    for match in _ID.finditer(text):
        written = f"T{match[1]}" + (f".{match[2]}" if match[2] else "")
        current = current_ids(catalog, (written,))
        if (
            current
            and current[0] not in found
            and not _DOUBTFUL.search(text, max(0, match.start() - 12), match.start())
        ):
            other = written if current[0] != written else ""
            found[current[0]] = Mention(current[0], match.start(), match.end(), other)
        if len(found) >= MAX_MENTIONS:
            break
    parents = {each.split(".")[0] for each in found if "." in each}
    return tuple(each for technique, each in found.items() if technique not in parents)


class WrittenNames:
    """Names of techniques as their authors write them, capitals and all, current or revoked.

    Only names of two words or more count, and only in ATT&CK's own capitals: *process injection* is a phrase,
    *Process Injection* a technique. A name that two techniques bear means the first domain's.

    Args:
        catalog: The current releases.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._current: dict[str, str] = {}
        retired: dict[str, str] = {}
        for technique in catalog.techniques(retired=True):
            if " " not in technique.name:
                continue
            current = current_ids(catalog, (technique.id,))
            if current:
                (retired if technique.retired else self._current).setdefault(technique.name, current[0])
        self._current = retired | self._current
        self._by_first: dict[str, list[str]] = {}
        for name in sorted(self._current, key=len, reverse=True):
            first = _FIRST.match(name)
            if first:
                self._by_first.setdefault(first[0], []).append(name)

    def mentioned(self, text: str) -> tuple[Mention, ...]:
        """Every technique whose name stands in the text, once, in order; of names within names the longest."""
        found: dict[str, Mention] = {}
        read_to = 0
        for match in _FIRST.finditer(text):
            start = match.start()
            if start < read_to:
                continue
            for name in self._by_first.get(match[0], ()):
                end = start + len(name)
                if text.startswith(name, start) and not _WITHIN_A_WORD.match(text, end):
                    found.setdefault(self._current[name], Mention(self._current[name], start, end, name, by_name=True))
                    read_to = end
                    break
            if len(found) >= MAX_MENTIONS:
                break
        return tuple(found.values())


class Names:
    """Names of current techniques, to be found in a reading.

    Only names of two words or more count: ``PowerShell`` or ``DNS`` in an alert is a thing, not a technique.

    Args:
        catalog: The current releases.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        claimed: dict[tuple[str, ...], str] = {}
        for domain in Domain:
            for technique in catalog.techniques(domain):
                name = tuple(forms[0] for forms in words(technique.name).forms)
                if len(name) > 1 and name not in claimed:
                    claimed[name] = technique.id
                    self._by_first.setdefault(name[0], []).append((name, technique.id))

    def find(self, reading: Reading) -> Mapping[str, tuple[int, int]]:
        """Technique ids whose name stands in the text, with the first and last word of the first place."""
        found: dict[str, tuple[int, int]] = {}
        heads = [forms[0] for forms in reading.forms]
        for at, head in enumerate(heads):
            for name, technique in self._by_first.get(head, ()):
                if technique not in found and tuple(heads[at : at + len(name)]) == name:
                    found[technique] = (at, at + len(name) - 1)
        return found


def without_parents(techniques: Iterable[str]) -> tuple[str, ...]:
    """The ids without those whose sub-technique is there too."""
    every = tuple(techniques)
    parents = {each.split(".")[0] for each in every if "." in each}
    return tuple(each for each in every if each not in parents)
