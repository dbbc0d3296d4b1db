"""What changed between the releases on disk, each comparison made once."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from knowledge.changes import Changes, diff
from knowledge.errors import UnknownReleaseError
from knowledge.library import Library
from knowledge.model import Domain, Release
from knowledge.versions import version_key

logger = logging.getLogger(__name__)

_KEPT = 6
"""Comparisons kept: two of each domain. The largest hold some 20 MB."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The current releases against older ones.

    Attributes:
        changes: At most one comparison a domain, in the order of the domains.
        limits: What could not be compared, or not with what was asked for; a sentence each.
    """

    changes: tuple[Changes, ...] = ()
    limits: tuple[str, ...] = ()


class History:
    """Comparisons of a library's releases; threads share one.

    Args:
        library: The releases.
        background: What `ready` tells of is compared by `prepare` in a thread, for a bot that has others to answer.
    """

    def __init__(self, library: Library, *, background: bool = False) -> None:
        self._library = library
        self._background = background
        self._kept: OrderedDict[tuple[Release, Release], Changes] = OrderedDict()
        self._lock = threading.Lock()

    def latest(self, domains: Collection[Domain] = tuple(Domain)) -> Comparison:
        """Each domain's current release against the newest older one on disk; a snapshot only where nothing else is."""
        parts = []
        for domain, current in self._current().items():
            older = self._older(domain, current) if domain in domains else ()
            if older:
                parts.append(self._between(older[0], current))
        return Comparison(tuple(parts), _limits(parts))

    def since(self, version: str, domains: Collection[Domain] = tuple(Domain)) -> Comparison:
        """Each domain's current release against one version.

        Raises:
            UnknownReleaseError: No domain has that version on disk.
        """
        key = version_key(version)
        parts, known = [], []
        for domain, current in self._current().items():
            held = [each.release for each in self._library.releases() if each.release.domain is domain]
            known += [each.version for each in held if each.version != current.version]
            meant = [each for each in held if version_key(each.version) == key and each.version != current.version]
            if meant and domain in domains:
                parts.append(self._between(meant[0], current))
        if not parts:
            raise UnknownReleaseError(version, tuple(dict.fromkeys(known)))
        return Comparison(tuple(parts), _limits(parts))

    def since_told(self, told: Mapping[str, str]) -> Comparison:
        """Each domain's current release against the version somebody was told of, where the current one is newer.

        Where that version is no longer on disk, the oldest that came after it stands in, and a limit says so.

        Args:
            told: Domain to version; a domain that is missing is not compared.
        """
        parts, limits = [], []
        for domain, current in self._current().items():
            version = told.get(domain.value, "")
            if not version or version_key(current.version) <= version_key(version):
                continue
            older = self._older(domain, current)
            kept = [each for each in older if version_key(each.version) >= version_key(version)]
            if not kept:
                limits.append(f"{version} is no longer on disk, so {current.label} could not be compared with it.")
                continue
            oldest = min(kept, key=lambda each: (_age(each), each.snapshot))
            if oldest.version != version:
                limits.append(f"{version} is no longer on disk; {current.label} is compared with {oldest.version}.")
            parts.append(self._between(oldest, current))
        return Comparison(tuple(parts), (*limits, *_limits(parts)))

    def ready(self, domain: Domain) -> Changes | None:
        """A domain's current release against the newest real one before it; None where there is none, or not yet."""
        current = self._current().get(domain)
        older = self._older(domain, current) if current else ()
        if current is None or not older or older[0].snapshot:
            return None
        return self._kept.get((older[0], current)) if self._background else self._between(older[0], current)

    def newer(self) -> tuple[tuple[Domain, str, str], ...]:
        """Where an operator has pinned a domain and a newer release lies beside: domain, pinned version, newest."""
        found = []
        for domain, current in self._current().items():
            held = [each for each in self._library.releases() if each.release.domain is domain]
            if not any(each.pinned for each in held):
                continue
            newest = max((each.release for each in held if not each.release.snapshot), key=_age, default=current)
            if _age(newest) > _age(current):
                found.append((domain, current.version, newest.version))
        return tuple(found)

    def prepare(self) -> None:
        """Begin to compare the newest two of each domain, in a thread."""
        if not self._background:
            return

        def compare() -> None:
            try:
                self.latest()
            except Exception as error:  # noqa: BLE001 - a thread's own boundary: whoever asks meets the error again
                logger.warning("changes could not be prepared: %s", type(error).__qualname__)

        threading.Thread(target=compare, name="changes", daemon=True).start()

    def _current(self) -> dict[Domain, Release]:
        return {release.domain: release for release in self._library.catalog().releases}

    def _older(self, domain: Domain, current: Release) -> tuple[Release, ...]:
        """Newest first, real releases before snapshots."""
        held = (each.release for each in self._library.releases() if each.release.domain is domain)
        return tuple(each for each in held if _age(each) < _age(current))

    def _between(self, old: Release, new: Release) -> Changes:
        key = (old, new)
        with self._lock:
            if key not in self._kept:
                contents = (self._library.contents(each.domain, each.version) for each in key)
                self._kept[key] = diff(*contents)
                while len(self._kept) > _KEPT:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(key)
            return self._kept[key]


def _age(release: Release) -> tuple[bool, tuple[int, ...]]:
    return version_key(release.version)


def _limits(parts: Collection[Changes]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(limit for part in parts for limit in part.limits))
