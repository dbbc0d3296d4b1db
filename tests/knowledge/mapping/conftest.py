"""A mapper over a handful of techniques, made in a second, and one over the real release."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from knowledge.catalog import Catalog
from knowledge.mapping import Mapper, open_mapper
from knowledge.model import Domain, Matrix, Release, ReleaseContents, Tactic
from tests.builders import relationship, roles, technique


def _tactic(name: str) -> Tactic:
    return Tactic(
        stix_id=f"x-mitre-tactic--{name}",
        id=f"TA-{name}",
        name=name.replace("-", " ").title(),
        shortname=name,
        domains=(Domain.ENTERPRISE,),
    )


TACTICS = ("initial-access", "execution", "persistence", "defense-evasion", "credential-access", "impact")


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    """Eight techniques of six tactics, one revoked in favour of another."""
    tactics = tuple(_tactic(name) for name in TACTICS)
    techniques = (
        technique("T1003", "OS Credential Dumping", tactics=("credential-access",)),
        technique("T1003.001", "LSASS Memory", tactics=("credential-access",), description="Dump the memory of LSASS."),
        technique("T1053.005", "Scheduled Task", tactics=("execution", "persistence")),
        technique("T1059", "Command and Scripting Interpreter", tactics=("execution",)),
        technique("T1059.001", "PowerShell", tactics=("execution",), description="Adversaries abuse PowerShell."),
        technique("T1566.001", "Spearphishing Attachment", tactics=("initial-access",)),
        technique("T1490", "Inhibit System Recovery", tactics=("impact",), description="Delete volume shadow copies."),
        technique("T1562.001", "Disable or Modify Tools", tactics=("defense-evasion",)),
        technique("T1086", "PowerShell", revoked=True),
    )
    links = (
        relationship("revoked-by", "attack-pattern--T1086", "attack-pattern--T1059.001"),
        relationship("subtechnique-of", "attack-pattern--T1003.001", "attack-pattern--T1003"),
        relationship("subtechnique-of", "attack-pattern--T1059.001", "attack-pattern--T1059"),
    )
    return Catalog(
        [
            ReleaseContents(
                release=Release(domain=Domain.ENTERPRISE, version="18.1"),
                matrices=(Matrix("Enterprise", tuple(each.stix_id for each in tactics)),),
                tactics=tactics,
                techniques=techniques,
                relationships=links,
            )
        ]
    )


@pytest.fixture(scope="session")
def mapper(catalog: Catalog) -> Mapper:
    """A mapper over `catalog`; shipped Sigma rules for its techniques are among the evidence."""
    return open_mapper(catalog, roles())


@pytest.fixture(scope="session")
def real_catalog(release_contents: Callable[[Domain, str], ReleaseContents]) -> Catalog:
    """Release 18.1 of all domains."""
    return Catalog(release_contents(domain, "18.1") for domain in Domain)


@pytest.fixture(scope="session")
def real_mapper(real_catalog: Catalog, tmp_path_factory: pytest.TempPathFactory) -> Mapper:
    """A mapper over release 18.1, as it is shipped."""
    folder: Path = tmp_path_factory.mktemp("index")
    open_mapper(real_catalog, roles(), folder)
    return open_mapper(real_catalog, roles(), folder)
