"""How long a look-up takes over the three domains of 18.1, beside plain rapidfuzz over names in the same run.

    bench_lookup.py [FOLDER]    FOLDER holds enterprise-, mobile- and ics-attack-18.1.json.xz

The queries are those of the tests; how right the answers are is the tests' business. Without FOLDER it is
``attack`` in ATTACKBOT_SHARED, or in ``shared`` beside the checkout.
"""

from __future__ import annotations

import lzma
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from rapidfuzz import fuzz, process

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from knowledge.catalog import Catalog  # noqa: E402 - a script finds its checkout first
from knowledge.model import Campaign, Domain, Group, Kind, Software  # noqa: E402
from knowledge.search import Lookup, read_synonyms  # noqa: E402
from knowledge.stix import read_bundle  # noqa: E402

ROUNDS = 3


def queries() -> list[str]:
    text = (ROOT / "tests" / "knowledge" / "search" / "queries.txt").read_text(encoding="utf-8")
    return [line.rsplit(" : ", 1)[0] for line in text.splitlines() if " : " in line and not line.startswith("#")]


def timed(ask: Callable[[str], object], asked: list[str]) -> list[float]:
    times = []
    for query in asked * ROUNDS:
        started = time.perf_counter()
        ask(query)
        times.append((time.perf_counter() - started) * 1000)
    return sorted(times)


def report(who: str, times: list[float]) -> float:
    p50, p99 = times[len(times) // 2], times[int(len(times) * 0.99)]
    print(f"{who:<28} p50 {p50:7.2f} ms   p99 {p99:7.2f} ms   worst {times[-1]:7.2f} ms")
    return p50


def main() -> int:
    shared = Path(os.environ.get("ATTACKBOT_SHARED") or ROOT.parent / "shared")
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else shared / "attack"
    bundles = {domain: folder / f"{domain}-attack-18.1.json.xz" for domain in Domain}
    if absent := [path.name for path in bundles.values() if not path.is_file()]:
        print(f"No benchmark: {folder} has no {', '.join(absent)}; name a folder that has them.", file=sys.stderr)
        return 1
    print("Reading the bundles, some ten seconds ...", flush=True)
    catalog = Catalog(read_bundle(lzma.decompress(path.read_bytes()), path.name) for path in bundles.values())
    synonyms = read_synonyms((ROOT / "config" / "synonyms.toml").read_bytes(), "synonyms.toml")

    started = time.perf_counter()
    lookup = Lookup(catalog, synonyms)
    made = time.perf_counter() - started
    lookup.warm()
    print(f"Lookup made in {made * 1000:.1f} ms, indexes built in {(time.perf_counter() - started - made):.2f} s")

    names = [
        name
        for item in catalog.objects()
        if item.kind is not Kind.ANALYTIC
        for name in (item.name, *(item.aliases if isinstance(item, Group | Software | Campaign) else ()))
    ]
    asked = queries()
    print(f"{len(asked)} queries, {ROUNDS} rounds, {len(names)} names")
    ours = report("attackbot", timed(lookup.find, asked))
    theirs = report(
        "rapidfuzz WRatio over names",
        timed(lambda query: process.extract(query, names, scorer=fuzz.WRatio, limit=10), asked),
    )
    print(f"The peer takes {theirs / ours:.1f} times as long at the median.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
