"""The shipped encoder tells acts apart, says the same every time, and is bounded whatever it is given."""

from __future__ import annotations

import random
import threading

import numpy as np
import pytest

from knowledge.mapping.encoder import END, PIECES, START, Encoder, pieces, shipped_encoder, words_of
from knowledge.mapping.training.encoder_folds import FOLDS, parts_of
from knowledge.mapping.training.encoder_texts import Text, variants

ACTS = [
    ("rundll32 comsvcs.dll MiniDump of the lsass process id to a file", "T1003.001"),
    ("The shadow copies of drive C were wiped with vssadmin delete shadows /all /quiet", "T1490"),
    ("New task registered by schtasks /create /sc onlogon to run a script from AppData", "T1053.005"),
    ("Inbox rule made for the chief accountant forwards invoices to an outside address", "T1114.003"),
    ("Hundreds of accounts each failed once with the same password within two minutes", "T1110.003"),
    ("Service ticket with RC4 requested for the SQL service account, possible kerberoasting", "T1558.003"),
    ("DsGetNCChanges replication asked for by a host that is no domain controller", "T1003.006"),
    ("Security event log was cleared with wevtutil cl", "T1070.001"),
    ("StopLogging called on the organisation's CloudTrail trail", "T1562.008"),
    ("Container started privileged with the host's root mounted, then chroot into the node", "T1611"),
    ("Macro document attached to a mail from a stranger was opened by the recipient", "T1566.001"),
    ("powershell -enc JABjAGwAaQBlAG4AdAA= started hidden by winword.exe", "T1059.001"),
    ("The user got a flood of push prompts until one of them was approved", "T1621"),
    ("Value added under CurrentVersion\\Run that starts an unsigned program at logon", "T1547.001"),
    ("All files on the share were encrypted and a ransom note left in every folder", "T1486"),
    ("Host sent thousands of TXT queries with long random labels to one domain", "T1071.004"),
]
DRAW = random.Random(1)  # noqa: S311 # not for secrets
VOCABULARY = {piece: at for at, piece in enumerate((START, END, "power", "shell", "powershell", "role", "##s", "ec2"))}


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return shipped_encoder()


def test_labels_are_ids_sorted_and_each_once(encoder: Encoder) -> None:
    assert list(encoder.labels) == sorted(set(encoder.labels))
    assert {"T1003.001", "T1059", "T1562.001"} <= set(encoder.labels)


@pytest.mark.parametrize("text", ["", "\n\n", "lsass dumped", "\U0001f40d" * 50, "%$#!", "слово 文字"])
def test_the_shares_are_one_whole(encoder: Encoder, text: str) -> None:
    meaning = encoder.meaning(text)
    assert meaning.shares.shape == (len(encoder.labels),)
    assert meaning.shares.dtype == np.float32
    assert np.exp(meaning.shares.astype(float)).sum() == pytest.approx(1, abs=1e-4)
    assert 0 <= meaning.everyday <= 1


@pytest.mark.parametrize(("text", "technique"), ACTS)
def test_an_act_is_among_the_first_five(encoder: Encoder, text: str, technique: str) -> None:
    shares = encoder.shares(text)
    first = [encoder.labels[at] for at in np.argsort(-shares)[:5]]
    assert technique in first


def test_most_acts_come_first(encoder: Encoder) -> None:
    first = [encoder.labels[int(encoder.shares(text).argmax())] for text, _ in ACTS]
    assert sum(said == technique for said, (_, technique) in zip(first, ACTS, strict=True)) >= 0.7 * len(ACTS)


@pytest.mark.parametrize(
    "text", ["Lunch menu of the canteen for next week", "The printer on floor two is out of paper"]
)
def test_an_everyday_line_is_likelier_everyday_than_an_act(encoder: Encoder, text: str) -> None:
    acts = sorted(encoder.meaning(act).everyday for act, _ in ACTS)
    assert encoder.meaning(text).everyday > acts[-2]


def test_the_same_text_means_the_same_in_every_thread(encoder: Encoder) -> None:
    text = ACTS[0][0]
    found: list[np.ndarray] = []
    threads = [threading.Thread(target=lambda: found.append(encoder.shares(text))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert all(np.array_equal(each, encoder.shares(text)) for each in found)


def test_only_the_first_pieces_of_a_long_text_are_read(encoder: Encoder) -> None:
    start = " ".join(["scheduled task created by schtasks"] * 20)
    assert np.array_equal(encoder.shares(start), encoder.shares(start + " vssadmin delete shadows" * 40_000))


@pytest.mark.parametrize("letter", ["a", "/", "9a", "Aa", "é", "\0"])
def test_a_megabyte_of_one_letter_is_cut(encoder: Encoder, letter: str) -> None:
    assert np.isfinite(encoder.shares(letter * (1_000_000 // len(letter)))).all()


def test_case_does_not_matter_where_a_word_is_known(encoder: Encoder) -> None:
    assert np.array_equal(encoder.shares("mimikatz and lsass"), encoder.shares("MIMIKATZ and LSASS"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("PowerShell", ["powershell"]),
        ("PowerRole", ["power", "role"]),
        ("roles", ["role", "##s"]),
        ("ec2:Role", ["ec2", "role"]),
        ("unknowable", []),
        ("role " * 500, ["role"] * (PIECES - 2)),
    ],
)
def test_pieces(text: str, expected: list[str]) -> None:
    assert pieces(VOCABULARY, text) == [VOCABULARY[each] for each in (START, *expected, END)]


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        ("UpdateAssumeRolePolicy", ["update", "assume", "role", "policy"]),
        ("CreateRole2024", ["create", "role", "2024"]),
        ("a3f9c2d41e7b", []),
        ("x" * 41, []),
        ("mañana", ["mañana"]),
    ],
)
def test_words_of_a_run(run: str, expected: list[str]) -> None:
    assert words_of(VOCABULARY, run) == expected


def test_a_file_of_another_form_is_refused() -> None:
    with pytest.raises(ValueError, match="form 99"):
        Encoder({"format": np.array([99])})


def test_a_rule_is_learned_whole_in_part_and_by_its_strings() -> None:
    rule = Text("Lsass dumped\nA dump of lsass was written.", ("T1003.001",), "sigma", strings=("comsvcs", "MiniDump"))
    forms = dict(variants(rule, DRAW))
    assert {rule.text, "Lsass dumped", "A dump of lsass was written."} <= set(forms)
    assert {"comsvcs", "MiniDump"} & {word for form in forms for word in form.split("\n")}
    assert all(weight > 0 for weight in forms.values())


def test_a_sentence_is_learned_as_it_is() -> None:
    assert variants(Text("Files were encrypted.", ("T1486",), "written"), DRAW) == [("Files were encrypted.", 1.0)]


def test_a_fold_learns_nothing_of_what_it_holds_out() -> None:
    subjects = ("printer", "mailbox", "kernel", "bucket", "ticket", "browser", "router", "registry", "cluster")
    texts = [Text(f"{each} {each}s were emptied at night", ("T1485",), "written") for each in subjects]
    copies = [Text(f"{each} {each}s were emptied at night again", ("T1485",), "blog", others=True) for each in subjects]
    reports = [Text("APT1 read mail", ("T1114",), "procedure", origin="G1")] * 3
    texts += [*copies, *reports, Text("Email Collection", ("T1114",), "name")]
    parts = parts_of(texts)
    assert len(set(parts.fold[9:18].tolist())) == 1
    assert len(set(parts.fold[18:21].tolist())) == 1
    assert parts.fold[21] == -1
    for fold in range(FOLDS):
        held = {texts[at].text.split()[0] for at in np.flatnonzero(parts.fold == fold)}
        learned = {texts[at].text.split()[0] for at in parts.learned_in(fold)}
        assert not held & learned
        assert "Email" in learned
