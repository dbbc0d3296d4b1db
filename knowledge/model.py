"""The nouns of ATT&CK, frozen.

An object carries what it says about itself; what it says about others is a `Relationship`, and
`knowledge.catalog.Catalog` answers questions across them. Times are RFC 3339 strings in UTC, as STIX
writes them; an empty string means that the release does not say.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Literal


class Domain(StrEnum):
    """ATT&CK's technology domains, in the order MITRE lists them."""

    ENTERPRISE = "enterprise"
    MOBILE = "mobile"
    ICS = "ics"

    @property
    def label(self) -> str:
        """As a person reads it: ``Enterprise``, ``ICS``."""
        return "ICS" if self is Domain.ICS else self.value.capitalize()


class Kind(StrEnum):
    """What an object is, as a user names it."""

    TECHNIQUE = "technique"
    TACTIC = "tactic"
    GROUP = "group"
    SOFTWARE = "software"
    CAMPAIGN = "campaign"
    MITIGATION = "mitigation"
    DETECTION_STRATEGY = "detection-strategy"
    ANALYTIC = "analytic"
    DATA_COMPONENT = "data-component"
    DATA_SOURCE = "data-source"
    ASSET = "asset"


@dataclass(frozen=True, slots=True)
class Citation:
    """A reference that descriptions name as ``(Citation: NAME)``."""

    name: str
    text: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class LogSource:
    """Where an event is logged: ``WinEventLog:Security``, channel ``EventCode=4769``.

    Attributes:
        component: STIX id of the data component the events belong to; empty where the component lists it itself.
    """

    name: str
    channel: str = ""
    component: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttackObject:
    """What every object of ATT&CK has.

    Attributes:
        stix_id: The STIX id, the same in every release.
        id: The ATT&CK id, such as ``T1059.001``.
        version: The object's own version, such as ``1.4``; empty in a snapshot.
        domains: The domains it belongs to; groups, software and mitigations may have several.
    """

    kind: ClassVar[Kind]

    stix_id: str
    id: str
    name: str
    description: str = ""
    url: str = ""
    version: str = ""
    created: str = ""
    modified: str = ""
    domains: tuple[Domain, ...] = ()
    revoked: bool = False
    deprecated: bool = False

    @property
    def retired(self) -> bool:
        """Whether ATT&CK no longer wants it used."""
        return self.revoked or self.deprecated


@dataclass(frozen=True, slots=True, kw_only=True)
class Tactic(AttackObject):
    """Why an adversary acts; `shortname` is the kill-chain phase techniques name it by."""

    kind: ClassVar[Kind] = Kind.TACTIC

    shortname: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Technique(AttackObject):
    """How an adversary acts, technique or sub-technique.

    Attributes:
        tactics: Shortnames of its tactics, in the release's order.
        detection: Detection prose, to v17.
        data_sources: ``Data source: component`` lines, to v17.
        former_ids: Ids the same object bore earlier, such as ``T803`` for ``T0803``.
        extras: Fields few techniques have, as ``(label, value)``: impact type, remote support, tactic type.
    """

    kind: ClassVar[Kind] = Kind.TECHNIQUE

    tactics: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    is_subtechnique: bool = False
    detection: str = ""
    data_sources: tuple[str, ...] = ()
    capec_ids: tuple[str, ...] = ()
    former_ids: tuple[str, ...] = ()
    extras: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Group(AttackObject):
    """A set of intrusion activity; `aliases` excludes its own name."""

    kind: ClassVar[Kind] = Kind.GROUP

    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Software(AttackObject):
    """Malware or a tool, as `software_type` says; `aliases` excludes its own name."""

    kind: ClassVar[Kind] = Kind.SOFTWARE

    software_type: Literal["malware", "tool"] = "malware"
    aliases: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign(AttackObject):
    """Intrusion activity over a time, with `first_seen` and `last_seen`; `aliases` excludes its own name."""

    kind: ClassVar[Kind] = Kind.CAMPAIGN

    aliases: tuple[str, ...] = ()
    first_seen: str = ""
    last_seen: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mitigation(AttackObject):
    """What stops techniques; how it stops one is the relationship's description."""

    kind: ClassVar[Kind] = Kind.MITIGATION


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectionStrategy(AttackObject):
    """How a technique is detected, from v18; `analytics` are STIX ids."""

    kind: ClassVar[Kind] = Kind.DETECTION_STRATEGY

    analytics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Analytic(AttackObject):
    """Detection logic on one platform, from v18.

    Attributes:
        tunables: What a team adjusts to its environment, as ``(field, why)``.
    """

    kind: ClassVar[Kind] = Kind.ANALYTIC

    platforms: tuple[str, ...] = ()
    log_sources: tuple[LogSource, ...] = ()
    tunables: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSource(AttackObject):
    """A subject of logging that groups data components, to v17."""

    kind: ClassVar[Kind] = Kind.DATA_SOURCE

    platforms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DataComponent(AttackObject):
    """What is observed, such as Process Creation; `data_source` is a STIX id or empty."""

    kind: ClassVar[Kind] = Kind.DATA_COMPONENT

    data_source: str = ""
    log_sources: tuple[LogSource, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset(AttackObject):
    """A device or system of an industrial network; `related` are ``(name, description)`` of like devices."""

    kind: ClassVar[Kind] = Kind.ASSET

    platforms: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    related: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Relationship:
    """One statement about two objects, by STIX id.

    Attributes:
        type: STIX's relationship type: ``uses``, ``mitigates``, ``detects``, ``subtechnique-of``, ``targets``,
            ``attributed-to``, ``revoked-by``.
        description: For ``uses`` the procedure example, for ``mitigates`` how.
    """

    stix_id: str
    type: str
    source: str
    target: str
    description: str = ""
    modified: str = ""


@dataclass(frozen=True, slots=True)
class Matrix:
    """A matrix: its tactics' STIX ids, in the order MITRE shows them."""

    name: str
    tactics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Remark:
    """Something a release held that could not be used, counted.

    Attributes:
        what: Such as ``objects of unknown type x-acme``.
        example: The first one, to find it by.
    """

    what: str
    count: int
    example: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """Which ATT&CK this is, and where it came from.

    Attributes:
        version: MITRE's version, such as ``18.1``; a date where the bundle has none.
        published: When MITRE last changed it.
        source: Where it was read: an address, a path, or ``snapshot``.
        digest: ``sha256:…`` of the bundle as it was read; empty for a snapshot.
        snapshot: Whether it is the embedded one, which lacks versions, procedures and detections.
        remarks: What the bundle held that could not be used.
    """

    domain: Domain
    version: str
    published: str = ""
    spec_version: str = ""
    source: str = ""
    digest: str = ""
    snapshot: bool = False
    licence: str = ""
    remarks: tuple[Remark, ...] = ()

    @property
    def label(self) -> str:
        """As a person reads it: ``Enterprise 18.1``, ``Mobile 17.1 snapshot``."""
        return f"{self.domain.label} {self.version}{' snapshot' if self.snapshot else ''}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseContents:
    """All that one release of one domain says."""

    release: Release
    matrices: tuple[Matrix, ...] = ()
    tactics: tuple[Tactic, ...] = ()
    techniques: tuple[Technique, ...] = ()
    groups: tuple[Group, ...] = ()
    software: tuple[Software, ...] = ()
    campaigns: tuple[Campaign, ...] = ()
    mitigations: tuple[Mitigation, ...] = ()
    detection_strategies: tuple[DetectionStrategy, ...] = ()
    analytics: tuple[Analytic, ...] = ()
    data_sources: tuple[DataSource, ...] = ()
    data_components: tuple[DataComponent, ...] = ()
    assets: tuple[Asset, ...] = ()
    relationships: tuple[Relationship, ...] = ()
    citations: tuple[Citation, ...] = ()

    def objects(self) -> tuple[AttackObject, ...]:
        """Every object, kind by kind; retired ones among them."""
        return (
            *self.tactics,
            *self.techniques,
            *self.groups,
            *self.software,
            *self.campaigns,
            *self.mitigations,
            *self.detection_strategies,
            *self.analytics,
            *self.data_sources,
            *self.data_components,
            *self.assets,
        )
