"""Techniques that a text names: their ids, old ones among them, and their names in full."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from knowledge.catalog import Catalog
from knowledge.mapping.evidence import Evidence, current_ids
from knowledge.mapping.index import Floats
from knowledge.mapping.reading import Reading
from knowledge.mapping.words import words
from knowledge.model import Domain

MAX_MENTIONS = 5
"""Most techniques taken from what a text names; a text that names more is a list, and its first ones count."""

_ID = re.compile(r"(?<![A-Za-z0-9])[Tt](\d{4})(?:[./](\d{3}))?(?![A-Za-z0-9])")
_DOUBTFUL = re.compile(r"(?:ticket|case|ref|order|model|part|room|serial)\W{0,3}$", re.IGNORECASE)


_FIRST = re.compile(r"(?<![\w-])[A-Z/][\w./-]*")
"""A word that may begin a technique's name."""

_DOUBT = 2.0
"""Rules, right as often as those of all names, that the trust in each name starts with."""

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
    *Process Injection* a technique. A name that several techniques bear, such as *Service Stop*, means the first that
    may be answered, enterprise before mobile before ICS.

    Args:
        catalog: The current releases.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._named: dict[str, list[str]] = {}
        of_domains = [each for domain in Domain for each in catalog.techniques(domain, retired=True)]
        for technique in sorted(of_domains, key=lambda each: each.retired):
            if " " in technique.name:
                known = self._named.setdefault(technique.name, [])
                known += [each for each in current_ids(catalog, (technique.id,)) if each not in known]
        self._by_first: dict[str, list[str]] = {}
        for name in sorted((name for name, ids in self._named.items() if ids), key=len, reverse=True):
            first = _FIRST.match(name)
            if first:
                self._by_first.setdefault(first[0], []).append(name)

    def mentioned(self, text: str, allowed: Callable[[str], bool]) -> tuple[Mention, ...]:
        """Every technique whose name stands in the text, once, in order; of names within names the longest.

        Args:
            text: Any text.
            allowed: Whether a technique, by its id, may be answered.
        """
        found: dict[str, Mention] = {}
        read_to = 0
        for match in _FIRST.finditer(text):
            start = match.start()
            if start < read_to:
                continue
            for name in self._by_first.get(match[0], ()):
                end = start + len(name)
                if text.startswith(name, start) and not _WITHIN_A_WORD.match(text, end):
                    if technique := next(filter(allowed, self._named[name]), ""):
                        found.setdefault(technique, Mention(technique, start, end, name, by_name=True))
                    read_to = end
                    break
            if len(found) >= MAX_MENTIONS:
                break
        return tuple(found.values())


def names_meant(
    catalog: Catalog, names: WrittenNames, rules: Iterable[Evidence], techniques: Sequence[str]
) -> tuple[Floats, Floats]:
    """For each technique how many rules write its name, and how many of these say that they show it.

    *Windows Service* in a rule is seldom the technique of that name, *Password Spraying* nearly always.

    Args:
        catalog: The current releases.
        names: Its names.
        rules: Only what they say of enterprise techniques counts; public rules are about no others.
        techniques: Current ids; the counts come in this order.
    """
    number = {each: at for at, each in enumerate(techniques)}
    enterprise = {each.id for each in catalog.techniques(Domain.ENTERPRISE)}
    written, meant = np.zeros(len(techniques), np.float32), np.zeros(len(techniques), np.float32)
    for rule in rules:
        shown = current_ids(catalog, rule.techniques)
        for mention in names.mentioned(rule.text, enterprise.__contains__) if shown else ():
            written[number[mention.technique]] += 1
            meant[number[mention.technique]] += mention.technique in shown
    return written, meant


def trust_in_names(written: Floats, meant: Floats) -> Floats:
    """For each technique how sure it is when its name stands in a text, 0 to 1; names nobody wrote are as all are."""
    every = meant.sum() / max(1.0, written.sum())
    return np.asarray((meant + _DOUBT * every) / (written + _DOUBT), np.float32)


class Names:
    """Names of current techniques, to be found in a reading.

    Only names of two words or more count: ``PowerShell`` or ``DNS`` in an alert is a thing, not a technique.

    Args:
        catalog: The current releases.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._names: dict[str, tuple[str, ...]] = {}
        claimed: set[tuple[str, ...]] = set()
        for domain in Domain:
            for technique in catalog.techniques(domain):
                name = tuple(forms[0] for forms in words(technique.name).forms)
                if len(name) > 1 and name not in claimed:
                    claimed.add(name)
                    self._names[technique.id] = name

    def find(self, reading: Reading, technique: str) -> tuple[int, int] | None:
        """The first and last word of the first place where a technique's name stands, by its id."""
        name = self._names.get(technique)
        if name is None:
            return None
        forms, length = reading.forms, len(name)
        return next(
            (
                (at, at + length - 1)
                for at, each in enumerate(forms)
                if each[0] == name[0] and tuple(one[0] for one in forms[at : at + length]) == name
            ),
            None,
        )


def without_parents(techniques: Iterable[str]) -> tuple[str, ...]:
    """The ids without those whose sub-technique is there too."""
    every = tuple(techniques)
    parents = {each.split(".")[0] for each in every if "." in each}
    return tuple(each for each in every if each not in parents)
