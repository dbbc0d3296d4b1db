"""Releases compared: what each change weighs, and why."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from knowledge.changes import Aspect, Category, Change, Changes, Op, Weight, as_json, diff, tracking
from knowledge.model import (
    Analytic,
    DataSource,
    DetectionStrategy,
    Domain,
    Kind,
    LogSource,
    Matrix,
    Release,
    ReleaseContents,
    Technique,
)
from tests.builders import ENTERPRISE, relationship, technique
from tests.knowledge.changes.releases import (
    after_split,
    before_split,
    below,
    group,
    mitigation,
    release,
    revoked_by,
    split,
    tactic,
)

EXECUTION = tactic("TA0002", "Execution")
PERSISTENCE = tactic("TA0003", "Persistence")


def changed(before: Technique, after: Technique, **links: Any) -> Change | None:
    """The change of one technique between two releases that hold little else."""
    frame = (EXECUTION, PERSISTENCE)
    old = release(*frame, before, links=links.get("old", ()), version="18.0")
    new = release(*frame, after, links=links.get("new", ()), version="18.1")
    return diff(old, new).get(after.id)


def must_change(before: Technique, after: Technique, **links: Any) -> Change:
    found = changed(before, after, **links)
    assert found is not None
    return found


# -- MITRE's categories -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "category"),
    [
        ("1.0", "1.1", Category.MINOR),
        ("1.9", "1.10", Category.MINOR),
        ("1.3", "2.0", Category.MAJOR),
        ("1.0", "1.2", Category.OTHER),
        ("2.1", "3.1", Category.OTHER),
        ("2.0", "1.0", Category.OTHER),
        ("", "1.0", Category.MAJOR),
    ],
)
def test_versions_decide_first(old: str, new: str, category: Category) -> None:
    change = must_change(technique("T1001", "A", version=old), technique("T1001", "A", version=new))

    assert (change.category, change.weight) == (category, Weight.COSMETIC)
    assert change.reason == "version number only"


def test_a_date_or_a_description_without_a_version_is_a_patch() -> None:
    one = technique("T1001", "A", modified="2025-01-01T00:00:00Z")

    assert changed(one, replace(one, modified="2025-01-01T00:00:00.000Z")) is None
    assert must_change(one, replace(one, modified="2025-02-01T00:00:00Z")).category is Category.PATCH
    assert must_change(one, replace(one, description="Adversaries may do A .")).category is Category.PATCH
    assert changed(one, replace(one, description="Adversaries may\ndo A.")) is not None
    assert must_change(one, replace(one, platforms=("Linux",))).category is None


def test_what_was_retired_before_is_no_change() -> None:
    one = technique("T1001", "A", deprecated=True)

    assert changed(one, replace(one, version="2.0", modified="2026-01-01T00:00:00Z")) is None


def test_deletions_and_additions() -> None:
    gone, retired, come = technique("T1", "A"), technique("T2", "B", deprecated=True), technique("T3", "C")

    changes = diff(release(gone, retired), release(come))

    assert [(c.id, c.category, c.weight) for c in changes.changes] == [
        ("T1", Category.DELETION, Weight.ACT),
        ("T3", Category.ADDITION, Weight.READ),
        ("T2", Category.DELETION, Weight.COSMETIC),
    ]


# -- to act on ----------------------------------------------------------------------------------------


def test_revoked_with_a_successor_through_a_chain() -> None:
    first, second, third = (technique(f"T100{n}", f"N{n}") for n in (1, 2, 3))
    links = [revoked_by(first, second), revoked_by(second, third)]
    new = release(replace(first, revoked=True), replace(second, revoked=True), third, links=links)

    change = diff(release(first), new).get("T1001")

    assert change is not None
    assert (change.category, change.weight) == (Category.REVOCATION, Weight.ACT)
    assert (change.revoked_by, change.successor) == ("T1002", "T1003")
    assert change.what == "T1001 N1: replaced by T1003 N3 through T1002."


def test_revoked_in_a_circle_or_by_nothing_is_still_to_act_on() -> None:
    one, two, three = (technique(f"T100{n}", f"N{n}") for n in (1, 2, 3))
    links = [revoked_by(one, two), revoked_by(two, one)]
    new = release(*(replace(each, revoked=True) for each in (one, two, three)), links=links)

    changes = diff(release(one, two, three), new)

    assert [(c.id, c.successor, c.weight) for c in changes.changes] == [
        (each, "", Weight.ACT) for each in ("T1001", "T1002", "T1003")
    ]
    assert [c.id for c in changes.of(category=Category.REVOCATION)] == ["T1001", "T1002"]


def test_merged_into_a_technique_that_was_there() -> None:
    one, two = technique("T1574.001", "DLL Search Order Hijacking"), technique("T1574.002", "DLL Side-Loading")
    new = release(replace(one, name="DLL"), replace(two, revoked=True), links=[revoked_by(two, one)])

    changes = diff(release(one, two), new)

    merged, kept = changes.get("T1574.002"), changes.get("T1574.001")
    assert merged is not None
    assert kept is not None
    assert merged.what == "T1574.002 DLL Side-Loading: merged into T1574.001 DLL."
    assert merged.has(Aspect.MERGED)
    assert kept.has(Aspect.RENAMED, Aspect.ABSORBED)


def test_deprecated_without_a_successor() -> None:
    one = technique("T1001", "A")
    change = must_change(one, replace(one, deprecated=True))

    assert (change.category, change.weight, change.successor) == (Category.DEPRECATION, Weight.ACT, "")


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        (("execution",), ("persistence",), "moved from Execution to Persistence"),
        (("execution",), ("execution", "persistence"), "now also in Persistence"),
        (("execution", "persistence"), ("execution",), "no longer in Persistence"),
    ],
)
def test_moved_between_tactics(old: tuple[str, ...], new: tuple[str, ...], what: str) -> None:
    change = must_change(technique("T1001", "A", tactics=old), technique("T1001", "A", tactics=new))

    assert (change.weight, change.what) == (Weight.ACT, f"T1001 A: {what}.")


def test_tactics_in_another_order_are_no_change() -> None:
    one = technique("T1001", "A", tactics=("execution", "persistence"))

    assert changed(one, replace(one, tactics=("persistence", "execution"))) is None


def test_renamed_but_not_respelt() -> None:
    one = technique("T1001", "Time-Based Evasion")

    assert must_change(one, replace(one, name="Time Based Checks")).weight is Weight.ACT
    assert must_change(one, replace(one, name="Time Based evasion")).weight is Weight.COSMETIC


def test_split_into_subtechniques() -> None:
    parent = technique("T1001", "A")
    subs = [technique(f"T1001.00{n}", f"S{n}") for n in (1, 2)]
    new = release(EXECUTION, parent, *subs, links=[below(each, parent) for each in subs])

    change = diff(release(EXECUTION, parent), new).get("T1001")

    assert change is not None
    assert (change.weight, change.category) == (Weight.ACT, None)
    assert change.what == "T1001 A: split into 2 sub-techniques, T1001.001 to T1001.002."


def test_a_tactic_that_splits_in_two() -> None:
    changes, _ = split()

    tactics = {change.id: change for change in changes.of(kind=Kind.TACTIC)}
    assert tactics["TA0005"].what == (
        "TA0005 Stealth: renamed, was Defense Evasion; techniques now name it stealth (was defense-evasion); "
        "split: 5 of its techniques went to the new TA0112 Defense Impairment."
    )
    assert tactics["TA0112"].weight is Weight.READ
    acted = {change.id: change for change in changes.of(kind=Kind.TECHNIQUE, weights=[Weight.ACT])}
    assert {each: change.successor for each, change in acted.items()} == {
        "T1562": "T1685",
        "T1562.001": "T1685",
        "T1562.002": "T1686",
        "T1562.004": "T1685.001",
        "T1553": "",
    }
    assert acted["T1562.001"].what == "T1562.001 Impair 001: merged with T1562 into T1685 Disable or Modify Tools."
    assert acted["T1553"].what == "T1553 Subvert Trust Controls: moved from Defense Evasion to Defense Impairment."


def test_a_technique_that_stays_in_a_renamed_tactic_has_not_moved() -> None:
    changes, _ = split()

    injection = changes.get("T1055")
    assert injection is not None
    assert injection.weight is Weight.COSMETIC
    assert injection.what == "T1055 Process Injection: its tactic Defense Evasion is now called Stealth."


# -- to read ------------------------------------------------------------------------------------------


def test_a_description_is_read_with_its_word_diff() -> None:
    one = technique("T1005", "Local Data", description="Adversaries may search local files.")
    change = must_change(one, replace(one, description="Adversaries may search local files or process memory."))

    assert (change.weight, change.reason) == (Weight.READ, "description changed in substance")
    assert [span.text.strip() for span in change.word_diff if span.op is Op.ADDED] == ["files or process memory."]


def test_spelling_and_citations_are_cosmetic() -> None:
    one = technique("T1005", "Local Data", description="A Polygot file.(Citation: A)")

    assert must_change(one, replace(one, description="A Polyglot file.(Citation: B)")).weight is Weight.COSMETIC


def test_platforms_are_read_unless_only_their_name_changed() -> None:
    old = [technique(f"T100{n}", f"N{n}", platforms=("Windows", "Network")) for n in range(6)]
    new = [replace(each, platforms=("Windows", "Network Devices")) for each in old]
    new[0] = replace(new[0], platforms=("Windows", "Network Devices", "ESXi"))

    changes = diff(release(*old), release(*new))

    assert [(c.id, c.what) for c in changes.of(weights=[Weight.READ])] == [("T1000", "T1000 N0: platform added: ESXi.")]
    assert [(r.what, r.count) for r in changes.bulk] == [
        ("techniques: platform Network is now called Network Devices", 6)
    ]


def test_a_new_subtechnique_is_read_at_its_parent_and_by_itself() -> None:
    parent, sub = technique("T1001", "A"), technique("T1001.001", "S")

    changes = diff(release(parent), release(parent, sub, links=[below(sub, parent)]))

    assert [(c.id, c.weight, c.what) for c in changes.changes] == [
        ("T1001", Weight.READ, "T1001 A: new sub-technique T1001.001 S."),
        ("T1001.001", Weight.READ, "T1001.001 S: new sub-technique of T1001 A."),
    ]


def test_a_new_mitigation_is_read_and_a_dropped_one_is_not() -> None:
    one, some, other = technique("T1001", "A"), mitigation("M1001", "Some"), mitigation("M1002", "Other")

    def mitigated(by: Any) -> ReleaseContents:
        return release(one, some, other, links=[relationship("mitigates", by.stix_id, one.stix_id)])

    change = diff(mitigated(some), mitigated(other)).get("T1001")

    assert change is not None
    assert change.what == "T1001 A: new mitigation M1002 Other."
    assert [detail.weight for detail in change.details] == [Weight.READ, Weight.COSMETIC]


def test_a_first_use_is_read_only_by_who_tracks_the_group() -> None:
    one, bear = technique("T1001", "A"), group("G0016", "APT29")
    uses = relationship("uses", bear.stix_id, one.stix_id)
    changes = diff(release(one, bear), release(one, bear, links=[uses]))

    tracked = tracking(changes, ["G0016"])

    assert [change.weight for change in changes.changes] == [Weight.COSMETIC]
    assert [(change.weight, change.what) for change in tracked.changes] == [
        (Weight.READ, "T1001 A: first used by APT29.")
    ]
    assert tracking(changes, ["G0007"]) == changes


def detected(*analytics: Analytic, version: str = "18.1") -> ReleaseContents:
    """A technique with one detection strategy of some analytics."""
    one = technique("T1001", "A")
    strategy = DetectionStrategy(
        stix_id="x-mitre-detection-strategy--1",
        id="DET0001",
        name="Detect A",
        domains=ENTERPRISE,
        analytics=tuple(each.stix_id for each in analytics),
    )
    contents = release(one, version=version, links=[relationship("detects", strategy.stix_id, one.stix_id)])
    return replace(contents, detection_strategies=(strategy,), analytics=analytics)


def test_changed_analytics_are_read_at_the_technique() -> None:
    one = Analytic(stix_id="x-mitre-analytic--1", id="AN0001", name="A1", description="Watch for it.")
    source = LogSource("WinEventLog:Security", "EventCode=4688", "x-mitre-data-component--1")

    changes = diff(detected(one), detected(replace(one, log_sources=(source,))))

    technique_change, analytic_change = changes.get("T1001"), changes.get("AN0001")
    assert technique_change is not None
    assert analytic_change is not None
    assert technique_change.what == "T1001 A: changed analytics: AN0001."
    assert analytic_change.what == "AN0001 A1: log sources added: WinEventLog:Security (EventCode=4688)."


def test_in_use_again_makes_nothing_wrong() -> None:
    one = technique("T1453", "Abuse Accessibility", deprecated=True, tactics=("execution", "persistence"))
    change = must_change(one, replace(one, deprecated=False, tactics=("execution",), version="2.0"))

    assert (change.category, change.weight) == (Category.MAJOR, Weight.READ)
    assert change.what == "T1453 Abuse Accessibility: in use again after it had been deprecated."


# -- in bulk ------------------------------------------------------------------------------------------


def test_a_field_removed_from_most_techniques_is_one_remark() -> None:
    old = [technique(f"T100{n}", f"N{n}", detection="Watch.", data_sources=("File: Creation",)) for n in range(8)]
    new = [replace(each, detection="", data_sources=()) for each in old]

    changes = diff(release(*old), release(*new))

    assert changes.count(Weight.COSMETIC) == len(changes.changes) == 8
    assert [(remark.what, remark.count) for remark in changes.bulk] == [
        ("techniques: data sources removed", 8),
        ("techniques: detection advice removed", 8),
    ]


def test_the_same_field_removed_from_one_technique_is_read() -> None:
    old = [technique(f"T100{n}", f"N{n}", detection="Watch.") for n in range(8)]

    changes = diff(release(*old), release(replace(old[0], detection=""), *old[1:]))

    assert [(c.id, c.weight) for c in changes.changes] == [("T1000", Weight.READ)]


def test_a_kind_that_is_new_or_given_up_altogether_is_one_remark() -> None:
    sources = tuple(DataSource(stix_id=f"x-mitre-data-source--{n}", id=f"DS000{n}", name=f"S{n}") for n in range(6))
    strategies = tuple(
        DetectionStrategy(stix_id=f"x-mitre-detection-strategy--{n}", id=f"DET000{n}", name=f"D{n}") for n in range(6)
    )
    old = replace(release(technique("T1001", "A")), data_sources=sources)
    new = replace(
        release(technique("T1001", "A")),
        data_sources=tuple(replace(each, deprecated=True) for each in sources),
        detection_strategies=strategies,
    )

    changes = diff(old, new)

    assert {remark.what for remark in changes.bulk} == {
        "data sources are deprecated altogether",
        "detection strategies are new in this release",
    }
    assert changes.count(Weight.COSMETIC) == 12
    assert len(changes.of(kind=Kind.DATA_SOURCE, category=Category.DEPRECATION)) == 6


# -- as a whole ---------------------------------------------------------------------------------------


def test_a_release_does_not_differ_from_itself() -> None:
    assert diff(before_split(), before_split()).changes == ()


def test_domains_are_not_compared_with_each_other() -> None:
    mobile = replace(before_split(), release=Release(domain=Domain.MOBILE, version="18.1"))

    with pytest.raises(ValueError, match="different domains"):
        diff(before_split(), mobile)


def test_a_snapshot_is_compared_as_far_as_it_goes_and_says_so() -> None:
    one = technique("T1001", "A", version="", modified="", stix_id="attack-pattern--of-its-own")
    snapshot = release(one, technique("T1002", "B", version=""), version="17.1", about={"snapshot": True})
    new = release(
        technique("T1001", "A2", version="1.4"), technique("T1002", "B", version="2.0"), group("G0016", "APT29")
    )

    changes = diff(snapshot, new)

    assert [(c.id, c.category, c.what) for c in changes.changes] == [("T1001", None, "T1001 A2: renamed, was A.")]
    assert len(changes.limits) == 2
    assert "Enterprise 17.1 snapshot says no object's version" in changes.limits[0]
    assert changes.limits[1] == "Enterprise 17.1 snapshot holds no groups; these are not compared."


def test_the_contract() -> None:
    found: Any = as_json(diff(before_split(), after_split()))

    assert (found["domain"], found["old"], found["new"]) == ("enterprise", "18.1", "19.0")
    assert found["techniques"] == {
        "additions": ["T1685", "T1685.001", "T1686"],
        "major_version_changes": [],
        "minor_version_changes": [],
        "other_version_changes": [],
        "patches": [],
        "revocations": [
            {"id": "T1562", "by": "T1685"},
            {"id": "T1562.001", "by": "T1685"},
            {"id": "T1562.002", "by": "T1686"},
            {"id": "T1562.004", "by": "T1685.001"},
        ],
        "deprecations": [],
        "deletions": [],
    }
    weights = [change["weight"] for change in found["changes"]]
    assert weights == sorted(weights, key=["act", "read", "cosmetic"].index)
    assert {"id", "name", "weight", "what"} <= found["changes"][0].keys()


def test_changes_are_found_by_the_old_id_too() -> None:
    one = technique("T803", "Block")
    changes: Changes = diff(release(one), release(replace(one, id="T0803")))

    found = changes.get("T803")
    assert found is not None
    assert (found.id, found.what) == ("T0803", "T0803 Block: now has the id T0803 (was T803).")
    assert changes.get("T9999") is None


def test_matrices_play_no_part() -> None:
    other = replace(before_split(), matrices=(Matrix("Enterprise", ()),))

    assert diff(before_split(), other).changes == ()
