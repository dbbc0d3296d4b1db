"""What tests of TinyDB's files say to a store, ask of it, and look up on the disk."""

from __future__ import annotations

from pathlib import Path

from knowledge.detections.model import Detection
from knowledge.store import Confirmation, SourceImport, Store, Verdict

TEAM = "T1"


def say(store: Store, *numbers: int, text: str = "powershell -enc") -> None:
    for number in numbers:
        said = Confirmation(id=f"c{number}", technique_id="T1059", verdict=Verdict.RIGHT, text=text)
        store.add_confirmation(TEAM, said)


def bring(store: Store, *numbers: int, name: str = "sigma") -> None:
    rules = [Detection(id=f"r{number}", title=f"Rule {number}", ids=("T1059",)) for number in numbers]
    store.replace_source(TEAM, SourceImport(name=name), rules)


def ids(store: Store) -> list[str]:
    return [each.id for each in store.confirmations(TEAM)]


def rules(store: Store) -> list[str]:
    return [each.id for each in store.detections(TEAM)]


def the(folder: Path, pattern: str) -> Path:
    found = list(folder.glob(f"*/{pattern}"))
    assert len(found) == 1, found
    return found[0]
