"""The matrix as a picture for a Slack message.

Drawn with Pillow rather than matplotlib. The picture is boxes and words, for which matplotlib has nothing to add:
Pillow is one wheel of 7 MB without dependencies that imports in some 20 ms, where matplotlib brings ten packages and
takes half a second. Both are well kept, with several releases a year. Pillow carries its own scalable font, Aileron, so
the picture looks the same on every machine.
"""

from knowledge.exports.heatmap.draw import Picture, draw_heatmap

__all__ = ["Picture", "draw_heatmap"]
