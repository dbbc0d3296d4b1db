"""The coverage each workspace and each of its teams is answered with, kept until something it rests on changes."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.commands.teams import teams_of
from bot.views.whose import EVERYBODY, Team
from knowledge.coverage import NO_LOG_SOURCES, Collected, Coverage, Draft, LogSources, draft_collected

if TYPE_CHECKING:
    from collections.abc import Iterable

    from knowledge.catalog import Catalog
    from knowledge.detections import Detection
    from knowledge.priorities import Evidence
    from knowledge.store import Collected as Answer
    from knowledge.store import Store

logger = logging.getLogger(__name__)


_TEAMS_KEPT = 16
"""Teams of a workspace whose coverage is kept, each some megabytes; the one that was made first makes room."""


@dataclass(frozen=True, slots=True)
class _Ground:
    """What a workspace's coverages are made from, and those made so far, by the labels of their team."""

    catalog: Catalog
    detections: tuple[Detection, ...]
    answers: tuple[Answer, ...]
    teams: tuple[Team, ...]
    draft: Draft
    collected: Collected
    made: dict[tuple[str, ...], Coverage] = field(default_factory=dict)


class TeamCoverages:
    """Coverage by workspace and team, evidence by catalog; threads share one.

    A question costs a look at whether anything changed. Whoever asks first after an import, by whichever process, waits
    for the index: some 0.3 s for 10,000 detections.

    Args:
        store: What the teams told.
        log_sources: The log sources there are.
    """

    def __init__(self, store: Store, log_sources: LogSources = NO_LOG_SOURCES) -> None:
        self.log_sources = log_sources
        self._store = store
        self._lock = threading.Lock()
        self._gathering = threading.Lock()
        self._grounds: dict[str, _Ground] = {}
        self._evidence: Evidence | None = None

    def coverage(self, catalog: Catalog, workspace: str, team: Team = EVERYBODY) -> Coverage:
        """What the workspace's detections claim; or a team's, with those that bear no label and so are everyone's.

        What is collected is the workspace's, whoever asks: its teams' rules read the same log sources.

        Raises:
            StoreError: What the team told cannot be read.
        """
        ground = self._ground(catalog, workspace)
        known = ground.made.get(team.labels)
        if known is None:
            with self._lock:
                known = ground.made.get(team.labels)
                if known is None:
                    known = self._make(ground, workspace, team)
        return known

    def teams(self, catalog: Catalog, workspace: str) -> tuple[Team, ...]:
        """The teams that share the workspace, by name.

        Raises:
            StoreError: What the team told cannot be read.
        """
        return self._ground(catalog, workspace).teams

    def draft(self, catalog: Catalog, workspace: str) -> Draft:
        """What the workspace's rules say it collects, before anybody corrects it.

        Raises:
            StoreError: What the team told cannot be read.
        """
        return self._ground(catalog, workspace).draft

    def evidence(self, catalog: Catalog) -> Evidence:
        """What speaks for a technique, whatever a team has; read once a catalog.

        Raises:
            SourceError: The wheel with threat actors and public rules is missing or damaged.
        """
        known = self._evidence
        if known is not None and known.catalog is catalog:
            return known
        with self._gathering:
            known = self._evidence
            if known is None or known.catalog is not catalog:
                from knowledge.priorities import Evidence
                from knowledge.priorities.wheel import public_rules, threat_actors

                known = self._evidence = Evidence(catalog, threat_actors(), public_rules())
        return known

    def prepare(self, catalog: Catalog) -> None:
        """Begin to read, in a thread, what the first question would wait for."""

        def read() -> None:
            try:
                self.evidence(catalog)
                for workspace in self._store.workspaces():
                    self.coverage(catalog, workspace)
            except Exception as error:  # noqa: BLE001 - a thread's own boundary: whoever asks meets the error again
                logger.warning("coverage could not be prepared: %s", type(error).__qualname__)

        threading.Thread(target=read, name="coverage", daemon=True).start()

    def _ground(self, catalog: Catalog, workspace: str) -> _Ground:
        detections, answers = self._store.detections(workspace), self._store.collected(workspace)
        known = self._grounds.get(workspace)
        if known is not None and _fresh(known, catalog, detections, answers):
            return known
        with self._lock:
            known = self._grounds.get(workspace)
            if known is None or not _fresh(known, catalog, detections, answers):
                draft = draft_collected(detections, self.log_sources)
                teams = teams_of(self._store.sources(workspace))
                known = _Ground(catalog, detections, answers, teams, draft, corrected(draft, answers))
                self._grounds[workspace] = known
        return known

    def _make(self, ground: _Ground, workspace: str, team: Team) -> Coverage:
        """Index what counts for a team, and keep it if the team is one of the workspace's.

        A change between the look at the workspace's detections and this one at the team's is caught by the next
        question, for which the workspace's are others.
        """
        detections = ground.detections
        if team.labels:
            labels = ("", *team.labels)
            detections = tuple(each for label in labels for each in self._store.detections(workspace, label=label))
        coverage = Coverage(ground.catalog, detections, log_sources=self.log_sources, collected=ground.collected)
        if not team.labels or any(each.labels == team.labels for each in ground.teams):
            ours = [labels for labels in ground.made if labels]
            if team.labels and len(ours) >= _TEAMS_KEPT:
                del ground.made[ours[0]]
            ground.made[team.labels] = coverage
        return coverage


def corrected(draft: Draft, answers: Iterable[Answer]) -> Collected:
    """What a team collects: the draft from its rules, with the team's own answers over it."""
    every = tuple(answers)
    yes = {each.name for each in every if each.collected}
    no = {each.name for each in every if not each.collected}
    return Collected((draft.collected.said | yes) - no, draft.collected.assumed - yes - no)


def _fresh(known: _Ground, catalog: Catalog, detections: tuple[Detection, ...], answers: tuple[Answer, ...]) -> bool:
    return known.catalog is catalog and known.detections is detections and known.answers == answers
