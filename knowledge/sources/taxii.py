"""A TAXII 2.1 server as a source: MITRE's, or one of the team's own.

taxii2-client knows the protocol's addresses and answers; it would read any amount for any time, so its requests go
through this package's own bounded download.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

import msgspec
import requests
from taxii2client.exceptions import TAXIIServiceException
from taxii2client.v21 import ApiRoot, Collection

from knowledge.errors import SourceError
from knowledge.model import ReleaseContents, Remark
from knowledge.remarks import Remarks
from knowledge.sources.source import Offer, Progress, domain_named, newest_first, silent
from knowledge.sources.web import Bounds, download, new_session, refuse_web_page, shown
from knowledge.stix import read_bundle

MITRE_TAXII = "https://attack-taxii.mitre.org/taxii2/"
"""The discovery address of MITRE's own server: its default API root serves the latest release, one more root each an
older one. It answers about ten requests in ten minutes; a look and a fetch of three domains take eight."""

_MEDIA_TYPE = "application/taxii+json;version=2.1"
_MOST_PAGES = 5_000
_VERSION_IN_ROOT = re.compile(r"(?<![\d.])v?(\d{1,3}\.\d{1,3})/?$")


class TaxiiSource:
    """What a TAXII 2.1 server has of ATT&CK.

    Args:
        url: A discovery address, an API root, or a collection.
        bounds: What one release may cost, all of its pages together.
    """

    archive = True

    def __init__(self, url: str = MITRE_TAXII, *, bounds: Bounds | None = None) -> None:
        self._url = url if url.endswith("/") else url + "/"
        self._bounds = bounds or Bounds()
        self._passed_over = Remarks()

    def offers(self) -> tuple[Offer, ...]:
        """What its collections hold, newest first; of API roots named after a release, what they promise."""
        self._passed_over = Remarks()
        with new_session() as session, _explained(shown(self._url)):
            link = _Link(session, self._bounds)
            found = list(self._offers(link, link.get(self._url)))
        if not found:
            raise SourceError(shown(self._url), "a TAXII server without a collection of ATT&CK; check the address")
        return newest_first(found)

    def passed_over(self) -> tuple[Remark, ...]:
        """Collections and API roots that are no release of a domain."""
        return self._passed_over.all()

    def fetch(self, offer: Offer, progress: Progress = silent) -> ReleaseContents:
        """Every object of one collection, page after page, read whole."""
        where = shown(offer.where)
        with new_session() as session, _explained(where):
            link = _Link(session, self._bounds, progress)
            objects = {_key(each): each for each in _objects(_collection(offer.where, link), where)}
        bundle = {"type": "bundle", "id": f"bundle--{_uuid_of(offer.where)}", "objects": [*_in_order(objects)]}
        contents = read_bundle(msgspec.json.encode(bundle), where, version=offer.version)
        held = contents.release
        if offer.domain not in (None, held.domain) or (offer.version and offer.version != held.version):
            promised = f"{offer.domain} {offer.version}".strip()
            raise SourceError(where, f"holds {held.label}, not {promised} as the server says; it is not used")
        return contents

    def _offers(self, link: _Link, answer: Any) -> Iterator[Offer]:
        if isinstance(answer.get("api_roots"), list):
            yield from self._of_server(link, answer)
        elif "/collections/" in self._url:
            yield from self._of_collections([Collection(self._url, conn=link, collection_info=_tidied(answer))], "")
        else:
            yield from self._of_collections(ApiRoot(self._url, conn=link).collections, _version_in(self._url))

    def _of_server(self, link: _Link, answer: Any) -> Iterator[Offer]:
        """The default root's collections, and the same in every root that is named after a release."""
        roots = [_absolute(self._url, root) for root in answer["api_roots"] if isinstance(root, str)]
        default = answer.get("default")
        first = _absolute(self._url, default) if isinstance(default, str) else (roots[0] if roots else "")
        if not first:
            return
        latest = list(self._of_collections(ApiRoot(first, conn=link).collections, _version_in(first)))
        yield from latest
        for root in roots:
            version = _version_in(root)
            if root == first:
                continue
            if not version:
                self._passed_over.add("API roots not named after a release", root)
            for offer in latest if version and all(version != each.version for each in latest) else ():
                yield Offer(offer.domain, version, offer.where.replace(first, root, 1))

    def _of_collections(self, collections: list[Any], version: str) -> Iterator[Offer]:
        for each in collections:
            domain = domain_named(f"{each.title} {each.alias or ''}")
            if domain is None or not each.can_read:
                self._passed_over.add("collections that are no domain of ATT&CK, or not to be read", str(each.title))
                continue
            yield Offer(domain, _version_told(each) or version, each.url)


class _Link:
    """What taxii2-client asks of a connection, within one bound for all its requests.

    Args:
        bounds: Bytes and seconds for everything that goes through it.
        progress: Told of bytes as they come, page after page.
    """

    version = "2.1"

    def __init__(self, session: requests.Session, bounds: Bounds, progress: Progress = silent) -> None:
        self._session = session
        self._bounds = bounds
        self._progress = progress
        self._deadline = time.monotonic() + bounds.total
        self._done = 0

    def get(self, url: str, headers: Mapping[str, str] | None = None, params: Mapping[str, Any] | None = None) -> Any:
        """One GET's JSON object."""
        address = f"{url}?{urlencode(params, doseq=True)}" if params else url
        where, bounds = shown(url), self._bounds
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise SourceError(where, f"not finished after {bounds.total:g} seconds; try again later")
        before = self._done
        answer = download(
            self._session,
            address,
            Bounds(max(1, bounds.size - before), bounds.connect, bounds.read, left),
            headers={"Accept": _MEDIA_TYPE, **(headers or {})},
            progress=lambda done, _total, label: self._progress(before + done, None, label),
        )
        body = answer.body if answer else b""
        self._done += len(body)
        refuse_web_page(body, where)
        try:
            decoded = msgspec.json.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise SourceError(where, "its answer is not valid JSON; check the address, or try again") from None
        if not isinstance(decoded, dict):
            raise SourceError(where, "its answer is no TAXII resource; check the address")
        return _tidied(decoded)

    def close(self) -> None:
        """Nothing to do: the session is its owner's."""


@contextmanager
def _explained(where: str) -> Iterator[None]:
    """taxii2-client's errors, and Python's at answers of odd shape, in one sentence."""
    try:
        yield
    except SourceError:
        raise
    except (TAXIIServiceException, TypeError, KeyError, AttributeError, ValueError) as error:
        brief = " ".join(str(error).split())[:160]
        raise SourceError(where, f"does not answer as TAXII 2.1 does ({brief}); check the address") from error


def _objects(collection: Any, where: str) -> Iterator[dict[str, Any]]:
    """A collection's objects; a server that pages in a circle is stopped."""
    following: dict[str, str] = {}
    seen: set[str] = set()
    for _ in range(_MOST_PAGES):
        page = collection.get_objects(**following)
        objects = page.get("objects") or []
        yield from (each for each in objects if isinstance(each, dict))
        if not page.get("more"):
            return
        token = str(page.get("next") or "")
        if not token or token in seen or not objects:
            raise SourceError(where, "says that there is more and does not say where; the release is not used")
        seen.add(token)
        following = {"next": token}
    raise SourceError(where, f"more than {_MOST_PAGES:,} pages; no ATT&CK release is that large")


def _collection(url: str, link: _Link) -> Any:
    """A collection that is known to be readable, without asking again."""
    identity = url.rstrip("/").rpartition("/")[2]
    info = {"id": identity, "title": identity, "can_read": True, "can_write": False}
    return Collection(url, conn=link, collection_info=info)


def _version_told(collection: Any) -> str:
    """The version of a collection: ATT&CK's collection object has the id of the collection it stands in."""
    try:
        objects = collection.get_object(collection.id).get("objects") or []
    except SourceError:
        return ""  # a collection without that object: reading it whole will tell
    found = next((o for o in objects if isinstance(o, dict) and o.get("type") == "x-mitre-collection"), {})
    version = found.get("x_mitre_version")
    return version if isinstance(version, str) else ""


def _tidied(answer: dict[str, Any]) -> dict[str, Any]:
    """MITRE's server has written ``canRead`` for TAXII's ``can_read``."""
    for each in [answer, *(answer.get("collections") or ())]:
        if isinstance(each, dict) and "id" in each and "title" in each:
            each.setdefault("can_read", each.get("canRead", True))
            each.setdefault("can_write", each.get("canWrite", False))
    return answer


def _absolute(url: str, root: str) -> str:
    """An API root's address: absolute, or a path from the server's top, with or without its slash."""
    top = urlsplit(url)._replace(path="/", query="", fragment="").geturl()
    return urljoin(top, root).rstrip("/") + "/"


def _version_in(root: str) -> str:
    found = _VERSION_IN_ROOT.search(root)
    return found[1] if found and "attack" in root.rstrip("/").rpartition("/")[2].lower() else ""


def _key(item: dict[str, Any]) -> tuple[str, str]:
    return str(item.get("id")), str(item.get("modified"))


def _in_order(objects: dict[tuple[str, str], dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """By id and date, so that the same release has the same digest however a server orders it."""
    return (objects[key] for key in sorted(objects))


def _uuid_of(url: str) -> str:
    return url.rstrip("/").rpartition("--")[2] or "00000000-0000-4000-8000-000000000000"
