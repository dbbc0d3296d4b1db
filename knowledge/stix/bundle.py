"""A STIX bundle becomes a release's contents; the only room that knows STIX.

Every object passes through the stix2 library, which knows STIX 2.0 and 2.1 and refuses what breaks
them. What is refused, unknown, double or points nowhere is counted as a `Remark`, never dropped unseen.
A bundle becomes a release whole or not at all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

import msgspec
import stix2
from stix2.exceptions import STIXError

from knowledge.errors import BundleError
from knowledge.model import (
    AttackObject,
    Citation,
    Domain,
    Matrix,
    Relationship,
    Release,
    ReleaseContents,
    Software,
    Technique,
)
from knowledge.remarks import Remarks
from knowledge.stix.objects import (
    BUILDERS,
    DOMAINS,
    FIELDS,
    StixObject,
    build_software,
    references,
    retired,
    text,
    texts,
)
from knowledge.stix.shape import check_shape

_WITHOUT_A_CARD = frozenset({"identity", "marking-definition", "x-mitre-collection", "x-mitre-matrix", "relationship"})


def read_bundle(raw: bytes, where: str, *, version: str = "") -> ReleaseContents:
    """Turn one ATT&CK bundle, STIX 2.0 or 2.1, into the contents of a release.

    Args:
        raw: The bundle as UTF-8 JSON.
        where: The file or address it came from, for messages and `Release.source`.
        version: The version to give it where the bundle has no collection object, as MITRE's older ones.

    Raises:
        BundleError: It is not JSON, not a bundle, holds no matrix or no technique, or its domain is unknown.
    """
    remarks = Remarks()
    by_type = _sorted_by_type(_objects(raw, where), remarks)
    matrices = [o for o in by_type.pop("x-mitre-matrix", []) if not retired(o)]
    if not matrices:
        raise BundleError(where, "the bundle has no x-mitre-matrix object, so it is no ATT&CK release")
    domain = _domain_of(matrices, where)
    collection = next(iter(by_type.pop("x-mitre-collection", [])), {})
    markings = by_type.pop("marking-definition", [])
    links = by_type.pop("relationship", [])
    cards = {
        kind: [_placed(card, domain) for card in _read_all(objects, build, remarks)]
        for kind, build, objects in _by_builder(by_type, remarks)
    }
    if not cards.get(Technique):
        raise BundleError(where, "the bundle has no technique that can be read")
    objects = [*(o for group in by_type.values() for o in group), *links]
    known = {card.stix_id for group in cards.values() for card in group}
    contents: dict[str, Any] = {
        field: tuple(sorted(cards.get(kind, ()), key=lambda card: (card.id, card.stix_id)))
        for field, kind in FIELDS.items()
    }
    relationships = _relationships(links, known, remarks)
    _remark_cycles(relationships, remarks)
    modified = max((o.get("modified", "") for o in objects if isinstance(o.get("modified"), str)), default="")
    return ReleaseContents(
        release=Release(
            domain=domain,
            version=text(collection, "x_mitre_version") or version or modified[:10] or "unknown",
            published=text(collection, "modified") or modified,
            spec_version=text(collection, "x_mitre_attack_spec_version"),
            source=where,
            digest="sha256:" + hashlib.sha256(raw).hexdigest(),
            licence=next((found for m in markings if (found := text(m.get("definition") or {}, "statement"))), ""),
            remarks=remarks.all(),
        ),
        matrices=tuple(Matrix(text(m, "name"), tuple(texts(m, "tactic_refs"))) for m in matrices),
        relationships=relationships,
        citations=_citations(objects),
        **contents,
    )


def _objects(raw: bytes, where: str) -> list[Any]:
    try:
        bundle = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BundleError(where, f"not valid JSON ({error})") from None
    except RecursionError:
        raise BundleError(where, "JSON nested too deeply to be a STIX bundle") from None
    if not isinstance(bundle, dict) or bundle.get("type") != "bundle":
        raise BundleError(where, 'not a STIX bundle (the outermost "type" must be "bundle")')
    objects = bundle.get("objects")
    if not isinstance(objects, list) or not objects:
        raise BundleError(where, 'the bundle\'s "objects" is missing or empty')
    return objects


def _sorted_by_type(objects: Iterable[Any], remarks: Remarks) -> dict[str, list[StixObject]]:
    """Valid objects by STIX type; of two with one id the one modified last stays."""
    newest: dict[str, StixObject] = {}
    for item in objects:
        if not isinstance(item, dict) or not isinstance(item.get("id"), str) or not isinstance(item.get("type"), str):
            held = ", ".join(list(item)[:8]) if isinstance(item, dict) else type(item).__name__
            remarks.add("objects without an id or a type", held)
            continue
        try:
            check_shape(item)
            stix2.parse(item, allow_custom=True)
        except (STIXError, ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError) as error:
            remarks.add(f"{item['type']} objects that are not valid STIX", f"{item['id']}: {error}")
            continue
        earlier = newest.get(item["id"])
        if earlier is not None:
            remarks.add("objects whose id stands twice", item["id"])
            if str(earlier.get("modified", "")) > str(item.get("modified", "")):
                continue
        newest[item["id"]] = item
    by_type: dict[str, list[StixObject]] = {}
    for item in newest.values():
        by_type.setdefault(item["type"], []).append(item)
    return by_type


def _by_builder(
    by_type: Mapping[str, list[StixObject]], remarks: Remarks
) -> Iterable[tuple[type[AttackObject], Callable[[StixObject], AttackObject], list[StixObject]]]:
    software: list[StixObject] = []
    for stix_type, objects in by_type.items():
        if stix_type in ("malware", "tool"):
            software += objects
        elif stix_type in BUILDERS:
            kind, build = BUILDERS[stix_type]
            yield kind, build, objects
        elif stix_type not in _WITHOUT_A_CARD:
            for item in objects:
                remarks.add(f"objects of unknown type {stix_type}", item["id"])
    yield Software, build_software, software


def _read_all(
    objects: Iterable[StixObject], build: Callable[[StixObject], AttackObject], remarks: Remarks
) -> list[AttackObject]:
    built = []
    for item in objects:
        try:
            built.append(build(item))
        except (TypeError, KeyError, ValueError, AttributeError) as error:
            remarks.add(f"{item['type']} objects that could not be read", f"{item['id']}: {error}")
    return built


def _placed(card: AttackObject, domain: Domain) -> AttackObject:
    """What stands in a domain's bundle belongs to it, though older bundles and some objects do not say so."""
    domains = tuple(each for each in Domain if each is domain or each in card.domains)
    return card if card.domains == domains else replace(card, domains=domains)


def _domain_of(matrices: list[StixObject], where: str) -> Domain:
    for matrix in matrices:
        names = [*texts(matrix, "x_mitre_domains"), *(r.get("external_id") for r in references(matrix))]
        for name in names:
            if name in DOMAINS:
                return DOMAINS[name]
    raise BundleError(where, "the matrix names no domain (enterprise-attack, mobile-attack or ics-attack)")


def _relationships(links: Iterable[StixObject], known: set[str], remarks: Remarks) -> tuple[Relationship, ...]:
    kept = []
    for link in links:
        if retired(link):
            remarks.add("relationships that ATT&CK has retired", link["id"])
        elif link["source_ref"] not in known or link["target_ref"] not in known:
            remarks.add("relationships that point at no object of the bundle", link["id"])
        else:
            kept.append(
                Relationship(
                    stix_id=link["id"],
                    type=link["relationship_type"],
                    source=link["source_ref"],
                    target=link["target_ref"],
                    description=text(link, "description").strip(),
                    modified=text(link, "modified"),
                )
            )
    return tuple(sorted(kept, key=lambda link: (link.type, link.target, link.source, link.stix_id)))


def _remark_cycles(relationships: Iterable[Relationship], remarks: Remarks) -> None:
    successor = {link.source: link.target for link in relationships if link.type == "revoked-by"}
    for start, first in successor.items():
        seen, at = {start}, first
        while at in successor and at not in seen:
            seen.add(at)
            at = successor[at]
        if at == start:
            remarks.add("objects in a cycle of revoked-by", start)


def _citations(objects: Iterable[StixObject]) -> tuple[Citation, ...]:
    """One citation a name; where objects disagree, the one with an address, then the one changed last."""
    best: dict[str, tuple[bool, str, Citation]] = {}
    for item in objects:
        for reference in references(item):
            name, text = reference.get("source_name"), reference.get("description") or ""
            if reference.get("external_id") or not name or text.startswith("(Citation:"):
                continue
            url = reference.get("url") or ""
            rank = (bool(url), str(item.get("modified") or ""), Citation(name, text, url))
            if name not in best or rank[:2] > best[name][:2]:
                best[name] = rank
    return tuple(best[name][2] for name in sorted(best))
