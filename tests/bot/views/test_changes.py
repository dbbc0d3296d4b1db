"""What changed, the regular post and subscriptions, against their golden files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from bot.views.changes import change_page, changed_line, changes_page, marked, unchanged
from bot.views.digest import digest_message, digest_thread, with_task
from bot.views.reply import Reply
from bot.views.subscription_form import assign_form, subscribe_form, words_of
from bot.views.subscriptions import subscribed, subscription_list, unsubscribed
from knowledge.catalog import Catalog
from knowledge.changes import Changes, diff, word_diff
from knowledge.detections.model import Detection
from knowledge.digest import Digest, compose
from knowledge.history import Comparison
from knowledge.store import Frequency, Subscription, Task, TaskState, Threshold
from tests.bot.views.rules import check_blocks, check_mrkdwn
from tests.builders import technique
from tests.knowledge.changes.releases import after_split, before_split, group, release

Golden = Callable[[str, Reply | dict[str, Any]], None]
NOW = "2026-11-16T09:00:00Z"
HOSTILE = "Bad <!channel> *rule* `x` <https://evil.example|safe> \u202e"
CATALOG = Catalog([after_split()])


def split() -> Changes:
    return diff(before_split(), after_split())


def rule(number: int, *ids: str, **fields: Any) -> Detection:
    title = f"{HOSTILE} {number}" if number == 1 else f"Rule {number}"
    path = f"rules/{number}.yml"
    return Detection(**{"id": f"r{number}", "title": title, "path": path, "ids": ids, "format": "sigma", **fields})


def subscription(**fields: Any) -> Subscription:
    defaults = {"id": "ab12cd", "workspace": "T1", "channel": "C0SOC", "owner": "U0DANA", "timezone": "Europe/Berlin"}
    return Subscription(**{**defaults, "next_due": NOW, "told": (("enterprise", "18.1"),), **fields})


RULES = (
    rule(1, "T1562.001", tactics=("defense-evasion",), url="https://example.org/rule<1>"),
    *(rule(number, "T1562.002") for number in range(2, 8)),
    rule(8, "T1055"),
    rule(9, "T1562"),
    rule(10, "T1999"),
)


def digest(*rules: Detection, wish: Subscription | None = None, **fields: Any) -> Digest:
    comparison = fields.pop("comparison", Comparison((split(),)))
    return compose(wish or subscription(), comparison, rules, CATALOG, now=NOW, **fields)


def reworded(old: str, new: str) -> Changes:
    one = technique("T1001", "Data <Obfuscation>", description=old)
    return diff(release(one), release(replace(one, description=new, version="1.1"), version="19.0"))


def test_changes(golden: Golden) -> None:
    comparison = Comparison((split(),), ("Mobile 17.1 snapshot says no object's version & date.",))
    golden("changes", changes_page(comparison, lambda attack_id: 3 if attack_id == "T1562.001" else 0))


def test_pages_say_which_of_each_weight_they_show() -> None:
    many = [technique(f"T1{number:03}", f"New {number}") for number in range(20)]
    gone = technique("T2000", "Old")
    comparison = Comparison((diff(release(gone), release(*many, version="19.0")),))
    first, second = ([str(block) for block in changes_page(comparison, lambda _: 0, page=at).blocks] for at in (0, 1))

    assert any("*To act on* 1\\n" in block for block in first)
    assert any("*Worth reading* 1–13 of 20" in block for block in first)
    assert any("*Worth reading* 14–20 of 20" in block for block in second)
    assert not any("To act on*" in block for block in second)


def test_changes_of_one(golden: Golden) -> None:
    changes = reworded(
        "Adversaries may obfuscate command and control traffic to make it more difficult to detect.",
        "Adversaries may obfuscate or hide <b>command</b> and control *traffic* & tunnels to make detection harder.",
    )
    (change,) = changes.changes
    golden("change-words", change_page(change, changes, lambda _: 2, ask="changes T1001"))
    check_mrkdwn(changed_line(change, changes))
    assert changed_line(change, changes).startswith("*Changed in 19.0*  description changed")


def test_a_revoked_one(golden: Golden) -> None:
    change = split().get("T1562.001")
    assert change
    golden("change-revoked", change_page(change, split(), lambda _: 0, ask="changes T1562.001"))


def test_unchanged(golden: Golden) -> None:
    golden("change-none", unchanged("T1059 <Command>", (split(),)))


def test_new_and_cosmetic_on_a_card() -> None:
    old, new = technique("T1001", "A"), technique("T1002", "B")
    changes = diff(release(old), release(replace(old, version="1.1"), new, version="19.0"))
    said = {each.id: changed_line(each, changes) for each in changes.changes}

    assert said == {"T1001": "", "T1002": "*New in 19.0*  it was not in 18.1"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a b c", "a *b* _x_ c"),
        ("one " * 800, "two " * 800),
        ("<!channel> & <@U1>", "<!here> ~gone~ `code` & more words here"),
        ("x " * 100 + "old" + " y" * 100, "x " * 100 + "new" + " y" * 100),
    ],
)
def test_any_words_are_safe_and_short(old: str, new: str) -> None:
    text = marked(word_diff(old, new), 500)

    assert len(text) <= 520
    check_mrkdwn(text)


def test_a_digest(golden: Golden) -> None:
    tasks = [
        Task(change_id="enterprise 19.0 T1562", state=TaskState.DONE, by="U0LEE", assignee="U0DANA"),
        Task(change_id="enterprise 19.0 T1562.001", assignee="U0LEE"),
    ]
    found = digest(*RULES, tasks=tasks)

    golden("digest", digest_message(found, CATALOG))
    for number, part in enumerate(digest_thread(found)):
        golden(f"digest-thread-{number}", part)


def test_a_digest_for_a_team_without_rules(golden: Golden) -> None:
    golden("digest-without-rules", digest_message(digest(), CATALOG))


def test_a_narrowed_digest_of_everything(golden: Golden) -> None:
    wish = subscription(weight=Threshold.ALL, techniques=("T1562",), platforms=("Windows",))
    golden("digest-narrowed", digest_message(digest(*RULES, wish=wish), CATALOG))


def test_a_heartbeat(golden: Golden) -> None:
    quiet = digest(*RULES, wish=subscription(heartbeat=True), comparison=Comparison())

    golden("digest-heartbeat", digest_message(quiet, CATALOG))
    assert digest_thread(quiet) == ()


def test_a_digest_of_very_many_rules_keeps_every_limit() -> None:
    rules = [rule(n, "T1562.001", "T1562", "T1562.002", title=f"{HOSTILE * 3} {n}", path="x/" * 80) for n in range(900)]
    found = digest(*rules, rule(901, "T1999"), wish=subscription(weight=Threshold.ALL))

    check_blocks(digest_message(found, CATALOG).blocks)
    for part in digest_thread(found):
        check_blocks(part.blocks)
        check_mrkdwn(part.text)


def test_what_is_said_of_an_item_changes_its_line_alone() -> None:
    shown = digest_message(digest(*RULES), CATALOG).blocks
    task = Task(change_id="enterprise 19.0 T1562.001", state=TaskState.DONE, by="U0LEE")
    after = with_task(shown, task)

    changed = [new for old, new in zip(shown, after, strict=True) if old != new]
    assert [each["elements"][0]["text"] for each in changed] == ["✓ Done by <@U0LEE>"]
    assert with_task(after, task) == after


def test_subscriptions(golden: Golden) -> None:
    bear = Catalog([release(group("G0016", "APT29 <&>"))])
    daily = subscription(
        id="d", frequency=Frequency.DAILY, groups=("G0016",), platforms=("Linux",), paused="Slack <says>"
    )
    monthly = subscription(
        id="m", frequency=Frequency.MONTHLY, weekday=4, weight=Threshold.ALL, channel="D0DM", owner=""
    )

    golden("subscribed", subscribed(daily, again=False, guessed=True, catalog=bear))
    golden("subscribed-again", subscribed(monthly, again=True, guessed=False, catalog=bear))
    golden("subscriptions", subscription_list((subscription(), daily, monthly), bear))
    golden("subscriptions-none", subscription_list((), bear))
    golden("unsubscribed", unsubscribed((daily,), bear))
    check_blocks(subscription_list([daily] * 40, bear).blocks)


def test_forms() -> None:
    form = subscribe_form("{}", channel="C1", zone="Asia/Tokyo")
    assert len(form["blocks"]) <= 100
    assert form["blocks"][0]["element"]["initial_conversation"] == "C1"
    assert assign_form("{}", "U1")["blocks"][0]["element"]["initial_user"] == "U1"


def test_a_form_left_as_it_is_says_what_it_shows() -> None:
    form = subscribe_form("{}", channel="C0SOC12", zone="Asia/Tokyo")
    values: dict[str, Any] = {}
    for block in form["blocks"]:
        element = block["element"]
        values[block["block_id"]] = {
            block["block_id"]: {
                "selected_conversation": element.get("initial_conversation"),
                "selected_option": element.get("initial_option"),
                "value": element.get("initial_value"),
            }
        }
    assert words_of({"state": {"values": values}}) == "C0SOC12 weekly monday 09:00 Asia/Tokyo read"
