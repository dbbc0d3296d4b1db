"""MISP galaxy clusters as files, and the facts that go with them."""

from __future__ import annotations

import importlib.resources
import importlib.util
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import msgspec

from knowledge.errors import SourceError
from knowledge.model import Domain, Matrix, Relationship, Release, Remark, Tactic

_RELATIONSHIPS = UUID("0b6f6d0e-6f0a-5a0e-9a35-0d9d3f6f4f3b")
"""Namespace of the ids this package gives to relationships; the clusters' own have none."""


class Link(msgspec.Struct, frozen=True, rename={"target": "dest-uuid"}):
    """A cluster entry's word on another."""

    target: str
    type: str


class Entry(msgspec.Struct, frozen=True):
    """One object of a cluster."""

    uuid: str
    value: str
    description: str = ""
    meta: dict[str, str | list[str]] = {}
    related: list[Link] = []
    revoked: bool = False

    def texts(self, field: str) -> tuple[str, ...]:
        """A list of its `meta`."""
        value = self.meta.get(field, [])
        return (value,) if isinstance(value, str) else tuple(value)

    def text(self, field: str) -> str:
        """One text of its `meta`."""
        return next(iter(self.texts(field)), "")


class Cluster(msgspec.Struct, frozen=True):
    """One cluster file."""

    version: int
    values: list[Entry]


class DomainFacts(msgspec.Struct, frozen=True):
    """What the clusters do not say of a domain's release."""

    version: str
    published: str
    matrix: str
    tactics: list[tuple[str, str, str]]
    deprecated: frozenset[str] = frozenset()
    also: frozenset[str] = frozenset()


class Facts(msgspec.Struct, frozen=True):
    """``facts.toml``."""

    licence: str
    checked: dict[str, int]
    enterprise: DomainFacts
    mobile: DomainFacts
    ics: DomainFacts
    ics_technique_ids: dict[str, str]
    ics_ids: dict[str, str]

    def of(self, domain: Domain) -> DomainFacts:
        """The facts of one domain's release."""
        facts: DomainFacts = getattr(self, domain.value)
        return facts


def read_facts() -> Facts:
    """The facts beside this module."""
    text = importlib.resources.files("knowledge.sources.snapshot").joinpath("facts.toml").read_bytes()
    return msgspec.toml.decode(text, type=Facts)


def clusters_folder() -> Path:
    """Where the wheel keeps its clusters, found without running the package: that would import a schema checker.

    Raises:
        SourceError: It is not installed.
    """
    spec = importlib.util.find_spec("pymispgalaxies")
    for root in (spec.submodule_search_locations or ()) if spec else ():
        return Path(root, "data", "misp-galaxy", "clusters")
    raise SourceError("snapshot", "the package pymispgalaxies is missing; install the product anew")


def read_clusters(folder: Path, names: Iterable[str]) -> dict[str, Cluster]:
    """Some cluster files by name.

    Raises:
        SourceError: One is missing or is no cluster.
    """
    clusters = {}
    for name in names:
        path = folder / f"{name}.json"
        try:
            clusters[name] = msgspec.json.decode(path.read_bytes(), type=Cluster)
        except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise SourceError(str(path), "missing or damaged; install the package pymispgalaxies anew") from None
    return clusters


def release_of(domain: Domain, facts: Facts, remarks: tuple[Remark, ...] = ()) -> Release:
    """What a domain's snapshot says of itself."""
    return Release(
        domain=domain,
        version=facts.of(domain).version,
        published=facts.of(domain).published,
        source="snapshot",
        snapshot=True,
        licence=facts.licence,
        remarks=remarks,
    )


def shortname(tactic: str) -> str:
    """The kill-chain phase of a tactic's name."""
    return tactic.lower().replace(" ", "-")


def tactics_of(domain: Domain, facts: Facts, descriptions: Mapping[str, str]) -> tuple[Tactic, ...]:
    """A domain's tactics in the order of its matrix."""
    return tuple(
        Tactic(
            stix_id=f"x-mitre-tactic--{uuid}",
            id=attack_id,
            name=name,
            description=descriptions.get(name, ""),
            url=f"https://attack.mitre.org/tactics/{attack_id}",
            domains=(domain,),
            shortname=shortname(name),
        )
        for attack_id, name, uuid in facts.of(domain).tactics
    )


def matrix_of(facts: DomainFacts) -> Matrix:
    """A domain's matrix."""
    return Matrix(facts.matrix, tuple(f"x-mitre-tactic--{uuid}" for _, _, uuid in facts.tactics))


def relationship(kind: str, source: str, target: str, description: str = "", repeat: int = 0) -> Relationship:
    """A relationship under an id that is the same in every run; `repeat` tells apart those that say it again."""
    named = f"{kind} {source} {target}" + (f" {repeat}" if repeat else "")
    return Relationship(
        stix_id=f"relationship--{uuid5(_RELATIONSHIPS, named)}",
        type=kind,
        source=source,
        target=target,
        description=description,
    )


def by_id(objects: Iterable[Any]) -> tuple[Any, ...]:
    """Objects in the order a release keeps them."""
    return tuple(sorted(objects, key=lambda item: (item.id, item.stix_id)))


def in_order(relationships: Iterable[Relationship]) -> tuple[Relationship, ...]:
    """Relationships in the order a release keeps them."""
    return tuple(sorted(relationships, key=lambda link: (link.type, link.target, link.source, link.stix_id)))
