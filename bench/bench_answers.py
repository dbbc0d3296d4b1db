"""Coverage and gaps as the bot answers them: command, store and view, over 10,000 detections.

    bench_answers.py [FOLDER]    FOLDER holds enterprise-attack-18.1.json.xz

The detections are those of bench_coverage.py, kept in a TinyDB store as an import leaves them: half of them everyone's,
the other half of four teams. The workspace has a profile, by which plain gaps are ranked.
"""

from __future__ import annotations

import lzma
import random
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from bench_coverage import LOG_SOURCES, QUESTIONS, SHARED, made_up, p99, seconds

from bot.commands.coverages import TeamCoverages
from bot.commands.request import Request
from bot.commands.table import perform
from bot.commands.toolbox import Toolbox
from knowledge.coverage import read_log_sources
from knowledge.library import Library
from knowledge.mapping.teams import TeamMappers
from knowledge.model import Kind
from knowledge.stix import read_bundle
from knowledge.store import SourceImport, TeamProfile, open_store

BAR_MS = 50
TEAMS = ("Red Team", "blue", "Purple Team", "on call")


def main() -> int:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else SHARED / "attack"
    bundle = folder / "enterprise-attack-18.1.json.xz"
    if not bundle.is_file():
        sys.exit(f"bench_answers: {folder} does not hold {bundle.name}; name the folder that does.")
    with tempfile.TemporaryDirectory() as home:
        library = Library(Path(home) / "releases")
        library.add(read_bundle(lzma.decompress(bundle.read_bytes()), bundle.name))
        store = open_store("tinydb", Path(home) / "store")
        log_sources = read_log_sources(LOG_SOURCES.read_bytes(), LOG_SOURCES.name)
        mappers = TeamMappers(Path(home) / "mapping", store)
        toolbox = Toolbox(library, store, mappers, coverages=TeamCoverages(store, log_sources))
        catalog = toolbox.reference().catalog
        detections = made_up(catalog)
        half = len(detections) // 2
        store.replace_source("T1", SourceImport(name="made up"), detections[:half])
        for at, team in enumerate(TEAMS):
            store.replace_source("T1", SourceImport(name="made up", label=team), detections[half + at :: len(TEAMS)])
        store.save_profile(
            "T1", TeamProfile(sectors=("Government", "Finance"), groups=("G0016",), platforms=("Windows",))
        )
        toolbox.reference().lookup.warm()
        toolbox.evidence()

        def ask(words: str) -> Callable[[], object]:
            return lambda: perform(Request(words, team="T1"), toolbox)

        first = seconds(ask("coverage"))
        first_of_team = max(seconds(ask(f"coverage team {team}")) for team in TEAMS)
        draw = random.Random(5)  # noqa: S311
        techniques = [each.id for each in catalog.techniques()]
        groups = [each.id for each in catalog.objects(Kind.GROUP) if not each.retired]
        tactics = [each.id for each in catalog.tactics()]
        coverage, gaps, of_teams = [], [], []
        for _ in range(QUESTIONS // 4):
            group, other, tactic = draw.choice(groups), draw.choice(groups), draw.choice(tactics)
            coverage += [ask(f"coverage {words}".strip()) for words in ("", draw.choice(techniques), tactic, group)]
            gaps += [ask(f"gaps {words}") for words in (f"group {group}, {other}", "windows", f"tactic {tactic}")]
            gaps += [ask("gaps"), ask("gaps sector finance log sysmon"), ask(f"compare {group} with us")]
            team = draw.choice(TEAMS)
            of_teams += [ask(f"coverage team {team}"), ask(f"coverage {draw.choice(techniques)} team {team}")]
            of_teams += [ask(f"gaps team {team}"), ask(f"gaps tactic {tactic} team {team}")]
        times = {"coverage": 1000 * p99(coverage), "gaps": 1000 * p99(gaps), "a team's": 1000 * p99(of_teams)}
        print(f"first answer after an import            {1000 * first:8.0f} ms")
        print(f"first answer for a team after that      {1000 * first_of_team:8.0f} ms")
        for name, found in times.items():
            print(f"{name:9} p99, command to blocks          {found:8.1f} ms     (bar {BAR_MS})")
        picture = max(seconds(ask(f"heatmap {words}")) for words in ("", "gaps team blue", f"group {groups[0]}"))
        print(f"heat map, slowest of 3                  {picture:8.2f} s      (bar 3)")
        return int(max(times.values()) > BAR_MS or picture > 3)


if __name__ == "__main__":
    sys.exit(main())
