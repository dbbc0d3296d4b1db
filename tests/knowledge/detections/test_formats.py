"""Each format's reader, on rules made up for it."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from knowledge.detections import FORMAT_NAMES, DetectionKind, LogSourceClaim
from knowledge.detections.reader import MAX_LABEL
from knowledge.detections.strings import query_strings
from tests.knowledge.detections.conftest import SAMPLES, Import

Write = Callable[[str, "str | bytes"], Path]


def test_sigma_keeps_what_the_author_wrote(imported: Import) -> None:
    _, (rule, *_) = imported("sigma.yml")

    assert rule.id == "11111111-aaaa-4bbb-8ccc-000000000001"
    assert rule.title == "Encoded Command In A Made-Up Shell"
    assert (rule.level, rule.status, rule.enabled) == ("high", "stable", True)
    assert rule.ids == ("T1059.001", "T1086")
    assert rule.written_ids == ("attack.t1059.001", "attack.T1086")
    assert rule.tactics == ("execution", "defense-evasion")
    assert rule.log_sources == (LogSourceClaim(product="windows", category="process_creation"),)
    assert rule.url == "https://rules.example/encoded"
    assert (rule.path, rule.format, rule.source) == ("sigma.yml#1", "sigma", "sigma")
    assert "acme.tier1" in rule.tags


def test_sigma_strings_leave_out_exclusions_hashes_and_expressions(imported: Import) -> None:
    _, (rule, *_) = imported("sigma.yml")

    assert rule.strings == ("\\acmeshell.exe", "EventID=4688", "-encoded", "FromBase64String")


def test_ids_in_the_addresses_of_references_are_no_claims(imported: Import, written: Write) -> None:
    path = written(
        "pointing.yml",
        "title: Points Elsewhere\ntags: [attack.t1566]\nlogsource: {product: windows}\nreferences:\n"
        "  - https://example.org/atomics/T1003.001/T1003.001.md#test-1\n"
        "  - https://attack.example/techniques/T1047/\n  - https://attack.example/techniques/T1566\n"
        "  - not a link but T1490\n"
        "detection: {a: {Image: one.exe}, condition: a}\n",
    )
    report, (rule,) = imported(path)

    assert rule.cited_ids == ("T1003.001", "T1047", "T1490")
    assert rule.ids == ("T1566",)
    assert (report.imported, report.unknown_ids) == (1, ())


def test_sigma_reads_every_document_of_a_file(imported: Import) -> None:
    report, (_, correlation, plain) = imported("sigma.yml")

    assert (report.read, report.imported, report.without_technique) == (4, 2, 1)
    assert correlation.ids == ("T1999",)
    assert not correlation.enabled
    assert not correlation.covers
    assert plain.ids == ()
    assert plain.strings == ("insmod acme.ko",)
    (refused,) = report.rejected
    assert refused.path == "sigma.yml#4"
    assert "not a valid Sigma rule" in refused.reason


def test_sigma_merges_a_global_document_into_those_after_it(imported: Import, written: Write) -> None:
    path = written(
        "old.yml",
        "action: global\ntitle: Shared\ntags: [attack.t1566]\n---\nlogsource: {product: windows}\n"
        "detection: {a: {Image: one.exe}, condition: a}\n---\nlogsource: {product: linux}\n"
        "detection: {a: {Image: two.exe}, condition: a}\n",
    )

    report, detections = imported(path)

    assert (report.read, report.imported) == (2, 2)
    assert [each.log_sources[0].product for each in detections] == ["windows", "linux"]
    assert len({each.id for each in detections}) == 2


def test_elastic_toml(imported: Import) -> None:
    _, (rule,) = imported("elastic.toml")

    assert rule.id == "22222222-aaaa-4bbb-8ccc-000000000001"
    assert rule.ids == ("T1059", "T1059.001")
    assert rule.tactics == ("TA0002",)
    assert (rule.level, rule.status) == ("medium", "production")
    assert [each.label for each in rule.log_sources] == ["endpoint", "logs-endpoint.events.process-*"]
    assert rule.strings == ("acmeshell.exe", "acme")


def test_elastic_export(imported: Import) -> None:
    report, (one, two) = imported("elastic.ndjson")

    assert (report.read, report.imported, report.without_technique, report.rejected) == (2, 1, 1, ())
    assert (one.id, one.ids, one.enabled, one.path) == ("export-1", ("T1566",), False, "elastic.ndjson#1")
    assert (two.ids, two.enabled) == ((), True)


def test_splunk(imported: Import) -> None:
    _, (rule,) = imported("splunk.yml")

    assert rule.ids == ("T1059", "T1566")
    assert (rule.level, rule.status) == ("risk 64", "production")
    assert [each.name for each in rule.log_sources] == ["Sysmon EventID 1"]
    assert rule.strings == ("acmeshell.exe", "http://", "--fetch")
    assert rule.tags == ("TTP", "Acme Story")


def test_sentinel_yaml(imported: Import) -> None:
    _, (rule,) = imported("sentinel.yaml")

    assert rule.ids == ("T1566", "T1059.001")
    assert rule.tactics == ("InitialAccess",)
    assert rule.level == "medium"
    assert [each.label for each in rule.log_sources] == [
        "AzureActiveDirectory/SigninLogs",
        "AzureActiveDirectory/AuditLogs",
    ]
    assert rule.strings == ("Acme Portal", "Add acme credential", "Consent to acme")


def test_sentinel_arm_template_and_the_templates_in_it(imported: Import) -> None:
    report, (outer, inner) = imported("sentinel-arm.json")

    assert (report.read, report.imported, report.without_technique) == (2, 1, 1)
    assert outer.id == "55555555-aaaa-4bbb-8ccc-000000000001"
    assert (outer.ids, outer.enabled, outer.level) == (("T1059", "T1059.001"), False, "high")
    assert (inner.id, inner.title) == ("inner", "Acme inner rule")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_navigator_layer_in_any_encoding(imported: Import, written: Write, encoding: str) -> None:
    content = (SAMPLES / "layer.json").read_text()

    report, detections = imported(written("layer.json", content.encode(encoding)))

    assert (report.read, report.imported, len(report.rejected)) == (5, 4, 1)
    assert {each.ids[0]: each.covers for each in detections} == {
        "T1059": True,
        "T1566": False,  # a score of nothing
        "T1059.001": False,  # disabled
        "T1999": True,
    }
    assert detections[0].tactics == ("execution", "persistence")
    assert detections[0].level == "score 3"
    assert detections[0].kind is DetectionKind.SCORE


def test_navigator_layer_in_a_zip(imported: Import, written: Write) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("layer.json", (SAMPLES / "layer.json").read_text().encode("utf-16"))

    report, detections = imported(written("layers.zip", packed.getvalue()))

    assert (report.source, report.imported) == ("layers", 4)
    assert detections[0].path == "layer.json"


def test_navigator_layer_without_scores_claims_what_is_coloured(imported: Import, written: Write) -> None:
    layer = '{"versions": {"layer": "4.4"}, "techniques": [%s]}'
    coloured = '{"techniqueID": "T1059", "color": "#e60d0d"}, {"techniqueID": "T1566", "showSubtechniques": true}'

    _, marked = imported(written("marked.json", layer % coloured))
    _, bare = imported(written("bare.json", layer % '{"techniqueID": "T1059"}, {"techniqueID": "T1566"}'))

    assert [each.covers for each in marked] == [True, False]
    assert [each.covers for each in bare] == [True, True]


def test_dettect_techniques_count_their_newest_score(imported: Import) -> None:
    report, (scored, unscored) = imported("dettect-techniques.yaml")

    assert (report.read, report.imported) == (2, 2)
    assert (scored.ids, scored.level, scored.covers) == (("T1059",), "score 3", True)
    assert scored.tags == ("visibility 2",)
    assert (unscored.level, unscored.covers) == ("score -1", False)


def test_dettect_data_sources_show_visibility_and_cover_nothing(imported: Import) -> None:
    report, (process, file) = imported("dettect-sources.yaml")

    assert (report.read, report.without_technique) == (2, 2)
    assert (process.kind, process.enabled, process.covers) == (DetectionKind.COLLECTED, True, False)
    assert process.log_sources[1] == LogSourceClaim(product="Acme EDR", name="Process Creation")
    assert not file.enabled


def test_dettect_groups_are_adversaries(imported: Import) -> None:
    report, (red, weighted) = imported("dettect-groups.yaml")

    assert (report.read, report.imported) == (2, 2)
    assert (red.title, red.ids, red.tags) == ("Acme Red Team: Autumn", ("T1059.001", "T1566"), ("S0002",))
    assert weighted.ids == ("T1059", "T1566")
    assert not any(each.covers for each in (red, weighted))


def test_table(imported: Import) -> None:
    report, (encoded, phishing, unmapped) = imported("table.csv")

    assert (report.read, report.imported, report.without_technique, len(report.rejected)) == (4, 2, 1, 1)
    assert (encoded.title, encoded.ids, encoded.level) == ("Encoded command", ("T1059.001", "T1086"), "high")
    assert [each.name for each in encoded.log_sources] == ["EDR", "Sysmon"]
    assert (phishing.ids, phishing.written_ids, phishing.enabled) == (("T1566",), ("t1566",), False)
    assert unmapped.title == "Nothing mapped"


def test_table_finds_its_id_column_by_what_is_in_it(imported: Import, written: Write) -> None:
    path = written("list.txt", "what;where\nT1059 Command Interpreter;here\nT1566 - Phishing;there\n")

    _, detections = imported(path)

    assert [each.ids for each in detections] == [("T1059",), ("T1566",)]


def test_workbook_below_a_title_and_on_a_second_sheet(imported: Import, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.create_sheet("Rules")
    for row in (
        ["Acme use cases"],
        [],
        ["Use case", "ATT&CK", "Priority"],
        ["Shell", "T1059", 2],
        ["Mail", "T1566", 0],
    ):
        book["Rules"].append(row)
    book.save(tmp_path / "cases.xlsx")

    report, (shell, mail) = imported(tmp_path / "cases.xlsx")

    assert report.formats == (("table", 2),)
    assert (shell.title, shell.ids, shell.level, shell.covers) == ("Shell", ("T1059",), "score 2", True)
    assert not mail.covers


def test_stix_bundle(imported: Import) -> None:
    report, detections = imported("stix.json")
    by_id = {each.id: each for each in detections}

    assert by_id["indicator--1"].ids == ("T1566", "T1059")  # the second by the STIX id the catalog knows
    assert by_id["indicator--1"].covers
    assert by_id["intrusion-set--a"].kind is DetectionKind.ADVERSARY
    assert by_id["attack-pattern--alone"].ids == ("T1059.001",)
    assert "attack-pattern--own" not in by_id
    (refused,) = report.rejected
    assert "indicator--gone" in refused.reason


def test_stix_release_is_not_taken_for_detections(imported: Import, written: Write) -> None:
    path = written(
        "attack.json", '{"type": "bundle", "objects": [{"type": "x-mitre-matrix", "id": "x-mitre-matrix--1"}]}'
    )

    report, detections = imported(path)

    assert detections == ()
    assert "attackbot sync" in report.rejected[0].reason


def test_every_format_has_a_sample_and_is_known_by_its_content(imported: Import, written: Write) -> None:
    met = set()
    for sample in sorted(SAMPLES.iterdir()):
        report, _ = imported(written(f"{sample.stem}.unnamed", sample.read_bytes()))
        met.add(report.formats[0][0])

    assert met == set(FORMAT_NAMES)


def stix(*objects: dict[str, object]) -> str:
    return json.dumps({"type": "bundle", "objects": objects})


def attack_pattern(attack_id: str) -> dict[str, object]:
    known = [{"source_name": "mitre-attack", "external_id": attack_id}]
    return {"type": "attack-pattern", "id": f"attack-pattern--{attack_id}", "external_references": known}


def test_stix_a_parent_stands_for_itself_though_its_subtechnique_points_at_it(imported: Import, written: Write) -> None:
    child, parent = attack_pattern("T1059.001"), attack_pattern("T1059")
    link = {
        "type": "relationship",
        "id": "relationship--1",
        "relationship_type": "subtechnique-of",
        "source_ref": child["id"],
        "target_ref": parent["id"],
    }

    _, detections = imported(written("covered.json", stix(child, parent, link)))

    assert [each.ids for each in detections] == [("T1059.001",), ("T1059",)]


def test_stix_references_to_what_is_not_there_are_told_in_one_order(imported: Import, written: Write) -> None:
    links = (
        {"type": "relationship", "id": f"relationship--{name}", "source_ref": f"indicator--{name}", "target_ref": "x"}
        for name in "fbdaec"
    )
    path = written("loose.json", stix(*({**link, "target_ref": "attack-pattern--x"} for link in links)))

    report, _ = imported(path)

    assert [each.reason.split()[3].rstrip(",") for each in report.rejected] == [f"indicator--{n}" for n in "abcdef"]


def test_stix_keeps_every_technique_an_object_points_at(imported: Import, written: Write) -> None:
    targets = [f"attack-pattern--{number}" for number in range(150)]
    report_object = {"type": "report", "id": "report--1", "name": "Year in review", "object_refs": targets}

    _, (found,) = imported(written("report.json", stix(report_object)))

    assert found.written_ids == found.ids == tuple(targets)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("layer.json", '{"techniques": [{"techniqueID": "T1059"}, "T1566"], "versions": {"layer": "4.5"}}', "'T1566'"),
        ("bundle.json", stix(attack_pattern("T1059"), 7), "entry 2 is not a STIX object but 7"),  # type: ignore[arg-type]
        ("bundle.json", stix(attack_pattern("T1059"), {"type": "indicator", "name": "Nameless"}), "without an id"),
        (
            "dettect.yaml",
            "file_type: technique-administration\ntechniques: [T1566, {technique_id: T1059}]",
            "entry 1 is not one of the techniques but 'T1566'",
        ),
    ],
)
def test_what_stands_among_the_documents_and_is_none_is_rejected(
    imported: Import, written: Write, name: str, content: str, reason: str
) -> None:
    report, (found,) = imported(written(name, content))

    assert found.ids == ("T1059",)
    assert [reason in each.reason for each in report.rejected] == [True]


def test_every_id_of_a_long_text_is_read_and_none_is_cut_in_two(imported: Import, written: Write) -> None:
    ids = [f"T{1000 + number}.001" for number in range(100)]

    _, (found,) = imported(written("cases.csv", f"title,technique\nEverything,{' '.join(ids)}\n"))

    assert found.ids == tuple(ids)
    assert all(len(each) <= MAX_LABEL for each in found.written_ids)


def test_what_an_author_wrote_is_kept_within_bounds(imported: Import, written: Write) -> None:
    long = "x" * 10_000
    path = written(
        "long.json",
        json.dumps(
            {
                "rule_id": "a",
                "name": "Long",
                "tags": [long],
                "index": [long],
                "references": [f"https://rules.example/{long}", "https://rules.example/short"],
                "threat": [{"tactic": {"name": long}, "technique": [{"id": "T1059"}]}],
            }
        ),
    )

    _, (found,) = imported(path)

    assert found.url == "https://rules.example/short"
    assert {*map(len, (*found.tags, *found.tactics, found.log_sources[0].name))} <= set(range(MAX_LABEL + 1))


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ('process="acme.exe" /* not "this.exe" */ "that.exe"', ("acme.exe", "that.exe")),
        ('path=/var/* process="acme.exe" and "that.exe"', ("acme.exe", "that.exe")),
        ('where name == "a \\"quoted\\" word" and file == "b.exe"', ('a "quoted" word', "b.exe")),
        ("Image=C:\\Temp\\evil.exe EventCode=4688", ("C:\\Temp\\evil.exe", "EventCode=4688")),
    ],
)
def test_query_strings_are_what_is_matched_on_and_no_comment(query: str, kept: tuple[str, ...]) -> None:
    assert query_strings(query) == kept
