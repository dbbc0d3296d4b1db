"""The language of conditions, the index over facts, and what every shipped fact has to have."""

from __future__ import annotations

import json
import lzma
import random
import re
from pathlib import Path

import pytest

from knowledge.alerts.conditions import RecordText, parse_condition
from knowledge.alerts.events import Fact, Facts, FactsError, read_facts, shipped_facts
from knowledge.alerts.globs import Glob, as_words, folded, plain
from knowledge.alerts.model import Field, Record, Role

FACT = '[[fact]]\nall = ["EventID = 4769"]\nshows = ["T1558.003"]\nstrength = 0.8\nsays = "it is so"\nsource = "https://x.example"\n'


def record(*fields: tuple[str, str] | tuple[str, str, Role], product: str = "", format: str = "json") -> Record:  # noqa: A002
    made = tuple(Field(row[0], row[1], at, at + 1, *row[2:]) for at, row in enumerate(fields))
    return Record(format, made, 0, len(made), product)


def holds(condition: str, *fields: tuple[str, str] | tuple[str, str, Role], **kinds: str) -> bool:
    return parse_condition(condition, {}).holding(RecordText(record(*fields, **kinds))) is not None


@pytest.mark.parametrize(
    ("condition", "path", "value"),
    [
        ("EventID = 4769", "Event.System.EventID", "4769"),
        ("EventID = 4769", "event_id", "04769"),
        ("TicketEncryptionType = 0x17", "TicketEncryptionType", "23"),
        ("TicketEncryptionType = 0x17 | 0x18", "Event.EventData.TicketEncryptionType", "0x18"),
        ("TicketEncryptionType = 23", "TicketEncryptionType", "0x00000017"),
        ("process.command_line = *MiniDump*", "process.command_line", "rundll32 comsvcs.dll, minidump 1"),
        ("rule.*.name = x", "rule.first.name", "X"),
        ("^Id = 1", "id", "1"),
        ("Name = ' a | b '", "Name", " a | b "),
        ("Name = 'a' | 'b | c'", "Name", "b | c"),
        ("Name = *\\lsass.exe", "Name", "C:\\\\Windows\\\\lsass.exe"),
        ("Name != a | b", "Name", "c"),
        ("Name ?= a | b", "Name", "a"),
        ("Name ?= a | b", "Other", "c"),
        ("Count >= 10", "Count", "10"),
        ("Count <= 10", "Count", "0x9"),
        ("Name exists", "Name", "x"),
        ("Name missing", "Other", "x"),
        ("@all = *needle*", "anything", "a needle in it"),
        ("Name = a\n  | b", "Name", "b"),
        ("Name ?!= a", "Other", "a"),
        ("Name ?!= a", "Name", "b"),
        ("Line ~ net user * /add", "Line", '"C:\\Windows\\System32\\net.exe"  user bob P@ss /add'),
        ("Line ~ net user * /add", "Line", "net user /add bob"),
        ("Line ~ net user $", "Line", "cmd /c net user | find x"),
        ("Line ~ curl *|bash", "Line", "curl -s http://x/y | /bin/bash"),
        ("Line ~ ^ set $", "Line", "echo x & set"),
        ("Line ~ certutil *urlcache*", "Line", "cert^util.exe -url^cache -f http://x"),
    ],
)
def test_a_condition_holds(condition: str, path: str, value: str) -> None:
    assert holds(condition, (path, value))


@pytest.mark.parametrize(
    ("condition", "path", "value"),
    [
        ("EventID = 4769", "EventID", "47690"),
        ("EventID = 4769", "EventIDs", "4769"),
        ("^Id = 1", "agent.id", "1"),
        ("rule.*.name = x", "rule.name", "x"),
        ("Name = a*b*c", "Name", "acb"),
        ("Name = aba*aba", "Name", "aba"),
        ("Name = *a*b", "Name", "a\nb"),
        ("Name != a", "Name", "A"),
        ("Name != a", "Other", "b"),
        ("Name ?= a", "Name", "b"),
        ("Count >= 10", "Count", "ten"),
        ("Count >= 10", "Count", "9"),
        ("Name ?!= a", "Name", "a"),
        ("Name exists", "Name", " "),
        ("Name missing", "Name", "x"),
        ("Line ~ net user * /add", "Line", "planet user bob /add"),
        ("Line ~ net user $", "Line", "net user bob /add"),
        ("Line ~ ^ set $", "Line", "netsh advfirewall set x"),
        ("@command = x", "Name", "x"),
    ],
)
def test_a_condition_does_not_hold(condition: str, path: str, value: str) -> None:
    assert not holds(condition, (path, value))


def test_any_of_several_fields_of_a_name_counts() -> None:
    assert holds("Name = b", ("Name", "a"), ("x.Name", "b"))
    assert not holds("Name != b", ("Name", "a"), ("x.Name", "b"))


def test_roles_and_what_is_known_of_the_record() -> None:
    assert holds("@command = *whoami*", ("x", "whoami", Role.COMMAND))
    assert holds("product = sysmon | windows", ("x", "y"), product="sysmon")
    assert holds("format = windows_xml", ("x", "y"), format="windows_xml")
    assert not holds("product = sysmon", ("product", "sysmon"))


def test_a_program_and_its_arguments_are_a_command_line() -> None:
    fields = (("proc", "grep"), ("args", "-rn"), ("args", "password"), ("args", "/opt"))
    assert holds("@command ~ grep -rn password", *fields)
    assert not holds("@command ~ grep -rn password", *fields[:2])


def test_a_condition_says_which_fields_make_it_hold() -> None:
    made = record(("a", "1"), ("b", "2"), ("x.b", "3"))
    assert parse_condition("b = 3", {}).holding(RecordText(made)) == (made.fields[2],)
    assert parse_condition("c missing", {}).holding(RecordText(made)) == ()


@pytest.mark.parametrize(
    "condition",
    [
        "",
        "EventID",
        "EventID 4769",
        "EventID = ",
        "EventID exists 1",
        "EventID >= x",
        "EventID >= 1 | 2",
        "@nothing = 1",
        "* = 1",
        "a.b.c.d.e.f.g = 1",
    ],
)
def test_what_is_no_condition_is_refused(condition: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_condition(condition, {})


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('"C:\\Program Files\\7-Zip\\7z.exe" a x.7z', " ^ c:\\program 7z a x.7z $ "),
        ("/usr/bin/curl -s u|sh", " ^ curl -s u $ | ^ sh $ "),
        ("%COMSPEC% /c whoami", " ^ cmd /c whoami $ "),
        ("c:\\windows\\system32\\net user", " ^ net user $ "),
        ("a\nb", " ^ a $ \n ^ b $ "),
        ("", " ^  $ "),
    ],
)
def test_a_command_line_as_words(line: str, words: str) -> None:
    assert as_words(folded(line)) == words


@pytest.mark.parametrize(
    ("text", "same"), [("0x17", "23"), ("0017", "17"), ("abc", "abc"), ("0xzz", "0xzz"), ("1.50", "1.50")]
)
def test_numbers_have_one_spelling(text: str, same: str) -> None:
    assert plain(text) == same


def test_a_hostile_text_takes_linear_time() -> None:
    text = "a" * 200_000
    assert not Glob.of("*" + "a*" * 40 + "b").fits(text)


def test_an_alias_finds_other_names() -> None:
    text = '[aliases]\nEventID = ["EventCode", "event.code"]\n' + FACT
    facts = read_facts([("a.toml", text.encode())])
    assert [hit.fact.shows for hit in facts.hits(record(("event.code", "4769")))] == [("T1558.003",)]
    assert facts.hits(record(("code", "4769"))) == ()


def test_aliases_of_the_first_file_hold_in_all_and_others_in_their_own() -> None:
    first = '[aliases]\nEventID = ["EventCode"]\n'
    second = '[aliases]\nEventID = ["Number"]\n' + FACT
    facts = read_facts([("a.toml", first.encode()), ("b.toml", second.encode()), ("c.toml", FACT.encode())])
    assert len(facts.hits(record(("Number", "4769")))) == 1
    assert len(facts.hits(record(("EventCode", "4769")))) == 1


def test_the_strongest_fact_comes_first_and_names_its_fields() -> None:
    weak = FACT.replace("0.8", "0.3").replace("EventID = 4769", "EventID exists")
    facts = read_facts([("a.toml", (weak + FACT).encode())])
    made = record(("EventID", "4769"))
    assert [(hit.fact.strength, hit.fields) for hit in facts.hits(made)] == [(0.8, made.fields), (0.3, made.fields)]


def test_one_of_the_conditions_under_any_has_to_hold() -> None:
    facts = read_facts([("a.toml", FACT.replace("shows", 'any = ["a = 1", "b = 2"]\nshows').encode())])
    assert not facts.hits(record(("EventID", "4769"), ("a", "2")))
    assert len(facts.hits(record(("EventID", "4769"), ("b", "2")))[0].fields) == 2


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("x = 1", "x"),
        ("fact = 1", "each fact"),
        ("aliases = 1", "table"),
        ("[aliases]\na.b = ['c']", "quotation marks"),
        ("[aliases]\na = 1", "alias a"),
        ("[[fact]]\n", "no condition"),
        (FACT.replace("strength = 0.8", "strength = 2.0"), "strength"),
        (FACT.replace("T1558.003", "TA0001"), "ids"),
        (FACT.replace('says = "it is so"', 'says = ""'), "says"),
        (FACT.replace("says", "said"), "said"),
        (FACT.replace("EventID = 4769", "EventID"), "no condition such as"),
        ("[[fact", "TOML"),
    ],
)
def test_a_wrong_file_is_told_with_its_name(text: str, problem: str) -> None:
    with pytest.raises(FactsError, match=re.escape(problem)) as caught:
        read_facts([("own.toml", text.encode())])
    assert caught.value.where == "own.toml"


def test_a_wrong_fact_is_told_with_its_line() -> None:
    with pytest.raises(FactsError, match=r"a\.toml, line 8: fact 2") as caught:
        read_facts([("a.toml", (FACT + "\n" + FACT.replace("4769", "")).encode())])
    assert caught.value.line == 8


def random_record(chance: random.Random, facts: tuple[Fact, ...]) -> Record:
    """Fields and values that conditions of the facts themselves ask for, some of them spoilt."""
    fields: list[Field] = []
    for fact in chance.sample(facts, 4):
        for condition in (*fact.all, *fact.any):
            if not condition.values or chance.random() < 0.2:
                continue
            key = chance.choice(condition.keys)
            value = chance.choice(condition.values).replace("*", chance.choice(["", "x", " some words ", "\n"]))
            value = value.replace("^", "").replace("$", "") if condition.op == "~" else value
            role = Role(key[1:]) if key.startswith("@") and key != "@all" else Role.DETAIL
            path = "some.field" if key.startswith(("@", "=")) else key.removeprefix("^").replace("*", "any")
            fields.append(
                Field(path, value.upper() if chance.random() < 0.3 else value, len(fields), len(fields) + 1, role)
            )
    return Record("json", tuple(fields), 0, len(fields), chance.choice(["", "sysmon", "aws_cloudtrail"]))


@pytest.mark.parametrize("seed", range(25))
def test_the_index_finds_what_trying_every_fact_finds(seed: int) -> None:
    shipped = shipped_facts()
    made = random_record(random.Random(seed), shipped.facts)  # noqa: S311
    text = RecordText(made)

    def brute(fact: Fact) -> bool:
        every = all(each.holding(text) is not None for each in fact.all)
        return every and (not fact.any or any(each.holding(text) is not None for each in fact.any))

    assert {id(hit.fact) for hit in shipped.hits(made)} == {id(fact) for fact in shipped.facts if brute(fact)}


def test_an_empty_record_shows_nothing() -> None:
    assert shipped_facts().hits(record()) == ()
    assert Facts(()).hits(record(("a", "b"))) == ()


def test_most_facts_are_never_tried_on_a_record() -> None:
    facts = shipped_facts()
    tried = facts._candidates(RecordText(record(("CommandLine", "whoami /all", Role.COMMAND), ("EventID", "1"))))
    assert len(tried) < len(facts.facts) / 10


def test_every_shipped_fact_says_what_it_rests_on() -> None:
    facts = shipped_facts().facts
    assert len(facts) >= 1_500
    for fact in facts:
        assert re.fullmatch(r"https://[a-z0-9.-]+\.[a-z]+(/\S*)?", fact.source), fact.source
        assert fact.says[0].islower() or fact.says.split()[0].strip(",'s").isalnum()
        assert not fact.says.endswith(".")
        assert all(re.fullmatch(r"T\d{4}(\.\d{3})?", each) for each in fact.shows)
        assert len(set(fact.shows)) == len(fact.shows)


@pytest.mark.shared
def test_every_shipped_fact_names_techniques_of_the_release(shared_dir: Path) -> None:
    current = set()
    for domain in ("enterprise", "mobile", "ics"):
        with lzma.open(shared_dir / "attack" / f"{domain}-attack-18.1.json.xz") as file:
            objects = json.load(file)["objects"]
        current |= {
            each["external_references"][0]["external_id"]
            for each in objects
            if each["type"] == "attack-pattern" and not each.get("revoked") and not each.get("x_mitre_deprecated")
        }
    assert {each for fact in shipped_facts().facts for each in fact.shows} <= current
