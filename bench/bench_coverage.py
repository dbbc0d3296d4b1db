"""Coverage and gaps over 10,000 detections, beside a scan of all of them for every question.

    bench_coverage.py [FOLDER]    FOLDER holds enterprise-attack-18.1.json.xz

The detections are made up: ids of the release, drawn so that a few techniques have hundreds of rules and many have
none, as in public rule sets.
"""

from __future__ import annotations

import lzma
import os
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path

from knowledge.catalog import Catalog
from knowledge.coverage import Coverage, read_log_sources
from knowledge.detections.model import Detection, LogSourceClaim
from knowledge.exports import coverage_layer, draw_heatmap
from knowledge.model import Domain, Group, Kind, Technique
from knowledge.priorities import Evidence, GapFilter, rank_gaps
from knowledge.priorities.wheel import public_rules, threat_actors
from knowledge.stix import read_bundle

SHARED = Path(os.environ.get("ATTACKBOT_SHARED", Path(__file__).parents[2] / "shared"))
LOG_SOURCES = Path(__file__).parents[1] / "config" / "log_sources.toml"
DETECTIONS = 10_000
QUESTIONS = 400


def made_up(catalog: Catalog) -> list[Detection]:
    draw = random.Random(4)  # noqa: S311
    ids = [technique.id for technique in catalog.techniques()]
    draw.shuffle(ids)
    weights = [1 / (1 + place) for place in range(len(ids))]
    sources = [
        LogSourceClaim("windows", "process_creation"),
        LogSourceClaim("windows", "", "security"),
        LogSourceClaim("linux", "", "auditd"),
        LogSourceClaim(name="Sysmon EventID 13"),
        LogSourceClaim(name="logs-aws.cloudtrail-*"),
    ]
    return [
        Detection(
            id=f"rule-{number}",
            title=f"Rule {number}",
            source=draw.choice(("sigma", "splunk", "elastic")),
            level=draw.choice(("low", "medium", "high")),
            status=draw.choice(("test", "stable", "experimental")),
            ids=tuple(dict.fromkeys(draw.choices(ids, weights, k=draw.choice((1, 1, 2, 3))))),
            log_sources=(draw.choice(sources),),
        )
        for number in range(DETECTIONS)
    ]


def seconds(question: Callable[[], object]) -> float:
    started = time.perf_counter()
    question()
    return time.perf_counter() - started


def p99(questions: list[Callable[[], object]]) -> float:
    times = sorted(seconds(question) for question in questions)
    return times[int(0.99 * (len(times) - 1))]


def scan(catalog: Catalog, detections: list[Detection], technique: Technique) -> tuple[int, int]:
    """What a bot without an index does: read every rule, follow every id."""
    own = children = 0
    subtechniques = {each.id for each in catalog.subtechniques_of(technique)}
    for detection in detections:
        found = {leads.object.id for written in detection.ids if (leads := catalog.find(written))}
        own += detection.covers and technique.id in found
        children += detection.covers and bool(subtechniques & found)
    return own, children


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else SHARED / "attack"
    bundle = folder / "enterprise-attack-18.1.json.xz"
    if not bundle.is_file():
        sys.exit(f"bench_coverage: {folder} does not hold {bundle.name}; name the folder that does.")
    catalog = Catalog([read_bundle(lzma.decompress(bundle.read_bytes()), bundle.name)])
    log_sources = read_log_sources(LOG_SOURCES.read_bytes(), LOG_SOURCES.name)
    detections = made_up(catalog)
    indexing = min(seconds(lambda: Coverage(catalog, detections, log_sources=log_sources)) for _ in range(3))
    coverage = Coverage(catalog, detections, log_sources=log_sources)
    actors, rules = threat_actors(), public_rules()
    gathering = min(seconds(lambda: Evidence(catalog, actors, rules)) for _ in range(3))
    evidence = Evidence(catalog, actors, rules)
    draw = random.Random(5)  # noqa: S311
    techniques = list(catalog.techniques(Domain.ENTERPRISE))
    groups = [group for group in catalog.objects(Kind.GROUP) if isinstance(group, Group)]
    tactics = catalog.tactics(Domain.ENTERPRISE)
    asked: list[Callable[[], object]] = []
    gaps: list[Callable[[], object]] = []
    for _ in range(QUESTIONS // 4):
        technique, group, tactic = draw.choice(techniques), draw.choice(groups), draw.choice(tactics)
        asked += [
            lambda technique=technique: coverage.of(technique),
            lambda group=group: coverage.summary(group.name, group=group),
            lambda: coverage.by_tactic(Domain.ENTERPRISE),
            lambda: (coverage.by_domain(), coverage.by_source),
        ]
        gaps += [
            lambda: rank_gaps(coverage, evidence, GapFilter(domain=Domain.ENTERPRISE)),
            lambda group=group: rank_gaps(coverage, evidence, GapFilter(groups=(group,))),
            lambda tactic=tactic: rank_gaps(coverage, evidence, GapFilter(tactic=tactic, sectors=("finance",))),
            lambda: rank_gaps(coverage, evidence, GapFilter(platforms=("windows",), limit=None)),
        ]
    some = techniques[:5]
    slow = min(seconds(lambda each=each: scan(catalog, detections, each)) for each in some)
    quick = min(seconds(lambda each=each: coverage.of(each)) for each in some)
    layer = coverage_layer(coverage, Domain.ENTERPRISE)
    picture = max(seconds(lambda: draw_heatmap(catalog, layer, made_on="2026-08-01")) for _ in range(3))
    print(f"coverage index over {DETECTIONS} detections         {1000 * indexing:8.0f} ms")
    print(f"evidence index, once a release               {1000 * gathering:8.0f} ms")
    print(f"coverage, {len(asked)} questions, p99               {1000 * p99(asked):8.1f} ms     (bar 50)")
    print(f"gaps, {len(gaps)} questions, p99                   {1000 * p99(gaps):8.1f} ms     (bar 50)")
    print(f"heat map, slowest of 3                       {picture:8.2f} s      (bar 3)")
    print(f"one technique: scan {1000 * slow:.1f} ms, index {1e6 * quick:.1f} us, ratio {slow / quick:,.0f}")


if __name__ == "__main__":
    main()
