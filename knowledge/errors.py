"""Every error this package raises on purpose.

    KnowledgeError
    ├── BundleError (ValueError)       a STIX bundle that cannot become a release
    ├── SourceError (OSError)          a place that releases come from did not deliver one
    ├── LibraryError (OSError)         the releases on disk cannot be read or written
    ├── UnknownReleaseError (LookupError)
    │                                  a version that is not on disk
    ├── knowledge.search.SynonymsError (ValueError)
    ├── knowledge.mapping.documents.DocumentError (ValueError)
    ├── knowledge.detections.errors.DetectionsError (ValueError)
    └── knowledge.store.StoreError (OSError)

The text of each is one sentence for the person who caused it: what was wrong, where, and what to do.
"""

from __future__ import annotations


class KnowledgeError(Exception):
    """Root of the tree; its text may be shown to a user as it is."""


class BundleError(KnowledgeError, ValueError):
    """A STIX bundle that cannot become a release.

    Args:
        where: The file or address the bundle came from.
        problem: What is wrong with it, a sentence without its full stop.
    """

    def __init__(self, where: str, problem: str) -> None:
        super().__init__(f"{where}: {problem}.")
        self.where = where
        self.problem = problem


class SourceError(KnowledgeError, OSError):
    """A place that releases come from did not deliver one.

    Args:
        where: The file or address that was asked.
        problem: What happened, a sentence without its full stop.
    """

    def __init__(self, where: str, problem: str) -> None:
        super().__init__(f"{where}: {problem}.")
        self.where = where
        self.problem = problem


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
