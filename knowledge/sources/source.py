"""The seam that releases arrive through: what a source is, and which of its offers to take."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from knowledge.model import Domain, ReleaseContents, Remark
from knowledge.versions import version_key

_DOMAIN_WORDS = re.compile(r"(?<![a-z])(enterprise|mobile|ics)(?![a-z])")


@dataclass(frozen=True, slots=True)
class Offer:
    """One release of one domain that a source can deliver.

    Attributes:
        domain: None where only reading the whole bundle will tell, or refuse it.
        version: MITRE's version, such as ``18.1``; empty where only reading the whole bundle will tell.
        where: The file or address, for `Source.fetch` and for messages.
        digest: ``sha256:…`` the file must have, where the source promises one.
    """

    domain: Domain | None
    version: str
    where: str
    digest: str = ""


class Progress(Protocol):
    """Told how far a transfer is."""

    def __call__(self, done: int, total: int | None, label: str, /) -> None:
        """`done` of `total` bytes (None: nobody knows) of what `label` names."""


def silent(done: int, total: int | None, label: str, /) -> None:
    """Tell nobody."""


class Source(Protocol):
    """A place that releases come from."""

    @property
    def archive(self) -> bool:
        """Whether it keeps every release there ever was, so that the newest is meant unless one is named."""

    def offers(self) -> tuple[Offer, ...]:
        """Everything it has, newest first.

        Raises:
            SourceError: It cannot be reached or read, or holds no release.
            BundleError: It is one file, and that is no bundle.
        """

    def passed_over(self) -> tuple[Remark, ...]:
        """What the last `offers` met that is no release, counted; nothing before there was one."""

    def fetch(self, offer: Offer, progress: Progress = silent) -> ReleaseContents:
        """One of its offers, whole.

        Raises:
            SourceError: It did not arrive whole, or is not what was offered.
            BundleError: It arrived and is no ATT&CK release.
        """


def domain_named(text: str) -> Domain | None:
    """The domain that a name or an address says; None where it says none, or several."""
    named = set(_DOMAIN_WORDS.findall(text.lower()))
    return Domain(named.pop()) if len(named) == 1 else None


def newest_first(offers: Iterable[Offer]) -> tuple[Offer, ...]:
    """Newest version first; of one version, domains in MITRE's order."""
    order = [*Domain, None]
    ranked = sorted(offers, key=lambda offer: (order.index(offer.domain), offer.where))
    return tuple(sorted(ranked, key=lambda offer: version_key(offer.version), reverse=True))


def matching(offers: Iterable[Offer], version: str) -> tuple[Offer, ...]:
    """The offers of one version, in the order given; an empty version asks for all.

    ``18``, ``v18`` and ``18.0`` are one version.
    """
    key = version_key(version)
    return tuple(
        offer
        for offer in offers
        if not version or offer.version == version or (key[1] and version_key(offer.version) == key)
    )


def newest(offers: Iterable[Offer]) -> tuple[Offer, ...]:
    """The newest offer of each domain; those that do not say their domain all stay."""
    kept: dict[Domain | str, Offer] = {}
    for offer in newest_first(offers):
        kept.setdefault(offer.domain or offer.where, offer)
    return tuple(kept.values())
