"""Rules and records that are made to do harm: bounded, and never an error."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.alerts.model import Record
from knowledge.detections.matching import matcher_of
from knowledge.detections.matching.compiling import MAX_DEPTH
from knowledge.detections.matching.event import MAX_TEXT, MAX_VALUE, Event
from knowledge.detections.matching.nodes import Item, Node, Not, read, write
from tests.knowledge.detections.matching.building import fires, process, record, sigma_rule


@pytest.mark.parametrize("wanted", [{"F|re": "(a+)+$"}, {"F": "a*" * 40 + "b"}, {"F|contains": "a?" * 40 + "b"}])
def test_expressions_that_go_back_for_ever_elsewhere(wanted: dict[str, Any]) -> None:
    assert not fires({"selection": wanted}, process({"F": "a" * (MAX_VALUE - 1) + "!"}))


def test_only_the_beginning_of_a_huge_value_is_looked_at() -> None:
    assert fires({"selection": {"F|contains": "needle"}}, process({"F": "needle" + "x" * 3_000_000}))
    assert not fires({"selection": {"F|contains": "needle"}}, process({"F": "x" * 3_000_000 + "needle"}))


def test_a_huge_record_is_bounded_as_a_whole() -> None:
    event = Event(record({f"f{number}": "x" * 10_000 for number in range(200)}))

    assert sum(len(value.text) for value in event.values) == MAX_TEXT


@pytest.mark.parametrize("value", ["\ud800", "a\0b", "\u202e", "é" * 100, "İ" * 10, "\\\\" * 500])
def test_odd_characters_are_characters(value: str) -> None:
    detection = {"a": {"F|contains": "zzz"}, "b": {"F|re": "z+"}, "c": ["zzz"], "condition": "1 of them"}

    assert not fires(detection, process({"F": value, value: "x"}))


def test_paths_of_a_hundred_thousand_parts() -> None:
    path = ".".join(["a"] * 100_000)

    assert fires({"selection": {"F": "1"}}, process({path: "x", f"{path}.F": "1"}))
    assert not fires({"selection": {"b.c.d": "1"}}, process({path: "x"}))


def test_deep_trees_are_not_kept() -> None:
    assert sigma_rule({"selection": {"F": 1}, "condition": "not " * (MAX_DEPTH - 1) + "selection"}).logic
    assert not sigma_rule({"selection": {"F": 1}, "condition": "not " * (MAX_DEPTH + 1) + "selection"}).logic


def test_a_tree_is_read_as_it_was_written() -> None:
    node: Node = Not(Item("a|b", "has", ("x\\y", 'z"')))

    assert read(write(node)) == node
    assert read("") is None
    assert read('["is","F","unheard of",["x"]]') is None


@settings(max_examples=100, deadline=None)
@given(
    st.dictionaries(st.text(max_size=30), st.text(max_size=60), max_size=12), st.sampled_from(["json", "syslog", ""])
)
def test_any_record_is_matched_without_an_error(fields: dict[str, str], form: str) -> None:
    assert isinstance(EVERYTHING.matches(record(fields, form=form)), tuple)
    assert isinstance(EVERYTHING.named_in(Record(form, (), 0, 0)), tuple)


EVERYTHING = matcher_of(
    [
        sigma_rule({"selection": wanted}, source, f"{number}")
        for number, wanted in enumerate(
            [{"a": "b"}, {"a|re": "b"}, {"a.b|contains": "c"}, {"a|cidr": "::/0"}, {"a|gt": 1}, ["x"], {"a|hour": 1}]
        )
        for source in ({"product": "windows"}, {"category": "process_creation"}, {"product": "acme"})
    ]
)
