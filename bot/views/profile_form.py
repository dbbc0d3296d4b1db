"""The form that asks who the team is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from bot.views import blocks
from bot.views.forms import PROFILE_FORM, errors, input_block, modal
from bot.views.mrkdwn import one_line

if TYPE_CHECKING:
    from bot.views.profile import Profile

_BOXES = 10
"""Checkboxes that Slack takes in one element; each has a label of at most `_LABEL` characters."""
_MOST = 200
_LABEL = 75
_LONGEST = 3_000
_HINT = (
    "Gaps then begin with what is used by the groups you watch and by those that target your sectors. Techniques for "
    "platforms you leave unticked are left out; tick none to keep them all."
)
_GROUPS = "groups"


def profile_form(
    profile: Profile, *, sectors: Iterable[str], platforms: Iterable[str], metadata: str
) -> dict[str, Any]:
    """Asks for sectors, groups and platforms, those of the profile chosen already.

    Args:
        profile: As it is kept.
        sectors: All there are.
        platforms: All there are.
        metadata: Where the answer goes, for whoever reads the submission.
    """
    named = ", ".join((*(one_line(group.name) for group in profile.groups), *profile.unknown))
    groups: dict[str, Any] = {"type": "plain_text_input", "max_length": _LONGEST}
    if named:
        groups["initial_value"] = named[:_LONGEST]
    running = dict.fromkeys((*profile.platforms, *sorted(platforms, key=str.casefold)))
    return modal(
        PROFILE_FORM,
        "Who is your team?",
        "Keep",
        metadata,
        blocks.plain_context(_HINT),
        input_block(_GROUPS, "Groups you watch", groups, optional=True, hint="Names or ids with commas between."),
        *_boxes("sectors", "Sectors you work in", sectors, [name for name, _ in profile.sectors]),
        *_boxes("platforms", "Platforms you run", running, profile.platforms),
    )


def _boxes(name: str, label: str, names: Iterable[str], chosen: Sequence[str]) -> Iterable[dict[str, Any]]:
    options = [_option(each) for each in names if len(each) <= _LABEL][:_MOST]
    for at in range(0, len(options), _BOXES):
        part = options[at : at + _BOXES]
        ticked = [option for option in part if option["value"] in chosen]
        element = {"type": "checkboxes", "options": part} | ({"initial_options": ticked} if ticked else {})
        yield input_block(f"{name}{at // _BOXES}", label if at == 0 else f"{label}, more", element, optional=True)


def _option(name: str) -> dict[str, Any]:
    return {"text": {"type": "plain_text", "text": name, "emoji": False}, "value": name}


def profile_answers(view: dict[str, Any]) -> dict[str, str]:
    """What a filled-in form says of each part it asked for, as it would be typed, with commas between."""
    said: dict[str, list[str]] = {}
    for name, block in view["state"]["values"].items():
        answer: dict[str, Any] = next(iter(block.values()), {})
        chosen = [option["value"] for option in answer.get("selected_options") or ()]
        typed = " ".join(str(answer.get("value") or "").split())
        said.setdefault(name.rstrip("0123456789"), []).extend(filter(None, (*chosen, typed)))
    return {name: ", ".join(parts) for name, parts in said.items()}


def refused(about: str, text: str) -> dict[str, Any]:
    """What an `ack` carries when a part of the form names nothing.

    Args:
        about: The part, as `profile_answers` has it.
        text: One sentence.
    """
    return errors(**{_GROUPS if about == _GROUPS else f"{about}0": text})
