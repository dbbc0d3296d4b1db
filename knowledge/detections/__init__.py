"""A team's detections, read from where they live: one reader a format."""

from knowledge.detections.errors import DetectionsError
from knowledge.detections.formats import BY_NAME
from knowledge.detections.importer import read_detections
from knowledge.detections.model import (
    Detection,
    DetectionKind,
    ImportReport,
    LogSourceClaim,
    Rejected,
    RetiredId,
    UnknownId,
)

FORMAT_NAMES: tuple[str, ...] = tuple(BY_NAME)
"""What ``--format`` takes."""

__all__ = [
    "FORMAT_NAMES",
    "Detection",
    "DetectionKind",
    "DetectionsError",
    "ImportReport",
    "LogSourceClaim",
    "Rejected",
    "RetiredId",
    "UnknownId",
    "read_detections",
]
