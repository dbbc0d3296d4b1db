"""What may be an act of its own, and what is known of it besides its words."""

from __future__ import annotations

import pytest

from knowledge.alerts.events import Fact, FactHit, Facts, shipped_facts
from knowledge.alerts.model import Alert, Field, Record, Role
from knowledge.alerts.reading import read_alert
from knowledge.mapping.acts import OF_ONE_EVENT, Act, acts_of, inside, placed_facts, strongest
from knowledge.mapping.reading import read
from tests.builders import roles


def _acts(text: str) -> tuple[Act, ...]:
    return acts_of(read_alert(text, roles()), shipped_facts(), None)


def _shown(act: Act) -> set[str]:
    return {technique for hit in act.sighting.facts for technique in hit.fact.shows}


def _prose(text: str) -> Alert:
    return Alert(text, (Record("prose", (Field("", text, 0, len(text), Role.MESSAGE),), 0, len(text)),))


@pytest.mark.parametrize(
    "line",
    [
        "rundll32.exe C:\\windows\\system32\\comsvcs.dll, MiniDump 672 C:\\l.dmp full",
        "PS C:\\Users\\bob> rundll32.exe comsvcs.dll, MiniDump 672 l.dmp full",
        "C:\\> rundll32 C:\\windows\\system32\\comsvcs.dll MiniDump 672 l.dmp full",
    ],
)
def test_a_command_line_in_a_text_is_looked_at_as_one(line: str) -> None:
    text = f"Seen on FS01 this night:\n{line}\nPlease have a look."
    acts = acts_of(_prose(text), shipped_facts(), None)
    assert len(acts) == 3
    assert [act.in_prose for act in acts] == [False, False, True]
    assert "T1003.001" in _shown(acts[2])
    [field] = acts[2].records[0].fields
    assert text[field.start : field.end] == field.value
    assert line.endswith(field.value)


@pytest.mark.parametrize(
    "text",
    [
        "Detects vssadmin.exe being used to delete shadow copies, as ransomware does.",
        "rundll32.exe was started by winword.exe and loaded comsvcs.dll",
        "The team is in the net for new users and will add them tomorrow.",
    ],
)
def test_a_sentence_about_a_program_is_no_command(text: str) -> None:
    [whole] = acts_of(_prose(text), shipped_facts(), None)
    assert whole.sighting.facts == ()


def test_each_record_is_an_act_and_the_whole_comes_first() -> None:
    one = '{"eventSource": "cloudtrail.amazonaws.com", "eventName": "StopLogging", "awsRegion": "eu-west-1"}'
    two = '{"eventSource": "iam.amazonaws.com", "eventName": "CreateAccessKey", "awsRegion": "eu-west-1"}'
    whole, first, second = _acts(f"{one}\n{two}")
    assert "T1562.008" in _shown(first)
    assert "T1098.001" in _shown(second)
    assert _shown(first) | _shown(second) == _shown(whole)


def test_the_same_record_twice_is_one_act() -> None:
    one = '{"eventSource": "cloudtrail.amazonaws.com", "eventName": "StopLogging", "awsRegion": "eu-west-1"}'
    assert len(_acts(f"{one}\n{one}")) == 2


def _hit(strength: float, start: int, end: int, *shows: str) -> FactHit:
    return FactHit(Fact((), (), shows, strength, "it says so", "https://example.org"), (Field("x", "v", start, end),))


def test_the_strongest_fact_counts_and_less_for_one_event_of_a_log_of_small_steps() -> None:
    hits = [_hit(0.4, 0, 1, "T1"), _hit(0.8, 0, 1, "T1", "T2")]
    number = {"T1": (0,), "T2": (1, 2)}
    assert strongest(hits, lambda each: number[each], 4).tolist() == pytest.approx([0.8, 0.8, 0.8, 0.0])
    sysmon = Record("windows_xml", (), 0, 1, product="sysmon")
    less = strongest(hits, lambda each: number[each], 4, (sysmon,))
    assert less[0] == pytest.approx(0.8 * OF_ONE_EVENT)


def test_a_fact_goes_to_the_part_whose_words_show_it_or_else_to_the_first() -> None:
    parts = (read("alpha beta"), read(" " * 20 + "gamma"))
    there, nowhere = _hit(0.5, 20, 25, "T1"), _hit(0.5, 90, 95, "T2")
    assert placed_facts(parts, (there, nowhere)) == [(nowhere,), (there,)]
    assert inside(parts[1], (there, nowhere)) == (there,)
    assert placed_facts((), (there,)) == []


def test_no_facts_are_needed() -> None:
    assert acts_of(_prose("hello"), Facts(()), None)[0].sighting.rules == ()
