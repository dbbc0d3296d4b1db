"""The types of the fields this package reads, which stix2 leaves open or bends into place.

stix2 accepts any type in MITRE's ``x_mitre_`` fields and turns numbers into text in its own copies; what is
read here is the bundle's own JSON.
"""

from __future__ import annotations

from typing import Any

import msgspec


class _Reference(msgspec.Struct):
    source_name: str | None = None
    external_id: str | None = None
    description: str | None = None
    url: str | None = None


class _Phase(msgspec.Struct):
    kill_chain_name: str
    phase_name: str


class _Definition(msgspec.Struct):
    statement: str | None = None


class _Shape(msgspec.Struct):
    """Any object of ATT&CK: a field that several kinds have is of one type in all of them."""

    id: str
    type: str
    name: str | None = None
    description: str | None = None
    created: str | None = None
    modified: str | None = None
    revoked: bool | None = None
    x_mitre_deprecated: bool | None = None
    x_mitre_version: str | None = None
    x_mitre_attack_spec_version: str | None = None
    x_mitre_domains: list[str] | None = None
    external_references: list[_Reference] | None = None
    kill_chain_phases: list[_Phase] | None = None
    tactic_refs: list[str] | None = None
    definition: _Definition | None = None
    relationship_type: str | None = None
    source_ref: str | None = None
    target_ref: str | None = None


def check_shape(item: dict[str, Any]) -> None:
    """Hold an object's fields to their types.

    Raises:
        ValueError: One is of another type; the text says which.
    """
    try:
        msgspec.convert(item, _Shape)
    except msgspec.ValidationError as error:
        raise ValueError(str(error)) from None
