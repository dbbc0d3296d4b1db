"""Proposals become files: one after the other, each whole or not at all."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path

from knowledge.retag.model import Proposal, Proposals, Refused, RetagError, Written


def write(proposals: Proposals) -> Written:
    """Write each proposal beside its file and rename it into place, keeping the file's permissions.

    A file that has changed since it was read, is a link, or is reached through one that leads out of the folder is
    refused; the others are written all the same.
    """
    written: list[str] = []
    refused: list[Refused] = []
    for each in proposals.proposals:
        try:
            _replace(_checked(proposals.root, each), each)
        except RetagError as error:
            refused.append(Refused(each.path, error.problem))
        except OSError as error:
            refused.append(Refused(each.path, f"cannot be written ({error.strerror or type(error).__name__})"))
        else:
            written.append(each.path)
    return Written(written=tuple(written), refused=tuple(refused))


def _checked(root: Path, proposal: Proposal) -> Path:
    """The file's real path, held to lie in the folder and to be what was read."""
    base = root.resolve(strict=True)
    if base.is_file():
        path = root
    else:
        path = base.joinpath(*proposal.path.split("/"))
        if path.parent.resolve(strict=True) != path.parent or not path.is_relative_to(base):
            raise RetagError(proposal.path, "lies outside the folder, or behind a symbolic link; it is not written")
    if not stat.S_ISREG(path.lstat().st_mode):
        raise RetagError(proposal.path, "a symbolic link or no regular file; it is not written")
    if path.read_bytes() != proposal.before:
        raise RetagError(proposal.path, "has changed since it was read; propose again")
    return path


def _replace(path: Path, proposal: Proposal) -> None:
    handle, name = tempfile.mkstemp(prefix=f".{path.name[:60]}.", suffix=".part", dir=path.parent)
    beside = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(proposal.after)
            file.flush()
            os.fsync(file.fileno())
        beside.chmod(stat.S_IMODE(path.stat().st_mode))
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
