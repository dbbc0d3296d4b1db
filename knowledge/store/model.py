"""What a team tells us, frozen: confirmations, the sources of its detections, what it collects, who it is.

Times are RFC 3339 strings that the caller passes in; nothing here looks at a clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

HISTORY_KEPT = 100
"""Imports remembered for each source; older ones go."""

IDS_KEPT = 500
"""Detection ids a remembered change names in each of its lists; its counts stay exact."""


class Verdict(StrEnum):
    """What a person said of a technique the bot had suggested."""

    RIGHT = "right"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """A person's word on one technique for one text.

    Attributes:
        id: Chosen by the caller; the same id again replaces what was said before.
        technique_id: ATT&CK id, as in `release`.
        text: The alert's words, masked by the caller: addresses, hosts, users, mails and secrets are gone.
        release: The release the id was read in, such as ``Enterprise 18.1``.
        user: Slack's id of who said so.
        channel: Slack's id of where.
        confirmed_at: RFC 3339.
        title: The alert's title where it had one, masked too.
    """

    id: str
    technique_id: str
    verdict: Verdict
    text: str
    release: str = ""
    user: str = ""
    channel: str = ""
    confirmed_at: str = ""
    title: str = ""

    def __post_init__(self) -> None:
        """An id is what makes it possible to erase."""
        if not self.id or not self.technique_id:
            raise ValueError("a confirmation needs an id and a technique id")


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceImport:
    """One reading of a place where detections live, as its caller reports it.

    Attributes:
        name: What the team calls the source; with `label` it is what an import replaces.
        label: The team within the workspace that the source belongs to; empty for everyone's.
        format: The reader or readers that understood it.
        path: Where it was read from. Like `imported_at` no part of its content: another checkout changes nothing.
        read: Documents read; the other counts as the import's report has them.
    """

    name: str
    label: str = ""
    format: str = ""
    path: str = ""
    imported_at: str = ""
    read: int = 0
    imported: int = 0
    without_technique: int = 0
    unknown_ids: int = 0
    retired_ids: int = 0
    rejected: int = 0


@dataclass(frozen=True, slots=True)
class Source:
    """A source as it is kept.

    Attributes:
        latest: The last import that found something new.
        detections: How many detections it holds.
    """

    latest: SourceImport
    detections: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceChange:
    """What one import, or the removal of a source, did to its detections.

    Attributes:
        at: The import's time.
        gone: The source itself was removed.
        added: How many detections are new; `changed`, `removed` and `unchanged` likewise.
        added_ids: Which. In a remembered change the first `IDS_KEPT`; so for the lists beside it.
    """

    name: str
    label: str = ""
    at: str = ""
    gone: bool = False
    added: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0
    added_ids: tuple[str, ...] = ()
    changed_ids: tuple[str, ...] = ()
    removed_ids: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether nothing happened; such a change is not remembered."""
        return not (self.added or self.changed or self.removed or self.gone)


@dataclass(frozen=True, slots=True)
class Collected:
    """Whether the team collects a data component or a log source.

    Attributes:
        name: As ATT&CK, or ``config/log_sources.toml``, names it.
        by: Slack's id of who said so, or the name of what derived it.
        at: RFC 3339.
    """

    name: str
    collected: bool
    by: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamProfile:
    """Who the team is, for ranking its gaps.

    Attributes:
        sectors: Sectors it works in, in the words of the threat-actor cluster.
        platforms: ATT&CK platforms it runs.
        groups: ATT&CK ids of groups it named.
        by: Slack's id of who last saved it.
        at: When, RFC 3339.
    """

    sectors: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    by: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """A file that was found damaged, which an operator should look at.

    Attributes:
        path: The damaged file, as it was set aside; the note about it where it was gone altogether. The problem is
            told until this is deleted.
        text: What was wrong, and what was done about it.
        mend: What is left to do, a sentence.
        lost: Nothing earlier could be put in its place.
    """

    path: Path
    text: str
    mend: str
    lost: bool = False
