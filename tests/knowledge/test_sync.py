"""From a source into the library: the newest of an archive, all of a folder, the snapshot where nothing is."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from knowledge.errors import BundleError, SourceError
from knowledge.library import Library
from knowledge.model import Domain, ReleaseContents, Remark
from knowledge.sources import Offer, Progress, silent
from knowledge.sync import fill_gaps, sync
from tests.knowledge.test_library import release


class Shelf:
    """A source that holds what it is given; fetching a version named in `broken` fails."""

    def __init__(self, contents: Iterable[ReleaseContents], *, archive: bool, broken: str = "") -> None:
        self._contents = {self._offer(each): each for each in contents}
        self._broken = broken
        self.archive = archive
        self.fetched: list[str] = []

    @staticmethod
    def _offer(contents: ReleaseContents) -> Offer:
        release = contents.release
        return Offer(release.domain, release.version, f"shelf/{release.domain}-{release.version}")

    def offers(self) -> tuple[Offer, ...]:
        return tuple(self._contents)

    def passed_over(self) -> tuple[Remark, ...]:
        return ()

    def fetch(self, offer: Offer, progress: Progress = silent) -> ReleaseContents:
        self.fetched.append(offer.version)
        if offer.version == self._broken:
            raise BundleError(offer.where, "cut short")
        return self._contents[offer]


def current(library: Library) -> dict[Domain, str]:
    return {held.release.domain: held.release.version for held in library.releases() if held.current}


def test_of_an_archive_the_newest_is_fetched_once(tmp_path: Path) -> None:
    shelf = Shelf([release("18.1"), release("17.1"), release("18.1", Domain.ICS)], archive=True)
    library = Library(tmp_path)
    sync(shelf, library)
    again = sync(shelf, library)

    assert shelf.fetched == ["18.1", "18.1"]
    assert again == ()
    assert current(library) == {Domain.ENTERPRISE: "18.1", Domain.ICS: "18.1"}


def test_of_a_folder_everything_is_kept_and_the_newest_answers(tmp_path: Path) -> None:
    library = Library(tmp_path)
    done = sync(Shelf([release("18.1"), release("17.1")], archive=False), library)

    assert [(each.release.version, each.current) for each in done] == [("17.1", True), ("18.1", True)]
    assert current(library) == {Domain.ENTERPRISE: "18.1"}


def test_a_version_that_is_asked_for_is_pinned(tmp_path: Path) -> None:
    library = Library(tmp_path)
    archive = Shelf([release("18.1"), release("17.1")], archive=True)
    sync(archive, library, version="17.1")
    sync(archive, library)

    assert current(library) == {Domain.ENTERPRISE: "17.1"}
    assert len(library.releases()) == 2


def test_only_the_wanted_domains_are_fetched(tmp_path: Path) -> None:
    library = Library(tmp_path)
    sync(Shelf([release("18.1"), release("18.1", Domain.ICS)], archive=True), library, domains=[Domain.ICS])

    assert current(library) == {Domain.ICS: "18.1"}


def test_a_version_that_is_not_there_is_told_with_what_is(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"no release 99\.0 there; it has enterprise 18\.1"):
        sync(Shelf([release("18.1")], archive=True), Library(tmp_path), version="99.0")


def test_a_release_that_cannot_be_read_leaves_the_current_one(tmp_path: Path) -> None:
    library = Library(tmp_path)
    library.add(release("17.1"))
    with pytest.raises(BundleError):
        sync(Shelf([release("18.1")], archive=True, broken="18.1"), library)

    assert current(library) == {Domain.ENTERPRISE: "17.1"}


def test_domains_without_a_release_get_the_snapshot_once(tmp_path: Path) -> None:
    library = Library(tmp_path)
    library.add(release("18.1"))
    added = fill_gaps(library, list(Domain))

    assert {each.domain: each.snapshot for each in added} == {Domain.MOBILE: True, Domain.ICS: True}
    assert fill_gaps(library, list(Domain)) == ()
    assert library.catalog().get("T0803")
