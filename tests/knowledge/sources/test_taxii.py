"""Releases from a TAXII 2.1 server, a small one of our own."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from knowledge.errors import BundleError, SourceError
from knowledge.library import Library
from knowledge.model import Domain
from knowledge.sources import open_source
from knowledge.sources.taxii import MITRE_TAXII, TaxiiSource
from knowledge.sources.web import Bounds
from knowledge.sync import sync
from tests.knowledge import bundles
from tests.knowledge.sources.serving import Visits

MEDIA_TYPE = "application/taxii+json;version=2.1"
ENTERPRISE = "x-mitre-collection--1f5f1533-f617-4ca8-9ab4-6a02367fa019"
OTHER = "91a7b528-80eb-42ed-a74d-c6fbd5a26116"
Answer = Callable[["FakeTaxii", dict[str, str]], Any]


class FakeTaxii:
    """A TAXII 2.1 server with one ATT&CK collection at its default API root and in one root a release.

    Attributes:
        objects: What each API root's collection holds.
        page: Objects a page; 0 for all at once.
        asked: Paths that were asked for, in order.
        instead: Answers by path that replace the usual ones: JSON, bytes, or a status.
    """

    def __init__(self) -> None:
        newest = json.loads(bundles.bundle(bundles.technique("T1001"), bundles.technique("T1002")))["objects"]
        older = json.loads(bundles.bundle(bundles.technique("T1001")))["objects"]
        self.objects: dict[str, list[dict[str, Any]]] = {
            "/api/v21": [*newest, {**bundles.collection("18.1"), "id": ENTERPRISE}],
            "/api/v21/attack-17.1": [*older, {**bundles.collection("17.1"), "id": ENTERPRISE}],
        }
        self.page = 0
        self.asked: list[str] = []
        self.instead: dict[str, Any] = {}
        self.url = ""
        self.visits = Visits()

    def answer(self, path: str, query: dict[str, str]) -> Any:
        self.asked.append(path)
        if path in self.instead:
            return self.instead[path]
        if path == "/taxii2/":
            roots = ["api/v21", "/api/v21/attack-17.1", "/api/v21/attack-11.0-beta"]
            return {"title": "Fake ATT&CK", "default": "api/v21", "api_roots": roots}
        for root, objects in self.objects.items():
            collections = f"{root}/collections/"
            if path == f"{root}/":
                return {"title": "root", "versions": [MEDIA_TYPE], "max_content_length": 1_000}
            if path == collections:
                return {"collections": [self.info(ENTERPRISE, "Enterprise ATT&CK"), self.info(OTHER, "Indicators")]}
            if path == f"{collections}{ENTERPRISE}/":
                return self.info(ENTERPRISE, "Enterprise ATT&CK")
            if path == f"{collections}{ENTERPRISE}/objects/":
                return self.envelope(objects, query)
            if path.startswith(f"{collections}{ENTERPRISE}/objects/"):
                wanted = path.rstrip("/").rpartition("/")[2]
                return {"objects": [each for each in objects if each["id"] == wanted]}
        return 404

    def envelope(self, objects: list[dict[str, Any]], query: dict[str, str]) -> dict[str, Any]:
        if not self.page:
            return {"more": False, "objects": objects}
        start = int(query.get("next", 0))
        end = start + self.page
        more = end < len(objects)
        return {"more": more, "objects": objects[start:end], **({"next": str(end)} if more else {})}

    @staticmethod
    def info(identity: str, title: str) -> dict[str, Any]:
        return {"id": identity, "title": title, "canRead": True, "canWrite": False, "mediaTypes": [MEDIA_TYPE]}


@pytest.fixture
def taxii() -> Iterator[FakeTaxii]:
    fake = FakeTaxii()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            super().setup()
            fake.visits.count(1)

        def finish(self) -> None:
            super().finish()
            fake.visits.count(-1)

        def do_GET(self) -> None:
            assert self.headers["Accept"].startswith("application/taxii+json")
            parts = urlsplit(self.path)
            answer = fake.answer(parts.path, {key: value[0] for key, value in parse_qs(parts.query).items()})
            status, body = (answer, b"{}") if isinstance(answer, int) else (200, answer)
            raw = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", MEDIA_TYPE)
            self.send_header("Content-Length", str(len(raw)))
            with contextlib.suppress(ConnectionError):  # a bound has cut the client off
                self.end_headers()
                self.wfile.write(raw)

        def log_message(self, *arguments: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    fake.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield fake
    server.shutdown()
    server.server_close()
    thread.join()


def test_offers_the_latest_release_and_those_that_api_roots_are_named_after(taxii: FakeTaxii) -> None:
    source = TaxiiSource(f"{taxii.url}/taxii2/")

    offers = source.offers()

    assert [(offer.domain, offer.version) for offer in offers] == [
        (Domain.ENTERPRISE, "18.1"),
        (Domain.ENTERPRISE, "17.1"),
    ]
    assert len(taxii.asked) == 3  # discovery, collections, the collection object: MITRE's server counts requests


def test_hangs_up_when_it_has_what_was_asked_for(taxii: FakeTaxii) -> None:
    source = TaxiiSource(f"{taxii.url}/taxii2/")

    source.fetch(source.offers()[0])

    assert taxii.visits.are_over()


def test_says_what_it_passed_over(taxii: FakeTaxii) -> None:
    source = TaxiiSource(f"{taxii.url}/taxii2/")
    source.offers()
    remarks = {remark.what: remark.example for remark in source.passed_over()}

    assert remarks["collections that are no domain of ATT&CK, or not to be read"] == "Indicators"
    assert remarks["API roots not named after a release"].endswith("attack-11.0-beta/")


@pytest.mark.parametrize("path", ["/api/v21/", "/api/v21", f"/api/v21/collections/{ENTERPRISE}/"])
def test_takes_the_address_of_an_api_root_or_of_a_collection(taxii: FakeTaxii, path: str) -> None:
    offers = TaxiiSource(taxii.url + path).offers()

    assert [(offer.domain, offer.version) for offer in offers] == [(Domain.ENTERPRISE, "18.1")]


@pytest.mark.parametrize("page", [0, 1, 2, 100])
def test_fetches_a_release_whole_whatever_the_pages(taxii: FakeTaxii, page: int) -> None:
    taxii.page = page
    source = TaxiiSource(f"{taxii.url}/taxii2/")

    newest, older = (source.fetch(offer) for offer in source.offers())

    assert [technique.id for technique in newest.techniques] == ["T1001", "T1002"]
    assert newest.release.label == "Enterprise 18.1"
    assert [technique.id for technique in older.techniques] == ["T1001"]
    assert older.release.version == "17.1"


def test_the_digest_does_not_depend_on_the_order_a_server_sends(taxii: FakeTaxii) -> None:
    source = TaxiiSource(f"{taxii.url}/api/v21/")
    first = source.fetch(source.offers()[0])
    taxii.objects["/api/v21"].reverse()

    second = source.fetch(source.offers()[0])

    assert first.release.digest == second.release.digest


def test_a_collection_without_its_own_object_is_offered_without_a_version(taxii: FakeTaxii) -> None:
    taxii.objects["/api/v21"].pop()
    source = TaxiiSource(f"{taxii.url}/api/v21/")

    offer = source.offers()[0]

    assert offer.version == ""
    assert source.fetch(offer).release.version == "2025-01-01"


def test_sync_takes_what_is_not_held_and_then_nothing(taxii: FakeTaxii, tmp_path: Any) -> None:
    library = Library(tmp_path)
    source = open_source(f"taxii+{taxii.url}/taxii2/")

    assert [each.release.version for each in sync(source, library)] == ["18.1"]
    assert sync(source, library) == ()
    assert [each.release.version for each in sync(source, library, version="17.1")] == ["17.1"]


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (404, "not found there"),
        (429, "HTTP 429; try again later"),
        (406, "HTTP 406"),
        (b"<html>sign in</html>", "a web page instead of JSON"),
        (b'{"collections": [', "not valid JSON"),
        (b"[]", "no TAXII resource"),
        ({"collections": []}, "without a collection of ATT&CK"),
        ({"collections": "none"}, "does not answer as TAXII 2.1 does"),
        ({"collections": [{"title": "Enterprise ATT&CK"}]}, "does not answer as TAXII 2.1 does"),
    ],
)
def test_a_server_that_answers_otherwise_is_one_sentence(taxii: FakeTaxii, answer: Any, sentence: str) -> None:
    taxii.instead["/api/v21/collections/"] = answer

    with pytest.raises(SourceError, match=sentence):
        TaxiiSource(f"{taxii.url}/api/v21/").offers()


@pytest.mark.parametrize(
    ("answer", "error", "sentence"),
    [
        ({"more": True, "objects": [{"type": "x"}]}, SourceError, "does not say where"),
        ({"more": True, "next": "1", "objects": [{"type": "x"}]}, SourceError, "does not say where"),
        ({"more": False, "objects": []}, BundleError, '"objects" is missing or empty'),
        ({"objects": "none"}, BundleError, "missing or empty"),
        (503, SourceError, "HTTP 503"),
    ],
)
def test_a_release_that_does_not_arrive_whole_is_not_used(
    taxii: FakeTaxii, answer: Any, error: type[Exception], sentence: str
) -> None:
    source = TaxiiSource(f"{taxii.url}/api/v21/")
    offer = source.offers()[0]
    taxii.instead[f"/api/v21/collections/{ENTERPRISE}/objects/"] = answer

    with pytest.raises(error, match=sentence):
        source.fetch(offer)


def test_a_release_that_is_another_is_not_used(taxii: FakeTaxii) -> None:
    source = TaxiiSource(f"{taxii.url}/api/v21/")
    offer = source.offers()[0]
    taxii.objects["/api/v21"][-1]["x_mitre_version"] = "18.2"

    with pytest.raises(SourceError, match=r"holds Enterprise 18\.2, not enterprise 18\.1"):
        source.fetch(offer)


def test_all_pages_share_one_bound(taxii: FakeTaxii) -> None:
    taxii.page = 1
    source = TaxiiSource(f"{taxii.url}/api/v21/", bounds=Bounds(size=1_500))
    offer = source.offers()[0]

    with pytest.raises(SourceError, match="larger than"):
        source.fetch(offer)


def test_all_pages_share_one_deadline(taxii: FakeTaxii, monkeypatch: pytest.MonkeyPatch) -> None:
    taxii.page = 1
    source = TaxiiSource(f"{taxii.url}/api/v21/", bounds=Bounds(total=0.5))
    offer = source.offers()[0]
    usual = taxii.envelope
    monkeypatch.setattr(taxii, "envelope", lambda *given: (time.sleep(0.2), usual(*given))[1])

    with pytest.raises(SourceError, match=r"not finished after 0\.5 seconds|no answer in time"):
        source.fetch(offer)


def test_only_https_is_spoken_to_other_machines() -> None:
    with pytest.raises(SourceError, match="only https"):
        TaxiiSource("http://taxii.example.org/taxii2/").offers()


def test_taxii_alone_means_mitres_server() -> None:
    source = open_source("taxii")

    assert isinstance(source, TaxiiSource)
    assert source._url == MITRE_TAXII
