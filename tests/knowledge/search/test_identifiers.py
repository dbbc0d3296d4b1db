import pytest

from knowledge.search.identifiers import guess_ids, read_ids


@pytest.mark.parametrize(
    ("text", "attack_id"),
    [
        ("T1059.001", "T1059.001"),
        ("t1059.1", "T1059.001"),
        ("T1055.12", "T1055.012"),
        ("T1059/001", "T1059.001"),
        ("T1059-001", "T1059.001"),
        ("T1059‑001", "T1059.001"),
        ("T1059_001", "T1059.001"),
        ("T1059:001", "T1059.001"),
        ("T1059 001", "T1059.001"),
        ("T1059 . 001", "T1059.001"),
        ("Ｔ１０５９．００１", "T1059.001"),
        ("Т1059.001", "T1059.001"),  # a Cyrillic letter
        ("T1059\u200b.001", "T1059.001"),
        ("attack.t1059.001", "T1059.001"),
        ("attack-t1059", "T1059"),
        ("https://attack.mitre.org/techniques/T1059/001/", "T1059.001"),
        ("<https://attack.mitre.org/techniques/T1059/001|T1059.001>", "T1059.001"),
        ("https://attack.mitre.org/versions/v9/techniques/T1086", "T1086"),
        ("https://attack.mitre.org/wiki/Technique/T1086", "T1086"),
        ("https://attack.mitre.org/detectionstrategies/DET0123#AN0110", "AN0110"),
        ("https://attack.mitre.org/tactics/TA0011/?x=1", "TA0011"),
        ("(T1059)", "T1059"),
        ('"t1059",', "T1059"),
        ("is T1059.001? yes", "T1059.001"),
        ("T1059.", "T1059"),
        ("ta0011", "TA0011"),
        ("g0007", "G0007"),
        ("S0002", "S0002"),
        ("C0022", "C0022"),
        ("m1032", "M1032"),
        ("DS0009", "DS0009"),
        ("dc0032", "DC0032"),
        ("DET0123", "DET0123"),
        ("AN0110", "AN0110"),
        ("A0004", "A0004"),
    ],
)
def test_one_id_however_it_is_written(text: str, attack_id: str) -> None:
    assert read_ids(text) == (attack_id,)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "powershell",
        "CVE-2021-44228",
        "MS17-010",
        "APT1234",
        "UNC2452",
        "T105",
        "T10591",
        "XT1059",
        "T1059abc",
        "S-1-5-21",
    ],
)
def test_what_only_looks_like_an_id_is_none(text: str) -> None:
    assert read_ids(text) == ()


def test_several_ids_stay_in_order_each_once() -> None:
    assert read_ids("T1003, T1059.001 and t1003 by G0016") == ("T1003", "T1059.001", "G0016")


@pytest.mark.parametrize(
    ("text", "attack_ids"),
    [
        ("1059.1", ("T1059.001",)),
        (" 1059 ", ("T1059",)),
        ("TA11", ("TA11", "TA0011")),
        ("T803", ("T803", "T0803")),
        ("powershell 1059", ()),
    ],
)
def test_guesses_are_made_only_of_a_whole_query(text: str, attack_ids: tuple[str, ...]) -> None:
    assert guess_ids(text) == attack_ids
