"""The eight categories of 17.1 to 18.1, judged by MITRE's own changelog library; and how long it takes."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from knowledge.changes import Category, Changes, Weight, as_json, diff
from knowledge.library import Library
from knowledge.model import Domain, Kind, ReleaseContents

JUDGE = """
import json, sys
from mitreattack.diffStix.changelog_helper import DiffStix, get_attack_id
judged = DiffStix(old=sys.argv[1], new=sys.argv[2]).data["changes"]
print(json.dumps({
    domain: {kind: {category: sorted([get_attack_id(each), get_attack_id(each.get("revoked_by", {})) or ""]
                                     for each in objects)
                    for category, objects in judged[kind][domain].items()} for kind in judged}
    for domain in ("enterprise-attack", "mobile-attack", "ics-attack")}))
"""
KINDS = {
    "techniques": Kind.TECHNIQUE,
    "software": Kind.SOFTWARE,
    "groups": Kind.GROUP,
    "campaigns": Kind.CAMPAIGN,
    "assets": Kind.ASSET,
    "mitigations": Kind.MITIGATION,
    "datasources": Kind.DATA_SOURCE,
    "datacomponents": Kind.DATA_COMPONENT,
    "detectionstrategies": Kind.DETECTION_STRATEGY,
    "analytics": Kind.ANALYTIC,
}
BAR_SECONDS = 2.0

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def judged(bundle_text: Callable[[Domain, str], bytes], tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What MITRE's library says, in a process of its own: half a minute, once."""
    folders = [tmp_path_factory.mktemp(version) for version in ("17.1", "18.1")]
    for folder, version in zip(folders, ("17.1", "18.1"), strict=True):
        for domain in Domain:
            (folder / f"{domain}-attack.json").write_bytes(bundle_text(domain, version))
    done = subprocess.run(
        [sys.executable, "-c", JUDGE, *map(str, folders)], check=True, capture_output=True, text=True, timeout=600
    )
    return json.loads(done.stdout.strip().splitlines()[-1])


@pytest.fixture(scope="module")
def compared(release_contents: Callable[[Domain, str], ReleaseContents]) -> dict[Domain, Changes]:
    return {domain: diff(release_contents(domain, "17.1"), release_contents(domain, "18.1")) for domain in Domain}


@pytest.mark.parametrize("domain", list(Domain))
def test_every_category_of_every_kind_is_mitres(domain: Domain, judged: Any, compared: dict[Domain, Changes]) -> None:
    changes = compared[domain]

    for name, kind in KINDS.items():
        ours = {
            category.value: sorted([each.id, each.revoked_by] for each in changes.of(kind=kind, category=category))
            for category in Category
        }
        assert ours == judged[f"{domain}-attack"][name], name


@pytest.mark.parametrize("domain", list(Domain))
def test_the_contract_lists_mitres_techniques(domain: Domain, judged: Any, compared: dict[Domain, Changes]) -> None:
    found: Any = as_json(compared[domain])["techniques"]

    for category, items in judged[f"{domain}-attack"]["techniques"].items():
        revoked = category == Category.REVOCATION.value
        assert found[category] == [{"id": i, "by": by} if revoked else i for i, by in items]


def test_what_to_act_on_is_what_was_read_by_hand(compared: dict[Domain, Changes]) -> None:
    acted = {domain: [each.what for each in compared[domain].of(weights=[Weight.ACT])] for domain in Domain}

    assert acted == {
        Domain.ENTERPRISE: [
            "T1497.003 Time Based Checks: renamed, was Time Based Evasion.",
            "T1552.003 Shell History: renamed, was Bash History.",
        ],
        Domain.MOBILE: [],
        Domain.ICS: [],
    }


def test_three_domains_are_loaded_and_compared_in_time(
    release_contents: Callable[[Domain, str], ReleaseContents], tmp_path: Path
) -> None:
    library = Library(tmp_path)
    for domain in Domain:
        for version in ("17.1", "18.1"):
            library.add(release_contents(domain, version))

    started = time.perf_counter()
    for domain in Domain:
        diff(library.contents(domain, "17.1"), library.contents(domain, "18.1"))

    assert time.perf_counter() - started <= BAR_SECONDS
