"""What changes ask of a team's rules."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from knowledge.catalog import Catalog
from knowledge.changes import Weight, diff
from knowledge.detections.model import Detection, DetectionKind
from knowledge.impact import Action, Filter, Impact, as_json, assess, narrow
from knowledge.model import ReleaseContents
from tests.builders import relationship, technique
from tests.knowledge.changes.releases import below, group, release, split, tactic

EXECUTION = tactic("TA0002", "Execution")


def rule(*ids: str, tactics: tuple[str, ...] = (), **fields: Any) -> Detection:
    name = "-".join(ids) or "none"
    return Detection(**{"id": name, "title": name, "path": f"{name}.yml", "ids": ids, "tactics": tactics, **fields})


def assessed(*rules: Detection) -> Impact:
    changes, catalog = split()
    return assess([changes], rules, catalog)


def between(old: ReleaseContents, new: ReleaseContents, *rules: Detection) -> Impact:
    return assess([diff(old, new)], rules, Catalog([new]))


def test_a_revoked_id_is_to_be_retagged_with_its_tactic() -> None:
    impact = assessed(rule("T1562.001", tactics=("defense-evasion",)), rule("T1059"))

    (found,) = impact.rules
    assert found.action is Action.RETAG
    assert [(each.old, each.new, each.name) for each in found.retags] == [
        ("T1562.001", "T1685", "Disable or Modify Tools")
    ]
    assert (found.wrong_tactics, found.right_tactics) == (("defense-evasion",), ("defense-impairment",))
    assert found.what == "Retag T1562.001 to T1685, tactic defense-evasion to defense-impairment."
    assert impact.headline == "ATT&CK 19.0: 1 of your 2 rules needs a new id"


def test_a_technique_that_only_moved_needs_another_tactic() -> None:
    impact = assessed(rule("T1553", tactics=("defense_evasion",)), rule("T1553", id="bare"))

    assert [(each.action, each.wrong_tactics, each.right_tactics) for each in impact.rules] == [
        (Action.RETAG, ("defense_evasion",), ("defense-impairment",)),
        (Action.NOTHING, (), ()),
    ]
    assert impact.headline == "ATT&CK 19.0: 1 of your 2 rules needs another tactic"


def test_a_renamed_tactic_is_written_anew() -> None:
    (found,) = assessed(rule("T1055", tactics=("defense-evasion", "privilege-escalation"))).rules

    assert (found.wrong_tactics, found.right_tactics) == (("defense-evasion",), ("stealth",))
    assert found.changes[0].id == "TA0005"


def test_a_tactic_another_technique_is_still_in_stays() -> None:
    (found,) = assessed(rule("T1562.001", "T1055", tactics=("stealth",))).rules

    assert found.wrong_tactics == ()


def test_a_rule_ahead_of_the_release_is_named_and_its_tactics_are_left_alone() -> None:
    impact = assessed(rule("T1562.002", "T1999", tactics=("defense-evasion", "unheard-of")))

    assert [(each.detection.id, each.ids) for each in impact.ahead] == [("T1562.002-T1999", ("T1999",))]
    assert impact.rules[0].wrong_tactics == ()
    assert [each.new for each in impact.rules[0].retags] == ["T1686"]


def test_what_has_no_successor_needs_a_decision() -> None:
    one = technique("T1001", "A")
    impact = between(release(one), release(replace(one, deprecated=True), version="19.0"), rule("T1001"))

    assert impact.rules[0].action is Action.REVIEW
    assert impact.rules[0].what == "Review: T1001 A: deprecated, and ATT&CK names no successor."
    assert impact.headline == "ATT&CK 19.0: 1 of your 1 rule needs a decision"
    assert [(item.change.id, len(item.rules)) for item in impact.act] == [("T1001", 1)]


def test_a_new_name_asks_nothing_of_a_rule_that_writes_ids() -> None:
    one = technique("T1552.003", "Bash History")
    old, new = release(one), release(replace(one, name="Shell History"))

    sigma = between(old, new, rule("T1552.003", format="sigma"))
    elastic = between(old, new, rule("T1552.003", format="elastic"))

    assert [each.action for each in sigma.rules] == [Action.NOTHING]
    assert sigma.silent
    assert [each.action for each in elastic.rules] == [Action.RETAG]
    assert not elastic.silent


def test_ids_retired_before_are_overdue_and_apart() -> None:
    one, two = technique("T1086", "PowerShell", revoked=True), technique("T1059.001", "PowerShell")
    links = [relationship("revoked-by", one.stix_id, two.stix_id)]
    old = release(one, two, links=links)
    new = release(one, replace(two, version="1.1"), links=links, version="18.2")

    impact = between(old, new, rule("T1086"))

    assert impact.headline == "ATT&CK 18.2: none of your 1 rule needs a new id, 1 rule names an id retired earlier"
    assert [each.overdue for each in impact.rules] == [True]
    assert impact.silent


def test_read_items_are_changes_with_their_rules_and_cosmetic_ones_a_count() -> None:
    parent, sub, other = technique("T1001", "A"), technique("T1001.001", "S"), technique("T1002", "B")
    new = release(parent, sub, replace(other, version="1.1"), links=[below(sub, parent)])

    impact = between(
        release(parent, other), new, rule("T1001"), rule("T1001", "T1002"), rule("T1002"), rule("T1001", enabled=False)
    )

    assert impact.headline == "ATT&CK 18.1: none of your 3 rules needs a new id, 1 change worth reading"
    assert [(item.change.what, len(item.rules)) for item in impact.read] == [
        ("T1001 A: new sub-technique T1001.001 S.", 2)
    ]
    assert (impact.cosmetic, impact.elsewhere) == (1, 1)
    assert {each.action for each in impact.rules} == {Action.REVIEW}


def test_silent_when_nothing_touches_the_team() -> None:
    impact = assessed(rule("T1059"), rule(), rule("T1562", kind=DetectionKind.ADVERSARY))

    assert impact.silent
    assert impact.headline == "ATT&CK 19.0: nothing touches your 1 rule"


def test_a_parent_split_into_subtechniques_is_reviewed() -> None:
    parent = technique("T1001", "A")
    subs = [technique(f"T1001.00{n}", f"S{n}") for n in (1, 2)]
    new = release(parent, *subs, links=[below(each, parent) for each in subs])

    impact = between(release(parent), new, rule("T1001"))

    assert impact.rules[0].action is Action.REVIEW
    assert "split into 2 sub-techniques" in impact.rules[0].what


def test_the_contract_lets_a_pipeline_act() -> None:
    found: Any = as_json(assessed(rule("T1562.004", tactics=("defense-evasion",), url="https://example.org/rule")))

    assert found["counts"]["act"] == 2
    assert found["releases"] == [{"domain": "enterprise", "old": "18.1", "new": "19.0"}]
    (first,) = found["rules"]
    assert first["action"] == "retag"
    assert first["retag"] == [{"old": "T1562.004", "new": "T1685.001", "name": "Disable Firewall"}]
    assert (first["path"], first["url"]) == ("T1562.004.yml", "https://example.org/rule")
    assert first["wrong_tactics"] == ["defense-evasion"]


# -- only what somebody asked for ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        (Filter(), {"T1001", "T1002", "T1002.001", "T1003", "TA0002"}),
        (Filter(lightest=Weight.ACT), {"T1003"}),
        (Filter(techniques=("T1002",)), {"T1002", "T1002.001"}),
        (Filter(platforms=("linux",)), {"T1001", "TA0002"}),
        (Filter(groups=("G0016",)), {"T1001", "T1002"}),
        (Filter(groups=("G0016",), lightest=Weight.READ), {"T1002"}),
        (Filter(techniques=("T1",)), set()),
    ],
)
def test_a_filter_means_only_that(wanted: Filter, ids: set[str]) -> None:
    bear = group("G0016", "APT29")
    one = technique("T1001", "A", platforms=("Linux",))
    two, sub, three = technique("T1002", "B"), technique("T1002.001", "S"), technique("T1003", "C")
    uses = [relationship("uses", bear.stix_id, each.stix_id) for each in (one, two)]
    old = release(EXECUTION, bear, one, two, sub, three, links=uses[:1])
    new = release(
        replace(EXECUTION, version="1.1"),
        bear,
        replace(one, version="1.1"),
        two,
        replace(sub, version="1.1"),
        replace(three, name="D"),
        links=uses,
    )

    assert {each.id for each in narrow(diff(old, new), wanted, Catalog([new])).changes} == ids
