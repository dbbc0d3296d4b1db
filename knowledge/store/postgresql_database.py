"""A PostgreSQL database as this package uses it: connections that come back by themselves, errors as one sentence."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event, exc

from knowledge.store.errors import StoreError

_CONNECT_SECONDS = 10
_WAIT_SECONDS = 60  # for another process's lock, as with files; and for a process that stands still while it has one
_CONNECTIONS = 10
_DRIVER = "postgresql+psycopg"
_LOST = ("08", "57P")  # SQLSTATE: connection exception, operator intervention


class Database:
    """Connections to one database.

    Args:
        address: ``postgresql://USER:PASSWORD@HOST:PORT/DATABASE?OPTION=VALUE``, as libpq takes it.

    Raises:
        StoreError: It is no such address.
    """

    def __init__(self, address: str) -> None:
        try:
            url = sa.make_url(address).set(drivername=_DRIVER)
            secrets = {url.password, url.query.get("password"), *_written_passwords(address)}
            self._secrets = tuple(each for each in secrets if isinstance(each, str) and each)
            self.where = f"PostgreSQL at {_place(url)}"
            if "@" in self.where:
                raise ValueError  # a part of the password, which would show
            self._engine = sa.create_engine(
                url,
                hide_parameters=True,  # they are what teams told us
                pool_pre_ping=True,
                pool_size=_CONNECTIONS,
                max_overflow=0,
                isolation_level="READ COMMITTED",
                connect_args=_connect_arguments(url),
            )
        except (exc.ArgumentError, ValueError, TypeError):
            raise StoreError(
                "The address of the PostgreSQL store is not understood; it has to be like "
                "'postgresql://USER:PASSWORD@HOST:PORT/DATABASE', with special characters as %40."
            ) from None
        event.listen(self._engine, "connect", _set_limits)
        self._single = self._engine.execution_options(isolation_level="AUTOCOMMIT")
        self._steady = self._engine.execution_options(isolation_level="REPEATABLE READ")

    @contextlib.contextmanager
    def asking(self) -> Iterator[sa.Connection]:
        """For one statement, which is a transaction of its own."""
        with self._told(), self._single.connect() as connection:
            yield connection

    @contextlib.contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """For several that all see the same moment."""
        with self._told(), self._steady.connect() as connection, connection.begin():
            yield connection

    @contextlib.contextmanager
    def changing(self) -> Iterator[sa.Connection]:
        """For a change that is there whole and durable when this is left, or not at all."""
        with self._told(), self._engine.connect() as connection, connection.begin() as transaction:
            yield connection
            try:
                transaction.commit()
            except exc.DBAPIError as error:
                if not _is_lost(error):
                    raise
                raise StoreError(
                    f"{self.where} was lost while a change was made final; whether it was kept is not known, "
                    f"so look before you repeat it."
                ) from None

    def close(self) -> None:
        """Let go of every connection; another call opens new ones."""
        self._engine.dispose()

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """Errors of the database as a sentence, without what its own words might give away."""
        try:
            yield
        except exc.TimeoutError:
            raise StoreError(f"{self.where}: all {_CONNECTIONS} connections are in use; try again.") from None
        except exc.DBAPIError as error:
            reason = self._without_secrets(_reason(error))
            if _is_lost(error):
                sentence = f"cannot be used ({reason}); nothing was changed. The next request tries again"
            else:
                sentence = f"refused ({reason}); nothing was changed"
            raise StoreError(f"{self.where} {sentence}.") from None
        except exc.SQLAlchemyError as error:
            raise StoreError(f"{self.where} could not be used ({type(error).__name__}).") from None

    def _without_secrets(self, text: str) -> str:
        for secret in sorted(self._secrets, key=len, reverse=True):
            text = text.replace(secret, "****")
        return text


def _place(url: sa.URL) -> str:
    host = url.host or url.query.get("host") or "this machine"
    host = host if isinstance(host, str) else ",".join(host)
    return f"{host}{f':{url.port}' if url.port else ''}/{url.database or ''}"


def _written_passwords(address: str) -> list[str]:
    """The password as it stands in the address, percent signs and all."""
    return re.findall(r"^[^:]+://[^:/@]*:(.+)@", address)


def _connect_arguments(url: sa.URL) -> dict[str, Any]:
    ours: dict[str, Any] = {
        "connect_timeout": _CONNECT_SECONDS,
        "application_name": "attackbot",
        "tcp_user_timeout": _WAIT_SECONDS * 1000,
        "keepalives_idle": _WAIT_SECONDS // 2,
        "keepalives_interval": _CONNECT_SECONDS,
        "keepalives_count": 3,
        "prepare_threshold": None,  # a pooler such as PgBouncer may hand the next statement to another server process
    }
    return {name: value for name, value in ours.items() if name not in url.query}


def _set_limits(connection: Any, _: object) -> None:
    connection.autocommit = True
    connection.execute(
        f"SET lock_timeout = '{_WAIT_SECONDS}s'; SET idle_in_transaction_session_timeout = '{_WAIT_SECONDS}s'"
    )
    connection.autocommit = False


def _is_lost(error: exc.DBAPIError) -> bool:
    state = getattr(error.orig, "sqlstate", None)
    if error.connection_invalidated:
        return True
    return isinstance(error, exc.OperationalError) and (state is None or state.startswith(_LOST))


def _reason(error: exc.DBAPIError) -> str:
    """What the server or libpq says in its first words, without the row it says it of."""
    said = getattr(getattr(error.orig, "diag", None), "message_primary", None)
    if not said:
        told = re.findall(r"(?:FATAL:|failed:(?! FATAL:)) *(?!connection to)(\S.*)", str(error.orig))
        said = told[-1] if told else (str(error.orig).splitlines() or ["no reason given"])[0]
    return str(said).strip().rstrip(".?")[:200]
