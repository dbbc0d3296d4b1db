"""Texts compared word by word."""

from __future__ import annotations

import time
import weakref
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.changes.words import SUBSTANCE, Op, Span, substance, word_diff

WORDS = st.lists(st.sampled_from(("adversaries", "may", "not", "abuse", "the", "cmd,", "shell.\n", "to")))


def test_shows_what_came_and_what_went() -> None:
    spans = word_diff("Adversaries may use cmd to run.", "Adversaries may use PowerShell to run.")

    assert spans == (
        Span(Op.SAME, "Adversaries may use "),
        Span(Op.REMOVED, "cmd "),
        Span(Op.ADDED, "PowerShell "),
        Span(Op.SAME, "to run. "),
    )


def test_shows_citations_only_where_nothing_else_differs() -> None:
    old, new = "Run it.(Citation: A)", "Run it.(Citation: B)"

    assert Span(Op.ADDED, "B) ") in word_diff(old, new)
    assert [span.op for span in word_diff(old, "Run it.(Citation: B) Twice.")] == [Op.SAME, Op.ADDED]
    assert word_diff(old, old) == word_diff(old, " Run  it.(Citation: A)") == ()


@given(WORDS, WORDS)
def test_the_spans_hold_both_texts(old: list[str], new: list[str]) -> None:
    spans = word_diff(" ".join(old), " ".join(new))

    for gone, words in ((Op.ADDED, old), (Op.REMOVED, new)):
        joined = "".join(span.text for span in spans if span.op is not gone)
        assert not spans or joined.split() == " ".join(words).split()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Use of a tool.(Citation: A)", "Use of a tool.(Citation: B (2020))(Citation: C)"),
        ("See [Launchd](https://attack.mitre.org/techniques/T1053/004).", "See Launchd."),
        ("A Polygot file, open source", "A polyglot file; open-source"),
        ("They can run the <code>cmd</code> shell", "They may run  the `cmd` shell"),
        ("In various ways including proxies", "Including proxies"),
    ],
)
def test_wording_citations_and_layout_are_not_substance(old: str, new: str) -> None:
    assert substance(old, new) == 0


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Read files.", "Read files or process memory."),
        ("It is logged.", "It is not logged."),
        ("Register a device.", "Register a device or a virtual machine."),
    ],
)
def test_new_meaning_is_substance(old: str, new: str) -> None:
    assert substance(old, new) >= SUBSTANCE


@pytest.mark.parametrize("hostile", ["(Citation: ", "[", "[](", "(((", "* `", "a b ", "é"])
def test_hostile_text_costs_no_time(hostile: str) -> None:
    old, new = f"{hostile * 5_000} one two", f"two three {hostile * 5_000}"

    started = time.perf_counter()
    substance(old, new)
    word_diff(old, new)

    assert time.perf_counter() - started < 2


@pytest.mark.parametrize("compare", [word_diff, substance])
def test_keeps_no_text_that_it_has_compared(compare: Callable[[str, str], object]) -> None:
    class Text(str):  # noqa: SLOT000 (a weak reference needs a place)
        """Can be watched."""

    old = Text("Adversaries may abuse cmd.")
    watched = weakref.ref(old)
    compare(old, "Adversaries may not abuse PowerShell.")
    del old

    assert watched() is None
