"""Two small releases, made up after what v19 did: a tactic split, a family revoked, techniques merged and moved."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from knowledge.catalog import Catalog
from knowledge.changes import Changes, diff
from knowledge.model import (
    AttackObject,
    Domain,
    Group,
    Matrix,
    Mitigation,
    Relationship,
    Release,
    ReleaseContents,
    Tactic,
    Technique,
)
from tests.builders import ENTERPRISE, relationship, technique

FAMILY = {"T1562.001": "T1685", "T1562.002": "T1686", "T1562.004": "T1685.001"}
"""What became of the sub-techniques of T1562, which itself became T1685."""


def tactic(attack_id: str, name: str, **fields: Any) -> Tactic:
    """A current tactic; its shortname follows from its name unless given."""
    defaults: dict[str, Any] = {
        "stix_id": f"x-mitre-tactic--{attack_id}",
        "shortname": name.lower().replace(" ", "-"),
        "url": f"https://attack.mitre.org/tactics/{attack_id}",
        "domains": ENTERPRISE,
        "description": f"The adversary is trying to do {name}.",
    }
    return Tactic(id=attack_id, name=name, **{**defaults, **fields})


def group(attack_id: str, name: str, **fields: Any) -> Group:
    return Group(stix_id=f"intrusion-set--{attack_id}", id=attack_id, name=name, domains=ENTERPRISE, **fields)


def mitigation(attack_id: str, name: str) -> Mitigation:
    return Mitigation(stix_id=f"course-of-action--{attack_id}", id=attack_id, name=name, domains=ENTERPRISE)


def release(
    *objects: AttackObject, version: str = "18.1", links: Iterable[Relationship] = (), **fields: Any
) -> ReleaseContents:
    """Objects of any kind as a release; every tactic among them is in its matrix."""

    def of(kind: type[AttackObject]) -> Any:
        return tuple(each for each in objects if isinstance(each, kind))

    tactics = of(Tactic)
    return ReleaseContents(
        release=Release(domain=Domain.ENTERPRISE, version=version, **fields.pop("about", {})),
        matrices=(Matrix("Enterprise", tuple(each.stix_id for each in tactics)),),
        tactics=tactics,
        techniques=of(Technique),
        groups=of(Group),
        mitigations=of(Mitigation),
        relationships=tuple(links),
        **fields,
    )


def below(child: Technique, parent: Technique) -> Relationship:
    return relationship("subtechnique-of", child.stix_id, parent.stix_id)


def revoked_by(old: AttackObject, new: AttackObject) -> Relationship:
    return relationship("revoked-by", old.stix_id, new.stix_id)


def before_split() -> ReleaseContents:
    """Defense Evasion whole, T1562 with three sub-techniques, T1055 and T1553 beside it."""
    evasion = tactic("TA0005", "Defense Evasion")
    impair = technique("T1562", "Impair Defenses", tactics=("defense-evasion",))
    family = [technique(each, f"Impair {each[-3:]}", tactics=("defense-evasion",)) for each in FAMILY]
    return release(
        tactic("TA0002", "Execution"),
        tactic("TA0004", "Privilege Escalation"),
        evasion,
        impair,
        *family,
        technique("T1055", "Process Injection", tactics=("defense-evasion", "privilege-escalation")),
        technique("T1553", "Subvert Trust Controls", tactics=("defense-evasion",)),
        technique("T1059", "Command and Scripting Interpreter"),
        links=[below(each, impair) for each in family],
    )


def after_split() -> ReleaseContents:
    """TA0005 is Stealth, TA0112 Defense Impairment is new, T1562 went to T1685 and its neighbours, T1553 moved."""
    old = {each.id: each for each in before_split().techniques}
    impairment = ("defense-impairment",)
    successors = {
        "T1685": technique("T1685", "Disable or Modify Tools", tactics=impairment),
        "T1686": technique("T1686", "Disable Logging", tactics=impairment),
        "T1685.001": technique("T1685.001", "Disable Firewall", tactics=impairment),
    }
    gone = {each: replace(old[each], revoked=True) for each in ("T1562", *FAMILY)}
    return release(
        tactic("TA0002", "Execution"),
        tactic("TA0004", "Privilege Escalation"),
        tactic("TA0005", "Stealth"),
        tactic("TA0112", "Defense Impairment"),
        *gone.values(),
        *successors.values(),
        replace(old["T1055"], tactics=("stealth", "privilege-escalation")),
        replace(old["T1553"], tactics=impairment),
        old["T1059"],
        version="19.0",
        links=[
            below(successors["T1685.001"], successors["T1685"]),
            revoked_by(gone["T1562"], successors["T1685"]),
            *(revoked_by(gone[each], successors[new]) for each, new in FAMILY.items()),
        ],
    )


def split() -> tuple[Changes, Catalog]:
    """What v19 changed, and the catalog after it."""
    return diff(before_split(), after_split()), Catalog([after_split()])
