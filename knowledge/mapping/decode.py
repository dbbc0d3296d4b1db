"""Encoded runs in a text and what they say: base64, UTF-16 base64 as ``powershell -enc`` takes it, hex, twice at most.

Bounded: only so many runs, only so long, only so deep; what does not decode to readable text is left alone.
"""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from dataclasses import dataclass

MAX_RUNS = 24
"""Most encoded runs that are tried in one text."""

MAX_RUN = 16_384
"""Longest encoded run that is decoded, in characters; the rest of a longer one is ignored."""

MAX_DEPTH = 2
"""How often what was decoded is decoded again."""

_BASE64 = re.compile(r"(?<![A-Za-z0-9+/_=-])[A-Za-z0-9+/_-]{20,}={0,2}")
_HEX = re.compile(r"(?<![0-9A-Za-z])(?:0x)?(?:[0-9a-fA-F]{2}){16,}(?![0-9A-Za-z])")
_READABLE = 0.9  # share of printable characters


@dataclass(frozen=True, slots=True)
class Decoded:
    """An encoded run and its plain text.

    Attributes:
        start: Where the run starts in the text.
        end: Where it ends, exclusive.
        text: What it decodes to.
    """

    start: int
    end: int
    text: str


def decoded_parts(text: str) -> tuple[Decoded, ...]:
    """Decode every encoded run of a text that turns out to be readable."""
    found: list[Decoded] = []
    tried = 0
    for match in _BASE64.finditer(text):
        if tried >= MAX_RUNS:
            break
        run = match[0]
        if run.isalpha() and (run.islower() or run.isupper()):
            continue
        tried += 1
        plain = _plain(run[:MAX_RUN], MAX_DEPTH)
        if plain:
            found.append(Decoded(match.start(), match.end(), plain))
    return tuple(found)


def _plain(run: str, depth: int) -> str:
    for candidate in _candidates(run):
        text = _as_text(candidate)
        if text:
            inner = _BASE64.search(text) if depth > 1 else None
            deeper = _plain(inner[0], depth - 1) if inner else ""
            return f"{text}\n{deeper}" if deeper else text
    return ""


def _candidates(run: str) -> list[bytes]:
    found: list[bytes] = []
    if _HEX.fullmatch(run):
        found.append(binascii.unhexlify(run.removeprefix("0x")))
    else:
        stripped = run.rstrip("=").replace("-", "+").replace("_", "/")
        stripped = stripped[: len(stripped) - (len(stripped) % 4 == 1)]
        try:
            raw = base64.b64decode(stripped + "=" * (-len(stripped) % 4), validate=True)
        except (ValueError, binascii.Error):
            return found
        found.append(raw)
        if raw[:2] == b"\x1f\x8b":
            found.append(_inflated(raw))
    return found


def _inflated(raw: bytes) -> bytes:
    try:
        return zlib.decompressobj(wbits=31).decompress(raw, MAX_RUN)
    except zlib.error:
        return b""


def _as_text(raw: bytes) -> str:
    """Readable text of at least six characters, or nothing."""
    if len(raw) < 6:
        return ""
    wide = raw[1::2].count(0) > len(raw) // 3
    try:
        text = raw[: len(raw) // 2 * 2].decode("utf-16-le") if wide else raw.decode("utf-8")
    except UnicodeDecodeError:
        return ""
    good = sum(char.isprintable() or char in "\r\n\t" for char in text)
    ascii_share = sum(char.isascii() for char in text)
    return (
        text if good >= _READABLE * len(text) and ascii_share >= _READABLE * len(text) and " " in text.strip() else ""
    )
