"""A progress bar for downloads, shown only where somebody watches."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from knowledge.sources import Progress, silent

if TYPE_CHECKING:
    from rich.progress import TaskID


@contextlib.contextmanager
def progress_bar(unit: str = "") -> Iterator[Progress]:
    """Draw on standard error while inside; silent when that is no terminal.

    Args:
        unit: What is counted, such as ``files``, under one bar that ends with the counting; bytes of each thing by
            itself unless given.

    Yields:
        What a source calls with bytes done, bytes in all (or `None`) and the name of the thing.
    """
    if not sys.stderr.isatty():
        yield silent
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    if unit:
        counting = (TextColumn(f"{{task.completed:,}} {unit}"), BarColumn())
        with Bar(*counting, console=Console(stderr=True), transient=True) as bar:
            only = bar.add_task("", total=None)
            yield lambda done, total, _: bar.update(only, completed=done, total=total)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        tasks: dict[str, TaskID] = {}

        def draw(done: int, total: int | None, label: str) -> None:
            if label not in tasks:
                tasks[label] = bar.add_task(label, total=total)
            bar.update(tasks[label], completed=done, total=total)

        yield draw
