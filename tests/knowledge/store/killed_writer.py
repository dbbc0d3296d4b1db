"""Kills writers at random moments and looks at what they leave; run by test_crashes.py as a process of its own.

    killed_writer.py FOLDER KILLS SEED

One process imports everything once and forks a writer for each kill. A writer says on its pipe what it is about to
do and what was acknowledged; the judge, after the kill, opens the store anew and holds it to that.
"""

from __future__ import annotations

import json
import os
import random
import select
import signal
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from knowledge.detections.model import Detection
from knowledge.store import Collected, Confirmation, SourceImport, Store, Verdict, open_store

TEAM = "T1"
LONGEST_LIFE = 0.06  # seconds; a writer gets some dozens of writes done


@dataclass
class Known:
    """What must be there; with `before` and `after` what one unacknowledged write may or may not have done."""

    confirmations: dict[str, str] = field(default_factory=dict)
    sources: dict[str, list[int]] = field(default_factory=dict)
    collected: dict[str, bool] = field(default_factory=dict)

    def apply(self, step: list[object]) -> None:
        match step:
            case ["add", str(key), str(text)]:
                self.confirmations[key] = text
            case ["erase", str(key)]:
                self.confirmations.pop(key, None)
            case ["erase all"]:
                self.confirmations.clear()
            case ["import", str(name), int(first), int(count)]:
                self.sources[name] = list(range(first, first + count))
            case ["remove", str(name)]:
                self.sources.pop(name, None)
            case ["collect", str(name), bool(value)]:
                self.collected[name] = value

    def copy(self) -> Known:
        return Known(dict(self.confirmations), dict(self.sources), dict(self.collected))


def plan(chance: random.Random, number: int) -> list[object]:
    what = chance.choices(["add", "erase", "import", "remove", "collect", "erase all"], [50, 8, 25, 3, 13, 1])[0]
    match what:
        case "add":
            return ["add", f"c{number}", "x" * chance.randrange(2000)]
        case "erase":
            return ["erase", f"c{chance.randrange(number + 1)}"]
        case "import":
            return ["import", f"s{chance.randrange(4)}", chance.randrange(50), chance.randrange(600)]
        case "remove":
            return ["remove", f"s{chance.randrange(4)}"]
        case "collect":
            return ["collect", f"component {chance.randrange(20)}", chance.random() < 0.5]
        case _:
            return [what]


def carry_out(store: Store, step: list[object]) -> None:
    match step:
        case ["add", str(key), str(text)]:
            store.add_confirmation(
                TEAM, Confirmation(id=key, technique_id="T1059", verdict=Verdict.RIGHT, text=text, user="U1")
            )
        case ["erase", str(key)]:
            store.erase_confirmation(TEAM, key)
        case ["erase all"]:
            store.erase_confirmations(TEAM)
        case ["import", str(name), int(first), int(count)]:
            store.replace_source(TEAM, SourceImport(name=name), [rule(n) for n in range(first, first + count)])
        case ["remove", str(name)]:
            store.remove_source(TEAM, name)
        case ["collect", str(name), bool(value)]:
            store.mark_collected(TEAM, [Collected(name, value)])


def rule(number: int) -> Detection:
    return Detection(id=f"r{number}", title=f"Rule {number}", ids=("T1059.001",), strings=("powershell", "-enc"))


def write_until_killed(folder: Path, seed: int, start: int, pipe: int) -> None:
    chance, store, number = random.Random(seed), open_store("tinydb", folder), start  # noqa: S311 - dice
    while True:
        number += 1
        step = plan(chance, number)
        os.write(pipe, json.dumps(["will", step]).encode() + b"\n")
        carry_out(store, step)
        os.write(pipe, json.dumps(["done", step]).encode() + b"\n")


def kill_one(folder: Path, seed: int, start: int, life: float) -> list[list[object]]:
    """Start a writer, kill it `life` seconds later, and return what it said."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        try:
            write_until_killed(folder, seed, start, writing)
        finally:
            os._exit(1)
    os.close(writing)
    said, ends = b"", time.monotonic() + life
    while (left := ends - time.monotonic()) > 0:
        if select.select([reading], [], [], left)[0]:
            piece = os.read(reading, 65536)
            if not piece:
                raise SystemExit("the writer ended by itself")
            said += piece
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    while piece := os.read(reading, 65536):
        said += piece
    os.close(reading)
    return [json.loads(line) for line in said.splitlines()]


def found(folder: Path) -> Known:
    store = open_store("tinydb", folder)
    found = Known(
        {each.id: each.text for each in store.confirmations(TEAM)},
        {
            each.latest.name: [int(d.id[1:]) for d in store.detections(TEAM, source=each.latest.name)]
            for each in store.sources(TEAM)
        },
        {each.name: each.collected for each in store.collected(TEAM)},
    )
    store.history(TEAM)
    if problems := store.problems():
        raise SystemExit(f"damaged: {problems}")
    return found


def main(folder: Path, kills: int, seed: int) -> None:
    found(folder)  # what is imported late is imported now, once for all writers
    chance, known, acknowledged, interrupted, number = random.Random(seed), Known(), 0, 0, 0  # noqa: S311 - dice
    for kill in range(kills):
        said = kill_one(folder, chance.randrange(1 << 30), number, chance.random() * LONGEST_LIFE)
        for state, step in said:
            if state == "done":
                known.apply(step)  # type: ignore[arg-type]
                acknowledged += 1
        maybe = known.copy()
        if said and said[-1][0] == "will":
            maybe.apply(said[-1][1])  # type: ignore[arg-type]
            interrupted += 1
        there = found(folder)
        if there not in (known, maybe):
            raise SystemExit(f"kill {kill}: after {said[-1:]} the store holds neither what was nor what was to be")
        known, number = there, number + len(said)
    litter = [path.name for path in folder.rglob("*") if ".damaged" in path.name]
    print(json.dumps({"kills": kills, "acknowledged": acknowledged, "interrupted": interrupted, "litter": litter}))  # noqa: T201 - how it answers


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
