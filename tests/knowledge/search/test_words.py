import pytest

from knowledge.search.words import fold, squash, stem, words


def test_folding_takes_away_what_nobody_means() -> None:
    assert fold("Doppelgänging") == "doppelganging"
    assert fold("Ａ\u202e\u200bB") == "ab"
    assert words("C&C, pass–the\u00adhash") == ["c", "and", "c", "pass", "thehash"]
    assert squash("Pass-the-Hash") == squash("pass the hash") == squash("PassTheHash")


@pytest.mark.parametrize(
    "forms",
    [
        "dump dumps dumped dumping",
        "inject injects injected injecting injection",
        "discover discovers discovered discovery",
        "exfiltrate exfiltrated exfiltrating exfiltration",
        "encrypt encrypted encryption",
        "authenticate authentication",
        "policy policies",
        "cookie cookies",
        "keylogger keylogging",
        "process processes",
        "create created creation creating",
        "schedule scheduled scheduling",
        "stop stops stopped stopping",
    ],
)
def test_inflections_of_a_word_are_one(forms: str) -> None:
    assert len({stem(form) for form in forms.split()}) == 1


@pytest.mark.parametrize("word", ["dns", "at", "rdp", "string", "t1059", "rundll32", "apt29"])
def test_short_words_and_names_with_digits_stay(word: str) -> None:
    assert stem(word) == word


def test_what_is_not_inflection_stays_apart() -> None:
    assert stem("service") != stem("server")
    assert stem("login") != stem("log")
