"""Rules, log sources and a release with detection strategies, made up, in the shape of real ones."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from knowledge.catalog import Catalog
from knowledge.coverage import LogSources, read_log_sources
from knowledge.detections.model import Detection, LogSourceClaim
from knowledge.model import Analytic, DataComponent, DetectionStrategy, Group, LogSource, ReleaseContents
from tests.builders import ENTERPRISE, relationship, small_release, technique

PROCESS = LogSourceClaim(product="windows", category="process_creation")
REGISTRY = LogSourceClaim(product="windows", category="registry_set")

LOG_SOURCES = b"""
["Windows processes"]
components = ["Process Creation"]
platforms = ["Windows"]
sigma = ["windows/process_creation/*"]
splunk = ["Sysmon EventID 1", "CrowdStrike *"]
attack = ["WinEventLog:Sysmon"]

["Windows registry"]
components = ["Windows Registry Key Modification"]
platforms = ["Windows"]
sigma = ["windows/registry_*/*"]
splunk = ["Sysmon EventID 13"]

["Linux processes"]
components = ["Process Creation"]
platforms = ["Linux"]
sigma = ["linux/process_creation/*", "linux//"]
"""


def log_sources() -> LogSources:
    return read_log_sources(LOG_SOURCES, "log_sources.toml")


def rule(title: str, *ids: str, **fields: Any) -> Detection:
    """A stable, high rule of the source "sigma" that needs Windows process creation, unless told otherwise."""
    defaults: dict[str, Any] = {
        "id": title,
        "source": "sigma",
        "path": f"rules/{title}.yml",
        "level": "high",
        "status": "stable",
        "log_sources": (PROCESS,),
    }
    return Detection(title=title, ids=ids, **{**defaults, **fields})


def release() -> ReleaseContents:
    """`small_release`, with a second sub-technique, a technique of two tactics, a second group and one strategy."""
    base = small_release()
    cmd = technique("T1059.003", "Windows Command Shell")
    boot = technique("T1547", "Boot Autostart", tactics=("initial-access", "execution"), platforms=("Windows", "Linux"))
    other = Group(stix_id="intrusion-set--2", id="G0046", name="FIN7", aliases=("Carbon Spider",), domains=ENTERPRISE)
    component = DataComponent(
        stix_id="x-mitre-data-component--1", id="DC0032", name="Process Creation", domains=ENTERPRISE
    )
    registry = DataComponent(
        stix_id="x-mitre-data-component--2", id="DC0063", name="Windows Registry Key Modification", domains=ENTERPRISE
    )
    analytic = Analytic(
        stix_id="x-mitre-analytic--1",
        id="AN0001",
        name="Analytic 0001",
        domains=ENTERPRISE,
        platforms=("Windows",),
        log_sources=(
            LogSource("WinEventLog:Sysmon", "EventCode=1", component.stix_id),
            LogSource("WinEventLog:Sysmon", "EventCode=13", registry.stix_id),
        ),
    )
    strategy = DetectionStrategy(
        stix_id="x-mitre-detection-strategy--1",
        id="DET0001",
        name="PowerShell abuse",
        domains=ENTERPRISE,
        analytics=(analytic.stix_id,),
    )
    return replace(
        base,
        techniques=(*base.techniques, cmd, boot),
        groups=(*base.groups, other),
        data_components=(component, registry),
        detection_strategies=(strategy,),
        analytics=(analytic,),
        relationships=(
            *base.relationships,
            relationship("subtechnique-of", cmd.stix_id, "attack-pattern--T1059"),
            relationship("detects", strategy.stix_id, "attack-pattern--T1059.001"),
            relationship("uses", base.groups[0].stix_id, "attack-pattern--T1566"),
            relationship("uses", other.stix_id, "attack-pattern--T1566"),
            relationship("uses", other.stix_id, boot.stix_id),
        ),
    )


def catalog() -> Catalog:
    return Catalog([release()])
