"""Where releases come from: sources behind one seam."""

from knowledge.sources.opening import open_source
from knowledge.sources.source import Offer, Progress, Source, matching, newest, newest_first, silent

__all__ = [
    "Offer",
    "Progress",
    "Source",
    "matching",
    "newest",
    "newest_first",
    "open_source",
    "silent",
]
