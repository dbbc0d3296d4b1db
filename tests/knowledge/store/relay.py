"""A way to a PostgreSQL server that can be cut, and mended, at a moment of the test's choosing."""

from __future__ import annotations

import contextlib
import socket
import threading
from types import TracebackType
from typing import Self

import sqlalchemy as sa

DEFAULT_PORT = 5432


class Relay:
    """Passes bytes between a port of this machine and a server.

    Attributes:
        address: As the server's own, but leading through here.
    """

    def __init__(self, address: str) -> None:
        url = sa.make_url(address)
        host = str(url.host or url.query.get("host") or "localhost")
        self._port = url.port or DEFAULT_PORT
        self._target = f"{host}/.s.PGSQL.{self._port}" if host.startswith("/") else host
        self._cut = False
        self._cut_behind = b""
        self._open: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        ours = url.set(host="127.0.0.1", port=self._listener.getsockname()[1]).difference_update_query(["host"])
        self.address = ours.render_as_string(hide_password=False)
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """End every connection, and whoever comes now is sent away."""
        self._cut = True
        for each in self._open:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def cut_behind(self, words: bytes) -> None:
        """Cut when a client has said these words; the server still hears them, the client never its answer."""
        self._cut_behind = words

    def mend(self) -> None:
        """Let everybody through again."""
        self._cut = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.cut()
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                if self._cut:
                    client.close()
                    continue
                server = self._connect()
                self._open += [client, server]
                for pair in ((client, server), (server, client)):
                    threading.Thread(target=self._pump, args=pair, daemon=True).start()

    def _connect(self) -> socket.socket:
        if not self._target.startswith("/"):
            return socket.create_connection((self._target, self._port))
        server = socket.socket(socket.AF_UNIX)
        server.connect(self._target)
        return server

    def _pump(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(65536):
                cut = self._cut_behind and self._cut_behind in piece
                if cut:
                    source.shutdown(socket.SHUT_RDWR)
                target.sendall(piece)
                if cut:
                    self._cut_behind = b""
                    break
        for each in (source, target):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_WR if each is target else socket.SHUT_RDWR)
                each.close()
