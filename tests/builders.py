"""Small releases, made up, in the shape of real ones."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from bot.app import SHIPPED_ALERT_FIELDS
from bot.commands.toolbox import Toolbox
from knowledge.alerts.roles import Roles
from knowledge.alerts.roles_file import read_roles
from knowledge.library import Library
from knowledge.mapping.teams import TeamMappers
from knowledge.model import (
    Domain,
    Group,
    Matrix,
    Mitigation,
    Relationship,
    Release,
    ReleaseContents,
    Software,
    Tactic,
    Technique,
)
from knowledge.store import open_store

ENTERPRISE = (Domain.ENTERPRISE,)


def technique(attack_id: str, name: str, **fields: Any) -> Technique:
    """A current enterprise technique of Execution, unless told otherwise."""
    defaults: dict[str, Any] = {
        "stix_id": f"attack-pattern--{attack_id}",
        "url": f"https://attack.mitre.org/techniques/{attack_id.replace('.', '/')}",
        "tactics": ("execution",),
        "platforms": ("Windows",),
        "is_subtechnique": "." in attack_id,
        "domains": ENTERPRISE,
        "version": "1.0",
        "description": f"Adversaries may do {name}.",
    }
    return Technique(id=attack_id, name=name, **{**defaults, **fields})


def relationship(kind: str, source: str, target: str, description: str = "") -> Relationship:
    """A relationship whose id follows from what it says."""
    stix_id = f"relationship--{kind}-{source}-{target}"
    return Relationship(stix_id=stix_id, type=kind, source=source, target=target, description=description)


def small_release(version: str = "18.1") -> ReleaseContents:
    """Two techniques, a sub-technique, a revoked one, a group, software and a mitigation."""
    parent = technique("T1059", "Command and Scripting Interpreter")
    shell = technique("T1059.001", "PowerShell", description="Adversaries may abuse PowerShell <b>& co</b>.")
    former = technique("T1086", "PowerShell", revoked=True)
    phishing = technique("T1566", "Phishing", tactics=("initial-access",))
    group = Group(stix_id="intrusion-set--1", id="G0016", name="APT29", aliases=("Cozy Bear",), domains=ENTERPRISE)
    tool = Software(
        stix_id="tool--1", id="S0002", name="Mimikatz", software_type="tool", domains=ENTERPRISE, platforms=("Windows",)
    )
    mitigation = Mitigation(stix_id="course-of-action--1", id="M1042", name="Disable PowerShell", domains=ENTERPRISE)
    tactics = (
        Tactic(
            stix_id="x-mitre-tactic--1",
            id="TA0001",
            name="Initial Access",
            shortname="initial-access",
            domains=ENTERPRISE,
        ),
        Tactic(stix_id="x-mitre-tactic--2", id="TA0002", name="Execution", shortname="execution", domains=ENTERPRISE),
    )
    return ReleaseContents(
        release=Release(domain=Domain.ENTERPRISE, version=version, published="2025-11-12T22:03:39.105Z"),
        matrices=(Matrix("Enterprise", ("x-mitre-tactic--1", "x-mitre-tactic--2")),),
        tactics=tactics,
        techniques=(parent, shell, former, phishing),
        groups=(group,),
        software=(tool,),
        mitigations=(mitigation,),
        relationships=(
            relationship("subtechnique-of", shell.stix_id, parent.stix_id),
            relationship("revoked-by", former.stix_id, shell.stix_id),
            relationship("uses", group.stix_id, shell.stix_id, "APT29 has used PowerShell."),
            relationship("uses", tool.stix_id, shell.stix_id, "Mimikatz runs from PowerShell."),
            relationship("mitigates", mitigation.stix_id, shell.stix_id, "Remove it where nobody needs it."),
        ),
    )


def toolbox(home: Path, *contents: ReleaseContents) -> Toolbox:
    """What commands work with, over these releases; over `small_release` unless told otherwise."""
    library = Library(home / "releases")
    for each in contents or (small_release(),):
        library.add(each)
    return toolbox_over(library, home)


def toolbox_over(library: Library, home: Path) -> Toolbox:
    """What commands work with, over a library as it is."""
    store = open_store("tinydb", home / "store")
    return Toolbox(library, store, TeamMappers(home / "mapping", store, roles()))


@cache
def roles() -> Roles:
    """Which part each field of an alert plays, as shipped."""
    return read_roles(SHIPPED_ALERT_FIELDS.read_bytes(), SHIPPED_ALERT_FIELDS.name)
