"""What mapping costs: build, load, one alert, a stream on two cores, a megabyte, memory.

    bench_mapping.py    needs the releases in ../shared/attack, or at ATTACKBOT_SHARED

Each figure stands beside its bar. Alerts are made of shipped rules' words, command lines
and the fields of events.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("ATTACKBOT_SHARED") or REPOSITORY.parent / "shared")
COMMAND = "\ncmd.exe /c vssadmin.exe delete shadows /all /quiet & bcdedit /set {default} recoveryenabled No"
STREAM = 10_000


def alerts(catalog: object) -> list[str]:
    """A thousand alerts of 200 to 4,000 characters: a rule's words, a command line, fields of the event."""
    from knowledge.mapping.evidence import Source, shipped_evidence

    rules = [piece.text for piece in shipped_evidence(catalog) if piece.source is Source.RULE]
    found = []
    for at in range(1000):
        fields = "\n".join(
            f"Process{n}: C:\\Program Files\\Vendor{n}\\agent{n}.exe --config {n}.json ParentId={n * 4} Level=High"
            for n in range(at % 40)
        )
        size = 200 + (at * 3797) % 3800
        found.append(f"{rules[(at * 7) % len(rules)]}{COMMAND}\nHost: WS-{at}\nUser: user{at}\n{fields}"[:size])
    return found


def stream(home: Path, worker: int) -> None:
    """Map every second alert of a stream of ten thousand, and say how memory went."""
    from knowledge.library import Library
    from knowledge.mapping import open_mapper

    catalog = Library(home / "releases").catalog()
    mapper = open_mapper(catalog, home / "index")
    texts = alerts(catalog)
    start, early = time.perf_counter(), 0
    for at in range(worker, STREAM, 2):
        mapper.map(texts[at % len(texts)])
        if at < STREAM // 5:
            early = peak()
    print(json.dumps({"seconds": time.perf_counter() - start, "early_mb": early, "peak_mb": peak()}))


def peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def one_by_one(home: Path) -> Iterator[tuple[str, str, str]]:
    """Figures of one process."""
    from knowledge.library import Library
    from knowledge.mapping import open_mapper

    catalog = Library(home / "releases").catalog()
    start = time.perf_counter()
    open_mapper(catalog, home / "index")
    yield "index, first build", f"{time.perf_counter() - start:.1f} s", "<= 90 s"
    start = time.perf_counter()
    mapper = open_mapper(catalog, home / "index")
    yield "index, load", f"{time.perf_counter() - start:.2f} s", "<= 1 s"
    took = []
    for text in alerts(catalog):
        start = time.perf_counter()
        mapper.map(text)
        took.append(1000 * (time.perf_counter() - start))
    yield "one alert of 0.2 to 4 kB, p50", f"{statistics.median(took):.1f} ms", "<= 8 ms"
    yield "one alert of 0.2 to 4 kB, p99", f"{statistics.quantiles(took, n=100)[98]:.1f} ms", "<= 30 ms"
    filler = "\n".join(f"2026-08-01 INFO app[{n}]: GET /products/{n * 7 % 9999} 200 session ok" for n in range(16_000))
    long = f"{filler[:500_000]}\n\nShadow copies removed{COMMAND}\n\n{filler[:500_000]}"
    start = time.perf_counter()
    first = mapper.map(long).techniques[0]
    yield "1 MB paste", f"{time.perf_counter() - start:.2f} s, first {first.id}", "<= 1 s, T1490"


def main() -> None:
    if len(sys.argv) == 3:
        stream(Path(sys.argv[1]), int(sys.argv[2]))
        return
    from knowledge.library import Library
    from knowledge.sources import newest, open_source

    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        source, library = open_source(str(SHARED / "attack")), Library(home / "releases")
        for offer in newest(source.offers()):
            library.add(source.fetch(offer))
        rows = list(one_by_one(home))
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": str(REPOSITORY)}
        command = [sys.executable, __file__, str(home)]
        start = time.perf_counter()
        workers = [
            subprocess.Popen([*command, str(worker)], env=environment, stdout=subprocess.PIPE, text=True)
            for worker in range(2)
        ]
        told = [json.loads(worker.communicate()[0]) for worker in workers]
        whole = time.perf_counter() - start
        rows.append(("10,000 alerts on two cores", f"{STREAM / whole:.0f} a second", ">= 200 a second"))
        grown = max(each["peak_mb"] - each["early_mb"] for each in told)
        rows.append(
            ("memory of one process", f"{max(each['peak_mb'] for each in told)} MB, grown {grown} MB", "<= 600 MB")
        )
    for name, figure, bar in rows:
        print(f"{name:32} {figure:28} bar {bar}")


if __name__ == "__main__":
    sys.path.insert(0, str(REPOSITORY))
    main()
