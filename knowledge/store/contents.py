"""Everything a store keeps for one workspace, as one noun: what a copy carries over and compares."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.detections.model import Detection
from knowledge.store.digests import DigestClaim, Subscription, Task
from knowledge.store.model import Collected, Confirmation, SourceChange, SourceImport, TeamProfile


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceContents:
    """A source with its detections and its past.

    Attributes:
        latest: The last import that found something new; of a removed source its name and label alone.
        gone: It was removed, and only its history is left.
        detections: In the order of import.
        history: What imports changed, newest first.
    """

    latest: SourceImport
    gone: bool = False
    detections: tuple[Detection, ...] = ()
    history: tuple[SourceChange, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspaceContents:
    """All of a workspace; two stores hold the same when these are equal.

    Attributes:
        confirmations: In the order they were given; everything else in the order of its names.
        sources: By label and name, the removed ones among them.
    """

    confirmations: tuple[Confirmation, ...] = ()
    sources: tuple[SourceContents, ...] = ()
    profile: TeamProfile = TeamProfile()
    collected: tuple[Collected, ...] = ()
    subscriptions: tuple[Subscription, ...] = ()
    digests: tuple[DigestClaim, ...] = ()
    tasks: tuple[Task, ...] = ()
