"""One bounded GET: addresses, redirects, size, time, truncation."""

from __future__ import annotations

import io
import ipaddress
import queue
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException
from importlib.metadata import PackageNotFoundError, version
from urllib.parse import urljoin, urlsplit

import requests
import urllib3

from knowledge.errors import SourceError
from knowledge.sources.source import Progress, silent
from knowledge.sources.unpack import MAX_BYTES, too_large, unpacked

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 5
_PIECE = 1 << 16


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much a download may cost.

    Attributes:
        size: Bytes, as sent and again as unpacked.
        connect: Seconds to reach the server.
        read: Seconds of silence.
        total: Seconds for all of it; a server that drips is cut off here.
    """

    size: int = MAX_BYTES
    connect: float = 10.0
    read: float = 30.0
    total: float = 900.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What a GET brought.

    Attributes:
        body: As the server keeps it: a transfer's own compression is undone, a ``.gz`` file's is not.
        etag: To ask "only if changed" with, as is `last_modified`.
    """

    body: bytes
    etag: str = ""
    last_modified: str = ""


def new_session() -> requests.Session:
    """A session that names the product to the server."""
    try:
        own = version("attackbot")
    except PackageNotFoundError:
        own = "unpackaged"
    session = requests.Session()
    session.headers.update({"User-Agent": f"attackbot/{own}", "Accept-Encoding": "gzip"})
    return session


def download(
    session: requests.Session,
    url: str,
    bounds: Bounds,
    *,
    headers: Mapping[str, str] | None = None,
    progress: Progress = silent,
) -> Answer | None:
    """GET an address whole.

    Only ``https`` is spoken, to anyone but this machine itself; every redirect is held to the same rule.

    Returns:
        None where `headers` made it conditional and nothing has changed (304).

    Raises:
        SourceError: Anything but a whole answer within the bounds.
    """
    deadline = time.monotonic() + bounds.total
    own_machine = _is_loopback(url)
    at = url
    for _ in range(_MOST_REDIRECTS + 1):
        _check_address(at, named=shown(url), own_machine=own_machine)
        with _explained(shown(at)):
            response = _head(session, at, headers, bounds, deadline)
        with response:
            if response.status_code in _REDIRECTS and "Location" in response.headers:
                at = joined(at, response.headers["Location"])
                continue
            if response.status_code == 304 and headers:
                return None
            _check_status(response, shown(at))
            with _explained(shown(at)):
                body = _body(response, shown(at), bounds, deadline, progress)
            return Answer(
                _transfer_decoded(body, response, shown(at), bounds),
                response.headers.get("ETag", ""),
                response.headers.get("Last-Modified", ""),
            )
    raise SourceError(shown(url), f"redirected more than {_MOST_REDIRECTS} times; check the address")


def joined(url: str, location: str) -> str:
    """An address that another one gives; as it is where it makes no sense, for `download` to refuse."""
    try:
        return urljoin(url, location)
    except ValueError:
        return location


def refuse_web_page(body: bytes, where: str) -> None:
    """Tell a login page, or a page of errors, from the JSON that was asked for.

    Raises:
        SourceError: It is a web page.
    """
    if body[:512].lstrip().startswith(b"<"):
        raise SourceError(where, "answered with a web page instead of JSON; check the address, or sign in to the proxy")


def shown(url: str) -> str:
    """An address as messages and releases may show it: without a password."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url.rpartition("@")[2]
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl() if "@" in parts.netloc else url


def _head(
    session: requests.Session, url: str, headers: Mapping[str, str] | None, bounds: Bounds, deadline: float
) -> requests.Response:
    """The answer up to its body.

    It is awaited in a thread of its own: a server that drips its header, line by line, is never silent for long
    enough to be cut off by a time-out of the socket.
    """
    done: queue.SimpleQueue[requests.Response | Exception] = queue.SimpleQueue()
    given_up = threading.Event()

    def ask() -> None:
        wait = (bounds.connect, min(bounds.read, bounds.total))
        try:
            response = session.get(url, headers=headers, stream=True, allow_redirects=False, timeout=wait)
        except Exception as error:  # noqa: BLE001  # raised again on the caller's side, whatever it is
            done.put(error)
            return
        done.put(response)
        if given_up.is_set():
            response.close()

    threading.Thread(target=ask, name="attackbot-download", daemon=True).start()
    try:
        answer = done.get(timeout=max(0.0, deadline - time.monotonic()))
    except queue.Empty:
        given_up.set()
        raise TimeoutError from None
    if isinstance(answer, Exception):
        raise answer
    return answer


def _body(response: requests.Response, where: str, bounds: Bounds, deadline: float, progress: Progress) -> bytes:
    announced = response.headers.get("Content-Length", "")
    total = int(announced) if announced.isdecimal() else None
    if total is not None and total > bounds.size:
        raise too_large(where, bounds.size)
    label = urlsplit(where).path.rpartition("/")[2] or where
    body = bytearray()
    progress(0, total, label)
    # read1 hands over what has come; read would wait for a whole piece and a dripping server with it.
    while piece := response.raw.read1(_PIECE, decode_content=False):
        body += piece
        if len(body) > bounds.size:
            raise too_large(where, bounds.size)
        if time.monotonic() > deadline:
            raise SourceError(where, f"not finished after {bounds.total:g} seconds; try again or use a nearer mirror")
        progress(len(body), total, label)
    if total is not None and len(body) != total:
        raise SourceError(where, f"cut short after {len(body):,} of {total:,} bytes; try again")
    return bytes(body)


def _transfer_decoded(body: bytes, response: requests.Response, where: str, bounds: Bounds) -> bytes:
    coding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if coding in ("", "identity"):
        return body
    if coding not in ("gzip", "x-gzip"):
        raise SourceError(where, f"sent in a coding nobody asked for ({coding[:20]})")
    return unpacked(io.BytesIO(body), where, limit=bounds.size, any_content=True)


def _check_address(url: str, *, named: str, own_machine: bool) -> None:
    scheme, host = _parts(url)
    if not host or scheme not in ("http", "https"):
        raise SourceError(named, f"leads to {shown(url)[:200]!r}, which is no https address")
    if _is_loopback(url):
        if not own_machine:
            raise SourceError(named, "redirected to this machine itself, which is refused")
    elif scheme != "https":
        raise SourceError(named, f"leads to {shown(url)[:200]!r}; only https is spoken to other machines")


def _parts(url: str) -> tuple[str, str]:
    """Scheme and host, both empty where this is no address."""
    try:
        parts = urlsplit(url)
        return parts.scheme.lower(), parts.hostname or ""
    except ValueError:
        return "", ""


def _is_loopback(url: str) -> bool:
    try:
        _, host = _parts(url)
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _check_status(response: requests.Response, where: str) -> None:
    code = response.status_code
    if code == 200:
        return
    if code in (404, 410):
        raise SourceError(where, f"not found there (HTTP {code}); check the address")
    if code in (401, 403, 407):
        raise SourceError(where, f"access refused (HTTP {code}); check the address and the proxy")
    raise SourceError(where, f"the server answered HTTP {code}; try again later")


@contextmanager
def _explained(where: str) -> Iterator[None]:
    """The network libraries' many errors in five sentences."""
    try:
        yield
    except SourceError:
        raise
    except (requests.exceptions.SSLError, urllib3.exceptions.SSLError):
        raise SourceError(where, "its certificate could not be verified; check the clock and the proxy") from None
    except (requests.Timeout, urllib3.exceptions.TimeoutError, TimeoutError):
        raise SourceError(where, "no answer in time; check the network, or read from a folder instead") from None
    except (requests.exceptions.ChunkedEncodingError, urllib3.exceptions.ProtocolError, HTTPException):
        raise SourceError(where, "the connection broke off before the end; try again") from None
    except ValueError:  # requests' words for addresses it cannot make sense of, a redirect's among them
        raise SourceError(where, "not an address that can be asked, or leads to one") from None
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError):
        raise SourceError(where, "cannot be reached; check the network, or read from a folder instead") from None
