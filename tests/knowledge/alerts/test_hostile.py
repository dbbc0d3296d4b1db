"""Pastes that are made to hurt: nested without end, huge, full of one character. They are read, and it is soon over."""

from __future__ import annotations

import base64
import json

import pytest

from knowledge.alerts.reading import MAX_ALL_FIELDS, MAX_CHARACTERS, MAX_RECORDS, read_alert
from tests.knowledge.alerts.pasted import ROLES, check_places, values

DEEP = 100_000


LONG = 300_000


def filled(piece: str, length: int) -> str:
    return (piece * (length // len(piece) + 1))[:length]


@pytest.mark.parametrize(
    "text",
    [
        "[" * DEEP,
        "[" * DEEP + "]" * DEEP,
        '{"a":' * DEEP,
        '{"a":' * DEEP + "1" + "}" * DEEP,
        '{"a":[' * DEEP + "]}" * DEEP,
        '{"a": "seen", "b": ' + "[" * DEEP + "]" * DEEP + ', "c": "seen too"}',
        "<Event><System>" + "<a>" * DEEP,
        "<a>" * DEEP + "x" + "</a>" * DEEP,
        "\n".join(" " * depth + "a.exe" for depth in range(1_500)),
        "\n".join("  " * depth + f"name{depth}:" for depth in range(1_000)),
    ],
    ids=[
        "open",
        "brackets",
        "objects",
        "closed_objects",
        "mixed",
        "within",
        "elements",
        "closed_elements",
        "tree",
        "names",
    ],
)
def test_nesting_without_end(text: str) -> None:
    alert = read_alert(text, ROLES)
    check_places(alert)
    assert len(alert.records) <= 500


def test_what_stands_around_deep_nesting_is_read() -> None:
    text = '{"a": "seen", "b": ' + "[" * DEEP + "]" * DEEP + ', "c": "seen too"}'
    alert = read_alert(text, ROLES)
    assert alert.truncated
    assert values(alert.records[0]) == {"a": "seen", "c": "seen too"}


def test_json_in_json_in_json() -> None:
    text = json.dumps({"k": "v"})
    for _ in range(9):
        text = json.dumps({"k": text, "n": 1})
    check_places(read_alert(text, ROLES))


@pytest.mark.parametrize(
    "piece",
    [
        '"',
        "'",
        "{",
        "}",
        "[",
        "]",
        "=",
        ":",
        ",",
        ";",
        "|",
        "<",
        ">",
        "\\",
        "`",
        "```",
        "-",
        "(",
        "%",
        "#",
        " ",
        "\t",
        "\n",
        "\x00",
        "\ud800",
        "\ufeff",
        "a",
        "A ",
        "a\n",
        "漢",
        '{"',
        '{"a":"',
        '{"a":1}',
        '{"a":1}\n',
        '"a":',
        'a":',
        '","a":',
        '{\\"a\\":\\"b\\",',
        '{""a"":""b"",',
        "<a>",
        "<a>\n",
        '<a b="',
        "<!--",
        "<![CDATA[",
        "<Event>",
        "&amp;",
        "<Data Name='x'>",
        "</Data>",
        "a=",
        "a=b ",
        "a=b\n",
        'a="',
        "a: ",
        "aa: b\n",
        "Aa: b | ",
        "a,b,c\n",
        "a, b, ",
        "a\tb\tc\n",
        "CEF:0|a|b|c|d|e|f|a=b\n",
        "LEEF:1.0|",
        "<13>Oct 11 22:14:15 h su[1]: x\n",
        '[a b="c"]',
        "2025-01-01T00:00:00Z ",
        'type=EXECVE msg=audit(1.1:1): a0="x"\n',
        "GET / HTTP/1.1\n",
        "GET ",
        "Log Name: x\n",
        "Subject:\n",
        "Subject: ",
        "Account Name: x ",
        "RuleName: ",
        "MSWinEventLog\t",
        "AgentDevice=Win",
        "From: x\n",
        "From: x\nSubject: y\n ",
        "=?utf-8?q?=41?= ",
        "a.exe -> ",
        "a.exe > ",
        "a.exe\n  b.exe\n",
        "└─",
        "> ",
        "#fields\ta\n",
        "#fields\ta\tb\tc\n1\t2\t3\n",
        "PID PPID USER CMD\n",
        "Warning x (a=b ",
        "[1:2:3] ",
        "%ASA-6-1: ",
        "Host\nx\n",
        "Host    x\n",
        "1,2025/01/01 00:00:00,1,TRAFFIC,end,",
        "http://",
        "x.y",
        "the quick brown fox. ",
    ],
)
def test_one_piece_again_and_again(piece: str) -> None:
    alert = read_alert(filled(piece, LONG), ROLES)
    assert len(alert.records) <= MAX_RECORDS
    assert sum(len(record.fields) for record in alert.records) <= MAX_ALL_FIELDS
    for record in alert.records[:3] + alert.records[-3:]:
        assert 0 <= record.start <= record.end <= LONG


@pytest.mark.parametrize("piece", ['"', "[", "{", "=", "\x00", "\ud800", "a", " ", "\n", '{"a":"', "<a>", "a=b ", "> "])
def test_two_million_characters_of_one_piece(piece: str) -> None:
    alert = read_alert(filled(piece, MAX_CHARACTERS), ROLES)
    assert len(alert.records) <= 1
    assert all(record.end <= MAX_CHARACTERS for record in alert.records)


BLOB = base64.b64encode(bytes(number * number % 251 for number in range(1_400_000))).decode()


@pytest.mark.parametrize(
    ("before", "behind"),
    [
        ("", ""),
        ('{"data": "', '", "eventName": "CreateUser"}'),
        ("user=bob data=", " eventName=CreateUser"),
        ("<Event><EventData><Data Name='data'>", "</Data><Data Name='eventName'>CreateUser</Data></EventData></Event>"),
        ("CEF:0|a|b|c|d|e|5|data=", " eventName=CreateUser"),
        ("powershell -enc ", ""),
        ("<13>Oct 11 22:14:15 h su[1]: ", ""),
        ('{"a": "' + '\\"' * 500_000, '", "eventName": "CreateUser"}'),
        ('{"a": "' + "\\u0041" * 100_000, '", "eventName": "CreateUser"}'),
        ("a,b,c\n1,2,", "\n3,4,CreateUser"),
    ],
)
def test_a_megabyte_of_one_value(before: str, behind: str) -> None:
    text = before + BLOB[: MAX_CHARACTERS - len(before) - len(behind)] + behind
    alert = read_alert(text, ROLES)
    check_places(alert)
    found = [field.value for record in alert.records for field in record.fields]
    assert not behind or "CreateUser" in found or any(value.endswith("CreateUser") for value in found)


def test_more_than_is_read_is_said_to_be_left_out() -> None:
    alert = read_alert("word " * 500_000, ROLES)
    assert alert.truncated
    assert len(alert.text) == 2_500_000


def test_more_lines_than_are_looked_at() -> None:
    assert read_alert("a word\n" * 50_000, ROLES).truncated
    assert not read_alert("a word\n" * 500, ROLES).truncated
