"""Tags rewritten in place: what changes, and everything that does not."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
import yaml

from knowledge.retag import Plan, Proposal, Proposals, RetagError, propose, write
from tests.knowledge.changes.releases import split

SIGMA = """\
title: Tools disabled   # a comment
id: 0ae1a4ba-8b53-4e46-9bb5-7b3f1d1d1d1d
tags:
    # why these
    - attack.defense-evasion
    - 'attack.t1562.001'  # the old one
    - attack.execution
    - cve.2024-1234
logsource:
    product: windows
detection:
    selection:
        Image|endswith: 'ü😀.exe'
    condition: selection
"""
SPLUNK = """\
name: Tools disabled
search: '| tstats count'
how_to_implement: none
tags:
  analytic_story:
  - Story
  mitre_attack_id:
  - T1562.001
  - "T1562"
  message: T1562.001 stays
"""
ELASTIC = '''\
[metadata]
maturity = "production"

[rule]
name = "Tools disabled"
rule_id = "6d448b96-c922-4adb-b51c-b767f1ea5b76"
query = "process"
note = """
[[rule.threat]]
id = "T1562.001"
"""
tags = [
    "Domain: Endpoint",
    "Tactic: Defense Evasion",
    "Resources: [Guide]",
]
type = "eql"

[[rule.threat]]
framework = "MITRE ATT&CK"

[[rule.threat.technique]]
id = "T1562"
name = "Impair Defenses"
reference = "https://attack.mitre.org/techniques/T1562/"

[[rule.threat.technique.subtechnique]]
id = "T1562.001"
name = "Impair 001"
reference = "https://attack.mitre.org/techniques/T1562/001/"

[[rule.threat.technique.subtechnique]]
id = "T1562.004"  # firewall
name = 'Impair 004'
reference = "https://attack.mitre.org/techniques/T1562/004/"

[rule.threat.tactic]
id = "TA0005"
name = "Defense Evasion"
reference = "https://attack.mitre.org/tactics/TA0005/"

[rule.threshold]
value = 3
'''


@pytest.fixture(scope="module")
def plan() -> Plan:
    changes, catalog = split()
    return Plan(catalog, [changes])


def proposed(tmp_path: Path, plan: Plan, text: str | bytes, name: str = "rule.yml") -> Proposal | None:
    """What is proposed for one file; what it leads to must be proposed nothing more."""
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    found = propose(path, plan)
    assert found.refused == ()
    if not found.proposals:
        return None
    path.write_bytes(found.proposals[0].after)
    assert propose(path, plan).proposals == ()
    return found.proposals[0]


def changed_lines(proposal: Proposal) -> list[str]:
    lines = proposal.diff.splitlines()[2:]
    return [line for line in lines if line.startswith(("+", "-"))]


def after(tmp_path: Path, plan: Plan, tags: str) -> str:
    """The tags of a Sigma rule after a retag."""
    start, _, rest = SIGMA.partition("tags:\n")
    end = rest[rest.index("logsource:") :]
    found = proposed(tmp_path, plan, f"{start}{tags}{end}")
    text = found.after.decode() if found else f"{start}{tags}{end}"
    assert text.startswith(start)
    assert text.endswith(end)
    return text[len(start) : -len(end)]


# -- Sigma --------------------------------------------------------------------------------------------


def test_sigma_changes_the_tag_lines_and_nothing_else(tmp_path: Path, plan: Plan) -> None:
    found = proposed(tmp_path, plan, SIGMA)

    assert found is not None
    assert changed_lines(found) == [
        "-    - attack.defense-evasion",
        "-    - 'attack.t1562.001'  # the old one",
        "+    - attack.defense-impairment",
        "+    - 'attack.t1685'  # the old one",
    ]
    assert found.what == ("attack.defense-evasion to attack.defense-impairment", "attack.t1562.001 to attack.t1685")


@pytest.mark.parametrize(
    ("encode", "name"),
    [
        (lambda text: text.replace("\n", "\r\n").encode(), "line endings"),
        (lambda text: b"\xef\xbb\xbf" + text.encode(), "byte order mark"),
        (lambda text: b"\xff\xfe" + text.encode("utf-16-le"), "UTF-16"),
        (lambda text: text.encode("utf-16-be"), "UTF-16 without its mark"),
        (lambda text: b"\xff\xfe\0\0" + text.encode("utf-32-le"), "UTF-32"),
        (lambda text: text.rstrip("\n").encode(), "no last line feed"),
    ],
)
def test_the_files_own_bytes_stay(tmp_path: Path, plan: Plan, encode: object, name: str) -> None:
    expected = SIGMA.replace("defense-evasion", "defense-impairment").replace("t1562.001", "t1685")

    found = proposed(tmp_path, plan, encode(SIGMA))  # type: ignore[operator]

    assert found is not None, name
    assert found.after == encode(expected)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ("tags: [attack.t1562.001, attack.T1562, cve.1]\n", "tags: [attack.t1685, cve.1]\n"),
        ("tags: [attack.t1562.001]\n", "tags: [attack.t1685]\n"),
        ("tags:\n- attack.t1562.001\n- attack.t1685\n", "tags:\n- attack.t1685\n"),
        ("tags:\n- attack.t1685\n- attack.t1562.001 # why\n", "tags:\n- attack.t1685\n# why\n"),
        (
            "tags:\n  - attack.defense_evasion\n  - attack.t1553\n",
            "tags:\n  - attack.defense_impairment\n  - attack.t1553\n",
        ),
        ("tags:\n  - attack.TA0005\n  - attack.T1553\n", "tags:\n  - attack.TA0112\n  - attack.T1553\n"),
        (
            "tags:\n  - attack.defense-evasion\n  - attack.t1562.002\n  - attack.t1055\n",
            "tags:\n  - attack.defense-impairment\n  - attack.stealth\n  - attack.t1686\n  - attack.t1055\n",
        ),
        (
            "tags:\n  - attack.defense-evasion\n  - attack.defense-impairment\n  - attack.t1562\n",
            "tags:\n  - attack.defense-impairment\n  - attack.t1685\n",
        ),
        (
            "tags:\n  - attack.defense-evasion\n  - attack.t1059\n",
            "tags:\n  - attack.defense-evasion\n  - attack.t1059\n",
        ),
        (
            "tags:\n  - attack.defense-evasion\n  - attack.t1562\n  - attack.t1999\n",
            "tags:\n  - attack.defense-evasion\n  - attack.t1685\n  - attack.t1999\n",
        ),
        ("tags:\n  - car.t1562.001\n", "tags:\n  - car.t1562.001\n"),
    ],
)
def test_sigma_tags_in_every_manner(tmp_path: Path, plan: Plan, tags: str, expected: str) -> None:
    assert after(tmp_path, plan, tags) == expected


def test_each_document_of_a_file_is_its_own_rule(tmp_path: Path, plan: Plan) -> None:
    text = f"{SIGMA}---\n{SIGMA.replace('t1562.001', 't1562.002')}---\n"

    found = proposed(tmp_path, plan, text, "rules.yaml")

    assert found is not None
    documents = [each["tags"][1] for each in yaml.safe_load_all(found.after) if each]
    assert documents == ["attack.t1685", "attack.t1686"]


def test_a_tag_written_with_escapes_is_refused(tmp_path: Path, plan: Plan) -> None:
    path = tmp_path / "rule.yml"
    path.write_text(SIGMA.replace("'attack.t1562.001'", '"attack.t\\x31562.001"') + "# T1562.001\n")

    found = propose(path, plan)

    assert found.proposals == ()
    assert "change it by hand" in found.refused[0].reason


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("rule.yml", SIGMA.replace("'attack.t1562.001'", "attack.t1562/001")),
        ("rule.yml", SPLUNK.replace("- T1562.001", "- T1562.001 - Disable or Modify Tools")),
        (
            "rule.toml",
            ELASTIC[: ELASTIC.index("[[rule.threat]]\nframework")]
            + 'threat = [{framework = "MITRE ATT&CK", tactic = {id = "TA0005"}, technique = [{id = "T1562"}]}]\n',
        ),
    ],
)
def test_what_is_written_in_an_odd_way_is_named_not_passed_over(
    tmp_path: Path, plan: Plan, name: str, text: str
) -> None:
    (tmp_path / name).write_text(text)

    found = propose(tmp_path, plan)

    assert found.proposals == ()
    assert [(each.path, each.reason.endswith("change it by hand")) for each in found.refused] == [(name, True)]


# -- Splunk -------------------------------------------------------------------------------------------


def test_splunk_changes_the_ids_and_nothing_else(tmp_path: Path, plan: Plan) -> None:
    found = proposed(tmp_path, plan, SPLUNK)

    assert found is not None
    assert changed_lines(found) == ["-  - T1562.001", '-  - "T1562"', "+  - T1685"]


# -- Elastic ------------------------------------------------------------------------------------------


def test_elastic_rebuilds_the_mapping_and_nothing_else(tmp_path: Path, plan: Plan) -> None:
    found = proposed(tmp_path, plan, ELASTIC, "rule.toml")

    assert found is not None
    text = found.after.decode()
    assert text == (
        ELASTIC.replace('    "Tactic: Defense Evasion",\n', '    "Tactic: Defense Impairment",\n').replace(
            ELASTIC[ELASTIC.index("[[rule.threat.technique]]") : ELASTIC.index("[rule.threshold]")],
            """\
[[rule.threat.technique]]
id = "T1685"
name = "Disable or Modify Tools"
reference = "https://attack.mitre.org/techniques/T1685/"

[[rule.threat.technique.subtechnique]]
id = "T1685.001"  # firewall
name = 'Disable Firewall'
reference = "https://attack.mitre.org/techniques/T1685/001/"

[rule.threat.tactic]
id = "TA0112"
name = "Defense Impairment"
reference = "https://attack.mitre.org/tactics/TA0112/"

""",
        )
    )
    assert tomllib.loads(text)["rule"]["note"] == tomllib.loads(ELASTIC)["rule"]["note"]


def test_elastic_gives_what_stays_and_what_moves_a_tactic_each(tmp_path: Path, plan: Plan) -> None:
    injection = """\
[[rule.threat.technique]]
id = "T1055"
name = "Process Injection"
reference = "https://attack.mitre.org/techniques/T1055/"

"""
    text = ELASTIC.replace("[rule.threat.tactic]", f"{injection}[rule.threat.tactic]").replace("\n", "\r\n")

    found = proposed(tmp_path, plan, text, "rule.toml")

    assert found is not None
    threats = tomllib.loads(found.after.decode())["rule"]["threat"]
    assert [(t["tactic"]["name"], [each["id"] for each in t["technique"]]) for t in threats] == [
        ("Stealth", ["T1055"]),
        ("Defense Impairment", ["T1685"]),
    ]
    assert found.after.count(b"\n") == found.after.count(b"\r\n")


def test_elastic_leaves_a_mapping_that_is_right(tmp_path: Path, plan: Plan) -> None:
    right = ELASTIC[: ELASTIC.index("[[rule.threat]]\nframework")] + "# T1562\n"

    assert proposed(tmp_path, plan, right, "rule.toml") is None


# -- files --------------------------------------------------------------------------------------------


def test_a_folder_is_proposed_and_written_file_by_file(tmp_path: Path, plan: Plan) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "sigma.yml").write_text(SIGMA)
    (tmp_path / "splunk.yml").write_text(SPLUNK)
    (tmp_path / "rule.toml").write_text(ELASTIC)
    (tmp_path / "note.md").write_text("T1562.001")
    (tmp_path / "broken.yml").write_text("T1562: [")
    (tmp_path / "deep" / "sigma.yml").chmod(0o640)

    found = propose(tmp_path, plan)
    done = write(found)

    assert [(each.path, each.format) for each in found.proposals] == [
        ("rule.toml", "elastic"),
        ("splunk.yml", "splunk"),
        ("deep/sigma.yml", "sigma"),
    ]
    assert [each.path for each in found.refused] == ["broken.yml"]
    assert sorted(done.written) == ["deep/sigma.yml", "rule.toml", "splunk.yml"]
    assert (tmp_path / "deep" / "sigma.yml").stat().st_mode & 0o777 == 0o640
    assert propose(tmp_path, plan).proposals == ()
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "broken.yml",
        "deep",
        "note.md",
        "rule.toml",
        "splunk.yml",
    ]


def test_links_are_neither_followed_nor_replaced(tmp_path: Path, plan: Plan) -> None:
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    outside.mkdir()
    inside.mkdir()
    (outside / "rule.yml").write_text(SIGMA)
    (inside / "rule.yml").symlink_to(outside / "rule.yml")
    (inside / "folder").symlink_to(outside)

    found = propose(inside, plan)

    assert found.proposals == ()
    assert [each.path for each in found.refused] == ["rule.yml"]
    genuine = propose(outside, plan).proposals[0]
    forged = [
        Proposal(path=path, format="sigma", before=genuine.before, after=b"x")
        for path in ("rule.yml", "folder/rule.yml", "../outside/rule.yml")
    ]
    done = write(Proposals(root=inside, proposals=tuple(forged)))
    assert done.written == ()
    assert len(done.refused) == 3
    assert (outside / "rule.yml").read_text() == SIGMA


def test_a_file_that_changed_meanwhile_is_not_overwritten(tmp_path: Path, plan: Plan) -> None:
    path = tmp_path / "rule.yml"
    path.write_text(SIGMA)
    found = propose(tmp_path, plan)
    path.write_text(f"{SIGMA}# edited\n")

    done = write(found)

    assert [each.reason for each in done.refused] == ["has changed since it was read; propose again"]
    assert path.read_text().endswith("# edited\n")


def test_the_error_is_one_sentence() -> None:
    assert str(RetagError("a.yml", "too odd")) == "a.yml: too odd."
