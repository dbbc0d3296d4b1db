"""What changed between the releases on disk."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from knowledge.errors import UnknownReleaseError
from knowledge.history import History
from knowledge.library import Library
from knowledge.model import Domain
from tests.builders import small_release


def library(home: Path, *versions: str, keep: int = 4, pin: str = "") -> Library:
    found = Library(home, keep=keep)
    for version in versions:
        found.add(small_release(version), pin=version == pin)
    return found


def test_the_newest_two_are_compared(tmp_path: Path) -> None:
    (part,) = History(library(tmp_path, "16.1", "17.1", "18.1")).latest().changes

    assert (part.old.version, part.new.version) == ("17.1", "18.1")


def test_with_one_release_there_is_nothing_to_compare(tmp_path: Path) -> None:
    history = History(library(tmp_path, "18.1"))

    assert history.latest().changes == ()
    assert history.ready(Domain.ENTERPRISE) is None


def test_since_a_version_or_a_sentence_on_which_there_are(tmp_path: Path) -> None:
    history = History(library(tmp_path, "16.1", "17.1", "18.1"))

    assert history.since("16.1").changes[0].old.version == "16.1"
    with pytest.raises(UnknownReleaseError, match=r"17\.1, 16\.1"):
        history.since("15.0")
    with pytest.raises(UnknownReleaseError, match=r"there: none"):
        history.since("16.1", [Domain.MOBILE])


def test_since_what_was_told_or_the_oldest_after_it(tmp_path: Path) -> None:
    history = History(library(tmp_path, "17.1", "18.0", "18.1"))

    assert history.since_told({"enterprise": "18.0"}).changes[0].old.version == "18.0"
    assert history.since_told({"enterprise": "18.1"}).changes == ()
    assert history.since_told({"enterprise": "19.0"}).changes == ()
    stand_in = history.since_told({"enterprise": "16.1"})
    assert stand_in.changes[0].old.version == "17.1"
    assert "16.1 is no longer on disk" in stand_in.limits[0]


def test_where_nothing_older_is_left_it_says_so(tmp_path: Path) -> None:
    found = History(library(tmp_path, "18.1")).since_told({"enterprise": "17.1"})

    assert found.changes == ()
    assert "17.1 is no longer on disk" in found.limits[0]


def test_where_the_snapshot_answers_it_is_compared_and_not_the_real_release_of_its_version(tmp_path: Path) -> None:
    held = library(tmp_path, "16.1", "17.1")
    real = held.contents(Domain.ENTERPRISE, "17.1")
    held.add(replace(real, release=replace(real.release, snapshot=True)), pin=True)

    (part,) = History(held).latest().changes

    assert (part.old.label, part.new.label) == ("Enterprise 16.1", "Enterprise 17.1 snapshot")


def test_a_comparison_is_made_once(tmp_path: Path) -> None:
    history = History(library(tmp_path, "17.1", "18.1"))

    assert history.latest().changes[0] is history.since("17.1").changes[0] is history.ready(Domain.ENTERPRISE)


def test_what_is_ready_was_compared_in_the_background(tmp_path: Path) -> None:
    history = History(library(tmp_path, "17.1", "18.1"))

    assert history.ready(Domain.ENTERPRISE) is None
    history.prepare().join()
    assert history.ready(Domain.ENTERPRISE) is not None


def test_a_newer_release_beside_a_pinned_one_is_known(tmp_path: Path) -> None:
    assert History(library(tmp_path / "a", "17.1", "18.1", pin="17.1")).newer() == (
        (Domain.ENTERPRISE, "17.1", "18.1"),
    )
    assert History(library(tmp_path / "b", "17.1", "18.1")).newer() == ()
