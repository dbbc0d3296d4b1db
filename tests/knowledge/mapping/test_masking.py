"""What names people and machines goes; what says what was done stays."""

from __future__ import annotations

import pytest

from knowledge.mapping import masked
from knowledge.mapping.masking import MAX_KEPT


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


def test_only_so_much_is_kept() -> None:
    assert len(masked("word " * 10_000)) <= MAX_KEPT
