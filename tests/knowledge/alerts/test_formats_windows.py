"""Windows events: XML whole and cut, other XML, and the message as people and forwarders print it."""

from __future__ import annotations

import pytest

from tests.knowledge.alerts.pasted import formats, only, place, read, values

EVENT = (
    "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>"
    "<Provider Name='Microsoft-Windows-Sysmon' Guid='{5770385F-C22A-43E0-BF4C-06F5698FFBD9}'/>"
    "<EventID>1</EventID><Version>5</Version><TimeCreated SystemTime='2025-06-11T08:41:27Z'/><Correlation/>"
    "<Execution ProcessID='1524' ThreadID='2212'/><Channel>Microsoft-Windows-Sysmon/Operational</Channel>"
    "<Computer>WS1.corp.example</Computer><Security UserID='S-1-5-18'/></System>"
    "<EventData><Data Name='RuleName'>-</Data><Data Name='Image'>C:\\Windows\\cmd.exe</Data>"
    "<Data Name='CommandLine'>cmd.exe /c &quot;echo 1 &gt; a&quot; &amp;&#38; whoami</Data>"
    "<Data Name='Empty'></Data></EventData></Event>"
)


def test_an_event_gives_its_system_and_its_data() -> None:
    record = only(EVENT)
    assert record.format == "windows_xml"
    found = values(record)
    assert found["Event.System.Provider.Name"] == "Microsoft-Windows-Sysmon"
    assert found["Event.System.EventID"] == "1"
    assert found["Event.System.Channel"] == "Microsoft-Windows-Sysmon/Operational"
    assert found["Event.System.Computer"] == "WS1.corp.example"
    assert found["Event.EventData.Image"] == "C:\\Windows\\cmd.exe"
    assert found["Event.EventData.CommandLine"] == 'cmd.exe /c "echo 1 > a" && whoami'
    written = "cmd.exe /c &quot;echo 1 &gt; a&quot; &amp;&#38; whoami"
    assert place(EVENT, record, "Event.EventData.CommandLine") == written
    assert not any("schemas.microsoft.com" in value for value in found.values())
    assert (record.start, record.end) == (0, len(EVENT))


def test_user_data_and_data_without_a_name() -> None:
    text = (
        "<Event><System><EventID Qualifiers='16384'>7045</EventID></System><EventData><Data>one</Data><Data>two</Data>"
        "</EventData><UserData><LogFileCleared xmlns='x'><SubjectUserName>bob</SubjectUserName></LogFileCleared>"
        "</UserData></Event>"
    )
    record = only(text)
    assert values(record)["Event.UserData.LogFileCleared.SubjectUserName"] == "bob"
    assert [field.value for field in record.fields if field.path == "Event.EventData.Data"] == ["one", "two"]


@pytest.mark.parametrize("wrapper", ["{0}{0}", "{0}\n\n{0}", "<?xml version='1.0'?>\n<Events>{0}{0}</Events>"])
def test_each_event_is_a_record(wrapper: str) -> None:
    assert formats(wrapper.format(EVENT)) == ["windows_xml", "windows_xml"]


@pytest.mark.parametrize("cut", range(EVENT.index("<EventID>") + 12, len(EVENT), 17))
def test_an_event_cut_at_its_end_gives_what_is_there(cut: int) -> None:
    text = EVENT[:cut]
    record = only(text)
    assert values(record)["Event.System.EventID"] == "1"
    assert ("Event.EventData.Image" in values(record)) == ("<Data Name='Image'>C" in text)


@pytest.mark.parametrize(
    "cut",
    [EVENT.index(each) for each in ("<Correlation", "<Computer", "</System>", "<Data Name='Image'", "cmd.exe /c")],
)
def test_an_event_cut_at_its_start_gives_what_is_there(cut: int) -> None:
    text = EVENT[cut:]
    found = [(field.path.rpartition(".")[2], field.value) for record in read(text).records for field in record.fields]
    assert any("whoami" in value for _, value in found)
    if "'Image'" in text:
        assert ("Image", "C:\\Windows\\cmd.exe") in found


def test_a_remark_behind_an_event_is_prose() -> None:
    records = read(f"{EVENT}\nis this bad?").records
    assert [record.format for record in records] == ["windows_xml", "prose"]
    records = read(f"{EVENT[: EVENT.index('&quot;')]}\nis this bad?").records
    assert records[-1].fields[0].value == "is this bad?"


def test_other_xml_gives_elements_and_attributes() -> None:
    text = '<alert id="7" xmlns="urn:x"><rule name="r1">Suspicious</rule><host><![CDATA[ws1 & ws2]]></host></alert>'
    record = only(text)
    assert record.format == "xml"
    assert values(record) == {
        "alert.id": "7",
        "alert.rule.name": "r1",
        "alert.rule": "Suspicious",
        "alert.host": "ws1 & ws2",
    }


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "<@U123> look at <https://x.example|this>", "<user> said so", "a < b > c"]
)
def test_marked_up_text_is_no_record(text: str) -> None:
    assert set(formats(text)) == {"prose"}


LOGON = """\
Log Name:      Security
Source:        Microsoft-Windows-Security-Auditing
Date:          27.06.2025 03:14:07
Event ID:      4769
Level:         Information
Computer:      DC01.corp.example
Description:
A Kerberos service ticket was requested.

Account Information:
\tAccount Name:\t\tbob@CORP.EXAMPLE
\tAccount Domain:\t\tCORP.EXAMPLE

Service Information:
\tService Name:\t\tsvc_sql

Additional Information:
\tTicket Encryption Type:\t0x17
\tTransited Services:\t-

This event is generated every time access is requested to a resource such as a computer or a Windows service.
"""


@pytest.mark.parametrize("text", [LOGON, LOGON.replace("\t", "    "), LOGON.replace("\n", "\r\n")])
def test_the_message_of_event_viewer(text: str) -> None:
    record = only(text)
    assert record.format == "windows_message"
    found = values(record)
    assert found["Log Name"] == "Security"
    assert found["Event ID"] == "4769"
    assert found["Provider"] == found["Source"] == "Microsoft-Windows-Security-Auditing"
    assert found["Message"] == "A Kerberos service ticket was requested."
    assert found["Account Information.Account Name"] == "bob@CORP.EXAMPLE"
    assert found["Service Information.Service Name"] == "svc_sql"
    assert found["Additional Information.Ticket Encryption Type"] == "0x17"
    assert found["TargetUserName"] == "bob@CORP.EXAMPLE"
    assert not any("every time" in value for value in found.values())
    assert place(text, record, "Service Information.Service Name") == "svc_sql"


def test_several_messages_are_several_records() -> None:
    assert formats(LOGON + "\n" + LOGON) == ["windows_message", "windows_message"]


def test_values_of_several_lines() -> None:
    text = (
        "Log Name: Security\nEvent ID: 4672\nSource: x\nDescription:\nSpecial privileges assigned to new logon.\n\n"
        "Subject:\n\tAccount Name:\t\tadm\n\nPrivileges:\t\tSeSecurityPrivilege\n\t\t\tSeBackupPrivilege\n"
    )
    privileges = [field.value for field in only(text).fields if field.path == "Privileges"]
    assert privileges == ["SeSecurityPrivilege", "SeBackupPrivilege"]


def test_a_script_block_is_one_value() -> None:
    text = (
        "Log Name: Microsoft-Windows-PowerShell/Operational\nSource: Microsoft-Windows-PowerShell\nEvent ID: 4104\n"
        "Description:\nCreating Scriptblock text (1 of 1):\n$a: 1\n\n$s = New-Object X\n\n"
        "ScriptBlock ID: cf57\nPath: C:\\x.ps1\n"
    )
    found = values(only(text))
    assert found["ScriptBlockText"] == "$a: 1\n\n$s = New-Object X"
    assert found["ScriptBlock ID"] == "cf57"
    assert found["Path"] == "C:\\x.ps1"


def test_the_message_of_splunk() -> None:
    text = (
        "03/12/2025 10:11:12 AM\nLogName=Security\nEventCode=4688\nComputerName=WS1\nSourceName=Microsoft Windows "
        "security auditing.\nMessage=A new process has been created.\n\nCreator Subject:\n\tAccount Name:\t\tWS1$\n\n"
        "Process Information:\n\tNew Process Name:\tC:\\Windows\\cmd.exe\n\tProcess Command Line:\tcmd.exe /c whoami\n"
    )
    found = values(only(text))
    assert found["EventCode"] == "4688"
    assert found["Message"] == "A new process has been created."
    assert found["Process Information.Process Command Line"] == found["CommandLine"] == "cmd.exe /c whoami"
    assert found["Creator Subject.Account Name"] == found["SubjectUserName"] == "WS1$"


def test_the_list_of_powershell() -> None:
    text = (
        "TimeCreated  : 3/12/2025 10:11:12 AM\nProviderName : Microsoft-Windows-Sysmon\nId           : 10\n"
        "Message      : Process accessed:\n               RuleName: -\n"
        "               TargetImage: C:\\Windows\\lsass.exe\n"
    )
    found = values(only(text))
    assert found["Provider"] == "Microsoft-Windows-Sysmon"
    assert found["Id"] == "10"
    assert found["TargetImage"] == "C:\\Windows\\lsass.exe"


FLAT = (
    "A new process has been created. Subject: Security ID: S-1-5-18 Account Name: WS1$ Logon ID: 0x3E7 "
    "Process Information: New Process Name: C:\\Windows\\System32\\whoami.exe Process Command Line: whoami /all "
    "Token Elevation Type indicates the type of token that was assigned to the new process."
)


@pytest.mark.parametrize(
    "head",
    [
        "Microsoft-Windows-Security-Auditing[4688]: ",
        "<13>Mar 12 10:11:12 WS1 Microsoft-Windows-Security-Auditing[4688]: ",
        "2025-03-12 10:11:12 WS1 Microsoft-Windows-Security-Auditing 4688 AUDIT_SUCCESS EventID=4688 ",
    ],
)
def test_a_message_in_one_line(head: str) -> None:
    text = head + FLAT
    record = only(text)
    found = values(record)
    assert record.format == "windows_message"
    assert found["Provider"] == "Microsoft-Windows-Security-Auditing"
    assert found["EventID"] == "4688"
    assert found["Subject.Account Name"] == "WS1$"
    assert found["Process Information.Process Command Line"] == found["CommandLine"] == "whoami /all"
    assert place(text, record, "CommandLine") == "whoami /all"


@pytest.mark.parametrize("tab", ["\t", "#011", "   "])
def test_snare(tab: str) -> None:
    cells = (
        "MSWinEventLog",
        "1",
        "Security",
        "882731",
        "Wed Mar 12 10:11:12 2025",
        "4769",
        "Microsoft-Windows-Security-Auditing",
        "N/A",
        "N/A",
        "Success Audit",
        "DC01",
        "Kerberos",
        "-",
        (
            "A Kerberos service ticket was requested. Account Information: Account Name: bob Service Information: "
            "Service Name: svc_sql Additional Information: Ticket Encryption Type: 0x17"
        ),
    )
    found = values(only("<13>Mar 12 10:11:12 DC01 " + tab.join(cells)))
    assert found["host"] == "DC01"
    assert found["EventID"] == "4769"
    assert found["Channel"] == "Security"
    assert found["Service Information.Service Name"] == "svc_sql"
    assert found["Additional Information.Ticket Encryption Type"] == "0x17"


def test_wincollect() -> None:
    text = (
        "<13>Mar 12 10:11:12 DC01 AgentDevice=WindowsLog\tAgentLogFile=Security\tSource=Microsoft-Windows-Security-"
        "Auditing\tComputer=DC01\tUser=\tEventID=4728\tMessage=A member was added to a security-enabled global group. "
        "Subject: Security ID: CORP\\adm Member: Security ID: CORP\\eve Group: Group Name: Domain Admins"
    )
    found = values(only(text))
    assert found["EventID"] == "4728"
    assert found["Provider"] == "Microsoft-Windows-Security-Auditing"
    assert found["Member.Security ID"] == found["MemberSid"] == "CORP\\eve"
    assert found["Group.Group Name"] == "Domain Admins"
