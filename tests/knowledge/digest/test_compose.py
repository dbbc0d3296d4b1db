"""What a subscription is to hear of a release, and when it is to hear nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from knowledge.catalog import Catalog
from knowledge.changes import diff
from knowledge.detections.model import Detection
from knowledge.digest import Digest, compose
from knowledge.history import Comparison
from knowledge.model import Domain, Release, ReleaseContents
from knowledge.store import Subscription, Task, TaskState, Threshold
from tests.builders import relationship, technique
from tests.knowledge.changes.releases import after_split, before_split, group, release

NOW = "2026-11-16T09:00:00Z"
TOLD = (("enterprise", "18.1"),)


def rule(*ids: str, **fields: Any) -> Detection:
    name = "-".join(ids)
    return Detection(**{"id": name, "title": name, "path": f"{name}.yml", "ids": ids, **fields})


def subscription(**fields: Any) -> Subscription:
    return Subscription(**{"id": "s", "workspace": "T1", "channel": "C1", "told": TOLD, **fields})


def heard(*rules: Detection, wish: Subscription | None = None, **fields: Any) -> Digest:
    changes = diff(before_split(), after_split())
    return compose(wish or subscription(), Comparison((changes,)), rules, Catalog([after_split()]), now=NOW, **fields)


def nothing_new(*rules: Detection, wish: Subscription | None = None, **fields: Any) -> Digest:
    return compose(wish or subscription(), Comparison(), rules, Catalog([before_split()]), now=NOW, **fields)


def test_the_headline_carries_the_meaning_and_the_items_their_rules() -> None:
    digest = heard(rule("T1562.001"), rule("T1059"))

    assert digest.headline == "ATT&CK 19.0: 1 of your 2 rules needs a new id"
    assert not digest.silent
    assert [(each.change.id, [found.detection.id for found in each.rules]) for each in digest.act] == [
        ("T1562.001", ["T1562.001"])
    ]
    assert digest.act[0].change_id == "enterprise 19.0 T1562.001"
    assert digest.told == (("enterprise", "19.0"),)


def test_it_is_silent_where_nothing_touches_the_team_but_for_a_line_that_was_asked_for() -> None:
    quiet = heard(rule("T1059"))
    asked = heard(rule("T1059"), wish=subscription(heartbeat=True))

    assert (quiet.silent, quiet.said) == (True, False)
    assert (asked.silent, asked.said) == (True, True)
    assert quiet.told == (("enterprise", "19.0"),), "it has been looked at all the same"


def test_without_a_new_release_there_is_nothing() -> None:
    digest = nothing_new(rule("T1562.001"))

    assert digest.silent
    assert digest.headline == "ATT&CK 18.1: nothing new since the last post"


def test_narrowed_to_techniques_it_means_only_those() -> None:
    digest = heard(rule("T1562.001"), rule("T1562.002"), wish=subscription(techniques=("T1562.002",)))

    assert {each.change.id for each in (*digest.act, *digest.read)} == {"T1562.002"}


def test_narrowed_to_groups_it_tells_of_their_first_use_though_no_rule_names_it() -> None:
    bear, one, two = group("G0016", "APT29"), technique("T1001", "A"), technique("T1002", "B")
    old = release(bear, one, two)
    new = release(bear, one, two, version="19.0", links=[relationship("uses", bear.stix_id, one.stix_id)])
    wish = subscription(groups=("G0016",))

    digest = compose(wish, Comparison((diff(old, new),)), [rule("T1002")], Catalog([new]), now=NOW)

    assert [each.change.id for each in digest.beyond] == ["T1001"]
    assert not digest.silent


def test_what_touches_no_rule_is_listed_for_whoever_asks_for_all() -> None:
    read, everything = heard(rule("T1059")), heard(rule("T1059"), wish=subscription(weight=Threshold.ALL))

    assert read.beyond == ()
    assert everything.beyond
    assert not everything.silent


def test_a_team_without_rules_hears_what_there_is_to_act_on() -> None:
    digest = heard()

    assert not digest.silent
    assert "changes to act on" in digest.headline
    assert digest.beyond


def test_act_leaves_out_what_is_only_worth_reading() -> None:
    parent, sub = technique("T1001", "A"), technique("T1001.001", "S")
    links = [relationship("subtechnique-of", sub.stix_id, parent.stix_id)]
    parts = Comparison((diff(release(parent), release(parent, sub, links=links, version="19.0")),))
    catalog = Catalog([release(parent, sub, links=links, version="19.0")])

    read, act = (
        compose(subscription(weight=weight), parts, [rule("T1001")], catalog, now=NOW)
        for weight in (Threshold.READ, Threshold.ACT)
    )

    assert ([each.change.id for each in read.read], read.silent) == (["T1001"], False)
    assert (act.read, act.silent) == ((), True)


def test_what_is_done_for_the_whole_team_is_said_to_be_and_no_reason_to_post() -> None:
    done = Task(change_id="enterprise 19.0 T1562.001", state=TaskState.DONE, by="U1")

    digest = heard(rule("T1562.001"), tasks=[done])

    assert digest.act[0].task == done
    assert digest.silent


def test_what_was_put_off_stays_away_and_comes_back() -> None:
    off = Task(change_id="enterprise 19.0 T1562.001", state=TaskState.SNOOZED, until="2026-11-20T00:00:00Z")
    changes = diff(before_split(), after_split())

    away = heard(rule("T1562.001"), tasks=[off])
    back = nothing_new(
        rule("T1562.001"), tasks=[replace(off, until="2026-11-16T08:00:00Z")], recent=[changes], wish=subscription()
    )

    assert away.act == ()
    assert [(each.change.id, each.back, len(each.rules)) for each in back.act] == [("T1562.001", True, 1)]
    assert back.headline == "1 item is back from being put off"
    assert not back.silent


def test_a_pinned_team_hears_once_that_a_newer_one_exists() -> None:
    newer = [(Domain.ENTERPRISE, "18.1", "19.0")]

    first = nothing_new(rule("T1059"), newer=newer)
    second = nothing_new(rule("T1059"), newer=newer, wish=subscription(told=first.told))

    assert first.headline == "ATT&CK 19.0 is out; this team is pinned to 18.1"
    assert not first.silent
    assert second.silent


@pytest.mark.parametrize(
    ("newer", "headline"),
    [
        (
            {"enterprise": ("18.1", "19.0"), "mobile": ("18.1", "19.0"), "ics": ("18.1", "19.0")},
            "ATT&CK 19.0 is out; this team is pinned to 18.1",
        ),
        (
            {"mobile": ("18.1", "19.0"), "ics": ("18.1", "19.0")},
            "ATT&CK 19.0 is out; this team is pinned to 18.1 (Mobile, ICS)",
        ),
        (
            {"enterprise": ("18.1", "19.0"), "mobile": ("18.1", "19.0"), "ics": ("17.1", "19.0")},
            "ATT&CK 19.0 is out; this team is pinned to 18.1 (Enterprise, Mobile) and 17.1 (ICS)",
        ),
        (
            {"enterprise": ("18.1", "19.0"), "ics": ("17.1", "18.1")},
            (
                "ATT&CK 19.0 is out; this team is pinned to 18.1 (Enterprise); "
                "ATT&CK 18.1 is out; this team is pinned to 17.1 (ICS)"
            ),
        ),
    ],
)
def test_the_headline_names_every_pinned_domain(newer: dict[str, tuple[str, str]], headline: str) -> None:
    loaded = [ReleaseContents(release=Release(domain=domain, version="18.1")) for domain in Domain]
    ahead = [(Domain(domain), *versions) for domain, versions in newer.items()]

    digest = compose(subscription(), Comparison(), [], Catalog(loaded), newer=ahead, now=NOW)

    assert digest.headline == headline


def test_a_team_that_went_back_to_an_older_release_keeps_what_it_has_heard() -> None:
    assert nothing_new(wish=subscription(told=(("enterprise", "19.0"),))).told == (("enterprise", "19.0"),)
