"""Moments as digests keep them: UTC to the second, all written alike, so that they sort as text does."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_WRITTEN = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ", re.ASCII)
_FORMAT = "%Y-%m-%dT%H:%M:%SZ"


def written(when: datetime) -> str:
    """An aware moment as it is kept: ``2026-11-16T09:00:00Z``."""
    return when.astimezone(UTC).strftime(_FORMAT)


def moment(text: str) -> datetime:
    """Back from `written`."""
    return datetime.strptime(text, _FORMAT).replace(tzinfo=UTC)


def checked_instant(what: str, text: str) -> str:
    """The moment as it came, or a refusal.

    Args:
        what: What happens then, for the message: ``next_due``.
        text: Such as ``2026-11-16T09:00:00Z``.

    Raises:
        ValueError: It is written in another way.
    """
    if not _WRITTEN.fullmatch(text):
        raise ValueError(f"{what} is '{text[:40]}', and it has to be written like 2026-11-16T09:00:00Z")
    return text


def earlier(at: str, by: timedelta) -> str:
    """The moment that lies this much before another, as it is written."""
    return written(moment(checked_instant("the time of a claim", at)) - by)
