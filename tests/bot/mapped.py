"""A toolbox whose mapper says what it was told: for tests of what people see of a mapping, and do with it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.cli.mapping_stream import Answer
from bot.commands.toolbox import Toolbox
from knowledge.library import Library
from knowledge.mapping.model import Likely, Mapping, Outcome, Quote, band_of
from knowledge.mapping.teams import TeamMappers
from knowledge.model import Domain
from knowledge.store import open_store
from tests.builders import roles, small_release

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def likely(attack_id: str, name: str, confidence: float, text: str, words: str, **fields: Any) -> Likely:
    """A technique that words of a text speak for."""
    start = max(text.find(words), 0)
    quotes = (Quote(text[start : start + len(words)], start, start + len(words), "typical of this technique: “x”"),)
    return Likely(attack_id, name, ("Execution",), confidence, band_of(confidence), quotes, **fields)


def answer_to(text: str) -> Mapping:
    """PowerShell where a text says so, weak leads where it speaks of phishing, nothing else."""
    said = text.lower()
    techniques: tuple[Likely, ...] = ()
    outcome, reason = Outcome.NOTHING, "No technique recognised. That does not mean it is harmless."
    if "powershell" in said:
        outcome, reason = Outcome.ANSWER, ""
        techniques = (
            likely("T1059.001", "PowerShell", 0.91, text, "powershell.exe"),
            likely("T1059", "Command and Scripting Interpreter", 0.35, text, "hidden"),
        )
    elif "phishing" in said:
        outcome, reason = Outcome.LEADS, "Closest matches, not an answer."
        techniques = (likely("T1566", "Phishing", 0.2, text, "phishing"),)
    return Mapping(
        techniques=techniques,
        outcome=outcome,
        reason=reason,
        indicators=(),
        furthest_tactic="",
        chain=(),
        release="Enterprise 18.1",
    )


@dataclass(frozen=True)
class Echo:
    """Answers a line of a stream with itself and the process that answered; ``bad`` is no answer, ``fail`` an error."""

    def answers(self) -> Callable[[int, bytes], Answer]:
        """What answers."""

        def answer(number: int, line: bytes) -> Answer:
            word = line.decode().strip()
            if word == "fail":
                raise ValueError(word)
            return json.dumps([number, word, os.getpid()]), word != "bad"

        return answer


class SayingToolbox(Toolbox):
    """Maps by `answer_to` and remembers what it was given."""

    def __init__(self, home: Path) -> None:
        library = Library(home / "releases")
        library.add(small_release())
        store = open_store("tinydb", home / "store")
        super().__init__(library, store, TeamMappers(home / "mapping", store, roles()), now=lambda: NOW)
        self.mapped: list[str] = []

    def map(self, workspace: str, text: str, *, domain: Domain | None = None) -> Mapping:
        """What `answer_to` says."""
        self.mapped.append(text)
        return answer_to(text)
