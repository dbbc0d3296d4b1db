"""Which log source a rule means, and which data components of ATT&CK it shows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import translate
from functools import cached_property

from knowledge.detections.model import LogSourceClaim

_COMPONENT_SUFFIX = re.compile(r"\s*\[.*\]\s*$")
"""What DeTT&CT writes behind the data components it adds to ATT&CK's."""


@dataclass(frozen=True, slots=True)
class LogSourceEntry:
    """A log source as a team would say it collects it.

    Attributes:
        name: Such as ``Windows process creation``.
        components: Names of the data components it shows.
        platforms: ATT&CK platforms it covers; empty is any.
        sigma: Sigma log sources as ``(product, category, service)``; ``*`` is anything, an empty text is nothing.
        names: Channels, index patterns, tables and ATT&CK's log source names; ``*`` is anything.
    """

    name: str
    components: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    sigma: tuple[tuple[str, str, str], ...] = ()
    names: tuple[str, ...] = ()

    def shows(self, component: str, platform: str) -> bool:
        """Whether it shows a data component on a platform."""
        return component in self.components and (not self.platforms or platform in self.platforms)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a rule's log source means here.

    Attributes:
        entries: The known log sources it may be.
        components: The data components it names itself.
    """

    entries: tuple[str, ...] = ()
    components: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.entries or self.components)


class LogSources:
    """The log sources a team can say it collects.

    Args:
        entries: Each under a name of its own.
    """

    def __init__(self, entries: Iterable[LogSourceEntry] = ()) -> None:
        self.entries: tuple[LogSourceEntry, ...] = tuple(entries)
        self._by_name = {entry.name.casefold(): entry for entry in self.entries}
        self._components = {name.casefold(): name for entry in self.entries for name in entry.components}

    def __iter__(self) -> Iterator[LogSourceEntry]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    def get(self, name: str) -> LogSourceEntry | None:
        """The log source of this name, whatever its case."""
        return self._by_name.get(name.casefold())

    def component(self, name: str) -> str:
        """A data component's name in ATT&CK's spelling; empty where no log source shows it."""
        return self._components.get(_COMPONENT_SUFFIX.sub("", name).strip().casefold(), "")

    def merged(self, other: LogSources) -> LogSources:
        """These with an operator's own over them; an entry of `other` that shows nothing takes one away."""
        merged = {**self._by_name, **other._by_name}
        return LogSources(entry for entry in merged.values() if entry.components)

    def meaning(self, claim: LogSourceClaim) -> tuple[Meaning, ...]:
        """What a rule's log source means: all of them are needed, as in ``Sysmon EventID 1 AND Sysmon EventID 12``.

        Several entries within one `Meaning` are alternatives: ``logs-endpoint.events.process-*`` is collected from
        Windows or from Linux.
        """
        if claim.category or claim.service or (claim.product and not claim.name):
            found = self._of_sigma(claim)
            if found or not claim.name:
                return (Meaning(found or self.named(claim.product)),)
        parts = re.split(r"\s+AND\s+", claim.name)
        return tuple(self._of_name(part, claim.product) for part in parts)

    def named(self, name: str) -> tuple[str, ...]:
        """Names of the log sources that a channel, an index pattern, a table or a source of that name belongs to."""
        if not name:
            return ()
        return tuple(entry.name for entry, matches in self._patterns if matches.match(name))

    def _of_name(self, name: str, product: str) -> Meaning:
        entries = self.named(name)
        component = self.component(name)
        if not entries and not component:
            entries = self.named(product)
        return Meaning(entries, (component,) if component else ())

    def _of_sigma(self, claim: LogSourceClaim) -> tuple[str, ...]:
        return tuple(entry.name for entry in self.entries if any(_matches(pattern, claim) for pattern in entry.sigma))

    @cached_property
    def _patterns(self) -> tuple[tuple[LogSourceEntry, re.Pattern[str]], ...]:
        return tuple(
            (entry, re.compile("|".join(translate(name) for name in entry.names), re.IGNORECASE))
            for entry in self.entries
            if entry.names
        )


NO_LOG_SOURCES = LogSources()


def _matches(pattern: tuple[str, str, str], claim: LogSourceClaim) -> bool:
    """Compare field by field; a rule without a product is meant for every product."""
    product, category, service = pattern
    return (
        (not claim.product or _field(product, claim.product))
        and _field(category, claim.category)
        and _field(service, claim.service)
        and (bool(claim.product) or bool(category.strip("*")) or bool(service.strip("*")))
    )


def _field(pattern: str, value: str) -> bool:
    if pattern.endswith("*"):
        return value.casefold().startswith(pattern[:-1].casefold())
    return pattern.casefold() == value.casefold()
