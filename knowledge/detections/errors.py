"""What can go wrong when a team's detections are read."""

from __future__ import annotations

from knowledge.errors import LocatedError


class DetectionsError(LocatedError, ValueError):
    """A place that detections were to be read from cannot be read at all.

    One file of many that cannot be read is no error: it is `Rejected`, and the rest is imported.
    """
