"""The two bars of what is kept: a writer killed at any moment, and many writers at once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from knowledge.store import Confirmation, Verdict, open_store

HERE = Path(__file__).parent
ROOT = HERE.parents[2]

OTHER_PROCESS = """
import sys
from pathlib import Path
from knowledge.store import Confirmation, Verdict, open_store
store = open_store("tinydb", Path(sys.argv[1]))
store.confirmations("T1")
print("ready", flush=True)
sys.stdin.readline()
for number in range(500):
    said = Confirmation(id=f"other-{number}", technique_id="T1059", verdict=Verdict.WRONG, text="")
    store.add_confirmation("T1", said)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks its writers")
def test_what_was_acknowledged_outlives_200_kills(tmp_path: Path) -> None:
    judge = subprocess.run(
        [sys.executable, HERE / "killed_writer.py", tmp_path, "200", "20250101"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert judge.returncode == 0, judge.stderr
    told = json.loads(judge.stdout)
    assert told["kills"] == 200
    assert told["acknowledged"] > 50, "the writers were killed before they wrote; give them longer"
    assert told["interrupted"] > 100, "the kills missed the writes"
    assert told["litter"] == []


def test_eight_threads_and_another_process_lose_nothing(tmp_path: Path) -> None:
    store = open_store("tinydb", tmp_path)

    def write(thread: int) -> None:
        for number in range(500):
            said = Confirmation(id=f"{thread}-{number}", technique_id="T1059", verdict=Verdict.RIGHT, text="x" * 150)
            store.add_confirmation("T1", said)

    threads = [threading.Thread(target=write, args=[number]) for number in range(8)]
    with subprocess.Popen(
        [sys.executable, "-c", OTHER_PROCESS, tmp_path],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdin is not None
        assert other.stdout is not None
        assert other.stdout.readline() == "ready\n"
        other.stdin.write("go\n")
        other.stdin.flush()
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        assert other.wait(120) == 0

    expected = {f"{thread}-{number}" for thread in (*range(8), "other") for number in range(500)}
    assert {each.id for each in store.confirmations("T1")} == expected
    assert {each.id for each in open_store("tinydb", tmp_path).confirmations("T1")} == expected
