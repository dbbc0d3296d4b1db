"""Words compare equal however they were typed."""

from __future__ import annotations

import pytest

from knowledge.mapping.words import MAX_WORD, terms, words


def forms(text: str) -> list[str]:
    return [form for each in words(text).forms for form in each]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("VSSADMIN.EXE", "vssadmin"),
        ("vss^ad^min", "vssadmin"),
        ("In`voke-Expr`ession", "invoke-expression"),
        ("vss\u200badmin", "vssadmin"),
        ("dumping", "dumped"),
        ("services", "service"),
    ],
)
def test_two_spellings_are_one_word(one: str, other: str) -> None:
    assert words(one).forms == words(other).forms


def test_a_cmdlet_is_itself_and_its_parts() -> None:
    assert {"new-itemproperty", "new-itemproperti"} & set(forms("New-ItemProperty"))
    assert "item" in forms("New-ItemProperty")


def test_a_run_together_value_is_taken_apart() -> None:
    assert {"disabl", "anti", "spywar"} <= set(forms("DisableAntiSpyware"))


def test_a_document_that_is_a_program_keeps_both_endings() -> None:
    assert "pdf.exe" in forms("invoice.pdf.exe")


def test_places_are_those_of_the_text() -> None:
    text = "run: C:\\Windows\\vssadmin.exe delete"
    found = words(text)
    assert [text[start:end] for start, end in zip(found.starts, found.ends, strict=True)] == [
        "run", "Windows", "vssadmin.exe", "delete",
    ]  # fmt: skip


def test_a_blob_is_no_word() -> None:
    assert not words("a" * (MAX_WORD + 1)).forms


def test_terms_are_words_and_neighbours() -> None:
    assert "delet shadow" in terms(words("delete shadows").forms)
