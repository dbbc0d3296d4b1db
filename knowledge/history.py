"""What changed between the releases on disk, each comparison made once."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from knowledge.changes import Changes, diff
from knowledge.errors import UnknownReleaseError
from knowledge.library import Held, Library
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

    Whoever asks what changed waits for the comparison, which takes seconds; `ready` alone never does.

    Args:
        library: The releases.
    """

    def __init__(self, library: Library) -> None:
        self._library = library
        self._kept: OrderedDict[tuple[Release, Release], Changes] = OrderedDict()
        self._lock = threading.Lock()

    def latest(self, domains: Collection[Domain] = tuple(Domain)) -> Comparison:
        """Each domain's current release against the newest older one on disk; a snapshot only where nothing else is."""
        parts = []
        for current, held in self._domains():
            older = _older(held, current) if current.domain in domains else ()
            if older:
                parts.append(self._between(older[0], current))
        return Comparison(tuple(parts), _limits(parts))

    def since(self, version: str, domains: Collection[Domain] = tuple(Domain)) -> Comparison:
        """Each domain's current release against one version.

        Raises:
            UnknownReleaseError: None of the domains has that version on disk.
        """
        key = version_key(version)
        parts, known = [], []
        for current, held in self._domains():
            if current.domain not in domains:
                continue
            others = [each.release for each in held if each.release.version != current.version]
            known += [each.version for each in others]
            meant = [each for each in others if version_key(each.version) == key]
            if meant:
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
        for current, held in self._domains():
            version = told.get(current.domain.value, "")
            if not version or version_key(current.version) <= version_key(version):
                continue
            kept = [each for each in _older(held, current) if version_key(each.version) >= version_key(version)]
            if not kept:
                limits.append(f"{version} is no longer on disk, so {current.label} could not be compared with it.")
                continue
            oldest = min(kept, key=lambda each: (_age(each), each.snapshot))
            if oldest.version != version:
                limits.append(f"{version} is no longer on disk; {current.label} is compared with {oldest.version}.")
            parts.append(self._between(oldest, current))
        return Comparison(tuple(parts), (*limits, *_limits(parts)))

    def ready(self, domain: Domain) -> Changes | None:
        """A domain's current release against the newest real one before it, where that has been compared already."""
        for current, held in self._domains():
            older = _older(held, current) if current.domain is domain else ()
            if older and not older[0].snapshot:
                return self._kept.get((older[0], current))
        return None

    def newer(self) -> tuple[tuple[Domain, str, str], ...]:
        """Where an operator has pinned a domain and a newer release lies beside: domain, pinned version, newest."""
        found = []
        for current, held in self._domains():
            if not any(each.pinned for each in held):
                continue
            newest = max((each.release for each in held if not each.release.snapshot), key=_age, default=current)
            if _age(newest) > _age(current):
                found.append((current.domain, current.version, newest.version))
        return tuple(found)

    def prepare(self) -> threading.Thread:
        """Begin to compare the newest two of each domain.

        Returns:
            The thread that does, for whoever wants to wait until `ready` tells of them.
        """

        def compare() -> None:
            try:
                self.latest()
            except Exception as error:  # noqa: BLE001 - a thread's own boundary: whoever asks meets the error again
                logger.warning("changes could not be prepared: %s", type(error).__qualname__)

        thread = threading.Thread(target=compare, name="changes", daemon=True)
        thread.start()
        return thread

    def _domains(self) -> Iterator[tuple[Release, tuple[Held, ...]]]:
        """Each domain's current release, with all that is on disk of the domain, newest first."""
        current = self._library.catalog().releases  # before the listing: it sets aside what is damaged
        held = self._library.releases()
        for each in current:
            yield each, tuple(other for other in held if other.release.domain is each.domain)

    def _between(self, old: Release, new: Release) -> Changes:
        key = (old, new)
        with self._lock:
            if key not in self._kept:
                contents = (self._library.contents(each.domain, each.version, snapshot=each.snapshot) for each in key)
                self._kept[key] = diff(*contents)
                while len(self._kept) > _KEPT:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(key)
            return self._kept[key]


def _older(held: Iterable[Held], current: Release) -> tuple[Release, ...]:
    """Those that are older, newest first, real ones before snapshots."""
    return tuple(each.release for each in held if _age(each.release) < _age(current))


def _age(release: Release) -> tuple[bool, tuple[int, ...]]:
    return version_key(release.version)


def _limits(parts: Collection[Changes]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(limit for part in parts for limit in part.limits))
