"""When a subscription is due, through every daylight-saving change there is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.digest import moment, next_due, written, zone_named, zones_near
from knowledge.store import Frequency, Subscription

ZONES = sorted(available_timezones() - {"localtime", "Factory"})


def subscription(**fields: object) -> Subscription:
    return Subscription(**{"id": "s", "workspace": "T1", "channel": "C1", **fields})  # type: ignore[arg-type]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


wishes = st.builds(
    lambda frequency, weekday, hour, minute, zone: subscription(
        frequency=frequency, weekday=weekday, time=f"{hour:02}:{minute:02}", timezone=zone
    ),
    st.sampled_from(Frequency),
    st.integers(0, 6),
    st.integers(0, 23),
    st.integers(0, 59),
    st.sampled_from(ZONES),
)
moments = st.datetimes(datetime(1995, 1, 1), datetime(2037, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - theirs


@given(wishes, moments)
def test_it_is_later_and_the_same_whenever_it_is_asked_before(wish: Subscription, after: datetime) -> None:
    due = next_due(wish, after)

    assert after < due <= after + timedelta(days=40)
    assert next_due(wish, due - timedelta(microseconds=1)) == due
    assert next_due(wish, after + (due - after) / 2) == due


@given(wishes, moments)
def test_it_is_on_the_right_day_at_the_right_time_or_as_much_later_as_the_clocks_jump(
    wish: Subscription, after: datetime
) -> None:
    shown = next_due(wish, after).astimezone(ZoneInfo(wish.timezone))

    if f"{shown:%H:%M}" == wish.time:
        if wish.frequency is not Frequency.DAILY and shown.utcoffset() == (shown - timedelta(days=3)).utcoffset():
            assert shown.weekday() == wish.weekday
        assert shown.fold == 0
    else:  # the time does not exist on that day
        before, after_jump = ((shown + timedelta(hours=h)).astimezone(UTC).astimezone(shown.tzinfo) for h in (-30, 30))
        assert before.utcoffset() != after_jump.utcoffset()


@given(wishes, moments)
def test_a_daily_one_comes_once_a_day(wish: Subscription, after: datetime) -> None:
    wish = subscription(time=wish.time, timezone=wish.timezone, frequency=Frequency.DAILY)
    due = [next_due(wish, after)]
    for _ in range(12):
        due.append(next_due(wish, due[-1]))

    for earlier, later in pairwise(due):
        assert timedelta(hours=20) <= later - earlier <= timedelta(hours=49)


@pytest.mark.parametrize(
    ("zone", "time", "after", "due"),
    [
        ("Europe/Berlin", "02:30", "2026-03-28T12:00", "2026-03-29T01:30"),  # 02:30 is left out: 03:30
        ("Europe/Berlin", "02:30", "2026-10-24T12:00", "2026-10-25T00:30"),  # twice: the first
        ("Europe/Berlin", "02:30", "2026-10-25T00:30", "2026-10-26T01:30"),  # and not the second
        ("America/New_York", "09:00", "2026-03-07T20:00", "2026-03-08T13:00"),
        ("Australia/Lord_Howe", "02:15", "2026-10-03T10:00", "2026-10-03T15:45"),  # jumps by half an hour
        ("Pacific/Apia", "09:00", "2011-12-29T20:00", "2011-12-30T19:00"),  # 30 December 2011 was left out there
        ("Asia/Kathmandu", "00:00", "2026-01-01T00:00", "2026-01-01T18:15"),
    ],
)
def test_a_day_of_change(zone: str, time: str, after: str, due: str) -> None:
    wish = subscription(frequency=Frequency.DAILY, time=time, timezone=zone)

    assert next_due(wish, at(after)) == at(due)


def test_monthly_is_the_first_such_day() -> None:
    wish = subscription(frequency=Frequency.MONTHLY, weekday=4, time="09:00")
    due = [next_due(wish, at("2026-01-31T00:00"))]
    due.append(next_due(wish, due[0]))

    assert due == [at("2026-02-06T09:00"), at("2026-03-06T09:00")]


def test_an_unknown_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        next_due(subscription(timezone="Mars/Olympus"), at("2026-01-01T00:00"))


def test_zones_are_known_by_any_spelling_and_near_misses_are_suggested() -> None:
    assert zone_named("europe/berlin") == "Europe/Berlin"
    assert zone_named("america/new york") == "America/New_York"
    assert zone_named("Berlin") is None
    assert "Europe/Berlin" in zones_near("Europe/Berln")
    assert "Asia/Tokyo" in zones_near("tokio")


def test_moments_are_written_as_the_store_keeps_them() -> None:
    assert written(at("2026-11-16T09:00")) == "2026-11-16T09:00:00Z"
    assert moment("2026-11-16T09:00:00Z") == at("2026-11-16T09:00")
