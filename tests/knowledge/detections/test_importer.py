"""What an import says of what it read."""

from __future__ import annotations

import io
import subprocess
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from knowledge.catalog import Catalog
from knowledge.detections import DetectionsError, ImportReport, RetiredId, UnknownId, read_detections
from tests.knowledge.detections.conftest import RULE, SAMPLES, Import

Write = Callable[[str, "str | bytes"], Path]


def test_every_document_of_a_folder_is_accounted_for(imported: Import) -> None:
    report, detections = imported(SAMPLES)

    assert report.read == report.imported + report.without_technique + len(report.rejected)
    assert len(detections) == report.imported + report.without_technique
    assert sum(count for _, count in report.formats) == report.read
    assert report.attack == ("Enterprise 18.1",)
    assert len({each.id for each in detections}) == len(detections)


def test_unknown_and_retired_ids_are_kept_and_told(imported: Import) -> None:
    report, detections = imported("sigma.yml")

    assert report.unknown_ids == (UnknownId("T1999", 1, "sigma.yml#2"),)
    assert report.retired_ids == (RetiredId("T1086", "T1059.001", 1, "sigma.yml#1"),)
    assert {"T1999", "T1086"} <= {attack_id for each in detections for attack_id in each.ids}


def test_importing_twice_gives_the_same(imported: Import) -> None:
    assert imported(SAMPLES) == imported(SAMPLES)


def test_rules_without_an_id_get_one_that_stays(imported: Import, written: Write) -> None:
    bare = "\n".join(line for line in RULE.splitlines() if not line.startswith("id:"))
    written("rules/a.yml", bare)
    root = written("rules/b.yml", bare).parent
    _, before = imported(root)

    written("rules/0.yml", RULE)
    _, after = imported(root)

    assert {each.id for each in before} < {each.id for each in after}


def test_rules_with_the_same_id_stay_apart(imported: Import, written: Write) -> None:
    for name in ("a", "b", "c"):
        root = written(f"rules/{name}.yml", RULE).parent

    _, detections = imported(root)

    first = "5f0d3a0e-1111-4222-8333-944455556666"
    assert [each.id for each in detections] == [first, f"{first}~2", f"{first}~3"]


def test_what_is_plainly_no_rule_is_counted_apart(imported: Import, written: Write) -> None:
    root = written("repo/rules/a.yml", RULE).parent.parent
    for name in ("README.md", "LICENSE", "tests/test_rules.py", ".github/ci.yml", ".git/HEAD", "logo.png"):
        written(f"repo/{name}", "x: y")
    written("repo/mkdocs.yml", "site_name: rules\n")
    written("repo/noise", b"\x7fELF\0\0")

    report, _ = imported(root)

    assert (report.read, report.imported, report.rejected) == (1, 1, ())
    assert {each.what: each.count for each in report.passed_over} == {
        "YAML files in no rule format known here": 1,
        "binary files": 1,
        "documents": 2,
        "hidden files and folders": 2,  # a folder counts once
        "pictures and media": 1,
        "programs and scripts": 1,
    }


def test_a_git_checkout(imported: Import, written: Write) -> None:
    root = written("checkout/rules/a.yml", RULE).parent.parent
    subprocess.run(["git", "init", "--quiet", str(root)], check=True)

    report, (rule,) = imported(root)

    assert (report.source, rule.path) == ("checkout", "rules/a.yml")


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:xz", "w:bz2"])
def test_tar_archives(imported: Import, tmp_path: Path, mode: str) -> None:
    path = tmp_path / "rules-2024.anything"
    with tarfile.open(path, mode) as archive:
        member = tarfile.TarInfo("./windows/a.yml")
        member.size = len(RULE)
        archive.addfile(member, io.BytesIO(RULE.encode()))

    report, (rule,) = imported(path)

    assert (report.imported, rule.path) == (1, "windows/a.yml")


def test_what_is_no_rule_in_an_archive_is_passed_over_too(imported: Import, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "rules.zip", "w") as archive:
        for name, content in (("a.yml", RULE), ("noise", "\x7fELF\0"), ("words", "[nothing: well formed")):
            archive.writestr(name, content)

    report, _ = imported(tmp_path / "rules.zip")

    assert (report.read, report.rejected) == (1, ())
    assert sum(each.count for each in report.passed_over) == 2


def test_an_archive_in_a_folder_is_read_too(imported: Import, written: Write, tmp_path: Path) -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        member = tarfile.TarInfo("a.yml")
        member.size = len(RULE)
        archive.addfile(member, io.BytesIO(RULE.encode()))
    root = written("all/more.tar.gz", packed.getvalue()).parent

    _, (rule,) = imported(root)

    assert rule.path == "more.tar.gz/a.yml"


def test_one_format_only(imported: Import) -> None:
    report, _ = imported(SAMPLES, format="splunk")

    assert report.formats == (("splunk", 1),)


@pytest.mark.parametrize(
    ("name", "content", "options", "sentence"),
    [
        ("gone", None, {}, "no such file or folder"),
        ("a.yml", RULE, {"format": "cobol"}, "known are sigma, elastic"),
        ("a.yml", RULE, {"format": "splunk"}, "holds no detections in the format splunk"),
        ("notes.txt", "nothing to see here", {}, "holds no detections in a known format"),
    ],
)
def test_what_cannot_be_imported_at_all(
    imported: Import, written: Write, name: str, content: str | None, options: dict[str, str], sentence: str
) -> None:
    path = written(name, content) if content is not None else Path("/nowhere") / name

    with pytest.raises(DetectionsError, match=sentence):
        imported(path, **options)


def test_progress_is_told(catalog: Catalog, written: Write) -> None:
    for number in range(120):
        root = written(f"rules/{number}.yml", RULE).parent
    told: list[tuple[int, int | None]] = []

    read_detections(root, catalog, progress=lambda done, total, _: told.append((done, total)))

    assert told == [(50, None), (100, None), (120, 120)]


def test_a_report_that_does_not_add_up_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="read 2 is not"):
        ImportReport(source="x", read=2, imported=1)
