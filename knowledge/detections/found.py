"""What lies in a folder or an archive, and what the name alone says about it."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO, TypeAlias

from knowledge.detections.decode import shape_by_name
from knowledge.detections.errors import DetectionsError
from knowledge.detections.model import Rejected

_ARCHIVES = frozenset({".zip", ".tar", ".gz", ".tgz", ".xz", ".txz", ".bz2", ".tbz2", ".tbz"})
_NEVER_RULES = {
    "documents": (".md", ".rst", ".adoc", ".pdf", ".html", ".htm", ".docx", ".ipynb", ".tex"),
    "pictures and media": (".png", ".jpg", ".jpeg", ".gif", ".svg", ".ico", ".webp", ".mp4", ".drawio"),
    "programs and scripts": (
        *(".py", ".pyc", ".pyi", ".sh", ".ps1", ".psm1", ".bat", ".js", ".ts", ".css", ".go", ".rs", ".c", ".h"),
        *(".java", ".rb", ".pl", ".exe", ".dll", ".so", ".whl", ".jar"),
    ),
    "logs and captures": (".log", ".evtx", ".pcap", ".pcapng", ".etl"),
    "project files": (".lock", ".cfg", ".ini", ".mako", ".j2", ".jinja", ".jinja2"),
}
_WHY_BY_SUFFIX = {suffix: why for why, suffixes in _NEVER_RULES.items() for suffix in suffixes}
_DOCUMENT_NAMES = frozenset(
    {"license", "licence", "notice", "readme", "changelog", "codeowners", "makefile", "dockerfile"}
)


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A file that is plainly no rule, by `why` in the plural: ``documents``."""

    why: str
    path: str


@dataclass(frozen=True, slots=True)
class File:
    """A file that may hold rules or be an archive.

    Attributes:
        path: Below the imported path.
        opener: Opens it for reading, at its start.
    """

    path: str
    size: int
    opener: Callable[[], BinaryIO]

    @classmethod
    def of(cls, path: str, data: bytes) -> File:
        """One that is already in memory."""
        return cls(path, len(data), lambda: io.BytesIO(data))

    @classmethod
    def at(cls, path: str, place: Path, size: int) -> File:
        """One on disk."""
        return cls(path, size, lambda: place.open("rb"))

    def read(self, limit: int) -> bytes:
        """Its bytes.

        Raises:
            DetectionsError: More than `limit`, or it cannot be read.
        """
        try:
            with self.opener() as stream:
                data = stream.read(limit + 1) if self.size <= limit else b""
        except OSError as error:
            raise DetectionsError(self.path, unreadable(error)) from None
        if self.size > limit or len(data) > limit:
            raise DetectionsError(self.path, f"larger than {limit // 1_000_000} MB, the most that is read of one file")
        return data


Found: TypeAlias = File | Rejected | PassedOver


def readable(name: str) -> str:
    """A file's name as text that can be stored and shown, whatever bytes it is made of."""
    return name.encode("utf-8", "replace").decode()


def unreadable(error: OSError) -> str:
    """Why a file or a folder gives nothing."""
    return f"cannot be read ({error.strerror or type(error).__name__})"


def promises_rules(path: str) -> bool:
    """Whether a file's name says that it holds rules or packs them, so that it must not fail unnoticed."""
    return shape_by_name(path) is not None or PurePosixPath(path).suffix.lower() in _ARCHIVES


def verdict_by_name(path: str, size: int, limit: int) -> Rejected | PassedOver | None:
    """What can be said of a file without opening it; nothing where it has to be looked into.

    Args:
        path: Below the imported path.
        size: In bytes.
        limit: Largest size that is read.
    """
    pure = PurePosixPath(path)
    if any(part.startswith(".") for part in pure.parts):
        return PassedOver("hidden files and folders", path)
    suffix = pure.suffix.lower()
    if why := _WHY_BY_SUFFIX.get(suffix):
        return PassedOver(why, path)
    if (pure.stem if suffix in ("", ".txt") else pure.name).lower() in _DOCUMENT_NAMES:
        return PassedOver("documents", path)
    if size > limit:
        if promises_rules(path):
            return Rejected(path, f"larger than {limit // 1_000_000} MB, the most that is read of one file")
        return PassedOver("large files of other kinds", path)
    return None
