"""A team's detections, read from where they live: one reader a format."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from knowledge.detections.errors import DetectionsError
from knowledge.detections.model import (
    Detection,
    DetectionKind,
    ImportReport,
    LogSourceClaim,
    Rejected,
    RetiredId,
    UnknownId,
)

if TYPE_CHECKING:
    from knowledge.detections.formats import FORMAT_NAMES
    from knowledge.detections.importer import read_detections

_AT_NEED = {
    "FORMAT_NAMES": "knowledge.detections.formats",
    "read_detections": "knowledge.detections.importer",
}
"""Names whose modules bring numpy or a reader's libraries; a look-up by id needs none of them."""


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


def __getattr__(name: str) -> object:
    if name in _AT_NEED:
        return getattr(import_module(_AT_NEED[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
