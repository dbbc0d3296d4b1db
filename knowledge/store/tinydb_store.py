"""The default store: TinyDB's JSON files under one folder, safe among threads, processes and crashes.

FOLDER/t1-9f…/confirmations.json     a folder for each workspace
              profile.json           who the team is, and what it collects
              digests.json           who wants the regular post, who is posting it, what became of its items
              sources.json           which file holds the detections of each source
              source-sigma-3b….7.json
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from pathlib import Path

import msgspec

from knowledge.detections.model import Detection
from knowledge.store.contents import WorkspaceContents
from knowledge.store.damage import DamageReport
from knowledge.store.envelope import workspaces_of
from knowledge.store.model import (
    Collected,
    Confirmation,
    Problem,
    Source,
    SourceChange,
    SourceImport,
    TeamProfile,
)
from knowledge.store.names import checked, encodable, file_stem
from knowledge.store.safe_file import SafeFile
from knowledge.store.tinydb_digests import TinyDBDigests
from knowledge.store.tinydb_file import Session, TableFile
from knowledge.store.tinydb_sources import SourceShelf

_ONLY = "1"  # the key of a workspace's one profile


class _Confirmations(msgspec.Struct):
    confirmations: dict[str, Confirmation] = {}


class _Profile(msgspec.Struct):
    profile: dict[str, TeamProfile] = {}
    collected: dict[str, Collected] = {}


class _Workspace:
    def __init__(self, folder: Path, name: str, damage: DamageReport) -> None:
        self.confirmations = TableFile(
            SafeFile(folder / "confirmations.json"), "confirmations", name, _Confirmations, damage
        )
        self.profile = TableFile(SafeFile(folder / "profile.json"), "profile", name, _Profile, damage)
        self.shelf = SourceShelf(folder, name, damage)


class TinyDBStore(TinyDBDigests):
    """A `Store` of files.

    Args:
        folder: Where they lie; made when something is first kept.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, DamageReport(folder))
        self._opening = threading.Lock()
        self._open: dict[str, _Workspace] = {}

    def generation(self, workspace: str) -> str:
        """See `Store.generation`; three looks at the folder."""
        there = self._workspace(workspace)
        stamps = (there.confirmations.stamp(), there.profile.stamp(), there.shelf.stamp())
        return "-".join(f"{number:x}" for stamp in stamps for number in stamp)

    def workspaces(self) -> tuple[str, ...]:
        """See `Store.workspaces`."""
        return workspaces_of(self._folder, "*/*.json")

    def add_confirmation(self, workspace: str, confirmation: Confirmation) -> bool:
        """See `Store.add_confirmation`."""
        said = encodable(confirmation)

        def edit(session: Session) -> bool:
            if session.get("confirmations", said.id, Confirmation) == said:
                return False
            session.put("confirmations", said.id, said)
            return True

        return self._workspace(workspace).confirmations.edit(edit)

    def confirmations(self, workspace: str) -> tuple[Confirmation, ...]:
        """See `Store.confirmations`."""
        return tuple(self._workspace(workspace).confirmations.read().confirmations.values())

    def erase_confirmation(self, workspace: str, confirmation_id: str) -> bool:
        """See `Store.erase_confirmation`."""

        def edit(session: Session) -> bool:
            session.scrub()
            return bool(session.drop("confirmations", [encodable(confirmation_id)]))

        return self._workspace(workspace).confirmations.edit(edit)

    def erase_confirmations(self, workspace: str) -> int:
        """See `Store.erase_confirmations`."""

        def edit(session: Session) -> int:
            session.scrub()
            return session.drop("confirmations", session.keys("confirmations"))

        return self._workspace(workspace).confirmations.edit(edit)

    def replace_source(self, workspace: str, source: SourceImport, detections: Iterable[Detection]) -> SourceChange:
        """See `Store.replace_source`."""
        checked("source", source.name)
        if source.label:
            checked("team label", source.label)
        return self._workspace(workspace).shelf.replace(encodable(source), detections)

    def remove_source(self, workspace: str, name: str, *, label: str = "", at: str = "") -> SourceChange | None:
        """See `Store.remove_source`."""
        return self._workspace(workspace).shelf.remove(encodable(name), encodable(label), at)

    def sources(self, workspace: str, *, label: str | None = None) -> tuple[Source, ...]:
        """See `Store.sources`."""
        return self._workspace(workspace).shelf.sources(encodable(label))

    def detections(
        self, workspace: str, *, source: str | None = None, label: str | None = None
    ) -> tuple[Detection, ...]:
        """See `Store.detections`."""
        return self._workspace(workspace).shelf.detections(encodable(source), encodable(label))

    def history(
        self, workspace: str, *, source: str | None = None, label: str | None = None
    ) -> tuple[SourceChange, ...]:
        """See `Store.history`."""
        return self._workspace(workspace).shelf.history(encodable(source), encodable(label))

    def profile(self, workspace: str) -> TeamProfile:
        """See `Store.profile`."""
        return self._workspace(workspace).profile.read().profile.get(_ONLY, TeamProfile())

    def save_profile(self, workspace: str, profile: TeamProfile) -> bool:
        """See `Store.save_profile`."""
        said = encodable(profile)

        def edit(session: Session) -> bool:
            if session.get("profile", _ONLY, TeamProfile) == said:
                return False
            session.put("profile", _ONLY, said)
            return True

        return self._workspace(workspace).profile.edit(edit)

    def collected(self, workspace: str) -> tuple[Collected, ...]:
        """See `Store.collected`."""
        return tuple(sorted(self._workspace(workspace).profile.read().collected.values(), key=lambda each: each.name))

    def mark_collected(self, workspace: str, entries: Iterable[Collected]) -> int:
        """See `Store.mark_collected`."""
        said = {each.name: each for each in map(encodable, entries)}
        for name in said:
            checked("log source", name)

        def edit(session: Session) -> int:
            new = {name: each for name, each in said.items() if session.get("collected", name, Collected) != each}
            if new:
                session.drop("collected", tuple(new))
                session.put_all("collected", new)
            return len(new)

        return self._workspace(workspace).profile.edit(edit)

    def forget_collected(self, workspace: str, names: Iterable[str]) -> int:
        """See `Store.forget_collected`."""
        gone = tuple(encodable(name) for name in names)
        return self._workspace(workspace).profile.edit(lambda session: session.drop("collected", gone))

    def contents(self, workspace: str) -> WorkspaceContents:
        """See `Store.contents`; file by file, each as it was at one moment."""
        return WorkspaceContents(
            confirmations=self.confirmations(workspace),
            sources=self._workspace(workspace).shelf.contents(),
            profile=self.profile(workspace),
            collected=self.collected(workspace),
            subscriptions=self.subscriptions(workspace),
            digests=self.digests(workspace),
            tasks=self.tasks(workspace),
        )

    def restore(self, workspace: str, contents: WorkspaceContents) -> None:
        """See `Store.restore`."""
        there = self._workspace(workspace)
        there.confirmations.edit(
            lambda session: session.replace_all("confirmations", {each.id: each for each in contents.confirmations})
        )

        def edit(session: Session) -> None:
            session.replace_all("profile", {} if contents.profile == TeamProfile() else {_ONLY: contents.profile})
            session.replace_all("collected", {each.name: each for each in contents.collected})

        there.profile.edit(edit)
        there.shelf.restore(contents.sources)
        self._restore_digests(workspace, contents)

    def problems(self) -> tuple[Problem, ...]:
        """See `Store.problems`."""
        return self._damage.problems()

    def close(self) -> None:
        """See `Store.close`; no file stays open between calls."""

    def _workspace(self, name: str) -> _Workspace:
        there = self._open.get(name)
        if there is None:
            exact = checked("workspace", name)
            with self._opening:
                folder = self._folder / file_stem(exact)
                there = self._open.setdefault(name, _Workspace(folder, exact, self._damage))
        return there
