"""What damaged, nested and huge pastes cost: none may crash, and none may take longer than two seconds.

    bench_hostile.py [NUMBER]    5,000 without one; needs ../shared/attack, or ATTACKBOT_SHARED

The pastes are the project's own, damaged by ``tests/damage.py``: cut, garbled, spliced, wrapped in each other, 100,000
levels deep, 2 MB long. Times are of the processor, so that other programs count less.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
import traceback
from collections import defaultdict
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("ATTACKBOT_SHARED") or REPOSITORY.parent / "shared")
BAR_SECONDS = 2.0


def main() -> int:
    from bench_mapping import fill, mapper_of

    from tests.damage import damaged

    number = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000
    took: defaultdict[str, list[float]] = defaultdict(list)
    crashed: defaultdict[str, int] = defaultdict(int)
    slow: list[tuple[float, int, str]] = []
    with tempfile.TemporaryDirectory() as folder:
        fill(Path(folder))
        mapper = mapper_of(Path(folder))
        for at, (kind, text) in enumerate(damaged(number)):
            start = time.process_time()
            try:
                mapper.map(text)
            except Exception:  # noqa: BLE001 - that nothing is raised is what is measured
                crashed[kind] += 1
                print(f"number {at}, {kind}:\n{traceback.format_exc(limit=-3)}", file=sys.stderr)
            took[kind].append(time.process_time() - start)
            if took[kind][-1] > BAR_SECONDS:
                slow.append((took[kind][-1], at, kind))
    print(f"{'damage':10} {'pastes':>6} {'p50 ms':>8} {'slowest ms':>11} {'crashed':>8}")
    for kind, each in took.items():
        middle, most = 1000 * statistics.median(each), 1000 * max(each)
        print(f"{kind:10} {len(each):>6} {middle:>8.1f} {most:>11.0f} {crashed[kind]:>8}")
    for seconds, at, kind in sorted(slow, reverse=True)[:20]:
        print(f"number {at}, {kind}: {seconds:.2f} s")
    print(f"slower than {BAR_SECONDS:.0f} s: {len(slow)}, crashed: {sum(crashed.values())}     (bar 0, 0)")
    return int(bool(slow or crashed))


if __name__ == "__main__":
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    sys.path[:0] = [str(REPOSITORY), str(Path(__file__).parent)]
    sys.exit(main())
