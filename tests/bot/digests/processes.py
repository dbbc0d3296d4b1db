"""Workers that are processes of their own, over one made-up Slack and one clock in a third.

A worker that crashes is killed by the kernel, as a real one would be: no exception runs, no connection is closed.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from multiprocessing.connection import Connection
from multiprocessing.managers import BaseManager
from pathlib import Path
from typing import Any

from bot.messenger import Mark, Posted
from bot.posting import DigestPoster
from bot.views.reply import File, Reply
from knowledge.store import open_store
from tests.bot.digests.world import Clock, Crashing, Dice, Slack, write

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["bot.posting", "knowledge.store.postgresql_store", "tests.bot.digests.world"])
_PATIENCE = 120.0
"""Seconds one tick of one worker may take."""


class Stage:
    """The Slack and the clock that all workers share."""

    def __init__(self) -> None:
        self._clock = Clock()
        self._slack = Slack(self._clock)

    def now(self) -> datetime:
        return self._clock.now()

    def sleep(self, seconds: float) -> None:
        self._clock.sleep(seconds)

    def to(self, moment: datetime) -> None:
        self._clock.to(moment)

    def call(self, method: str, *arguments: Any, **named: Any) -> Any:
        return getattr(self._slack, method)(*arguments, **named)


class Stages(BaseManager):
    """Serves a `Stage` from a process of its own."""


Stages.register("Stage", Stage, exposed=("now", "sleep", "to", "call"))


class _Fatal(Dice):
    """Dice that kill the process they are thrown in."""

    def maybe(self) -> None:
        if self._random.random() < self.often:
            os.kill(os.getpid(), signal.SIGKILL)


class _FarSlack:
    """A `Messenger` whose Slack is elsewhere; the process may end before a call and after it was heard."""

    def __init__(self, stage: Stage, dice: Dice) -> None:
        self._stage = stage
        self._dice = dice

    def post(self, channel: str, reply: Reply, mark: Mark, *, thread: str = "") -> str:
        return str(self._ask("post", channel, reply, mark, thread=thread))

    def find(self, channel: str, mark: Mark, *, since: float) -> Posted | None:
        found: Posted | None = self._ask("find", channel, mark, since=since)
        return found

    def replies(self, channel: str, ts: str) -> Sequence[Posted]:
        found: Sequence[Posted] = self._ask("replies", channel, ts)
        return found

    def hand_over(self, channel: str, files: Sequence[File], *, thread: str) -> None:
        self._ask("hand_over", channel, files, thread=thread)

    def tell(self, user: str, reply: Reply) -> None:
        self._ask("tell", user, reply)

    def _ask(self, method: str, *arguments: Any, **named: Any) -> Any:
        self._dice.maybe()
        answer = self._stage.call(method, *arguments, **named)
        self._dice.maybe()
        return answer


def _live(stage: Stage, address: str, team: str, name: str, seed: int, orders: Connection) -> None:
    """One life of a worker: a tick for each order, whose number says how likely every step is the last."""
    dice = _Fatal(seed, 0.0)
    with closing(open_store(address, Path())) as store:
        poster = DigestPoster(
            Crashing(store, dice),  # type: ignore[arg-type]
            team,
            _FarSlack(stage, dice),
            write,
            stage,
            claimant=name,
        )
        while (often := orders.recv()) is not None:
            dice.often = often
            poster.tick()
            dice.often = 0.0
            orders.send(True)


class Worker:
    """A process that is started again whenever it was killed, under another name and with other luck."""

    def __init__(self, name: str, stage: Stage, address: str, team: str, seed: int) -> None:
        self.lives = 0
        self._given = (stage, address, team)
        self._name = name
        self._seed = seed
        self._start()

    def begin(self, often: float) -> None:
        """Have it tick."""
        self._orders.send(often)

    def end(self) -> None:
        """Wait for the tick's end, or for the process's."""
        try:
            if not self._orders.poll(_PATIENCE):
                raise TimeoutError(f"worker {self._name} did not answer")
            self._orders.recv()
        except EOFError:
            self._process.join()
            assert self._process.exitcode == -signal.SIGKILL, "it ended by itself"
            self.lives += 1
            self._start()

    def stop(self) -> None:
        """End it in peace."""
        self._orders.send(None)
        self._process.join(_PATIENCE)

    def _start(self) -> None:
        self._orders, theirs = CONTEXT.Pipe()
        stage, address, team = self._given
        life = f"{self._name}-{self.lives}"
        arguments = (stage, address, team, life, self._seed * 10_000 + self.lives, theirs)
        self._process = CONTEXT.Process(target=_live, args=arguments, daemon=True)
        self._process.start()
        theirs.close()
