"""What a team says counts at once: right, wrong, another one, and its own rules' titles."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.catalog import Catalog
from knowledge.detections.model import Detection
from knowledge.library import Library
from knowledge.mapping import open_mapper
from knowledge.mapping.teams import MappingNotReadyError, TeamMappers
from knowledge.model import Domain
from knowledge.store import Confirmation, SourceImport, Store, Verdict, open_store
from knowledge.sync import fill_gaps
from tests.builders import roles

ALERT = "frobnicate.exe reached into the vault of the widget service and took the blue ledger with it"
OTHER = "powershell.exe -nop -w hidden -enc downloads from the internet"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("teams")
    library = Library(home / "releases")
    fill_gaps(library, [Domain.ENTERPRISE])
    open_mapper(library.catalog(), roles(), home / "mapping")
    return home


@pytest.fixture(scope="module")
def catalog(home: Path) -> Catalog:
    return Library(home / "releases").catalog()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store("tinydb", tmp_path)


@pytest.fixture
def mappers(home: Path, store: Store) -> TeamMappers:
    return TeamMappers(home / "mapping", store, roles())


def said(technique: str, verdict: Verdict, text: str = ALERT) -> Confirmation:
    return Confirmation(
        id=f"{technique}-{verdict}",
        technique_id=technique,
        verdict=verdict,
        text=text,
        confirmed_at="2026-05-03T09:00:00Z",
    )


def test_a_confirmed_alert_is_recognised_at_once_by_that_team_alone(
    catalog: Catalog, store: Store, mappers: TeamMappers
) -> None:
    store.add_confirmation("T1", said("T1555.004", Verdict.RIGHT))
    best = mappers.mapper(catalog, "T1").map(ALERT).techniques[0]

    assert best.id == "T1555.004"
    assert any("your team confirmed on 2026-05-03" in quote.why for quote in best.evidence)
    assert "T1555.004" not in {each.id for each in mappers.mapper(catalog, "T2").map(ALERT).techniques[:1]}


def test_what_was_said_to_be_wrong_is_less_likely_for_the_same_alert_and_for_no_other(
    catalog: Catalog, store: Store, mappers: TeamMappers
) -> None:
    before = mappers.mapper(catalog, "T1").map(OTHER).techniques[0]
    store.add_confirmation("T1", said(before.id, Verdict.WRONG, OTHER))
    after = {each.id: each.confidence for each in mappers.mapper(catalog, "T1").map(OTHER).techniques}

    assert after.get(before.id, 0.0) < before.confidence / 2
    unlike = "powershell.exe Invoke-Mimikatz run from a scheduled task by the print server"
    assert mappers.mapper(catalog, "T1").map(unlike) == mappers.mapper(catalog, "T2").map(unlike)


def test_an_erased_confirmation_no_longer_counts(catalog: Catalog, store: Store, mappers: TeamMappers) -> None:
    store.add_confirmation("T1", said("T1555.004", Verdict.RIGHT))
    mappers.mapper(catalog, "T1")
    store.erase_confirmations("T1")

    assert mappers.mapper(catalog, "T1").map(ALERT) == mappers.mapper(catalog, "T2").map(ALERT)


def test_the_title_of_an_imported_rule_is_the_strongest_evidence(
    catalog: Catalog, store: Store, mappers: TeamMappers
) -> None:
    rule = Detection(id="r1", title="Blue Ledger Left The Vault", ids=("T1020",), source="ours", format="sigma")
    store.replace_source("T1", SourceImport(name="ours", read=1, imported=1), [rule])
    best = mappers.mapper(catalog, "T1").map("Alert: Blue Ledger Left The Vault (high) on host 7").techniques[0]

    assert best.id == "T1020"
    assert best.band == "high"
    assert "your detection" in best.evidence[0].why


def test_a_question_before_the_first_index_is_told_to_come_again(
    tmp_path: Path, store: Store, catalog: Catalog
) -> None:
    slow = TeamMappers(tmp_path / "empty", store, roles(), background=True)
    slow._building = _Forever()  # type: ignore[assignment]

    with pytest.raises(MappingNotReadyError, match="being built"):
        slow.mapper(catalog, "T1")


def test_the_old_index_answers_while_the_new_one_is_built(home: Path, store: Store, catalog: Catalog) -> None:
    mappers = TeamMappers(home / "mapping", store, roles(), background=True)
    mappers.prepare(catalog)
    building = mappers._building
    assert building is not None
    building.join()
    mappers._building = _Forever()  # type: ignore[assignment]
    newer = Library(home / "releases").catalog()

    assert newer is not catalog
    assert mappers.mapper(newer, "T1").map(OTHER).techniques


class _Forever:
    """A thread that never ends."""

    def is_alive(self) -> bool:
        return True

    def join(self, timeout: float | None = None) -> None:
        """Nothing comes of waiting."""
