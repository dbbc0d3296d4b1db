"""The regular post: when it is due, and what it has to say."""

from knowledge.digest.compose import change_id, compose, told_now
from knowledge.digest.model import Digest, Entry, Told
from knowledge.digest.schedule import next_due, zone_named, zones_near
from knowledge.store.instants import moment, written

__all__ = [
    "Digest",
    "Entry",
    "Told",
    "change_id",
    "compose",
    "moment",
    "next_due",
    "told_now",
    "written",
    "zone_named",
    "zones_near",
]
