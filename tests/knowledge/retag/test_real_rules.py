"""Real rule sets under a release in which a fifth of the techniques is revoked and a third moved."""

from __future__ import annotations

import random
import re
import shutil
import tarfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from knowledge.catalog import Catalog
from knowledge.changes import diff
from knowledge.detections.decode import readings
from knowledge.model import Domain, Relationship, ReleaseContents
from knowledge.retag import Plan, propose, write

TAG_LINE = re.compile(r"[+-]\s*-\s*(?:attack\.[\w.-]+|T\d{4}(?:\.\d{3})?)\s*")

pytestmark = pytest.mark.shared


def shaken(contents: ReleaseContents, seed: int) -> ReleaseContents:
    """A release after this one: techniques without sub-techniques revoked at random, others moved."""
    chance = random.Random(seed)  # noqa: S311 (a made-up release, not a secret)
    parents = {link.target for link in contents.relationships if link.type == "subtechnique-of"}
    current = [each for each in contents.techniques if not each.retired]
    dead = {each.stix_id for each in chance.sample([t for t in current if t.stix_id not in parents], 140)}
    alive = [each for each in current if each.stix_id not in dead]
    shortnames = [each.shortname for each in contents.tactics]
    techniques, links = [], list(contents.relationships)
    for each in contents.techniques:
        if each.stix_id in dead:
            techniques.append(replace(each, revoked=True))
            target = chance.choice(alive).stix_id
            stix_id = f"relationship--{each.id}"
            links.append(Relationship(stix_id=stix_id, type="revoked-by", source=each.stix_id, target=target))
        elif not each.retired and chance.random() < 0.3:
            techniques.append(replace(each, tactics=tuple(chance.sample(shortnames, 2))))
        else:
            techniques.append(each)
    release = replace(contents.release, version="20.0")
    return replace(contents, release=release, techniques=tuple(techniques), relationships=tuple(links))


@pytest.fixture(scope="module")
def plan(release_contents: Callable[[Domain, str], ReleaseContents]) -> Plan:
    old = release_contents(Domain.ENTERPRISE, "18.1")
    new = shaken(old, 1)
    return Plan(Catalog([new]), [diff(old, new)])


@pytest.fixture(scope="module")
def folders(shared_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The rule sets, each in a folder of its own."""
    found = {}
    for name in ("sigma-rules", "splunk-detections"):
        found[name] = tmp_path_factory.mktemp(name)
        with tarfile.open(shared_dir / "detections" / f"{name}.tar.xz") as archive:
            archive.extractall(found[name], filter="data")
    found["elastic-rules"] = tmp_path_factory.mktemp("elastic-rules")
    for path in (shared_dir / "detections" / "elastic-rules").glob("*.toml"):
        (found["elastic-rules"] / path.name).write_bytes(path.read_bytes())
    return found


@pytest.mark.parametrize(("name", "least"), [("sigma-rules", 500), ("splunk-detections", 30), ("elastic-rules", 3)])
def test_only_tags_change_and_a_second_run_proposes_nothing(
    name: str, least: int, folders: dict[str, Path], plan: Plan, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(folders[name], tmp_path / name))
    found = propose(folder, plan)

    assert len(found.proposals) >= least
    assert found.refused == ()
    for each in found.proposals:
        assert list(readings(each.after, each.path))
        if each.format != "elastic":  # whose mapping is tables, not a list; its editor holds the rest to be the same
            changed = [line for line in each.diff.splitlines()[2:] if line[:1] in "+-"]
            assert [line for line in changed if not TAG_LINE.fullmatch(line)] == []
    done = write(found)
    assert len(done.written) == len(found.proposals)
    assert propose(folder, plan).proposals == ()


def test_from_17_to_18_only_what_was_overdue_is_proposed(
    release_contents: Callable[[Domain, str], ReleaseContents], folders: dict[str, Path]
) -> None:
    pairs = [[release_contents(domain, version) for domain in Domain] for version in ("17.1", "18.1")]
    real = Plan(Catalog(pairs[1]), [diff(old, new) for old, new in zip(*pairs, strict=True)])

    proposed = {name: propose(folder, real) for name, folder in folders.items()}

    assert {name: [each.what for each in found.proposals] for name, found in proposed.items()} == {
        "sigma-rules": [],
        "splunk-detections": [("T1574.002 to T1574.001",)],  # merged in 17.0
        "elastic-rules": [],
    }
