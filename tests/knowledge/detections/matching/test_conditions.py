"""What a rule asks for, modifier by modifier, and what holds where a field is not there."""

from __future__ import annotations

from typing import Any

import pytest

from knowledge.detections.matching import matcher_of
from tests.knowledge.detections.matching.building import fires, paths, process, record, sigma_rule

SECURITY = {"product": "windows", "service": "security"}


@pytest.mark.parametrize(
    ("key", "wanted", "value", "holds"),
    [
        ("F", "abc", "ABC", True),
        ("F", "abc", "abcd", False),
        ("F", ["abc", "def"], "def", True),
        ("F", "a*d", "abc d", True),
        ("F", "a*d", "xabcd", False),
        ("F", "a?c", "abc", True),
        ("F", "a?c", "abbc", False),
        ("F", r"a\*c", "a*c", True),
        ("F", r"a\*c", "abc", False),
        ("F", r"a\?c", "a?c", True),
        ("F", r"a\?c", "abc", False),
        ("F", r"C:\\\*x", r"C:\*x", True),
        ("F", r"C:\Temp\\*", "c:\\temp\\x.exe", True),
        ("F", r"C:\Temp\*", "c:\\temp*", True),
        ("F", r"*\x.exe", "c:\\temp\\x.exe", True),
        ("F", "*", "anything", True),
        ("F", "", "", True),
        ("F", "", "x", False),
        ("F", 4688, "4688", True),
        ("F", 4688, "46880", False),
        ("F", 23, "0x17", True),
        ("F", True, "True", True),
        ("F|contains", "b", "ABC", True),
        ("F|contains", "d", "ABC", False),
        ("F|contains", "b*d", "abcde", True),
        ("F|contains", "a.c", "abc", False),
        ("F|contains", ["x", "b"], "abc", True),
        ("F|contains|all", ["a", "c"], "abc", True),
        ("F|contains|all", ["a", "x"], "abc", False),
        ("F|startswith", "ab", "ABC", True),
        ("F|startswith", "bc", "ABC", False),
        ("F|startswith", "a?c", "abcd", True),
        ("F|endswith", "\\cmd.exe", "C:\\Windows\\CMD.exe", True),
        ("F|endswith", "\\cmd.exe", "C:\\Windows\\cmd.exe.bak", False),
        ("F|endswith", "[x].exe", "a[x].exe", True),
        ("F|re", "a[0-9]+b", "xxa12bxx", True),
        ("F|re", "a[0-9]+b", "xxA12Bxx", False),
        ("F|re", "^a$", "xa", False),
        ("F|re|i", "a[0-9]+b", "xxA12Bxx", True),
        ("F|re|m", "^b$", "a\nb", True),
        ("F|re", "^b$", "a\nb", False),
        ("F|re|s", "a.b", "a\nb", True),
        ("F|re", "a.b", "a\nb", False),
        ("F|cidr", "10.0.0.0/8", "10.1.2.3", True),
        ("F|cidr", "10.0.0.0/8", "11.1.2.3", False),
        ("F|cidr", "10.0.0.0/8", "::ffff:10.1.2.3", True),
        ("F|cidr", "fe80::/10", "fe80::1", True),
        ("F|cidr", "10.0.0.0/8", "no address", False),
        ("F|base64", "foobar", "Zm9vYmFy", True),
        ("F|base64|contains", "foobar", "xxZm9vYmFyxx", True),
        ("F|base64offset|contains", "/bin/sh", "ICAvYmluL3No", True),
        ("F|base64offset|contains", "/bin/sh", "bm90aGluZw==", False),
        ("F|wide|base64offset|contains", "ping", "cABpAG4AZw", True),
        ("F|utf16|base64|contains", "ping", "//5wAGkAbgBnAA==", True),
        ("F|utf16be|base64|contains", "ping", "AHAAaQBuAGc=", True),
        ("F|windash|contains", "-decode", "certutil /decode x", True),
        ("F|windash|contains", "-decode", "certutil –decode x", True),
        ("F|windash|contains", "-decode", "certutil decode x", False),
        ("F|contains|all|windash", ["-a b", "-c d"], "x /a b –c d", True),
        ("F|exists", True, "x", True),
        ("F|exists", False, "x", False),
        ("F|gt", 5, "6", True),
        ("F|gt", 5, "5", False),
        ("F|gte", 5, "5.0", True),
        ("F|lt", 5, "-1", True),
        ("F|lt", 5, "five", False),
        ("F|lte", 5, "5", True),
        ("F|cased", "abc", "abc", True),
        ("F|cased", "abc", "ABC", False),
        ("F|contains|cased", "B", "abc", False),
        ("F|contains|cased", "b", "abc", True),
        ("F|startswith|cased", "A", "abc", False),
        ("F|endswith|cased", "C", "abc", False),
        ("F|endswith|cased", "c", "abc", True),
        ("F|cased", "a*C", "abC", True),
        ("F|cased", "a*C", "abc", False),
        ("F|hour", 3, "2026-11-24T03:04:05Z", True),
        ("F|hour", 3, "2026-11-24T04:04:05Z", False),
        ("F|minute", 4, "2026-11-24 03:04:05", True),
        ("F|day", 24, "2026-11-24", True),
        ("F|week", 48, "2026-11-24", True),
        ("F|month", 11, "1795489445", True),
        ("F|year", 2026, "1795489445000", True),
        ("F|year", 2026, "today", False),
    ],
)
def test_each_modifier(key: str, wanted: Any, value: str, holds: bool) -> None:
    assert fires({"selection": {key: wanted}}, process({"F": value})) is holds


@pytest.mark.parametrize(
    ("key", "event", "holds"),
    [
        ("F|fieldref", {"F": "Same", "G": "same"}, True),
        ("F|fieldref", {"F": "one", "G": "other"}, False),
        ("F|fieldref", {"F": "one"}, False),
        ("F|fieldref|startswith", {"F": "same and more", "G": "same"}, True),
        ("F|fieldref|endswith", {"F": "more of the same", "G": "same"}, True),
        ("F|fieldref|endswith", {"F": "same and more", "G": "same"}, False),
        ("F|fieldref|contains", {"F": "the same again", "G": "same"}, True),
    ],
)
def test_fields_that_are_compared_with_others(key: str, event: dict[str, str], holds: bool) -> None:
    assert fires({"selection": {key: "G"}}, process(event)) is holds


@pytest.mark.parametrize(
    ("wanted", "event", "holds"),
    [
        ({"F|neq": "x"}, {"F": "y"}, True),
        ({"F|neq": "x"}, {"F": "x"}, False),
        ({"F|neq": "x"}, {}, True),
        ({"F|exists": False}, {}, True),
        ({"F": None}, {}, True),
        ({"F": None}, {"F": ""}, True),
        ({"F": None}, {"F": "x"}, False),
        ({"F": ["", None]}, {}, True),
        ({"F|contains": "x"}, {}, False),
        ({"F": "*"}, {}, False),
        ({"F|re": ".*"}, {}, False),
        ({"F|lt": 5}, {}, False),
    ],
)
def test_fields_that_are_not_there(wanted: dict[str, Any], event: dict[str, str], holds: bool) -> None:
    assert fires({"selection": {"EventID": 1, **wanted}}, process(event)) is holds


@pytest.mark.parametrize(
    ("condition", "event", "holds"),
    [
        ("a", {"A": "1"}, True),
        ("a and b", {"A": "1"}, False),
        ("a and b", {"A": "1", "B1": "1"}, True),
        ("a or b", {"B1": "1"}, True),
        ("a and not b", {"A": "1"}, True),
        ("a and not b", {"A": "1", "B1": "1"}, False),
        ("a and not (b or c)", {"A": "1", "C": "1"}, False),
        ("1 of b*", {"B2": "1"}, True),
        ("all of b*", {"B2": "1"}, False),
        ("all of b*", {"B1": "1", "B2": "1"}, True),
        ("1 of them", {"C": "1"}, True),
        ("all of them", {"A": "1", "B1": "1", "B2": "1"}, False),
        ("all of them", {"A": "1", "B1": "1", "B2": "1", "C": "1"}, True),
        ("a and not 1 of b*", {"A": "1", "B2": "1"}, False),
        ("not (not a)", {"A": "1"}, False),  # holds, but two negations say nothing of what is there
        (["b and c", "a"], {"A": "1"}, True),
    ],
)
def test_conditions(condition: str | list[str], event: dict[str, str], holds: bool) -> None:
    detection = {"a": {"A": 1}, "b": {"B1": 1}, "b2": {"B2": 1}, "c": {"C": 1}, "condition": condition}

    assert fires(detection, process(event)) is holds


def test_selections_of_several_maps_are_alternatives() -> None:
    detection = {"selection": [{"A": "1", "B": "1"}, {"C": "1"}]}

    assert fires(detection, process({"C": "1"}))
    assert fires(detection, process({"A": "1", "B": "1"}))
    assert not fires(detection, process({"A": "1"}))


@pytest.mark.parametrize(
    ("keywords", "holds"),
    [
        (["nothing", "rm -rf"], True),
        (["RM -RF"], True),
        (["rm*var"], True),
        (["nothing"], False),
        ({"|all": ["rm -rf", "root"]}, True),
        ({"|all": ["rm -rf", "nobody"]}, False),
        ({"|re": "r[m] -.f"}, True),
        ([7], True),
        ([70], False),
    ],
)
def test_keywords_are_looked_for_in_every_value(keywords: Any, holds: bool) -> None:
    event = record({"message": "sh: rm -rf /var", "user.name": "root", "n": "7", "program": "sudo"}, form="syslog")

    assert fires({"selection": keywords}, event, {"product": "linux"}) is holds


def test_no_rule_fires_because_something_is_missing() -> None:
    absent = {"selection": {"Image|endswith": "\\a.exe"}, "condition": "not selection"}

    assert not fires(absent, process({"CommandLine": "x"}))
    assert not fires({"selection": {"F": None}}, process({"CommandLine": "x"}))
    assert not fires({"selection": {"F|exists": False}}, process({"CommandLine": "x"}))


def test_the_fields_that_made_it_fire_come_back_in_their_order() -> None:
    rule = sigma_rule(
        {
            "images": {"Image|endswith": ["\\a.exe", "\\b.exe"]},
            "words": {"CommandLine|contains|all": ["one", "two"]},
            "other": {"ParentImage|endswith": "\\c.exe"},
            "filter": {"User": "root"},
            "condition": "(images or other) and words and not filter",
        }
    )
    event = process({"CommandLine": "b one two", "User": "me", "Image": "X:\\b.exe", "ParentImage": "X:\\d.exe"})

    assert paths(matcher_of([rule]), event) == [("A Rule", ("CommandLine", "Image"))]


def test_a_field_that_comes_several_times_holds_where_one_of_its_values_does() -> None:
    event = record({"Channel": "Security", "EventID": "4662", "Properties": ["%%7688", "{1131f6ad}"]})

    assert fires({"selection": {"Properties|contains": "1131f6ad"}}, event, SECURITY)
    assert fires({"selection": {"Properties|contains|all": ["7688", "1131f6ad"]}}, event, SECURITY)


@pytest.mark.parametrize(
    ("detection", "why"),
    [
        ({"selection": {"User|expand": "%admins%"}}, "a placeholder"),
        ({"selection": {"User": "x"}, "condition": "selection | count() > 5"}, "counting"),
        ({"selection": {"User": "x"}, "condition": "selection and missing"}, "a selection that is not there"),
        ({"selection": {"User": "x"}, "condition": "1 of other*"}, "selections that are not there"),
        ({"selection": {"User": "x"}, "condition": "not " * 200 + "selection"}, "nesting"),
    ],
)
def test_what_one_event_cannot_decide_has_no_logic(detection: dict[str, Any], why: str) -> None:
    rule = sigma_rule(detection)

    assert rule.logic == "", why
    assert matcher_of([rule]).matches(process({"User": "x"})) == ()


def test_a_timeframe_is_no_keyword() -> None:
    detection = {"selection": {"User": "x"}, "timeframe": "5m", "condition": "all of them"}

    assert fires(detection, process({"User": "x"}))


def test_backslashes_that_a_paste_doubles_are_single() -> None:
    doubled = {"Image": r"C:\\Windows\\System32\\cmd.exe", "CommandLine": r"\\server\share"}

    assert fires({"selection": {"Image|endswith": r"\System32\cmd.exe"}}, process(doubled))
    assert fires({"selection": {"CommandLine|startswith": r"\\\\server\share"}}, process(doubled))


def test_one_name_in_two_places_of_a_windows_event_is_both() -> None:
    event = record(
        {
            "Event.System.Channel": "System",
            "Event.System.EventID": "104",
            "Event.UserData.LogFileCleared.Channel": "Security",
        },
        form="windows_xml",
    )

    assert fires({"selection": {"Channel": "Security"}}, event, {"product": "windows", "service": "system"})
