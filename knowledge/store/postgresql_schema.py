"""From whatever schema a database has to today's, by Alembic's revisions in ``migrations_postgresql``.

Revisions are numbered like the versions of TinyDB's files. To change a table, change `postgresql_tables` and add a
revision; never edit one that was released.
"""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from knowledge.store.errors import NewerSchemaError
from knowledge.store.postgresql_database import Database

REVISION = 2
"""The newest revision, which this program needs."""

REVISIONS = Path(__file__).with_name("migrations_postgresql")
"""Where Alembic finds them."""

VERSION_TABLE = "attackbot_schema"

_LOCK = 0x4154542643  # "ATT&C": held while tables are made or changed, so that of several processes one does it


def bring_up_to_date(database: Database) -> None:
    """Make the tables, or change those of an earlier version. In one transaction, and by one process at a time.

    Raises:
        NewerSchemaError: A later version of this program has changed them.
        StoreError: The database cannot be reached, or does not let us.
    """
    with database.reading() as connection:
        found = revision_of(connection)
    if found < REVISION:
        with database.changing() as connection:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
            found = revision_of(connection)  # another process may have been quicker
            if found < REVISION:
                upgrade(connection, str(REVISION))
                found = REVISION
    if found > REVISION:
        raise NewerSchemaError(database.where, found, REVISION)


def revision_of(connection: sa.Connection) -> int:
    """The revision that the tables are at; 0 where there are none."""
    if connection.scalar(sa.select(sa.func.to_regclass(VERSION_TABLE))) is None:
        return 0
    version = sa.table(VERSION_TABLE, sa.column("version_num", sa.String))
    return int(connection.scalar(sa.select(version.c.version_num)) or 0)


def upgrade(connection: sa.Connection, revision: str) -> None:
    """Carry the tables to a revision, in the connection's transaction."""
    from alembic import command
    from alembic.config import Config

    config = Config(attributes={"connection": connection, "version_table": VERSION_TABLE})
    config.set_main_option("script_location", str(REVISIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    command.upgrade(config, revision)
