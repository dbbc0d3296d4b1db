"""A stream of alerts, one JSON object a line: answered in order, on one core or on several.

The first lines are mapped by the process that was called, so that a pipe that is fed slowly is answered at once. A
stream that goes on is shared between processes, each with a mapper of its own.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import queue
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from bot.cli.mapping_json import answer_json
from knowledge.model import Domain

ALONE = 200
"""Lines that one process maps; starting others costs about as much."""

_AHEAD = 64
"""Lines that are read ahead of the answers, for each process."""

_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
"""What keeps a numerical library to one thread: an alert is too small to share, and processes share the stream."""

Answer = tuple[str, bool]
"""A line of JSON, and whether it is an answer and no error."""


class Answering(Protocol):
    """What a process makes its answers with; it travels to others, so it holds no mapper itself."""

    def answers(self) -> Callable[[int, bytes], Answer]:
        """A function that answers a line by its number and its bytes."""


@dataclass(frozen=True, slots=True)
class MapperOf:
    """From where a process makes its mapper.

    Attributes:
        config: The settings file; None for the usual one.
        environ: The environment, with ``--home`` counted in.
        workspace: Whose rules and confirmations count.
        domain: Only this domain; None lets each text decide.
    """

    config: Path | None
    environ: dict[str, str]
    workspace: str
    domain: Domain | None

    def answers(self) -> Callable[[int, bytes], Answer]:
        """A function that answers a line by its number and its bytes."""
        from bot.app import build_toolbox
        from config.settings import load

        toolbox = build_toolbox(load(self.config, self.environ))

        def answer(number: int, line: bytes) -> Answer:
            row = read_row(line)
            if isinstance(row, str):
                return json.dumps({"line": number, "error": row}), False
            mapping = toolbox.map(self.workspace, row["text"], domain=self.domain)
            return json.dumps(answer_json(row.get("id", number), mapping)), True

        return answer


def read_row(line: bytes) -> dict[str, Any] | str:
    """A line's object, or what is wrong with it in one sentence."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return "This line is not valid JSON."
    if not isinstance(row, dict):
        return 'This line is not an object with "id" and "text".'
    if not isinstance(row.get("text"), str):
        return '"text" is missing or no text.'
    return row


def answers(stream: BinaryIO, mapper: Answering, jobs: int = 0) -> Iterator[Answer]:
    """An answer for each line that is not empty, in the order of the lines; keeps numerical libraries to one thread.

    Args:
        stream: The lines.
        mapper: Answers them.
        jobs: Processes; 0 for one a core, once there are more than `ALONE` lines.
    """
    os.environ.update(dict.fromkeys(_THREADS, "1"))
    rows = ((number, line) for number, line in enumerate(stream, start=1) if line.strip())
    jobs = jobs or _cores()
    answer = mapper.answers()
    for number, line in rows if jobs == 1 else islice(rows, ALONE):
        yield answer(number, line)
    if jobs > 1 and (further := next(rows, None)) is not None:
        yield from _shared(further, rows, mapper, jobs)


def _shared(
    first: tuple[int, bytes], rows: Iterator[tuple[int, bytes]], mapper: Answering, jobs: int
) -> Iterator[Answer]:
    """The answers of several processes; a thread reads on while they are awaited."""
    waiting: queue.Queue[Future[Answer] | BaseException | None] = queue.Queue(maxsize=jobs * _AHEAD)
    stopped = threading.Event()
    context = multiprocessing.get_context("spawn")  # a forked process could inherit a lock that is held
    with ProcessPoolExecutor(jobs, context, initializer=_begin, initargs=(mapper,)) as pool:

        def read() -> None:
            try:
                for number, line in chain((first,), rows):
                    if stopped.is_set():
                        return
                    waiting.put(pool.submit(_answer, number, line))
                waiting.put(None)
            except BaseException as error:  # noqa: BLE001 - it is raised where the answers are awaited
                waiting.put(error)

        reader = threading.Thread(target=read, name="lines", daemon=True)
        reader.start()
        try:
            while (future := waiting.get()) is not None:
                if isinstance(future, BaseException):
                    raise future
                yield future.result()
        finally:
            stopped.set()
            pool.shutdown(wait=False, cancel_futures=True)


_mine: list[Callable[[int, bytes], Answer]] = []
"""What a process of the pool answers with; it has nowhere else to keep it."""


def _begin(mapper: Answering) -> None:
    _mine.append(mapper.answers())


def _answer(number: int, line: bytes) -> Answer:
    return _mine[0](number, line)


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
