"""A made-up team with rules, for the tests of the bot."""

from __future__ import annotations

from pathlib import Path

from bot.commands.coverages import TeamCoverages
from bot.commands.toolbox import Toolbox
from knowledge.detections import Detection
from knowledge.library import Library
from knowledge.mapping.teams import TeamMappers
from knowledge.store import SourceImport, open_store
from tests.builders import roles
from tests.knowledge.coverage.building import log_sources, release, rule

SIGMA = """title: {title}
id: {id}
status: {status}
description: Made up.
logsource:
  product: windows
  category: process_creation
detection:
  selection:
    CommandLine|contains: {word}
  condition: selection
level: high
tags:
  - attack.execution
  - attack.{technique}
"""


def sigma(title: str, technique: str, number: int = 1, status: str = "stable") -> str:
    """A Sigma rule as its author would write it."""
    rule_id = f"00000000-0000-4000-8000-{number:012d}"
    return SIGMA.format(
        title=title, id=rule_id, status=status, word=title.split(maxsplit=1)[0].lower(), technique=technique
    )


def rules_folder(folder: Path) -> Path:
    """Two rules of one technique, one by its retired id, one ahead of the release, and a file that is broken."""
    folder.mkdir(parents=True)
    (folder / "one.yml").write_text(sigma("Encoded PowerShell", "t1059.001", 1))
    (folder / "two.yml").write_text(sigma("Download Cradle", "t1059.001", 2, "experimental"))
    (folder / "old.yml").write_text(sigma("PowerShell By Its Old Id", "t1086", 3))
    (folder / "new.yml").write_text(sigma("Ahead Of The Release", "t1685", 4))
    (folder / "bad.yml").write_text("title: Broken\nlogsource: {product: windows}\ndetection: [\n")
    return folder


def rules() -> tuple[Detection, ...]:
    """Three rules for PowerShell, one of them experimental, and one that is ahead of the release."""
    return (
        rule("Encoded PowerShell", "T1059.001"),
        rule("Download <b>& Cradle", "T1059.001", status="experimental"),
        rule("Old Id", "T1086"),
        rule("Ahead", "T1685"),
    )


def team_toolbox(home: Path, *, workspace: str = "local", imported: bool = True) -> Toolbox:
    """What commands work with, over a small release, log sources and, where wanted, `rules` as the source "sigma"."""
    library = Library(home / "releases")
    library.add(release())
    store = open_store("tinydb", home / "store")
    if imported:
        source = SourceImport(
            name="sigma", format="sigma", path="rules", imported_at="2026-01-02T03:04:05+00:00", read=4
        )
        store.replace_source(workspace, source, rules())
    coverages = TeamCoverages(store, log_sources())
    return Toolbox(library, store, TeamMappers(home / "mapping", store, roles()), coverages=coverages)
