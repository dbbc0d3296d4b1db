"""A paste becomes an alert: mixtures, roles, messages that are records, and what holds for any text at all."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.alerts import reading
from knowledge.alerts.model import Field, Role
from knowledge.alerts.reading import MAX_ALL_FIELDS, MAX_RECORDS, read_alert
from knowledge.alerts.roles import Roles
from knowledge.alerts.roles_file import read_roles
from tests.knowledge.alerts.pasted import ROLES, check_places, formats, only, read, values

SHIPPED_FILE = Path(__file__).resolve().parents[3] / "config" / "alert_fields.toml"
YARDSTICK = [
    json.loads(line)["text"]
    for name in ("yardstick_a.jsonl", "yardstick_b.jsonl")
    for line in (Path(__file__).parent / name).read_text(encoding="utf-8").splitlines()
]


def test_an_empty_paste_has_no_records() -> None:
    for text in ("", "  \n\t", "```\n```", "---\n***"):
        alert = read(text)
        assert alert.records == ()
        assert not alert.truncated


def test_prose_is_one_message_without_a_path() -> None:
    alert = read("  Someone logged on twice.\n\nPlease look.\n")
    assert alert.is_prose
    (record,) = alert.records
    (field,) = record.fields
    assert (field.path, field.role) == ("", Role.MESSAGE)
    assert field.value == "Someone logged on twice.\n\nPlease look."


def test_prose_before_between_and_behind_records() -> None:
    text = 'see this\n{"a": 1}\nand then\ntype=CWD msg=audit(1.2:3): cwd="/root"\nthat is all'
    records = read(text).records
    assert [record.format for record in records] == ["prose", "json", "prose", "auditd", "prose"]
    assert [text[record.start : record.end] for record in records][::2] == ["see this", "and then", "that is all"]


def test_fences_part_pieces_and_belong_to_none() -> None:
    text = 'look:\n```json\n{"a": 1, "b": 2}\n```\nand\n```\nwhoami /all\n```\nor ```{"c": 3}``` ok'
    records = read(text).records
    assert [record.format for record in records] == ["prose", "json", "prose", "prose", "prose", "json", "prose"]
    assert records[3].fields[0].value == "whoami /all"
    assert not any("`" in field.value for record in records for field in record.fields)


def test_a_quoted_record_is_read() -> None:
    text = '> {"a": {\n>   "b": "c"\n> }}\nhm'
    assert values(only(text)) == {"a.b": "c"}


def test_products_and_roles_are_asked_for() -> None:
    roles = read_roles(SHIPPED_FILE.read_bytes(), SHIPPED_FILE.name)
    text = json.dumps({"eventSource": "iam.amazonaws.com", "eventName": "CreateUser", "sourceIPAddress": "203.0.113.4"})
    (record,) = read_alert(text, roles).records
    assert (record.product, record.product_name) == ("aws_cloudtrail", "AWS CloudTrail")
    by_path = {field.path: field.role for field in record.fields}
    assert by_path["eventName"] is Role.ACTION
    assert by_path["sourceIPAddress"] is Role.ADDRESS


class AskedForProducts:
    """Roles that count how often a product was looked up."""

    def __init__(self) -> None:
        self.asked = 0

    def product(self, record_format: str, fields: Sequence[Field]) -> tuple[str, str]:
        self.asked += 1
        return "p", "P"

    def role(self, product: str, path: str, value: str) -> Role:
        return Role.DETAIL


def test_many_records_of_one_shape_are_looked_up_once() -> None:
    roles = AskedForProducts()
    alert = read_alert("\n".join(['{"a": 1}'] * 300), roles)
    assert {record.product for record in alert.records} == {"p"}
    assert len(alert.records) == 300
    assert roles.asked < 100


@pytest.mark.parametrize(
    ("message", "path", "value"),
    [
        ('{"eventName": "CreateUser"}', "message.eventName", "CreateUser"),
        ('src=10.0.0.1 user=bob cmd="whoami /all"', "message.cmd", "whoami /all"),
        ("CEF:0|a|b|c|d|e|5|act=blocked", "message.act", "blocked"),
        ("<Event><System><EventID>1</EventID></System></Event>", "message.Event.System.EventID", "1"),
        ("Process Create:\nRuleName: -\nUtcTime: x\nImage: C:\\x.exe\nUser: bob", "message.Image", "C:\\x.exe"),
        ("Oct 11 22:14:15 web1 sudo: bob : TTY=pts/0 ; COMMAND=/bin/sh", "message.COMMAND", "/bin/sh"),
    ],
)
def test_a_message_that_is_a_record_is_read_further(message: str, path: str, value: str) -> None:
    record = only(json.dumps({"id": 7, "message": message}))
    assert record.format == "json"
    assert values(record)[path] == value


def test_a_message_of_words_stays_a_message() -> None:
    record = only(json.dumps({"id": 7, "message": "Someone logged on: bob, from ws1."}))
    (field,) = [field for field in record.fields if field.role is Role.MESSAGE]
    assert (field.path, field.value) == ("message", "Someone logged on: bob, from ws1.")


def test_words_around_a_record_in_a_message_stay() -> None:
    record = only(json.dumps({"message": 'form data: {"Cmd": ["sh"], "Privileged": true}'}))
    assert values(record) == {"message": "form data:", "message.Cmd": "sh", "message.Privileged": "true"}


def test_too_many_records_and_fields_are_left_out_and_it_is_said() -> None:
    alert = read("\n".join(f'{{"a": {number}}}' for number in range(MAX_RECORDS + 5)))
    assert len(alert.records) == MAX_RECORDS
    assert alert.truncated
    alert = read(json.dumps({f"k{number}": "v" for number in range(5_000)}))
    assert alert.truncated
    assert sum(len(record.fields) for record in alert.records) <= MAX_ALL_FIELDS
    assert not read("\n".join(f'{{"a": {number}}}' for number in range(MAX_RECORDS - 1))).truncated


def test_what_follows_the_last_record_that_is_read_is_read_as_text() -> None:
    text = "\n".join(f'{{"a": {number}}}' for number in range(MAX_RECORDS + 5))
    last = read(text).records[-1]
    assert (last.format, last.end) == ("prose", len(text))
    assert text[last.fields[0].start : last.fields[0].end] == last.fields[0].value


def test_more_characters_than_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_CHARACTERS", 20)
    alert = read("a word and more words than are read of it")
    assert alert.truncated
    assert alert.records[0].end <= 20


@pytest.mark.parametrize("number", range(0, len(YARDSTICK), 3))
def test_every_place_of_the_yardstick_is_right_whole_and_cut(number: int) -> None:
    text = YARDSTICK[number]
    for part in (text, text[: len(text) // 2], text[len(text) // 3 :], text[7:-9]):
        check_places(read_alert(part, ROLES))


@pytest.mark.parametrize("number", range(0, len(YARDSTICK), 5))
def test_no_line_of_the_yardstick_is_lost(number: int) -> None:
    """What is not taken for a record stays prose: but for what only names a format, words do not vanish."""
    text = YARDSTICK[number]
    alert = read_alert(text, ROLES)
    covered = 0
    at = 0
    for record in sorted(alert.records, key=lambda record: record.start):
        covered += max(0, record.end - max(at, record.start))
        at = max(at, record.end)
    assert covered >= 0.6 * len(text.strip())


WORDS = st.sampled_from(
    [
        "{",
        "}",
        "[",
        "]",
        '"',
        "'",
        ":",
        ",",
        "\\",
        "\\u",
        "=",
        "|",
        "\t",
        "\n",
        "\r\n",
        " ",
        "  ",
        "<",
        ">",
        "</",
        "/>",
        "a",
        "key",
        "Name",
        "Value",
        "value",
        '"a": "b"',
        "a=b",
        'a="b c"',
        "Host: WS1",
        "<Event>",
        "</Event>",
        "<Data Name='",
        "CEF:0|",
        "LEEF:2.0|",
        "type=EXECVE msg=audit(1.1:1): ",
        "<13>",
        "Oct 11 22:14:15 h p[1]: ",
        "%ASA-6-302013: ",
        "#fields\ta\tb",
        "GET /x HTTP/1.1",
        '" 200 12',
        "Log Name: x",
        "Event ID: 1",
        "Subject:",
        "Account Name: x",
        "From: x",
        "Received: y",
        "a.exe",
        " -> ",
        "└─",
        "```",
        "> ",
        "msg=",
        "0x5E",
        "6162",
        "&lt;",
        "&#x41;",
        "a,b,c",
        "\x00",
        "\ud800",
        "é",
        "漢",
        "Creating Scriptblock text (1 of 1):",
        "MSWinEventLog\t",
        "AgentDevice=Win",
        "[1:2:3] ",
        "1,2025/01/01 00:00:00,1,TRAFFIC,end,",
        "PID PPID USER CMD",
        "=?utf-8?q?=41?=",
        '{\\"a\\":\\"',
        '{""a"":""',
    ]
)


@settings(max_examples=400, deadline=None)
@given(st.lists(WORDS, max_size=60).map("".join))
def test_nothing_is_raised_and_every_place_lies_within_the_paste(text: str) -> None:
    check_places(read_alert(text, ROLES))


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_nothing_is_raised_for_any_characters(text: str) -> None:
    check_places(read_alert(text, ROLES))


JSON_VALUES = st.recursive(
    st.text(max_size=20) | st.integers() | st.booleans() | st.none(),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text("abcXYZ_.", min_size=1, max_size=8), inner, max_size=4)
    ),
    max_leaves=20,
)


@settings(max_examples=200, deadline=None)
@given(
    st.dictionaries(st.text("abcXYZ_", min_size=1, max_size=8), JSON_VALUES, min_size=1, max_size=6),
    st.sampled_from([None, 2]),
)
def test_every_text_in_json_is_found_where_it_stands(tree: dict[str, object], indent: int | None) -> None:
    text = json.dumps(tree, indent=indent)
    alert = read_alert(text, Roles())
    check_places(alert)
    found = {field.value for record in alert.records for field in record.fields}
    for value in tree.values():
        if isinstance(value, str) and value.isalnum():
            assert value in found


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(YARDSTICK), st.integers(0, 4000), st.sampled_from(['"', "{", "\x00", "\n", "=", "<", "\\", "```\n"])
)
def test_damaged_records_are_read(text: str, index: int, damage: str) -> None:
    index %= len(text) + 1
    check_places(read_alert(text[:index] + damage + text[index + 1 :], ROLES))


def test_formats_are_named_as_documented() -> None:
    assert formats('{"a": 1}') == ["json"]
