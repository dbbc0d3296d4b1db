"""What mapping costs: the index, one alert, a stream on two cores, memory; each figure beside its bar.

    bench_mapping.py    needs ../shared/attack and ../shared/detections/sigma-rules.tar.xz, or both at ATTACKBOT_SHARED

The alerts are one of three kinds in turn: an event or a paste of ``tests/knowledge/alerts`` as it stands, one of the
texts that come with the product, and a JSON event of the former grown to between 1 and 8 kB by the context that
vendors add to it. The time of one alert is that of the processor, on one core, so that other programs count less; what
is said of a second of a stream is by the clock.
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
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("ATTACKBOT_SHARED") or REPOSITORY.parent / "shared")
RULES = SHARED / "detections" / "sigma-rules.tar.xz"
ROLES = REPOSITORY / "config" / "alert_fields.toml"
ONE_CORE = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": str(REPOSITORY)}
TEAM = "T1"
ALERTS = 1_000
STREAM = 3_000
LONGEST = 8_000
"""Characters of an alert at most."""

Row = tuple[str, str, str]
"""What was measured, the figure, and the bar."""


def alerts(number: int = ALERTS) -> list[str]:
    """Alerts of up to `LONGEST` characters, of the three kinds in turn."""
    from knowledge.mapping.evidence import written_rows

    files = sorted((REPOSITORY / "tests" / "knowledge" / "alerts").glob("yardstick_*.jsonl"))
    pasted = [json.loads(line)["text"] for file in files for line in file.read_text("utf-8").splitlines()]
    written = [row["text"] for row in written_rows()]
    events = [text for text in pasted if isinstance(_parsed(text), dict)]
    kinds = (
        lambda at: pasted[at % len(pasted)],
        lambda at: written[at * 97 % len(written)],
        lambda at: grown(events[at % len(events)], events, 1_000 + at * 3_797 % 7_000),
    )
    return [kinds[at % 3](at // 3)[:LONGEST] for at in range(number)]


def grown(text: str, events: Sequence[str], size: int) -> str:
    """A JSON event with the circumstances of others folded in until it has about so many characters."""
    event: dict[str, Any] = _parsed(text)
    for at, other in enumerate(events):
        room = size - len(json.dumps(event))
        context = {key: value for key, value in _parsed(other).items() if isinstance(value, bool | int | float)}
        if room < 0:
            break
        event[f"context_{at}"] = {**context, "collected": f"2026-03-01T10:{at % 60:02d}:00Z", "sensor": f"sensor-{at}"}
    return json.dumps(event, indent=1)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def index(home: Path) -> Iterator[Row]:
    """How long the index takes to build and to load."""
    for name, bar in (("index, first build", 90.0), ("index, load", 1.0)):
        start = time.process_time()
        mapper_of(home)
        yield name, f"{time.process_time() - start:.2f} s", f"<= {bar:.0f} s"


def one_by_one(home: Path) -> Iterator[Row]:
    """How long one alert takes, without and with the team's rules, and a megabyte of log with an alert in it."""
    mapper, texts = mapper_of(home), alerts()
    yield from _quantiles("one alert of up to 8 kB", [_milliseconds(mapper, text) for text in texts], "15 ms", "50 ms")
    _, rules = detections(mapper.catalog)
    team = with_rules(mapper, rules)
    took = [_milliseconds(team, text) for text in texts]
    yield from _quantiles(f"with {len(rules):,} Sigma rules matched", took, "", "80 ms")
    filler = "\n".join(f"2026-08-01 INFO app[{n}]: GET /products/{n * 7 % 9999} 200 session ok" for n in range(16_000))
    act = "Shadow copies removed\ncmd.exe /c vssadmin.exe delete shadows /all /quiet"
    long = f"{filler[:500_000]}\n\n{act}\n\n{filler[:500_000]}"
    start = time.process_time()
    first = mapper.map(long).techniques[0]
    yield "1 MB paste", f"{time.process_time() - start:.2f} s, first {first.id}", "<= 1 s, T1490"


def memory(home: Path) -> Iterator[Row]:
    """Memory of a bot that serves a team with Sigma's rules, after a thousand alerts and after two."""
    toolbox = toolbox_of(home)
    for text in alerts():
        toolbox.map(TEAM, text)
    first = resident()
    for text in alerts():
        toolbox.map(TEAM, text)
    second = resident()
    yield "memory after 1,000 alerts", f"{first} MB", "<= 400 MB"
    yield "and after 1,000 more", f"{second} MB, grown {second - first} MB", "flat"


def stream(home: Path, worker: int) -> Iterator[Row]:
    """Map every second alert of a stream."""
    mapper, texts = mapper_of(home), alerts(STREAM)[worker::2]
    mapper.map(texts[0])
    start = time.perf_counter()
    for text in texts:
        mapper.map(text)
    yield str(time.perf_counter() - start), "", ""


def mapper_of(home: Path) -> Any:
    from knowledge.alerts.roles_file import read_roles
    from knowledge.library import Library
    from knowledge.mapping import open_mapper

    catalog = Library(home / "releases").catalog()
    return open_mapper(catalog, read_roles(ROLES.read_bytes(), ROLES.name), home / "mapping")


def toolbox_of(home: Path) -> Any:
    from bot.app import build_toolbox
    from config.settings import load

    return build_toolbox(load(None, {"ATTACKBOT_HOME": str(home)}))


def detections(catalog: Any) -> Any:
    from knowledge.detections import read_detections

    return read_detections(RULES, catalog)


def with_rules(mapper: Any, rules: Sequence[Any]) -> Any:
    from knowledge.mapping.teams import rule_evidence

    return mapper.with_detections([rule_evidence(rule) for rule in rules if rule.covers], rules)


def resident() -> int:
    """Megabytes this process holds now; where the system does not say, at most so far."""
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return pages * resource.getpagesize() // 1_000_000


def _milliseconds(mapper: Any, text: str) -> float:
    start = time.process_time()
    mapper.map(text)
    return 1000 * (time.process_time() - start)


def _quantiles(name: str, took: list[float], median: str, most: str) -> Iterator[Row]:
    yield f"{name}, p50", f"{statistics.median(took):.1f} ms", f"<= {median}" if median else "-"
    yield f"{name}, p99", f"{statistics.quantiles(took, n=100)[98]:.1f} ms", f"<= {most}"


STEPS = {"index": index, "one": one_by_one, "memory": memory}


def asked(step: str, home: Path, *arguments: str) -> subprocess.Popen[str]:
    """A step in a process of its own, so that none profits from what another has loaded."""
    command = [sys.executable, __file__, step, str(home), *arguments]
    return subprocess.Popen(command, env={**os.environ, **ONE_CORE}, stdout=subprocess.PIPE, text=True)


def rows_of(process: subprocess.Popen[str]) -> list[Row]:
    """What a step has measured."""
    said, _ = process.communicate()
    if process.returncode:
        sys.exit(f"bench_mapping: a step ended with {process.returncode}")
    return [tuple(json.loads(line)) for line in said.splitlines()]


def bulk(home: Path) -> Iterator[Row]:
    """A stream by two mappers, and by the command line."""
    workers = [asked("stream", home, str(worker)) for worker in range(2)]
    slowest = max(float(row[0]) for worker in workers for row in rows_of(worker))
    yield "two mappers, alerts of up to 8 kB", f"{STREAM / slowest:.0f} a second", ">= 120 a second"
    file = home / "stream.jsonl"
    file.write_text("".join(json.dumps({"id": at, "text": text}) + "\n" for at, text in enumerate(alerts(STREAM))))
    command = [sys.executable, "-m", "bot", "--home", str(home), "map", "--jsonl", "--jobs", "2", str(file)]
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=REPOSITORY)
    took = time.perf_counter() - start
    yield "map --jsonl --jobs 2, start included", f"{STREAM / took:.0f} a second", ">= 120 a second"


def fill(home: Path) -> None:
    """A home with the newest releases."""
    from knowledge.library import Library
    from knowledge.sources import newest, open_source

    source, library = open_source(str(SHARED / "attack")), Library(home / "releases")
    for offer in newest(source.offers()):
        library.add(source.fetch(offer))


def import_rules(home: Path) -> None:
    """Sigma's rules as a team of that home has imported them."""
    from knowledge.store import SourceImport

    toolbox = toolbox_of(home)
    _, rules = detections(toolbox.reference().catalog)
    toolbox.store.replace_source(TEAM, SourceImport(name="sigma"), rules)


def main() -> None:
    if len(sys.argv) > 2:
        step, home = sys.argv[1], Path(sys.argv[2])
        for row in stream(home, int(sys.argv[3])) if step == "stream" else STEPS[step](home):
            print(json.dumps(row))
        return
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        fill(home)
        show(rows_of(asked("index", home)))
        show(rows_of(asked("one", home)))
        show(bulk(home))
        import_rules(home)
        show(rows_of(asked("memory", home)))


def show(rows: Sequence[Row] | Iterator[Row]) -> None:
    for name, figure, bar in rows:
        print(f"{name:40} {figure:26} bar {bar}", flush=True)


if __name__ == "__main__":
    sys.path.insert(0, str(REPOSITORY))
    main()
