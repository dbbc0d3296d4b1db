"""The coverage each workspace is answered with, kept until something it rests on changes."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from knowledge.coverage import NO_LOG_SOURCES, Collected, Coverage, Draft, LogSources, draft_collected

if TYPE_CHECKING:
    from collections.abc import Iterable

    from knowledge.catalog import Catalog
    from knowledge.detections import Detection
    from knowledge.priorities import Evidence
    from knowledge.store import Collected as Answer
    from knowledge.store import Store

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Kept:
    """A coverage, and what it was made from."""

    catalog: Catalog
    detections: tuple[Detection, ...]
    answers: tuple[Answer, ...]
    draft: Draft
    coverage: Coverage


class TeamCoverages:
    """Coverage by workspace, evidence by catalog; threads share one.

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
        self._kept: dict[str, _Kept] = {}
        self._evidence: Evidence | None = None

    def coverage(self, catalog: Catalog, workspace: str) -> Coverage:
        """What the workspace's detections claim.

        Raises:
            StoreError: What the team told cannot be read.
        """
        return self._current(catalog, workspace).coverage

    def draft(self, catalog: Catalog, workspace: str) -> Draft:
        """What the workspace's rules say it collects, before anybody corrects it.

        Raises:
            StoreError: What the team told cannot be read.
        """
        return self._current(catalog, workspace).draft

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

    def _current(self, catalog: Catalog, workspace: str) -> _Kept:
        detections, answers = self._store.detections(workspace), self._store.collected(workspace)
        known = self._kept.get(workspace)
        if known is not None and _fresh(known, catalog, detections, answers):
            return known
        with self._lock:
            known = self._kept.get(workspace)
            if known is None or not _fresh(known, catalog, detections, answers):
                draft = draft_collected(detections, self.log_sources)
                collected = corrected(draft, answers)
                coverage = Coverage(catalog, detections, log_sources=self.log_sources, collected=collected)
                known = self._kept[workspace] = _Kept(catalog, detections, answers, draft, coverage)
        return known


def corrected(draft: Draft, answers: Iterable[Answer]) -> Collected:
    """What a team collects: the draft from its rules, with the team's own answers over it."""
    every = tuple(answers)
    yes = {each.name for each in every if each.collected}
    no = {each.name for each in every if not each.collected}
    return Collected((draft.collected.said | yes) - no, draft.collected.assumed - yes - no)


def _fresh(known: _Kept, catalog: Catalog, detections: tuple[Detection, ...], answers: tuple[Answer, ...]) -> bool:
    return known.catalog is catalog and known.detections is detections and known.answers == answers
