"""The formats that pastes come in: one reader each, in the order in which they are tried."""

from __future__ import annotations

import re

from knowledge.alerts.formats.access_log import ACCESS_LOG
from knowledge.alerts.formats.auditd import AUDITD
from knowledge.alerts.formats.cef import CEF, LEEF
from knowledge.alerts.formats.excerpt import Excerpt, line_end
from knowledge.alerts.formats.field_block import FIELD_COLUMNS, FIELD_LINE, FIELD_LINES, FIELD_PAIRS_OF_LINES
from knowledge.alerts.formats.json_records import JSON, read_list
from knowledge.alerts.formats.key_value import FALCO, KEY_VALUE
from knowledge.alerts.formats.mail import MAIL
from knowledge.alerts.formats.network_lines import CISCO, PALO_ALTO, SURICATA_FAST
from knowledge.alerts.formats.process_tree import PROCESS_CHAIN, PROCESS_LISTING, PROCESS_TREE
from knowledge.alerts.formats.reader import Piece, Reader, Reading, Value
from knowledge.alerts.formats.syslog import SYSLOG
from knowledge.alerts.formats.table import CSV, IIS, W3C, ZEEK
from knowledge.alerts.formats.windows_message import WINDOWS_MESSAGE
from knowledge.alerts.formats.xml_records import XML

READERS: tuple[Reader, ...] = (
    XML,
    JSON,
    CEF,
    LEEF,
    AUDITD,
    PALO_ALTO,
    CISCO,
    SURICATA_FAST,
    ZEEK,
    W3C,
    IIS,
    ACCESS_LOG,
    SYSLOG,
    WINDOWS_MESSAGE,
    MAIL,
    FALCO,
    KEY_VALUE,
    CSV,
    PROCESS_LISTING,
    PROCESS_CHAIN,
    PROCESS_TREE,
    FIELD_LINES,
    FIELD_LINE,
    FIELD_COLUMNS,
    FIELD_PAIRS_OF_LINES,
)
"""Every reader. What can only be one thing comes first; what prose may look like, last."""

CARRIED: tuple[Reader, ...] = tuple(reader for reader in READERS if reader.carried)
"""The readers of what may stand behind a syslog header, or after words on the same line."""

MIDWAY = re.compile(
    r"(?<![\"'\w$@])\{\s{0,80}(?:\"(?:[^\"\\\n]|\\.){1,120}\"\s{0,4}:\s|\"(?:[^\"\\\n]|\\.){1,120}\":"
    r"|\\\"[\w@.-]{1,80}\\\":|\"\"[\w@.-]{1,80}\"\":)"
    r"|(?<![\"'\w$@])\[\s{0,80}\{\s{0,80}\"(?:[^\"\\\n]|\\.){1,120}\"\s{0,4}:"
    r"|<(?:Event[\s>]|\?xml\s)|\bCEF:\s?\d\||\bLEEF:\s?\d"
)
"""What opens a record in the middle of a line that starts with other words."""

__all__ = ["CARRIED", "MIDWAY", "READERS", "Excerpt", "Piece", "Reader", "Reading", "Value", "line_end", "read_list"]
