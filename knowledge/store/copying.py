"""From one store to another: everything, read back and compared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields

from knowledge.store.contents import WorkspaceContents
from knowledge.store.errors import StoreError
from knowledge.store.model import TeamProfile
from knowledge.store.protocol import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyCounts:
    """What the target holds of the source once a copy is through.

    Attributes:
        written: Of the workspaces, those that were not there yet; 0 when everything had been copied before.
        sources: Those with detections; removed ones are carried over and not counted.
        changes: Remembered imports.
    """

    workspaces: int = 0
    written: int = 0
    confirmations: int = 0
    sources: int = 0
    detections: int = 0
    changes: int = 0
    profiles: int = 0
    collected: int = 0
    subscriptions: int = 0
    digests: int = 0
    tasks: int = 0

    def plus(self, other: CopyCounts) -> CopyCounts:
        """Both together."""
        return CopyCounts(
            **{each.name: getattr(self, each.name) + getattr(other, each.name) for each in fields(CopyCounts)}
        )


def copy_store(
    source: Store,
    target: Store,
    progress: Callable[[str, int, int], None] | None = None,
    *,
    overwrite: bool = False,
) -> CopyCounts:
    """Copy every workspace, and prove it by reading it back. To be repeated at will: what is there already is left.

    Args:
        source: Read twice; nothing should write to it meanwhile, and the copy is refused when something does.
        target: Where a workspace with other contents is in the way, nothing is written.
        progress: Told the workspace that is done, how many are, and how many there are.
        overwrite: Replace such workspaces whole. Workspaces that only the target has stay in any case.

    Raises:
        StoreError: The target holds something else, what was read back is not what was written, the source changed
            during the copy, or one of the two cannot be read or written.
    """
    names = source.workspaces()
    if not overwrite:
        _refuse_others(source, target, names)
    counts = CopyCounts()
    for done, name in enumerate(names, start=1):
        wanted = source.contents(name)
        write = target.contents(name) != wanted
        if write:
            target.restore(name, wanted)
            if target.contents(name) != wanted:
                raise StoreError(f"Workspace {name}: what was copied does not read back the same; copy it again.")
        counts = counts.plus(_counts(wanted, written=write))
        if progress is not None:
            progress(name, done, len(names))
        if source.contents(name) != wanted:
            raise StoreError(
                f"Workspace {name} changed while it was copied; stop whatever writes to it and copy again."
            )
    return counts


def _refuse_others(source: Store, target: Store, names: tuple[str, ...]) -> None:
    """What an earlier copy left is welcome; anything else could be somebody's work."""
    for name in target.workspaces():
        if target.contents(name) not in (WorkspaceContents(), source.contents(name) if name in names else None):
            raise StoreError(
                f"The target is not empty: workspace {name} holds something else than the source has. "
                f"Choose an empty target, or say that it may be overwritten. Nothing was copied."
            )


def _counts(contents: WorkspaceContents, *, written: bool) -> CopyCounts:
    return CopyCounts(
        workspaces=1,
        written=int(written),
        confirmations=len(contents.confirmations),
        sources=sum(not each.gone for each in contents.sources),
        detections=sum(len(each.detections) for each in contents.sources),
        changes=sum(len(each.history) for each in contents.sources),
        profiles=int(contents.profile != TeamProfile()),
        collected=len(contents.collected),
        subscriptions=len(contents.subscriptions),
        digests=len(contents.digests),
        tasks=len(contents.tasks),
    )
