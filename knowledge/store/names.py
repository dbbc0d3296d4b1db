"""Names that people choose: bounded, made encodable, and turned into file names that can do no harm."""

from __future__ import annotations

import hashlib
from typing import Any, TypeVar

import msgspec

from knowledge.store.errors import StoreError

Noun = TypeVar("Noun")

LONGEST = 200
"""Longest name of a workspace, a label or a source, in characters."""

_SHOWN = 24  # characters of the name that its file name repeats, for people who look
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")


def checked(what: str, name: str) -> str:
    """The name, or a refusal.

    Args:
        what: What it names, for the message: ``workspace``.
        name: As somebody gave it.

    Raises:
        StoreError: It is empty or longer than `LONGEST`.
    """
    if not name:
        raise StoreError(f"A {what} needs a name, and this one is empty.")
    if len(name) > LONGEST:
        raise StoreError(f"A {what} name may have {LONGEST} characters, and this one has {len(name):,}.")
    return _encodable(name)


def file_stem(*names: str) -> str:
    """A file name for these names: some plain letters to recognise it by, and a hash that makes it theirs alone.

    Lower case throughout, for disks that do not tell ``A`` from ``a``; never longer than 57 characters.
    """
    exact = "".join(f"{len(name)}:{name}" for name in names).encode("utf-8", "surrogatepass")
    letters = (c if c in _PLAIN else "-" for c in names[-1][:_SHOWN].lower())
    return f"{''.join(letters).strip('-') or 'x'}-{hashlib.sha256(exact).hexdigest()[:32]}"


def bounded(name: str) -> str:
    """The name, or where it is longer than `LONGEST` its beginning and a hash: a key for a database's index."""
    if len(name) <= LONGEST:
        return name
    return f"{name[:_SHOWN]}…{hashlib.sha256(name.encode()).hexdigest()}"


def encodable(noun: Noun) -> Noun:
    r"""The noun with each half of a surrogate pair written out as ``\udce9``; almost always the noun itself.

    Slack's JSON and the names of files may hold such halves, and no encoding to bytes does.
    """
    try:
        msgspec.json.encode(noun)
    except UnicodeEncodeError:
        return msgspec.convert(_mended(msgspec.to_builtins(noun)), type(noun))
    return noun


def _mended(value: Any) -> Any:
    match value:
        case str():
            return _encodable(value)
        case list() | tuple():
            return [_mended(each) for each in value]
        case dict():
            return {_mended(key): _mended(each) for key, each in value.items()}
        case _:
            return value


def _encodable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
