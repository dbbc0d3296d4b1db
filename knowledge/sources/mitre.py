"""MITRE's collection index: which releases there are, and where."""

from __future__ import annotations

import hashlib
import io
from typing import Any

import msgspec

from knowledge.errors import SourceError
from knowledge.model import ReleaseContents, Remark
from knowledge.remarks import Remarks
from knowledge.sources.answers import Answers, RememberedAnswer
from knowledge.sources.source import Offer, Progress, domain_named, newest_first, silent
from knowledge.sources.unpack import unpacked
from knowledge.sources.web import Bounds, download, joined, new_session, refuse_web_page, shown
from knowledge.stix import read_bundle

MITRE_INDEX = "https://raw.githubusercontent.com/mitre-attack/attack-stix-data/master/index.json"
"""Where MITRE publishes every release of ATT&CK as STIX 2.1."""

_INDEX_BYTES = 10_000_000


class IndexSource:
    """An ``index.json`` as MITRE publishes it, and the bundles it names.

    Args:
        url: The index's address; the bundles' addresses may be relative to it, as in a mirror.
        bounds: What one download may cost.
        answers: Remembers the index between runs, so that asking again is cheap.
    """

    archive = True

    def __init__(
        self,
        url: str = MITRE_INDEX,
        *,
        bounds: Bounds | None = None,
        answers: Answers | None = None,
    ) -> None:
        self._url = url
        self._bounds = bounds or Bounds()
        self._answers = answers or Answers()
        self._passed_over = Remarks()

    def offers(self) -> tuple[Offer, ...]:
        """Every release the index names, newest first; asks the server each time, for changes only."""
        self._passed_over = Remarks()
        found = [offer for collection in self._collections() for offer in self._offers_of(collection)]
        if not found:
            raise SourceError(shown(self._url), "an index without a release; check the address")
        return newest_first(found)

    def passed_over(self) -> tuple[Remark, ...]:
        """What the index names that is no release of a domain."""
        return self._passed_over.all()

    def fetch(self, offer: Offer, progress: Progress = silent) -> ReleaseContents:
        """Download one bundle, check it against the offer, and read it whole."""
        with new_session() as session:
            answer = download(session, offer.where, self._bounds, progress=progress)
        where = shown(offer.where)
        body = answer.body if answer else b""
        if offer.digest and offer.digest != "sha256:" + hashlib.sha256(body).hexdigest():
            raise SourceError(where, "its SHA-256 digest is not the one the index gives, so it is not used; try again")
        refuse_web_page(body, where)
        raw = unpacked(io.BytesIO(body), where, limit=self._bounds.size)
        del body, answer
        contents = read_bundle(raw, where, version=offer.version)
        if (contents.release.domain, contents.release.version) != (offer.domain, offer.version):
            promised = f"{offer.domain} {offer.version}"
            raise SourceError(
                where, f"holds {contents.release.label}, not {promised} as the index says; it is not used"
            )
        return contents

    def _collections(self) -> list[Any]:
        where = shown(self._url)
        index = _json(self._index_text(), where)
        if isinstance(index, dict) and index.get("type") == "bundle":
            raise SourceError(where, "a bundle, not an index; download it and name the file instead")
        collections = index.get("collections") if isinstance(index, dict) else None
        if not isinstance(collections, list):
            raise SourceError(where, 'not an ATT&CK index (it has no list of "collections"); check the address')
        return collections

    def _index_text(self) -> bytes:
        known = self._answers.get(self._url)
        headers = {}
        if known and known.etag:
            headers["If-None-Match"] = known.etag
        if known and known.last_modified:
            headers["If-Modified-Since"] = known.last_modified
        bounds = self._bounds
        small = Bounds(min(bounds.size, _INDEX_BYTES), bounds.connect, bounds.read, min(bounds.total, 60.0))
        with new_session() as session:
            answer = download(session, self._url, small, headers=headers)
        if answer is None and known:
            return known.body.encode()
        body = answer.body if answer else b""
        refuse_web_page(body, shown(self._url))
        text = unpacked(io.BytesIO(body), shown(self._url), limit=small.size)
        if answer and (answer.etag or answer.last_modified):
            _json(text, shown(self._url))
            self._answers.put(self._url, RememberedAnswer(answer.etag, answer.last_modified, text.decode()))
        return text

    def _offers_of(self, collection: object) -> list[Offer]:
        if not isinstance(collection, dict) or not isinstance(collection.get("versions"), list):
            self._passed_over.add("collections without versions", str(collection))
            return []
        offers = []
        for entry in collection["versions"]:
            address, version = (entry.get("url"), entry.get("version")) if isinstance(entry, dict) else (None, None)
            if not isinstance(address, str) or not isinstance(version, str) or not address or not version:
                self._passed_over.add("versions without a number or an address", str(entry))
                continue
            # The address too, because the names were worded differently over the years.
            domain = domain_named(str(collection.get("name", ""))) or domain_named(address)
            if domain is None:
                self._passed_over.add("versions of a domain unknown here", f"{collection.get('name')} {version}")
                continue
            offers.append(
                Offer(
                    domain=domain,
                    version=version,
                    where=joined(self._url, address),
                    digest=_digest(entry),
                )
            )
        return offers


def _digest(entry: dict[str, Any]) -> str:
    """The promised digest, where an index of one's own gives one: ``sha256`` or ``digest``."""
    given = entry.get("sha256") or entry.get("digest") or ""
    return f"sha256:{str(given).lower().removeprefix('sha256:')}" if given else ""


def _json(text: bytes, where: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise SourceError(where, "its answer is not valid JSON; check the address, or try again") from None
