"""What a team's detections claim for each technique, and what each claim rests on.

Coverage is not detection. A rule that names a technique covers the behaviours its author thought of, so
everything here speaks of rules, says where they come from and whether their log source is collected, and
adds nothing up that a reader would take for more.
"""

from knowledge.coverage.collected import Collected, Draft, DraftLine, draft_collected
from knowledge.coverage.index import Coverage
from knowledge.coverage.log_sources import NO_LOG_SOURCES, LogSourceEntry, LogSources
from knowledge.coverage.log_sources_file import LogSourcesError, read_log_sources
from knowledge.coverage.model import (
    MANY_RULES,
    NOT_DETECTION,
    Claim,
    Readiness,
    SourceSummary,
    State,
    Summary,
    TechniqueCoverage,
    Visibility,
)

__all__ = [
    "MANY_RULES",
    "NOT_DETECTION",
    "NO_LOG_SOURCES",
    "Claim",
    "Collected",
    "Coverage",
    "Draft",
    "DraftLine",
    "LogSourceEntry",
    "LogSources",
    "LogSourcesError",
    "Readiness",
    "SourceSummary",
    "State",
    "Summary",
    "TechniqueCoverage",
    "Visibility",
    "draft_collected",
    "read_log_sources",
]
