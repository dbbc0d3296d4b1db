"""The mapper each workspace is answered with: one index for all, and over it what the team told.

The index belongs to one catalog. When the releases are swapped, a new one is made in the background while the
old one goes on answering; a confirmation or an import counts from the next question on, without touching the index.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from knowledge.errors import KnowledgeError

if TYPE_CHECKING:
    from knowledge.alerts.model import Alert
    from knowledge.alerts.roles import Roles
    from knowledge.catalog import Catalog
    from knowledge.detections.model import Detection
    from knowledge.mapping.evidence import Evidence
    from knowledge.mapping.mapper import Mapper
    from knowledge.mapping.model import Confirmed
    from knowledge.store import Confirmation, Store

logger = logging.getLogger(__name__)

_PATIENCE = 2.0
"""Seconds a question waits for an index that is just being loaded; building one takes longer."""


class MappingNotReadyError(KnowledgeError):
    """The index is being built for the first time."""

    def __init__(self) -> None:
        super().__init__(
            "The mapping index is being built, which takes about a minute once per release; ask again then."
        )


class TeamMappers:
    """Mappers by workspace; threads share one.

    Args:
        folder: Where the index is kept.
        store: What the teams told.
        roles: Which part each field of a record plays.
        background: Build in a thread and answer with the old index meanwhile; otherwise whoever asks waits.
    """

    def __init__(self, folder: Path, store: Store, roles: Roles, *, background: bool = False) -> None:
        self._folder = folder
        self._roles = roles
        self._store = store
        self._background = background
        self._lock = threading.Lock()
        self._base: tuple[Catalog, Mapper] | None = None
        self._building: threading.Thread | None = None
        self._failed: Catalog | None = None
        self._teams: dict[str, tuple[Mapper, tuple[Detection, ...], tuple[Confirmation, ...], Mapper, Mapper]] = {}

    def prepare(self, catalog: Catalog) -> None:
        """Begin to load or build the index for a catalog, unless it is there."""
        with self._lock:
            ready = self._base is not None and self._base[0] is catalog
            if ready or (self._building is not None and self._building.is_alive()) or self._failed is catalog:
                return
            self._building = threading.Thread(target=self._build, args=(catalog,), name="mapping-index", daemon=True)
            self._building.start()

    def mapper(self, catalog: Catalog, workspace: str) -> Mapper:
        """The mapper for a workspace.

        Raises:
            MappingNotReadyError: There is no index yet.
            StoreError: What the team told cannot be read.
        """
        base = self._index(catalog)
        detections, confirmations = self._store.detections(workspace), self._store.confirmations(workspace)
        known = self._teams.get(workspace)
        if known is not None and known[0] is base and known[1] is detections and known[2] is confirmations:
            return known[4]
        if known is not None and known[0] is base and known[1] is detections:
            with_rules = known[3]
        else:
            with_rules = (
                base.with_detections([rule_evidence(each) for each in detections if each.covers], detections)
                if detections
                else base
            )
        whole = with_rules.with_confirmations(*_said(confirmations)) if confirmations else with_rules
        self._teams[workspace] = (base, detections, confirmations, with_rules, whole)
        return whole

    def read(self, text: str) -> Alert:
        """The records and fields of a paste, as every workspace's mapper reads them."""
        from knowledge.alerts.reading import read_alert

        return read_alert(text, self._roles)

    def _index(self, catalog: Catalog) -> Mapper:
        base = self._base
        if base is not None and base[0] is catalog:
            return base[1]
        if not self._background:
            from knowledge.mapping.mapper import open_mapper

            mapper = open_mapper(catalog, self._roles, self._folder)
            self._base = (catalog, mapper)
            return mapper
        self.prepare(catalog)
        building = self._building
        if base is None and building is not None:
            building.join(_PATIENCE)
            base = self._base
        if base is None:
            raise MappingNotReadyError
        return base[1]

    def _build(self, catalog: Catalog) -> None:
        from knowledge.mapping.mapper import open_mapper

        try:
            mapper = open_mapper(catalog, self._roles, self._folder)
        except Exception as error:  # noqa: BLE001 - a thread's own boundary: the old index goes on answering
            logger.error("the mapping index could not be built: %s", type(error).__qualname__)
            self._failed = catalog
            return
        self._base = (catalog, mapper)
        logger.info("alerts are mapped with %s", mapper.release)


def rule_evidence(detection: Detection) -> Evidence:
    """A detection as evidence of what its author claims and points at."""
    from knowledge.mapping.mapper import detection_evidence

    pointed_at = (*detection.ids, *detection.cited_ids)
    return detection_evidence(detection.title, pointed_at, detection.description, detection.strings, detection.id)


def _said(confirmations: tuple[Confirmation, ...]) -> tuple[dict[Evidence, Confirmed], list[Evidence]]:
    """What was right, with who said so, and what was wrong."""
    from knowledge.mapping.mapper import confirmation_evidence
    from knowledge.mapping.model import Confirmed
    from knowledge.store import Verdict

    right: dict[Evidence, Confirmed] = {}
    wrong: list[Evidence] = []
    for each in confirmations:
        day = each.confirmed_at[:10]
        piece = confirmation_evidence(each.text, each.technique_id, day)
        if each.verdict is Verdict.RIGHT:
            right[replace(piece, origin=each.id)] = Confirmed(each.user, day)
        else:
            wrong.append(piece)
    return right, wrong
