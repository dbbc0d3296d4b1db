"""What every source promises, whatever it reads from."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from knowledge.errors import BundleError, SourceError
from knowledge.model import Domain
from knowledge.sources import Offer, Source, newest_first
from knowledge.sources.mitre import IndexSource
from knowledge.sources.path import PathSource
from knowledge.sources.snapshot import SnapshotSource
from knowledge.sources.snapshot.clusters import clusters_folder, read_facts
from tests.knowledge.bundles import bundle, collection, technique
from tests.knowledge.sources.serving import Site, serving

BUNDLES = {version: bundle(collection(version), technique("T1059")) for version in ("9.0", "17.1", "18.1")}
NEWEST = "enterprise-attack-18.1.json"


@dataclass
class Place:
    """A source, and how to damage a file that it reads."""

    open: Callable[[], Source]
    file: Path
    publish: Callable[[], None] = lambda: None

    def damage(self, text: bytes | None) -> None:
        if text is None:
            self.file.unlink()
        else:
            self.file.write_bytes(text)
        self.publish()


def a_file(folder: Path) -> Iterator[Place]:
    path = folder / NEWEST
    path.write_bytes(BUNDLES["18.1"])
    yield Place(lambda: PathSource(path), path)


def a_folder(folder: Path) -> Iterator[Place]:
    for version, text in BUNDLES.items():
        (folder / f"enterprise-attack-{version}.json").write_bytes(text)
    yield Place(lambda: PathSource(folder), folder / NEWEST)


def an_index(folder: Path) -> Iterator[Place]:
    (folder / NEWEST).write_bytes(BUNDLES["18.1"])
    with serving(Site()) as site:
        site.put_index(*({"version": v, "url": f"enterprise-attack-{v}.json"} for v in BUNDLES))
        site.files |= {f"/enterprise-attack-{version}.json": text for version, text in BUNDLES.items()}

        def publish() -> None:
            site.files.pop(f"/{NEWEST}", None)
            if (folder / NEWEST).exists():
                site.files[f"/{NEWEST}"] = (folder / NEWEST).read_bytes()

        yield Place(lambda: IndexSource(site.url + "/index.json"), folder / NEWEST, publish)


def the_snapshot(folder: Path) -> Iterator[Place]:
    for name in read_facts().checked:
        (folder / f"{name}.json").write_bytes((clusters_folder() / f"{name}.json").read_bytes())
    yield Place(lambda: SnapshotSource(folder), folder / "mitre-attack-pattern.json")


@pytest.fixture(params=[a_file, a_folder, an_index, the_snapshot], ids=lambda place: place.__name__)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """Every kind of source in turn, holding a sound release."""
    yield from request.param(tmp_path)


def test_offers_come_newest_first_and_the_same_each_time(place: Place) -> None:
    source = place.open()

    offers = source.offers()

    assert offers
    assert offers == newest_first(offers) == source.offers() == place.open().offers()


def test_what_is_fetched_is_what_was_offered(place: Place) -> None:
    source = place.open()

    for offer in source.offers():
        contents = source.fetch(offer)
        assert (contents.release.domain, contents.release.version) == (offer.domain, offer.version)
        assert contents.matrices
        assert contents.techniques
        assert contents.release.source


def test_what_is_fetched_twice_is_equal(place: Place) -> None:
    source = place.open()
    offer = source.offers()[0]

    assert source.fetch(offer) == source.fetch(offer)


def test_progress_never_runs_backwards_nor_past_its_end(place: Place) -> None:
    source = place.open()
    told: list[tuple[int, int | None, str]] = []

    offer = source.offers()[0]
    for _ in range(2):
        source.fetch(offer, lambda done, total, label: told.append((done, total, label)))
        assert [done for done, _, _ in told] == sorted(done for done, _, _ in told)
        assert all(total is None or done <= total for done, total, _ in told)
        assert all(label and "\n" not in label for _, _, label in told)
        told.clear()


def test_a_sound_source_passes_nothing_over(place: Place) -> None:
    source = place.open()
    source.offers()

    assert source.passed_over() == ()


def test_whether_it_is_an_archive_is_known_without_reading(place: Place) -> None:
    place.damage(None)

    assert place.open().archive in (True, False)


@pytest.mark.parametrize(
    "text",
    [
        None,
        b"",
        b"\x00\xff\xfe" * 40,
        b"<html>sign in</html>",
        b"{}",
        b"[]",
        b'{"type": "bundle", "objects": []}',
        b'{"type": "bundle", "objects": [5, {"id": 5}]}',
        b'{"version": 1, "values": []',
        b'{"version": 33, "values": [{"uuid": "x", "value": 7}]}',
        BUNDLES["18.1"][:-7],
        b"[" * 100_000,
        b"\x1f\x8b\x08\x00damaged",
        b"\xfd7zXZ\x00damaged",
        json.dumps({"type": "bundle", "objects": [technique("T1059")]}).encode(),
    ],
    ids=range(15),
)
def test_damage_is_one_sentence_or_passed_over(place: Place, text: bytes | None) -> None:
    place.damage(text)
    source = place.open()

    try:
        offers = source.offers()
        contents = [source.fetch(offer) for offer in offers]
    except (SourceError, BundleError) as error:
        sentence = str(error)
    else:  # a folder's other files are as good as ever
        assert len(contents) == len(offers) == 2
        sentence = "."
        assert not text or source.passed_over()

    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert "Traceback" not in sentence


def test_an_offer_of_another_source_is_one_sentence(place: Place, tmp_path: Path) -> None:
    foreign = Offer(Domain.MOBILE, "1.0", str(tmp_path / "nowhere.json"))

    with pytest.raises((SourceError, BundleError)) as caught:
        place.open().fetch(foreign)

    assert "\n" not in str(caught.value)
