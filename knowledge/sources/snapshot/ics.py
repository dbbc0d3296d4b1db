"""ICS out of its clusters: ATT&CK for ICS as it was launched in 2020, read off a wiki.

The clusters name things where others link them: techniques by address (``…/Technique/T803``), software and
groups by name, each with the sentence that says how.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from knowledge.model import (
    Asset,
    AttackObject,
    Domain,
    Group,
    Relationship,
    ReleaseContents,
    Remark,
    Software,
    Technique,
)
from knowledge.sources.snapshot.attack import attack_id
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

CLUSTERS = ("mitre-ics-techniques", "mitre-ics-tactics", "mitre-ics-groups", "mitre-ics-software", "mitre-ics-assets")

_ADDRESSES = re.compile(r"(?:\s*https?://\S+)+\s*$")
_LINKED = re.compile(r"/Technique/(T\d+)")


class _Techniques:
    """Techniques by the id of 2020 and by name."""

    def __init__(self, techniques: Iterable[Technique]) -> None:
        self.all = tuple(techniques)
        self._by_id = {former: each for each in self.all for former in each.former_ids}
        self._by_name = {each.name.lower(): each for each in self.all}

    def told(self, sentence: str) -> tuple[Technique | None, str]:
        """The technique that ``Name - how https://…/Technique/T803`` is about, and how."""
        addresses = _ADDRESSES.search(sentence)
        words = sentence[: addresses.start()] if addresses else sentence
        name, _, how = words.partition(" - ")
        linked = _LINKED.search(addresses[0]) if addresses else None
        by_id = self._by_id.get(linked[1]) if linked else None
        return by_id or self._by_name.get(name.strip().lower()), how.strip()


def read_ics(clusters: Mapping[str, Cluster], attack: Iterable[ReleaseContents], facts: Facts) -> ReleaseContents:
    """ICS as of 2020. No platforms, data components or mitigations as objects: the clusters have none.

    Techniques bear today's form of their id and keep the one of 2020. Groups and software take the STIX id and
    the domains of the same object in `attack`, so that one group stays one; whatever is only here keeps the
    cluster's own UUID.
    """
    shared = {
        item.id: item for contents in attack for item in (*contents.groups, *contents.software) if not item.deprecated
    }
    descriptions = {entry.value: entry.description for entry in clusters["mitre-ics-tactics"].values}
    techniques = _Techniques(_technique(entry, facts) for entry in clusters["mitre-ics-techniques"].values)
    groups = [(_group(entry, facts, shared), entry) for entry in clusters["mitre-ics-groups"].values]
    software = [(_software(entry, facts, shared), entry) for entry in clusters["mitre-ics-software"].values]
    assets = [(_asset(entry, facts), entry) for entry in clusters["mitre-ics-assets"].values]
    links, remarks = _links(techniques, groups, software, assets)
    loose = [entry.value for entry in clusters["mitre-ics-techniques"].values if entry.texts("Mitigations")]
    if loose:
        remarks += (Remark("techniques with notes on mitigation that name no mitigation", len(loose), loose[0]),)
    return ReleaseContents(
        release=release_of(Domain.ICS, facts, remarks),
        matrices=(matrix_of(facts.ics),),
        tactics=by_id(tactics_of(Domain.ICS, facts, descriptions)),
        techniques=by_id(techniques.all),
        groups=by_id(item for item, _ in groups),
        software=by_id(item for item, _ in software),
        assets=by_id(item for item, _ in assets),
        relationships=in_order(links),
    )


def _technique(entry: Entry, facts: Facts) -> Technique:
    former = facts.ics_technique_ids.get(entry.value) or entry.text("Technique ID") or attack_id(entry)
    current = f"T{former[1:]:0>4}" if former.startswith("T") else former
    named = entry.text("Tactic")
    return Technique(
        stix_id=f"attack-pattern--{entry.uuid}",
        id=current,
        name=entry.value,
        description=entry.description,
        url=f"https://attack.mitre.org/techniques/{current}",
        domains=(Domain.ICS,),
        # Several stand in one text, with a comma or without.
        tactics=tuple(shortname(name) for _, name, _ in facts.ics.tactics if name in named),
        former_ids=(former,) if former != current else (),
    )


def _group(entry: Entry, facts: Facts, shared: Mapping[str, AttackObject]) -> Group:
    group = Group(**_common(entry, "intrusion-set", facts, "groups"), aliases=_aliases(entry, "Group"))
    twin = shared.get(group.id)
    return replace(group, stix_id=twin.stix_id, domains=twin.domains) if isinstance(twin, Group) else group


def _software(entry: Entry, facts: Facts, shared: Mapping[str, AttackObject]) -> Software:
    names = _aliases(entry, "Software")
    item = Software(**_common(entry, "malware", facts, "software"), aliases=names)
    if "," in entry.value:  # "Backdoor.Oldrea, Havex" is a name and an alias
        name, *others = (name.strip() for name in entry.value.split(","))
        known = dict.fromkeys((*others, *(each for each in names if each != name)))
        item = replace(item, name=name, aliases=tuple(known))
    twin = shared.get(item.id)
    return replace(item, stix_id=twin.stix_id, domains=twin.domains) if isinstance(twin, Software) else item


def _asset(entry: Entry, facts: Facts) -> Asset:
    return Asset(**_common(entry, "x-mitre-asset", facts, "assets"))


def _common(entry: Entry, stix_type: str, facts: Facts, page: str) -> dict[str, Any]:
    own_id = facts.ics_ids.get(entry.value, "")
    return {
        "stix_id": f"{stix_type}--{entry.uuid}",
        "id": own_id or entry.value,
        "name": entry.value,
        "description": entry.description,
        "url": f"https://attack.mitre.org/{page}/{own_id}" if own_id else "",
        "domains": (Domain.ICS,),
    }


def _aliases(entry: Entry, noun: str) -> tuple[str, ...]:
    told = entry.texts(f"Associated {noun} Descriptions")
    names = (text.partition(" - ")[0].strip() for text in told)
    return tuple(dict.fromkeys(name for name in names if name and name != entry.value))


def _links(
    techniques: _Techniques,
    groups: list[tuple[Group, Entry]],
    software: list[tuple[Software, Entry]],
    assets: list[tuple[Asset, Entry]],
) -> tuple[list[Relationship], tuple[Remark, ...]]:
    said: list[tuple[str, str, str, str]] = []
    astray: list[str] = []
    for user, entry in (*groups, *software):
        for sentence in entry.texts("Techniques Used"):
            technique, how = techniques.told(sentence)
            if technique:
                said.append(("uses", user.stix_id, technique.stix_id, how))
            else:
                astray.append(f"{entry.value}: {sentence}")
    for asset, entry in assets:
        for sentence in entry.texts("Techniques That Apply"):
            technique, _ = techniques.told(sentence)
            if technique:
                said.append(("targets", technique.stix_id, asset.stix_id, ""))
            else:
                astray.append(f"{entry.value}: {sentence}")
    for group, malware in _pairs(groups, software):
        said.append(("uses", group.stix_id, malware.stix_id, ""))
    repeats: Counter[tuple[str, str, str]] = Counter()
    links = []
    for kind, source, target, how in dict.fromkeys(said):
        links.append(relationship(kind, source, target, how, repeats[kind, source, target]))
        repeats[kind, source, target] += 1
    remark = Remark("links to techniques the cluster lacks", len(astray), astray[0][:200]) if astray else None
    return links, (remark,) if remark else ()


def _pairs(
    groups: list[tuple[Group, Entry]], software: list[tuple[Software, Entry]]
) -> Iterable[tuple[Group, Software]]:
    """Groups and their software, whichever of the two names the other."""
    for group, group_entry in groups:
        for item, item_entry in software:
            of_group = {name.lower() for name in group_entry.texts("Software")}
            of_item = {_ADDRESSES.sub("", name).strip() for name in item_entry.texts("Groups")}
            if item.name.lower() in of_group or group.name in of_item:
                yield group, item
