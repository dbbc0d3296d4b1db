"""Every error this package raises on purpose.

    KnowledgeError
    ├── LocatedError                   it says where: a file or an address, and the line where that is known
    │   ├── BundleError (ValueError)   a STIX bundle that cannot become a release
    │   ├── SourceError (OSError)      a place that releases come from did not deliver one
    │   ├── knowledge.alerts.events.FactsError (ValueError)
    │   ├── knowledge.alerts.roles_file.RolesError (ValueError)
    │   ├── knowledge.search.SynonymsError (ValueError)
    │   ├── knowledge.coverage.LogSourcesError (ValueError)
    │   ├── knowledge.detections.DetectionsError (ValueError)
    │   └── knowledge.retag.RetagError (ValueError)
    ├── LibraryError (OSError)         the releases on disk cannot be read or written
    ├── UnknownReleaseError (LookupError)
    │                                  a version that is not on disk
    ├── knowledge.mapping.documents.DocumentError (ValueError)
    ├── knowledge.mapping.teams.MappingNotReadyError
    ├── knowledge.priorities.UnknownSectorError (LookupError)
    ├── knowledge.priorities.UnknownFilterError (LookupError)
    └── knowledge.store.StoreError (OSError)

The text of each is one sentence for the person who caused it: what was wrong, where, and what to do.
"""

from __future__ import annotations


class KnowledgeError(Exception):
    """Root of the tree; its text may be shown to a user as it is."""


class LocatedError(KnowledgeError):
    """Something that was read is not as it has to be, and this is where.

    Args:
        where: The file or address, as the user knows it.
        problem: What is wrong with it, a sentence without its full stop.
        line: The line it is wrong on, counted from 1; 0 where it is all of it, or nobody can tell.
    """

    def __init__(self, where: str, problem: str, line: int = 0) -> None:
        super().__init__(f"{where}{f', line {line}' if line else ''}: {problem}.")
        self.where = where
        self.problem = problem
        self.line = line


class BundleError(LocatedError, ValueError):
    """A STIX bundle that cannot become a release."""


class SourceError(LocatedError, OSError):
    """A place that releases come from did not deliver one."""


class LibraryError(KnowledgeError, OSError):
    """The releases on disk cannot be read or written."""


class UnknownReleaseError(KnowledgeError, LookupError):
    """A version was named that is not on disk.

    Args:
        version: What was asked for.
        known: The versions that are there, for the message.
    """

    def __init__(self, version: str, known: tuple[str, ...]) -> None:
        have = ", ".join(known) or "none"
        super().__init__(
            f"Release {version} is not on disk (there: {have}); fetch it with 'attackbot sync --release {version}'."
        )
        self.version = version
        self.known = known
