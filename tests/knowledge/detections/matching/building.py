"""Made-up rules and records, and events that a rule's own selections describe."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from sigma.pipelines.common import windows_logsource_mapping

from knowledge.alerts.model import Field, Record, Role
from knowledge.detections.matching import RuleMatcher, matcher_of
from knowledge.detections.model import Detection
from knowledge.detections.reader import Document, Shape
from knowledge.detections.sigma import FORMAT

SYSMON = {"Channel": "Microsoft-Windows-Sysmon/Operational", "EventID": "1"}
WINDOWS = {"product": "windows", "category": "process_creation"}


def sigma_rule(
    detection: Mapping[str, Any], logsource: Mapping[str, str] = WINDOWS, title: str = "A Rule", **fields: Any
) -> Detection:
    """A rule as it is imported; a detection without a condition asks for its ``selection``."""
    document = {"title": title, "logsource": dict(logsource), "detection": {"condition": "selection", **detection}}
    (found,) = FORMAT.read(Document("rule.yml", Shape.YAML, (document | fields,)))
    assert isinstance(found, Detection), found
    return replace(found, id=found.id or title, format="sigma")


def record(
    fields: Mapping[str, str | Iterable[str]], *, form: str = "json", product: str = "", role: Role = Role.DETAIL
) -> Record:
    """A record with these values under these paths, one after the other in the paste."""
    found: list[Field] = []
    at = 0
    for path, values in fields.items():
        for value in (values,) if isinstance(values, str) else values:
            found.append(Field(path, value, at, at + len(value), role))
            at += len(value) + 1
    return Record(form, tuple(found), 0, at, product)


def process(fields: Mapping[str, str | Iterable[str]]) -> Record:
    """A process that Sysmon saw start."""
    return record({**SYSMON, **fields})


def fires(detection: Mapping[str, Any], event: Record, logsource: Mapping[str, str] = WINDOWS) -> bool:
    """Whether a rule with this detection fires on an event."""
    return bool(matcher_of([sigma_rule(detection, logsource)]).matches(event))


def paths(matcher: RuleMatcher, event: Record) -> list[tuple[str, tuple[str, ...]]]:
    """The titles of the rules that fire, each with the paths that made it fire."""
    return [(each.detection.title, tuple(field.path for field in each.fields)) for each in matcher.matches(event)]


# ---- The event a rule describes ----

_SYSMON = {
    "process_creation": "1", "file_change": "2", "network_connection": "3", "driver_load": "6", "image_load": "7",
    "create_remote_thread": "8", "raw_access_thread": "9", "process_access": "10", "file_event": "11",
    "registry_add": "12", "registry_delete": "12", "registry_set": "13", "registry_event": "13", "pipe_created": "17",
    "create_stream_hash": "15", "wmi_event": "20", "dns_query": "22", "file_delete": "23", "process_tampering": "25",
    "file_executable_detected": "29", "sysmon_error": "255", "sysmon_status": "4",
}  # fmt: skip
_POWERSHELL = {
    "ps_module": ("4103", "Microsoft-Windows-PowerShell/Operational"),
    "ps_script": ("4104", "Microsoft-Windows-PowerShell/Operational"),
    "ps_classic_start": ("400", "Windows PowerShell"),
    "ps_classic_provider_start": ("600", "Windows PowerShell"),
}
_ELSEWHERE: Mapping[tuple[str, str, str], Mapping[str, str]] = {
    ("linux", "process_creation", ""): {"event.category": "process", "event.type": "start", "host.os.type": "linux"},
    ("macos", "process_creation", ""): {"event.category": "process", "event.type": "start", "host.os.type": "macos"},
    ("linux", "file_event", ""): {"event.category": "file", "event.type": "creation", "host.os.type": "linux"},
    ("macos", "file_event", ""): {"event.category": "file", "event.type": "creation", "host.os.type": "macos"},
    ("linux", "network_connection", ""): {
        "event.category": "network", "host.os.type": "linux", "process.executable": "/usr/bin/x",
    },
    ("linux", "", "auditd"): {"event.module": "auditd"},
    ("aws", "", "cloudtrail"): {"event.dataset": "aws.cloudtrail"},
    ("azure", "", "activitylogs"): {"event.dataset": "azure.activitylogs"},
    ("azure", "", "auditlogs"): {"event.dataset": "azure.auditlogs"},
    ("azure", "", "signinlogs"): {"event.dataset": "azure.signinlogs"},
    ("azure", "", "riskdetection"): {},
    ("azure", "", "pim"): {},
    ("gcp", "", "gcp.audit"): {"event.dataset": "gcp.audit"},
    ("gcp", "", "google_workspace.admin"): {"event.dataset": "google_workspace.admin"},
    ("gcp", "", "google_workspace.login"): {"id.applicationName": "login"},
    ("m365", "", "audit"): {"event.dataset": "o365.audit"},
    ("okta", "", "okta"): {"event.dataset": "okta.system"},
    ("github", "", "audit"): {"actor": "x", "org": "y"},
    ("bitbucket", "", "audit"): {},
    ("kubernetes", "", "audit"): {},
    ("kubernetes", "application", "audit"): {},
    ("opencanary", "application", ""): {"node_id": "canary"},
    ("rpc_firewall", "application", ""): {},
    ("", "webserver", ""): {"cs-method": "GET", "sc-status": "200", "cs-uri-stem": "/"},
    ("", "proxy", ""): {"cs-method": "GET", "c-uri": "http://example.org/", "c-useragent": "x"},
    ("", "dns", ""): {"record_type": "A", "query": "example.org"},
    ("zeek", "", "dns"): {"id.orig_h": "x", "query": "example.org", "qtype_name": "A"},
    ("zeek", "", "http"): {"id.orig_h": "x", "method": "GET", "uri": "/", "host": "example.org"},
    ("zeek", "", "smb_files"): {"id.orig_h": "x", "name": "x", "path": "y"},
    ("zeek", "", "dce_rpc"): {},
    ("fortigate", "", "event"): {"devname": "fw"},
}  # fmt: skip
_SIMPLE = {"", "contains", "startswith", "endswith", "contains|all"}
_NEGATED = re.compile(r"\bnot\s+(?:\d+\s+of\s+|all\s+of\s+)?\(?\s*([\w*]+)")
_NAMED = re.compile(r"(?:(?:1|any|all)\s+of\s+)?([\w*]+)")


def example_of(rule: Mapping[str, Any]) -> Record | None:
    """An event that a rule's author had in mind; None where the rule is not made of plain selections.

    Every selection that the condition does not negate is granted: of alternatives the first, of a field that several
    ask for all of it.
    """
    surroundings = _surroundings(rule["logsource"])
    condition = rule["detection"]["condition"]
    if surroundings is None or not isinstance(condition, str):
        return None
    wanted: dict[str, list[tuple[str, str]]] = {}
    for selection in _wanted(rule["detection"], condition):
        if not _grant(selection, wanted):
            return None
    fields = {field: _value(asked) for field, asked in wanted.items()}
    if any(value is None for value in fields.values()):
        return None
    return record({**surroundings, **{field: value for field, value in fields.items() if value is not None}})


def _surroundings(source: Mapping[str, str]) -> Mapping[str, str] | None:
    key = (source.get("product", ""), source.get("category", ""), source.get("service", ""))
    if key[0] != "windows":
        return _ELSEWHERE.get(key)
    if key[1] in _SYSMON:
        return {"Channel": "Microsoft-Windows-Sysmon/Operational", "EventID": _SYSMON[key[1]]}
    if key[1] in _POWERSHELL:
        number, channel = _POWERSHELL[key[1]]
        return {"Channel": channel, "EventID": number}
    if (channels := windows_logsource_mapping.get(key[2])) is not None:
        return {"Channel": channels if isinstance(channels, str) else channels[0]}
    return None


def _wanted(detection: Mapping[str, Any], condition: str) -> list[Any]:
    negated = [each.rstrip("*") for each in _NEGATED.findall(condition)]
    named: dict[str, Any] = {}
    for pattern in _NAMED.findall(re.sub(_NEGATED, " ", condition)):
        for name, selection in detection.items():
            fits = re.fullmatch(pattern.replace("*", ".*"), name) or pattern == "them"
            if fits and name != "condition" and not any(name.startswith(each) for each in negated):
                named[name] = selection
    return list(named.values())


def _grant(selection: Any, wanted: dict[str, list[tuple[str, str]]]) -> bool:
    if isinstance(selection, list):
        return bool(selection) and isinstance(selection[0], dict) and _grant(selection[0], wanted)
    if not isinstance(selection, dict):
        return False
    for key, values in selection.items():
        field, _, modifiers = key.partition("|")
        each = values if isinstance(values, list) else [values]
        if not field or modifiers not in _SIMPLE or not all(isinstance(one, (str, int)) for one in each):
            return False
        chosen = each if modifiers == "contains|all" else each[:1]
        wanted.setdefault(field, []).extend((modifiers.partition("|")[0], _plain(str(one))) for one in chosen)
    return True


def _plain(value: str) -> str:
    """A value with each wildcard stood in for, and escapes undone."""
    return re.sub(r"\\([\\*?])|[*?]", lambda match: match[1] or "x", value)


def _value(asked: list[tuple[str, str]]) -> str | None:
    """One value that meets all that is asked of a field; None where two things are asked that no value can be."""
    of = {how: [value for each, value in asked if each == how] for how in ("", "startswith", "contains", "endswith")}
    if any(len(set(of[how])) > 1 for how in ("", "startswith", "endswith")):
        return None
    if of[""]:
        return of[""][0]
    return "".join(of["startswith"][:1]) + " ".join(of["contains"]) + "".join(of["endswith"][:1])
