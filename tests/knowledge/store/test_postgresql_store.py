"""What PostgreSQL has to do beyond the contract: come back, keep secrets, bring its tables up to date."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from knowledge.detections.model import Detection
from knowledge.store import (
    Collected,
    Confirmation,
    NewerSchemaError,
    SourceImport,
    Store,
    StoreError,
    Subscription,
    Verdict,
    open_store,
)
from knowledge.store.postgresql_database import Database
from knowledge.store.postgresql_schema import REVISION, REVISIONS, bring_up_to_date, revision_of, upgrade
from knowledge.store.postgresql_tables import METADATA
from tests.knowledge.store.relay import Relay

TEAM = "T1"
SAID = Confirmation(id="c1", technique_id="T1059", verdict=Verdict.RIGHT, text="the words of an alert")
RULES = [Detection(id=f"r{number}", title=f"Rule {number}") for number in range(3)]


@pytest.fixture
def store(address: str, opened: Callable[[str], Store]) -> Store:
    return opened(address)


@pytest.fixture
def database(address: str) -> Iterator[Database]:
    database = Database(address)
    yield database
    database.close()


@pytest.fixture
def relay(address: str) -> Iterator[Relay]:
    with Relay(address) as relay:
        yield relay


# The connection


def test_a_lost_connection_is_one_sentence_and_the_next_call_is_through(
    relay: Relay, opened: Callable[[str], Store]
) -> None:
    store = opened(relay.address)
    store.add_confirmation(TEAM, SAID)

    relay.cut()
    for call in (
        lambda: store.generation(TEAM),
        lambda: store.confirmations(TEAM),
        lambda: store.replace_source(TEAM, SourceImport(name="sigma"), RULES),
        lambda: store.due_subscriptions("2026-11-16T12:00:00Z"),
    ):
        with pytest.raises(StoreError, match=r"^PostgreSQL at 127\.0\.0\.1:\d+/\S+ cannot be used \(.+\); .*\.$"):
            call()
    relay.mend()

    assert store.confirmations(TEAM) == (SAID,)
    assert store.sources(TEAM) == ()
    assert store.replace_source(TEAM, SourceImport(name="sigma"), RULES).added == 3


def test_a_connection_that_ended_while_it_lay_idle_is_not_even_noticed(
    relay: Relay, opened: Callable[[str], Store]
) -> None:
    store = opened(relay.address)
    store.add_confirmation(TEAM, SAID)

    relay.cut()
    relay.mend()

    assert store.confirmations(TEAM) == (SAID,)
    assert not store.add_confirmation(TEAM, SAID)


def test_a_connection_lost_half_way_leaves_the_source_as_it_was(
    relay: Relay, store: Store, opened: Callable[[str], Store]
) -> None:
    shaky = opened(relay.address)
    shaky.replace_source(TEAM, SourceImport(name="sigma"), RULES)
    before = store.generation(TEAM)

    relay.cut_behind(b"INSERT INTO attackbot_source_change")
    with pytest.raises(StoreError, match="nothing was changed"):
        shaky.replace_source(TEAM, SourceImport(name="sigma"), RULES[:1])

    assert store.detections(TEAM) == tuple(RULES)
    assert store.generation(TEAM) == before
    assert shaky.replace_source(TEAM, SourceImport(name="sigma"), RULES[:1]).removed == 2


def test_a_commit_whose_answer_is_lost_is_not_called_undone(relay: Relay, opened: Callable[[str], Store]) -> None:
    store = opened(relay.address)

    relay.cut_behind(b"COMMIT\0")
    with pytest.raises(StoreError, match="whether it was kept is not known"):
        store.add_confirmation(TEAM, SAID)

    store.add_confirmation(TEAM, SAID)
    assert store.confirmations(TEAM) == (SAID,)


def test_nobody_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(
        StoreError, match=r"^PostgreSQL at 127\.0\.0\.1:9/attack cannot be used \([Cc]onnection refused\)"
    ):
        open_store("postgresql://bot@127.0.0.1:9/attack", tmp_path)


# Secrets


@pytest.mark.parametrize(
    "spec",
    [
        "postgresql://bot:{}@127.0.0.1:9/attack",
        "postgres://bot:{}@127.0.0.1:9/attack?connect_timeout=3",
        "postgresql+psycopg://127.0.0.1:9/attack?user=bot&password={}",
        "postgresql://bot:x@{}@127.0.0.1:9/attack",
        "postgresql://bot:{}@127.0.0.1:port/attack",
        "postgresql://bot:{}@127.0.0.1:9/attack?sslmode=nonsense",
        "postgresql://bot:{}@127.0.0.1:9/attack?no_such_option=1",
        "postgresql:bot:{}",
    ],
)
@pytest.mark.parametrize("secret", ["hunter2hunter2", "hunter2%40hunter2"])
def test_a_password_is_in_no_message_and_no_log(
    spec: str, secret: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG), pytest.raises(StoreError) as refused:
        open_store(spec.format(secret), tmp_path)

    assert "hunter2" not in f"{refused.value} {refused.value!r} {refused.value.__cause__} {caplog.text}"
    assert refused.value.__suppress_context__


def test_a_refused_login_says_so_without_the_password(address: str, tmp_path: Path) -> None:
    url = sa.make_url(address).set(username="nobody here", password="hunter2")

    with pytest.raises(StoreError, match=r"authentication failed|does not exist") as refused:
        open_store(url.render_as_string(hide_password=False), tmp_path)

    assert "hunter2" not in str(refused.value)


def test_what_a_team_said_is_in_no_message_and_no_log(
    store: Store, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    with database.changing() as connection:
        connection.execute(sa.text("ALTER TABLE attackbot_confirmation ADD CHECK (document NOT LIKE '%alert%')"))

    with caplog.at_level(logging.DEBUG), pytest.raises(StoreError, match=r"refused .* nothing was changed") as refused:
        store.add_confirmation(TEAM, SAID)

    assert SAID.text not in f"{refused.value} {refused.value.__cause__} {caplog.text}"


# Tables


def test_the_revisions_end_in_the_tables_that_the_code_knows(store: Store, database: Database) -> None:
    with database.reading() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "include_name": lambda name, kind, _: kind != "table" or name != "attackbot_schema",
                "compare_server_default": True,
            },
        )
        assert compare_metadata(context, METADATA) == []
        assert revision_of(connection) == REVISION
    assert ScriptDirectory(str(REVISIONS)).get_current_head() == str(REVISION)


def test_tables_of_the_first_revision_are_brought_up_to_date(
    address: str, database: Database, opened: Callable[[str], Store]
) -> None:
    with database.changing() as connection:
        upgrade(connection, "1")
        said = '{"id":"c1","technique_id":"T1059","verdict":"right","text":"the words of an alert"}'
        connection.execute(sa.text("INSERT INTO attackbot_workspace VALUES ('T1', 7)"))
        connection.execute(
            sa.text("INSERT INTO attackbot_confirmation (workspace, id, document) VALUES ('T1', 'c1', :said)"),
            {"said": said},
        )

    store = opened(address)

    assert store.confirmations(TEAM) == (SAID,)
    assert store.generation(TEAM) == "7"
    assert store.save_subscription(Subscription(id="s1", workspace=TEAM, channel="C1"))


def test_many_who_open_an_empty_database_at_once_find_one_set_of_tables(
    address: str, opened: Callable[[str], Store]
) -> None:
    stores: list[Store] = []
    barrier = threading.Barrier(8)

    def come() -> None:
        barrier.wait()
        stores.append(opened(address))

    threads = [threading.Thread(target=come) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert len(stores) == 8
    for number, each in enumerate(stores):
        assert each.mark_collected(TEAM, [Collected(f"{number}", True)])
    assert len(stores[0].collected(TEAM)) == 8


def test_tables_of_a_later_version_are_refused_and_left_alone(
    address: str, store: Store, database: Database, tmp_path: Path
) -> None:
    with database.changing() as connection:
        connection.execute(sa.text("UPDATE attackbot_schema SET version_num = '9'"))

    with pytest.raises(NewerSchemaError, match=r"newer version .*schema 9, known up to 2.* Nothing was changed\."):
        open_store(address, tmp_path)
    with database.changing() as connection:
        assert revision_of(connection) == 9


def test_an_up_to_date_database_is_opened_without_waiting_for_anybody(database: Database) -> None:
    bring_up_to_date(database)

    with database.changing() as connection:
        connection.execute(sa.text("LOCK TABLE attackbot_workspace IN ACCESS EXCLUSIVE MODE"))
        bring_up_to_date(database)


def test_a_row_that_is_not_understood_is_left_alone(store: Store, database: Database) -> None:
    store.add_confirmation(TEAM, SAID)
    with database.changing() as connection:
        connection.execute(sa.text("""UPDATE attackbot_confirmation SET document = '{"id": 7}'"""))

    with pytest.raises(StoreError, match="holds a Confirmation that this program does not understand"):
        store.contents(TEAM)
    assert store.generation(TEAM) == "1"


# What it costs


def test_what_is_listed_again_is_the_same_tuple_until_something_changes(store: Store) -> None:
    store.add_confirmation(TEAM, SAID)
    store.replace_source(TEAM, SourceImport(name="sigma"), RULES)
    listed = (store.confirmations(TEAM), store.detections(TEAM))

    assert store.confirmations(TEAM) is listed[0]
    assert store.detections(TEAM) is listed[1]

    store.replace_source(TEAM, SourceImport(name="sigma"), RULES[1:])
    assert len(store.detections(TEAM)) == 2


def test_an_unchanged_import_writes_nothing(store: Store, database: Database) -> None:
    store.replace_source(TEAM, SourceImport(name="sigma"), RULES)
    written = sa.text("SELECT max(xmin::text::bigint) FROM attackbot_detection")
    with database.asking() as connection:
        before = connection.scalar(written)

    assert store.replace_source(TEAM, SourceImport(name="sigma"), RULES).empty

    with database.asking() as connection:
        assert connection.scalar(written) == before


def test_the_address_may_carry_options(address: str, opened: Callable[[str], Store]) -> None:
    store = opened(f"{address}&application_name={quote('my bot')}")

    assert store.workspaces() == ()
