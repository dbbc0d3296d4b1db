"""Which words of an alert are shown."""

from __future__ import annotations

import pytest

from knowledge.alerts.conditions import parse_condition
from knowledge.alerts.events import Fact, FactHit
from knowledge.alerts.model import Field, Role
from knowledge.mapping.choosing import asked_of, chosen, label_of, telling_fields
from knowledge.mapping.model import Quote


def _field(path: str, value: str, role: Role = Role.DETAIL, start: int = 0) -> Field:
    return Field(path, value, start, start + len(value), role)


def _quote(words: str, start: int = 0) -> Quote:
    return Quote(words, start, start + len(words), "it says so")


COMMAND = _field("processCommandLine", "net user svc2 /add", Role.COMMAND, 20)
PROGRAM = _field("fileName", "net.exe", Role.FILE, 0)
EVENT = _field("eventName", "StopLogging", Role.ACTION, 0)
SERVICE = _field("eventSource", "cloudtrail.amazonaws.com", Role.ACTION, 50)


@pytest.mark.parametrize(
    ("path", "label"),
    [
        ("Event.EventData.CommandLine", "CommandLine"),
        ("process.parent.name", "parent.name"),
        ("Parameters.Name", "Parameters.Name"),
        ("type", "type"),
        ("", ""),
    ],
)
def test_a_name_that_says_nothing_has_the_one_above_it(path: str, label: str) -> None:
    assert label_of(_field(path, "x")) == label


@pytest.mark.parametrize(
    ("fields", "kept"),
    [
        ((EVENT, SERVICE), [EVENT]),
        ((SERVICE,), [SERVICE]),
        ((PROGRAM, COMMAND), [COMMAND]),
        ((_field("verb", "create", Role.ACTION), _field("privileged", "true", start=9)), ["true"]),
        ((_field("EventID", "1", Role.ACTION), _field("a", "x", start=9), _field("b", "y", start=19)), ["x", "y"]),
        ((_field("Value", "True", start=5), _field("DeleteMessage", "True", start=5)), ["True"]),
        ((), []),
    ],
)
def test_the_fields_that_tell_most_are_shown(fields: tuple[Field, ...], kept: list[Field | str]) -> None:
    shown = telling_fields(fields)

    assert [each.value for each in shown] == [each if isinstance(each, str) else each.value for each in kept]


def test_a_field_that_only_must_not_say_something_is_no_reason() -> None:
    conditions = ("TicketEncryptionType = 0x17", "ServiceName != *$")
    fact = Fact(tuple(parse_condition(each, {}) for each in conditions), (), ("T1558.003",), 0.8, "rc4", "https://x")
    hit = FactHit(fact, (_field("TicketEncryptionType", "0x17"), _field("ServiceName", "svc_sql", start=9)))

    assert [field.path for field in asked_of(hit)] == ["TicketEncryptionType"]


def test_quotes_that_say_nothing_beside_others_are_left_out() -> None:
    fields = {each.start: each for each in (COMMAND, SERVICE, PROGRAM)}
    quotes = [
        _quote("net user svc2 /add", 20),
        _quote("cloudtrail.amazonaws.com", 50),
        _quote("net user svc2 /add", 20),
    ]

    assert list(chosen(quotes, fields.get)) == quotes[:1]
    assert list(chosen([_quote("cloudtrail.amazonaws.com", 50)], fields.get)) == [
        _quote("cloudtrail.amazonaws.com", 50)
    ]
    assert list(chosen([_quote("net user", 20), _quote("net", 0)], fields.get)) == [_quote("net user", 20)]


def test_words_of_prose_may_stand_in_other_words() -> None:
    quotes = [_quote("scheduled task"), _quote("a scheduled task was made", 30)]

    assert list(chosen(quotes, lambda _: None)) == quotes
