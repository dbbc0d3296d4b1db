"""Lines of network devices: Cisco's with a mnemonic, Suricata's and Snort's fast log, Palo Alto's columns."""

from __future__ import annotations

import re

from knowledge.alerts.formats.excerpt import Excerpt, line_end
from knowledge.alerts.formats.reader import Piece, Reader, Reading, Value, piece_of
from knowledge.alerts.formats.table import read_row

_CISCO = re.compile(
    r"(?:[A-Z]{2,5}/\d{1,2}\S{0,20} )?"
    r"%(?P<mnemonic>[A-Z][A-Z0-9_]{1,30}(?:-[A-Z0-9_]{1,30})?-\d-(?P<message_id>[A-Z0-9_]{2,60})):\s?"
)
_CISCO_BEGINS = re.compile(r"(?:[A-Z]{2,5}/\d{1,2}\S{0,20} )?%[A-Z][A-Z0-9_]{1,30}-")

_FAST = re.compile(
    r"(?:(?P<timestamp>\d\d/\d\d(?:/\d{2,4})?-\d\d:\d\d:\d\d\.\d{1,9})[ \t]+)?(?:\[\w{1,10}\][ \t]+)?"
    r"(?:\[\*\*\][ \t]+)?"
    r"\[\d{1,10}:(?P<signature_id>\d{1,12}):\d{1,10}\][ \t]+(?P<signature>[^\n\[]{1,400}?)[ \t]*"
    r"(?:\[\*\*\][ \t]*|(?=\[Classification)|(?=\[Priority)|$)"
    r"(?:\[wDrop\][ \t]*)?(?:\[Classification:[ \t]*(?P<classification>[^\]\n]{1,200})\][ \t]*)?"
    r"(?:\[Priority:[ \t]*(?P<priority>\d{1,3})\]:?[ \t]*)?"
    r"(?:\{(?P<protocol>[\w-]{1,20})\}[ \t]*)?(?:(?P<src_ip>[\da-fA-F.:]{2,45}?)(?::(?P<src_port>\d{1,5}))? -> "
    r"(?P<dest_ip>[\da-fA-F.:]{2,45}?)(?::(?P<dest_port>\d{1,5}))?(?=\s|$))?",
    re.MULTILINE,
)
_FAST_BEGINS = re.compile(r"(?:\d\d/\d\d[/\d]{0,5}-\d\d:\d\d:\d\d|\[\*\*\]|\[\d{1,10}:\d{1,12}:\d{1,10}\] )")

_PALO_KINDS = (
    "TRAFFIC|THREAT|SYSTEM|CONFIG|GLOBALPROTECT|HIP-MATCH|HIPMATCH|USERID|URL|DECRYPTION|AUTHENTICATION|TUNNEL"
    "|CORRELATION|SCTP|IPTAG"
)
_PALO = re.compile(rf"\d{{0,4}},\d{{4}}/\d\d/\d\d \d\d:\d\d:\d\d,\w{{0,40}},(?P<kind>{_PALO_KINDS}),")
_START = ("", "receive_time", "serial", "type", "subtype", "", "time_generated")
_SESSION = (
    *_START, "src", "dst", "natsrc", "natdst", "rule", "srcuser", "dstuser", "app", "vsys", "from", "to", "inbound_if",
    "outbound_if", "logset", "", "sessionid", "repeatcnt", "sport", "dport", "natsport", "natdport", "flags", "proto",
    "action",
)  # fmt: skip
_TRAFFIC = (*_SESSION, "bytes", "bytes_sent", "bytes_received", "packets", "start", "elapsed", "category")
_THREAT = (
    *_SESSION, "misc", "threatid", "category", "severity", "direction", "seqno", "actionflags", "srcloc", "dstloc", "",
    "contenttype", "pcap_id", "filedigest", "cloud", "url_idx", "user_agent", "filetype", "xff", "referer", "sender",
    "subject", "recipient", "reportid",
)  # fmt: skip
_PALO_COLUMNS = {
    "TRAFFIC": _TRAFFIC,
    "THREAT": _THREAT,
    "URL": _THREAT,
    "SYSTEM": (*_START, "vsys", "eventid", "object", "", "", "module", "severity", "opaque"),
    "CONFIG": (
        *_START, "host", "vsys", "cmd", "admin", "client", "result", "path", "before_change_detail",
        "after_change_detail",
    ),
    "GLOBALPROTECT": (
        *_START, "vsys", "eventid", "stage", "auth_method", "tunnel_type", "srcuser", "srcregion", "machinename",
        "public_ip", "public_ipv6", "private_ip", "private_ipv6", "hostid", "serialnumber", "client_ver", "client_os",
        "client_os_ver", "repeatcnt", "reason", "error", "opaque", "status", "location", "login_duration",
        "connect_method", "error_code", "portal",
    ),
    "USERID": (
        *_START, "vsys", "ip", "user", "datasourcename", "eventid", "repeatcnt", "timeoutthreshold", "beginport",
        "endport", "datasource", "datasourcetype",
    ),
    "HIPMATCH": (*_START, "srcuser", "vsys", "machinename", "os", "src", "matchname", "repeatcnt", "matchtype"),
    "AUTHENTICATION": (
        *_START, "vsys", "ip", "user", "normalize_user", "object", "authpolicy", "repeatcnt", "authid", "vendor",
        "logset", "serverprofile", "desc", "clienttype", "event", "factorno",
    ),
}  # fmt: skip
"""Columns by kind of record, as PAN-OS 10 describes its syslog fields
(https://docs.paloaltonetworks.com/pan-os/10-2/pan-os-admin/monitoring/use-syslog-for-monitoring).
What stands behind them, and the columns that are reserved, is left out."""


def _read_cisco(excerpt: Excerpt, at: int) -> Reading | None:
    match = _CISCO.match(excerpt.text, at)
    if not match:
        return None
    end = line_end(excerpt.text, at)
    values = tuple(Value(name, excerpt.part(*match.span(name))) for name in ("mnemonic", "message_id"))
    piece = Piece("syslog", values, excerpt.place(at), excerpt.place(end))
    return Reading((piece,), end, inside=match.end())


def _read_fast(excerpt: Excerpt, at: int) -> Reading | None:
    end = line_end(excerpt.text, at)
    match = _FAST.match(excerpt.text, at, end)
    if not match:
        return None
    values = [Value(name, excerpt.trimmed(*match.span(name))) for name, text in match.groupdict().items() if text]
    return Reading((piece_of("suricata_fast", values, excerpt, at, match.end()),), match.end())


def _read_palo(excerpt: Excerpt, at: int) -> Reading | None:
    match = _PALO.match(excerpt.text, at)
    if not match:
        return None
    kind = match["kind"].replace("-", "")
    cells, end = read_row(excerpt, at, ",")
    names = _PALO_COLUMNS.get(kind, _START)
    values = [Value(name, cell) for name, cell in zip(names, cells, strict=False) if name and cell.text]
    return Reading((piece_of("paloalto", values, excerpt, at, end),), end)


CISCO = Reader("syslog", _CISCO_BEGINS, _read_cisco, carried=True)
SURICATA_FAST = Reader("suricata_fast", _FAST_BEGINS, _read_fast, carried=True)
PALO_ALTO = Reader("paloalto", _PALO, _read_palo, carried=True)
