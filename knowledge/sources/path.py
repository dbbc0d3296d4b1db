"""A bundle on disk, or a folder of them."""

from __future__ import annotations

import re
from pathlib import Path

from knowledge.errors import BundleError, SourceError
from knowledge.model import ReleaseContents, Remark
from knowledge.remarks import Remarks
from knowledge.sources.source import Offer, Progress, newest_first, silent
from knowledge.sources.unpack import MAX_BYTES, too_large, unpacked
from knowledge.stix import peek_bundle, read_bundle

_BUNDLE_NAMES = (".json", ".json.gz", ".json.xz")
_NO_BUNDLE = "files that are no ATT&CK bundle"
_NO_RELEASE = "bundles that are no ATT&CK release"
_VERSION_IN_NAME = re.compile(r"(?<![\d.])(\d{1,3}\.\d+)(?![\d])")
_KEPT_BYTES = 150_000_000
"""Unpacked text kept between `offers` and `fetch`: three domains of one release fit."""


class PathSource:
    """A bundle file (``.json``, ``.json.gz``, ``.json.xz``; STIX 2.0 or 2.1) or a folder of them.

    In a folder, what is no ATT&CK bundle is passed over and counted, the folders inside it too.

    Args:
        path: The file or the folder.
        limit: Most bytes to unpack of one file.
    """

    archive = False

    def __init__(self, path: Path, *, limit: int = MAX_BYTES) -> None:
        self._path = path
        self._limit = limit
        self._kept: dict[str, bytes] = {}
        self._found: tuple[Offer, ...] | None = None
        self._passed_over = Remarks()

    def offers(self) -> tuple[Offer, ...]:
        """Every release in the folder, newest first, or the one file."""
        if self._found is None:
            self._found = self._search_folder() if self._path.is_dir() else (self._offer(self._path),)
        return self._found

    def passed_over(self) -> tuple[Remark, ...]:
        """The files of the folder that are no release, by why."""
        return self._passed_over.all()

    def fetch(self, offer: Offer, progress: Progress = silent) -> ReleaseContents:
        """Read one bundle whole."""
        raw = self._kept.pop(offer.where, None)
        if raw is None:
            raw = self._read(Path(offer.where), progress)
        else:
            progress(len(raw), len(raw), Path(offer.where).name)
        return read_bundle(raw, offer.where, version=offer.version)

    def _search_folder(self) -> tuple[Offer, ...]:
        self._passed_over = Remarks()
        offers: list[Offer] = []
        try:
            paths = sorted(self._path.iterdir())
        except OSError as error:
            raise _unreadable(self._path, error) from None
        for path in paths:
            if path.is_dir():
                self._passed_over.add("folders inside it, which are not searched", path.name)
                continue
            if not path.name.lower().endswith(_BUNDLE_NAMES):
                self._passed_over.add("files that are not named like a bundle", path.name)
                continue
            try:
                offer = self._offer(path)
            except (BundleError, SourceError) as error:
                self._passed_over.add(_NO_BUNDLE, f"{path.name}: {error.problem}")
                continue
            if offer.domain is None:
                why = f"{path.name}: no x-mitre-matrix that names a domain"
                self._passed_over.add(_NO_RELEASE, why)
                continue
            offers.append(offer)
        if not offers:
            reason = next((f" ({r.example})" for r in self.passed_over() if r.what in (_NO_BUNDLE, _NO_RELEASE)), "")
            names = ", ".join(_BUNDLE_NAMES)
            raise SourceError(str(self._path), f"the folder itself holds no ATT&CK bundle ({names}){reason}")
        return newest_first(offers)

    def _offer(self, path: Path) -> Offer:
        raw = self._read(path, silent)
        peek = peek_bundle(raw, str(path))
        if sum(map(len, self._kept.values())) + len(raw) <= _KEPT_BYTES:
            self._kept[str(path)] = raw
        named = _VERSION_IN_NAME.search(path.name)
        return Offer(peek.domain, peek.version or (named[1] if named else ""), str(path))

    def _read(self, path: Path, progress: Progress) -> bytes:
        try:
            if not path.exists():
                raise SourceError(str(path), "no such file or folder; name a bundle or a folder of bundles")
            if not path.is_file():
                raise SourceError(str(path), "neither a file nor a folder")
            size = path.stat().st_size
            if size > self._limit:
                raise too_large(str(path), self._limit)
            with path.open("rb") as stream:
                return unpacked(stream, str(path), limit=self._limit, tick=lambda done: progress(done, size, path.name))
        except SourceError:
            raise
        except OSError as error:
            raise _unreadable(path, error) from None


def _unreadable(path: Path, error: OSError) -> SourceError:
    return SourceError(str(path), f"cannot be read ({error.strerror or type(error).__name__})")
