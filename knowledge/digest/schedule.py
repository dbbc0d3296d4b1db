"""When a subscription is due: a time of day by the clock on its wall, once for each day that counts.

Where the clocks go forward over that time, it is due as much later as they jump; where they go back and show it twice,
the first time counts. A day that a zone leaves out, as Samoa did at the date line, falls together with the next.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from difflib import get_close_matches
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from knowledge.store.digests import Frequency, Subscription


def next_due(subscription: Subscription, after: datetime) -> datetime:
    """The first moment a subscription is due after another, in UTC.

    Args:
        subscription: Its frequency, weekday, time and zone count.
        after: Aware.

    Raises:
        ValueError: There is no such time zone.
    """
    try:
        zone = ZoneInfo(subscription.timezone)
    except (ZoneInfoNotFoundError, OSError, ValueError):
        raise ValueError(f"there is no time zone {subscription.timezone[:60]!r}") from None
    hour, minute = map(int, subscription.time.split(":"))
    start = after.astimezone(zone).date() - timedelta(days=2)  # a zone that leaves a day out moves by a whole one
    for day in _days(subscription, start):
        due = datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone).astimezone(UTC)
        if due > after:
            return due
    raise AssertionError("days do not end")


def zone_named(text: str) -> str | None:
    """The IANA name meant, whatever its case; None where there is none."""
    return _zones().get(text.strip().casefold().replace(" ", "_"))


def zones_near(text: str) -> list[str]:
    """Up to three zones with a name, or a city, like this."""
    word = text.strip().casefold().replace(" ", "_")
    cities = {name.rpartition("/")[2]: name for name in _zones()}
    near = [*(cities[each] for each in get_close_matches(word, cities, n=2)), *get_close_matches(word, _zones(), n=3)]
    return [_zones()[each] for each in dict.fromkeys(near)][:3]


@lru_cache(maxsize=1)
def _zones() -> dict[str, str]:
    return {name.casefold(): name for name in sorted(available_timezones())}


def _days(subscription: Subscription, start: date) -> Iterator[date]:
    """The calendar days that count, from one on."""
    match subscription.frequency:
        case Frequency.DAILY:
            while True:
                yield start
                start += timedelta(days=1)
        case Frequency.WEEKLY:
            start += timedelta(days=(subscription.weekday - start.weekday()) % 7)
            while True:
                yield start
                start += timedelta(days=7)
        case Frequency.MONTHLY:
            month = start.replace(day=1)
            while True:
                yield month + timedelta(days=(subscription.weekday - month.weekday()) % 7)
                month = (month + timedelta(days=32)).replace(day=1)
