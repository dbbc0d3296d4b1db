"""Files that mean harm: each is refused with a sentence, and the honest rule beside them is still read."""

from __future__ import annotations

import gzip
import io
import lzma
import os
import random
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from knowledge.detections import DetectionsError
from knowledge.detections.formats import FORMATS
from knowledge.detections.gathering import Gathering
from knowledge.detections.strings import query_strings
from knowledge.detections.walk import walk
from knowledge.sources import silent
from tests.knowledge.detections.conftest import RULE, SAMPLES, Import

Write = Callable[[str, "str | bytes"], Path]

MILLION = 1_000_000


def billion_laughs() -> str:
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    lines += [f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]" for old, new in zip("abcdefgh", "bcdefghi", strict=True)]
    return "\n".join(lines) + "\n" + RULE


def merged_laughs() -> str:
    lines = ["a: &a {k: v}"]
    lines += [
        f"{new}: &{new}\n  <<: [{', '.join([f'*{old}'] * 9)}]" for old, new in zip("abcdef", "bcdefg", strict=True)
    ]
    return "\n".join(lines) + "\n" + RULE


def zipped(*members: tuple[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return packed.getvalue()


def tarred(*members: tuple[str, bytes], mode: str = "w:gz") -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode=mode) as archive:  # type: ignore[call-overload]
        for name, content in members:
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return packed.getvalue()


def nested_zips(levels: int) -> bytes:
    content = zipped(("rule.yml", RULE.encode()))
    for _ in range(levels):
        content = zipped(("inner.zip", content))
    return content


def workbook_with(sheet: str) -> bytes:
    book, plain, packed = openpyxl.Workbook(), io.BytesIO(), io.BytesIO()
    book.save(plain)
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.namelist():
            target.writestr(part, sheet if part.endswith("sheet1.xml") else source.read(part))
    return packed.getvalue()


def workbook_of(rows: int) -> bytes:
    lines = "".join(
        f'<row r="{number}"><c r="A{number}" t="inlineStr"><is><t>T1059</t></is></c></row>'
        for number in range(1, rows + 1)
    )
    return workbook_with(
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f"<sheetData>{lines}</sheetData></worksheet>"
    )


def workbook_of_sheets(number: int) -> bytes:
    book, packed = openpyxl.Workbook(), io.BytesIO()
    for _ in range(number - 1):
        book.create_sheet()
    book.save(packed)
    return packed.getvalue()


def entity_bomb() -> str:
    entities = "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    return (
        f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">{entities}]>'
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        '<row r="1"><c r="A1" t="inlineStr"><is><t>&i;</t></is></c></row></sheetData></worksheet>'
    )


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("aliases.yml", billion_laughs, "aliases stand for more than 10,000"),
        ("merges.yml", merged_laughs, "aliases stand for more than 10,000"),
        ("cycle.yml", lambda: f"x: &x\n  y: *x\n{RULE}", "refers to itself"),
        ("flow.yml", lambda: "[" * 200_000, "nested deeper than 60"),
        ("braces.yml", lambda: "{a: " * 200_000, "nested deeper than 60"),
        ("dashes.yml", lambda: "- " * 200_000 + "a", "nested deeper than 60"),
        ("questions.yml", lambda: "? " * 200_000 + "a", "nested deeper than 60"),
        ("indented.yml", lambda: "".join(" " * depth + "a:\n" for depth in range(500)), "nested deeper than 60"),
        ("wide.yml", lambda: "- a\n" * 600_000, "more than 500,000 values"),
        ("object.yml", lambda: "!!python/object/apply:os.system ['true']", "not well-formed YAML"),
        ("deep.json", lambda: "[" * 500_000, "nested too deeply"),
        ("dense.json", lambda: "[" + "{}," * 3 * MILLION + "{}]", "more than 3,000,000 values"),
        ("digits.json", lambda: '{"techniques": [' + "9" * 10_000 + "]}", "not well-formed JSON"),
        ("deep.toml", lambda: "a = " + "[" * 100_000, "nested too deeply"),
        ("dotted.toml", lambda: ".".join("a" * 100_000) + " = 1", "nested too deeply"),
        ("huge.yml", lambda: RULE + "#" * 100 * MILLION, "larger than 32 MB"),
        ("huge.json", lambda: "[" + "1," * 50 * MILLION + "1]", "larger than 32 MB"),
        ("latin.yml", lambda: RULE.replace("Runs", "Löst").encode("latin-1"), "not text in UTF-8 or UTF-16"),
        ("binary.yml", lambda: b"title: a\0b\n", "a binary file"),
        ("empty.yml", lambda: b"", "the file is empty"),
        ("slip.zip", lambda: zipped(("ok.yml", RULE.encode()), ("../../evil.yml", b"x")), "reaches outside itself"),
        ("backslash.zip", lambda: zipped(("..\\..\\evil.yml", b"x")), "reaches outside itself"),
        ("absolute.zip", lambda: zipped(("/evil.yml", b"x")), "reaches outside itself"),
        ("slip.tar.gz", lambda: tarred(("ok.yml", RULE.encode()), ("../evil.yml", b"x")), "reaches outside itself"),
        ("bomb.zip", lambda: zipped(*((f"{n}.yml", b"\0" * 30 * MILLION) for n in range(3))), "far more than rules"),
        ("bomb.tar.gz", lambda: tarred(("bomb.yml", b"\0" * 120 * MILLION)), "far more than rules"),
        ("bomb.gz", lambda: gzip.compress(b"\0" * 60 * MILLION), "unpacks to more than 32 MB"),
        ("bomb.xz", lambda: lzma.compress(b"\0" * 60 * MILLION, preset=0), "unpacks to more than 32 MB"),
        ("cut.tar.gz", lambda: tarred(("ok.yml", RULE.encode()))[:-40], "damaged, cut short or locked"),
        ("cut.zip", lambda: zipped(("ok.yml", RULE.encode()))[:-40], "damaged, cut short or locked"),
        ("russian.zip", lambda: nested_zips(5), "an archive inside 2 others"),
        ("entities.xlsx", lambda: workbook_with(entity_bomb()), "a workbook that cannot be read"),
        ("long.xlsx", lambda: workbook_of(50_001), "a sheet of more than 50,000 rows"),
        ("thick.xlsx", lambda: workbook_of_sheets(21), "a workbook of more than 20 sheets"),
        ("huge.xlsx", lambda: workbook_with(" " * 120 * MILLION), "unpacks to more than 100 MB"),
    ],
)
def test_refused_with_a_sentence_while_the_rest_is_read(
    imported: Import, written: Write, tmp_path: Path, name: str, content: Callable[[], str | bytes], sentence: str
) -> None:
    written("rules/honest.yml", RULE)
    path = written(f"rules/{name}", content())
    before = sorted(tmp_path.rglob("*"))

    report, detections = imported(path.parent)

    assert [each.path for each in detections] == ["honest.yml"]
    (refused,) = report.rejected
    assert refused.path.startswith(name)
    assert sentence in refused.reason
    assert "\n" not in refused.reason
    assert len(refused.reason) < 250
    assert sorted(tmp_path.rglob("*")) == before


def test_the_same_refusal_when_the_file_is_named_itself(imported: Import, written: Write) -> None:
    report, detections = imported(written("slip.zip", zipped(("ok.yml", RULE.encode()), ("../evil.yml", b"x"))))

    assert detections == ()
    assert (report.read, report.rejected[0].path) == (1, "slip.zip")


def test_links_are_not_followed(imported: Import, written: Write, tmp_path: Path) -> None:
    secret = written("outside/secret.yml", RULE)
    root = written("rules/honest.yml", RULE).parent
    (root / "link.yml").symlink_to(secret)
    (root / "folder").symlink_to(secret.parent, target_is_directory=True)
    (root / "loop").symlink_to(root, target_is_directory=True)

    report, detections = imported(root)

    assert [each.path for each in detections] == ["honest.yml"]
    assert [each.path for each in report.rejected] == ["folder", "link.yml", "loop"]
    assert all("not followed" in each.reason for each in report.rejected)


def test_links_in_a_tar_are_not_followed(imported: Import, tmp_path: Path) -> None:
    path = tmp_path / "links.tar"
    with tarfile.open(path, "w") as archive:
        for kind, name in (
            (tarfile.SYMTYPE, "soft.yml"),
            (tarfile.LNKTYPE, "hard.yml"),
            (tarfile.FIFOTYPE, "pipe.yml"),
        ):
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, "/etc/passwd"
            archive.addfile(member)

    report, _ = imported(path)

    assert [each.path for each in report.rejected] == ["soft.yml", "hard.yml"]
    assert report.passed_over[0].count == 1


def test_a_pipe_named_like_a_rule_is_not_waited_for(imported: Import, written: Write) -> None:
    root = written("rules/honest.yml", RULE).parent
    os.mkfifo(root / "pipe.yml")

    report, detections = imported(root)

    assert len(detections) == 1
    assert [each.what for each in report.passed_over] == ["devices and other special files"]


def test_archives_in_an_archive_are_bounded_together(
    imported: Import, written: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("knowledge.detections.gathering.MAX_NESTED", 2 * len(RULE))
    inner = [zipped(*((f"{number}-{half}.yml", RULE.encode()) for half in "ab")) for number in range(3)]
    path = written("outer.zip", zipped(*((f"{number}.zip", each) for number, each in enumerate(inner))))

    report, detections = imported(path)

    assert [each.path for each in detections] == [
        "0.zip/0-a.yml",
        "0.zip/0-b.yml",
        "1.zip/1-a.yml",
        "1.zip/1-b.yml",
    ]
    assert [(each.path, each.reason) for each in report.rejected] == [
        ("2.zip", "one of so many archives inside another that it is not unpacked")
    ]


@pytest.mark.parametrize("action", ["[global]", "{module: command}", "null", "7"])
def test_a_file_that_only_looks_like_a_rule_breaks_nothing(imported: Import, written: Write, action: str) -> None:
    written("rules/playbook.yml", f"action: {action}\nhosts: all\n")
    written("rules/odd.yml", f"action: {action}\n{RULE}")
    root = written("rules/honest.yml", RULE).parent

    report, detections = imported(root)

    assert [each.path for each in detections] == ["honest.yml", "odd.yml"]
    assert [(each.what, each.count) for each in report.passed_over] == [("YAML files in no rule format known here", 1)]


@pytest.mark.parametrize(
    "query",
    [
        "A" * 59_000,
        "A." * 29_000,
        "event.code==" + "1" * 59_000,
        "/* " * 19_000,
        "*/" + "/* " * 19_000,
        '"' + '\\"' * 29_000,
        "'" + "\\'" * 29_000,
    ],
    ids=["word", "dots", "digits", "comments", "comments after one", "quotes", "apostrophes"],
)
def test_a_query_costs_steps_in_proportion_to_its_length(query: str) -> None:
    """Each of these once took half a minute, and a file holds hundreds: whoever breaks this will not see it end."""
    for _ in range(20):
        assert query_strings(query) == ()


def test_files_that_go_while_a_folder_is_read_are_told_and_the_others_read(written: Write) -> None:
    root = written("rules/a.yml", RULE).parent
    for name in ("b.yml", "c.yml", "README.md", "z.yml"):
        written(f"rules/{name}", RULE)
    found = walk(root)
    met = [next(found)]

    for name in ("b.yml", "README.md"):  # `c.yml` goes once its size is known, before it is opened
        (root / name).unlink()
    met += found
    (root / "c.yml").unlink()
    gathered = Gathering(FORMATS, silent, alone=False).all(met)

    assert [each.path for each in gathered.detections] == ["a.yml", "z.yml"]
    assert [(each.path, each.reason) for each in gathered.rejected] == [
        ("b.yml", "cannot be read (No such file or directory)"),
        ("c.yml", "cannot be read (No such file or directory)"),
    ]
    assert [(each.what, each.count) for each in gathered.passed_over.all()] == [("documents", 1)]


@pytest.mark.parametrize(
    "content",
    [
        "title: [1]\nlogsource: {product: {a: b}}\ndetection: {a: [[1], null], condition: {a: 1}}\ntags: {t1059: 1}\n",
        "title: x\nlogsource: 3\ndetection: {condition: 1 of, sel: {a|nonsense: 1}}\n",
        "name: 3\nsearch: [1]\ntags: t1059\n",
        "name: x\nquery: {a: 1}\nrelevantTechniques: {a: [T1059]}\ntactics: 7\nrequiredDataConnectors: x\n",
        "file_type: technique-administration\ntechniques: [1, {technique_id: [T1059], detection: {score: x}}]\n",
        "file_type: group-administration\ngroups: [{group_name: {}, technique_id: 3}]\n",
        '{"techniques": [{"techniqueID": {"a": 1}, "score": "x", "links": 3}], "versions": 3, "name": []}',
        '{"type": "bundle", "objects": [1, {"type": "indicator"}, {"type": 3, "object_refs": {}}]}',
        '{"rule_id": ["a"], "name": {"b": 1}, "threat": [{"technique": {"id": 1}}, 3]}',
        '{"resources": [{"type": "x/alertRules", "properties": {"displayName": [], "techniques": {"a": 1}}}]}',
        "[rule]\nname = 3\nthreat = [1, {technique = [{id = 3, subtechnique = 9}]}]\n",
    ],
)
def test_fields_of_the_wrong_type_break_nothing(imported: Import, written: Write, content: str) -> None:
    written("rules/odd.txt", content)
    root = written("rules/honest.yml", RULE).parent

    report, detections = imported(root)

    assert "honest.yml" in [each.path for each in detections]
    assert report.read >= 1


def test_names_that_are_no_text_can_be_stored(imported: Import, written: Write) -> None:
    root = written("rules/honest.yml", RULE).parent
    (root / os.fsdecode(b"l\xf6st.yml")).write_text(RULE)
    path = written("names.tar", tarred((os.fsdecode(b"l\xf6st.yml"), RULE.encode()), mode="w"))

    for each in (*imported(root)[1], *imported(path)[1]):
        each.path.encode()


def test_damaged_samples_are_read_or_refused(imported: Import, written: Write) -> None:
    dice = random.Random(4)  # noqa: S311 (no secret)
    samples = [each.read_bytes() for each in sorted(SAMPLES.iterdir())]
    samples += [
        zipped(("a.yml", samples[-1])),
        tarred(("a.yml", samples[0])),
        tarred(("a.yml", samples[0]), mode="w:xz"),
    ]

    for _ in range(400):
        content = bytearray(dice.choice(samples))
        for _ in range(dice.randint(1, 8)):
            content[dice.randrange(len(content))] = dice.randrange(256)
        path = written("damaged", bytes(content[: dice.randint(1, len(content) * 3)]))
        try:
            report, detections = imported(path)
        except DetectionsError as error:
            assert str(error).endswith(".")  # noqa: PT017 (either outcome is right)
        else:
            assert report.read == len(detections) + len(report.rejected)
