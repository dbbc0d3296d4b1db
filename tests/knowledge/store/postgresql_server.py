"""A real PostgreSQL for the tests: the one that ATTACKBOT_TEST_POSTGRESQL names, or a throw-away one of this machine's.

The throw-away server has its files in a temporary folder, listens on a socket there and on nothing else, belongs to
an ordinary user, and ends with the process that started it, however that ends.
"""

from __future__ import annotations

import atexit
import itertools
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import sqlalchemy as sa

from knowledge.store import open_store
from knowledge.store.postgresql_tables import METADATA

VARIABLE = "ATTACKBOT_TEST_POSTGRESQL"
PASSWORD = "hunter2 & p@ss:word/%"  # made up, and as awkward as one may be
START_SECONDS = 30

# Postgres ends when this shell's standard input does, which the test process holds open.
RUN = """
"$0" -D "$1/data" -k "$1" -c listen_addresses= -c fsync=off -c max_connections=200 >"$1/log" 2>&1 &
server=$!
read -r _
kill -INT $server
wait $server
rm -rf "$1"
"""

_schemas = itertools.count(1)


@contextmanager
def empty_database() -> Iterator[str]:
    """The address of a place without any tables, gone afterwards; the test skips where there is no server."""
    server = _server()
    name = f"attackbot_test_{os.getpid()}_{next(_schemas)}"
    with _connected(server) as connection:
        connection.execute(sa.schema.CreateSchema(name))
    try:
        yield f"{server}{'&' if '?' in server else '?'}options=-csearch_path%3D{name}"
    finally:
        with _connected(server) as connection:
            connection.execute(sa.schema.DropSchema(name, cascade=True))


@contextmanager
def ready_database() -> Iterator[str]:
    """The address of one with our tables, all of them empty: quicker than to make them each time."""
    address = _with_tables()
    yield address
    with _connected(address) as connection:
        for table in METADATA.tables.values():
            connection.execute(sa.delete(table))


@cache
def _with_tables() -> str:
    stack = ExitStack()
    address = stack.enter_context(empty_database())
    atexit.register(stack.close)
    open_store(address, Path()).close()
    return address


@contextmanager
def _connected(address: str) -> Iterator[sa.Connection]:
    engine = sa.create_engine(sa.make_url(address).set(drivername="postgresql+psycopg"), poolclass=sa.NullPool)
    with engine.begin() as connection:
        yield connection


def _server() -> str:
    given = os.environ.get(VARIABLE)
    if given:
        return given
    try:
        return _throw_away()
    except FileNotFoundError as error:
        missing = f"needs PostgreSQL: {error}. Install it (Debian: apt-get install postgresql) or set {VARIABLE}"
        if os.environ.get("CI") == "true":
            pytest.fail(f"{missing}; in CI nothing that needs it may skip")
        pytest.skip(missing)


@cache
def _throw_away() -> str:
    """Start a server and return its address."""
    binaries = _binaries()
    folder = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))  # a socket's path has at most 107 characters
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    who = _ordinary_user()
    if who:
        os.chown(folder, who.pw_uid, who.pw_gid)
    user: dict[str, Any] = {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []} if who else {}
    (folder / "password").write_text(PASSWORD)
    initdb = [binaries / "initdb", "-D", folder / "data", "-U", "bot", "--auth=scram-sha-256", "--no-sync"]
    made = subprocess.run(
        [*initdb, f"--pwfile={folder / 'password'}", "--locale=C", "--encoding=UTF8", "--no-instructions"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        **user,
    )
    assert made.returncode == 0, made.stderr
    server = subprocess.Popen(
        ["/bin/sh", "-c", RUN, binaries / "postgres", folder], cwd=folder, stdin=subprocess.PIPE, **user
    )
    atexit.register(_stop, server)  # before the folder goes
    _wait_for(folder)
    return f"postgresql://bot:{quote(PASSWORD, safe='')}@/postgres?host={quote(str(folder), safe='')}"


def _binaries() -> Path:
    on_path = shutil.which("initdb")
    found = [Path(on_path).parent] if on_path else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    for folder in reversed(found):
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise FileNotFoundError("there is no initdb on the PATH or below /usr/lib/postgresql")


def _ordinary_user() -> Any:
    """Whom the server is to belong to where we are root, whom PostgreSQL refuses; None for ourselves."""
    if os.geteuid() != 0:
        return None
    import pwd

    names = {each.pw_name: each for each in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]


def _wait_for(folder: Path) -> None:
    ends = time.monotonic() + START_SECONDS
    while "ready to accept connections" not in (
        log := (folder / "log").read_text() if (folder / "log").exists() else ""
    ):
        assert time.monotonic() < ends, f"PostgreSQL did not start: {log}"
        time.sleep(0.02)


def _stop(server: subprocess.Popen[bytes]) -> None:
    assert server.stdin is not None
    server.stdin.close()
    server.wait(START_SECONDS)
