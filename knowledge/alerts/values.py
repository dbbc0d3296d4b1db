"""What a value is by its look alone: where the name of a field says nothing, its value may."""

from __future__ import annotations

import re
from ipaddress import ip_address, ip_interface

from knowledge.alerts.model import Role

_LONGEST = 300
"""Characters of a value whose whole shape is looked at; identifiers, times and addresses are shorter."""
_COMMAND_START = 600
"""Characters of a value in which a program and its first switch are looked for."""

_EMPTY = frozenset({"", "-", "--", "null", "none", "nil", "n/a", "na", "(null)", "(empty)", "[]", "{}", "unknown"})
_EVERYONE = frozenset({"0.0.0.0/0", "::/0"})
"""Networks that mean "open to everybody", which says something about the act."""

_GUID = r"\{?[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\}?"
_CLOCK = r"\d{1,2}:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?: ?[ap]m)?(?: ?(?:z|utc|gmt|[+-]\d\d:?\d\d))?"
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}"
_DAY = (
    rf"(?:\d{{4}}[-/.]\d\d?[-/.]\d\d?|\d\d?[-/.]\d\d?[-/.]\d{{2,4}}|{_MONTH} {{1,2}}\d\d?,?(?: \d{{4}})?,?"
    rf"|\d\d?[ /-]{_MONTH}[ /-]\d{{2,4}},?)"
)
_WEEKDAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6},? )?"
_EPOCH = r"1\d{9}(?:\.\d{1,9})?|1\d{12}(?:\d{3}){0,2}"
_TIME = rf"{_WEEKDAY}{_DAY}(?:[t :]? ?{_CLOCK})?(?: \d{{4}})?|{_CLOCK}|{_EPOCH}"
_DIGEST = r"(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{56}|[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128})"
_HASH = rf"(?:(?:md5|sha\d{{1,3}}|imphash|cdhash)[=:])?{_DIGEST}"
_UNIT = (
    r"(?:[kmgtp]?i?b|[kmg]bps|bytes?|bits?|[mun]?s|secs?|seconds?|mins?|minutes?|h|hrs?|hours?|d|days?|milliseconds?"
    r"|%|percent|px|packets?|pkts)"
)
_RESOURCE = r"(?:i|ami|vol|snap|sg|vpc|subnet|eni|rtb|igw|acl|eipalloc|lt|nat|vpce|tgw|fs|ng|pl)-[0-9a-f]{8,17}"
"""How Amazon numbers what it rents out."""
_NOISE = re.compile(
    rf"(?:{_GUID}|{_RESOURCE}|{_TIME}|{_HASH}(?:[,;] ?{_HASH})*|[+-]?\d+(?:\.\d+)? ?{_UNIT}"
    r"|https?://(?:schemas|docs|learn|support|portal|console|go)\.[^\s]*|urn:[^\s]*)",
    re.IGNORECASE,
)
_SID = re.compile(r"S-1-\d{1,14}(?:-\d{1,10}){1,15}")
_MAIL = re.compile(r"(?:smtp:)?[\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}", re.IGNORECASE)
_ADDRESS = re.compile(r"\[?[0-9a-f:.]{3,45}\]?(?:%\w{1,15})?(?:/\d{1,3}|:\d{1,5})?", re.IGNORECASE)
_MAC = re.compile(r"[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5,7}", re.IGNORECASE)
_SECRET = re.compile(
    r"(?:eyJ[\w-]{8,}\.[\w-]{4,}(?:\.[\w-]*)?|(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{12,}"
    r"|gh[pousr]_\w{20,}|github_pat_\w{20,}|xox[abprs]-[\w-]{10,}|glpat-[\w-]{16,}|sk-[\w-]{20,}"
    r"|(?:bearer|basic) [\w.~+/=-]{8,})",
    re.IGNORECASE,
)
_TECHNIQUE = re.compile(r"(?:TA?\d{4}(?:\.\d{3})?)(?:[,;|] ?TA?\d{4}(?:\.\d{3})?){0,30}")
_LINK = re.compile(r"(?:https?|ftp|ldaps?|hxxps?)://\S+", re.IGNORECASE)
_REGISTRY = re.compile(r"(?:HKEY_[A-Z_]+|HK(?:LM|CU|CR|U|CC)|\\REGISTRY\\(?:MACHINE|USER))\\", re.IGNORECASE)
_PATH = re.compile(r"(?:[A-Z]:\\|\\\\[\w.$?-]+\\|%\w+%\\|(?:/[\w.+@-]+){2,})[^\"<>|*?]*", re.IGNORECASE)
_OPAQUE = re.compile(r"[\w+/=:-]{20,160}", re.ASCII)
_RUN = re.compile(r"[A-Za-z0-9]+")
_TURN = re.compile(r"(?<=[A-Za-z])(?=\d)|(?<=\d)(?=[A-Za-z])")

_SHELLS = (
    "powershell|pwsh|cmd|wmic|net1?|netsh|reg|sc|schtasks|rundll32|regsvr32|mshta|certutil|bitsadmin|vssadmin|wevtutil|nltest"
    "|bash|sh|zsh|dash|python[\\d.]*|perl|ruby|php|node|curl|wget|nc|ncat|ssh|scp|sudo|chmod|chown|crontab|systemctl|osascript"
    "|kubectl|docker|openssl|base64|xattr|dscl|launchctl|tar|find|iptables"
)
_COMMAND = re.compile(
    r"\s*(?:\"[^\"]{1,260}\"|'[^']{1,260}'"
    r"|(?:[A-Z]:|%\w{1,40}%|\\\\[\w.-]{1,64})?[^\s\"']{0,260}\.(?:exe|com|bat|cmd|ps1|vbs|sh|py)"
    rf"|/(?:usr/|local/|opt/|tmp/|s?bin/)[^\s\"']{{1,260}}|(?:{_SHELLS}))\s[^\n]{{0,260}}?(?<!\S)(?:-{{1,2}}|/)[A-Za-z]",
    re.IGNORECASE,
)


def role_of_value(value: str) -> Role:
    """The role that a value has by its look.

    Only what a value is as a whole counts: a GUID, a time, a number with a unit, a hash, the address of a schema or a
    product's own pages and a long token without words are noise. A sentence that holds one of them stays a detail.
    So do ``true``, ``false``, numbers and the networks that mean everybody (``0.0.0.0/0``).

    A value that starts with a program, quoted or with a path or an extension, or one of a few well-known names, and
    has a switch behind it is a command line.

    Args:
        value: What the field says.

    Returns:
        `Role.DETAIL` where its look says nothing.
    """
    text = value.strip()
    if is_empty(text):
        return Role.NOISE
    if len(text) <= _LONGEST and "\n" not in text and (role := _of_whole(text)):
        return role
    if _REGISTRY.match(text) and "\n" not in text:
        return Role.REGISTRY
    if _COMMAND.match(text[:_COMMAND_START]):
        return Role.COMMAND
    if len(text) <= _LONGEST and _PATH.fullmatch(text):
        return Role.FILE
    return Role.DETAIL


def is_empty(value: str) -> bool:
    """Whether a value only says that there is none: ``-``, ``null``, ``N/A``."""
    return len(value) < 12 and value.strip().lower() in _EMPTY


def is_everyone(value: str) -> bool:
    """Whether an address means all of them: ``0.0.0.0/0``, ``::/0``."""
    return value.strip() in _EVERYONE


def is_plain(value: str) -> bool:
    """Whether a value is ``true``, ``false`` or a number, and can hold no secret."""
    return value.strip().lower() in ("true", "false", "yes", "no", "enabled", "disabled") or (
        len(value) < 6 and value.strip().isdecimal()
    )


def _of_whole(text: str) -> Role | None:
    """Patterns that the whole of a short value has to match, the frequent ones first."""
    if is_everyone(text):
        return Role.DETAIL
    if _NOISE.fullmatch(text):
        return Role.NOISE
    if (_ADDRESS.fullmatch(text) and _is_address(text)) or _MAC.fullmatch(text):
        return Role.ADDRESS
    for pattern, role in (
        (_MAIL, Role.USER),
        (_SID, Role.USER),
        (_SECRET, Role.SECRET),
        (_TECHNIQUE, Role.TECHNIQUE),
        (_LINK, Role.URL),
    ):
        if pattern.fullmatch(text):
            return role
    return Role.NOISE if _is_opaque(text) else None


def _is_address(text: str) -> bool:
    """IPv4 and IPv6, with a port, a zone or a prefix length."""
    for candidate in (text, text.rpartition(":")[0].strip("[]")):
        bare = candidate.strip("[]")
        if "." not in bare and ":" not in bare:
            continue
        try:
            ip_interface(bare) if "/" in bare else ip_address(bare)
        except ValueError:
            continue
        return True
    return False


def _is_opaque(text: str) -> bool:
    """A token no one reads: mostly one long run of letters and digits that takes turns between the two."""
    if not _OPAQUE.fullmatch(text) or text.startswith("/"):
        return False
    longest = max(_RUN.findall(text), key=len, default="")
    return len(longest) >= max(16, len(text) // 2) and len(_TURN.findall(longest)) >= 4
