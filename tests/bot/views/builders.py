"""A small ATT&CK, made up, with everything a card can show and some things it must not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from knowledge.catalog import Catalog
from knowledge.model import (
    Analytic,
    Asset,
    Campaign,
    Citation,
    DataComponent,
    DataSource,
    DetectionStrategy,
    Domain,
    Group,
    LogSource,
    Matrix,
    Mitigation,
    Relationship,
    Release,
    ReleaseContents,
    Software,
    Tactic,
    Technique,
)

SITE = "https://attack.example"
DATES = {"created": "2020-01-02T03:04:05Z", "modified": "2024-05-06T07:08:09Z"}
COMMON: dict[str, Any] = {"version": "1.2", "domains": (Domain.ENTERPRISE,), **DATES}

HOSTILE = (
    "Ring <!channel> and <@U123>, or <https://evil.example|press here>, "
    "says [https://bank.example](https://evil.example/a|b). "
    "See [a script](javascript:alert(1)), [a user](https://bank.example@evil.example/) and T\u202eixe.exe \u200bhere. "
    "*Not* `<!here>` ~struck~ &lt;!everyone&gt; A&B."
)


def tactics() -> tuple[Tactic, ...]:
    """Two, whose ids do not follow the order of the matrix."""
    return (
        Tactic(
            stix_id="x-mitre-tactic--move",
            id="TA9008",
            name="Wandering",
            shortname="wandering",
            url=f"{SITE}/tactics/TA9008",
            description="The adversary is trying to wander through your halls.\n\n"
            "Wandering consists of doors and keys. It often follows a nap. A third sentence is not shown.",
            **COMMON,
        ),
        Tactic(
            stix_id="x-mitre-tactic--brew",
            id="TA9002",
            name="Brewing",
            shortname="brewing",
            url=f"{SITE}/tactics/TA9002",
            description="The adversary is trying to brew tea.",
            **COMMON,
        ),
    )


def techniques() -> tuple[Technique, ...]:
    """A parent with two children, a revoked and a deprecated one, a hostile one."""
    kettle = Technique(
        stix_id="attack-pattern--kettle",
        id="T9001",
        name="Kettle Abuse",
        url=f"{SITE}/techniques/T9001",
        description="Adversaries may boil water with a kettle they do not own.(Citation: Tea Report 2021) "
        "Kettles such as [Samovar](https://attack.example/software/S9001) run <code>boil --now</code> "
        "without asking. A third sentence.",
        tactics=("brewing", "wandering"),
        platforms=("Windows", "Linux"),
        capec_ids=("CAPEC-9",),
        extras=(("Impact type", "Availability"), ("Works remotely", "no")),
        **COMMON,
    )
    descaled = replace(
        kettle,
        stix_id="attack-pattern--descaled",
        id="T9001.001",
        name="Descaled Kettle",
        url=f"{SITE}/techniques/T9001/001",
        description="Adversaries may descale a kettle first, e.g. with vinegar from <code>C:\\Pantry\\</code>. More.",
        tactics=("brewing",),
        platforms=("Windows",),
        is_subtechnique=True,
        capec_ids=(),
        extras=(),
    )
    whistling = replace(
        descaled,
        stix_id="attack-pattern--whistling",
        id="T9001.002",
        name="Whistling Kettle",
        url=f"{SITE}/techniques/T9001/002",
        description="",
        platforms=("None",),
    )
    former = replace(
        kettle, stix_id="attack-pattern--former", id="T9099", name="Pot Abuse", revoked=True, platforms=("Windows",)
    )
    deprecated = replace(kettle, stix_id="attack-pattern--cup", id="T9098", name="Cup Abuse", deprecated=True)
    hostile = replace(
        descaled,
        stix_id="attack-pattern--hostile",
        id="T9666",
        name="Evil <!channel> *Name*",
        url="javascript:alert(1)",
        description=HOSTILE,
        is_subtechnique=False,
        platforms=("<!here>",),
    )
    return kettle, descaled, whistling, former, deprecated, hostile


def actors() -> dict[str, Any]:
    """Groups, software and a campaign."""
    return {
        "groups": tuple(
            Group(
                stix_id=f"intrusion-set--{number}",
                id=f"G900{number}",
                name=name,
                aliases=aliases,
                url=f"{SITE}/groups/G900{number}",
                description=f"[{name}]({SITE}/groups/G900{number}) is a group of tea drinkers. They drink at five.",
                **COMMON,
            )
            for number, name, aliases in (
                (1, "Quiet Badger", ("TEA-1", "Calm Badger", "Badger <3", "UNC9", "Storm-9")),
                (2, "Loud Otter", ()),
                (3, "Campaigning Crane", ()),
            )
        ),
        "software": (
            Software(
                stix_id="tool--samovar",
                id="S9001",
                name="Samovar",
                software_type="tool",
                aliases=("SMVR",),
                platforms=("Windows",),
                url=f"{SITE}/software/S9001",
                description="[Samovar](https://attack.example/software/S9001) is a public boiler.",
                **COMMON,
            ),
            Software(stix_id="malware--leaf", id="S9002", name="LeafDropper", url=f"{SITE}/software/S9002", **COMMON),
        ),
        "campaigns": (
            Campaign(
                stix_id="campaign--dawn",
                id="C9001",
                name="Dawn Brew",
                url=f"{SITE}/campaigns/C9001",
                description="[Dawn Brew](https://attack.example/campaigns/C9001) was a campaign at dawn.",
                first_seen="2022-02-01T00:00:00Z",
                last_seen="2022-11-01T00:00:00Z",
                **COMMON,
            ),
        ),
    }


def link(kind: str, source: str, target: str, description: str = "") -> Relationship:
    return Relationship(
        stix_id=f"relationship--{kind}--{source}--{target}",
        type=kind,
        source=source,
        target=target,
        description=description,
    )


KETTLE = "attack-pattern--kettle"
PROCEDURE = (
    "[Quiet Badger](https://attack.example/groups/G9001) boiled <code>water & <milk></code> at night."
    "(Citation: Tea Report 2021)(Citation: A Book)(Citation: Tea Blog (2))(Citation: Tea Report 2021)"
)


def relationships() -> tuple[Relationship, ...]:
    return (
        link("subtechnique-of", "attack-pattern--descaled", KETTLE),
        link("subtechnique-of", "attack-pattern--whistling", KETTLE),
        link("revoked-by", "attack-pattern--former", KETTLE),
        link("uses", "intrusion-set--1", KETTLE, PROCEDURE),
        link("uses", "intrusion-set--1", "attack-pattern--descaled", "Descaled with lemon."),
        link(
            "uses",
            "intrusion-set--2",
            KETTLE,
            "[Loud Otter](https://attack.example/groups/G9002) used\n* a kettle\n* a cup",
        ),
        link("uses", "campaign--dawn", KETTLE, "During the campaign, water was boiled."),
        link("attributed-to", "campaign--dawn", "intrusion-set--3"),
        link("uses", "tool--samovar", KETTLE, "**Samovar** boils by itself."),
        link("uses", "malware--leaf", KETTLE, HOSTILE),
        link("uses", "malware--leaf", "attack-pattern--hostile", "Hostile as well."),
        link("uses", "intrusion-set--1", "tool--samovar", "Bought one."),
        link("uses", "campaign--dawn", "tool--samovar", "Borrowed one."),
        link("mitigates", "course-of-action--lid", KETTLE, "Keep the lid on with <code>lid.exe</code>."),
        link("mitigates", "course-of-action--lock", KETTLE),
    )


def mitigations() -> tuple[Mitigation, ...]:
    return (
        Mitigation(
            stix_id="course-of-action--lid",
            id="M9001",
            name="Lid",
            url=f"{SITE}/mitigations/M9001",
            description="Put a lid on it. Then wait. Then drink.",
            **COMMON,
        ),
        Mitigation(
            stix_id="course-of-action--lock", id="M9002", name="Lock", url=f"{SITE}/mitigations/M9002", **COMMON
        ),
    )


def citations() -> tuple[Citation, ...]:
    return (
        Citation("Tea Report 2021", "A. Leaf. (2021). Tea.", "https://reports.example/tea?year=2021&lang=en"),
        Citation("A Book", "B. Pot. (1999). On Pots.", ""),
        Citation("Tea Blog (2)", "C. Cup. (2022). Cups.", "https://blog.example/cups_(2)"),
    )


def since_v18() -> ReleaseContents:
    """A release with detection strategies, analytics and log sources."""
    components = (
        DataComponent(
            stix_id="x-mitre-data-component--steam",
            id="DC9001",
            name="Steam Creation",
            url=f"{SITE}/datacomponents/DC9001",
            description="Steam that rises.",
            log_sources=(
                LogSource("WinEventLog:Steam", "EventCode=1"),
                LogSource("WinEventLog:Steam", "EventCode=2"),
                LogSource("auditd:SYSCALL", "None"),
            ),
            **COMMON,
        ),
    )
    analytics = tuple(
        Analytic(
            stix_id=f"x-mitre-analytic--{number}",
            id=f"AN900{number}",
            name=f"Analytic 900{number}",
            url=f"{SITE}/detectionstrategies/DET9001#AN900{number}",
            description=f"Steam on {platform} followed by a whistle.",
            platforms=(platform,),
            log_sources=(
                LogSource("WinEventLog:Steam", f"EventCode={number}", "x-mitre-data-component--steam"),
                LogSource("auditd:SYSCALL", "boil", ""),
            ),
            tunables=(("TimeWindow", "How long `steam` may rise."),),
            **COMMON,
        )
        for number, platform in enumerate(("Windows", "Linux", "macOS"), start=1)
    )
    strategy = DetectionStrategy(
        stix_id="x-mitre-detection-strategy--1",
        id="DET9001",
        name="Detect Boiling",
        url=f"{SITE}/detectionstrategies/DET9001",
        analytics=tuple(each.stix_id for each in analytics),
        **COMMON,
    )
    return ReleaseContents(
        release=Release(domain=Domain.ENTERPRISE, version="18.1", published="2025-11-12T00:00:00Z"),
        matrices=(Matrix("Tea", ("x-mitre-tactic--brew", "x-mitre-tactic--move")),),
        tactics=tactics(),
        techniques=techniques(),
        mitigations=mitigations(),
        data_components=components,
        analytics=analytics,
        detection_strategies=(strategy,),
        relationships=(*relationships(), link("detects", strategy.stix_id, KETTLE)),
        citations=citations(),
        **actors(),
    )


def before_v18() -> ReleaseContents:
    """A release with detection prose, data sources and data components without ids."""
    kettle, *others = techniques()
    kettle = replace(
        kettle,
        detection="Listen for whistling.(Citation: Tea Report 2021) Then look for steam.\n\n"
        "### Where\n* In the kitchen\n* In the <code>C:\\Pantry</code>",
        data_sources=("Kitchen: Steam Creation",),
    )
    return replace(
        since_v18(),
        release=Release(domain=Domain.ENTERPRISE, version="17.1", published="2025-05-06T00:00:00Z"),
        techniques=(kettle, *others),
        analytics=(),
        detection_strategies=(),
        data_sources=(
            DataSource(
                stix_id="x-mitre-data-source--kitchen",
                id="DS9001",
                name="Kitchen",
                url=f"{SITE}/datasources/DS9001",
                description="Where tea is made.",
                platforms=("Windows",),
                **COMMON,
            ),
        ),
        data_components=(
            DataComponent(
                stix_id="x-mitre-data-component--steam",
                id="Steam Creation",
                name="Steam Creation",
                description="Steam that rises.",
                data_source="x-mitre-data-source--kitchen",
                domains=(Domain.ENTERPRISE,),
            ),
        ),
        relationships=(
            *relationships(),
            link(
                "detects",
                "x-mitre-data-component--steam",
                KETTLE,
                "Look for steam.\n\nAnalytic 1\n\n"
                "<code>index=kitchen | where steam > 3\n| stats count by kettle</code>",
            ),
        ),
    )


def snapshot() -> ReleaseContents:
    """What the embedded snapshot knows: no versions, procedures or detections."""
    kettle = techniques()[0]
    return ReleaseContents(
        release=Release(domain=Domain.ENTERPRISE, version="17.1", published="2025-04-22T00:00:00Z", snapshot=True),
        matrices=(Matrix("Tea", ("x-mitre-tactic--brew", "x-mitre-tactic--move")),),
        tactics=tactics(),
        techniques=(replace(kettle, version="", created="", modified=""),),
    )


def industrial() -> ReleaseContents:
    """An ICS release with an asset."""
    steamer = Technique(
        stix_id="attack-pattern--steamer",
        id="T0999",
        name="Steam Valve",
        url=f"{SITE}/techniques/T0999",
        description="Adversaries may open a valve.",
        tactics=("venting",),
        **{**COMMON, "domains": (Domain.ICS,)},
    )
    boiler = Asset(
        stix_id="x-mitre-asset--boiler",
        id="A9001",
        name="Boiler",
        url=f"{SITE}/assets/A9001",
        description="Boilers are devices that boil.",
        platforms=("Embedded",),
        sectors=("Tea & Coffee",),
        related=(("Kettle Server", "Bigger."),),
        **{**COMMON, "domains": (Domain.ICS,)},
    )
    venting = Tactic(
        stix_id="x-mitre-tactic--vent",
        id="TA9100",
        name="Venting",
        shortname="venting",
        **{**COMMON, "domains": (Domain.ICS,)},
    )
    return ReleaseContents(
        release=Release(domain=Domain.ICS, version="18.1", published="2025-11-12T00:00:00Z"),
        matrices=(Matrix("ICS", (venting.stix_id,)),),
        tactics=(venting,),
        techniques=(steamer,),
        assets=(boiler,),
        relationships=(link("targets", steamer.stix_id, boiler.stix_id),),
    )


def catalog(*contents: ReleaseContents) -> Catalog:
    """A catalog of the releases given; of `since_v18` and `industrial` without any."""
    return Catalog(contents or (since_v18(), industrial()))
