import pytest

from knowledge.catalog import Catalog
from knowledge.errors import KnowledgeError
from knowledge.search import NO_SYNONYMS, Lookup, Synonyms, SynonymsError, read_synonyms
from tests.builders import small_release


def test_tables_only_group_and_a_phrase_may_mean_several() -> None:
    read = read_synonyms('"top" = "T1566"\n[a]\n"posh" = ["t1059.1", "S0002"]\n[a.b]\nx = "TA0001"\n', "mine.toml")
    assert {entry.phrase: entry.ids for entry in read} == {
        "top": ("T1566",),
        "posh": ("T1059.001", "S0002"),
        "x": ("TA0001",),
    }


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('a = "T1059"\nb = ', "mine.toml, line 2: not valid TOML: Invalid value."),
        ('[x]\n"pth" = "pass"\n', 'mine.toml, line 2: "pth" leads to "pass", which is no ATT&CK id.'),
        ('"pth" = 7\n', 'mine.toml, line 1: "pth" must be an ATT&CK id or a list of them.'),
        ('"pth" = ["T1003", 7]\n', 'mine.toml, line 1: "pth" must be an ATT&CK id or a list of them.'),
        ('"pth" = "T1003 T1004"\n', 'mine.toml, line 1: "pth" leads to "T1003 T1004", which is no ATT&CK id.'),
        ('"..." = "T1003"\n', 'mine.toml, line 1: "..." has no letter or digit to search for.'),
        (
            '"run keys" = "T1003"\n[b]\n"Run-Keys" = "T1004"\n',
            'mine.toml, line 3: "Run-Keys" stands twice (also as "run keys"); case, spaces and hyphens do not count.',
        ),
    ],
)
def test_a_wrong_file_is_told_in_one_sentence(text: str, sentence: str) -> None:
    with pytest.raises(SynonymsError) as caught:
        read_synonyms(text, "mine.toml")
    assert str(caught.value) == sentence
    assert isinstance(caught.value, KnowledgeError)


def test_bytes_that_are_no_text_are_told() -> None:
    with pytest.raises(SynonymsError, match=r"^mine.toml: not UTF-8 text \(byte 1\)\.$"):
        read_synonyms(b"a\xff", "mine.toml")


def test_an_operators_lines_win_and_take_away() -> None:
    shipped = read_synonyms('"posh" = "T1059.001"\n"bait" = "T1566"\n', "shipped.toml")
    merged = shipped.merged(read_synonyms('"POSH" = "S0002"\n"bait" = []\n"mine" = "G0016"\n', "mine.toml"))
    assert {entry.phrase: entry.ids for entry in merged} == {"POSH": ("S0002",), "mine": ("G0016",)}
    assert len(NO_SYNONYMS.merged(merged)) == 2


def test_an_id_the_release_does_not_have_is_passed_over() -> None:
    lookup = Lookup(Catalog([small_release()]), read_synonyms('"bait" = ["T9999", "T1566"]', "mine.toml"))
    assert lookup.find("bait").matches[0].object.id == "T1566"


def test_the_shipped_file_is_generous(shipped: Synonyms) -> None:
    assert len(shipped) >= 450


@pytest.mark.shared
def test_every_shipped_id_is_current_in_18_1(shipped: Synonyms, real_catalog: Catalog) -> None:
    wrong = {
        entry.phrase: attack_id
        for entry in shipped
        for attack_id in entry.ids
        if (found := real_catalog.get(attack_id)) is None or found.retired
    }
    assert wrong == {}
