"""Stores of every kind, TinyDB's files where a test can look at them, and an empty database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from knowledge.store import Store, open_store
from tests.knowledge.store.postgresql_server import empty_database, ready_database


@pytest.fixture
def address() -> Iterator[str]:
    """An empty PostgreSQL database."""
    with empty_database() as address:
        yield address


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Callable[[str], Store]]:
    """Opens what a setting names, and closes it in the end."""
    with ExitStack() as stack:
        yield lambda spec: stack.enter_context(closing(open_store(spec, tmp_path)))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """TinyDB's files in the test's own folder."""
    return open_store("tinydb", tmp_path)


@pytest.fixture(params=["memory", "tinydb", "postgresql"])
def spec(request: pytest.FixtureRequest) -> Iterator[str]:
    """The setting of each kind of store."""
    if request.param == "postgresql":
        with ready_database() as address:
            yield address
    else:
        yield request.param


@pytest.fixture
def any_store(spec: str, opened: Callable[[str], Store]) -> Store:
    """A store of each kind."""
    return opened(spec)


@pytest.fixture
def again(spec: str, opened: Callable[[str], Store], any_store: Store) -> Callable[[], Store]:
    """The same store as another process would find it; memory has no other process."""
    return lambda: any_store if spec == "memory" else opened(spec)
