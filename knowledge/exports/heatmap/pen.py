"""A pen that draws large and delivers small: at twice the size, text keeps its spacing and corners are smooth."""

from __future__ import annotations

import io
from functools import cache, lru_cache

from PIL import Image, ImageDraw, ImageFont

_SCALE = 2
_SPACE = 0.27
"""Width of a space in sizes of the font. Aileron's own is narrower, and runs words together at 12 pixels."""

_COLOURS = 128
"""Of the palette; enough for the edges of letters on every shade, at a third of the bytes."""


@cache
def _font(size: float) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Pillow's own scalable font, Aileron, at the size it is drawn with."""
    return ImageFont.load_default(size * _SCALE)


@lru_cache(maxsize=4_096)  # three matrices measure 650 words
def _word_width(word: str, size: float) -> float:
    return _font(size).getlength(word) / _SCALE


def width_of(text: str, size: float) -> float:
    """How wide a text is drawn, in pixels of the picture."""
    words = text.split(" ")
    return sum(_word_width(word, size) for word in words) + (len(words) - 1) * size * _SPACE


class Pen:
    """Draws on one picture; every length is in its pixels.

    Args:
        width: Of the picture.
        height: Of the picture.
        paper: Its colour.
    """

    def __init__(self, width: int, height: int, paper: str) -> None:
        self._image = Image.new("RGB", (width * _SCALE, height * _SCALE), paper)
        self._draw = ImageDraw.Draw(self._image)

    def box(self, left: float, top: float, width: float, height: float, *, fill: str, edge: str) -> None:
        """A rectangle with round corners."""
        place = (left * _SCALE, top * _SCALE, (left + width) * _SCALE - 1, (top + height) * _SCALE - 1)
        self._draw.rounded_rectangle(place, 4 * _SCALE, fill=fill, outline=edge, width=_SCALE)

    def text(self, left: float, middle: float, text: str, size: float, ink: str) -> None:
        """One line, from its left end, around its middle."""
        for word in text.split(" "):
            self._draw.text((left * _SCALE, middle * _SCALE), word, fill=ink, font=_font(size), anchor="lm")
            left += _word_width(word, size) + size * _SPACE

    def text_right(self, right: float, middle: float, text: str, size: float, ink: str) -> None:
        """One line, to its right end."""
        self.text(right - width_of(text, size), middle, text, size, ink)

    def png(self) -> bytes:
        """The picture, as a file."""
        file = io.BytesIO()
        small = self._image.reduce(_SCALE).quantize(_COLOURS, dither=Image.Dither.NONE)
        small.save(file, "PNG", optimize=True)
        return file.getvalue()
