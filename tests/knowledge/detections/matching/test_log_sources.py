"""What a record is decides which rules are tried on it."""

from __future__ import annotations

import pytest

from knowledge.detections.matching.event import Event
from knowledge.detections.matching.log_sources import log_sources
from tests.knowledge.detections.matching.building import record

SYSMON = "Microsoft-Windows-Sysmon/Operational"

RECORDS: list[tuple[str, dict[str, str], set[str]]] = [
    ("Sysmon 1", {"Channel": SYSMON, "EventID": "1"}, {"windows//sysmon", "windows/process_creation/sysmon"}),
    ("Sysmon 3", {"Channel": SYSMON, "EventID": "3"}, {"windows//sysmon", "windows/network_connection/sysmon"}),
    (
        "Sysmon 13",
        {"Channel": SYSMON, "EventID": "13"},
        {"windows//sysmon", "windows/registry_event/sysmon", "windows/registry_set/sysmon"},
    ),
    ("Sysmon 18", {"Channel": SYSMON, "EventID": "18"}, {"windows//sysmon", "windows/pipe_created/sysmon"}),
    (
        "Sysmon without its channel",
        {"EventID": "10", "SourceImage": "C:\\a.exe", "TargetImage": "C:\\lsass.exe", "GrantedAccess": "0x1410"},
        {"windows//sysmon", "windows/process_access/sysmon"},
    ),
    (
        "Sysmon as Splunk has it",
        {"source": f"XmlWinEventLog:{SYSMON}", "EventCode": "7"},
        {"windows//sysmon", "windows/image_load/sysmon"},
    ),
    (
        "Sysmon in Winlogbeat",
        {"winlog.channel": SYSMON, "event.code": "8"},
        {"windows//sysmon", "windows/create_remote_thread/sysmon"},
    ),
    ("Security 4625", {"Channel": "Security", "EventID": "4625"}, {"windows//security"}),
    (
        "Security 4688 by its provider",
        {"Event.System.Provider.Name": "Microsoft-Windows-Security-Auditing", "Event.System.EventID": "4688"},
        {"windows//security", "windows/process_creation/security"},
    ),
    (
        "Security 4769 without its channel",
        {"EventID": "4769", "TargetUserName": "x", "ServiceName": "y", "TicketEncryptionType": "0x17"},
        {"windows//security"},
    ),
    (
        "System 7045 without its channel",
        {"EventID": "7045", "ServiceName": "x", "ImagePath": "y"},
        {"windows//system"},
    ),
    (
        "PowerShell 4104",
        {"Channel": "Microsoft-Windows-PowerShell/Operational", "EventID": "4104"},
        {"windows//powershell", "windows/ps_script/powershell"},
    ),
    (
        "PowerShell 400",
        {"Channel": "Windows PowerShell", "EventID": "400"},
        {"windows//powershell-classic", "windows/ps_classic_start/powershell-classic"},
    ),
    (
        "Defender Antivirus",
        {"Channel": "Microsoft-Windows-Windows Defender/Operational", "EventID": "5001"},
        {"windows//windefend"},
    ),
    (
        "a channel that Sigma has no word for",
        {"Channel": "Microsoft-Windows-Something/Operational", "EventID": "1"},
        {"windows//"},
    ),
    (
        "Defender's hunting table",
        {"ActionType": "ProcessCreated", "FileName": "a.exe", "FolderPath": "C:\\a.exe"},
        {"windows/process_creation/"},
    ),
    (
        "Elastic on Linux",
        {"event.category": "process", "event.type": "start", "host.os.type": "linux", "process.executable": "/bin/sh"},
        {"linux/process_creation/"},
    ),
    (
        "Elastic on macOS",
        {"event.category": "file", "event.type": "creation", "host.os.type": "macos", "file.path": "/x"},
        {"macos/file_event/"},
    ),
    (
        "a process without anything around it",
        {"Image": "C:\\Windows\\a.exe", "CommandLine": "a"},
        {"windows/process_creation/"},
    ),
    (
        "a process of some Unix",
        {"process.executable": "/usr/bin/id", "process.command_line": "id"},
        {"linux/process_creation/", "macos/process_creation/"},
    ),
    (
        "auditd",
        {"type": "EXECVE", "msg": "audit(1)", "argc": "1", "a0": "id"},
        {"linux//auditd", "linux/process_creation/auditd"},
    ),
    ("sshd", {"program": "sshd", "message": "x"}, {"linux//sshd", "linux//auth", "linux//syslog"}),
    ("cron", {"process.name": "cron", "message": "x"}, {"linux//cron", "linux//syslog"}),
    ("CloudTrail", {"eventSource": "iam.amazonaws.com", "eventName": "CreateUser"}, {"aws//cloudtrail"}),
    (
        "Azure activity",
        {"operationName": "Microsoft.Compute/virtualMachines/write", "resourceId": "x"},
        {"azure//activitylogs"},
    ),
    ("Entra audit", {"category": "AuditLogs", "operationName": "Add user"}, {"azure//auditlogs"}),
    (
        "Entra sign-in",
        {"appDisplayName": "x", "conditionalAccessStatus": "failure", "userPrincipalName": "y"},
        {"azure//signinlogs"},
    ),
    ("Entra risk", {"riskEventType": "anonymizedIPAddress"}, {"azure//riskdetection", "azure//pim"}),
    ("Google Cloud", {"protoPayload.methodName": "SetIamPolicy"}, {"gcp//gcp.audit"}),
    (
        "Google Workspace",
        {"protoPayload.serviceName": "admin.googleapis.com", "protoPayload.methodName": "x"},
        {"gcp//gcp.audit", "gcp//google_workspace.admin"},
    ),
    (
        "Microsoft 365",
        {"Operation": "New-InboxRule", "Workload": "Exchange", "UserId": "x"},
        {"m365//audit", "m365//exchange"},
    ),
    ("Okta", {"eventType": "user.mfa.factor.reset_all", "displayMessage": "x"}, {"okta//okta"}),
    ("GitHub", {"action": "repo.destroy", "actor": "x", "org": "y"}, {"github//audit"}),
    (
        "Kubernetes",
        {"verb": "create", "objectRef.resource": "pods"},
        {"kubernetes//audit", "kubernetes/application/audit"},
    ),
    ("Zeek", {"uid": "x", "id.orig_h": "y", "query": "a.example", "qtype_name": "A"}, {"zeek//dns", "/dns/"}),
    ("a firewall", {"src_ip": "1.2.3.4", "dst_ip": "5.6.7.8", "dst_port": "22", "action": "deny"}, {"/firewall/"}),
    ("nobody knows what", {"colour": "green", "shape": "round"}, set()),
    ("an id and nothing else", {"EventID": "4688"}, set()),
]


@pytest.mark.parametrize(("fields", "expected"), [each[1:] for each in RECORDS], ids=[each[0] for each in RECORDS])
def test_what_a_record_is(fields: dict[str, str], expected: set[str]) -> None:
    found = log_sources().of(Event(record(fields)))

    assert {"/".join(source) for source in found} == expected


def test_what_the_reader_of_an_alert_said_counts() -> None:
    lines = record({"message": "conf t"}, form="syslog", product="cisco_asa")
    web = record({"request": "GET / HTTP/1.1"}, form="access_log", product="nginx")

    assert ("cisco", "", "aaa") in log_sources().of(Event(lines))
    assert log_sources().of(Event(web)) == {("", "webserver", ""), ("", "webserver", "nginx")}
