"""Bundles on disk: one file or a folder, packed or not, bounded."""

from __future__ import annotations

import gzip
import lzma
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from knowledge.errors import BundleError, SourceError
from knowledge.model import Domain
from knowledge.sources.path import PathSource
from tests.knowledge.bundles import as_stix_20, bundle, collection, technique

BUNDLE = bundle(collection("18.1"), technique("T1059"))


def put(folder: Path, name: str, text: bytes) -> Path:
    path = folder / name
    path.write_bytes(text)
    return path


@pytest.mark.parametrize(
    ("name", "pack"),
    [
        ("b.json", bytes),
        ("b.json.gz", gzip.compress),
        ("b.json.xz", lzma.compress),
        ("renamed.json", gzip.compress),
        ("b.json.gz", bytes),
        ("with-a-mark.json", lambda text: b"\xef\xbb\xbf" + text),
        ("as-2.0.json", as_stix_20),
    ],
)
def test_a_bundle_is_read_however_it_is_packed(tmp_path: Path, name: str, pack: Callable[[bytes], bytes]) -> None:
    source = PathSource(put(tmp_path, name, pack(BUNDLE)))

    (offer,) = source.offers()

    assert (offer.domain, offer.version) == (Domain.ENTERPRISE, "18.1")
    assert source.fetch(offer).release.source == str(tmp_path / name)
    assert source.fetch(offer).release.version == "18.1"  # and again, though its text is no longer kept


def test_a_folder_offers_every_bundle_in_it_newest_first(tmp_path: Path) -> None:
    put(tmp_path, "z.json", bundle(collection("9.0"), technique("T1059")))
    put(tmp_path, "b.json.gz", gzip.compress(BUNDLE))
    put(tmp_path, "enterprise-attack-10.1.json", bundle(technique("T1059")))

    source = PathSource(tmp_path)

    assert [offer.version for offer in source.offers()] == ["18.1", "10.1", "9.0"]
    assert [source.fetch(offer).release.version for offer in source.offers()] == ["18.1", "10.1", "9.0"]


def test_what_is_no_bundle_in_a_folder_is_passed_over_and_counted(tmp_path: Path) -> None:
    put(tmp_path, "b.json", BUNDLE)
    put(tmp_path, "index.json", b'{"collections": []}')
    put(tmp_path, "cut.json", BUNDLE[:-5])
    put(tmp_path, "cut.json.xz", lzma.compress(BUNDLE)[:-5])
    put(tmp_path, "campaigns.json", bundle(technique("T1059"), whole=False))
    put(tmp_path, "LICENSE.txt", b"text")
    (tmp_path / "folder.json").mkdir()

    source = PathSource(tmp_path)

    assert [offer.version for offer in source.offers()] == ["18.1"]
    assert {remark.what: (remark.count, remark.example.partition(":")[0]) for remark in source.passed_over()} == {
        "files that are no ATT&CK bundle": (3, "cut.json"),
        "files that are not named like a bundle": (1, "LICENSE.txt"),
        "bundles that are no ATT&CK release": (1, "campaigns.json"),
        "folders inside it, which are not searched": (1, "folder.json"),
    }


def test_a_folder_without_a_bundle_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no ATT&CK bundle"):
        PathSource(tmp_path).offers()
    put(tmp_path, "cut.json", BUNDLE[:-5])
    with pytest.raises(SourceError, match=r"no ATT&CK bundle.*cut\.json: not valid JSON"):
        PathSource(tmp_path).offers()


@pytest.mark.parametrize(
    "text", [b"", b" ", b"<html>", b"\x00" * 99, BUNDLE[:-5], b"[1]", b"\x1f\x8b", b"\xfd7zXZ\x00"]
)
def test_a_file_that_is_no_bundle_is_one_sentence(tmp_path: Path, text: bytes) -> None:
    with pytest.raises((SourceError, BundleError)) as caught:
        PathSource(put(tmp_path, "b.json", text)).offers()

    assert "\n" not in str(caught.value)


def test_a_bundle_without_a_matrix_is_refused_when_it_is_read(tmp_path: Path) -> None:
    source = PathSource(put(tmp_path, "b.json", bundle(technique("T1059"), whole=False)))

    (offer,) = source.offers()

    assert offer.domain is None
    with pytest.raises(BundleError, match="matrix"):
        source.fetch(offer)


def test_a_missing_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such file"):
        PathSource(tmp_path / "nowhere").offers()


def test_what_is_neither_file_nor_folder_is_one_sentence(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(SourceError, match="neither"):
        PathSource(tmp_path / "pipe").offers()


def test_an_unreadable_file_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = put(tmp_path, "b.json", BUNDLE)

    def refuse(*args: object) -> object:
        raise PermissionError(13, "Permission denied")  # a mode would not do: root may read anything

    monkeypatch.setattr(Path, "open", refuse)

    with pytest.raises(SourceError, match="cannot be read"):
        PathSource(path).offers()


def test_a_two_gigabyte_file_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "b.json"
    with path.open("wb") as stream:
        stream.truncate(2_000_000_000)  # a hole: it takes no disk
    started = time.perf_counter()

    with pytest.raises(SourceError, match="larger than 500 MB"):
        PathSource(path).offers()

    assert time.perf_counter() - started < 0.5


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress])
def test_a_decompression_bomb_is_stopped_at_the_bound(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    path = put(tmp_path, "b.json.x", pack(b"{" + b" " * 60_000_000))

    with pytest.raises(SourceError, match="larger than 10 MB"):
        PathSource(path, limit=10_000_000).offers()


def test_a_bomb_of_no_json_is_stopped_at_once(tmp_path: Path) -> None:
    path = put(tmp_path, "b.json.gz", gzip.compress(b"\x00" * 60_000_000))

    with pytest.raises(BundleError, match="not a STIX bundle"):
        PathSource(path).offers()


@pytest.mark.shared
def test_the_shared_folder_offers_both_releases_of_every_domain(shared_dir: Path) -> None:
    source = PathSource(shared_dir / "attack")

    offers = source.offers()

    assert [(offer.version, offer.domain) for offer in offers] == [
        (version, domain) for version in ("18.1", "17.1") for domain in Domain
    ]
    assert {remark.what for remark in source.passed_over()} == {
        "files that are no ATT&CK bundle",
        "files that are not named like a bundle",
    }
    assert source.fetch(offers[2]).release.label == "ICS 18.1"
