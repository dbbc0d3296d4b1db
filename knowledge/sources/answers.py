"""Answers remembered between runs, so that an unchanged index is asked for but not sent."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import msgspec

_MOST = 16


class RememberedAnswer(msgspec.Struct, frozen=True):
    """An address's last answer: its validators, and its text for when they still hold."""

    etag: str
    last_modified: str
    body: str


class Answers:
    """A small JSON file of answers by address.

    It is a convenience: unreadable, it is empty; unwritable, nothing is remembered.

    Args:
        path: The file; None remembers for this run only.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._by_url: dict[str, RememberedAnswer] | None = None

    def get(self, url: str) -> RememberedAnswer | None:
        """The last answer of an address."""
        return self._all().get(url)

    def put(self, url: str, answer: RememberedAnswer) -> None:
        """Remember an answer, and forget the oldest where there are many."""
        known = self._all()
        known.pop(url, None)
        known[url] = answer
        while len(known) > _MOST:
            known.pop(next(iter(known)))
        if self._path is None:
            return
        draft = self._path.with_name(f".{self._path.name}.{os.getpid()}")
        try:
            draft.parent.mkdir(parents=True, exist_ok=True)
            draft.write_bytes(msgspec.json.encode(known))
            draft.replace(self._path)
        except OSError:
            with suppress(OSError):
                draft.unlink(missing_ok=True)

    def _all(self) -> dict[str, RememberedAnswer]:
        if self._by_url is None:
            try:
                text = self._path.read_bytes() if self._path else b"{}"
                self._by_url = msgspec.json.decode(text, type=dict[str, RememberedAnswer])
            except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                self._by_url = {}
        return self._by_url
