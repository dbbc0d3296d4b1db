"""Imports, the sources they leave, and what is collected."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.commands.collecting import answer
from bot.commands.importing import Imported, NothingReadError, import_detections
from bot.commands.request import Request
from bot.commands.table import perform
from bot.commands.toolbox import Toolbox
from bot.views.terminal import as_text
from knowledge.errors import KnowledgeError
from tests.team import rules_folder, sigma, team_toolbox


@pytest.fixture
def toolbox(tmp_path: Path) -> Toolbox:
    return team_toolbox(tmp_path, imported=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return rules_folder(tmp_path / "rules")


def imported(folder: Path, toolbox: Toolbox, name: str = "ours", label: str = "") -> Imported:
    return import_detections(folder, toolbox, "local", name=name, label=label)


def shown(text: str, toolbox: Toolbox) -> str:
    return as_text(perform(Request(text), toolbox), width=10_000)


def test_a_report_drops_nothing(folder: Path, toolbox: Toolbox) -> None:
    done = imported(folder, toolbox)

    assert (done.report.read, done.report.imported, len(done.report.rejected)) == (5, 4, 1)
    assert [each.id for each in done.report.unknown_ids] == ["T1685"]
    assert [(each.id, each.successor) for each in done.report.retired_ids] == [("T1086", "T1059.001")]
    assert done.change.added == 4


def test_the_same_again_changes_nothing_and_an_edit_is_told(folder: Path, toolbox: Toolbox) -> None:
    imported(folder, toolbox)

    assert imported(folder, toolbox).change.empty
    (folder / "two.yml").write_text(sigma("Download Cradle", "t1566", 2))
    (folder / "one.yml").unlink()
    change = imported(folder, toolbox).change
    assert (change.added, change.changed, change.removed, change.unchanged) == (0, 1, 1, 2)
    assert "0 added, 1 changed, 1 removed, 2 unchanged" in shown("sources history ours", toolbox)


def test_when_everything_is_refused_the_source_keeps_what_it_held(folder: Path, toolbox: Toolbox) -> None:
    imported(folder, toolbox)
    for path in folder.iterdir():
        path.write_text("title: [")

    with pytest.raises(NothingReadError, match='"ours" keeps what it held'):
        imported(folder, toolbox)
    assert len(toolbox.store.detections("local")) == 4


def test_sources_live_side_by_side_and_one_goes_alone(folder: Path, toolbox: Toolbox) -> None:
    imported(folder, toolbox, "ours", "blue")
    imported(folder, toolbox, "ours", "red")
    imported(folder, toolbox, "theirs")

    assert "3 sources of detections" in shown("sources", toolbox)
    with pytest.raises(KnowledgeError, match=r"blue/ours, red/ours"):
        shown("sources remove ours", toolbox)
    with pytest.raises(KnowledgeError, match="No source is called"):
        shown("sources remove nothing", toolbox)
    assert "Removed, with 4 detections" in shown("sources remove red/ours", toolbox)
    assert "2 sources of detections" in shown("sources", toolbox)
    assert "Removed" in shown("sources history red/ours", toolbox)


def test_what_is_collected_is_drafted_corrected_and_counted_at_once(folder: Path, toolbox: Toolbox) -> None:
    imported(folder, toolbox)
    assert "Windows processes (4)" in shown("collect", toolbox)
    assert "Log sources  only assumed to be collected for 1" in shown("coverage", toolbox)

    assert "Windows processes: collected. Coverage and gaps count with that" in shown(
        "collect yes windows processes", toolbox
    )
    assert "Log sources  collected for 1" in shown("coverage", toolbox)
    assert "Nothing changed" in shown("collect yes Windows processes", toolbox)

    shown("collect no Windows processes, Linux processes", toolbox)
    assert "Not collected 2" in shown("collect", toolbox)
    assert "Named by 3 rules, but none can fire" in shown("coverage T1059.001", toolbox)

    shown("collect forget Windows processes", toolbox)
    assert "only assumed to be collected for 3" in shown("coverage T1059.001", toolbox)


@pytest.mark.parametrize("words", ["yes nonsense", "no , x"])
def test_an_unknown_log_source_is_refused(words: str, toolbox: Toolbox) -> None:
    with pytest.raises(KnowledgeError, match="collect alone lists them"):
        shown(f"collect {words}", toolbox)


@pytest.mark.parametrize("words", ["yes Windows processes, windows processes", "no Linux processes"])
def test_an_answer_is_kept_once(words: str, toolbox: Toolbox) -> None:
    assert "count with that from now on" in shown(f"collect {words}", toolbox)
    assert len(toolbox.store.collected("local")) == 1


def test_answers_are_kept_all_or_none(toolbox: Toolbox) -> None:
    request = Request()
    with pytest.raises(KnowledgeError, match='"Windows processes" is given two answers; say one'):
        answer(request, toolbox, yes=["Windows processes"], forget=["windows processes"])
    with pytest.raises(KnowledgeError, match='called "nonsense"'):
        answer(request, toolbox, yes=["Windows processes"], no=["nonsense"])
    assert toolbox.store.collected("local") == ()

    done = answer(request, toolbox, yes=["Windows processes"], no=["Linux processes", "Windows registry"])
    assert (done.kept, done.taken_back) == (3, 0)
    assert answer(request, toolbox, forget=["Linux processes, Windows registry"]).taken_back == 2
