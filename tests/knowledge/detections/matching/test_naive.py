"""Plain selections mean what a reader would write down for them in a dozen lines."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.knowledge.detections.matching.building import fires, process

FIELDS = ("Alpha", "Beta", "Gamma")
HOW = ("", "contains", "startswith", "endswith", "contains|all")

texts = st.text(alphabet="abAB \\.:/-", min_size=1, max_size=4)
selections = st.dictionaries(
    st.tuples(st.sampled_from(FIELDS), st.sampled_from(HOW)),
    st.lists(texts.filter(lambda text: not text.endswith("\\") and "\\\\" not in text), min_size=1, max_size=3),
    min_size=1,
    max_size=3,
)
events = st.dictionaries(st.sampled_from(FIELDS), texts, max_size=3)


def naive(selection: dict[tuple[str, str], list[str]], event: dict[str, str]) -> bool:
    for (field, how), wanted in selection.items():
        value = event.get(field)
        if value is None:
            return False
        low, lows = value.lower(), [each.lower() for each in wanted]
        held = {
            "": low in lows,
            "contains": any(each in low for each in lows),
            "startswith": any(low.startswith(each) for each in lows),
            "endswith": any(low.endswith(each) for each in lows),
            "contains|all": all(each in low for each in lows),
        }[how]
        if not held:
            return False
    return True


def written(selection: dict[tuple[str, str], list[str]]) -> dict[str, Any]:
    return {f"{field}|{how}" if how else field: values for (field, how), values in selection.items()}


@settings(max_examples=200, deadline=None)
@given(selections, selections, events, st.sampled_from(["one", "one and two", "one or two", "one and not two"]))
def test_conditions_of_plain_selections(
    one: dict[tuple[str, str], list[str]],
    two: dict[tuple[str, str], list[str]],
    event: dict[str, str],
    condition: str,
) -> None:
    event = {field: value for field, value in event.items() if value.count("\\\\") == 0}
    first, second = naive(one, event), naive(two, event)
    expected = {
        "one": first,
        "one and two": first and second,
        "one or two": first or second,
        "one and not two": first and not second,
    }[condition]

    detection = {"one": written(one), "two": written(two), "condition": condition}

    assert fires(detection, process(event)) is expected
