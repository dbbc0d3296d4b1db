"""The nouns of a team's detections, frozen: what was imported, and what the import has to say about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from knowledge.model import Remark

MAX_STRINGS = 64
"""Most detection strings kept of one rule; a few public rules list thousands of file names."""

MAX_STRING_LENGTH = 200
"""Longest detection string kept, in characters."""


class DetectionKind(StrEnum):
    """What a document claims, so that a threat profile is never counted as a rule."""

    RULE = "rule"
    """A rule that someone runs."""
    SCORE = "score"
    """A technique marked as covered in a layer, a table or an administration file; the rules are elsewhere."""
    COLLECTED = "collected"
    """A data source said to be collected. Shows visibility, covers nothing."""
    ADVERSARY = "adversary"
    """Techniques somebody uses, such as a DeTT&CT group or a STIX intrusion set. Covers nothing."""


@dataclass(frozen=True, slots=True)
class LogSourceClaim:
    """A log source a rule says it needs, in its own format's words.

    Attributes:
        product: Sigma's product, such as ``windows``; elsewhere the vendor or connector where one is named.
        category: Sigma's category, such as ``process_creation``.
        service: Sigma's service, such as ``sysmon``.
        name: A free name: an index pattern, a data source, a table, an ATT&CK data component.
    """

    product: str = ""
    category: str = ""
    service: str = ""
    name: str = ""

    @property
    def label(self) -> str:
        """As a person reads it: ``windows/process_creation``, ``logs-endpoint.events.*``."""
        return "/".join(part for part in (self.product, self.category, self.service, self.name) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """One document of a team: a rule, or one technique of a layer.

    Attributes:
        id: The rule's own id, or a hash of format, path and title that stays the same while these do. Unique
            within an import.
        path: Where it lies below the imported path, with ``/``; ``#2`` behind it is the second document of a file.
        format: The reader that understood it: ``sigma``, ``elastic``, ``splunk``, ….
        kind: What it claims; see `covers`.
        level: Severity in the author's words, lower case: ``high``, ``score 3``.
        status: Maturity in the author's words, lower case: ``stable``, ``production``.
        enabled: Whether its author has it switched on; a technique scored as undetected is off.
        ids: Technique ids in ATT&CK's spelling, each once, in the author's order; an id that no loaded release
            knows is among them.
        written_ids: What the author wrote for these, such as ``attack.t1059.001``.
        cited_ids: Further technique ids in the addresses of its references, such as an Atomic Red Team page. Its
            author points there and claims nothing: they tell what the rule is like and cover nothing.
        tactics: Tactics as the author names them, shortname or id: ``defense-evasion``, ``TA0005``.
        strings: Values the rule matches on (command fragments, images, registry keys, event ids), at most
            `MAX_STRINGS` of at most `MAX_STRING_LENGTH` characters.
        tags: The author's other tags.
        url: Where the rule is published, or its first reference.
        logic: What a Sigma rule asks of one event, as `knowledge.detections.matching` reads it; empty for other
            formats, for a rule that one event cannot decide, and for one that was imported before this was kept.
    """

    id: str
    title: str
    description: str = ""
    source: str = ""
    path: str = ""
    format: str = ""
    kind: DetectionKind = DetectionKind.RULE
    level: str = ""
    status: str = ""
    enabled: bool = True
    ids: tuple[str, ...] = ()
    written_ids: tuple[str, ...] = ()
    cited_ids: tuple[str, ...] = ()
    tactics: tuple[str, ...] = ()
    log_sources: tuple[LogSourceClaim, ...] = ()
    strings: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    url: str = ""
    logic: str = field(default="", repr=False)

    @property
    def covers(self) -> bool:
        """Whether it counts as coverage of its `ids`: a rule or a score, switched on, that names a technique."""
        return self.enabled and bool(self.ids) and self.kind in (DetectionKind.RULE, DetectionKind.SCORE)


@dataclass(frozen=True, slots=True)
class Rejected:
    """A document or file that could not be imported.

    Attributes:
        path: Below the imported path, with ``/``.
        reason: One sentence without its full stop.
    """

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class UnknownId:
    """A technique id no loaded release knows, kept all the same.

    Attributes:
        count: How many detections name it.
        example: The path of the first.
    """

    id: str
    count: int
    example: str


@dataclass(frozen=True, slots=True)
class RetiredId:
    """A technique id that ATT&CK has retired, kept all the same.

    Attributes:
        successor: The id to use today; empty where ATT&CK names none.
        count: How many detections name it.
        example: The path of the first.
    """

    id: str
    successor: str
    count: int
    example: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What one import read, and what became of each document; nothing is left out.

    Attributes:
        source: The name the detections are kept under.
        formats: The formats met, as ``(format, documents)``, most first.
        read: Documents read: ``imported + without_technique + len(rejected)``.
        imported: Detections that name at least one technique.
        without_technique: Detections that name none. They are among the detections, with empty `ids`.
        rejected: What could not be read, with the reason.
        passed_over: Files that are plainly no rules (a README, a licence, a script), by why. Not among `read`.
        attack: The releases the ids were checked against, such as ``Enterprise 18.1``.
    """

    source: str
    formats: tuple[tuple[str, int], ...] = ()
    read: int = 0
    imported: int = 0
    without_technique: int = 0
    unknown_ids: tuple[UnknownId, ...] = ()
    retired_ids: tuple[RetiredId, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    passed_over: tuple[Remark, ...] = ()
    attack: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Hold the sum that makes the report honest."""
        if self.read != self.imported + self.without_technique + len(self.rejected):
            raise ValueError(
                f"{self.source}: read {self.read} is not imported {self.imported} "
                f"+ without a technique {self.without_technique} + rejected {len(self.rejected)}"
            )
