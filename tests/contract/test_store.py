"""What every store does, whatever it is made of."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path

import pytest

from knowledge.detections.model import Detection, LogSourceClaim
from knowledge.store import (
    Collected,
    Confirmation,
    SourceImport,
    Store,
    StoreError,
    TeamProfile,
    Verdict,
    open_store,
)
from knowledge.store.model import HISTORY_KEPT, IDS_KEPT
from tests.knowledge.store.postgresql_server import ready_database

TEAM = "T0123ABCD"

HOSTILE = (
    "../../etc/passwd",
    "/etc/passwd",
    "..",
    ".",
    "CON",
    "a\x00b",
    "new\nline",
    "\u202egnp.exe",
    "' OR 1=1 --",
    "_default",
    "x" * 200,
    "日本語" * 20,
    "lone \udce9 surrogate",
    "%2e%2e%2f",
    "T0123abcd",
)


@pytest.fixture(params=["memory", "tinydb", "postgresql"])
def spec(request: pytest.FixtureRequest) -> Iterator[str]:
    if request.param == "postgresql":
        with ready_database() as address:
            yield address
    else:
        yield request.param


@pytest.fixture
def opened(spec: str, tmp_path: Path) -> Iterator[Callable[[], Store]]:
    with ExitStack() as stack:

        def open_and_close() -> Store:
            return stack.enter_context(closing(open_store(spec, tmp_path)))

        yield open_and_close


@pytest.fixture
def store(opened: Callable[[], Store]) -> Store:
    return opened()


@pytest.fixture
def reopened(spec: str, opened: Callable[[], Store], store: Store) -> Callable[[], Store]:
    """The same store as another process would find it; memory has no other process."""
    return lambda: store if spec == "memory" else opened()


def confirmation(number: int = 1, **fields: object) -> Confirmation:
    usual = {
        "id": f"c{number}",
        "technique_id": "T1059.001",
        "verdict": Verdict.RIGHT,
        "text": f"powershell -enc … on [host] ({number})",
        "release": "Enterprise 18.1",
        "user": "U1",
        "channel": "C1",
        "confirmed_at": "2025-01-02T03:04:05Z",
    }
    return Confirmation(**{**usual, **fields})  # type: ignore[arg-type]


def detection(number: int = 1, **fields: object) -> Detection:
    usual = {
        "id": f"rule-{number}",
        "title": f"Rule {number}",
        "source": "sigma",
        "path": f"rules/{number}.yml",
        "format": "sigma",
        "ids": ("T1059.001", "T1685"),
        "log_sources": (LogSourceClaim("windows", "process_creation"),),
        "strings": ("powershell.exe", "\\-enc"),
    }
    return Detection(**{**usual, **fields})  # type: ignore[arg-type]


def source(name: str = "sigma", at: str = "2025-01-01T00:00:00Z", **fields: object) -> SourceImport:
    return SourceImport(name=name, format="sigma", imported_at=at, **fields)  # type: ignore[arg-type]


# Confirmations


def test_a_confirmation_comes_back_as_it_was(store: Store, reopened: Callable[[], Store]) -> None:
    said = confirmation(title="Suspicious \u202e `<!channel>`", verdict=Verdict.WRONG)

    assert store.add_confirmation(TEAM, said)

    assert reopened().confirmations(TEAM) == (said,)
    assert store.workspaces() == (TEAM,)


def test_the_same_confirmation_twice_is_one_and_changes_nothing(store: Store) -> None:
    store.add_confirmation(TEAM, confirmation())
    before = store.generation(TEAM)

    assert not store.add_confirmation(TEAM, confirmation())

    assert store.confirmations(TEAM) == (confirmation(),)
    assert store.generation(TEAM) == before


def test_a_changed_mind_replaces_what_was_said(store: Store) -> None:
    store.add_confirmation(TEAM, confirmation(1))
    store.add_confirmation(TEAM, confirmation(2))

    assert store.add_confirmation(TEAM, confirmation(1, verdict=Verdict.WRONG))

    assert store.confirmations(TEAM) == (confirmation(2), confirmation(1, verdict=Verdict.WRONG))


def test_erasing_takes_one_or_all(store: Store, reopened: Callable[[], Store]) -> None:
    for number in range(4):
        store.add_confirmation(TEAM, confirmation(number))

    assert store.erase_confirmation(TEAM, "c2")
    assert not store.erase_confirmation(TEAM, "c2")
    assert [each.id for each in reopened().confirmations(TEAM)] == ["c0", "c1", "c3"]

    assert store.erase_confirmations(TEAM) == 3
    assert store.erase_confirmations(TEAM) == 0
    assert reopened().confirmations(TEAM) == ()


def test_workspaces_do_not_see_each_other(store: Store) -> None:
    store.add_confirmation("T1", confirmation())
    store.replace_source("T1", source(), [detection()])
    before = store.generation("T1")

    store.add_confirmation("T2", confirmation(2))

    assert store.generation("T1") == before
    assert store.confirmations("T2") == (confirmation(2),)
    assert store.detections("T2") == ()
    assert store.workspaces() == ("T1", "T2")


# Sources and their detections


def test_an_import_comes_back_whole_and_in_order(store: Store, reopened: Callable[[], Store]) -> None:
    rules = tuple(detection(number) for number in (3, 1, 2))
    read = source(read=4, imported=3, rejected=1, path="/repo", label="blue")

    change = store.replace_source(TEAM, read, rules)

    assert (change.added, change.changed, change.removed, change.unchanged) == (3, 0, 0, 0)
    assert change.added_ids == ("rule-3", "rule-1", "rule-2")
    again = reopened()
    assert again.detections(TEAM) == rules
    assert [(each.latest, each.detections) for each in again.sources(TEAM)] == [(read, 3)]


def test_the_same_import_again_changes_nothing(store: Store) -> None:
    rules = [detection(number) for number in range(5)]
    store.replace_source(TEAM, source(path="/ci/1"), rules)
    before = store.generation(TEAM)

    change = store.replace_source(TEAM, source(path="/ci/2", at="2025-02-01T00:00:00Z"), reversed(rules))

    assert change.empty
    assert change.unchanged == 5
    assert store.generation(TEAM) == before
    assert len(store.history(TEAM)) == 1


def test_the_same_rules_with_other_counts_are_noted_and_are_no_change(store: Store) -> None:
    store.replace_source(TEAM, source(rejected=0), [detection()])

    change = store.replace_source(TEAM, source(rejected=2), [detection()])

    assert change.empty
    assert store.sources(TEAM)[0].latest.rejected == 2
    assert len(store.history(TEAM)) == 1


def test_an_import_says_what_it_added_changed_and_removed(store: Store) -> None:
    store.replace_source(TEAM, source(), [detection(1), detection(2), detection(3)])
    retagged = detection(2, ids=("T1685.001",))

    change = store.replace_source(TEAM, source(at="2025-02-01T00:00:00Z"), [detection(1), retagged, detection(4)])

    assert (change.added_ids, change.changed_ids, change.removed_ids) == (("rule-4",), ("rule-2",), ("rule-3",))
    assert change.unchanged == 1
    assert store.detections(TEAM) == (detection(1), retagged, detection(4))
    assert store.history(TEAM)[0] == change


def test_sources_and_team_labels_live_side_by_side(store: Store) -> None:
    store.replace_source(TEAM, source("sigma", label="blue"), [detection(1)])
    store.replace_source(TEAM, source("sigma", label="red"), [detection(2)])
    store.replace_source(TEAM, source("elastic"), [detection(3)])

    assert store.detections(TEAM) == (detection(3), detection(1), detection(2))
    assert store.detections(TEAM, source="sigma") == (detection(1), detection(2))
    assert store.detections(TEAM, label="red") == (detection(2),)
    assert store.detections(TEAM, source="sigma", label="") == ()
    assert [each.latest.name for each in store.sources(TEAM, label="")] == ["elastic"]


def test_a_removed_source_leaves_its_history_and_may_come_back(store: Store, reopened: Callable[[], Store]) -> None:
    store.replace_source(TEAM, source(), [detection(1), detection(2)])

    change = store.remove_source(TEAM, "sigma", at="2025-03-01T00:00:00Z")

    assert change is not None
    assert (change.gone, change.removed) == (True, 2)
    assert store.remove_source(TEAM, "sigma") is None
    assert store.remove_source(TEAM, "sigma", label="red") is None
    assert (reopened().sources(TEAM), reopened().detections(TEAM)) == ((), ())
    assert store.replace_source(TEAM, source(at="2025-04-01T00:00:00Z"), [detection(1)]).added == 1
    assert [each.at[:7] for each in reopened().history(TEAM)] == ["2025-04", "2025-03", "2025-01"]


def test_an_import_of_nothing_is_a_source_without_detections(store: Store) -> None:
    assert store.replace_source(TEAM, source(), []).empty

    assert [each.detections for each in store.sources(TEAM)] == [0]
    assert store.history(TEAM) == ()


def test_an_id_that_comes_twice_loses_nothing(store: Store) -> None:
    twins = [detection(1), detection(1, title="Its twin"), detection(1, title="And another")]

    change = store.replace_source(TEAM, source(), twins)

    assert change.added_ids == ("rule-1", "rule-1#2", "rule-1#3")
    assert store.detections(TEAM) == tuple(twins)
    assert store.replace_source(TEAM, source(), twins).empty


def test_history_is_bounded(store: Store) -> None:
    many = [detection(number) for number in range(IDS_KEPT + 50)]

    full = store.replace_source(TEAM, source(at="2025-01-01T00:00:00Z"), many)
    kept = store.history(TEAM)[0]
    for minute in range(HISTORY_KEPT + 5):
        store.replace_source(TEAM, source(at=f"2025-02-01T{minute // 60:02}:{minute % 60:02}:00Z"), [detection(minute)])

    assert (len(full.added_ids), len(kept.added_ids), kept.added) == (IDS_KEPT + 50, IDS_KEPT, IDS_KEPT + 50)
    assert len(store.history(TEAM)) == HISTORY_KEPT
    assert store.history(TEAM)[0].at == "2025-02-01T01:44:00Z"


# What the team collects, and who it is


def test_what_is_collected_is_answered_name_by_name(store: Store, reopened: Callable[[], Store]) -> None:
    process = Collected("Process Creation", True, "U1", "2025-01-01T00:00:00Z")
    registry = Collected("Windows Registry Key Modification", False, "U2", "2025-01-01T00:00:00Z")

    assert store.mark_collected(TEAM, [registry, process]) == 2
    assert store.mark_collected(TEAM, [process]) == 0
    assert reopened().collected(TEAM) == (process, registry)

    assert store.mark_collected(TEAM, [replace(process, collected=False)]) == 1
    assert store.forget_collected(TEAM, ["Windows Registry Key Modification", "never heard of"]) == 1
    assert reopened().collected(TEAM) == (replace(process, collected=False),)


def test_a_profile_is_empty_until_it_is_saved(store: Store, reopened: Callable[[], Store]) -> None:
    assert store.profile(TEAM) == TeamProfile()
    saved = TeamProfile(sectors=("Finance",), platforms=("Windows", "Linux"), groups=("G0016",), by="U1")

    assert store.save_profile(TEAM, saved)
    assert not store.save_profile(TEAM, saved)

    assert reopened().profile(TEAM) == saved


# For everything


def test_each_change_makes_a_new_generation(store: Store) -> None:
    steps: list[Callable[[], object]] = [
        lambda: store.add_confirmation(TEAM, confirmation()),
        lambda: store.replace_source(TEAM, source(), [detection()]),
        lambda: store.mark_collected(TEAM, [Collected("Process Creation", True)]),
        lambda: store.save_profile(TEAM, TeamProfile(sectors=("Energy",))),
        lambda: store.forget_collected(TEAM, ["Process Creation"]),
        lambda: store.remove_source(TEAM, "sigma"),
        lambda: store.erase_confirmations(TEAM),
    ]
    seen = [store.generation(TEAM)]
    for step in steps:
        step()
        seen.append(store.generation(TEAM))
        assert store.generation(TEAM) == seen[-1]

    assert len(set(seen)) == len(steps) + 1


def test_a_reader_sees_what_another_store_wrote(store: Store, reopened: Callable[[], Store]) -> None:
    other = reopened()
    assert (other.confirmations(TEAM), other.detections(TEAM)) == ((), ())
    before = other.generation(TEAM)

    store.add_confirmation(TEAM, confirmation())
    store.replace_source(TEAM, source(), [detection()])

    assert other.generation(TEAM) != before
    assert (other.confirmations(TEAM), other.detections(TEAM)) == ((confirmation(),), (detection(),))


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_hostile_names_are_only_names(store: Store, tmp_path: Path, name: str) -> None:
    store.add_confirmation(name, confirmation(1, id=name, text=name))
    store.replace_source(name, source(name, label=name), [detection(1, id=name, path=name, title=name)])
    store.mark_collected(name, [Collected(name, True, by=name)])

    kept = name.encode("utf-8", "backslashreplace").decode()
    assert store.workspaces() == (kept,)
    assert [each.id for each in store.confirmations(name)] == [kept]
    assert [each.path for each in store.detections(name, source=name, label=name)] == [kept]
    assert [each.name for each in store.collected(name)] == [kept]
    assert store.erase_confirmation(name, name)
    assert store.remove_source(name, name, label=name) is not None
    assert all(path.is_relative_to(tmp_path) and len(path.name) < 100 for path in tmp_path.rglob("*"))
    assert list(tmp_path.parent.glob("passwd*")) == []


def test_names_that_differ_in_case_alone_are_two(store: Store) -> None:
    store.add_confirmation("Tab", confirmation(1))
    store.add_confirmation("TAB", confirmation(2))

    assert store.confirmations("Tab") == (confirmation(1),)
    assert store.workspaces() == ("TAB", "Tab")


@pytest.mark.parametrize("name", ["", "x" * 201])
def test_names_that_are_none_are_refused(store: Store, name: str) -> None:
    with pytest.raises(StoreError, match="workspace"):
        store.add_confirmation(name, confirmation())
    with pytest.raises(StoreError, match="source"):
        store.replace_source(TEAM, source(name), [])


def test_threads_lose_nothing(store: Store) -> None:
    def write(thread: int) -> None:
        for number in range(25):
            store.add_confirmation(TEAM, confirmation(number, id=f"{thread}-{number}"))
        store.replace_source(TEAM, source(f"source {thread}"), [detection(thread)])

    threads = [threading.Thread(target=write, args=[number]) for number in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert len({each.id for each in store.confirmations(TEAM)}) == 200
    assert len(store.sources(TEAM)) == 8
    assert store.problems() == ()
    store.close()
