from __future__ import annotations

import csv
import io
import json
import time
from collections.abc import Callable

import pytest
from mitreattack.navlayers import Layer as NavigatorLayer
from PIL import Image

from knowledge.catalog import Catalog
from knowledge.coverage import NOT_DETECTION, Collected, Coverage
from knowledge.exports import (
    Layer,
    Picture,
    coverage_csv,
    coverage_layer,
    draw_heatmap,
    gaps_csv,
    gaps_layer,
    group_layer,
    layer_csv,
    navigator_json,
    overlap_layer,
)
from knowledge.exports.heatmap.layout import plan_matrix
from knowledge.exports.heatmap.pen import width_of
from knowledge.exports.heatmap.words import fit
from knowledge.model import Domain, Group, Kind, ReleaseContents
from knowledge.priorities import Evidence, GapFilter, rank_gaps
from tests.knowledge.coverage.building import catalog, log_sources, rule

DAY = "2026-08-01"
CATALOG = catalog()
COVERAGE = Coverage(
    CATALOG,
    [rule("a", "T1059.001"), rule("b", "T1059.001", level="low"), rule("=cmd|' /C calc'!A0", "T1566", source="=1+1")],
    log_sources=log_sources(),
)
REPORT = rank_gaps(COVERAGE, Evidence(CATALOG), GapFilter(limit=None))


def groups() -> list[Group]:
    return [group for group in CATALOG.objects(Kind.GROUP) if isinstance(group, Group)]


def layers() -> dict[str, Layer]:
    return {
        "coverage": coverage_layer(COVERAGE, Domain.ENTERPRISE),
        "gaps": gaps_layer(COVERAGE, REPORT, Domain.ENTERPRISE),
        "group": group_layer(COVERAGE, groups()[0], Domain.ENTERPRISE),
        "overlap of two": overlap_layer(COVERAGE, groups(), Domain.ENTERPRISE),
        "overlap of three": overlap_layer(COVERAGE, [*groups(), groups()[0]], Domain.ENTERPRISE),
    }


def table(raw: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))


@pytest.mark.parametrize("subject", layers())
def test_a_layer_loads_in_mitres_own_library(subject: str) -> None:
    layer = layers()[subject]

    loaded = NavigatorLayer()
    loaded.from_str(navigator_json(CATALOG, layer, made_on=DAY).decode())
    written = loaded.to_dict()

    assert written["domain"] == "enterprise-attack"
    assert written["versions"] == {"layer": "4.5", "attack": "18", "navigator": "5.1.0"}
    assert {each["techniqueID"] for each in written["techniques"]} == set(layer.marks)
    assert [item["label"] for item in written["legendItems"]] == [shade.label for shade in layer.shades]


def test_a_layer_shows_the_subtechniques_it_marks_and_says_what_coverage_is_not() -> None:
    document = json.loads(navigator_json(CATALOG, layers()["coverage"], made_on=DAY))
    techniques = {each["techniqueID"]: each for each in document["techniques"]}

    assert techniques["T1059"]["showSubtechniques"]
    assert techniques["T1059"]["comment"] == "no rule of its own; 1 of 2 sub-techniques"
    assert techniques["T1059.001"]["score"] == 2
    assert NOT_DETECTION in document["description"]
    assert DAY in document["description"]


def test_the_coverage_table_has_every_technique_and_runs_no_formula() -> None:
    rows = {row["id"]: row for row in table(coverage_csv(COVERAGE))}

    assert set(rows) == {"T1059", "T1059.001", "T1059.003", "T1547", "T1566"}
    assert rows["T1059"]["covered_subtechniques"] == "1"
    assert rows["T1059.001"]["levels"] == "high 1; low 1"
    assert rows["T1566"]["sources"] == "'=1+1 1"


def test_the_coverage_table_does_not_call_collected_what_is_only_assumed() -> None:
    said = Collected(said=frozenset({"Windows processes"}))
    told = Coverage(CATALOG, COVERAGE.detections, log_sources=log_sources(), collected=said)

    (guessed,), (known,) = (
        [row for row in table(coverage_csv(each)) if row["id"] == "T1059.001"] for each in (COVERAGE, told)
    )

    assert (guessed["collected_data_components"], guessed["assumed_data_components"]) == ("", "Process Creation")
    assert (known["collected_data_components"], known["assumed_data_components"]) == ("Process Creation", "")


def test_the_gaps_table_keeps_the_order_and_the_reasons() -> None:
    rows = table(gaps_csv(CATALOG, REPORT))

    assert [row["rank"] for row in rows] == ["1", "2", "3", "4"]
    assert all(row["why"].endswith(".") for row in rows)


def test_any_layer_is_a_table_too() -> None:
    rows = table(layer_csv(CATALOG, layers()["overlap of two"]))

    assert {row["id"]: row["shade"] for row in rows} == {
        "T1059.001": "APT29 only",
        "T1547": "FIN7 only",
        "T1566": "both",
    }


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@x", "\tx", "  =1", "＝1"])
def test_a_text_a_spreadsheet_would_run_is_defused(cell: str) -> None:
    coverage = Coverage(CATALOG, [rule("a", "T1566", source=cell)])

    row = next(row for row in table(coverage_csv(coverage)) if row["id"] == "T1566")

    assert row["sources"] == f"'{cell} 1"


@pytest.mark.parametrize("subject", layers())
def test_a_picture_is_a_png_with_its_words(subject: str) -> None:
    layer = layers()[subject]

    picture = draw_heatmap(CATALOG, layer, made_on=DAY)

    image = Image.open(io.BytesIO(picture.png))
    assert (image.format, image.size) == ("PNG", (picture.width, picture.height))
    assert "Enterprise 18.1" in picture.text
    assert DAY in picture.text
    assert picture.text.count(".") >= 2


@pytest.mark.parametrize("subject", layers())
def test_every_colour_of_a_legend_is_readable_and_told_from_its_neighbour_by_lightness(subject: str) -> None:
    shades = layers()[subject].shades
    light = [_luminance(shade.fill) for shade in shades]

    assert all(_contrast(_luminance(shade.fill), _luminance(shade.ink)) >= 4.5 for shade in shades)
    assert len({round(each, 2) for each in light}) == len(light)


def test_the_picture_counts_subtechniques_and_colours_the_parent_by_its_own_rules() -> None:
    layer = layers()["coverage"]

    assert layer.cell("T1059").label == "only sub-techniques have rules"
    assert layer.cell("T1059.001").label == "covered"
    assert layer.cell("T1547").label == "no rule"
    assert layer.counted == {"T1059.001", "T1566"}
    assert layers()["group"].cell("T1566").label == "used; rules for all of it"


def test_an_overlap_needs_two_groups() -> None:
    with pytest.raises(ValueError, match="two groups"):
        overlap_layer(COVERAGE, groups()[:1], Domain.ENTERPRISE)


def test_a_name_that_cannot_fit_is_cut_and_not_dropped() -> None:
    _, lines = fit("A" * 80, sizes=(14, 10.5), lines=3, width=105, corner=25)

    assert lines[0].startswith("AAAAAA")
    assert lines[-1].endswith("…")


@pytest.mark.parametrize("name", ["Deobfuscate/Decode Files or Information", "A" * 80, "Exfiltration Over C2 Channel"])
def test_a_name_always_fits_its_cell(name: str) -> None:
    size, lines = fit(name, sizes=(14, 12, 10.5), lines=3, width=105, corner=25)

    assert 1 <= len(lines) <= 3
    assert all(width_of(line, size) <= 105 for line in lines)


@pytest.fixture(scope="module")
def real(release_contents: Callable[[Domain, str], ReleaseContents]) -> Coverage:
    found = Catalog([release_contents(domain, "18.1") for domain in Domain])
    return Coverage(found, [rule(each.id, each.id) for each in found.techniques()[::2]])


@pytest.fixture(scope="module")
def pictures(real: Coverage) -> dict[Domain, tuple[Picture, float]]:
    drawn = {}
    for domain in Domain:
        started = time.perf_counter()
        picture = draw_heatmap(real.catalog, coverage_layer(real, domain), made_on=DAY)
        drawn[domain] = picture, time.perf_counter() - started
    return drawn


@pytest.mark.shared
@pytest.mark.parametrize("domain", list(Domain))
def test_the_matrix_keeps_its_order_and_all_its_techniques(real: Coverage, domain: Domain) -> None:
    plan = plan_matrix(real.catalog, domain)

    assert [column.tactic for column in plan.columns] == list(real.catalog.tactics(domain))
    for column in plan.columns:
        drawn = [technique for strand in column.strands for technique in strand]
        assert drawn == list(real.catalog.techniques_of_tactic(column.tactic))
        assert column.left + column.width < plan.width


@pytest.mark.shared
@pytest.mark.parametrize("domain", list(Domain))
def test_a_picture_is_quick_and_small_enough_for_a_message(
    pictures: dict[Domain, tuple[Picture, float]], domain: Domain
) -> None:
    picture, seconds = pictures[domain]

    assert seconds < 3
    assert 1600 <= picture.width <= 2000
    assert len(picture.png) < 500_000


@pytest.mark.shared
def test_no_name_of_the_matrix_is_cut(real: Coverage) -> None:
    for domain in Domain:
        for column in plan_matrix(real.catalog, domain).columns:
            for technique in (technique for strand in column.strands for technique in strand):
                count = len(real.catalog.subtechniques_of(technique))
                corner = width_of(f"{count}/{count}", 11.5) + 3 if count else 0
                _, lines = fit(technique.name, sizes=(14, 10.5), lines=3, width=column.cell - 9, corner=corner)
                assert " ".join(lines).replace("- ", "-").replace("/ ", "/") == technique.name


@pytest.mark.shared
@pytest.mark.parametrize("domain", list(Domain))
def test_a_layer_of_every_domain_loads(real: Coverage, domain: Domain) -> None:
    loaded = NavigatorLayer()
    loaded.from_str(navigator_json(real.catalog, coverage_layer(real, domain), made_on=DAY).decode())

    assert loaded.to_dict()["domain"] == f"{domain}-attack"


def _luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.1."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: float, other: float) -> float:
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)
