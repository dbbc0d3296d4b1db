"""Which rules are tried, which fire, and which a record names."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from knowledge.alerts.model import Field, Record, Role
from knowledge.detections import Detection, DetectionKind
from knowledge.detections.matching import RuleMatch, matcher_of
from tests.knowledge.detections.matching.building import paths, process, record, sigma_rule

WHOAMI = {"selection": {"CommandLine|contains": "whoami"}}


def test_a_rule_is_tried_where_its_log_source_is() -> None:
    rules = [
        sigma_rule(WHOAMI, {"product": "windows", "category": "process_creation"}, "processes"),
        sigma_rule(WHOAMI, {"product": "windows", "service": "sysmon"}, "sysmon"),
        sigma_rule(WHOAMI, {"product": "windows"}, "windows"),
        sigma_rule(WHOAMI, {"category": "process_creation"}, "any system"),
        sigma_rule(WHOAMI, {"product": "linux", "category": "process_creation"}, "linux"),
        sigma_rule(WHOAMI, {"product": "windows", "category": "image_load"}, "images"),
        sigma_rule(WHOAMI, {"product": "windows", "service": "security"}, "security"),
        sigma_rule(WHOAMI, {"product": "acme", "service": "app"}, "acme"),
    ]

    found = [title for title, _ in paths(matcher_of(rules), process({"CommandLine": "whoami"}))]

    assert found == ["processes", "sysmon", "windows", "any system"]


def test_a_record_nobody_knows_is_tried_with_rules_that_find_every_field() -> None:
    acme = {"product": "acme", "service": "app"}
    rules = [
        sigma_rule({"selection": {"colour": "green", "shape": "round"}}, acme, "both"),
        sigma_rule({"selection": {"colour": "green", "size": "*"}}, acme, "one is missing"),
        sigma_rule({"a": {"colour": "green"}, "b": {"size": 1}, "condition": "a and not b"}, acme, "excluded"),
        sigma_rule({"selection": ["green"]}, acme, "a keyword"),
        sigma_rule({"selection": {"EventID": 7}}, acme, "a bare id"),
    ]
    event = record({"colour": "green", "shape": "round", "EventID": "7"})

    assert paths(matcher_of(rules), event) == [("both", ("colour", "shape")), ("excluded", ("colour",))]


def test_prose_is_never_matched() -> None:
    matcher = matcher_of([sigma_rule({"selection": ["whoami"]}, {"product": "linux"})])
    text = "somebody ran whoami"

    assert matcher.matches(Record("prose", (Field("", text, 0, len(text), Role.MESSAGE),), 0, len(text))) == ()


def test_rules_that_are_off_or_have_no_logic_do_not_fire() -> None:
    rule = sigma_rule(WHOAMI)
    event = process({"User": "x", "CommandLine": "whoami"})
    old = replace(rule, logic="")
    strange = replace(rule, logic='["whatever",1]')
    unheard_of = [
        replace(rule, logic=f'["is","User","{how}",{values}]') for how, values in (("re", '["("]'), ("same", "[]"))
    ]

    assert matcher_of([rule]).matches(event) == (RuleMatch(rule, (event.fields[-1],)),)
    for other in (replace(rule, enabled=False), old, strange, replace(rule, logic="[" * 5_000), *unheard_of):
        assert matcher_of([other]).matches(event) == ()
    assert matcher_of([]).matches(event) == ()


def test_a_rule_that_its_author_deprecated_does_not_fire() -> None:
    assert matcher_of([sigma_rule(WHOAMI, status="deprecated")]).matches(process({"CommandLine": "whoami"})) == ()


def test_rules_come_back_in_the_order_they_were_given_in() -> None:
    rules = [sigma_rule(WHOAMI, title=title) for title in ("c", "a", "b")]

    assert [title for title, _ in paths(matcher_of(rules), process({"CommandLine": "whoami"}))] == ["c", "a", "b"]


def test_threads_share_a_matcher() -> None:
    matcher = matcher_of(
        [sigma_rule({"selection": {"CommandLine|contains": f"x{n}"}}, title=f"{n}") for n in range(99)]
    )
    found: list[list[str]] = []

    def match() -> None:
        found.append([title for title, _ in paths(matcher, process({"CommandLine": "x1"}))])

    threads = [threading.Thread(target=match) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == [["1"]] * 8


def said(value: str, role: Role = Role.RULE) -> Record:
    return record({"rule.name": value}, role=role)


@pytest.mark.parametrize("format", ["sigma", "elastic", "splunk", "table"])
@pytest.mark.parametrize(
    "value",
    [
        "Potential Credential Access",
        "  POTENTIAL credential access ",
        "AbC-1",
        "ESCU - Potential Credential Access - Rule",
    ],
)
def test_a_record_names_a_rule_of_any_format(format: str, value: str) -> None:  # noqa: A002 - as the detection has it
    rule = Detection(id="abc-1", title="Potential Credential Access", format=format)
    other = Detection(id="abc-2", title="Potential Credential Access Again", format=format)

    matcher = matcher_of([other, rule])

    assert matcher.named_in(said(value)) == (rule,)
    assert matcher.named_in(said(value, Role.TITLE)) == (rule,)
    assert matcher.named_in(said(value, Role.DESCRIPTION)) == ()


def test_what_no_rule_is_called_names_none() -> None:
    matcher = matcher_of([Detection(id="r1", title="A Rule"), Detection(id="r2", title="")])

    for value in ("", " ", "A Rule and more", "rule", "- Rule", "x - A Rule"):
        assert matcher.named_in(said(value)) == ()


def test_scores_and_groups_are_no_rules_that_a_record_could_name() -> None:
    layer = Detection(id="l", title="OS Credential Dumping", kind=DetectionKind.SCORE)
    group = Detection(id="g", title="OS Credential Dumping", kind=DetectionKind.ADVERSARY)

    assert matcher_of([layer, group]).named_in(said("OS Credential Dumping")) == ()


def test_rules_of_one_name_are_all_named_and_each_once() -> None:
    rules = (Detection(id="r1", title="Same"), Detection(id="r2", title="Same"))

    record_of_both = record({"rule.name": "same", "rule.id": "R1"}, role=Role.RULE)

    assert matcher_of(rules).named_in(record_of_both) == rules
