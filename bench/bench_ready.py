"""How long until the bot can answer, beside MITRE's own library in the same run.

    bench_ready.py [FOLDER]    FOLDER holds enterprise-, mobile- and ics-attack-18.1.json.xz

Every figure is measured in a process of its own, so that none profits from what another has imported.
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

OURS = """
import resource, sys, time
start = time.perf_counter()
from pathlib import Path
from bot.app import build_toolbox
from config.settings import load
toolbox = build_toolbox(load(None, {"ATTACKBOT_HOME": sys.argv[1]}))
reference = toolbox.reference()
ready = time.perf_counter() - start
first = time.perf_counter()
assert reference.lookup.find("kerberosting").matches[0].object.id == "T1558.003"
first = time.perf_counter() - first
technique = reference.catalog.get("T1059.001")
asked = time.perf_counter()
groups = reference.catalog.groups_using(technique)
asked = time.perf_counter() - asked
import json
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"ready_s": ready, "first_query_s": first, "groups_s": asked, "groups": len(groups), "peak_mb": peak}))
"""

THEIRS = """
import json, resource, sys, time
start = time.perf_counter()
from mitreattack.stix20 import MitreAttackData
data = MitreAttackData(sys.argv[1])
ready = time.perf_counter() - start
technique = data.get_object_by_attack_id("T1059.001", "attack-pattern")
asked = time.perf_counter()
groups = data.get_groups_using_technique(technique.id)
asked = time.perf_counter() - asked
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"ready_s": ready, "groups_s": asked, "groups": len(groups), "peak_mb": peak}))
"""


def run(*command: str, env: dict[str, str] | None = None) -> tuple[float, str]:
    started = time.perf_counter()
    done = subprocess.run(command, check=True, capture_output=True, text=True, env={**os.environ, **(env or {})})
    return time.perf_counter() - started, done.stdout


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else SHARED / "attack"
    bundles = sorted(folder.glob("*-attack-18.1.json.xz"))
    if len(bundles) != 3:
        sys.exit(f"bench_ready: {folder} does not hold the three 18.1 bundles; name the folder that does.")
    with tempfile.TemporaryDirectory() as scratch:
        home, source = Path(scratch) / "home", Path(scratch) / "bundles"
        source.mkdir()
        for bundle in bundles:
            (source / bundle.name).symlink_to(bundle.resolve())
        env = {"ATTACKBOT_HOME": str(home)}
        attackbot = (sys.executable, "-m", "bot")
        synced, _ = run(*attackbot, "sync", "--from", str(source), env=env)
        ours = [json.loads(run(sys.executable, "-c", OURS, str(home))[1]) for _ in range(3)]
        best = {key: min(each[key] for each in ours) for key in ours[0]}
        process = min(run(*attackbot, "lookup", "T1059.001", env=env)[0] for _ in range(5))
        words = min(run(*attackbot, "lookup", "kerberosting", env=env)[0] for _ in range(5))
        plain = Path(scratch) / "enterprise.json"
        plain.write_bytes(lzma.decompress(bundles[0].read_bytes()))
        theirs = json.loads(run(sys.executable, "-c", THEIRS, str(plain))[1])
    print(f"first sync of three 18.1 bundles from a folder      {synced:8.2f} s      (bar 30)")
    print(f"ready in process, three domains                     {best['ready_s']:8.3f} s      (bar 1.0)")
    print(f"  peak memory                                       {best['peak_mb']:8.0f} MB     (bar 250)")
    print(f"  first query by name                               {1000 * best['first_query_s']:8.1f} ms")
    print(f"attackbot lookup T1059.001, whole process           {process:8.3f} s      (bar 0.6)")
    print(f"attackbot lookup kerberosting, whole process        {words:8.3f} s")
    print(f"MITRE's library ready, enterprise alone             {theirs['ready_s']:8.2f} s")
    print(f"  peak memory                                       {theirs['peak_mb']:8.0f} MB")
    ratio = theirs["ready_s"] / best["ready_s"]
    print(f"  so we are ready                                   {ratio:8.1f} times sooner")
    ratio = theirs["groups_s"] / best["groups_s"]
    print(
        f"groups of T1059.001: ours {best['groups']} in {1e6 * best['groups_s']:.0f} us, theirs {theirs['groups']} in "
        f"{theirs['groups_s']:.2f} s, ratio {ratio:.0f}"
    )


if __name__ == "__main__":
    main()
