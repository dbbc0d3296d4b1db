"""The order of ATT&CK's versions."""

from __future__ import annotations

import re

_NUMBERED = re.compile(r"v?(\d{1,3}(?:\.\d+)*)")


def version_key(version: str) -> tuple[bool, tuple[int, ...]]:
    """A key that orders versions by number, ``9.0`` before ``17.1``; dates and other words come before them all."""
    numbered = _NUMBERED.match(version)
    if numbered and not version[numbered.end() : numbered.end() + 1].isdigit():
        return (True, _numbers(numbered[1].split(".")))
    return (False, _numbers(re.findall(r"\d{1,9}", version)))


def _numbers(texts: list[str]) -> tuple[int, ...]:
    numbers = [int(text) for text in texts]
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)
