"""Alert text -> techniques, with the words that say so; offline, without a language model."""

from knowledge.mapping.evidence import Evidence, Source
from knowledge.mapping.mapper import Mapper, confirmation_evidence, detection_evidence, open_mapper
from knowledge.mapping.masking import masked
from knowledge.mapping.model import Band, IndicatorCount, Likely, Mapping, Quote

__all__ = [
    "Band",
    "Evidence",
    "IndicatorCount",
    "Likely",
    "Mapper",
    "Mapping",
    "Quote",
    "Source",
    "confirmation_evidence",
    "detection_evidence",
    "masked",
    "open_mapper",
]
