"""A rule's fields are found under the names that each product has for them."""

from __future__ import annotations

import pytest

from knowledge.detections.matching import matcher_of
from tests.knowledge.detections.matching.building import WINDOWS, fires, paths, process, record, sigma_rule

WHOAMI = {
    "selection": {
        "Image|endswith": "\\whoami.exe",
        "CommandLine|contains": "/all",
        "ParentImage|endswith": "\\cmd.exe",
    }
}


@pytest.mark.parametrize(
    "fields",
    [
        {
            "Event.System.Channel": "Microsoft-Windows-Sysmon/Operational",
            "Event.System.EventID": "1",
            "Event.EventData.Image": "C:\\Windows\\System32\\whoami.exe",
            "Event.EventData.CommandLine": "whoami /all",
            "Event.EventData.ParentImage": "C:\\Windows\\System32\\cmd.exe",
        },
        {
            "Event.System.Provider.Name": "Microsoft-Windows-Security-Auditing",
            "Event.System.EventID": "4688",
            "Event.EventData.NewProcessName": "C:\\Windows\\System32\\whoami.exe",
            "Event.EventData.CommandLine": "whoami /all",
            "Event.EventData.ParentProcessName": "C:\\Windows\\System32\\cmd.exe",
        },
        {
            "Log Name": "Security",
            "Event ID": "4688",
            "Process Information.New Process Name": "C:\\Windows\\System32\\whoami.exe",
            "Process Information.Process Command Line": "whoami /all",
            "Process Information.Creator Process Name": "C:\\Windows\\System32\\cmd.exe",
        },
        {
            "event.category": "process",
            "event.type": "start",
            "host.os.type": "windows",
            "process.executable": "C:\\Windows\\System32\\whoami.exe",
            "process.command_line": "whoami /all",
            "process.parent.executable": "C:\\Windows\\System32\\cmd.exe",
            "process.parent.command_line": "cmd",
        },
        {
            "winlog.channel": "Microsoft-Windows-Sysmon/Operational",
            "event.code": "1",
            "process.name": "whoami.exe",
            "process.command_line": "whoami /all",
            "process.parent.name": "cmd.exe",
        },
        {
            "ActionType": "ProcessCreated",
            "FileName": "whoami.exe",
            "FolderPath": "C:\\Windows\\System32\\whoami.exe",
            "ProcessCommandLine": "whoami /all",
            "InitiatingProcessFileName": "cmd.exe",
            "InitiatingProcessCommandLine": "cmd.exe",
        },
        {
            "source": "XmlWinEventLog:Microsoft-Windows-Sysmon/Operational",
            "EventCode": "1",
            "process_path": "C:\\Windows\\System32\\whoami.exe",
            "process": "whoami /all",
            "parent_process_path": "C:\\Windows\\System32\\cmd.exe",
        },
        {
            "event_simpleName": "ProcessRollup2",
            "event_platform": "Win",
            "ImageFileName": "\\Device\\HarddiskVolume3\\Windows\\System32\\whoami.exe",
            "CommandLine": "whoami /all",
            "ParentBaseFileName": "cmd.exe",
        },
        {
            "data.win.system.providerName": "Microsoft-Windows-Sysmon",
            "data.win.system.eventID": "1",
            "data.win.eventdata.image": "C:\\Windows\\System32\\whoami.exe",
            "data.win.eventdata.commandLine": "whoami /all",
            "data.win.eventdata.parentImage": "C:\\Windows\\System32\\cmd.exe",
        },
        {
            "class_uid": "1007",
            "device.os.name": "Windows 11",
            "process.file.path": "C:\\Windows\\System32\\whoami.exe",
            "process.cmd_line": "whoami /all",
            "process.parent_process.file.path": "C:\\Windows\\System32\\cmd.exe",
        },
        {
            "Image": "C:\\Windows\\System32\\whoami.exe",
            "CommandLine": "whoami /all",
            "ParentImage": "C:\\Windows\\System32\\cmd.exe",
        },
    ],
    ids=[
        *("sysmon", "security-4688", "rendered-4688", "elastic", "winlogbeat", "defender", "splunk", "falcon"),
        *("wazuh", "ocsf", "bare"),
    ],
)
def test_a_process_by_any_name(fields: dict[str, str]) -> None:
    assert fires(WHOAMI, record(fields))
    assert not fires(WHOAMI, record({path: value.replace("/all", "/user") for path, value in fields.items()}))


@pytest.mark.parametrize(
    ("category", "wanted", "fields"),
    [
        (
            "registry_set",
            {"TargetObject|endswith": "\\CurrentVersion\\Run\\x", "Details": "x.exe", "Image|endswith": "\\reg.exe"},
            {
                "ActionType": "RegistryValueSet",
                "RegistryKey": "HKEY_CURRENT_USER\\Software\\Microsoft\\Windows\\CurrentVersion\\Run",
                "RegistryValueName": "x",
                "RegistryValueData": "x.exe",
                "InitiatingProcessFileName": "reg.exe",
            },
        ),
        (
            "registry_set",
            {"TargetObject|contains": "\\CurrentVersion\\Run\\x", "Details": "x.exe"},
            {
                "Channel": "Security",
                "EventID": "4657",
                "ObjectName": "\\REGISTRY\\MACHINE\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run",
                "ObjectValueName": "x",
                "NewValue": "x.exe",
            },
        ),
        (
            "network_connection",
            {"Initiated": "true", "DestinationPort": 4444, "Image|endswith": "\\a.exe"},
            {
                "event.category": "network",
                "network.direction": "egress",
                "destination.port": "4444",
                "process.executable": "C:\\a.exe",
            },
        ),
        (
            "file_event",
            {"TargetFilename|endswith": ".hta", "Image|endswith": "\\winword.exe"},
            {
                "ActionType": "FileCreated",
                "FolderPath": "C:\\Users\\x\\a.hta",
                "InitiatingProcessFolderPath": "c:\\program files\\winword.exe",
            },
        ),
        (
            "image_load",
            {"ImageLoaded|endswith": "\\amsi.dll", "Image|endswith": "\\x.exe"},
            {"event.category": "library", "dll.name": "amsi.dll", "process.name": "x.exe", "host.os.type": "windows"},
        ),
        (
            "process_creation",
            {"Hashes|contains": "SHA256=ABC"},
            {"event.category": "process", "event.type": "start", "process.hash.sha256": "abc", "process.name": "a.exe"},
        ),
        (
            "dns_query",
            {"QueryName|endswith": ".onion", "Image|endswith": "\\x.exe"},
            {"event.category": "network", "dns.question.name": "a.onion", "process.executable": "C:\\x.exe"},
        ),
    ],
)
def test_other_events_of_endpoints(category: str, wanted: dict[str, object], fields: dict[str, str]) -> None:
    assert fires({"selection": wanted}, record(fields), {"product": "windows", "category": category})


def test_what_a_parent_did_is_not_what_the_process_did() -> None:
    event = record(
        {
            "event.category": "process",
            "event.type": "start",
            "host.os.type": "windows",
            "process.parent.command_line": "whoami /all",
            "process.parent.executable": "C:\\whoami.exe",
            "process.executable": "C:\\x.exe",
        }
    )

    assert not fires({"selection": {"CommandLine|contains": "whoami"}}, event)
    assert not fires({"selection": {"Image|endswith": "\\whoami.exe"}}, event)
    assert fires({"selection": {"ParentCommandLine|contains": "whoami"}}, event)


def test_a_name_with_parts_is_found_by_its_last_parts() -> None:
    trail = {"product": "aws", "service": "cloudtrail"}
    event = record(
        {
            "detail.eventSource": "iam.amazonaws.com",
            "detail.eventName": "CreateUser",
            "detail.userIdentity.type": "Root",
            "detail.userIdentity.sessionContext.sessionIssuer.type": "Role",
            "detail.requestParameters.userName": "eve",
            "detail.requestParameters.tags[0].key": "team",
        }
    )

    assert fires({"selection": {"userIdentity.type": "Root"}}, event, trail)
    assert not fires({"selection": {"userIdentity.type": "Role"}}, event, trail)
    assert fires({"selection": {"userIdentity.sessionContext.sessionIssuer.type": "Role"}}, event, trail)
    assert fires({"selection": {"requestParameters|contains": "team"}}, event, trail), "an object stands for its values"
    assert not fires({"selection": {"userIdentity|contains": "team"}}, event, trail)


def test_the_rules_own_name_comes_first() -> None:
    event = process({"Image": "C:\\a.exe", "process.executable": "C:\\b.exe"})

    assert fires({"selection": {"Image|endswith": "\\a.exe"}}, event)
    assert not fires({"selection": {"Image|endswith": "\\b.exe"}}, event)


def test_the_words_of_an_execve_record_are_its_command_line() -> None:
    event = record({"type": "EXECVE", "argc": "3", "a0": "cat", "a1": "-n", "a2": "/etc/shadow"}, form="auditd")
    rule = sigma_rule({"selection": {"CommandLine|contains": "cat -n /etc"}}, WINDOWS | {"product": "linux"})

    (match,) = matcher_of([rule]).matches(event)

    assert [(field.path, field.value) for field in match.fields] == [("a0", "cat -n /etc/shadow")]
    assert (match.fields[0].start, match.fields[0].end) == (event.fields[2].start, event.fields[4].end)


def test_the_field_that_is_quoted_is_the_records_own() -> None:
    event = record({"ActionType": "ProcessCreated", "FileName": "whoami.exe", "ProcessCommandLine": "whoami"})
    rule = sigma_rule({"selection": {"Image|endswith": "\\whoami.exe", "CommandLine": "whoami"}})

    assert paths(matcher_of([rule]), event) == [("A Rule", ("FileName", "ProcessCommandLine"))]


ELSEWHERE = {
    "selection": {"Image|endswith": "\\svchost.exe"},
    "filter": {"Image|startswith": ["C:\\Windows\\System32\\", "C:\\Windows\\SysWOW64\\"]},
    "condition": "selection and not filter",
}
SPLUNK = {"source": "XmlWinEventLog:Security", "EventCode": "4688"}


@pytest.mark.parametrize(
    ("fields", "fired"),
    [
        ({"process_path": "C:\\Temp\\svchost.exe"}, True),
        ({"process_path": "C:\\Windows\\System32\\svchost.exe"}, False),
        ({"process_path": "\\Device\\HarddiskVolume3\\Windows\\System32\\svchost.exe"}, False),
        ({"process_path": "\\Device\\HarddiskVolume3\\Temp\\svchost.exe"}, True),
        ({"process_name": "svchost.exe"}, False),
        ({"process_name": "svchost.exe", "process": "svchost.exe -k netsvcs"}, False),
        ({"process_name": "svchost.exe", "process": "C:\\Windows\\System32\\svchost.exe -k netsvcs"}, False),
        ({"process_name": "svchost.exe", "process": "C:\\Temp\\svchost.exe -k netsvcs"}, True),
        ({"process_name": "svchost.exe", "process": '"C:\\Temp dir\\svchost.exe" -k'}, True),
        ({"process_name": "svchost.exe", "process": "C:\\Temp dir\\svchost.exe -k"}, True),
    ],
)
def test_a_folder_that_nobody_knows_may_be_the_one_that_is_excluded(fields: dict[str, str], fired: bool) -> None:
    assert fires(ELSEWHERE, record({**SPLUNK, **fields})) is fired


def test_bare_names_are_never_the_same_program() -> None:
    rule = {"selection": {"Image|fieldref": "ParentImage"}}

    assert not fires(rule, record({**SPLUNK, "process_name": "a.exe", "parent_process_name": "a.exe"}))
    assert fires(rule, record({**SPLUNK, "process_path": "C:\\a.exe", "parent_process_path": "C:\\a.exe"}))


def test_the_most_precise_of_other_names_counts() -> None:
    event = record({**SPLUNK, "process_name": "b.exe", "process_path": "C:\\a.exe"})

    assert fires({"selection": {"Image": "C:\\a.exe"}}, event)
    assert not fires({"selection": {"Image|endswith": "\\b.exe"}}, event)


def test_hashes_count_together() -> None:
    event = record({**SPLUNK, "process.hash.md5": "aa", "process.hash.sha256": "bb"})

    assert fires({"selection": {"Hashes|contains|all": ["MD5=AA"]}}, event)
    assert fires({"selection": {"Hashes|contains": "SHA256=BB"}}, event)


def test_entities_of_an_alert_have_their_folder_and_name_apart() -> None:
    event = record(
        {
            "evidence.fileName": ["cmd.exe", "whoami.exe"],
            "evidence.filePath": ["C:\\Windows\\System32", "C:\\Temp"],
            "evidence.processCommandLine": ["cmd.exe", "whoami /all"],
        }
    )

    assert fires({"selection": {"Image": "C:\\Temp\\whoami.exe"}}, event)
    assert not fires({"selection": {"Image": "C:\\Temp\\cmd.exe"}}, event)
