"""Records that list several processes."""

from __future__ import annotations

import json

import pytest

from knowledge.alerts.model import Record, Role
from knowledge.alerts.reading import read_alert
from knowledge.mapping.elements import elements_of
from tests.builders import roles


def _record(**content: object) -> Record:
    (record,) = read_alert(json.dumps(content), roles()).records
    return record


def _said(record: Record, role: Role) -> list[str]:
    return [field.value for field in record.fields if field.role is role]


PROCESSES = [
    {"fileName": "vssadmin.exe", "processCommandLine": "vssadmin delete shadows /all", "tags": ["a", "b"]},
    {"fileName": "net.exe", "processCommandLine": "net user svc2 /add", "tags": ["c"]},
]


def test_each_process_of_a_list_has_its_own_fields_and_the_shared_ones() -> None:
    whole, first, second = elements_of(
        _record(title="Hands on keyboard", computerDnsName="fs01.corp.example", evidence=PROCESSES)
    )

    assert _said(whole, Role.TITLE) == ["Hands on keyboard"]
    assert _said(whole, Role.COMMAND) == []
    assert _said(first, Role.COMMAND) == ["vssadmin delete shadows /all"]
    assert _said(second, Role.COMMAND) == ["net user svc2 /add"]
    assert _said(second, Role.HOST) == ["fs01.corp.example"]
    assert not _said(second, Role.TITLE)
    assert first.start < first.end <= second.start


def test_a_command_line_deeper_in_an_element_takes_the_element_with_it() -> None:
    listed = [
        {"kind": "process", "file": each["fileName"], "process": {"command_line": each["processCommandLine"]}}
        for each in PROCESSES
    ]
    _, first, second = elements_of(_record(title="Hands on keyboard", evidence=listed))

    assert [field.value for field in first.fields] == ["process", "vssadmin.exe", "vssadmin delete shadows /all"]
    assert _said(second, Role.COMMAND) == ["net user svc2 /add"]


def test_elements_may_begin_with_other_names_and_hold_lists() -> None:
    listed = [{"entityType": "Process", **PROCESSES[0]}, PROCESSES[1]]
    _, first, second = elements_of(_record(title="Hands on keyboard", evidence=listed))

    assert [field.value for field in first.fields] == [
        "Process", "vssadmin.exe", "vssadmin delete shadows /all", "a", "b",
    ]  # fmt: skip
    assert [field.value for field in second.fields] == ["net.exe", "net user svc2 /add", "c"]


@pytest.mark.parametrize(
    "content",
    [
        {"process": {"command_line": "whoami /priv", "parent": {"command_line": "w3wp.exe -ap pool"}}},
        {"evidence": PROCESSES[:1]},
        {"process": {"path": "/usr/bin/osascript", "args": ["osascript", "-e", "display dialog"]}, "host": "mb-22"},
        {"title": "Reset all factors", "target": [{"type": "User"}, {"type": "User"}]},
    ],
)
def test_a_record_without_such_a_list_is_not_taken_apart(content: dict[str, object]) -> None:
    assert elements_of(_record(**content)) == ()
