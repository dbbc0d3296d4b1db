"""One STIX object becomes one noun.

Each builder takes the object as decoded JSON and raises `TypeError`, `KeyError` or `ValueError` where a field
is not what STIX or MITRE's extension of it says; the caller counts it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from knowledge.model import (
    Analytic,
    Asset,
    AttackObject,
    Campaign,
    DataComponent,
    DataSource,
    DetectionStrategy,
    Domain,
    Group,
    LogSource,
    Mitigation,
    Software,
    Tactic,
    Technique,
)

StixObject = dict[str, Any]

DOMAINS = {
    "enterprise-attack": Domain.ENTERPRISE,
    "mobile-attack": Domain.MOBILE,
    "ics-attack": Domain.ICS,
    "mitre-attack": Domain.ENTERPRISE,
    "mitre-mobile-attack": Domain.MOBILE,
    "mitre-ics-attack": Domain.ICS,
}
_ATTACK_SOURCES = frozenset({"mitre-attack", "mitre-mobile-attack", "mitre-ics-attack"})
_EXTRAS = (
    ("x_mitre_impact_type", "Impact type"),
    ("x_mitre_remote_support", "Works remotely"),
    ("x_mitre_tactic_type", "Tactic type"),
    ("x_mitre_permissions_required", "Permissions required"),
    ("x_mitre_effective_permissions", "Effective permissions"),
    ("x_mitre_system_requirements", "System requirements"),
    ("x_mitre_defense_bypassed", "Defences bypassed"),
    ("x_mitre_network_requirements", "Needs a network"),
)


def _common(item: StixObject) -> dict[str, Any]:
    own = next((r for r in references(item) if r.get("source_name") in _ATTACK_SOURCES and r.get("external_id")), None)
    if own is None:
        raise ValueError("it has no ATT&CK id")
    return {
        "stix_id": item["id"],
        "id": str(own["external_id"]),
        "name": text(item, "name") or str(own["external_id"]),
        "description": text(item, "description"),
        "url": str(own.get("url") or ""),
        "version": text(item, "x_mitre_version"),
        "created": text(item, "created"),
        "modified": text(item, "modified"),
        "domains": tuple(DOMAINS[d] for d in texts(item, "x_mitre_domains") if d in DOMAINS),
        "revoked": item.get("revoked") is True,
        "deprecated": item.get("x_mitre_deprecated") is True,
    }


def _tactic(item: StixObject) -> Tactic:
    return Tactic(**_common(item), shortname=text(item, "x_mitre_shortname"))


def _technique(item: StixObject) -> Technique:
    phases = (p for p in item.get("kill_chain_phases", ()) if p["kill_chain_name"] in _ATTACK_SOURCES)
    extras = ((label, item.get(field)) for field, label in _EXTRAS)
    return Technique(
        **_common(item),
        tactics=tuple(p["phase_name"] for p in phases),
        platforms=texts(item, "x_mitre_platforms"),
        is_subtechnique=item.get("x_mitre_is_subtechnique") is True,
        detection=text(item, "x_mitre_detection"),
        data_sources=texts(item, "x_mitre_data_sources"),
        capec_ids=tuple(
            r["external_id"] for r in references(item) if r.get("source_name") == "capec" and r.get("external_id")
        ),
        extras=tuple((label, _plain(value)) for label, value in extras if value not in (None, "", [])),
    )


def _group(item: StixObject) -> Group:
    common = _common(item)
    return Group(**common, aliases=_other_names(item, "aliases", common["name"]))


def build_software(item: StixObject) -> Software:
    """Malware and tools, which STIX tells apart by type and ATT&CK calls software."""
    common = _common(item)
    return Software(
        **common,
        software_type="tool" if item["type"] == "tool" else "malware",
        aliases=_other_names(item, "x_mitre_aliases", common["name"]),
        platforms=texts(item, "x_mitre_platforms"),
    )


def _campaign(item: StixObject) -> Campaign:
    common = _common(item)
    return Campaign(
        **common,
        aliases=_other_names(item, "aliases", common["name"]),
        first_seen=text(item, "first_seen"),
        last_seen=text(item, "last_seen"),
    )


def _mitigation(item: StixObject) -> Mitigation:
    return Mitigation(**_common(item))


def _detection_strategy(item: StixObject) -> DetectionStrategy:
    return DetectionStrategy(**_common(item), analytics=texts(item, "x_mitre_analytic_refs"))


def _analytic(item: StixObject) -> Analytic:
    return Analytic(
        **_common(item),
        platforms=texts(item, "x_mitre_platforms"),
        log_sources=_log_sources(item, "x_mitre_log_source_references"),
        tunables=tuple((text(e, "field"), text(e, "description")) for e in item.get("x_mitre_mutable_elements", ())),
    )


def _data_source(item: StixObject) -> DataSource:
    return DataSource(**_common(item), platforms=texts(item, "x_mitre_platforms"))


def _data_component(item: StixObject) -> DataComponent:
    try:
        common = _common(item)
    except ValueError:  # to v17 data components have no ATT&CK id: they are told apart by name
        own = {"source_name": "mitre-attack", "external_id": text(item, "name")}
        common = _common(item | {"external_references": [own]})
    return DataComponent(
        **common,
        data_source=text(item, "x_mitre_data_source_ref"),
        log_sources=_log_sources(item, "x_mitre_log_sources"),
    )


def _asset(item: StixObject) -> Asset:
    return Asset(
        **_common(item),
        platforms=texts(item, "x_mitre_platforms"),
        sectors=texts(item, "x_mitre_sectors"),
        related=tuple((text(a, "name"), text(a, "description")) for a in item.get("x_mitre_related_assets", ())),
    )


def _log_sources(item: StixObject, field: str) -> tuple[LogSource, ...]:
    return tuple(
        LogSource(text(s, "name"), text(s, "channel"), text(s, "x_mitre_data_component_ref"))
        for s in item.get(field, ())
    )


def _other_names(item: StixObject, field: str, name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(alias for alias in texts(item, field) if alias != name))


def references(item: StixObject) -> list[StixObject]:
    """Its external references, those that are objects."""
    return [r for r in item.get("external_references") or () if isinstance(r, dict)]


def retired(item: StixObject) -> bool:
    """Whether it is revoked or deprecated."""
    return item.get("revoked") is True or item.get("x_mitre_deprecated") is True


def text(item: StixObject, field: str) -> str:
    """A text field, empty where it is missing; `TypeError` where it is no text."""
    value = item.get(field) or ""
    if not isinstance(value, str):
        raise TypeError(f"{field} is not text")
    return value


def texts(item: StixObject, field: str) -> tuple[str, ...]:
    """A list of texts, empty where it is missing; `TypeError` where it is anything else."""
    values = item.get(field) or ()
    if not isinstance(values, list | tuple) or not all(isinstance(value, str) for value in values):
        raise TypeError(f"{field} is not a list of texts")
    return tuple(values)


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


BUILDERS: dict[str, tuple[type[AttackObject], Callable[[StixObject], AttackObject]]] = {
    "x-mitre-tactic": (Tactic, _tactic),
    "attack-pattern": (Technique, _technique),
    "intrusion-set": (Group, _group),
    "campaign": (Campaign, _campaign),
    "course-of-action": (Mitigation, _mitigation),
    "x-mitre-detection-strategy": (DetectionStrategy, _detection_strategy),
    "x-mitre-analytic": (Analytic, _analytic),
    "x-mitre-data-source": (DataSource, _data_source),
    "x-mitre-data-component": (DataComponent, _data_component),
    "x-mitre-asset": (Asset, _asset),
}
FIELDS: dict[str, type[AttackObject]] = {
    "tactics": Tactic,
    "techniques": Technique,
    "groups": Group,
    "software": Software,
    "campaigns": Campaign,
    "mitigations": Mitigation,
    "detection_strategies": DetectionStrategy,
    "analytics": Analytic,
    "data_sources": DataSource,
    "data_components": DataComponent,
    "assets": Asset,
}
