"""Pasted alerts damaged by a seeded hand: cut, garbled, spliced, wrapped, nested, and as long as a paste can be."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from urllib.parse import quote
from xml.sax.saxutils import escape

DEPTH = 100_000
LONG = 2_000_000
"""Characters of a huge paste."""

_MARKS = (
    "\"'`{}[]()<>&%\\/|=:;,.#@$^*!?~-_ \t\n\r\0\x1b\x7f\u00ad\u200b\u202e\ufeff\ud800\udfff\U0001f600\u0130\u00df0aZ"
)
_OPENED = ('{"a":', "[", '{"a":[', "<a>", "<Event><Data Name='a'>", "(", '"', '\\"', "a=[", 'a="{', "%25", "&amp;")
_CLOSED = {"[": "]", '{"a":': "}", "<a>": "</a>", "(": ")", '{"a":[': "]}"}
_BETWEEN = ("\n", "", " ", ",", "\n\n", "\t", ";", '"', "\\n", "|")

Damage = Callable[[random.Random, Sequence[str]], str]


def pasted() -> list[str]:
    """The project's own pasted alerts, undamaged."""
    files = sorted((Path(__file__).parent / "knowledge" / "alerts").glob("yardstick_*.jsonl"))
    return [json.loads(line)["text"] for file in files for line in file.read_text("utf-8").splitlines()]


def damaged(number: int, seed: int = 9) -> Iterator[tuple[str, str]]:
    """So many damaged alerts, each with the kind of damage; the same for the same seed."""
    draw = random.Random(seed)  # noqa: S311 - no secret
    texts = pasted()
    kinds = [kind for kind, weight in WEIGHTS.items() for _ in range(weight)]
    for at in range(number):
        kind = kinds[at % len(kinds)]
        yield kind.__name__.strip("_"), kind(draw, texts)


def _cut(draw: random.Random, texts: Sequence[str]) -> str:
    """Half an alert, or one without its middle."""
    text = draw.choice(texts)
    first, last = sorted(draw.sample(range(len(text) + 1), 2))
    return draw.choice((text[:first], text[last:], text[first:last], text[:first] + text[last:]))


def _garbled(draw: random.Random, texts: Sequence[str]) -> str:
    """Marks put in, taken out and swapped."""
    letters = list(draw.choice(texts))
    for _ in range(draw.choice((1, 3, 20, len(letters) // 4))):
        at = draw.randrange(len(letters))
        letters[at] = draw.choice(("", draw.choice(_MARKS), letters[at] + draw.choice(_MARKS), letters[at] * 50))
    return "".join(letters)


def _spliced(draw: random.Random, texts: Sequence[str]) -> str:
    """The beginning of one and the end of another."""
    one, other = draw.choice(texts), draw.choice(texts)
    return one[: draw.randrange(len(one) + 1)] + draw.choice(_BETWEEN) + other[draw.randrange(len(other) + 1) :]


def _wrapped(draw: random.Random, texts: Sequence[str]) -> str:
    """An alert within others, some times over."""
    text = draw.choice(texts)
    wraps: tuple[Callable[[str], str], ...] = (
        json.dumps,
        lambda inner: json.dumps({"message": inner}),
        lambda inner: f"<134>Mar  1 10:00:00 fw01 app[7]: {inner}",
        lambda inner: f"<Event><EventData><Data Name='x'>{escape(inner)}</Data></EventData></Event>",
        lambda inner: 'a,b,c\n1,"' + inner.replace('"', '""') + '",2',
        lambda inner: f"powershell -enc {base64.b64encode(inner.encode('utf-16-le', 'replace')).decode()}",
        lambda inner: quote(inner, errors="replace"),
        lambda inner: f"```json\n{inner}\n```",
        lambda inner: "\n".join(f"> {line}" for line in inner.split("\n")),
        lambda inner: f'type=EXECVE msg=audit(1:2): argc=2 a0="sh" a1={inner.encode("utf-8", "replace").hex()}',
    )
    for _ in range(draw.choice((1, 2, 4, 8))):
        text = draw.choice(wraps)(text)[:LONG]
    return text


def _repeated(draw: random.Random, texts: Sequence[str]) -> str:
    """A piece of an alert many times over."""
    text = draw.choice(texts)
    start = draw.randrange(len(text))
    piece = text[start : start + draw.choice((1, 2, 5, 30, 200))]
    return text[:start] + piece * draw.randrange(20_000 // len(piece) + 1) + text[start:]


def _nested(draw: random.Random, texts: Sequence[str]) -> str:
    """An alert a hundred thousand levels deep, closed or not."""
    opened = draw.choice(_OPENED)
    closed = _CLOSED.get(opened, "") if draw.random() < 0.5 else ""
    return opened * DEPTH + draw.choice(texts) + closed * DEPTH


def _huge(draw: random.Random, texts: Sequence[str]) -> str:
    """Two million characters: of alerts in a row, of one value, of many fields, of one line."""
    chosen = draw.sample(list(texts), 20)
    between = draw.choice(_BETWEEN)
    row = between.join(chosen)
    row = (row + between) * (LONG // len(row) + 1)
    shapes: tuple[Callable[[], str], ...] = (
        lambda: row,
        lambda: row.replace("\n", " "),
        lambda: json.dumps({"CommandLine": row[: LONG // 2]}),
        lambda: json.dumps([{"message": each} for each in chosen * (LONG // sum(map(len, chosen)))]),
        lambda: json.dumps({f"field{at}": each[:40] for at, each in enumerate([*texts] * 120)}),
        lambda: " ".join(f"field{at}={draw.choice(chosen)[:20]!r}" for at in range(60_000)),
        lambda: ",".join(f"c{at}" for at in range(5_000)) + "\n" + "\n".join([",".join(["1"] * 5_000)] * 150),
        lambda: "<Event>" + "".join(f"<D{at}>{escape(draw.choice(chosen)[:30])}</D{at}>" for at in range(40_000)),
    )
    return draw.choice(shapes)()[:LONG]


WEIGHTS: dict[Damage, int] = {
    _cut: 30,
    _garbled: 30,
    _spliced: 14,
    _wrapped: 14,
    _repeated: 6,
    _nested: 3,
    _huge: 3,
}
"""How many of each hundred are damaged so."""
