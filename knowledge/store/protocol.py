"""What every store can do; the backends are named after their technology.

Everything belongs to a workspace, named by its Slack team id. A call that changes something returns when the
change is durable, and a call that reads sees all of a change or none of it. Threads may share a store, and
processes may share what it keeps.

What the regular post needs is a protocol of its own, `DigestStore`, and part of this one.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from knowledge.detections.model import Detection
from knowledge.store.contents import WorkspaceContents
from knowledge.store.digest_protocol import DigestStore
from knowledge.store.model import (
    Collected,
    Confirmation,
    Problem,
    Source,
    SourceChange,
    SourceImport,
    TeamProfile,
)


class Store(DigestStore, Protocol):
    """What teams told us.

    Every method raises `StoreError` where the place it keeps things in cannot be read or written, or where a
    workspace or source name is empty or longer than `knowledge.store.names.LONGEST` characters.
    """

    def generation(self, workspace: str) -> str:
        """A token that is another one after every change, by whichever process; cheap enough to ask each time.

        Changes to subscriptions, claims and tasks do not count: no answer rests on them.
        """

    def workspaces(self) -> tuple[str, ...]:
        """The workspaces something is kept for, sorted."""

    def add_confirmation(self, workspace: str, confirmation: Confirmation) -> bool:
        """Keep it, in place of an earlier one with its id.

        Returns:
            Whether anything changed; False when the same is already there.
        """

    def confirmations(self, workspace: str) -> tuple[Confirmation, ...]:
        """All of them, in the order they were given; the same tuple until something changes."""

    def erase_confirmation(self, workspace: str, confirmation_id: str) -> bool:
        """Erase one, from kept copies too.

        Returns:
            Whether it was there.
        """

    def erase_confirmations(self, workspace: str) -> int:
        """Erase all, from kept copies too, and return how many there were."""

    def replace_source(self, workspace: str, source: SourceImport, detections: Iterable[Detection]) -> SourceChange:
        """Put these detections, whole, in place of what the source held.

        The same content again changes nothing, writes nothing and is not remembered.

        Returns:
            What became of which detection; `SourceChange.empty` where nothing did.
        """

    def remove_source(self, workspace: str, name: str, *, label: str = "", at: str = "") -> SourceChange | None:
        """Take a source and its detections away; its history stays.

        Returns:
            What went; None when there is no such source.
        """

    def sources(self, workspace: str, *, label: str | None = None) -> tuple[Source, ...]:
        """The sources, by label and name; `label` narrows them to one team's."""

    def detections(
        self, workspace: str, *, source: str | None = None, label: str | None = None
    ) -> tuple[Detection, ...]:
        """The detections of one source or of all, in the order of `sources` and then of import."""

    def history(
        self, workspace: str, *, source: str | None = None, label: str | None = None
    ) -> tuple[SourceChange, ...]:
        """What imports changed, newest first, at most `HISTORY_KEPT` a source; removed sources are among them."""

    def profile(self, workspace: str) -> TeamProfile:
        """Who the team is; an empty profile until it says."""

    def save_profile(self, workspace: str, profile: TeamProfile) -> bool:
        """Keep the profile, and return whether anything changed."""

    def collected(self, workspace: str) -> tuple[Collected, ...]:
        """What the team says it collects or does not, by name; what it has not spoken of is missing."""

    def mark_collected(self, workspace: str, entries: Iterable[Collected]) -> int:
        """Keep these answers beside the earlier ones, and return how many differ from what was kept."""

    def forget_collected(self, workspace: str, names: Iterable[str]) -> int:
        """Take answers back, and return how many there were."""

    def contents(self, workspace: str) -> WorkspaceContents:
        """Everything that is kept for it."""

    def restore(self, workspace: str, contents: WorkspaceContents) -> None:
        """Put these contents, whole, in place of everything that is kept for it, its history included.

        Files are replaced one by one; a restore that was cut off is finished by another.
        """

    def problems(self) -> tuple[Problem, ...]:
        """What was found damaged and set aside, for the operator."""

    def close(self) -> None:
        """Let go of whatever is open; nothing waits to be written."""
