"""What was seen counts more than what might follow."""

from __future__ import annotations

import pytest

from knowledge.mapping.clauses import (
    CIRCUMSTANCE,
    SEEN,
    SIGNIFICANCE,
    SUPPOSED,
    TELEMETRY,
    TITLE,
    clauses,
    shadow,
)


def weights(text: str) -> list[tuple[str, float]]:
    return [(text[each.start : each.end], each.weight) for each in clauses(text)]


def test_each_sentence_has_the_weight_of_what_it_does() -> None:
    text = (
        "Shadow copies deleted\nA process removed all shadow copies. Events from the endpoint agent show it. "
        "That is important, for it hinders recovery. If nobody stops it, files could be lost."
    )
    assert [weight for _, weight in weights(text)] == [TITLE, SEEN, TELEMETRY, SIGNIFICANCE, SUPPOSED]


def test_fields_of_an_export_are_told_apart() -> None:
    found = dict(weights("alert_name: Something odd\nhostname: srv-17\ncommand: vssadmin delete shadows"))
    assert found == {"Something odd": TITLE, "srv-17": CIRCUMSTANCE, "command: vssadmin delete shadows": SEEN}


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("see%20this", "%20"),
        ("a &quot;b", "&quot;"),
        ("<@U12345> look", "<@U12345>"),
        ('{"a": "x\\ny"}', "\\n"),
        ("x " + "aB3dE6gH9" * 6, "aB3dE6gH9"),
    ],
)
def test_what_is_no_word_is_blanked_in_place(text: str, gone: str) -> None:
    blanked = shadow(text)
    assert len(blanked) == len(text)
    assert gone not in blanked


def test_a_windows_path_keeps_its_letters() -> None:
    assert shadow("C:\\new\\temp\\run.exe") == "C:\\new\\temp\\run.exe"
