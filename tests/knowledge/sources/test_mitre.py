"""MITRE's index over real HTTP: what arrives whole is a release, everything else is one sentence."""

from __future__ import annotations

import gzip
import hashlib
import json
import lzma
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from knowledge.errors import BundleError, KnowledgeError, SourceError
from knowledge.model import Domain
from knowledge.sources import newest, open_source
from knowledge.sources.answers import Answers, RememberedAnswer
from knowledge.sources.mitre import IndexSource
from knowledge.sources.web import Bounds
from tests.knowledge.bundles import bundle, collection, technique
from tests.knowledge.sources import serving as server
from tests.knowledge.sources.serving import Misbehaviour, Site, serving

BUNDLE = bundle(collection("18.1"), technique("T1059"))
QUICK = Bounds(size=300_000, connect=1.0, read=1.0, total=1.5)


@pytest.fixture
def site() -> Iterator[Site]:
    with serving(Site()) as ready:
        yield ready


def offering(site: Site, body: bytes, address: str = "/enterprise-attack-18.1.json", **more: object) -> IndexSource:
    site.files[address] = body
    return IndexSource(site.put_index({"version": "18.1", "url": site.url + address, **more}), bounds=QUICK)


def fetched_version(source: IndexSource) -> str:
    return source.fetch(source.offers()[0]).release.version


# -- what arrives ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "pack"),
    [
        ("/e.json", bytes),
        ("/e.json.gz", gzip.compress),
        ("/e.json.xz", lzma.compress),
        ("/e", bytes),
    ],
)
def test_a_bundle_is_fetched_however_it_is_packed(site: Site, address: str, pack: Callable[[bytes], bytes]) -> None:
    source = offering(site, pack(BUNDLE), address)

    contents = source.fetch(source.offers()[0])

    assert contents.release.version == "18.1"
    assert contents.release.source == site.url + address
    assert contents.release.digest == "sha256:" + hashlib.sha256(BUNDLE).hexdigest()


def test_a_transfer_may_be_compressed_on_its_way(site: Site) -> None:
    source = offering(site, b"")
    for body in (BUNDLE, gzip.compress(BUNDLE)):
        site.tricks["/enterprise-attack-18.1.json"] = server.sends_with(
            {"Content-Encoding": "gzip"}, gzip.compress(body)
        )
        assert fetched_version(source) == "18.1"


def test_progress_is_told_in_bytes(site: Site) -> None:
    source = offering(site, BUNDLE)
    told: list[tuple[int, int | None, str]] = []

    source.fetch(source.offers()[0], lambda done, total, label: told.append((done, total, label)))

    assert told[0] == (0, len(BUNDLE), "enterprise-attack-18.1.json")
    assert told[-1][0] == len(BUNDLE)


def test_it_hangs_up_when_it_has_what_was_asked_for(site: Site) -> None:
    source = offering(site, BUNDLE)

    source.fetch(source.offers()[0])

    assert site.visits.are_over()


def test_the_product_says_its_name(site: Site) -> None:
    offering(site, BUNDLE).offers()

    assert site.asked[0][2].startswith("attackbot/")


def test_an_index_is_read_whatever_its_order_and_its_oddities(site: Site) -> None:
    versions = [{"version": v, "url": f"files/x-{v}.json", "modified": "2025"} for v in ("9.0", "17.1", "10.2")]
    collections = [
        {"id": "a", "name": "ICS ATT&CK", "versions": versions},
        {
            "id": "b",
            "versions": [{"version": "18.1", "url": "https://example.org/mobile-attack/mobile-attack-18.1.json"}],
        },
        {"id": "c", "name": "Enterprise ATT&CK", "versions": [{"version": "1.0", "url": "u"}, {"version": 5}, "x"]},
        {"id": "d", "name": "PRE-ATT&CK", "versions": [{"version": "1.0", "url": "pre-attack.json"}]},
        "x",
    ]
    site.files["/deep/index.json"] = json.dumps({"collections": collections}).encode()
    source = IndexSource(site.url + "/deep/index.json")

    offers = source.offers()

    assert [(offer.domain, offer.version) for offer in offers] == [
        (Domain.MOBILE, "18.1"),
        (Domain.ICS, "17.1"),
        (Domain.ICS, "10.2"),
        (Domain.ICS, "9.0"),
        (Domain.ENTERPRISE, "1.0"),
    ]
    assert offers[1].where == site.url + "/deep/files/x-17.1.json"
    assert {remark.what: remark.count for remark in source.passed_over()} == {
        "versions without a number or an address": 2,
        "versions of a domain unknown here": 1,
        "collections without versions": 1,
    }


@pytest.mark.shared
def test_mitres_own_index_and_bundles_are_read(site: Site, shared_dir: Path) -> None:
    index = json.loads((shared_dir / "attack" / "index.json").read_bytes())
    for each in index["collections"]:
        for entry in each["versions"]:
            entry["url"] = f"{site.url}/{entry['url'].rpartition('/')[2]}.xz"
    site.files["/index.json"] = json.dumps(index).encode()
    for domain in (Domain.MOBILE, Domain.ICS):
        name = f"{domain}-attack-18.1.json.xz"
        site.files[f"/{name}"] = (shared_dir / "attack" / name).read_bytes()
    source = open_source(f"{site.url}/index.json")

    offers = source.offers()

    latest = newest(offers)
    assert [(offer.domain, offer.version) for offer in latest] == [(domain, "18.1") for domain in Domain]
    assert len(offers) == sum(len(each["versions"]) for each in index["collections"])
    assert not source.passed_over()
    assert [source.fetch(offer).release.label for offer in latest[1:]] == ["Mobile 18.1", "ICS 18.1"]


# -- asking again ----------------------------------------------------------------------------------


def test_an_unchanged_index_is_not_sent_again_even_to_the_next_run(site: Site, tmp_path: Path) -> None:
    url = site.put_index({"version": "18.1", "url": "e.json"})
    file = tmp_path / "new" / "answers.json"

    first = IndexSource(url, answers=Answers(file)).offers()
    second = IndexSource(url, answers=Answers(file)).offers()

    assert first == second
    assert [status for _, status, _ in site.asked] == [200, 304]


def test_a_changed_index_is_read_anew(site: Site) -> None:
    source = IndexSource(site.put_index({"version": "18.1", "url": "e.json"}))
    source.offers()
    site.put_index({"version": "19.0", "url": "e.json"})

    assert [offer.version for offer in source.offers()] == ["19.0"]


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b'{"a": 5}', b"\xff", b'{"a": {"etag": "\xff"}}'])
def test_a_damaged_memory_is_no_memory(site: Site, tmp_path: Path, text: bytes) -> None:
    file = tmp_path / "answers.json"
    file.write_bytes(text)
    url = site.put_index({"version": "18.1", "url": "e.json"})

    assert IndexSource(url, answers=Answers(file)).offers()
    assert Answers(file).get(url) is not None


def test_a_memory_that_cannot_be_written_is_no_failure(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    answers = Answers(tmp_path / "file" / "answers.json")

    answers.put("u", RememberedAnswer("e", "", "{}"))

    assert answers.get("u") is not None


def test_a_memory_holds_a_few_addresses(tmp_path: Path) -> None:
    answers = Answers(tmp_path / "answers.json")
    for number in range(40):
        answers.put(f"u{number}", RememberedAnswer("e", "", "{}"))

    again = Answers(tmp_path / "answers.json")
    assert again.get("u0") is None
    assert again.get("u39") is not None
    assert [path.name for path in tmp_path.iterdir()] == ["answers.json"]


# -- what does not arrive --------------------------------------------------------------------------

TRICKS: list[tuple[Misbehaviour, str]] = [
    (server.drips, "not finished after"),
    (server.drips_its_head, "in time|not finished"),
    (server.stops_short, "broke off"),
    (server.claims_five_gigabytes, "larger than"),
    (server.never_ends, "larger than"),
    (server.breaks_a_chunk, "broke off"),
    (server.says_nothing, "no answer in time"),
    (server.talks_nonsense, "broke off|cannot be reached"),
    (server.sends_a_web_page, "web page"),
    (server.fails, "HTTP 503"),
    (server.refuses, "refused"),
    (server.has_moved_to("file:///etc/passwd"), "no https address"),
    (server.has_moved_to("http://192.0.2.1/e.json"), "only https"),
    (server.has_moved_to("ftp://192.0.2.1/"), "no https address"),
    (server.has_moved_to("https:///"), "no https address"),
    (server.has_moved_to("http://[::1"), "no https address|not an address"),
    (server.has_moved_to("/enterprise-attack-18.1.json"), "redirected more than"),
    (server.sends_with({"Content-Encoding": "br"}, b"{}"), "coding"),
    (server.sends_with({"Content-Encoding": "gzip"}, b"{}" * 9), "JSON"),
    (server.sends_with({"Content-Encoding": "gzip"}, gzip.compress(BUNDLE)[:-9]), "damaged"),
    (server.sends_with({}, gzip.compress(b"{" * 50_000_000)), "larger than"),
    (server.sends_with({}, lzma.compress(BUNDLE)[:-9]), "damaged"),
    (server.sends_with({}, b""), "empty"),
    (server.sends_with({}, BUNDLE[:-9]), "JSON"),
]


@pytest.mark.parametrize(("trick", "sentence"), TRICKS)
def test_misbehaviour_is_one_sentence_that_names_the_address(site: Site, trick: Misbehaviour, sentence: str) -> None:
    source = offering(site, b"")
    offer = source.offers()[0]
    site.tricks["/enterprise-attack-18.1.json"] = trick
    started = time.monotonic()

    with pytest.raises(KnowledgeError, match=sentence) as caught:
        source.fetch(offer)

    assert time.monotonic() - started < 4
    assert isinstance(caught.value, SourceError | BundleError)
    assert "\n" not in str(caught.value)
    assert site.url in str(caught.value) or "192.0.2.1" in str(caught.value)


@pytest.mark.parametrize(("trick", "sentence"), TRICKS[:8])
def test_a_misbehaving_index_is_one_sentence_too(site: Site, trick: Misbehaviour, sentence: str) -> None:
    site.tricks["/index.json"] = trick

    with pytest.raises(SourceError, match=sentence) as caught:
        IndexSource(site.url + "/index.json", bounds=QUICK).offers()

    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (b"[]", "bundle|index"),
        (b"{}", "collections"),
        (b'{"collections": {}}', "collections"),
        (b'{"collections": []}', "without a release"),
        (b'{"collections": [{"versions": []}]}', "without a release"),
        (b'{"collections": ', "JSON"),
        (b'{"collections": ' + b"[" * 9999, "JSON"),
        (BUNDLE, "not an index"),
    ],
)
def test_what_is_no_index_is_one_sentence(site: Site, text: bytes, sentence: str) -> None:
    site.files["/index.json"] = text

    with pytest.raises(KnowledgeError, match=sentence):
        IndexSource(site.url + "/index.json").offers()


def test_what_is_not_there_is_one_sentence(site: Site) -> None:
    with pytest.raises(SourceError, match="404"):
        IndexSource(site.url + "/index.json").offers()


def test_nobody_there_is_one_sentence() -> None:
    with pytest.raises(SourceError, match="cannot be reached"):
        IndexSource("http://127.0.0.1:9/index.json", bounds=QUICK).offers()


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/index.json",
        "file:///etc/passwd",
        "ftp://127.0.0.1/",
        "https://",
        "x://",
        "http://[",
        "http://127.0.0.1:x/",
    ],
)
def test_an_address_that_is_not_https_is_not_asked(url: str) -> None:
    with pytest.raises(SourceError, match=r"https|address|reached"):
        IndexSource(url, bounds=QUICK).offers()


def test_a_password_in_an_address_is_not_shown(site: Site) -> None:
    url = site.url.replace("http://", "http://me:secret@")

    with pytest.raises(SourceError) as caught:
        IndexSource(url + "/index.json", bounds=QUICK).offers()

    assert "secret" not in str(caught.value)
    assert "127.0.0.1" in str(caught.value)


def test_nor_in_one_that_makes_no_sense() -> None:
    with pytest.raises(SourceError) as caught:
        IndexSource("https://me:secret@[/index.json").offers()

    assert "secret" not in str(caught.value)


def test_an_address_in_the_index_that_makes_no_sense_spoils_no_other(site: Site) -> None:
    url = site.put_index({"version": "18.1", "url": "http://["}, {"version": "17.1", "url": "17.json"})

    latest, older = IndexSource(url, bounds=QUICK).offers()

    assert older.where == f"{site.url}/17.json"
    with pytest.raises(SourceError, match="no https address"):
        IndexSource(url, bounds=QUICK).fetch(latest)


def test_a_digest_in_the_index_must_be_met(site: Site) -> None:
    good = hashlib.sha256(BUNDLE).hexdigest()

    assert fetched_version(offering(site, BUNDLE, sha256=good.upper())) == "18.1"
    assert fetched_version(offering(site, BUNDLE, digest=f"sha256:{good}")) == "18.1"
    with pytest.raises(SourceError, match="digest"):
        fetched_version(offering(site, BUNDLE, sha256="0" * 64))


def test_a_bundle_that_is_another_release_is_refused(site: Site) -> None:
    other = bundle(collection("17.0"), technique("T1059"))

    with pytest.raises(SourceError, match=r"holds Enterprise 17\.0, not enterprise 18\.1"):
        fetched_version(offering(site, other))
