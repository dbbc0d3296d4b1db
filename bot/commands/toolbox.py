"""What commands work with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.commands.coverages import TeamCoverages
from bot.commands.shown import ShownCards
from bot.views.whose import EVERYBODY, Team
from bot.workplace import Nowhere, Workplace
from knowledge.history import History
from knowledge.search import NO_SYNONYMS, Lookup, Synonyms

if TYPE_CHECKING:
    from knowledge.alerts.model import Alert
    from knowledge.catalog import Catalog
    from knowledge.coverage import Coverage
    from knowledge.library import Library
    from knowledge.mapping import Mapping
    from knowledge.mapping.teams import TeamMappers
    from knowledge.model import Domain
    from knowledge.priorities import Evidence
    from knowledge.store import Store


@dataclass(frozen=True, slots=True)
class Reference:
    """One catalog and the look-up over it: what a request reads from beginning to end."""

    catalog: Catalog
    lookup: Lookup


class Toolbox:
    """The knowledge behind every command; threads share one.

    Args:
        library: Releases on disk.
        store: What the teams told.
        mappers: From alert text to techniques.
        synonyms: The field's slang, the operator's own words among it.
        coverages: What the teams' detections claim; over `store` and no log sources unless given.
        command: The slash command, as the help tells it.
        now: The time, in UTC.
    """

    def __init__(
        self,
        library: Library,
        store: Store,
        mappers: TeamMappers,
        synonyms: Synonyms = NO_SYNONYMS,
        *,
        coverages: TeamCoverages | None = None,
        command: str = "/attack",
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.library = library
        self.store = store
        self.coverages = coverages or TeamCoverages(store)
        self.history = History(library)
        self.workplace: Workplace = Nowhere()
        self.shown = ShownCards()
        self.command = command
        self.now = now
        self._mappers = mappers
        self._synonyms = synonyms
        self._reference: Reference | None = None

    def reference(self) -> Reference:
        """The current releases; the look-up is built anew when they were swapped."""
        catalog = self.library.catalog()
        reference = self._reference
        if reference is None or reference.catalog is not catalog:
            reference = Reference(catalog, Lookup(catalog, self._synonyms))
            self._reference = reference
        return reference

    def map(self, workspace: str, text: str, *, domain: Domain | None = None) -> Mapping:
        """Likely techniques of a text, with what the workspace's team told counted in.

        Raises:
            MappingNotReadyError: The index is being built.
            StoreError: What the team told cannot be read.
        """
        return self._mappers.mapper(self.reference().catalog, workspace).map(text, domain)

    def read(self, text: str) -> Alert:
        """The records and fields of a paste, each field with the part it plays."""
        return self._mappers.read(text)

    def coverage(self, workspace: str, team: Team = EVERYBODY) -> Coverage:
        """What the workspace's detections, or those that count for one of its teams, claim of the current releases.

        Raises:
            StoreError: What the team told cannot be read.
        """
        return self.coverages.coverage(self.reference().catalog, workspace, team)

    def teams(self, workspace: str) -> tuple[Team, ...]:
        """The teams that share the workspace, by name; none where no source bears a label.

        Raises:
            StoreError: What the team told cannot be read.
        """
        return self.coverages.teams(self.reference().catalog, workspace)

    def evidence(self) -> Evidence:
        """Who uses which technique, and which public rules name it.

        Raises:
            SourceError: The wheel it is read from is missing or damaged.
        """
        return self.coverages.evidence(self.reference().catalog)

    def prepare(self) -> None:
        """Load what the first question would wait for."""
        self.reference().lookup.warm()
        self._mappers.prepare(self.reference().catalog)
        self.coverages.prepare(self.reference().catalog)
        self.history.prepare()
