"""What commands work with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from knowledge.search import NO_SYNONYMS, Lookup, Synonyms

if TYPE_CHECKING:
    from knowledge.catalog import Catalog
    from knowledge.library import Library


@dataclass(frozen=True, slots=True)
class Reference:
    """One catalog and the look-up over it: what a request reads from beginning to end."""

    catalog: Catalog
    lookup: Lookup


class Toolbox:
    """The knowledge behind every command; threads share one.

    Args:
        library: Releases on disk.
        synonyms: The field's slang, the operator's own words among it.
        command: The slash command, as the help tells it.
    """

    def __init__(self, library: Library, synonyms: Synonyms = NO_SYNONYMS, *, command: str = "/attack") -> None:
        self.library = library
        self.command = command
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
