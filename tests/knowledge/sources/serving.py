"""A real HTTP server on this machine, well-behaved or not."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Misbehaviour = Callable[[BaseHTTPRequestHandler], None]


class Visits:
    """Counts the connections that clients hold open."""

    def __init__(self) -> None:
        self._open = 0
        self._changed = threading.Condition()

    def count(self, change: int) -> None:
        with self._changed:
            self._open += change
            self._changed.notify_all()

    def are_over(self) -> bool:
        """Whether every client has hung up; a connection that was closed takes a moment to be noticed."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._open, timeout=5)


@dataclass
class Site:
    """What is served: files by path, with an ETag each, and misbehaviour by path; and what was asked."""

    files: dict[str, bytes] = field(default_factory=dict)
    tricks: dict[str, Misbehaviour] = field(default_factory=dict)
    asked: list[tuple[str, int, str]] = field(default_factory=list)
    url: str = ""
    visits: Visits = field(default_factory=Visits)

    def put_index(
        self, *versions: dict[str, object], name: str = "Enterprise ATT&CK", path: str = "/index.json"
    ) -> str:
        collections = [{"id": "x-mitre-collection--1", "name": name, "versions": list(versions)}]
        self.files[path] = json.dumps({"id": "i", "name": "MITRE ATT&CK", "collections": collections}).encode()
        return self.url + path


@contextmanager
def serving(site: Site) -> Iterator[Site]:
    """Serve a site on 127.0.0.1 until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            super().setup()
            site.visits.count(1)

        def finish(self) -> None:
            super().finish()
            site.visits.count(-1)

        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            with suppress(ConnectionError):
                if path in site.tricks:
                    site.asked.append((path, 0, self.headers.get("User-Agent", "")))
                    site.tricks[path](self)
                    self.close_connection = True
                else:
                    self._serve(path)

        def _serve(self, path: str) -> None:
            body = site.files.get(path)
            etag = f'"{hash(body)}"'
            status = 404 if body is None else 304 if self.headers.get("If-None-Match") == etag else 200
            site.asked.append((path, status, self.headers.get("User-Agent", "")))
            content = (body or b"") if status == 200 else b""
            self.send_response(status)
            if status == 200:
                self.send_header("ETag", etag)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class names it so
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    site.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


# -- misbehaviour ----------------------------------------------------------------------------------


def drips(handler: BaseHTTPRequestHandler) -> None:
    """A byte now and then, never silent for long."""
    _head(handler, {"Content-Length": "100000"})
    for _ in range(400):
        handler.wfile.write(b"{")
        handler.wfile.flush()
        time.sleep(0.05)


def drips_its_head(handler: BaseHTTPRequestHandler) -> None:
    """A header line now and then, and no end of them."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    for n in range(95):
        handler.wfile.write(f"X-{n}: 1\r\n".encode())
        handler.wfile.flush()
        time.sleep(0.1)


def stops_short(handler: BaseHTTPRequestHandler) -> None:
    _head(handler, {"Content-Length": "5000"})
    handler.wfile.write(b'{"type": "bundle", ')


def claims_five_gigabytes(handler: BaseHTTPRequestHandler) -> None:
    _head(handler, {"Content-Length": "5000000000"})


def never_ends(handler: BaseHTTPRequestHandler) -> None:
    _head(handler, {"Transfer-Encoding": "chunked"})
    piece = b"{" * 65536
    for _ in range(100_000):
        handler.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")


def breaks_a_chunk(handler: BaseHTTPRequestHandler) -> None:
    _head(handler, {"Transfer-Encoding": "chunked"})
    handler.wfile.write(b"ffff\r\n{")


def says_nothing(handler: BaseHTTPRequestHandler) -> None:
    time.sleep(3)


def talks_nonsense(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"\x00\xff this is no HTTP\r\n\r\n")


def sends_a_web_page(handler: BaseHTTPRequestHandler) -> None:
    _head(handler, {"Content-Type": "text/html"})
    handler.wfile.write(b"<!doctype html><title>Please sign in</title>")


def fails(handler: BaseHTTPRequestHandler) -> None:
    _head(handler, {}, status=503)


def refuses(handler: BaseHTTPRequestHandler) -> None:
    _head(handler, {}, status=403)


def has_moved_to(address: str) -> Misbehaviour:
    return lambda handler: _head(handler, {"Location": address, "Content-Length": "0"}, status=302)


def sends_with(headers: dict[str, str], body: bytes) -> Misbehaviour:
    def trick(handler: BaseHTTPRequestHandler) -> None:
        _head(handler, {"Content-Length": str(len(body)), **headers})
        handler.wfile.write(body)

    return trick


def _head(handler: BaseHTTPRequestHandler, headers: dict[str, str], status: int = 200) -> None:
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.send_header("Connection", "close")
    handler.end_headers()
