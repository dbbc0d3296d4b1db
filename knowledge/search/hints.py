"""Words of a query that say of which kind or in which domain the thing is, rather than which thing."""

from __future__ import annotations

from knowledge.model import Domain, Kind

_KINDS = {
    Kind.TACTIC: "tactic tactics",
    Kind.GROUP: "group groups actor actors gang crew apt apts",
    Kind.SOFTWARE: "software malware tool tools trojan ransomware backdoor stealer loader botnet implant rat",
    Kind.CAMPAIGN: "campaign campaigns operation",
    Kind.MITIGATION: "mitigation mitigations mitigate mitigating prevent prevention control countermeasure",
    Kind.DETECTION_STRATEGY: "strategy strategies",
    Kind.DATA_COMPONENT: "component components telemetry datasource",
    Kind.ASSET: "asset assets",
}
_DOMAINS = {
    Domain.MOBILE: "mobile android ios iphone phone phones smartphone",
    Domain.ICS: "ics ot scada industrial plc",
    Domain.ENTERPRISE: "enterprise",
}

KIND_OF = {word: kind for kind, text in _KINDS.items() for word in text.split()}
DOMAIN_OF = {word: domain for domain, text in _DOMAINS.items() for word in text.split()}
HINTS = frozenset((*KIND_OF, *DOMAIN_OF))
