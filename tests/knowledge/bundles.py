"""Small STIX bundles, made up, in the shape of MITRE's."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any
from uuid import UUID

STAMP = "2025-01-01T00:00:00.000Z"


def stix_id(kind: str, name: str) -> str:
    """A STIX id that follows from the name; STIX 2.0 wants UUIDs of version 4."""
    return f"{kind}--{UUID(bytes=sha256(name.encode()).digest()[:16], version=4)}"


def thing(kind: str, attack_id: str, name: str, **fields: Any) -> dict[str, Any]:
    """An object of enterprise ATT&CK; `fields` override."""
    return {
        "type": kind,
        "id": stix_id(kind, attack_id),
        "spec_version": "2.1",
        "created": STAMP,
        "modified": STAMP,
        "name": name,
        "description": f"About {name}.",
        "external_references": [{"source_name": "mitre-attack", "external_id": attack_id}],
        "x_mitre_domains": ["enterprise-attack"],
        **fields,
    }


def tactic(attack_id: str = "TA0002", shortname: str = "execution", **fields: Any) -> dict[str, Any]:
    return thing("x-mitre-tactic", attack_id, shortname.title(), x_mitre_shortname=shortname, **fields)


def technique(attack_id: str, name: str = "", *, phase: str = "execution", **fields: Any) -> dict[str, Any]:
    phases = [{"kill_chain_name": "mitre-attack", "phase_name": phase}]
    extra: dict[str, Any] = {"kill_chain_phases": phases, "x_mitre_is_subtechnique": "." in attack_id}
    return thing("attack-pattern", attack_id, name or attack_id, **{**extra, **fields})


def group(attack_id: str = "G0016", name: str = "APT29", **fields: Any) -> dict[str, Any]:
    return thing("intrusion-set", attack_id, name, **fields)


def matrix(*tactics: dict[str, Any], **fields: Any) -> dict[str, Any]:
    refs = [each["id"] for each in tactics]
    return thing("x-mitre-matrix", "enterprise-attack", "Enterprise ATT&CK", tactic_refs=refs, **fields)


def collection(version: str = "18.1", **fields: Any) -> dict[str, Any]:
    return thing("x-mitre-collection", "c", "Enterprise ATT&CK", x_mitre_version=version, x_mitre_contents=[], **fields)


def link(kind: str, source: dict[str, Any], target: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {
        "type": "relationship",
        "id": stix_id("relationship", f"{kind} {source['id']} {target['id']}"),
        "spec_version": "2.1",
        "created": STAMP,
        "modified": STAMP,
        "relationship_type": kind,
        "source_ref": source["id"],
        "target_ref": target["id"],
        **fields,
    }


def bundle(*objects: Any, whole: bool = True, **fields: Any) -> bytes:
    """The objects as a bundle, with a tactic and a matrix of their own unless not `whole`."""
    execution = tactic()
    frame = [execution, matrix(execution)] if whole else []
    outer = {"type": "bundle", "id": stix_id("bundle", "b"), "objects": [*frame, *objects], **fields}
    return json.dumps(outer).encode()


def as_stix_20(text: bytes) -> bytes:
    """The same bundle as STIX 2.0 writes it: the version stands once, outside."""
    outer = json.loads(text)
    for item in outer["objects"]:
        item.pop("spec_version", None)
        if item["type"] in ("malware", "tool"):
            item["labels"] = [item["type"]]
            item.pop("is_family", None)
    return json.dumps({**outer, "spec_version": "2.0"}).encode()
