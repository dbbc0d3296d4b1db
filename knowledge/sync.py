"""Releases from a source into the library."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from knowledge.errors import SourceError
from knowledge.library import Library
from knowledge.model import Domain, Release
from knowledge.sources import Progress, Source, matching, newest, open_source, silent


@dataclass(frozen=True, slots=True)
class Synced:
    """A release that was fetched and stored.

    Attributes:
        current: Whether its domain now answers from it.
    """

    release: Release
    current: bool


def sync(
    source: Source,
    library: Library,
    *,
    domains: Collection[Domain] = tuple(Domain),
    version: str = "",
    progress: Progress = silent,
) -> tuple[Synced, ...]:
    """Fetch what a source offers and keep it, oldest first.

    Of an archive, such as MITRE's index, that is the newest release of each domain, and only where it is not
    held yet; of a folder everything in it.

    Args:
        source: Where from.
        library: Where to.
        domains: Only these.
        version: Only this version, and pin it: it becomes current and stays so.
        progress: Told of bytes as they come.

    Returns:
        What was stored; empty when the source has nothing new.

    Raises:
        SourceError: The source does not answer, or has nothing that was asked for.
        BundleError: What it delivered is no release; every domain stored before it stays, the others are unchanged.
        LibraryError: The library cannot be written.
    """
    offers = source.offers()
    wanted = tuple(o for o in matching(offers, version) if o.domain is None or o.domain in domains)
    if not wanted:
        had = ", ".join(dict.fromkeys(f"{o.domain or 'unknown domain'} {o.version}" for o in offers[:6]))
        asked = version or "of the domains in the settings"
        raise SourceError(
            offers[0].where if offers else "the source", f"no release {asked} there; it has {had or 'none'}"
        )
    if source.archive and not version:
        held = {(each.release.domain, each.release.version) for each in library.releases() if not each.release.snapshot}
        wanted = tuple(offer for offer in newest(wanted) if (offer.domain, offer.version) not in held)
    parts = (source.fetch(offer, progress) for offer in reversed(wanted))
    return tuple(
        Synced(part.release, library.add(part, pin=bool(version))) for part in parts if part.release.domain in domains
    )


def fill_gaps(library: Library, domains: Collection[Domain]) -> tuple[Release, ...]:
    """Give every domain without a release the embedded snapshot, so that there is always an answer.

    Returns:
        What was added.
    """
    held = {each.release.domain for each in library.releases()}
    missing = [domain for domain in domains if domain not in held]
    if not missing:
        return ()
    return tuple(each.release for each in sync(open_source("snapshot"), library, domains=missing))
