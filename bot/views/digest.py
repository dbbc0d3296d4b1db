"""The regular post: a message whose headline carries the meaning, and what it stands on in its thread."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from bot.views import blocks
from bot.views.asking import also
from bot.views.cards.related import counted
from bot.views.changes import row_of
from bot.views.limits import BLOCKS_PER_MESSAGE, FALLBACK_CHARACTERS, MESSAGE_CHARACTERS
from bot.views.mrkdwn import code, cut, escape, link, one_line
from bot.views.reply import Block, Reply
from bot.views.subscriptions import scope, when
from knowledge.changes import Weight
from knowledge.impact import Action, RuleImpact
from knowledge.store import Task, TaskState, Threshold

if TYPE_CHECKING:
    from knowledge.catalog import Catalog
    from knowledge.digest import Digest, Entry

DONE, SNOOZE, ASSIGN = "task:done", "task:snooze", "task:assign"
"""The buttons under an item to act on; ``:`` and the item's place follow."""

_ACT = 5
_READ = 6
_ROW = 170
_RULES = 3
_TITLE = 90
_A_MESSAGE = MESSAGE_CHARACTERS - 1_000
_STATE = "state:"
"""What the block id of the line on an item's state begins with; its change's id follows."""


def digest_message(digest: Digest, catalog: Catalog) -> Reply:
    """The one message of a digest: it fits a screen, and the rest is in its thread.

    Args:
        digest: What is to be heard; with nothing in it, one line.
        catalog: Names what the subscription is narrowed to.
    """
    text = escape(cut(digest.headline, FALLBACK_CHARACTERS))
    if digest.silent:
        return Reply(text=text, blocks=(blocks.section(f"{text}. Nothing to do."),))
    more = len(digest.act) - _ACT
    return Reply(
        text=text,
        blocks=(
            blocks.header(digest.headline),
            *((blocks.section("*To act on*"),) if digest.act else ()),
            *(block for at, each in enumerate(digest.act[:_ACT]) for block in _item(at, each)),
            *((blocks.context(f"…and {more} more to act on, in the thread"),) if more > 0 else ()),
            *_titles("Worth reading", digest.read),
            *(_titles(_other(digest), digest.beyond) if not (digest.act or digest.read) else ()),
            *_also_known(digest, catalog),
            *also(("All changes", "changes"), ("Subscriptions", "subscriptions")),
        ),
    )


def digest_thread(digest: Digest) -> tuple[Reply, ...]:
    """What hangs below the message: each rule with what it needs, what to read, what was left aside."""
    if digest.silent:
        return ()
    rules = _sections("What each rule needs", [_rule(each) for each in digest.impact.rules if _needs(each)])
    act = _sections("To act on", [f"• {row_of(each.change)}" for each in digest.act[_ACT:]])
    read = _sections("Worth reading", [_with_rules(each) for each in digest.read])
    beyond = _sections(_other(digest), [f"• {row_of(each.change)}" for each in digest.beyond])
    ahead = _sections(
        "Rules that name ids this release does not know: newer than it, or mistaken",
        _ahead(digest),
    )
    light = _sections("Cosmetic", _in_rows(digest.cosmetic if digest.subscription.weight is Threshold.ALL else ()))
    return tuple(_message(part) for part in (act, rules, read, beyond, ahead, light) if part)


def with_task(shown: Sequence[Block], task: Task) -> tuple[Block, ...]:
    """A digest's blocks with what somebody has just said of one item.

    Args:
        shown: As the message has them.
        task: What was said.
    """
    key = _STATE + task.change_id
    return tuple(_state(task) if block.get("block_id") == key else block for block in shown)


def _other(digest: Digest) -> str:
    return "Beyond your rules" if digest.impact.total else "What changed"


def _item(at: int, entry: Entry) -> tuple[Block, ...]:
    back = "*Back from being put off*  " if entry.back else ""
    change = entry.change
    rows = [f"*{back}{row_of(change)}*" if not back else f"{back}{row_of(change)}"]
    work = [each for each in entry.rules if each.action is not Action.NOTHING]
    rows += [f"• {_titled(each)}: {escape(cut(one_line(each.what.rstrip('.')), _ROW))}" for each in work[:_RULES]]
    left, fine = len(work) - _RULES, [each for each in entry.rules if each.action is Action.NOTHING]
    if left > 0:
        rows.append(f"…and {counted(left, 'rule')} more, in the thread")
    if fine:
        named = ", ".join(_titled(each) for each in fine[:_RULES]) + (", …" if len(fine) > _RULES else "")
        rows.append(f"Nothing to do in {counted(len(fine), 'rule')}: {named}")
    buttons = [
        blocks.button("Done", f"{DONE}:{at}", f"task|{entry.change_id}", primary=True),
        blocks.button("Snooze a week", f"{SNOOZE}:{at}", f"task|{entry.change_id}"),
        blocks.button("Assign…", f"{ASSIGN}:{at}", f"task|{entry.change_id}"),
    ]
    state = _state(entry.task or Task(change_id=entry.change_id))
    return (blocks.section(blocks.lines(rows)), state, *blocks.actions(buttons))


def _state(task: Task) -> Block:
    who = _person(task.by)
    said = {
        TaskState.OPEN: "Open",
        TaskState.DONE: f"✓ Done{f' by {who}' if who else ''}",
        TaskState.SNOOZED: f"Put off until {escape(task.until[:10])}{f' by {who}' if who else ''}",
    }[task.state]
    owner = _person(task.assignee)
    return {**blocks.context(said + (f" · assigned to {owner}" if owner else "")), "block_id": _STATE + task.change_id}


def _person(user: str) -> str:
    return f"<@{user}>" if user.isalnum() and user[:1] in "UW" else ""


def _titles(title: str, entries: Sequence[Entry]) -> tuple[Block, ...]:
    if not entries:
        return ()
    rows = [_with_rules(each) for each in entries[:_READ]]
    left = len(entries) - _READ
    if left > 0:
        rows.append(f"…and {left:,} more, in the thread")
    return (blocks.section(blocks.lines([f"*{title}*", *rows])),)


def _with_rules(entry: Entry) -> str:
    number = len(entry.rules)
    done = "✓ " if entry.task and entry.task.state is TaskState.DONE else ""
    return f"• {done}{row_of(entry.change)}" + (f"  _{counted(number, 'rule')}_" if number else "")


def _also_known(digest: Digest, catalog: Catalog) -> tuple[Block, ...]:
    impact, only = digest.impact, scope(digest.subscription, catalog)
    parts = []
    if digest.cosmetic:
        parts.append(f"{counted(len(digest.cosmetic), 'cosmetic change')} to what your rules name")
    if impact.elsewhere and not digest.beyond:
        parts.append(f"{impact.elsewhere:,} more changes touch no rule of yours")
    if impact.overdue:
        verb = "names an id" if len(impact.overdue) == 1 else "name ids"
        parts.append(f"{counted(len(impact.overdue), 'rule')} {verb} retired before")
    if impact.ahead:
        verb = "names an id" if len(impact.ahead) == 1 else "name ids"
        parts.append(f"{counted(len(impact.ahead), 'rule')} {verb} this release does not know")
    if not impact.total and impact.new:
        parts.append("no rules of yours are imported: import reads them, and this will say which need what")
    parts += [
        f"{domain} {newest} is out, and this team is pinned to {pinned}" for domain, pinned, newest in digest.newer
    ]
    parts += [one_line(each) for each in digest.limits[:2]]
    rows = [escape(_begun(" · ".join(parts)))] if parts else []
    rows.append(f"{f'Only for {only}, posted' if only else 'Posted'} {when(digest.subscription)}")
    return (blocks.context("\n".join(rows)),)


def _begun(text: str) -> str:
    return text[:1].upper() + text[1:]


def _needs(rule: RuleImpact) -> bool:
    """Whether a rule has more to say than that what it names is worth reading."""
    return rule.weight is Weight.ACT or rule.action is Action.RETAG


def _rule(rule: RuleImpact) -> str:
    path = f" {code(cut(one_line(rule.detection.path), _TITLE))}" if rule.detection.path else ""
    return f"• {_titled(rule)}{path}: {escape(cut(one_line(_short(rule)), _ROW))}"


def _short(rule: RuleImpact) -> str:
    return "nothing to do" if rule.action is Action.NOTHING else rule.what.rstrip(".")


def _titled(rule: RuleImpact) -> str:
    return _named(rule.detection.title, rule.detection.url)


def _ahead(digest: Digest) -> list[str]:
    """By id, most rules first, each with one of them."""
    found: dict[str, list[str]] = {}
    for each in digest.impact.ahead:
        for attack_id in each.ids:
            found.setdefault(attack_id, []).append(_named(each.detection.title, each.detection.url))
    ranked = sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))
    return [
        f"• {escape(key)}: {counted(len(names), 'rule')}, {'such as ' if len(names) > 1 else ''}{names[0]}"
        for key, names in ranked
    ]


def _named(title: str, url: str) -> str:
    shown = cut(one_line(title), _TITLE)
    return link(url, shown) if url.startswith("http") else escape(shown)


def _in_rows(ids: Sequence[str], size: int = 20) -> list[str]:
    return [", ".join(map(code, ids[at : at + size])) for at in range(0, len(ids), size)]


def _sections(title: str, rows: Iterable[str]) -> list[str]:
    """Rows as texts that each fit a section, the first under a title."""
    every = list(rows)
    if not every:
        return []
    texts, room = [f"*{title}*"], 2_800
    for row in every:
        if len(texts[-1]) + len(row) + 1 > room:
            texts.append(row)
        else:
            texts[-1] += f"\n{row}"
    return texts


def _message(texts: Sequence[str]) -> Reply:
    """As many sections as one message takes, and how many rows did not fit."""
    kept: list[str] = []
    for text in texts[: BLOCKS_PER_MESSAGE - 1]:
        if kept and sum(map(len, kept)) + len(text) > _A_MESSAGE:
            break
        kept.append(text)
    left = sum(text.count("\n") + 1 for text in texts[len(kept) :])
    small: tuple[dict[str, Any], ...] = (blocks.context(f"…and {left:,} more: attackbot digest"),) if left else ()
    title = kept[0].split("\n")[0].strip("*")
    return Reply(
        text=cut(title, FALLBACK_CHARACTERS), blocks=(*(blocks.section(text[:3_000]) for text in kept), *small)
    )
