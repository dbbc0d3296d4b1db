"""What can go wrong when a team's detections are read."""

from __future__ import annotations

from knowledge.errors import KnowledgeError


class DetectionsError(KnowledgeError, ValueError):
    """A place that detections were to be read from cannot be read at all.

    One file of many that cannot be read is no error: it is `Rejected`, and the rest is imported.

    Args:
        where: The file or folder, as the user named it.
        problem: What is wrong with it, a sentence without its full stop.
    """

    def __init__(self, where: str, problem: str) -> None:
        super().__init__(f"{where}: {problem}.")
        self.where = where
        self.problem = problem
