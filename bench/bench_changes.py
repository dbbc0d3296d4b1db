"""How long 17.1 to 18.1 takes in three domains, beside MITRE's own changelog library on the same machine.

    bench_changes.py [FOLDER]    FOLDER holds enterprise-, mobile- and ics-attack-17.1.json.xz and -18.1.json.xz

Ours starts from the library on disk, as the bot does; MITRE's from bundles, as it must. Each runs in a process of its
own, so that none profits from what another has imported.
"""

from __future__ import annotations

import json
import lzma
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SHARED = Path(os.environ.get("ATTACKBOT_SHARED", Path(__file__).parents[2] / "shared"))
DOMAINS = ("enterprise", "mobile", "ics")
BAR_SECONDS = 2.0

OURS = """
import json, resource, sys, time
start = time.perf_counter()
from pathlib import Path
from knowledge.changes import Category, diff
from knowledge.library import Library
from knowledge.model import Domain, Kind
library = Library(Path(sys.argv[1]))
found = [diff(library.contents(domain, "17.1"), library.contents(domain, "18.1")) for domain in Domain]
seconds = time.perf_counter() - start
ids = [sorted(c.id for c in each.of(kind=Kind.TECHNIQUE, category=k)) for each in found for k in Category]
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"seconds": seconds, "peak_mb": peak, "ids": ids}))
"""

THEIRS = """
import json, resource, sys, time
start = time.perf_counter()
from mitreattack.diffStix.changelog_helper import DiffStix, get_attack_id
found = DiffStix(old=sys.argv[1], new=sys.argv[2]).data["changes"]["techniques"]
seconds = time.perf_counter() - start
categories = ("additions", "major_version_changes", "minor_version_changes", "other_version_changes", "patches",
              "revocations", "deprecations", "deletions")
ids = [sorted(get_attack_id(each) for each in found[f"{domain}-attack"][category])
       for domain in ("enterprise", "mobile", "ics") for category in categories]
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"seconds": seconds, "peak_mb": peak, "ids": ids}))
"""

STORE = """
import sys
from pathlib import Path
from knowledge.library import Library
from knowledge.sources import open_source
from knowledge.sync import sync
for folder in sys.argv[2:]:
    sync(open_source(folder), Library(Path(sys.argv[1])))
"""


def run(program: str, *arguments: str) -> str:
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def main() -> int:
    source = Path(sys.argv[1]) if len(sys.argv) > 1 else SHARED / "attack"
    with tempfile.TemporaryDirectory() as scratch:
        folders = []
        for version in ("17.1", "18.1"):
            folder = Path(scratch, version)
            folder.mkdir()
            folders.append(str(folder))
            for domain in DOMAINS:
                packed = (source / f"{domain}-attack-{version}.json.xz").read_bytes()
                (folder / f"{domain}-attack.json").write_bytes(lzma.decompress(packed))
        library = str(Path(scratch, "library"))
        started = time.perf_counter()
        run(STORE, library, *folders)
        stored = time.perf_counter() - started
        ours = [json.loads(run(OURS, library)) for _ in range(3)]
        theirs = json.loads(run(THEIRS, *folders).splitlines()[-1])
    best = min(each["seconds"] for each in ours)
    worst = max(each["seconds"] for each in ours)
    same = ours[0]["ids"] == theirs["ids"]
    print(f"storing six releases, once:        {stored:8.2f} s")
    print(f"ours, imports and loading with it: {best:8.2f} s to {worst:.2f} s, {ours[0]['peak_mb']:.0f} MB at most")
    print(f"MITRE's DiffStix:                  {theirs['seconds']:8.2f} s, {theirs['peak_mb']:.0f} MB at most")
    print(f"techniques in eight categories, three domains: {'identical' if same else 'DIFFERENT'}")
    return 0 if same and worst <= BAR_SECONDS else 1


if __name__ == "__main__":
    raise SystemExit(main())
