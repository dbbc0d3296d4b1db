"""Is what a rule needs collected, and is what would show a technique?"""

from __future__ import annotations

from collections.abc import Iterable

from knowledge.catalog import Catalog
from knowledge.coverage.collected import Collected
from knowledge.coverage.log_sources import LogSources, Meaning
from knowledge.coverage.model import Readiness, Visibility
from knowledge.detections.model import LogSourceClaim
from knowledge.model import Technique


class Sight:
    """What a team sees, given what it collects; answers are remembered.

    Args:
        log_sources: The log sources there are.
        collected: Those that are collected.
    """

    def __init__(self, log_sources: LogSources, collected: Collected) -> None:
        self._log_sources = log_sources
        self._said = _Seen(log_sources, collected.said)
        self._assumed = _Seen(log_sources, collected.assumed)
        self._of_claim: dict[LogSourceClaim, Visibility] = {}
        self._of_need: dict[tuple[str, str, str], Visibility] = {}

    def of_rule(self, claims: Iterable[LogSourceClaim]) -> Visibility:
        """The best of a rule's log sources, which are alternatives."""
        found = {self._claim(claim) for claim in claims}
        order = (Visibility.VISIBLE, Visibility.ASSUMED, Visibility.BLIND)
        return next((each for each in order if each in found), Visibility.UNKNOWN)

    def of_technique(self, catalog: Catalog, technique: Technique) -> Readiness:
        """Which of the data components that ATT&CK names for a technique are collected on a platform it needs.

        From v18 its analytics say which component on which platform, and where it is logged; to v17 each component
        counts for each platform of the technique.
        """
        seen: dict[str, Visibility] = {}
        for component, platform, log_source in _needs(catalog, technique):
            found = self._need(component, platform, log_source)
            if found is Visibility.VISIBLE or component not in seen or seen[component] is Visibility.BLIND:
                seen[component] = found
        names = sorted(seen)
        return Readiness(
            tuple(names),
            tuple(name for name in names if seen[name] is Visibility.VISIBLE),
            tuple(name for name in names if seen[name] is Visibility.ASSUMED),
        )

    def _claim(self, claim: LogSourceClaim) -> Visibility:
        known = self._of_claim.get(claim)
        if known is None:
            known = self._of_claim[claim] = self._look(self._log_sources.meaning(claim))
        return known

    def _look(self, meanings: tuple[Meaning, ...]) -> Visibility:
        """A rule that needs several and lacks one is blind; one that nobody recognises may be collected or not."""
        known = [meaning for meaning in meanings if meaning]
        if not all(self._said.has(meaning) or self._assumed.has(meaning) for meaning in known):
            return Visibility.BLIND
        if len(known) < len(meanings):
            return Visibility.UNKNOWN
        return Visibility.VISIBLE if all(self._said.has(meaning) for meaning in known) else Visibility.ASSUMED

    def _need(self, component: str, platform: str, log_source: str) -> Visibility:
        need = (component, platform, log_source)
        known = self._of_need.get(need)
        if known is None:
            names = self._log_sources.named(log_source)
            if self._said.shows(component, platform, names):
                known = Visibility.VISIBLE
            else:
                assumed = self._assumed.shows(component, platform, names)
                known = Visibility.ASSUMED if assumed else Visibility.BLIND
            self._of_need[need] = known
        return known


class _Seen:
    """Some collected log sources and data components."""

    def __init__(self, log_sources: LogSources, collected: Iterable[str]) -> None:
        names = {name.casefold() for name in collected}
        self._entries = tuple(entry for entry in log_sources if entry.name.casefold() in names)
        self._names = {entry.name for entry in self._entries}
        components = (log_sources.component(name) for name in names)
        self._components = {name for name in components if name}

    def has(self, meaning: Meaning) -> bool:
        """A component that a rule or a file names is had by itself or through a log source that shows it."""
        return (
            not self._names.isdisjoint(meaning.entries)
            or not self._components.isdisjoint(meaning.components)
            or any(component in entry.components for entry in self._entries for component in meaning.components)
        )

    def shows(self, component: str, platform: str, named: tuple[str, ...]) -> bool:
        """A log source that ATT&CK names counts on any platform, another one on those it covers."""
        return component in self._components or any(
            entry.shows(component, platform) or (entry.name in named and component in entry.components)
            for entry in self._entries
        )


def _needs(catalog: Catalog, technique: Technique) -> Iterable[tuple[str, str, str]]:
    """``(data component, platform, ATT&CK's name of the log source)``."""
    names = {each.object.stix_id: each.object.name for each in catalog.components_of(technique)}
    said = False
    for strategy in catalog.strategies_of(technique):
        for analytic in catalog.analytics_of(strategy):
            for log_source in analytic.log_sources:
                if component := names.get(log_source.component):
                    said = True
                    for platform in analytic.platforms or technique.platforms or ("",):
                        yield component, platform, log_source.name
    if not said:
        for component in names.values():
            for platform in technique.platforms or ("",):
                yield component, platform, ""
