"""Which gap to close first, and why; two groups beside each other, or a group beside us."""

from knowledge.priorities.actors import Actor, SectorIndex, UnknownSectorError
from knowledge.priorities.compare import GroupAndUs, TwoGroups, compare_groups, compare_with_us
from knowledge.priorities.evidence import Evidence
from knowledge.priorities.gaps import Gap, GapFilter, GapReport, UnknownFilterError, rank_gaps
from knowledge.priorities.public_rules import PublicRule, PublicRules
from knowledge.priorities.relevance import Relevance

__all__ = [
    "Actor",
    "Evidence",
    "Gap",
    "GapFilter",
    "GapReport",
    "GroupAndUs",
    "PublicRule",
    "PublicRules",
    "Relevance",
    "SectorIndex",
    "TwoGroups",
    "UnknownFilterError",
    "UnknownSectorError",
    "compare_groups",
    "compare_with_us",
    "rank_gaps",
]
