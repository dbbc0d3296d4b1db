"""Digests in TinyDB's files: ``digests.json`` in a workspace's folder."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

from knowledge.store.damage import DamageReport
from knowledge.store.envelope import workspaces_of
from knowledge.store.keyed_digests import DigestTables, Documents, KeyedDigests
from knowledge.store.names import checked, file_stem
from knowledge.store.safe_file import SafeFile
from knowledge.store.tinydb_file import TableFile

_FILE = "digests.json"

Result = TypeVar("Result")


class TinyDBDigests(KeyedDigests):
    """A `DigestStore` of one file a workspace.

    Args:
        folder: Where the workspaces' folders lie.
        damage: Told of damaged files.
    """

    def __init__(self, folder: Path, damage: DamageReport) -> None:
        self._folder = folder
        self._damage = damage
        self._digest_files: dict[str, TableFile[DigestTables]] = {}

    def _edit_digests(self, workspace: str, change: Callable[[Documents], Result]) -> Result:
        return self._digest_file(workspace).edit(change)

    def _read_digests(self, workspace: str) -> DigestTables:
        return self._digest_file(workspace).read()

    def _digest_workspaces(self) -> Iterable[str]:
        return workspaces_of(self._folder, f"*/{_FILE}")

    def _digest_file(self, workspace: str) -> TableFile[DigestTables]:
        known = self._digest_files.get(workspace)
        if known is None:
            exact = checked("workspace", workspace)
            file = SafeFile(self._folder / file_stem(exact) / _FILE)
            known = self._digest_files.setdefault(
                workspace, TableFile(file, "digests", exact, DigestTables, self._damage)
            )
        return known
