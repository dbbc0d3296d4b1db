"""JSON as it is pasted: nested, one event a line, within strings, cut, damaged, and what only looks like it."""

from __future__ import annotations

import json

import pytest

from tests.knowledge.alerts.pasted import formats, only, place, read, values

CLOUDTRAIL = {
    "eventVersion": "1.10",
    "userIdentity": {"type": "IAMUser", "userName": "etl"},
    "eventName": "PutUserPolicy",
    "requestParameters": {"policyName": "p", "tags": [{"key": "team", "value": "a"}]},
    "responseElements": None,
    "readOnly": False,
    "sizes": [1, 2],
}


@pytest.mark.parametrize("indent", [None, 2])
def test_nested_objects_become_paths(indent: int | None) -> None:
    text = json.dumps(CLOUDTRAIL, indent=indent)
    record = only(text)
    assert record.format == "json"
    assert (record.start, record.end) == (0, len(text))
    found = values(record)
    assert found["userIdentity.userName"] == "etl"
    assert found["requestParameters.policyName"] == "p"
    assert found["requestParameters.tags.team"] == "a"
    assert found["readOnly"] == "false"
    assert [field.value for field in record.fields if field.path == "sizes"] == ["1", "2"]
    assert "responseElements" not in found
    assert place(text, record, "eventName") == "PutUserPolicy"


def test_fields_stand_in_the_order_of_the_paste() -> None:
    starts = [field.start for field in only(json.dumps(CLOUDTRAIL)).fields]
    assert starts == sorted(starts)


def test_escapes_are_undone_and_the_place_is_as_written() -> None:
    text = r'{"CommandLine": "C:\\Windows\\cmd.exe /c \"echo \u00e9 \ud83d\ude00\"\n", "lone": "\ud800"}'
    record = only(text)
    assert values(record)["CommandLine"] == 'C:\\Windows\\cmd.exe /c "echo é 😀"\n'
    assert place(text, record, "CommandLine") == r"C:\\Windows\\cmd.exe /c \"echo \u00e9 \ud83d\ude00\"\n"
    assert values(record)["lone"] == "\ufffd"


@pytest.mark.parametrize("between", ["\n", "\n\n", " ", ", ", ",\n"])
def test_objects_after_one_another_are_records_of_their_own(between: str) -> None:
    text = between.join(['{"a": 1}', '{"b": {"c": "x"}}', '{"a": 3}'])
    records = read(text).records
    assert [values(record) for record in records] == [{"a": "1"}, {"b.c": "x"}, {"a": "3"}]
    assert text[records[1].start : records[1].end] == '{"b": {"c": "x"}}'


@pytest.mark.parametrize("wrapper", ["{{{}}}", '{{"Records": {}}}', '{{"value": {}, "@odata.context": "x"}}', "{}"])
def test_a_list_of_events_becomes_records(wrapper: str) -> None:
    events = '[{"eventName": "A"}, {"eventName": "B"}]'
    text = wrapper.format(events) if wrapper != "{{{}}}" else events
    names = [field.value for record in read(text).records for field in record.fields if "eventName" in field.path]
    assert names == ["A", "B"]
    assert len([record for record in read(text).records if "eventName" in record.fields[0].path]) == 2


def test_events_within_an_alert_stay_part_of_it() -> None:
    text = json.dumps({"kind": "k", "id": "i", "title": "t", "who": "w", "events": [{"name": "A"}, {"name": "B"}]})
    assert len(read(text).records) == 1


def test_names_and_values_of_lists_become_fields_too() -> None:
    text = json.dumps(
        {
            "Operation": "New-InboxRule",
            "Parameters": [{"Name": "ForwardTo", "Value": "x@y.example"}, {"Name": "DeleteMessage", "Value": "True"}],
            "events": [{"parameters": [{"name": "new_value", "multiValue": ["can_edit", "can_share"]}]}],
            "EventData": {"Data": [{"@Name": "Image", "#text": "C:\\x.exe"}]},
        }
    )
    record = only(text)
    found = values(record)
    assert found["Parameters.ForwardTo"] == "x@y.example"
    assert found["Parameters.DeleteMessage"] == "True"
    assert found["EventData.Data.Image"] == "C:\\x.exe"
    shared = [field.value for field in record.fields if field.path == "events.parameters.new_value"]
    assert shared == ["can_edit", "can_share"]
    assert place(text, record, "Parameters.ForwardTo") == "x@y.example"


def test_old_and_new_values_keep_apart() -> None:
    text = json.dumps(
        {
            "modifiedProperties": [
                {"displayName": "Role.DisplayName", "oldValue": '"User"', "newValue": '"Global Administrator"'},
                {"displayName": "Ids", "oldValue": "[]", "newValue": '["a","b"]'},
            ]
        }
    )
    record = only(text)
    found = values(record)
    assert found["modifiedProperties.Role.DisplayName"] == "Global Administrator"
    assert found["modifiedProperties.Role.DisplayName.oldValue"] == "User"
    assert [field.value for field in record.fields if field.path == "modifiedProperties.Ids"] == ["a", "b"]


def test_json_within_a_string_is_read_and_its_places_are_exact() -> None:
    inner = json.dumps({"eventName": "CreateUser", "path": "C:\\x", "deep": json.dumps({"k": "v w"})})
    text = json.dumps({"source": "s", "body": inner})
    record = only(text)
    found = values(record)
    assert found["body.eventName"] == "CreateUser"
    assert found["body.path"] == "C:\\x"
    assert found["body.deep.k"] == "v w"
    assert place(text, record, "body.eventName") == "CreateUser"
    assert place(text, record, "body.path") == r"C:\\\\x"
    assert place(text, record, "body.deep.k") == "v w"
    assert "body" not in found


@pytest.mark.parametrize(
    "text",
    [
        "{'eventName': 'CreateUser', 'ok': True, 'why': None, 'who': \"it's me\", 'l': ['a', 'b',],}",
        '{"eventName": "CreateUser", "ok": True, "who": "it\'s me", "l": ["a", "b",],}',
        '{eventName: "CreateUser", ok: true, who: "it\'s me", l: ["a", "b"]}',
        "{“eventName”: “CreateUser”, “ok”: true, “who”: “it's me”, “l”: [“a”, “b”]}",
        r"{\"eventName\":\"CreateUser\",\"ok\":true,\"who\":\"it's me\",\"l\":[\"a\",\"b\"]}",
        '{""eventName"":""CreateUser"",""ok"":true,""who"":""it\'s me"",""l"":[""a"",""b""]}',
        '{"eventName": "CreateUser" "ok": true, "who": "it\'s me" "l": ["a" "b"]',
    ],
)
def test_what_is_nearly_json_is_read(text: str) -> None:
    record = only(text)
    found = values(record)
    assert found["eventName"] == "CreateUser"
    assert found["ok"].lower() == "true"
    assert found["who"] == "it's me"
    assert [field.value for field in record.fields if field.path == "l"] == ["a", "b"]
    assert place(text, record, "eventName") == "CreateUser"
    assert (record.start, record.end) == (0, len(text))


def test_quotes_that_were_not_escaped_belong_to_the_value() -> None:
    text = '{"CommandLine": "powershell -c "iex foo" -x", "User": "bob"}'
    assert values(only(text)) == {"CommandLine": 'powershell -c "iex foo" -x', "User": "bob"}


def test_paths_that_were_not_escaped_stay_as_they_are() -> None:
    text = r'{"Image": "C:\Windows\Temp\n.exe", "User": "CORP\bob"}'
    assert values(only(text)) == {"Image": r"C:\Windows\Temp\n.exe", "User": r"CORP\bob"}


def test_a_value_that_a_terminal_wrapped_is_one_value() -> None:
    text = '{"CommandLine": "powershell -enc AAAA\nBBBB", "User": "bob"}'
    assert values(only(text)) == {"CommandLine": "powershell -enc AAAA\nBBBB", "User": "bob"}


WHOLE = json.dumps(
    {"a": {"first": "1st", "cmd": "whoami /all"}, "b": [{"host": "ws1"}, {"host": "ws2"}], "z": "last"}, indent=1
)


@pytest.mark.parametrize("cut", range(12, len(WHOLE), 3))
def test_a_record_cut_at_its_end_gives_what_is_there(cut: int) -> None:
    text = WHOLE[:cut]
    whole = {"a.first": "1st", "a.cmd": "whoami /all", "z": "last"}
    found = [(field.path, field.value) for record in read(text).records for field in record.fields]
    for path, value in whole.items():
        if f'"{value}"' in text:
            assert (path, value) in found
    assert all(record.format in ("json", "prose") for record in read(text).records)


@pytest.mark.parametrize("cut", range(2, WHOLE.index('"z"') - 1, 3))
def test_a_record_cut_at_its_start_gives_what_is_there(cut: int) -> None:
    found = [(field.path, field.value) for record in read(WHOLE[cut:]).records for field in record.fields]
    assert ("z", "last") in found


def test_a_name_or_a_value_that_is_cut_is_kept() -> None:
    text = 'vApplied","process_cmdline":"MSBuild.exe q.csproj","flags":{"deep":"x"},"user":"CO'
    record = only(text)
    assert values(record) == {
        "": "vApplied",
        "process_cmdline": "MSBuild.exe q.csproj",
        "flags.deep": "x",
        "user": "CO",
    }
    text = 'serName": "bob", "host": "ws1"}'
    assert values(only(text)) == {"serName": "bob", "host": "ws1"}


def test_a_remark_behind_a_cut_record_is_prose() -> None:
    text = '{"eventName": "CreateUser", "user": {"name": "bob",\nthis one worries me a lot, thoughts?'
    records = read(text).records
    assert [record.format for record in records] == ["json", "prose"]
    assert records[1].fields[0].value == "this one worries me a lot, thoughts?"


@pytest.mark.parametrize(
    "text",
    [
        'curl -d \'{"role":"admin","x":"y"}\' http://x.example/api',
        "fetch('https://x.example',{method:'POST',body:btoa(a)})",
        "if (x) { y = 1; }\n{\n  return 2;\n}",
        "[1, 2, 3] are the hosts",
        "{placeholder} was not filled",
        'he said "no": never',
    ],
)
def test_braces_and_quotes_alone_are_no_record(text: str) -> None:
    assert set(formats(text)) == {"prose"}


def test_a_record_within_a_line_is_found() -> None:
    text = 'here it is: {"eventName":"CreateUser","user":"bob"} what now?'
    records = read(text).records
    assert [record.format for record in records] == ["prose", "json", "prose"]
    assert text[records[1].start : records[1].end] == '{"eventName":"CreateUser","user":"bob"}'


def test_the_head_of_a_log_line_is_part_of_its_record() -> None:
    text = '[2025-05-15 02:40:11] prod.INFO: fetch {"url":"http://169.254.169.254/","ip":"203.0.113.2"}'
    record = only(text)
    assert values(record)["message"] == "[2025-05-15 02:40:11] prod.INFO: fetch"
    assert values(record)["url"] == "http://169.254.169.254/"
    assert formats('kube-apiserver | {"kind":"Event","verb":"create"}') == ["json"]
