"""Which product wrote a record, and what part its fields play: the shipped file, an operator's, and a wrong one."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.alerts.model import Field, Role
from knowledge.alerts.roles import Roles
from knowledge.alerts.roles_file import RolesError, read_roles

SHIPPED_FILE = Path(__file__).resolve().parents[3] / "config" / "alert_fields.toml"
SHIPPED = read_roles(SHIPPED_FILE.read_bytes(), SHIPPED_FILE.name)


def fields(record: dict[str, str]) -> tuple[Field, ...]:
    return tuple(Field(path, value, 0, len(value)) for path, value in record.items())


def own(text: str) -> Roles:
    return read_roles(text.encode(), "own.toml")


# ---- products ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "record_format", "record"),
    [
        (
            "sysmon",
            "windows_xml",
            {"Event.System.Provider.Name": "Microsoft-Windows-Sysmon", "Event.System.EventID": "1"},
        ),
        (
            "sysmon",
            "json",
            {"winlog.channel": "Microsoft-Windows-Sysmon/Operational", "winlog.event_id": "10", "EventID": "10"},
        ),
        ("windows_security", "windows_xml", {"Event.System.Channel": "Security", "Event.System.EventID": "4769"}),
        ("windows_security", "key_value", {"LogName": "Security", "EventCode": "4688"}),
        ("windows_security", "windows_message", {"Log Name": "Security", "Event ID": "4720"}),
        (
            "windows_system",
            "windows_xml",
            {"System.Provider.Name": "Service Control Manager", "System.EventID": "7045"},
        ),
        (
            "powershell_4104",
            "windows_xml",
            {"Event.System.Channel": "Microsoft-Windows-PowerShell/Operational", "Event.System.EventID": "4104"},
        ),
        (
            "windows_defender",
            "windows_xml",
            {"Event.System.Channel": "Microsoft-Windows-Windows Defender/Operational", "Event.System.EventID": "5001"},
        ),
        ("windows_event", "windows_xml", {"Event.System.Channel": "Microsoft-Windows-TaskScheduler/Operational"}),
        (
            "defender_endpoint",
            "json",
            {"detectionSource": "WindowsDefenderAtp", "investigationState": "Queued", "computerDnsName": "ws-4"},
        ),
        (
            "defender_xdr",
            "json",
            {"incidentId": "4", "incidentName": "x", "alerts.serviceSource": "MicrosoftDefenderForEndpoint"},
        ),
        ("defender_hunting", "csv", {"ActionType": "RegistryValueSet", "InitiatingProcessFileName": "reg.exe"}),
        (
            "defender_hunting_process",
            "csv",
            {"ActionType": "ProcessCreated", "ProcessCommandLine": "whoami", "InitiatingProcessFileName": "cmd.exe"},
        ),
        ("sentinel", "json", {"ProviderName": "ASI Scheduled Alerts", "AlertName": "Mass download"}),
        ("crowdstrike", "json", {"metadata.eventType": "DetectionSummaryEvent", "event.DetectName": "Theft"}),
        ("crowdstrike_fdr", "json", {"event_simpleName": "ProcessRollup2", "aid": "0a"}),
        ("sentinelone", "json", {"threatInfo.threatName": "m.exe", "agentRealtimeInfo.agentComputerName": "ws-4"}),
        ("elastic", "json", {"kibana.alert.rule.name": "Whoami", "kibana.alert.uuid": "7b"}),
        ("splunk_notable", "key_value", {"search_name": "Threat - X - Rule", "orig_sourcetype": "XmlWinEventLog"}),
        ("wazuh", "json", {"rule.level": "12", "rule.groups": "sysmon", "manager.name": "wz"}),
        ("auditd", "auditd", {"type": "EXECVE"}),
        ("auditd", "key_value", {"type": "SYSCALL", "msg": "audit(1700000000.1:22)", "syscall": "59", "auid": "1000"}),
        ("linux_syslog", "syslog", {"program": "sshd", "message": "Accepted publickey for root"}),
        ("syslog", "syslog", {"program": "unheard-of", "message": "hello"}),
        (
            "osquery",
            "json",
            {"name": "pack_persist_crontab", "hostIdentifier": "ws", "calendarTime": "Mon", "columns.command": "x"},
        ),
        (
            "falco",
            "json",
            {"rule": "Terminal shell", "priority": "Notice", "output": "x", "output_fields.proc.cmdline": "sh"},
        ),
        ("kubernetes_audit", "json", {"apiVersion": "audit.k8s.io/v1", "kind": "Event", "verb": "create"}),
        ("aws_cloudtrail", "json", {"Records.eventSource": "iam.amazonaws.com", "Records.eventName": "CreateUser"}),
        ("aws_guardduty", "json", {"service.serviceName": "guardduty", "type": "Recon:EC2/Portscan"}),
        ("aws_vpc_flow", "csv", {"srcaddr": "192.0.2.4", "dstaddr": "192.0.2.5", "log-status": "OK"}),
        ("entra_audit", "json", {"activityDisplayName": "Add app role", "loggedByService": "Core Directory"}),
        (
            "entra_signin",
            "json",
            {"userPrincipalName": "a@b.example", "appDisplayName": "X", "conditionalAccessStatus": "success"},
        ),
        ("entra_signin", "csv", {"Sign-in error code": "50126", "Client app": "Browser", "Username": "a@b.example"}),
        ("m365_sharepoint", "csv", {"Operations": "FileDownloaded", "SourceFileName": "plan.docx"}),
        ("entra_risk_detection", "json", {"riskEventType": "unfamiliarFeatures", "riskState": "atRisk"}),
        (
            "azure_activity",
            "json",
            {
                "operationName": "MICROSOFT.COMPUTE/SNAPSHOTS/WRITE",
                "resourceId": "/S/1",
                "category": "Administrative",
                "time": "t",
            },
        ),
        (
            "gcp_audit",
            "json",
            {"protoPayload.methodName": "SetIamPolicy", "protoPayload.serviceName": "iam.googleapis.com"},
        ),
        ("gcp_scc", "json", {"finding.category": "Persistence: IAM", "finding.findingClass": "THREAT"}),
        ("m365_exchange", "json", {"Workload": "Exchange", "Operation": "New-InboxRule", "RecordType": "1"}),
        ("m365_sharepoint", "json", {"Workload": "OneDrive", "Operation": "FileDownloaded"}),
        ("m365_audit", "json", {"Workload": "PowerBI", "Operation": "ExportReport"}),
        ("google_workspace", "json", {"id.applicationName": "admin", "events.name": "CHANGE_PASSWORD"}),
        (
            "okta",
            "json",
            {"eventType": "user.mfa.factor.reset_all", "displayMessage": "Reset", "actor.alternateId": "a@b.example"},
        ),
        ("duo", "json", {"access_device.ip": "192.0.2.4", "factor": "duo_push"}),
        ("github_audit", "json", {"action": "protected_branch.destroy", "actor": "mona", "org": "octo"}),
        ("gitlab_audit", "json", {"author_id": "1", "entity_type": "Project", "entity_id": "4"}),
        ("suricata", "json", {"event_type": "alert", "flow_id": "1", "alert.signature": "ET SCAN"}),
        ("zeek", "json", {"id.orig_h": "192.0.2.4", "id.resp_h": "192.0.2.5", "uid": "C1"}),
        ("paloalto", "cef", {"DeviceVendor": "Palo Alto Networks", "DeviceProduct": "PAN-OS"}),
        ("globalprotect", "cef", {"DeviceVendor": "Palo Alto Networks", "Name": "GLOBALPROTECT"}),
        ("fortigate", "key_value", {"devname": "FG1", "logid": "0419016384", "type": "utm"}),
        ("cisco_asa", "syslog", {"mnemonic": "ASA-4-106023", "message": "Deny tcp src outside"}),
        ("checkpoint", "cef", {"DeviceVendor": "Check Point", "DeviceProduct": "SmartDefense"}),
        ("zscaler", "json", {"vendor": "Zscaler", "product": "NSS"}),
        ("cloudflare", "json", {"RayID": "8a", "ClientRequestPath": "/"}),
        ("iis", "access_log", {"cs-uri-stem": "/owa", "cs-method": "GET"}),
        ("web_access", "access_log", {"method": "GET", "url": "/", "status": "200"}),
        ("squid", "access_log", {"elapsed": "4", "url": "http://x.example/"}),
        ("cisco_ios", "syslog", {"mnemonic": "SYS-5-CONFIG_I", "message": "Configured from console"}),
        ("proofpoint_tap", "json", {"threatsInfoMap.threat": "bad.example", "recipient": "a@b.example"}),
        ("mail_headers", "mail", {"Subject": "Invoice"}),
        ("jamf_protect", "json", {"input.match.uuid": "1", "input.eventType": "GPProcessEvent"}),
        ("carbon_black", "json", {"org_key": "A", "threat_id": "1", "reason": "The application ran"}),
        ("cortex_xdr", "json", {"actor_process_image_name": "a.exe", "causality_actor_process_image_name": "b.exe"}),
        ("snowflake", "json", {"QUERY_TEXT": "GRANT ROLE", "QUERY_TYPE": "GRANT"}),
        ("lookout", "json", {"type": "THREAT", "threat.classification": "SPYWARE", "threat.severity": "HIGH"}),
        ("zimperium", "json", {"threat_uuid": "1", "device_info.os": "iOS"}),
        ("claroty", "cef", {"DeviceVendor": "Claroty"}),
        ("nozomi", "json", {"type_id": "SIGN:FIRMWARE-CHANGE"}),
        ("dragos", "cef", {"DeviceVendor": "Dragos"}),
        ("ocsf", "json", {"class_uid": "1007", "category_uid": "1"}),
        ("cef", "cef", {"DeviceVendor": "Unheard Of"}),
    ],
)
def test_a_product_is_recognised_by_a_few_fields(key: str, record_format: str, record: dict[str, str]) -> None:
    assert SHIPPED.product(record_format, fields(record))[0] == key


@pytest.mark.parametrize("record", [{}, {"": "somebody reset the password"}, {"name": "x", "type": "y", "id": "4"}])
def test_what_nothing_is_known_of_has_no_product(record: dict[str, str]) -> None:
    assert SHIPPED.product("json", fields(record)) == ("", "")


def test_a_product_is_named_as_people_read_it() -> None:
    record = fields({"eventSource": "sts.amazonaws.com", "eventName": "AssumeRole"})
    assert SHIPPED.product("json", record) == ("aws_cloudtrail", "AWS CloudTrail")


def test_every_shipped_product_has_a_name_of_its_own_and_something_to_be_recognised_by() -> None:
    assert all(product.name and product.has for product in SHIPPED.products)
    assert len({product.name for product in SHIPPED.products}) == len(SHIPPED.products)


# ---- roles ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("product", "path", "value", "role"),
    [
        ("sysmon", "Event.System.Provider.Name", "Microsoft-Windows-Sysmon", Role.ACTION),
        ("sysmon", "Event.System.Provider.Guid", "{5770385f-c22a-43e0-bf4c-06f5698ffbd9}", Role.NOISE),
        ("sysmon", "Event.System.EventID", "13", Role.ACTION),
        ("sysmon", "Event.System.Version", "5", Role.NOISE),
        ("sysmon", "Event.System.TimeCreated.SystemTime", "2025-06-11T08:41:27.1184023Z", Role.NOISE),
        ("sysmon", "Event.System.Computer", "ws-4.corp.example", Role.HOST),
        ("sysmon", "Event.EventData.Image", r"C:\Windows\System32\rundll32.exe", Role.PROCESS),
        ("sysmon", "Event.EventData.CommandLine", "rundll32 comsvcs.dll, MiniDump", Role.COMMAND),
        ("sysmon", "Event.EventData.ParentCommandLine", "cmd.exe /c x", Role.PARENT),
        ("sysmon", "Event.EventData.TargetObject", r"HKLM\Software\x", Role.REGISTRY),
        ("sysmon", "Event.EventData.Details", "DWORD (0x00000001)", Role.REGISTRY),
        ("sysmon", "Event.EventData.TargetImage", r"C:\Windows\System32\lsass.exe", Role.TARGET),
        ("sysmon", "Event.EventData.TargetFilename", r"C:\x.dmp", Role.FILE),
        ("sysmon", "Event.EventData.GrantedAccess", "0x1010", Role.DETAIL),
        ("sysmon", "Event.EventData.Hashes", "MD5=3e570ce40a202e660118d4826df9dafa", Role.NOISE),
        ("sysmon", "Event.EventData.RuleName", "technique_id=T1003,technique_name=Dumping", Role.TECHNIQUE),
        ("windows_security", "Event.EventData.TargetUserName", "scan_mfp", Role.USER),
        ("windows_security", "Event.EventData.ServiceName", "krbtgt", Role.TARGET),
        ("windows_security", "Event.EventData.TicketEncryptionType", "0x17", Role.DETAIL),
        ("windows_security", "Event.EventData.TaskName", r"\Updater", Role.TARGET),
        ("windows_security", "Event.EventData.TaskContent", "<Task/>", Role.COMMAND),
        ("windows_security", "Event.EventData.IpAddress", "::ffff:192.0.2.4", Role.ADDRESS),
        ("windows_security", "Subject.Account Name", "svc_sql", Role.USER),
        ("windows_security", "Process Information.New Process Name", r"C:\a.exe", Role.PROCESS),
        ("windows_system", "Event.EventData.ImagePath", "%COMSPEC% /c x", Role.COMMAND),
        ("powershell_4104", "Event.EventData.ScriptBlockText", "iex x", Role.SCRIPT),
        ("powershell_4104", "Event.EventData.ScriptBlockId", "a0c3b314-062b-4e15-a8ec-a0e71861aa5d", Role.NOISE),
        ("windows_defender", "Event.EventData.Threat Name", "Trojan:Win32/X", Role.TITLE),
        ("windows_defender", "Event.EventData.Product Name", "Microsoft Defender Antivirus", Role.NOISE),
        ("defender_endpoint", "evidence.processCommandLine", "net user /add x", Role.COMMAND),
        ("defender_endpoint", "mitreTechniques", "T1003", Role.TECHNIQUE),
        ("defender_hunting", "InitiatingProcessCommandLine", "reg add HKCU", Role.COMMAND),
        ("defender_hunting_process", "InitiatingProcessCommandLine", "cmd.exe /c x", Role.PARENT),
        ("sentinel", "AlertName", "Mass download", Role.TITLE),
        ("sentinel", "RemediationSteps", "1. Reset the password", Role.NOISE),
        ("crowdstrike", "event.DetectName", "Credential theft", Role.TITLE),
        ("crowdstrike", "event.Technique", "LSASS Memory", Role.TECHNIQUE),
        ("sentinelone", "threatInfo.maliciousProcessArguments", "-ma lsass", Role.COMMAND),
        ("sentinelone", "agentDetectionInfo.agentVersion", "24.1.5.277", Role.NOISE),
        ("elastic", "kibana.alert.rule.name", "Whoami Process Activity", Role.TITLE),
        ("elastic", "kibana.alert.rule.uuid", "a0c3b314", Role.RULE),
        ("elastic", "kibana.alert.rule.threat.technique.id", "T1033", Role.TECHNIQUE),
        ("elastic", "kibana.alert.rule.threat.framework", "MITRE ATT&CK", Role.NOISE),
        ("elastic", "process.parent.command_line", "cmd", Role.PARENT),
        ("elastic", "agent.version", "8.11.0", Role.NOISE),
        ("splunk_notable", "search_name", "Access - Brute Force - Rule", Role.TITLE),
        ("splunk_notable", "process", "cmd.exe /c whoami", Role.COMMAND),
        ("splunk_notable", "annotations.mitre_attack", "T1110", Role.TECHNIQUE),
        ("wazuh", "rule.description", "PowerShell started", Role.TITLE),
        ("wazuh", "rule.pci_dss", "10.2.5", Role.NOISE),
        ("wazuh", "data.win.eventdata.commandLine", "whoami", Role.COMMAND),
        ("auditd", "SYSCALL.a0", "55d1", Role.NOISE),
        ("auditd", "command_line", "chmod 4755 /tmp/x", Role.COMMAND),
        ("auditd", "SYSCALL.key", "priv_esc", Role.RULE),
        ("osquery", "columns.cmdline", "curl x", Role.COMMAND),
        ("falco", "output_fields.proc.pname", "runc", Role.PARENT),
        ("kubernetes_audit", "requestObject.spec.containers[0].securityContext.privileged", "true", Role.DETAIL),
        ("kubernetes_audit", "verb", "create", Role.ACTION),
        ("kubernetes_audit", "auditID", "a0c3b314-062b-4e15-a8ec-a0e71861aa5d", Role.NOISE),
        ("aws_cloudtrail", "eventName", "CreateAccessKey", Role.ACTION),
        ("aws_cloudtrail", "eventID", "4cf5ac55-6fc9-42c7-8282-583f6af27564", Role.NOISE),
        ("aws_cloudtrail", "userIdentity.sessionContext.sessionIssuer.userName", "Dev", Role.USER),
        ("aws_cloudtrail", "userIdentity.accessKeyId", "AKIANHWKBKQC2BR66JHC", Role.SECRET),
        ("aws_cloudtrail", "requestParameters.policyArn", "arn:aws:iam::aws:policy/AdministratorAccess", Role.TARGET),
        ("aws_cloudtrail", "requestParameters.ipPermissions.items.ipRanges.items.cidrIp", "0.0.0.0/0", Role.DETAIL),
        ("aws_cloudtrail", "requestParameters.password", "Winter2025!", Role.SECRET),
        ("aws_cloudtrail", "tlsDetails.cipherSuite", "TLS_AES_128_GCM_SHA256", Role.NOISE),
        ("aws_guardduty", "type", "UnauthorizedAccess:IAMUser/MaliciousIPCaller", Role.ACTION),
        ("entra_audit", "targetResources[0].modifiedProperties[0].newValue", '"Global Administrator"', Role.DETAIL),
        ("entra_audit", "initiatedBy.user.userPrincipalName", "a@b.example", Role.USER),
        ("entra_signin", "status.failureReason", "MFA denied", Role.DESCRIPTION),
        ("azure_activity", "operationName", "MICROSOFT.COMPUTE/SNAPSHOTS/WRITE", Role.ACTION),
        ("gcp_audit", "protoPayload.methodName", "SetIamPolicy", Role.ACTION),
        ("gcp_audit", "protoPayload.serviceData.policyDelta.bindingDeltas.member", "allUsers", Role.DETAIL),
        ("gcp_audit", "protoPayload.request.@type", "type.googleapis.com/x", Role.NOISE),
        ("m365_exchange", "Parameters.Value", "smtp:x@evil.example", Role.DETAIL),
        ("m365_exchange", "Operation", "New-InboxRule", Role.ACTION),
        ("google_workspace", "events.name", "CHANGE_APPLICATION_SETTING", Role.ACTION),
        ("okta", "eventType", "user.mfa.factor.reset_all", Role.ACTION),
        ("okta", "client.userAgent.rawUserAgent", "curl/8", Role.USER_AGENT),
        ("okta", "client.geographicalContext.country", "Norway", Role.NOISE),
        ("github_audit", "action", "protected_branch.destroy", Role.ACTION),
        ("suricata", "alert.signature", "ET MALWARE X", Role.TITLE),
        ("suricata", "http.http_user_agent", "curl", Role.USER_AGENT),
        ("suricata", "flow.bytes_toclient", "812", Role.NOISE),
        ("zeek", "query", "x.example", Role.URL),
        ("zeek", "id.orig_h", "192.0.2.4", Role.ADDRESS),
        ("paloalto", "Name", "Suspicious DNS Query", Role.TITLE),
        ("fortigate", "attack", "Apache.Log4j.RCE", Role.TITLE),
        ("iis", "cs-uri-query", "cmd=whoami", Role.URL),
        ("mail_headers", "DKIM-Signature", "v=1; a=rsa", Role.NOISE),
        ("ocsf", "actor.process.cmd_line", "cmd", Role.PARENT),
        ("jamf_protect", "input.match.facts.name", "LaunchAgent written", Role.TITLE),
        ("nozomi", "type_id", "SIGN:FIRMWARE-CHANGE", Role.ACTION),
    ],
)
def test_the_fields_of_products_have_their_roles(product: str, path: str, value: str, role: Role) -> None:
    assert SHIPPED.role(product, path, value) is role


@pytest.mark.parametrize(
    "path",
    [
        "process.command_line",
        "Process.CommandLine",
        "event.process.command-line",
        "0.process[3].commandLine",
        "CommandLine",
    ],
)
def test_the_spelling_of_a_path_does_not_matter(path: str) -> None:
    assert SHIPPED.role("", path, "x") is Role.COMMAND


@pytest.mark.parametrize(
    ("path", "role"),
    [
        ("accountUpn", Role.USER),
        ("newOwnerEmail", Role.USER),
        ("lastRebootTime", Role.NOISE),
        ("some_request_id", Role.NOISE),
        ("service_account_password", Role.SECRET),
        ("fooCommandLine", Role.COMMAND),
        ("clientDeviceHostname", Role.HOST),
        ("peerIp", Role.ADDRESS),
        ("wholly.unknown", Role.DETAIL),
    ],
)
def test_an_unlisted_name_is_known_by_its_last_words(path: str, role: Role) -> None:
    assert SHIPPED.role("", path, "something") is role


@pytest.mark.parametrize(
    ("value", "role"),
    [
        ("", Role.NOISE),
        (" - ", Role.NOISE),
        ("null", Role.NOISE),
        ("a0c3b314-062b-4e15-a8ec-a0e71861aa5d", Role.NOISE),
        ("{A0C3B314-062B-4E15-A8EC-A0E71861AA5D}", Role.NOISE),
        ("2025-06-11T08:41:27.1184023Z", Role.NOISE),
        ("2025-06-11 08:41:27.114", Role.NOISE),
        ("Sep 18, 2025, 5:58:31 AM", Role.NOISE),
        ("18/Sep/2025:05:58:31 +0000", Role.NOISE),
        ("Sep 18 05:58:31", Role.NOISE),
        ("1749168003512", Role.NOISE),
        ("48 MB", Role.NOISE),
        ("12.5%", Role.NOISE),
        ("3e570ce40a202e660118d4826df9dafa", Role.NOISE),
        ("SHA256=" + "ab" * 32 + ",MD5=" + "cd" * 16, Role.NOISE),
        ("http://schemas.microsoft.com/win/2004/08/events/event", Role.NOISE),
        ("https://docs.example.com/alerts/77", Role.NOISE),
        ("k3J9sPq27Xv0aLm58RtY2wZb41", Role.NOISE),
        ("192.0.2.4", Role.ADDRESS),
        ("192.0.2.4:443", Role.ADDRESS),
        ("10.0.0.0/8", Role.ADDRESS),
        ("fe80::1%eth0", Role.ADDRESS),
        ("[2001:db8::1]:443", Role.ADDRESS),
        ("00:1a:2b:3c:4d:5e", Role.ADDRESS),
        ("0.0.0.0/0", Role.DETAIL),
        ("a.b@corp.example", Role.USER),
        ("S-1-5-21-318211902-771230455-140221877-2719", Role.USER),
        ("AKIANHWKBKQC2BR66JHC", Role.SECRET),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc", Role.SECRET),
        ("T1003.001", Role.TECHNIQUE),
        ("https://evil.example/a.php?x=1", Role.URL),
        (r"HKLM\SYSTEM\CurrentControlSet\Services\x", Role.REGISTRY),
        (r"C:\Users\Public\a b.dll", Role.FILE),
        ("/usr/lib/systemd/system/x.service", Role.FILE),
        ("powershell -nop -w hidden -enc SQBFAFgA", Role.COMMAND),
        (r'"C:\Program Files\x y\a.exe" /silent', Role.COMMAND),
        ("/opt/.x/miner --pool stratum", Role.COMMAND),
        ("true", Role.DETAIL),
        ("false", Role.DETAIL),
        ("0x17", Role.DETAIL),
        ("42", Role.DETAIL),
        ("CreateAccessKey", Role.DETAIL),
        ("user.mfa.factor.reset_all", Role.DETAIL),
        ("AuthorizeSecurityGroupIngressForEverybody", Role.DETAIL),
        ("arn:aws:iam::aws:policy/AdministratorAccess", Role.DETAIL),
        ("Find a sentence with 192.0.2.4 in it at 05:58:31", Role.DETAIL),
        ("curl is a tool - it fetches pages", Role.DETAIL),
    ],
)
def test_a_value_decides_where_the_name_does_not(value: str, role: Role) -> None:
    assert SHIPPED.role("", "wholly.unknown", value) is role


def test_text_of_no_field_is_a_message() -> None:
    assert SHIPPED.role("aws_cloudtrail", "", "someone made a key") is Role.MESSAGE


def test_a_network_of_everybody_is_a_detail_even_in_a_field_of_addresses() -> None:
    assert SHIPPED.role("", "rule.cidrIp", "0.0.0.0/0") is Role.DETAIL
    assert SHIPPED.role("", "rule.cidrIp", "192.0.2.0/24") is Role.ADDRESS


def test_a_word_that_ends_a_name_makes_no_secret_of_a_switch() -> None:
    assert SHIPPED.role("", "ForceChangePassword", "true") is Role.DETAIL
    assert SHIPPED.role("", "adminPassword", "Winter2025!") is Role.SECRET


def test_a_hostile_paste_of_paths_is_answered_and_forgotten() -> None:
    deep = ".".join(["a"] * 100_000) + ".commandLine"
    assert SHIPPED.role("", deep, "x") is Role.COMMAND
    assert {SHIPPED.role("", f"p{number}.q", "x") for number in range(30_000)} == {Role.DETAIL}


# ---- an operator's own ---------------------------------------------------------------------------------------------


def test_an_operators_patterns_win_where_both_fit_equally_well() -> None:
    merged = SHIPPED.merged(own('[roles]\nnoise = ["title"]\ntarget = ["turbine.name"]\n[endings]\nuser = ["tag"]'))
    assert merged.role("", "title", "x") is Role.NOISE
    assert merged.role("", "plant.turbine.name", "T4") is Role.TARGET
    assert merged.role("", "badgeTag", "x") is Role.USER
    assert merged.role("", "CommandLine", "x") is Role.COMMAND


def test_an_operators_product_is_added_and_a_known_one_extended() -> None:
    merged = SHIPPED.merged(
        own(
            """
            [products.plant_historian]
            name = "Plant historian"
            has = [["historian_version exists", "tag_name exists"]]
            action = ["write_kind"]

            [products.okta]
            noise = ["displayMessage"]
            has = ["okta_export exists"]
            """
        )
    )
    record = fields({"historian_version": "4", "tag_name": "P1"})
    assert merged.product("json", record) == ("plant_historian", "Plant historian")
    assert merged.role("plant_historian", "write_kind", "force") is Role.ACTION
    assert merged.product("json", fields({"okta_export": "1"})) == ("okta", "Okta")
    assert merged.role("okta", "displayMessage", "x") is Role.NOISE
    assert merged.role("okta", "eventType", "user.x") is Role.ACTION


def test_the_product_with_the_most_conditions_wins_then_the_first() -> None:
    roles = own(
        """
        [products.one]
        has = [["a exists"]]
        [products.two]
        has = [["a exists", "b = x* | y"]]
        [products.three]
        has = [["c exists"], ["a exists"]]
        """
    )
    assert roles.product("json", fields({"a": "1", "b": "XY"}))[0] == "two"
    assert roles.product("json", fields({"a": "1", "b": "z"}))[0] == "one"
    assert roles.product("json", fields({"c": "1"}))[0] == "three"
    assert roles.product("json", fields({"d": "1"})) == ("", "")


def test_longer_patterns_win_then_those_that_name_the_field() -> None:
    roles = own(
        """
        [roles]
        noise = ["a.**", "b.a.**"]
        action = ["name"]
        target = ["a.*.name", "*.name"]
        """
    )
    assert roles.role("", "name", "x") is Role.ACTION
    assert roles.role("", "z.name", "x") is Role.TARGET
    assert roles.role("", "a.q.name", "x") is Role.TARGET
    assert roles.role("", "a.q.other", "x") is Role.NOISE
    assert roles.role("", "b.a.q.r.name", "x") is Role.TARGET


def test_a_path_as_a_whole_is_the_field_at_the_outermost_level_only() -> None:
    roles = own('[roles]\ntitle = ["^name"]\ntarget = ["*.name"]\nnoise = ["^agent.**"]')
    assert roles.role("", "name", "x") is Role.TITLE
    assert roles.role("", "bucket.name", "x") is Role.TARGET
    assert roles.role("", "agent.build.kind", "x") is Role.NOISE
    assert roles.role("", "event.agent.build.kind", "x") is Role.DETAIL


def test_a_detail_that_is_nothing_but_an_address_a_key_or_an_id_is_that() -> None:
    roles = own('[roles]\ndetail = ["parameters.**"]')
    assert roles.role("", "parameters.x", "192.0.2.4") is Role.ADDRESS
    assert roles.role("", "parameters.x", "AKIANHWKBKQC2BR66JHC") is Role.SECRET
    assert roles.role("", "parameters.x", "4cf5ac55-6fc9-42c7-8282-583f6af27564") is Role.NOISE
    assert roles.role("", "parameters.x", "smtp:x@evil.example") is Role.DETAIL


def test_a_process_with_switches_is_a_command_line() -> None:
    roles = own('[roles]\nprocess = ["process"]')
    assert roles.role("", "process", "cmd.exe /c whoami") is Role.COMMAND
    assert roles.role("", "process", "cmd.exe") is Role.PROCESS


def test_no_wildcard_of_a_product_uncovers_a_secret() -> None:
    roles = own(
        '[roles]\nsecret = ["password"]\n[products.p]\nhas = ["a exists"]\ndetail = ["form.**", "shown.password"]'
    )
    assert roles.role("p", "form.password", "x1") is Role.SECRET
    assert roles.role("p", "form.city", "x1") is Role.DETAIL
    assert roles.role("p", "shown.password", "x1") is Role.DETAIL


# ---- a wrong file --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("[roles]\n\ncomand = ['x']", 3, "roles: unknown role comand; did you mean command"),
        ("[roles]\nzzzz = ['x']", 2, "roles: unknown role zzzz; there are title, description"),
        ("[roles]\ntitle = 'x'", 2, "roles: title must be a list of texts"),
        ("[roles]\ntitle = ['x', 4]", 2, "roles: title must be a list of texts"),
        ("[roles]\ntitle = ['x.**.y']", 2, 'roles: "x.**.y" in title must be a path such as "process.command_line"'),
        ("[roles]\ntitle = ['a']\nrule = [\n 'A',\n]", 3, 'roles: "A" stands in both title and rule'),
        ("[endings]\nuser = ['user name']", 2, 'endings: "user name" in user must be an ending in small letters'),
        ("[role]\ntitle = ['x']", 1, "unknown table role; did you mean roles"),
        ("roles = 4", 0, "roles must be a table: [roles] on a line of its own"),
        ("[products]\n[products.Okta-X]\n", 2, 'the product "Okta-X" must be called in small letters'),
        ("[products.a]\nhass = ['b exists']", 2, "products.a: unknown role hass; did you mean has"),
        ("[products.b]\n[products.a]\n\nhas = ['b ! 4']", 4, 'products.a: "b ! 4" is no condition'),
        ("[products.a]\nhas = 'b exists'", 2, "products.a: has must be a list of conditions"),
        ("[products.a]\nhas = [['b exists'], 'c exists']", 2, "products.a: has must be a list of texts"),
        ("[products.a]\nname = 4", 2, "products.a: name must be a text"),
        ("[products]\na = 4", 2, "products.a must be a table: [products.a] on a line of its own"),
        ("[roles\n", 1, "not valid TOML"),
    ],
)
def test_a_wrong_file_is_told_with_its_line(text: str, line: int, problem: str) -> None:
    with pytest.raises(RolesError) as caught:
        own(text)
    assert problem in str(caught.value)
    assert caught.value.where == "own.toml"
    assert caught.value.line == line


def test_the_head_of_the_shipped_file_explains_every_role() -> None:
    head = SHIPPED_FILE.read_text(encoding="utf-8").partition("\n[roles]\n")[0]
    assert [role for role in Role if f"#   {role} " not in head] == []
