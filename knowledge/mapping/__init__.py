"""Alert text -> techniques, with the words that say so; offline, without a language model."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from knowledge.alerts.masking import masked
from knowledge.mapping.model import (
    Band,
    Confirmed,
    IndicatorCount,
    Likely,
    Mapping,
    MatchedRule,
    Outcome,
    Quote,
)

if TYPE_CHECKING:
    from knowledge.mapping.evidence import Evidence, Source
    from knowledge.mapping.mapper import Mapper, confirmation_evidence, detection_evidence, open_mapper

_AT_NEED = {
    "Evidence": "knowledge.mapping.evidence",
    "Mapper": "knowledge.mapping.mapper",
    "Source": "knowledge.mapping.evidence",
    "confirmation_evidence": "knowledge.mapping.mapper",
    "detection_evidence": "knowledge.mapping.mapper",
    "open_mapper": "knowledge.mapping.mapper",
}
"""Names whose modules bring numpy or a reader's libraries; a look-up by id needs none of them."""


__all__ = [
    "Band",
    "Confirmed",
    "Evidence",
    "IndicatorCount",
    "Likely",
    "Mapper",
    "Mapping",
    "MatchedRule",
    "Outcome",
    "Quote",
    "Source",
    "confirmation_evidence",
    "detection_evidence",
    "masked",
    "open_mapper",
]


def __getattr__(name: str) -> object:
    if name in _AT_NEED:
        return getattr(import_module(_AT_NEED[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
