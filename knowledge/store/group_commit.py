"""Writers that wait at the same time share one write.

The first to come runs everybody's edits and makes them durable at once; whoever arrives meanwhile forms the next
group. Each call returns after the write that holds its edit.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

from knowledge.store.errors import StoreError

_GATHER_SECONDS = 0.003  # less than the write that every writer who comes along is spared
_LOOK_SECONDS = 0.0002

Subject = TypeVar("Subject")
Result = TypeVar("Result")


@dataclass(slots=True, eq=False)
class Waiting(Generic[Subject]):
    """An edit that somebody waits for.

    Attributes:
        result: What the edit returned.
        error: What it raised, or why the group could not be written.
    """

    edit: Callable[[Subject], Any]
    result: Any = None
    error: BaseException | None = None
    done: bool = False


class GroupCommit(Generic[Subject]):
    """A queue of edits to one subject.

    Args:
        commit: Runs a group, sets `Waiting.result` or `Waiting.error` of each, and makes it durable.
    """

    def __init__(self, commit: Callable[[Sequence[Waiting[Subject]]], None]) -> None:
        self._commit = commit
        self._queue: deque[Waiting[Subject]] = deque()
        self._changed = threading.Condition()
        self._leading = False
        self._last = 1

    def submit(self, edit: Callable[[Subject], Result]) -> Result:
        """Run an edit and wait until it is durable.

        Raises:
            StoreError: The group could not be written.
        """
        mine = Waiting(edit)
        with self._changed:
            self._queue.append(mine)
            self._changed.wait_for(lambda: mine.done or not self._leading)
            lead = not mine.done
            self._leading = self._leading or lead
        if lead:
            try:
                self._gather()
                self._run([self._queue.popleft() for _ in range(len(self._queue))])
            finally:
                with self._changed:
                    self._leading = False
                    self._changed.notify_all()
        if mine.error is not None:
            raise mine.error
        return cast("Result", mine.result)

    def _gather(self) -> None:
        """Wait a moment for as many as came together last time; a writer who is alone waits for nobody."""
        patience = time.monotonic() + _GATHER_SECONDS
        while len(self._queue) < self._last and time.monotonic() < patience:
            time.sleep(_LOOK_SECONDS)
        self._last = len(self._queue)

    def _run(self, group: Sequence[Waiting[Subject]]) -> None:
        try:
            self._commit(group)
        except StoreError as error:
            for each in group:
                each.error = each.error or error
        except BaseException:  # an interrupt or a fault of ours is this thread's to raise; the others hear of it
            for each in group:
                each.error = each.error or StoreError("The write was interrupted; whether it was kept is not known.")
            raise
        finally:
            for each in group:
                each.done = True
