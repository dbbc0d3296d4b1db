"""How long detections take to read: a real Sigma repository and the other formats, checked against a real release.

Needs the shared releases and detections: ``SHARED=DIR python bench/bench_import.py``.
"""

from __future__ import annotations

import os
import resource
import sys
import time
from pathlib import Path

from knowledge.catalog import Catalog
from knowledge.detections import read_detections
from knowledge.sources.path import PathSource

SHARED = Path(os.environ.get("SHARED") or Path(__file__).resolve().parent.parent.parent / "shared")
BAR_SECONDS = 25.0
BAR_AGAIN_SECONDS = 5.0


def main() -> int:
    if not (SHARED / "detections").is_dir():
        print(f"there is no {SHARED}/detections; name the folder with SHARED=DIR")
        return 0
    source = PathSource(SHARED / "attack" / "enterprise-attack-18.1.json.xz")
    catalog = Catalog([source.fetch(source.offers()[0])])
    slow = False
    for name, bar in (
        ("sigma-rules.tar.xz", BAR_SECONDS),
        ("sigma-rules.tar.xz", BAR_AGAIN_SECONDS),
        ("", BAR_SECONDS),
    ):
        started = time.perf_counter()
        report, _ = read_detections(SHARED / "detections" / name, catalog)
        seconds = time.perf_counter() - started
        slow |= seconds > bar
        print(
            f"{name or 'everything':20} {seconds:6.2f} s (bar {bar:.0f})  read {report.read}, "
            f"with ids {report.imported}, without {report.without_technique}, rejected {len(report.rejected)}, "
            f"unknown ids {len(report.unknown_ids)}, retired {len(report.retired_ids)}"
        )
    print(
        f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB, the release's parsing among it"
    )
    return int(slow)


if __name__ == "__main__":
    sys.exit(main())
