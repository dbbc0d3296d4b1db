"""The snapshot in the wheel is the release it claims to be, as far as its clusters go."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import pytest

from knowledge.catalog import Catalog
from knowledge.errors import SourceError
from knowledge.model import AttackObject, Domain, Group, ReleaseContents, Software, Technique
from knowledge.sources.snapshot import SnapshotSource
from knowledge.sources.snapshot.clusters import clusters_folder, read_facts


@pytest.fixture(scope="module")
def snapshot() -> dict[Domain, ReleaseContents]:
    source = SnapshotSource()
    contents = [source.fetch(offer) for offer in source.offers()]
    return {each.release.domain: each for each in contents}


@pytest.fixture(scope="module")
def catalog(snapshot: dict[Domain, ReleaseContents]) -> Catalog:
    return Catalog(snapshot.values())


def test_it_holds_three_releases_and_says_that_it_is_a_snapshot(snapshot: dict[Domain, ReleaseContents]) -> None:
    assert {domain: each.release.version for domain, each in snapshot.items()} == {
        Domain.ENTERPRISE: "17.1",
        Domain.MOBILE: "17.1",
        Domain.ICS: "2020",
    }
    assert all(each.release.snapshot and not each.release.digest for each in snapshot.values())
    assert snapshot[Domain.ENTERPRISE].release.published.startswith("2025-05-06")


def test_it_is_read_in_under_a_second() -> None:
    started = time.perf_counter()

    SnapshotSource().offers()

    assert time.perf_counter() - started < 1.0


def test_reading_it_does_not_run_the_package_that_carries_it() -> None:
    code = (
        "import sys; from knowledge.sources.snapshot import SnapshotSource; SnapshotSource().offers();"
        "sys.exit('pymispgalaxies' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_its_ids_are_the_same_in_every_run(snapshot: dict[Domain, ReleaseContents]) -> None:
    again = SnapshotSource()

    assert {offer.domain: again.fetch(offer) for offer in again.offers()} == snapshot


def test_no_two_objects_and_no_two_relationships_share_an_id(snapshot: dict[Domain, ReleaseContents]) -> None:
    for contents in snapshot.values():
        ids = [*(item.stix_id for item in contents.objects()), *(link.stix_id for link in contents.relationships)]
        assert len(ids) == len(set(ids))


# -- against MITRE's own release -------------------------------------------------------------------

_ABSENT = {"version", "created", "modified", "detection", "extras", "url", "description", "aliases"}
"""Fields that the clusters lack, or carry in a form of their own, and that are looked at one by one."""


@pytest.mark.shared
@pytest.mark.parametrize("domain", [Domain.ENTERPRISE, Domain.MOBILE])
def test_its_objects_are_those_of_the_real_release(
    domain: Domain,
    snapshot: dict[Domain, ReleaseContents],
    release_contents: Callable[[Domain, str], ReleaseContents],
) -> None:
    ours, real = snapshot[domain], release_contents(domain, "17.1")

    for kind in ("tactics", "techniques", "groups", "software", "mitigations", "data_sources", "data_components"):
        expected = {item.stix_id: item for item in getattr(real, kind)}
        found = {item.stix_id: item for item in getattr(ours, kind)}
        if kind == "tactics":
            expected = {stix_id: item for stix_id, item in expected.items() if not item.retired}
        assert found.keys() == expected.keys(), kind
        for stix_id, item in found.items():
            assert told(item) == told(expected[stix_id]), kind
    assert not ours.campaigns


@pytest.mark.shared
@pytest.mark.parametrize("domain", [Domain.ENTERPRISE, Domain.MOBILE])
def test_its_relations_are_those_of_the_real_release(
    domain: Domain,
    snapshot: dict[Domain, ReleaseContents],
    release_contents: Callable[[Domain, str], ReleaseContents],
) -> None:
    ours, real = snapshot[domain], release_contents(domain, "17.1")
    known = {item.stix_id for item in ours.objects()}

    expected = {(r.type, r.source, r.target) for r in real.relationships if r.source in known and r.target in known}
    assert {(link.type, link.source, link.target) for link in ours.relationships} == expected


@pytest.mark.shared
@pytest.mark.parametrize("domain", [Domain.ENTERPRISE, Domain.MOBILE])
def test_its_matrix_is_that_of_the_real_release(
    domain: Domain,
    snapshot: dict[Domain, ReleaseContents],
    release_contents: Callable[[Domain, str], ReleaseContents],
) -> None:
    assert snapshot[domain].matrices == release_contents(domain, "17.1").matrices


@pytest.mark.shared
def test_ids_given_to_ics_names_are_those_of_the_real_release(
    snapshot: dict[Domain, ReleaseContents], release_contents: Callable[[Domain, str], ReleaseContents]
) -> None:
    real = {item.id: item for item in release_contents(Domain.ICS, "17.1").objects()}
    real |= {item.id: item for item in release_contents(Domain.ENTERPRISE, "17.1").groups}
    renamed = {"T0830", "T0867", "T0848", "T0858"}

    for item in snapshot[Domain.ICS].techniques:
        assert item.id in real
        assert item.id in renamed or item.name == real[item.id].name
    for item in (*snapshot[Domain.ICS].groups, *snapshot[Domain.ICS].software):
        names = (item.name, *item.aliases)
        twin = real[item.id]
        assert isinstance(twin, Group | Software)
        assert {n.lower() for n in names} & {n.lower() for n in (twin.name, *twin.aliases, "BlackEnergy 3", "RASPITE")}
    for tactic in snapshot[Domain.ICS].tactics:
        assert tactic.stix_id == real[tactic.id].stix_id


def told(item: AttackObject) -> dict[str, object]:
    """What the clusters carry of an object."""
    values = {field.name: getattr(item, field.name) for field in fields(item) if field.name not in _ABSENT}
    values["platforms"] = set(values.get("platforms", ()))
    values["data_sources"] = set(values.get("data_sources", ()))
    values["tactics"] = set(values.get("tactics", ()))
    del values["domains"]  # MITRE's objects do not all name every domain whose bundle they stand in
    values["deprecated"] = item.deprecated and not item.revoked
    return values


# -- as it is used ---------------------------------------------------------------------------------


def test_an_old_id_leads_to_its_successor(catalog: Catalog) -> None:
    found = catalog.find("T1086")

    assert found is not None
    assert (found.object.id, [item.name for item in found.via]) == ("T1059.001", ["PowerShell"])


def test_tactics_come_in_the_order_of_the_matrix(catalog: Catalog) -> None:
    assert [tactic.id for tactic in catalog.tactics(Domain.ENTERPRISE)][:3] == ["TA0043", "TA0042", "TA0001"]
    assert [tactic.name for tactic in catalog.tactics(Domain.ICS)][-1] == "Impact"
    assert all(catalog.tactics_of(technique) for technique in catalog.techniques())


def test_an_ics_technique_bears_todays_id_and_answers_to_that_of_2020(catalog: Catalog) -> None:
    technique = catalog.get("T803")

    assert isinstance(technique, Technique)
    assert (technique.id, technique.name, technique.former_ids) == ("T0803", "Block Command Message", ("T803",))
    assert technique.tactics == ("inhibit-response-function",)


def test_ics_techniques_that_the_cluster_misnumbers_are_put_right(catalog: Catalog) -> None:
    names = {each.id: each.name for each in catalog.techniques(Domain.ICS)}

    assert names["T0812"] == "Default Credentials"
    assert names["T0883"] == "Internet Accessible Device"
    assert names["T0853"] == "Scripting"
    assert len(names) == 78


def test_a_group_of_two_domains_is_one_group(catalog: Catalog) -> None:
    group = catalog.get("G0034")

    assert isinstance(group, Group)
    assert group.domains == (Domain.ENTERPRISE, Domain.MOBILE, Domain.ICS)
    used = catalog.techniques_used_by(group)
    assert {each.object.domains[0] for each in used} == {Domain.ENTERPRISE, Domain.MOBILE, Domain.ICS}
    assert "Industroyer" in {each.object.name for each in catalog.software_used_by(group)}


def test_ics_procedures_and_assets_are_told(catalog: Catalog) -> None:
    screen = catalog.get("T0852")
    assert isinstance(screen, Technique)

    assert any("ALLANITE" in each.description for each in catalog.groups_using(screen))
    loss = catalog.get("T0800")
    assert isinstance(loss, Technique)
    assert "A0010" in {asset.id for asset in catalog.assets_of(loss)}


def test_what_is_left_out_is_counted(snapshot: dict[Domain, ReleaseContents]) -> None:
    counts = {remark.what: remark.count for each in snapshot.values() for remark in each.release.remarks}

    assert counts["techniques of PRE-ATT&CK"] == 174
    assert counts["links to techniques the cluster lacks"] < 20
    assert not any(item.id == "T1393" for item in snapshot[Domain.ENTERPRISE].techniques)


def test_the_order_in_the_wheels_own_galaxy_is_kept() -> None:
    galaxy = json.loads((clusters_folder().parent / "galaxies" / "mitre-attack-pattern.json").read_text("utf-8"))
    facts = read_facts()

    for prefix, domain in (("attack-", facts.enterprise), ("mobile-attack-", facts.mobile)):
        ours = [name.lower().replace(" ", "-") for _, name, _ in domain.tactics]
        for platform, order in galaxy["kill_chain_order"].items():
            if platform.startswith(prefix):
                assert [phase for phase in ours if phase in order] == [phase for phase in order if phase in ours]


# -- another wheel ---------------------------------------------------------------------------------


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    for path in clusters_folder().glob("mitre-*.json"):
        if path.stem in read_facts().checked:
            (tmp_path / path.name).write_bytes(path.read_bytes())
    return tmp_path


def test_a_newer_cluster_is_read_and_marked(copied: Path) -> None:
    path = copied / "mitre-attack-pattern.json"
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | {"version": 99}), "utf-8")

    source = SnapshotSource(copied)

    assert {offer.version for offer in source.offers()} == {"17.1+galaxy99", "2020"}
    contents = source.fetch(source.offers()[0])
    assert any("clusters changed" in remark.what for remark in contents.release.remarks)


@pytest.mark.parametrize(
    "text", [None, b"", b"[]", b'{"values": 5}', b'{"version": 1, "values": [{"uuid": 5}]}', b"[" * 9999]
)
def test_a_missing_or_damaged_cluster_is_one_sentence(copied: Path, text: bytes | None) -> None:
    path = copied / "mitre-tool.json"
    path.unlink() if text is None else path.write_bytes(text)

    with pytest.raises(SourceError, match="install"):
        SnapshotSource(copied).offers()
