"""Answers as files: a Navigator layer, a table, the matrix as a picture."""

from knowledge.exports.heatmap import Picture, draw_heatmap
from knowledge.exports.layer import Layer, Mark, Shade
from knowledge.exports.navigator import navigator_json
from knowledge.exports.subjects import coverage_layer, gaps_layer, group_layer, overlap_layer
from knowledge.exports.tables import coverage_csv, gaps_csv, layer_csv

__all__ = [
    "Layer",
    "Mark",
    "Picture",
    "Shade",
    "coverage_csv",
    "coverage_layer",
    "draw_heatmap",
    "gaps_csv",
    "gaps_layer",
    "group_layer",
    "layer_csv",
    "navigator_json",
    "overlap_layer",
]
