"""The nouns of coverage, frozen: a claim, a technique with its claims, a summary of many."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from knowledge.detections.model import Detection
from knowledge.model import Technique

NOT_DETECTION = (
    "Coverage is not detection: a rule that names a technique covers the ways of doing it that its author had in mind, "
    "and only where its log source is collected."
)
"""What every reply about coverage says once."""

MANY_RULES = 10
"""From how many rules on a technique is called redundant: the SigmaHQ rules reach it for one technique in ten, and a
team that wants to save upkeep starts there."""

UNPROVEN = frozenset(
    {"experimental", "development", "beta", "alpha", "draft", "poc", "preview", "unsupported", "deprecated"}
)
"""Statuses with which an author says that a rule is not yet, or no longer, to be relied on: Sigma's ``experimental``
and ``unsupported``, Elastic's ``development`` and ``beta``, and their kin. Sigma's ``test`` is not among them: Sigma
defines it as mostly stable, and nine in ten of its rules bear it."""


class Visibility(StrEnum):
    """Whether the log source a rule needs is collected."""

    VISIBLE = "visible"
    """The team says it collects it."""
    ASSUMED = "assumed"
    """Only derived from the rules; nobody has confirmed it."""
    BLIND = "blind"
    """The team does not collect it, so the rule cannot fire."""
    UNKNOWN = "unknown"
    """The rule names no log source, or one that nothing here recognises."""


class State(StrEnum):
    """The one word for a technique, the weakest first."""

    GAP = "gap"
    """No rule names it or one of its sub-techniques."""
    SUBTECHNIQUES = "sub-techniques only"
    """No rule names it; some name its sub-techniques."""
    BRITTLE = "brittle"
    """One rule, or only rules their authors call unproven."""
    COVERED = "covered"
    REDUNDANT = "redundant"
    """`MANY_RULES` or more."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One detection that names one technique.

    Attributes:
        named: The retired id the rule names instead of today's; empty where it is up to date.
        validated: When a recorded test run proved that it fires; empty where none is recorded.
    """

    detection: Detection
    visibility: Visibility
    named: str = ""
    validated: str = ""


@dataclass(frozen=True, slots=True)
class Readiness:
    """How much of what ATT&CK says would show a technique the team collects.

    Attributes:
        needed: Data components that show it, by name.
        said: Those of them that the team says it collects.
        assumed: Those that are only derived from its rules.
    """

    needed: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()

    @property
    def share(self) -> float:
        """From 0 to 1; what is only assumed counts half."""
        return (len(self.said) + len(self.assumed) / 2) / len(self.needed) if self.needed else 0.0


Counted = tuple[tuple[str, int], ...]
"""``(word, rules)``, the most frequent first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TechniqueCoverage:
    """What the team's detections claim for one technique or sub-technique, itself alone.

    Attributes:
        claims: The detections that count, by source, the most severe first.
        rules: How many claims are rules.
        scores: How many are scores: a layer or an administration file says so, and the rules are elsewhere.
        switched_off: Rules that name it and are switched off; they do not count.
        sources: Where the claims come from.
        levels: At which level; an empty word where the rule has none.
        statuses: At which status.
        visible: Claims whose log source the team says it collects.
        assumed: Claims whose log source is only assumed to be collected.
        blind: Claims whose log source is not collected.
        validated: When a test run last proved it; empty where none is recorded.
        retired_ids: Retired ids that rules name it by.
        subtechniques: Ids of its current sub-techniques.
        covered_subtechniques: Those of them that have a claim of their own.
    """

    technique: Technique
    claims: tuple[Claim, ...] = ()
    rules: int = 0
    scores: int = 0
    switched_off: int = 0
    sources: Counted = ()
    levels: Counted = ()
    statuses: Counted = ()
    visible: int = 0
    assumed: int = 0
    blind: int = 0
    validated: str = ""
    retired_ids: tuple[str, ...] = ()
    subtechniques: tuple[str, ...] = ()
    covered_subtechniques: tuple[str, ...] = ()
    readiness: Readiness = field(default_factory=Readiness)

    @property
    def covered(self) -> bool:
        """Whether anything claims the technique itself."""
        return bool(self.claims)

    @property
    def brittleness(self) -> str:
        """Why its coverage would break easily, in words; empty where it would not, or where there is none."""
        if self.scores or not self.rules:
            return ""
        unproven = all(status in UNPROVEN for status, _ in self.statuses)
        words = " or ".join(status for status, _ in self.statuses)
        if self.rules == 1:
            return f"one rule only, and it is {words}" if unproven else "one rule only"
        return f"all {self.rules} rules are {words}" if unproven else ""

    @property
    def redundant(self) -> bool:
        """Whether many rules name it."""
        return self.rules >= MANY_RULES

    @property
    def state(self) -> State:
        """The one word for it."""
        if not self.covered:
            return State.SUBTECHNIQUES if self.covered_subtechniques else State.GAP
        if self.brittleness:
            return State.BRITTLE
        return State.REDUNDANT if self.redundant else State.COVERED

    @property
    def subtechniques_label(self) -> str:
        """``3 of 8 sub-techniques``; empty for a technique that has none."""
        if not self.subtechniques:
            return ""
        noun = "sub-technique" if len(self.subtechniques) == 1 else "sub-techniques"
        return f"{len(self.covered_subtechniques)} of {len(self.subtechniques)} {noun}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Many techniques together; techniques and sub-techniques are counted apart.

    Attributes:
        label: What they have in common: ``Enterprise 18.1``, ``Execution``, ``Windows``, ``APT29``.
        covered: Techniques that have a claim of their own.
        through_subtechniques: Techniques that have none, while one of their sub-techniques does.
        subtechniques: How many of the objects are sub-techniques; they are not among `techniques`.
        visible: Techniques and sub-techniques with a claim whose log source the team says it collects.
        assumed: Those that have only claims whose log source is assumed to be collected.
        validated: Techniques and sub-techniques a test run has proved.
        brittle: Techniques and sub-techniques whose coverage is brittle.
        redundant: Those that many rules name.
        rules: Different detections behind it all.
    """

    label: str
    techniques: int = 0
    covered: int = 0
    through_subtechniques: int = 0
    subtechniques: int = 0
    subtechniques_covered: int = 0
    visible: int = 0
    assumed: int = 0
    validated: int = 0
    brittle: int = 0
    redundant: int = 0
    rules: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSummary:
    """What one source of detections adds.

    Attributes:
        detections: All of it, rules that count for nothing among them.
        counting: Detections that claim at least one technique this ATT&CK knows.
        techniques: Techniques and sub-techniques they claim.
        only_here: Those of them that no other source claims.
    """

    source: str
    detections: int = 0
    counting: int = 0
    techniques: int = 0
    only_here: int = 0
