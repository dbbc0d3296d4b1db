"""Buttons that ask another question: what they carry is what a person would have typed."""

from __future__ import annotations

from bot.views import blocks
from bot.views.reply import Block

ASK = "ask"
"""What stands before the words in a button's value."""


def asked_again(words: str, page: int = 0) -> str:
    """What a button carries that asks this.

    Args:
        words: As typed after the slash command.
        page: Of the answer, from 0.
    """
    return f"{ASK}|{words}" + (f" page {page + 1}" if page else "")


def also(*questions: tuple[str, str], turning: tuple[str, int, int] = ("", 0, 1)) -> tuple[Block, ...]:
    """A row of buttons that ask something else, answered beside this message.

    Args:
        questions: Each a label and the words it asks.
        turning: What was asked, the page shown, from 0, and how many there are. The buttons for the pages before and
            after come first; their answer takes this message's place.
    """
    words, page, pages = turning
    buttons = []
    if page > 0:
        buttons.append(blocks.button("‹ Previous", f"{ASK}:previous", asked_again(words, page - 1)))
    if page < pages - 1:
        buttons.append(blocks.button("Next ›", f"{ASK}:next", asked_again(words, page + 1)))
    for at, (label, asked) in enumerate(questions):
        buttons.append(blocks.button(label, f"{ASK}:also:{at}", asked_again(asked)))
    return blocks.actions(buttons)


def turners(words: str, page: int, pages: int) -> tuple[Block, ...]:
    """The buttons for the pages before and after alone, as in `also`."""
    return also(turning=(words, page, pages))
