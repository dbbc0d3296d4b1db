"""Indicators a text lists: hashes, addresses, domains, mails. They say what to block, not what somebody did."""

# ruff: noqa: E501 # a pattern cut into lines is harder to read than a long one

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from dataclasses import dataclass

from knowledge.mapping.model import IndicatorCount

MAX_READ = 200_000
"""Characters of a text that are searched for indicators."""

_DOTS = re.compile(r"\[\.\]|\(\.\)|\{\.\}|\[dot\]|\(dot\)", re.IGNORECASE)
_KINDS = (
    ("URL", re.compile(r"\b(?:https?|hxxps?|ftp|fxp)\[?:\]?//[^\s\"'<>|]{1,2000}", re.IGNORECASE)),
    ("mail address", re.compile(r"\b[\w.+-]{1,64}(?:@|\[@\]|\[at\])[\w-]{1,63}(?:(?:\.|\[\.\])[\w-]{1,63}){1,8}", re.IGNORECASE)),
    ("SHA-512 hash", re.compile(r"\b[0-9a-fA-F]{128}\b")),
    ("SHA-256 hash", re.compile(r"\b[0-9a-fA-F]{64}\b")),
    ("SHA-1 hash", re.compile(r"\b[0-9a-fA-F]{40}\b")),
    ("MD5 hash", re.compile(r"\b[0-9a-fA-F]{32}\b")),
    ("CVE", re.compile(r"\bCVE-\d{4}-\d{4,7}\b", re.IGNORECASE)),
    ("IP address", re.compile(r"(?<![\w.])\d{1,3}(?:(?:\.|\[\.\]|\(\.\))\d{1,3}){3}(?::\d{1,5})?(?![\w.]\d)")),
    ("IPv6 address", re.compile(r"(?<![\w:.])(?:[0-9a-fA-F]{1,4}:{1,2}){2,7}[0-9a-fA-F]{1,4}(?![\w:.])")),
    ("domain", re.compile(
        r"(?<![\w@.\\/-])(?:[a-z0-9][a-z0-9-]{0,62}(?:\.|\[\.\]|\(\.\)|\[dot\])){1,6}"
        r"(?:com|net|org|info|biz|io|co|ru|cn|uk|de|fr|nl|eu|us|top|xyz|site|online|club|shop|live|pw|cc|tk|su|ir|kp|br|in"
        r"|jp|kr|au|ca|ch|it|es|pl|ua|me|tv|to|ws|dev|app|cloud|space|website|store|tech|link|click|example|test|onion)"
        r"(?![\w.-]*[\w])", re.IGNORECASE)),
)  # fmt: skip
_LABEL_WORD = re.compile(r"[A-Za-z]{2,}")
_LABEL_WORDS = """
ioc iocs indicator indicators of compromise hash hashes md5 sha sha1 sha256 sha512 ip ips address addresses domain
domains url urls ipv4 ipv6 mail mails email emails file files name filename c2 type value list and the new malicious
known bad block please from first seen last host hosts fqdn cve cves network
"""
_LABELS = frozenset(_LABEL_WORDS.split())


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator in a text.

    Attributes:
        kind: Such as ``SHA-256 hash``.
        start: Where it starts.
        end: Where it ends, exclusive.
        value: As it is used: without the brackets of a defanged one.
    """

    kind: str
    start: int
    end: int
    value: str


def indicators(text: str) -> tuple[Indicator, ...]:
    """Every indicator among the first `MAX_READ` characters, in order, none within another."""
    found: list[Indicator] = []
    taken = bytearray(min(len(text), MAX_READ))
    for kind, pattern in _KINDS:
        for match in pattern.finditer(text, 0, MAX_READ):
            start, end = match.span()
            if any(taken[start:end]):
                continue
            value = refang(match[0])
            if kind.startswith("IP") and not _is_address(value):
                continue
            taken[start:end] = b"\x01" * (end - start)
            found.append(Indicator(kind, start, end, value))
    return tuple(sorted(found, key=lambda each: each.start))


def counted(found: tuple[Indicator, ...]) -> tuple[IndicatorCount, ...]:
    """Distinct indicators by kind, the most frequent kind first."""
    by_kind: dict[str, dict[str, None]] = {}
    for each in found:
        by_kind.setdefault(each.kind, {})[each.value] = None
    counts = (IndicatorCount(kind, len(values), next(iter(values))) for kind, values in by_kind.items())
    return tuple(sorted(counts, key=lambda each: -each.count))


def only_lists(text: str, found: tuple[Indicator, ...]) -> bool:
    """Whether a text is a list of indicators and says nothing about what was done with them."""
    if not found:
        return False
    return sum(1 for _ in _words_between(text[:MAX_READ], found)) <= max(2, len(found) // 2)


def sentence(counts: tuple[IndicatorCount, ...]) -> str:
    """``2 SHA-256 hashes and 1 IP address``."""
    parts = [f"{each.count} {_plural(each.kind) if each.count > 1 else each.kind}" for each in counts]
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)


def refang(value: str) -> str:
    """Undo the brackets and ``hxxp`` that keep a link from being clicked."""
    value = _DOTS.sub(".", value).replace("[:]", ":").replace("[@]", "@").replace("[at]", "@")
    return re.sub(r"^hxxp", "http", value, flags=re.IGNORECASE)


def _words_between(text: str, found: tuple[Indicator, ...]) -> Iterator[str]:
    last = 0
    for each in (*found, None):
        end = len(text) if each is None else each.start
        for match in _LABEL_WORD.finditer(text, last, end):
            if match[0].lower() not in _LABELS:
                yield match[0]
        last = end if each is None else each.end


def _is_address(value: str) -> bool:
    host = value.rsplit(":", 1)[0] if value.count(":") == 1 else value
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _plural(kind: str) -> str:
    return f"{kind}es" if kind.endswith(("s", "sh")) else f"{kind}s"
