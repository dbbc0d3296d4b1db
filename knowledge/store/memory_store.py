"""A store that forgets with its process: for tests, a demonstration and a console without a home."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from knowledge.detections.model import Detection
from knowledge.store.compare import by_id, compare, remembered, same_content
from knowledge.store.contents import SourceContents, WorkspaceContents
from knowledge.store.memory_digests import MemoryDigests
from knowledge.store.model import (
    Collected,
    Confirmation,
    Problem,
    Source,
    SourceChange,
    SourceImport,
    TeamProfile,
)
from knowledge.store.names import checked, encodable

_Key = tuple[str, str]  # label, name: the order sources are listed in


@dataclass(slots=True)
class _Workspace:
    generation: int = 0
    confirmations: dict[str, Confirmation] = field(default_factory=dict)
    latest: dict[_Key, SourceImport] = field(default_factory=dict)
    held: dict[_Key, dict[str, Detection]] = field(default_factory=dict)
    history: dict[_Key, tuple[SourceChange, ...]] = field(default_factory=dict)
    profile: TeamProfile = field(default_factory=TeamProfile)
    collected: dict[str, Collected] = field(default_factory=dict)

    def wanted(self, keys: Iterable[_Key], source: str | None, label: str | None) -> list[_Key]:
        """Those with this name and label, by label and name."""
        return sorted(key for key in keys if label in (None, key[0]) and source in (None, key[1]))


class MemoryStore(MemoryDigests):
    """A `Store` of dictionaries behind a lock."""

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.Lock()
        self._workspaces: defaultdict[str, _Workspace] = defaultdict(_Workspace)

    def generation(self, workspace: str) -> str:
        """See `Store.generation`."""
        return str(self._peek(workspace).generation)

    def workspaces(self) -> tuple[str, ...]:
        """See `Store.workspaces`."""
        with self._lock:
            known = {name for name, there in self._workspaces.items() if there.generation}
        return tuple(sorted(known.union(self._digest_workspaces())))

    def add_confirmation(self, workspace: str, confirmation: Confirmation) -> bool:
        """See `Store.add_confirmation`."""
        said = encodable(confirmation)
        there = self._peek(workspace)
        with self._lock:
            if there.confirmations.get(said.id) == said:
                return False
            there.confirmations.pop(said.id, None)
            there.confirmations[said.id] = said
            there.generation += 1
            return True

    def confirmations(self, workspace: str) -> tuple[Confirmation, ...]:
        """See `Store.confirmations`."""
        there = self._peek(workspace)
        with self._lock:
            return tuple(there.confirmations.values())

    def erase_confirmation(self, workspace: str, confirmation_id: str) -> bool:
        """See `Store.erase_confirmation`."""
        there = self._peek(workspace)
        with self._lock:
            known = there.confirmations.pop(encodable(confirmation_id), None) is not None
            there.generation += known
            return known

    def erase_confirmations(self, workspace: str) -> int:
        """See `Store.erase_confirmations`."""
        there = self._peek(workspace)
        with self._lock:
            count = len(there.confirmations)
            there.confirmations.clear()
            there.generation += bool(count)
            return count

    def replace_source(self, workspace: str, source: SourceImport, detections: Iterable[Detection]) -> SourceChange:
        """See `Store.replace_source`."""
        checked("source", source.name)
        if source.label:
            checked("team label", source.label)
        source, after = encodable(source), by_id(detections)
        key, there = (source.label, source.name), self._peek(workspace)
        with self._lock:
            change = compare(source, there.held.get(key, {}), after)
            earlier = there.latest.get(key)
            if earlier is None or not change.empty:
                there.held[key] = after
                there.history.setdefault(key, ())
                if not change.empty:
                    there.history[key] = remembered(there.history[key], change)
            if earlier is None or not change.empty or not same_content(earlier, source):
                there.latest[key] = source
                there.generation += 1
            return change

    def remove_source(self, workspace: str, name: str, *, label: str = "", at: str = "") -> SourceChange | None:
        """See `Store.remove_source`."""
        key, there = (encodable(label), encodable(name)), self._peek(workspace)
        with self._lock:
            if there.latest.pop(key, None) is None:
                return None
            source = SourceImport(name=key[1], label=key[0], imported_at=at)
            change = compare(source, there.held.pop(key), {}, gone=True)
            there.history[key] = remembered(there.history[key], change)
            there.generation += 1
            return change

    def sources(self, workspace: str, *, label: str | None = None) -> tuple[Source, ...]:
        """See `Store.sources`."""
        there = self._peek(workspace)
        with self._lock:
            wanted = there.wanted(there.latest, None, encodable(label))
            return tuple(Source(there.latest[key], len(there.held[key])) for key in wanted)

    def detections(
        self, workspace: str, *, source: str | None = None, label: str | None = None
    ) -> tuple[Detection, ...]:
        """See `Store.detections`."""
        there = self._peek(workspace)
        with self._lock:
            wanted = there.wanted(there.latest, encodable(source), encodable(label))
            return tuple(detection for key in wanted for detection in there.held[key].values())

    def history(
        self, workspace: str, *, source: str | None = None, label: str | None = None
    ) -> tuple[SourceChange, ...]:
        """See `Store.history`."""
        there = self._peek(workspace)
        with self._lock:
            wanted = there.wanted(there.history, encodable(source), encodable(label))
            changes = [change for key in wanted for change in there.history[key]]
        return tuple(sorted(changes, key=lambda change: change.at, reverse=True))

    def profile(self, workspace: str) -> TeamProfile:
        """See `Store.profile`."""
        return self._peek(workspace).profile

    def save_profile(self, workspace: str, profile: TeamProfile) -> bool:
        """See `Store.save_profile`."""
        there, said = self._peek(workspace), encodable(profile)
        with self._lock:
            changed = there.profile != said
            there.profile = said
            there.generation += changed
            return changed

    def collected(self, workspace: str) -> tuple[Collected, ...]:
        """See `Store.collected`."""
        there = self._peek(workspace)
        with self._lock:
            return tuple(sorted(there.collected.values(), key=lambda each: each.name))

    def mark_collected(self, workspace: str, entries: Iterable[Collected]) -> int:
        """See `Store.mark_collected`."""
        said = {each.name: each for each in map(encodable, entries)}
        for name in said:
            checked("log source", name)
        there = self._peek(workspace)
        with self._lock:
            new = {name: each for name, each in said.items() if there.collected.get(name) != each}
            there.collected.update(new)
            there.generation += bool(new)
            return len(new)

    def forget_collected(self, workspace: str, names: Iterable[str]) -> int:
        """See `Store.forget_collected`."""
        there = self._peek(workspace)
        with self._lock:
            gone = [name for name in map(encodable, names) if there.collected.pop(name, None) is not None]
            there.generation += bool(gone)
            return len(gone)

    def contents(self, workspace: str) -> WorkspaceContents:
        """See `Store.contents`."""
        there = self._peek(workspace)
        with self._lock:
            sources = tuple(
                SourceContents(
                    latest=there.latest.get(key, SourceImport(name=key[1], label=key[0])),
                    gone=key not in there.latest,
                    detections=tuple(there.held.get(key, {}).values()),
                    history=there.history[key],
                )
                for key in there.wanted(there.history, None, None)
            )
            confirmations, profile = tuple(there.confirmations.values()), there.profile
        return WorkspaceContents(
            confirmations=confirmations,
            sources=sources,
            profile=profile,
            collected=self.collected(workspace),
            subscriptions=self.subscriptions(workspace),
            digests=self.digests(workspace),
            tasks=self.tasks(workspace),
        )

    def restore(self, workspace: str, contents: WorkspaceContents) -> None:
        """See `Store.restore`."""
        there = self._peek(workspace)
        by_key = {(each.latest.label, each.latest.name): each for each in contents.sources}
        with self._lock:
            there.confirmations = {each.id: each for each in contents.confirmations}
            there.latest = {key: each.latest for key, each in by_key.items() if not each.gone}
            there.held = {key: by_id(each.detections) for key, each in by_key.items() if not each.gone}
            there.history = {key: each.history for key, each in by_key.items()}
            there.profile = contents.profile
            there.collected = {each.name: each for each in contents.collected}
            there.generation += 1
        self._restore_digests(workspace, contents)

    def problems(self) -> tuple[Problem, ...]:
        """See `Store.problems`; memory has none."""
        return ()

    def close(self) -> None:
        """See `Store.close`."""

    def _peek(self, workspace: str) -> _Workspace:
        name = checked("workspace", workspace)
        with self._lock:
            return self._workspaces[name]
