"""Enterprise and Mobile out of their clusters, which carry both under their STIX UUIDs."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from knowledge.model import (
    AttackObject,
    DataComponent,
    DataSource,
    Domain,
    Group,
    Mitigation,
    Relationship,
    ReleaseContents,
    Remark,
    Software,
    Technique,
)
from knowledge.sources.snapshot.clusters import (
    Cluster,
    Entry,
    Facts,
    by_id,
    in_order,
    matrix_of,
    relationship,
    release_of,
    shortname,
    tactics_of,
)

CLUSTERS = {
    "mitre-attack-pattern": "attack-pattern",
    "mitre-course-of-action": "course-of-action",
    "mitre-intrusion-set": "intrusion-set",
    "mitre-malware": "malware",
    "mitre-tool": "tool",
    "mitre-data-component": "x-mitre-data-component",
    "mitre-data-source": "x-mitre-data-source",
}
"""Cluster to the STIX type its UUIDs belong to."""

_STATED = frozenset({"uses", "mitigates", "detects", "subtechnique-of", "revoked-by"})
_CAPEC = re.compile(r"https?://capec\.mitre\.org/data/definitions/(\d+)\.html")
_PHASES = {"attack": Domain.ENTERPRISE, "mobile": Domain.MOBILE}


class _Entries:
    """Every entry that is ATT&CK's by UUID, with its STIX type and its domains."""

    def __init__(self, clusters: Mapping[str, Cluster], facts: Facts) -> None:
        self._facts = facts
        self.all: dict[str, tuple[str, Entry]] = {}
        self.before_attack: list[Entry] = []
        for name, stix_type in CLUSTERS.items():
            for entry in clusters[name].values:
                if any(phase.startswith("pre-attack:") for phase in entry.texts("kill_chain")):
                    self.before_attack.append(entry)
                else:
                    self.all[entry.uuid] = (stix_type, entry)
        self.domains = self._place()
        # The clusters' own "included-in" points from a component to itself.
        self.data_sources = {
            link.target: self.stix_id(uuid)
            for uuid, (_, entry) in self.all.items()
            for link in entry.related
            if link.type == "includes"
        }

    def stix_id(self, uuid: str) -> str:
        return f"{self.all[uuid][0]}--{uuid}"

    def _place(self) -> dict[str, tuple[Domain, ...]]:
        """A technique is where its tactics are, a revoked one without any where its successor is.

        Everything else is where the techniques are that it uses, mitigates or detects, itself or by its software
        or its components; what does so nowhere is retired, or else named in the facts.
        """
        found: dict[str, set[Domain]] = defaultdict(set)
        for uuid, (_, entry) in self.all.items():
            for phase in entry.texts("kill_chain"):
                if (domain := _PHASES.get(phase.partition("-")[0])) is not None:
                    found[uuid].add(domain)
        direct, through = {"mitigates", "detects", "includes"}, {"uses"}
        for kinds in (direct, through, through, direct):
            for uuid, (stix_type, entry) in self.all.items():
                for link in entry.related:
                    if link.type in kinds or (stix_type == "attack-pattern" and link.type == "revoked-by"):
                        found[uuid] |= found.get(link.target, set())
        mobile, ics_ids = self._facts.mobile, set(self._facts.ics_ids.values())
        for uuid, (_, entry) in self.all.items():
            if attack_id(entry) in mobile.also or (attack_id(entry) in mobile.deprecated and not found[uuid]):
                found[uuid].add(Domain.MOBILE)
            if not found[uuid]:
                found[uuid].add(Domain.ENTERPRISE)
            if attack_id(entry) in ics_ids:
                found[uuid].add(Domain.ICS)
        return {uuid: tuple(domain for domain in Domain if domain in placed) for uuid, placed in found.items()}


def read_attack(clusters: Mapping[str, Cluster], facts: Facts) -> tuple[ReleaseContents, ReleaseContents]:
    """Enterprise and Mobile, as far as the clusters go: no versions, dates or procedures.

    ATT&CK's retired objects stay, marked as in MITRE's own release. Left out and counted: the techniques of
    PRE-ATT&CK, which no release has held since v8, and links to clusters that are not ATT&CK's.
    """
    entries = _Entries(clusters, facts)
    objects = {uuid: _build(entries, uuid, facts) for uuid in entries.all}
    links, remarks = _links(entries)
    return (
        _contents(Domain.ENTERPRISE, facts, objects.values(), links, remarks),
        _contents(Domain.MOBILE, facts, objects.values(), links),
    )


def attack_id(entry: Entry) -> str:
    """The ATT&CK id; data components have none and go by their name."""
    return entry.text("external_id") or entry.value


def _build(entries: _Entries, uuid: str, facts: Facts) -> AttackObject:
    stix_type, entry = entries.all[uuid]
    own_id = attack_id(entry)
    domains = entries.domains[uuid]
    common: dict[str, Any] = {
        "stix_id": f"{stix_type}--{uuid}",
        "id": own_id,
        "name": entry.value.removesuffix(f" - {own_id}"),
        "description": entry.description,
        "url": next((ref for ref in entry.texts("refs") if ref.startswith("https://attack.mitre.org/")), ""),
        "domains": domains,
        "revoked": entry.revoked,
        "deprecated": not entry.revoked and _is_deprecated(stix_type, own_id, domains, facts),
    }
    platforms = entry.texts("mitre_platforms")
    aliases = tuple(dict.fromkeys(name for name in entry.texts("synonyms") if name != common["name"]))
    if stix_type == "attack-pattern":
        phases = dict.fromkeys(phase.rpartition(":")[2] for phase in entry.texts("kill_chain"))
        ordered = [shortname(name) for _, name, _ in facts.of(domains[0]).tactics]
        return Technique(
            **common,
            tactics=tuple(sorted(phases, key=lambda phase: ordered.index(phase) if phase in ordered else len(ordered))),
            platforms=platforms,
            is_subtechnique="." in own_id,
            data_sources=entry.texts("mitre_data_sources"),
            capec_ids=tuple(f"CAPEC-{m[1]}" for ref in entry.texts("refs") if (m := _CAPEC.match(ref))),
        )
    if stix_type == "x-mitre-data-component":
        return DataComponent(**common, data_source=entries.data_sources.get(uuid, ""))
    build: dict[str, Callable[[], AttackObject]] = {
        "course-of-action": lambda: Mitigation(**common),
        "intrusion-set": lambda: Group(**common, aliases=aliases),
        "malware": lambda: Software(**common, software_type="malware", aliases=aliases, platforms=platforms),
        "tool": lambda: Software(**common, software_type="tool", aliases=aliases, platforms=platforms),
        "x-mitre-data-source": lambda: DataSource(**common, platforms=platforms),
    }
    return build[stix_type]()


def _is_deprecated(stix_type: str, own_id: str, domains: tuple[Domain, ...], facts: Facts) -> bool:
    if stix_type == "course-of-action" and own_id.startswith("T"):
        return True
    return any(own_id in facts.of(domain).deprecated for domain in domains)


def _links(entries: _Entries) -> tuple[list[Relationship], tuple[Remark, ...]]:
    links = []
    astray: list[str] = []
    for uuid, (_, entry) in entries.all.items():
        for link in entry.related:
            if link.type in _STATED and link.target in entries.all:
                links.append(relationship(link.type, entries.stix_id(uuid), entries.stix_id(link.target)))
            elif link.target not in entries.all:
                astray.append(f"{entry.value} {link.type} {link.target}")
    remarks = [
        Remark("techniques of PRE-ATT&CK", len(entries.before_attack), entries.before_attack[0].value)
        if entries.before_attack
        else None,
        Remark("links to clusters that are not ATT&CK's", len(astray), astray[0]) if astray else None,
    ]
    return links, tuple(remark for remark in remarks if remark)


def _contents(
    domain: Domain,
    facts: Facts,
    objects: Iterable[AttackObject],
    links: Iterable[Relationship],
    remarks: tuple[Remark, ...] = (),
) -> ReleaseContents:
    here = [item for item in objects if domain in item.domains]
    known = {item.stix_id for item in here}

    def of(noun: type[AttackObject]) -> tuple[Any, ...]:
        return by_id(item for item in here if isinstance(item, noun))

    return ReleaseContents(
        release=release_of(domain, facts, remarks),
        matrices=(matrix_of(facts.of(domain)),),
        tactics=by_id(tactics_of(domain, facts, {})),
        techniques=of(Technique),
        groups=of(Group),
        software=of(Software),
        mitigations=of(Mitigation),
        data_sources=of(DataSource),
        data_components=of(DataComponent),
        relationships=in_order(link for link in links if link.source in known and link.target in known),
    )
