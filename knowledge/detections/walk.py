"""The files below a path: a folder, a checkout, or one file. Links are not followed."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from knowledge.detections.archive import MAX_UNPACKED
from knowledge.detections.decode import LARGEST
from knowledge.detections.errors import DetectionsError
from knowledge.detections.found import File, Found, PassedOver, promises_rules, readable, unreadable, verdict_by_name
from knowledge.detections.model import Rejected

MAX_FILES = 500_000
_MAX_DEPTH = 64


def walk(root: Path) -> Iterator[Found]:
    """Every file below a folder, in the order of its paths; or the one file that `root` is.

    A file named by the user is always looked into, whatever its name; in a folder, the name may be enough.

    Raises:
        DetectionsError: There is nothing there, or it cannot be read.
    """
    try:
        info = root.stat()
        if stat.S_ISREG(info.st_mode):
            yield File.at(readable(root.name), root, info.st_size)
        elif stat.S_ISDIR(info.st_mode):
            yield from _below(root)
        else:
            raise DetectionsError(str(root), "neither a file nor a folder")
    except FileNotFoundError:
        raise DetectionsError(str(root), "no such file or folder; name where the rules lie") from None
    except OSError as error:
        raise DetectionsError(str(root), unreadable(error)) from None


def _below(root: Path) -> Iterator[Found]:
    count = 0
    folders: list[tuple[Path, str]] = [(root, "")]
    while folders:
        folder, prefix = folders.pop()
        inner: list[tuple[Path, str]] = []
        try:
            with os.scandir(folder) as listing:
                listed = sorted(listing, key=lambda each: each.name)
        except OSError as error:
            if folder == root:
                raise
            yield Rejected(prefix, f"a folder that {unreadable(error)}")
            continue
        for entry in listed:
            path = prefix + readable(entry.name)
            if entry.is_dir(follow_symlinks=False) and not entry.name.startswith("."):
                if prefix.count("/") < _MAX_DEPTH:
                    inner.append((Path(entry.path), path + "/"))
                else:
                    yield Rejected(path, f"a folder more than {_MAX_DEPTH} levels down")
                continue
            count += 1
            if count > MAX_FILES:
                raise DetectionsError(str(root), f"a folder of more than {MAX_FILES:,} files")
            yield _file(entry, path)
        folders.extend(reversed(inner))


def _file(entry: os.DirEntry[str], path: str) -> Found:
    try:
        info = entry.stat(follow_symlinks=False)
    except OSError as error:  # it went, or a disk failed, since the folder was listed: no reason to lose the others
        return verdict_by_name(path, 0, LARGEST) or Rejected(path, unreadable(error))
    if stat.S_ISLNK(info.st_mode):
        verdict = verdict_by_name(path, 0, LARGEST)
        return verdict or Rejected(path, "a symbolic link, which is not followed")
    if not stat.S_ISREG(info.st_mode):
        return verdict_by_name(path, 0, LARGEST) or PassedOver("devices and other special files", path)
    limit = MAX_UNPACKED if promises_rules(path) else LARGEST  # how large an archive may be shows when it is opened
    return verdict_by_name(path, info.st_size, limit) or File.at(path, Path(entry.path), info.st_size)
