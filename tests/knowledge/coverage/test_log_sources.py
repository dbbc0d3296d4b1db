from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.coverage import Coverage, LogSources, LogSourcesError, draft_collected, read_log_sources
from knowledge.detections.model import DetectionKind, LogSourceClaim
from knowledge.errors import LocatedError
from knowledge.model import Kind, ReleaseContents
from tests.knowledge.coverage.building import REGISTRY, catalog, log_sources, rule

SHIPPED = Path(__file__).resolve().parents[3] / "config" / "log_sources.toml"


def meaning(sources: LogSources, **claim: str) -> list[tuple[str, ...]]:
    return [each.entries for each in sources.meaning(LogSourceClaim(**claim))]


def test_a_sigma_log_source_is_compared_field_by_field() -> None:
    sources = log_sources()

    assert meaning(sources, product="windows", category="registry_event") == [("Windows registry",)]
    assert meaning(sources, product="Windows", category="Process_Creation", service="x") == [("Windows processes",)]
    assert meaning(sources, product="linux") == [("Linux processes",)]
    assert meaning(sources, product="linux", service="cron") == [()]
    assert meaning(sources, product="macos", category="process_creation") == [()]


def test_a_rule_for_every_product_may_be_read_from_any() -> None:
    assert meaning(log_sources(), category="process_creation") == [("Windows processes", "Linux processes")]


def test_names_are_compared_with_stars_and_without_case() -> None:
    sources = log_sources()

    assert meaning(sources, name="sysmon eventid 1") == [("Windows processes",)]
    assert meaning(sources, name="CrowdStrike ProcessRollup2") == [("Windows processes",)]
    assert meaning(sources, name="Sysmon EventID 1 AND Sysmon EventID 13") == [
        ("Windows processes",),
        ("Windows registry",),
    ]


def test_a_rule_that_needs_two_log_sources_is_blind_with_one() -> None:
    both = rule("a", "T1059", log_sources=(LogSourceClaim(name="Sysmon EventID 1 AND Sysmon EventID 13"),))
    one = draft_collected([rule("b", "T1059")], log_sources()).collected
    two = draft_collected([rule("b", "T1059"), rule("c", "T1059", log_sources=(REGISTRY,))], log_sources()).collected

    def blind(collected: object) -> int:
        found = Coverage(catalog(), [both], log_sources=log_sources(), collected=collected).of("T1059")  # type: ignore[arg-type]
        return found.blind if found else -1

    assert (blind(one), blind(two)) == (1, 0)


def test_a_draft_says_what_is_assumed_what_is_said_and_what_nobody_knows() -> None:
    said = LogSourceClaim(name="Process creation [DeTT&CT data source]")
    draft = draft_collected(
        [
            rule("a", "T1059"),
            rule("b", "T1059"),
            rule("off", "T1059", log_sources=(REGISTRY,), enabled=False),
            rule("odd", "T1059", log_sources=(LogSourceClaim(product="toaster"),)),
            rule("listed", kind=DetectionKind.COLLECTED, log_sources=(said,)),
        ],
        log_sources(),
    )

    assert [(line.name, line.detections, line.said) for line in draft.lines] == [
        ("Windows processes", 2, False),
        ("Process Creation", 1, True),
    ]
    assert draft.unrecognised == (("toaster", 1),)
    assert draft.collected.said == {"Process Creation"}
    assert draft.collected.assumed == {"Windows processes"}


def test_an_operators_file_replaces_and_takes_away() -> None:
    own = read_log_sources(
        b'["windows registry"]\n["Linux processes"]\ncomponents = ["Command Execution"]\n', "own.toml"
    )

    merged = log_sources().merged(own)

    assert [entry.name for entry in merged] == ["Windows processes", "Linux processes"]
    assert merged.component("command execution") == "Command Execution"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = 1", 'own.toml, line 1: "x" must be a table: ["x"] on a line of its own.'),
        ("[a]\ncomponent = []", 'own.toml, line 1: "a" has an unknown key component; did you mean components.'),
        ("[a]\nsigma = ['windows']", "product/category/service"),
        ("\n[a]\nsplunk = 'x'", 'own.toml, line 2: "a": splunk must be a list of texts.'),
        ("[a\nb = 1", "own.toml, line 1: not valid TOML"),
    ],
)
def test_a_wrong_file_is_refused_with_its_line(text: str, message: str) -> None:
    with pytest.raises(LogSourcesError) as caught:
        read_log_sources(text.encode(), "own.toml")

    assert message in str(caught.value)
    assert isinstance(caught.value, LocatedError)


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(LogSourcesError, match="not UTF-8 text"):
        read_log_sources(b"\xff\xfe", "own.toml")


@pytest.mark.shared
def test_the_shipped_file_speaks_of_data_components_and_platforms_attack_has(releases: list[ReleaseContents]) -> None:
    shipped = read_log_sources(SHIPPED.read_bytes(), SHIPPED.name)
    components = {item.name for part in releases for item in part.objects() if item.kind is Kind.DATA_COMPONENT}
    platforms = {name for part in releases for technique in part.techniques for name in technique.platforms}

    assert {name for entry in shipped for name in entry.components} <= components
    assert {name for entry in shipped for name in entry.platforms} <= platforms


@pytest.mark.parametrize(
    ("claim", "name"),
    [
        (LogSourceClaim("windows", "process_creation"), "Windows process creation"),
        (LogSourceClaim("windows", "", "security"), "Windows Security log"),
        (LogSourceClaim("azure", "", "signinlogs"), "Entra ID sign-ins"),
        (LogSourceClaim("linux"), "Linux system log"),
        (LogSourceClaim(category="webserver"), "Web server"),
        (LogSourceClaim(name="logs-endpoint.events.process-*"), "Windows process creation"),
        (LogSourceClaim(product="o365"), "Microsoft 365"),
        (LogSourceClaim(name="Windows Event Log Security 4688"), "Windows process creation"),
        (LogSourceClaim(name="CrowdStrike ProcessRollup2"), "Endpoint sensor (EDR)"),
        (LogSourceClaim(product="AzureActiveDirectory", name="SigninLogs"), "Entra ID sign-ins"),
        (LogSourceClaim(name="WinEventLog:Security"), "Windows Security log"),
    ],
)
def test_the_shipped_file_knows_what_public_rules_name(claim: LogSourceClaim, name: str) -> None:
    [meaning] = read_log_sources(SHIPPED.read_bytes(), SHIPPED.name).meaning(claim)

    assert name in meaning.entries
