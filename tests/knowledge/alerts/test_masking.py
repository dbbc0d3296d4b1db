"""What names people and machines and what gives access goes; what says what was done stays."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.alerts.masking import MAX_KEPT
from knowledge.alerts.masking_rules import PLACEHOLDERS
from knowledge.alerts.model import Alert, Field, Record, Role
from knowledge.mapping import masked


def _cases() -> list[tuple[str, str]]:
    read = []
    for line in Path(__file__).with_name("masking_lines.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("# "):
            pasted, kept = (side.replace("⏎", "\n") for side in line.split(" ||| "))
            read.append((pasted, pasted if kept == "=" else kept))
    return read


CASES = _cases()


def _alert(text: str, *fields: tuple[Role, str, str]) -> Alert:
    """An alert of one record; each field has a role, what stands in the text, and the value it means."""
    found = [
        Field("f", value, text.index(written), text.index(written) + len(written), role)
        for role, written, value in fields
    ]
    return Alert(text, (Record("json", tuple(found), 0, len(text)),))


# ---- by pattern ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("pasted", "kept"), CASES, ids=[pasted[:60] for pasted, _ in CASES])
def test_a_line(pasted: str, kept: str) -> None:
    assert masked(pasted) == kept
    assert masked(kept) == kept


def test_there_are_lines_enough_of_both_kinds() -> None:
    stay = sum(pasted == kept for pasted, kept in CASES)
    assert len(CASES) >= 200
    assert stay >= 60


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("from 10.1.2.3:445", "10.1.2.3"),
        ("from 10[.]1[.]2[.]3", "2[.]3"),
        ("from fe80::1ff:fe23:4567:890a", "fe23"),
        ("mail bob.smith@corp.example", "bob"),
        ("C:\\Users\\bsmith\\a.exe", "bsmith"),
        ("/home/bsmith/.ssh/id_rsa", "bsmith"),
        ("user=bsmith did", "bsmith"),
        ('{"user": "bsmith"}', "bsmith"),
        ("CORP\\bsmith ran", "bsmith"),
        ("hostname: fin-lap-7", "fin-lap-7"),
        ("\\\\fileserver7\\c$", "fileserver7"),
        ("on WS-0193 today", "WS-0193"),
        ("dc01.corp.example answered", "dc01"),
        ("https://x.example/a?token=1", "x.example"),
        ("password=hunter2", "hunter2"),
        ('"api_key": "abc123xyz"', "abc123xyz"),
        ("Authorization: Bearer abcdefghijk", "abcdefghijk"),
        ("net user bob S3cret! /add", "S3cret!"),
        ("S-1-5-21-1004336348-1177238915-682003330-512", "1004336348"),
        ("d41d8cd98f00b204e9800998ecf8427e", "d41d8"),
        ("AKIAIOSFODNN7EXAMPLE", "AKIAIOS"),
    ],
)
def test_it_is_gone(text: str, secret: str) -> None:
    assert secret not in masked(text)


@pytest.mark.parametrize(
    "text",
    [
        "vssadmin.exe delete shadows /all /quiet",
        "reg add HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run /v x",
        "rundll32.exe C:\\Windows\\System32\\comsvcs.dll, MiniDump 624 lsass.dmp full",
        "powershell.exe -nop -w hidden Invoke-WebRequest",
        "System.Management.Automation.AmsiUtils",
        "net user /domain",
        "EventID 4625 on T1110.003",
    ],
)
def test_behaviour_stays(text: str) -> None:
    assert masked(text) == text


# ---- by role ---------------------------------------------------------------------------------------------------------


def test_the_values_of_fields_go_wherever_they_stand() -> None:
    text = '{"who":"kmiller","where":"TUCANA","cmd":"robocopy TUCANA kmiller docs tucana"}'
    alert = _alert(text, (Role.USER, "kmiller", "kmiller"), (Role.HOST, "TUCANA", "TUCANA"))

    assert masked(text, alert) == '{"who":"<user>","where":"<host>","cmd":"robocopy <host> <user> docs <host>"}'


@pytest.mark.parametrize(
    ("role", "label"),
    [(Role.USER, "<user>"), (Role.HOST, "<host>"), (Role.ADDRESS, "<address>"), (Role.SECRET, "<secret>")],
)
def test_each_role_has_its_label(role: Role, label: str) -> None:
    text = "f zanzibar; later zanzibar again"

    assert masked(text, _alert(text, (role, "zanzibar", "zanzibar"))) == f"f {label}; later {label} again"


@pytest.mark.parametrize("role", [Role.COMMAND, Role.TITLE, Role.PROCESS, Role.DETAIL, Role.NOISE])
def test_fields_of_other_roles_stay(role: Role) -> None:
    text = "f zanzibar; later zanzibar again"

    assert masked(text, _alert(text, (role, "zanzibar", "zanzibar"))) == text


@pytest.mark.parametrize("name", ["root", "SYSTEM", "Administrator", "admin", "ab", "1234", "NT AUTHORITY\\SYSTEM"])
def test_common_words_go_only_in_their_own_field(name: str) -> None:
    text = f"f {name}; dir {name} stays"

    assert masked(text, _alert(text, (Role.USER, name, name))) == f"f <user>; dir {name} stays"


@pytest.mark.parametrize(
    ("role", "written", "value", "elsewhere", "kept"),
    [
        (Role.USER, "CORP\\\\kmiller", "CORP\\kmiller", "type kmiller.kdbx", "type <user>.kdbx"),
        (Role.USER, "kmiller@corp.example", "kmiller@corp.example", "type kmiller.kdbx", "type <user>.kdbx"),
        (Role.HOST, "tucana.corp.example", "tucana.corp.example", "ping TUCANA", "ping <host>"),
        (Role.USER, "TUCANA$", "TUCANA$", "ping tucana", "ping <user>"),
        (Role.ADDRESS, "10.1.2.3:445", "10.1.2.3:445", "ping 10.1.2.3", "ping <address>"),
        (Role.SECRET, "Sommer2024", "Sommer2024", "tool -xSommer2024", "tool -x<secret>"),
    ],
)
def test_what_is_inside_a_value_is_found_without_its_domain(
    role: Role, written: str, value: str, elsewhere: str, kept: str
) -> None:
    text = f"f {written}; {elsewhere}"

    assert masked(text, _alert(text, (role, written, value))).endswith(f"; {kept}")


def test_a_value_is_not_cut_out_of_a_longer_word() -> None:
    text = "f run; rundll32 a.dll,run"

    assert masked(text, _alert(text, (Role.USER, "run", "run"))) == "f <user>; rundll32 a.dll,<user>"


def test_a_part_of_a_paste_is_masked_by_the_fields_of_the_whole() -> None:
    text = "f kmiller on g TUCANA⏎robocopy kmiller to TUCANA"
    alert = _alert(text, (Role.USER, "kmiller", "kmiller"), (Role.HOST, "TUCANA", "TUCANA"))

    assert masked("robocopy kmiller to TUCANA", alert) == "robocopy <user> to <host>"
    assert masked("g TUCANA⏎robocopy", alert) == "g <host>⏎robocopy"
    assert masked("read elsewhere: kmiller", alert) == "read elsewhere: <user>"


def test_fields_outside_the_kept_part_do_no_harm() -> None:
    text = "word " * 3_000 + "kmiller"

    assert masked(text, _alert(text, (Role.USER, "kmiller", "kmiller"))) == masked(text)


def test_masking_by_role_twice_changes_nothing() -> None:
    text = "f kmiller; g TUCANA; h user; robocopy kmiller TUCANA password=user"
    alert = _alert(
        text, (Role.USER, "kmiller", "kmiller"), (Role.HOST, "TUCANA", "TUCANA"), (Role.USER, "user", "user")
    )
    once = masked(text, alert)

    assert masked(once, alert) == masked(once) == once


# ---- always ----------------------------------------------------------------------------------------------------------


def test_only_so_much_is_kept() -> None:
    assert len(masked("word " * 10_000)) <= MAX_KEPT
    assert len(masked("a@b.com " * 2_000)) <= MAX_KEPT


def test_no_placeholder_is_halved_at_the_end() -> None:
    kept = masked("ab@c.de " * 2_000)

    assert re.sub(r"(?:<mail> ?)+", "", kept) == ""


_PIECES = st.sampled_from(
    [piece for pasted, _ in CASES for piece in re.findall(r"\S+|\s+", pasted)]
    + [
        "<user>",
        "<host>",
        "<secret>",
        "<address>",
        "<mail>",
        "<url>",
        "<",
        ">",
        "\\",
        "\\\\",
        '"',
        "'",
        "=",
        ": ",
        "@",
        "://",
        "-p ",
        " ",
    ]
)


@given(st.lists(_PIECES, max_size=25).map("".join))
def test_masking_twice_changes_nothing(text: str) -> None:
    once = masked(text)

    assert masked(once) == once


@given(st.text(max_size=300))
def test_any_text_is_taken(text: str) -> None:
    once = masked(text)

    assert len(once) <= MAX_KEPT
    assert masked(once) == once


@given(
    st.text(max_size=60),
    st.lists(
        st.tuples(st.sampled_from(Role), st.text(max_size=12), st.integers(-5, 70), st.integers(-5, 70)), max_size=8
    ),
)
def test_any_fields_are_taken(text: str, drawn: list[tuple[Role, str, int, int]]) -> None:
    fields = tuple(Field("f", value, start, end, role) for role, value, start, end in drawn)

    assert isinstance(masked(text, Alert(text, (Record("json", fields, 0, len(text)),))), str)


def test_every_placeholder_is_used_and_known() -> None:
    used = {found for pasted, kept in CASES for found in re.findall(r"<[a-z]+>", kept) if found not in pasted}

    assert used == set(PLACEHOLDERS)


@pytest.mark.parametrize(
    "piece",
    [
        "a",
        "-",
        "\\",
        '"',
        "a.",
        "a@",
        "password=",
        "net user ",
        "-----BEGIN A KEY-----\n",
        "psexec ",
        "eyJ",
        "http://",
        ":",
        "<user>",
        "Cookie: a=b;",
        "&quot;",
    ],
)
def test_repetition_is_taken(piece: str) -> None:
    text = piece * (3 * MAX_KEPT // len(piece))

    assert len(masked(text)) <= MAX_KEPT
