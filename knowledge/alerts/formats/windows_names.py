"""The words of rendered Windows events: their sections, their labels, and what the event's data call the same value."""

from __future__ import annotations

SECTIONS = (
    "Subject", "Creator Subject", "Target Subject", "Process Information", "New Logon", "Logon Information",
    "Network Information", "Detailed Authentication Information", "Account Information", "Service Information",
    "Additional Information", "Target Account", "Source Account", "New Account", "Account That Was Locked Out",
    "Account For Which Logon Failed", "Account Whose Credentials Were Used", "Failure Information", "Member", "Group",
    "Object", "Access Request Information", "Operation", "Share Information", "Task Information", "Attributes",
    "Changed Attributes", "Target Server", "Target Computer", "Directory Service", "Certificate Information",
    "Process", "Object Information", "Auditing Settings", "Original Security Descriptor", "Audit Policy Change",
    "Domain", "Trusted Domain", "New Computer Account", "Password Policy", "Computer Account That Was Changed",
    "Application Information", "Filter Information", "Rule Information", "Permissions Change", "Access Reasons",
    "Privileges Used For Access Check", "Requested Operation", "Cryptographic Parameters", "Key Information", "User",
    "New Process Information", "Deleted Group", "New Group", "Changed Account", "Token Elevation",
)  # fmt: skip
"""Headings within the messages of security events
(https://learn.microsoft.com/en-us/windows-server/identity/ad-ds/plan/appendix-l--events-to-monitor)."""

LABELS = (
    "Security ID", "Account Name", "Account Domain", "Logon ID", "Logon GUID", "Linked Logon ID", "Logon Type",
    "Restricted Admin Mode", "Virtual Account", "Elevated Token", "Impersonation Level", "Network Account Name",
    "Network Account Domain", "Workstation Name", "Source Network Address", "Source Port", "Logon Process",
    "Authentication Package", "Transited Services", "Package Name (NTLM only)", "Key Length", "Failure Reason",
    "Sub Status", "Status", "Caller Process ID", "Caller Process Name", "Service Name", "Service ID", "Client Address",
    "Client Port", "Ticket Options", "Result Code", "Ticket Encryption Type", "Pre-Authentication Type",
    "Certificate Issuer Name", "Certificate Serial Number", "Certificate Thumbprint", "Failure Code", "New Process ID",
    "New Process Name", "Token Elevation Type", "Mandatory Label", "Creator Process ID", "Creator Process Name",
    "Process Command Line", "Process ID", "Process Name", "Exit Status", "Object Server", "Object Type", "Object Name",
    "Object Value Name", "Handle ID", "Operation Type", "Accesses", "Access Mask", "Access Reasons", "Properties",
    "Parameter 1", "Parameter 2", "Share Name", "Share Path", "Relative Target Name", "Source Address",
    "Service File Name", "Service Type", "Service Start Type", "Service Account", "Task Name", "Task Content",
    "Task New Content", "Group Name", "Group Domain", "Privileges", "SAM Account Name", "SAM account Name",
    "Display Name", "User Principal Name", "Home Directory", "Script Path", "User Account Control", "Old UAC Value",
    "New UAC Value", "User Parameters", "Sid History", "SID List", "Logon Hours", "Allowed To Delegate To",
    "Caller Computer Name", "Caller Workstation", "Logon Account", "Source Workstation", "Error Code",
    "Target Server Name",
    "Category", "Subcategory", "Subcategory GUID", "Changes", "Old Value", "New Value", "Old Value Type",
    "New Value Type", "Application Name", "Application Path", "Source Process Name", "Directory Service Name", "DN",
    "GUID", "Class",
    "LDAP Display Name", "Syntax (OID)", "Value", "Correlation ID", "Application Correlation ID", "Destination Address",
    "Destination Port", "Protocol", "Direction", "Layer Name",
)  # fmt: skip
"""Labels within the messages of security events."""

SYSMON = (
    "RuleName", "UtcTime", "ProcessGuid", "ProcessId", "Image", "FileVersion", "Description", "Product", "Company",
    "OriginalFileName", "CommandLine", "CurrentDirectory", "User", "LogonGuid", "LogonId", "TerminalSessionId",
    "IntegrityLevel", "Hashes", "ParentProcessGuid", "ParentProcessId", "ParentImage", "ParentCommandLine",
    "ParentUser", "TargetFilename", "CreationUtcTime", "PreviousCreationUtcTime", "Protocol", "Initiated",
    "SourceIsIpv6", "SourceIp", "SourceHostname", "SourcePort", "SourcePortName", "DestinationIsIpv6", "DestinationIp",
    "DestinationHostname", "DestinationPort", "DestinationPortName", "ImageLoaded", "Signed", "Signature",
    "SignatureStatus", "SourceProcessGuid", "SourceProcessGUID", "SourceProcessId", "SourceThreadId", "SourceImage",
    "TargetProcessGuid", "TargetProcessGUID", "TargetProcessId", "TargetImage", "NewThreadId", "StartAddress",
    "StartModule", "StartFunction", "GrantedAccess", "CallTrace", "SourceUser", "TargetUser", "EventType",
    "TargetObject", "Details", "NewName", "Hash", "Contents", "PipeName", "QueryName", "QueryStatus", "QueryResults",
    "EventNamespace", "Name", "Query", "Operation", "Consumer", "Filter", "Type", "Destination", "IsExecutable",
    "Archived", "Session", "ClientInfo", "Device",
)  # fmt: skip
"""Labels of Sysmon's messages (https://learn.microsoft.com/en-us/sysinternals/downloads/sysmon)."""

DATA_NAMES = {
    "Process Information.Process Command Line": "CommandLine",
    "Process Information.Creator Process Name": "ParentProcessName",
    "Subject.Account Name": "SubjectUserName",
    "Subject.Security ID": "SubjectUserSid",
    "Creator Subject.Account Name": "SubjectUserName",
    "Target Subject.Account Name": "TargetUserName",
    "Target Account.Account Name": "TargetUserName",
    "New Account.Account Name": "TargetUserName",
    "New Logon.Account Name": "TargetUserName",
    "Account Information.Account Name": "TargetUserName",
    "Account For Which Logon Failed.Account Name": "TargetUserName",
    "Account That Was Locked Out.Account Name": "TargetUserName",
    "Account Whose Credentials Were Used.Account Name": "TargetUserName",
    "Group.Group Name": "TargetUserName",
    "Group.Account Name": "TargetUserName",
    "Member.Account Name": "MemberName",
    "Member.Security ID": "MemberSid",
    "Network Information.Source Network Address": "IpAddress",
    "Network Information.Client Address": "IpAddress",
    "Network Information.Source Address": "IpAddress",
    "Detailed Authentication Information.Authentication Package": "AuthenticationPackageName",
    "Detailed Authentication Information.Logon Process": "LogonProcessName",
    "Additional Information.Pre-Authentication Type": "PreAuthType",
    "Additional Information.Failure Code": "Status",
    "Additional Information.Result Code": "Status",
    "Failure Information.Sub Status": "SubStatus",
    "Service Information.Service File Name": "ImagePath",
    "Service Information.Service Start Type": "StartType",
    "Operation.Accesses": "AccessList",
    "Access Request Information.Accesses": "AccessList",
    "Service File Name": "ImagePath",
    "Service Start Type": "StartType",
    "Object.DN": "ObjectDN",
    "Object.Class": "ObjectClass",
    "Attribute.LDAP Display Name": "AttributeLDAPDisplayName",
    "Attribute.Value": "AttributeValue",
    "Host Application": "HostApplication",
    "SID History": "SidHistory",
}
"""What the event's own data call a value of its message, where that is another name than the label's: rules and facts
know the event by these."""

EXPLANATIONS = (
    "This event is generated", "This event indicates", "Token Elevation Type indicates", "Type 1 is a full token",
    "Type 2 is an elevated token", "Type 3 is a limited token", "The subject fields indicate",
    "The logon type field indicates", "The New Logon fields indicate", "The Process Information fields indicate",
    "The network fields indicate", "The Network Information fields indicate", "The impersonation level field indicates",
    "The authentication information fields", "- Logon GUID is", "- Transited services indicate",
    "- Package name indicates",
    "- Key length indicates", "Pre-authentication types, ticket options", "Certificate information is only provided",
    "Ticket options, encryption types", "If the ticket was malformed", "For more information",
    "https://go.microsoft.com/",
    "It is generated on the computer", "It may be positively correlated", "The most common types are",
)  # fmt: skip
"""How the paragraphs begin that explain an event in general. They say nothing of what happened."""
