"""A bundle becomes a release whole, with what it could not use counted, or one sentence says why not."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from knowledge.catalog import Catalog
from knowledge.errors import BundleError
from knowledge.model import Domain, LogSource, ReleaseContents, Technique
from knowledge.stix import BundlePeek, peek_bundle, read_bundle
from tests.knowledge.bundles import (
    as_stix_20,
    bundle,
    collection,
    group,
    link,
    matrix,
    tactic,
    technique,
    thing,
)
from tests.knowledge.damage import damaged, trimmed


def remarks_of(contents: ReleaseContents) -> dict[str, int]:
    return {remark.what: remark.count for remark in contents.release.remarks}


def refusal(text: bytes) -> str:
    with pytest.raises(BundleError) as caught:
        read_bundle(text, "made-up.json")
    sentence = str(caught.value)
    assert sentence.startswith("made-up.json: ")
    assert "\n" not in sentence
    return sentence


# -- what is read --------------------------------------------------------------------------------


def test_a_bundle_becomes_a_release_with_its_version_date_and_digest() -> None:
    contents = read_bundle(bundle(collection("18.1"), technique("T1059")), "made-up.json")

    release = contents.release
    assert (release.domain, release.version, release.published[:10]) == (Domain.ENTERPRISE, "18.1", "2025-01-01")
    assert release.digest.startswith("sha256:")
    assert release.source == "made-up.json"
    assert not release.remarks


def test_stix_20_reads_the_same_as_21() -> None:
    text = bundle(technique("T1059"), group(), link("uses", group(), technique("T1059"), description="how"))

    new, old = read_bundle(text, "b"), read_bundle(as_stix_20(text), "b")

    assert replace(old, release=new.release) == new
    assert not old.release.remarks


def test_a_bundle_without_a_collection_takes_the_version_it_is_given_or_its_last_change() -> None:
    text = bundle(technique("T1059"))

    assert read_bundle(text, "b", version="9.0").release.version == "9.0"
    assert read_bundle(text, "b").release.version == "2025-01-01"


def test_a_technique_keeps_what_a_card_needs() -> None:
    source = technique(
        "T1059.001",
        "PowerShell",
        x_mitre_platforms=["Windows"],
        x_mitre_version="1.4",
        x_mitre_detection="Watch it.",
        x_mitre_impact_type=["Availability"],
        external_references=[
            {"source_name": "mitre-attack", "external_id": "T1059.001", "url": "https://attack.mitre.org/x"},
            {"source_name": "capec", "external_id": "CAPEC-1"},
            {"source_name": "Someone 2020", "description": "A paper.", "url": "https://example.org"},
        ],
    )

    contents = read_bundle(bundle(source), "b")

    assert contents.techniques == (
        Technique(
            stix_id=source["id"],
            id="T1059.001",
            name="PowerShell",
            description="About PowerShell.",
            url="https://attack.mitre.org/x",
            version="1.4",
            created="2025-01-01T00:00:00.000Z",
            modified="2025-01-01T00:00:00.000Z",
            domains=(Domain.ENTERPRISE,),
            tactics=("execution",),
            platforms=("Windows",),
            is_subtechnique=True,
            detection="Watch it.",
            capec_ids=("CAPEC-1",),
            extras=(("Impact type", "Availability"),),
        ),
    )
    assert [citation.name for citation in contents.citations] == ["Someone 2020"]


def test_strategies_analytics_and_log_sources_of_v18_are_read() -> None:
    component = thing("x-mitre-data-component", "DC0032", "Process Creation")
    named = {"name": "WinEventLog:Sysmon", "channel": "EventCode=1", "x_mitre_data_component_ref": component["id"]}
    analytic = thing("x-mitre-analytic", "AN0001", "Analytic 1", x_mitre_log_source_references=[named])
    strategy = thing("x-mitre-detection-strategy", "DET0001", "Find it", x_mitre_analytic_refs=[analytic["id"]])
    shell = technique("T1059")

    contents = read_bundle(bundle(component, analytic, strategy, shell, link("detects", strategy, shell)), "b")

    assert contents.analytics[0].log_sources == (LogSource("WinEventLog:Sysmon", "EventCode=1", component["id"]),)
    catalog = Catalog([contents])
    assert [each.object.name for each in catalog.components_of(catalog.techniques()[0])] == ["Process Creation"]


# -- what is counted -----------------------------------------------------------------------------


def test_an_object_without_an_id_is_counted() -> None:
    nameless = technique("T1059")
    del nameless["id"]

    contents = read_bundle(bundle(technique("T1060"), nameless, 7, ["T1061"]), "b")

    assert [each.id for each in contents.techniques] == ["T1060"]
    assert remarks_of(contents) == {"objects without an id or a type": 3}


def test_of_two_objects_with_one_id_the_one_changed_last_stays() -> None:
    older = technique("T1059", "Old")
    newer = technique("T1059", "New", modified="2025-06-01T00:00:00.000Z")

    for order in ((older, newer), (newer, older)):
        contents = read_bundle(bundle(*order), "b")
        assert [each.name for each in contents.techniques] == ["New"]
        assert remarks_of(contents) == {"objects whose id stands twice": 1}


def test_an_unknown_type_is_counted_and_named() -> None:
    contents = read_bundle(bundle(technique("T1059"), thing("x-acme-thing", "A1", "Thing")), "b")

    assert remarks_of(contents) == {"objects of unknown type x-acme-thing": 1}


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": 5},
        {"name": None, "external_references": None},
        {"external_references": 5},
        {"external_references": [{"source_name": "mitre-attack", "external_id": 1059}]},
        {"kill_chain_phases": "execution"},
        {"kill_chain_phases": [{"kill_chain_name": "mitre-attack", "phase_name": 1}]},
        {"x_mitre_domains": "enterprise-attack"},
        {"x_mitre_platforms": [1]},
        {"modified": 20250101},
        {"modified": "9" * 40},
        {"revoked": "yes"},
        {"external_references": [{"source_name": "someone", "description": 5}]},
    ],
)
def test_an_object_with_a_field_of_the_wrong_type_is_counted_and_the_rest_stays(wrong: dict[str, object]) -> None:
    contents = read_bundle(bundle(technique("T1059"), technique("T1060", **wrong)), "b")

    assert [each.id for each in contents.techniques] == ["T1059"]
    assert sum(remarks_of(contents).values()) == 1


def test_a_null_in_a_reference_is_read_as_nothing() -> None:
    references = [
        {"source_name": "mitre-attack", "external_id": "T1059", "url": None},
        {"source_name": "capec", "external_id": None, "url": "https://capec.mitre.org"},
        {"source_name": "Someone", "description": None, "url": "https://example.org"},
    ]

    contents = read_bundle(bundle(technique("T1059", external_references=references)), "b")

    assert [(each.url, each.capec_ids) for each in contents.techniques] == [("", ())]
    assert [each.text for each in contents.citations if each.name == "Someone"] == [""]


@pytest.mark.parametrize(
    "wrong",
    [
        {"x_mitre_version": 18.1},
        {"modified": 5},
        {"x_mitre_attack_spec_version": ["3"]},
    ],
)
def test_a_collection_with_a_field_of_the_wrong_type_leaves_a_release_by_date(wrong: dict[str, object]) -> None:
    contents = read_bundle(bundle(collection() | wrong, technique("T1059")), "b")

    assert contents.release.version == "2025-01-01"
    assert contents.release.remarks


def test_relationships_that_point_nowhere_or_are_retired_are_counted() -> None:
    shell, other = technique("T1059"), technique("T1060")

    contents = read_bundle(
        bundle(shell, group(), link("uses", group(), other), link("uses", group(), shell, revoked=True)), "b"
    )

    assert contents.relationships == ()
    assert remarks_of(contents) == {
        "relationships that point at no object of the bundle": 1,
        "relationships that ATT&CK has retired": 1,
    }


def test_a_cycle_of_revoked_by_is_counted_and_does_not_trap_a_look_up() -> None:
    one, two = technique("T1001", revoked=True), technique("T1002", revoked=True)
    into = technique("T1003", revoked=True)

    contents = read_bundle(
        bundle(one, two, into, *(link("revoked-by", a, b) for a, b in ((one, two), (two, one), (into, one)))), "b"
    )

    assert remarks_of(contents) == {"objects in a cycle of revoked-by": 2}
    catalog = Catalog([contents])
    for attack_id in ("T1001", "T1002", "T1003"):
        found = catalog.find(attack_id)
        assert found is not None
        assert found.object.revoked


def test_examples_of_remarks_are_one_short_line() -> None:
    contents = read_bundle(bundle(technique("T1059"), {"line\nbreak " * 99: 1}, technique("T1060", modified="\n")), "b")

    for remark in contents.release.remarks:
        assert "\n" not in remark.example
        assert len(remark.example) <= 200


# -- what is refused -----------------------------------------------------------------------------


def test_truncated_json_is_refused() -> None:
    assert "not valid JSON" in refusal(bundle(technique("T1059"))[:-20])


@pytest.mark.parametrize(
    "text", [b"", b"\x00" * 50, b"\xff\xfe{", b"[]", b"null", b'"bundle"', b"{}", b'{"type": "tool"}']
)
def test_what_is_no_bundle_is_refused(text: bytes) -> None:
    refusal(text)


@pytest.mark.parametrize("objects", [None, [], {}, "x", 5])
def test_a_bundle_without_objects_is_refused(objects: object) -> None:
    assert "objects" in refusal(json.dumps({"type": "bundle", "objects": objects}).encode())


@pytest.mark.parametrize("depth", [200, 900, 990, 1100, 100_000])
def test_deep_nesting_is_refused(depth: int) -> None:
    nest = b"[" * depth + b"]" * depth
    refusal(b'{"type": "bundle", "objects": ' + nest + b"}")
    refusal(b'{"type": "bundle", "objects": [{"id": "a", "type": "b", "x": ' + nest + b"}]}")
    refusal(nest)


def test_a_bundle_without_a_matrix_is_refused() -> None:
    assert "matrix" in refusal(bundle(tactic(), technique("T1059"), whole=False))


def test_a_bundle_whose_only_matrix_is_deprecated_or_misshapen_is_refused() -> None:
    for wrong in ({"x_mitre_deprecated": True}, {"tactic_refs": 5}, {"name": ["x"]}):
        assert "matrix" in refusal(bundle(tactic(), matrix(tactic()) | wrong, technique("T1059"), whole=False))


def test_a_matrix_of_no_known_domain_is_refused() -> None:
    other = matrix(
        tactic(), x_mitre_domains=["acme-attack"], external_references=[{"source_name": "a", "external_id": "b"}]
    )

    assert "domain" in refusal(bundle(tactic(), other, technique("T1059"), whole=False))


def test_a_bundle_without_a_technique_is_refused() -> None:
    assert "technique" in refusal(bundle(group()))


# -- a peek --------------------------------------------------------------------------------------


def test_a_peek_tells_domain_version_and_date() -> None:
    text = bundle(technique("T1059"), collection("18.1", modified="2025-06-01T00:00:00.000Z"))

    assert peek_bundle(text, "b") == BundlePeek(Domain.ENTERPRISE, "18.1")
    assert peek_bundle(bundle(technique("T1059")), "b") == BundlePeek(Domain.ENTERPRISE)
    assert peek_bundle(bundle(technique("T1059"), whole=False), "b").domain is None


def test_a_peek_at_an_oddity_promises_nothing() -> None:
    assert peek_bundle(bundle(5), "b") == BundlePeek()
    for text in (b"{}", b'{"type": "tool", "objects": [1]}', b'{"objects": [1, "\xff"]}', b"[", b"[" * 5000):
        with pytest.raises(BundleError):
            peek_bundle(text, "b")


# -- any damage ----------------------------------------------------------------------------------


@pytest.mark.shared
@pytest.mark.parametrize(("domain", "seeds"), [(Domain.ICS, range(300)), (Domain.ENTERPRISE, range(300, 500))])
def test_500_damaged_bundles_become_a_release_or_a_sentence(
    domain: Domain, seeds: range, bundle_text: Callable[[Domain, str], bytes]
) -> None:
    sound = trimmed(bundle_text(domain, "18.1"), of_each_type=2)
    whole = 0
    sentences: list[str] = []

    for seed in seeds:
        text = damaged(sound, seed)
        try:
            contents = read_bundle(text, "damaged.json")
        except BundleError as error:
            sentences.append(str(error))
            continue
        assert contents.matrices, seed
        assert contents.techniques, seed
        every_question(Catalog([contents]))
        whole += 1

    assert not [sentence for sentence in sentences if "\n" in sentence]
    assert len(seeds) // 4 < whole < len(seeds)  # the damage is neither nothing nor everything


def every_question(catalog: Catalog) -> None:
    for item in catalog.objects(retired=True):
        catalog.find(item.id)
    for each in catalog.techniques(retired=True):
        catalog.procedures_of(each)
        catalog.groups_using(each)
        catalog.mitigations_of(each)
        catalog.components_of(each)
        catalog.tactics_of(each)
        catalog.parent_of(each)
