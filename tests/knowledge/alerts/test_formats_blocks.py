"""Formats of several lines: tables, mail headers, process trees, blocks of names and values."""

from __future__ import annotations

import pytest

from tests.knowledge.alerts.pasted import formats, only, place, read, values


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_rows_are_records_named_by_the_header(mark: str) -> None:
    text = "\n".join(
        [
            mark.join(("Timestamp", "DeviceName", "ProcessCommandLine")),
            mark.join(("t1", "ws1", "whoami /all")),
            mark.join(("t2", "ws2", "cut")),
        ]
    )
    records = read(text).records
    assert [record.format for record in records] == ["csv", "csv"]
    assert values(records[0]) == {"Timestamp": "t1", "DeviceName": "ws1", "ProcessCommandLine": "whoami /all"}
    assert text[records[1].start : records[1].end] == mark.join(("t2", "ws2", "cut"))


def test_quoted_cells_and_json_within_them() -> None:
    text = (
        "RecordId,Operation,AuditData\n"
        'r1,Set-Mailbox,"{""Operation"":""Set-Mailbox"",'
        '""Parameters"":[{""Name"":""ForwardingSmtpAddress"",""Value"":""smtp:x@y.example""}]}"\n'
        'r2,"a, b","two\nlines"\n'
    )
    records = read(text).records
    found = values(records[0])
    assert found["AuditData.Parameters.ForwardingSmtpAddress"] == "smtp:x@y.example"
    assert place(text, records[0], "AuditData.Parameters.ForwardingSmtpAddress") == "smtp:x@y.example"
    assert values(records[1]) == {"RecordId": "r2", "Operation": "a, b", "AuditData": "two\nlines"}


def test_a_cut_row_and_a_remark_behind_a_table() -> None:
    text = "a,b,c,d\n1,2,3,4\n5,6,7\n"
    assert [values(record) for record in read(text).records][1] == {"a": "5", "b": "6", "c": "7"}
    assert formats("a,b,c\n1,2,3\n(612 rows, more, left)\n") == ["csv", "prose"]


def test_zeek_and_w3c_tables() -> None:
    text = (
        "#separator \\x09\n#path\tdns\n#fields\tts\tid.orig_h\tquery\n#types\ttime\taddr\tstring\n"
        "1.1\t10.0.0.1\tx.example\n1.2\t10.0.0.2\t-\n"
    )
    records = read(text).records
    assert [record.format for record in records] == ["zeek", "zeek"]
    assert values(records[0]) == {"_path": "dns", "ts": "1.1", "id.orig_h": "10.0.0.1", "query": "x.example"}
    text = "#Software: IIS\n#Fields: date cs-method cs-uri-stem cs(User-Agent)\n2025-02-08 GET /a Mozilla/5.0+x\n"
    assert values(only(text))["cs(User-Agent)"] == "Mozilla/5.0+x"
    assert only(text).format == "access_log"


MAIL = """\
Return-Path: <bounce@relay.example>
Received: from mx4.relay.example (203.0.113.207)
\tby mx1.bank.example with ESMTPS
Authentication-Results: mx1.bank.example; spf=fail; dmarc=fail
From: "IT" <it@bank.example>
Reply-To: <it@freemail.example>
Subject: =?utf-8?B?WW91ciBwYXNzd29yZA==?= runs out
Content-Disposition: attachment; filename="Keep.html"

Click here to keep it.
"""


def test_mail_headers() -> None:
    records = read(MAIL).records
    assert [record.format for record in records] == ["mail", "prose"]
    found = values(records[0])
    assert found["Received"] == "from mx4.relay.example (203.0.113.207) by mx1.bank.example with ESMTPS"
    assert found["Subject"] == "Your password runs out"
    assert found["Content-Disposition.filename"] == "Keep.html"
    assert found["Reply-To"] == "<it@freemail.example>"
    assert place(MAIL, records[0], "Subject") == "=?utf-8?B?WW91ciBwYXNzd29yZA==?= runs out"


TREES = [
    'services.exe (684)\n└─ sqlservr.exe (2144)\n   └─ cmd.exe (7720) "C:\\Windows\\cmd.exe" /c whoami\n',
    'services.exe\n  sqlservr.exe\n    "C:\\Windows\\cmd.exe" /c whoami\n',
    "services.exe\n|-- sqlservr.exe\n|   `-- C:\\Windows\\cmd.exe /c whoami\n",
    "services.exe -> sqlservr.exe -> C:\\Windows\\cmd.exe /c whoami",
    "services.exe → sqlservr.exe → cmd.exe /c whoami",
    "services.exe > sqlservr.exe > cmd.exe /c whoami",
    "Process tree: services.exe => sqlservr.exe (PID 2144) => cmd.exe (7720): cmd.exe /c whoami",
]


@pytest.mark.parametrize("text", TREES)
def test_each_process_of_a_tree_is_a_record_with_its_parent(text: str) -> None:
    records = [record for record in read(text).records if record.format == "process_tree"]
    assert len(records) == 3
    first, second, third = (values(record) for record in records)
    assert first == {"process": "services.exe"}
    assert second == {"process": "sqlservr.exe", "parent": "services.exe"}
    assert third["process"].endswith("cmd.exe")
    assert third["parent"] == "sqlservr.exe"
    assert third["command_line"].endswith("/c whoami")
    assert place(text, records[2], "parent") == "sqlservr.exe"


def test_siblings_have_the_same_parent() -> None:
    text = "init(1)\n├─ sshd(8)\n│  └─ bash(9) bash -i\n└─ cron(10)\n"
    assert [values(record).get("parent") for record in read(text).records] == [None, "init", "sshd", "init"]


def test_a_listing_of_processes() -> None:
    text = (
        "  PID  PPID USER     CMD\n    1     0 root     /sbin/init\n  902     1 www      \\_ sh -c "
        "/tmp/x -o pool.example\n"
    )
    records = read(text).records
    assert [record.format for record in records] == ["process_tree", "process_tree"]
    assert values(records[1]) == {
        "process": "sh",
        "command_line": "sh -c /tmp/x -o pool.example",
        "pid": "902",
        "ppid": "1",
        "user": "www",
        "parent": "/sbin/init",
    }


@pytest.mark.parametrize(
    "text",
    [
        "sudo cat /etc/shadow > /dev/shm/.s",
        "cmd.exe /c driverquery /v /fo csv > C:\\Windows\\Temp\\d.csv",
        "waitfor.exe has foreign dll inside, chain setup > mavinject.exe",
        "reg.exe changed HKLM\\SYSTEM\\Services\\x\\ImagePath -> C:\\Temp\\s.exe",
        "first this -> then that -> and that",
        "def f():\n    if x:\n        return y\n",
    ],
)
def test_what_is_no_process_tree(text: str) -> None:
    assert set(formats(text)) == {"prose"}


@pytest.mark.parametrize(
    "text",
    [
        "Severity: High\nHost: WS1\nUser: CORP\\bob\nCommand line: whoami /all\n",
        "*Severity:* High\n*Host:* WS1\n*User:* CORP\\bob\n*Command line:* `whoami /all`\n",
        "- Severity: High\n- Host: WS1\n- User: CORP\\bob\n- Command line: whoami /all\n",
        "Severity : High\nHost : WS1\n\nUser : CORP\\bob\nCommand line : whoami /all\n",
        "Severity: High | Host: WS1 | User: CORP\\bob | Command line: whoami /all",
        "Severity: High; Host: WS1; User: CORP\\bob; Command line: whoami /all",
        "Severity: High, Host: WS1, User: CORP\\bob, Command line: whoami /all",
        "Severity: High | Host: WS1\nUser: CORP\\bob | Command line: whoami /all",
        "Severity        High\nHost            WS1\nUser            CORP\\bob\nCommand line    whoami /all\n",
        "Severity\nHigh\nHost\nWS1\nUser\nCORP\\bob\nCommand line\nwhoami /all\n",
    ],
)
def test_names_and_values_as_consoles_print_them(text: str) -> None:
    record = only(text)
    assert record.format == "fields"
    assert values(record) == {"Severity": "High", "Host": "WS1", "User": "CORP\\bob", "Command line": "whoami /all"}
    assert place(text, record, "Command line") == "whoami /all"


def test_indented_names_stand_under_their_heading() -> None:
    text = (
        "kind: Pod\nmetadata:\n  name: x\nspec:\n  hostPID: true\n  containers:\n  - name: c\n    "
        "securityContext:\n      privileged: true\n"
    )
    found = values(only(text))
    assert found["metadata.name"] == "x"
    assert found["spec.hostPID"] == "true"
    assert found["spec.containers.securityContext.privileged"] == "true"


def test_a_value_that_goes_on_in_the_next_line() -> None:
    text = "Host: WS1\nCommand line: powershell\n  -enc AAAA\nUser: bob\n"
    lines = [field.value for field in only(text).fields if field.path == "Command line"]
    assert lines == ["powershell", "-enc AAAA"]


@pytest.mark.parametrize(
    "text",
    [
        "Anna: did you see this?\nBen: no, what?\nAnna: never mind\nCarla: ok",
        "Note: the host is quiet now.",
        "To do: call the user. Then: close the case.",
        "Suspicious Encoded PowerShell\nDetects powershell.exe with -EncodedCommand. Severity: high.",
        "Meeting at 10:30: bring the list: hosts, users.",
    ],
)
def test_conversations_and_sentences_with_colons_stay_prose(text: str) -> None:
    assert set(formats(text)) == {"prose"}
