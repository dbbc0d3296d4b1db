"""A text opens the domains it is about, and no other."""

from __future__ import annotations

import json

import numpy as np
import pytest

from knowledge.alerts.reading import read_alert
from knowledge.catalog import Catalog
from knowledge.mapping.building import Builder
from knowledge.mapping.domains import allowed_techniques, shipped_signs
from knowledge.mapping.index import Corpus, Floats
from knowledge.mapping.reading import Reading, read, read_records
from knowledge.model import Domain, Release, ReleaseContents
from tests.builders import roles, technique

SIGN_IN = {
    "createdDateTime": "2025-08-27T01:12:40Z",
    "userPrincipalName": "c.dumont@contoso-mill.example",
    "appDisplayName": "Office 365 Exchange Online",
    "clientAppUsed": "Mobile Apps and Desktop clients",
    "deviceDetail": {"operatingSystem": "Ios 17.4", "browser": "Mobile Safari"},
    "userAgent": "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) Mobile/15E148 Safari/604.1",
    "status": {"errorCode": 50126, "failureReason": "Invalid username or password"},
}


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    """One technique of each domain."""
    ids = {Domain.ENTERPRISE: "T1059", Domain.MOBILE: "T1417", Domain.ICS: "T0855"}
    releases = (
        ReleaseContents(
            release=Release(domain=domain, version="18.1"),
            techniques=(technique(each, each, domains=(domain,)),),
        )
        for domain, each in ids.items()
    )
    return Builder(Catalog(releases), ()).corpus


def opened(corpus: Corpus, reading: Reading, products: tuple[str, ...] = (), likely: Floats | None = None) -> set[str]:
    found = allowed_techniques(corpus, reading, None, products, likely)
    return {str(list(Domain)[each]) for each in corpus.domains[found]}


def shares(corpus: Corpus, mobile: float, ics: float) -> Floats:
    by_domain = np.array([1 - mobile - ics, mobile, ics], np.float32)
    return np.asarray(np.log(by_domain[corpus.domains]), np.float32)


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("The trojan abuses the accessibility service to tap through bank apps.", "mobile"),
        ("It uploads the contact list and every text message it finds.", "mobile"),
        ("An app sideloaded on a manager's iPhone installed a provisioning profile.", "mobile"),
        ("Handset rooted: su found, GPS and call log read by com.sys.cleaner", "mobile"),
        ("Somebody put the PLC of mixer 2 into program mode.", "ics"),
        ("MODBUS write multiple registers from a host that is no master", "ics"),
        ("Breakers of the substation were opened by an operator who was at home.", "ics"),
        ("Interlock disabled on the safety controllers before the valve opened", "ics"),
        ("IEC 61850 GOOSE frames with a jumping state number", "ics"),
    ],
)
def test_a_text_opens_the_domain_it_is_about(corpus: Corpus, text: str, domain: str) -> None:
    assert opened(corpus, read(text)) == {"enterprise", domain}


@pytest.mark.parametrize(
    "text",
    [
        "rundll32.exe comsvcs.dll, MiniDump 672 lsass.dmp full",
        "User denied 31 push prompts on the phone and approved one.",
        "Caller asked the service desk by phone to reset a password.",
        "The loader was sideloaded as a DLL beside a signed program.",
        "Replication was asked of the domain controller, firmware of the storage controllers was read.",
        "phone phone phone phone",
        "A calendar file invite.ics was opened from a message.",
    ],
)
def test_an_enterprise_text_opens_nothing_else(corpus: Corpus, text: str) -> None:
    assert opened(corpus, read(text)) == {"enterprise"}


def test_a_sign_in_from_a_phone_is_not_about_phones(corpus: Corpus) -> None:
    alert = read_alert(json.dumps(SIGN_IN), roles())
    assert alert.records[0].format == "json"
    assert opened(corpus, read_records(alert, alert.records)) == {"enterprise"}


@pytest.mark.parametrize(
    ("product", "domain"),
    [("lookout", "mobile"), ("zimperium", "mobile"), ("claroty", "ics"), ("nozomi", "ics"), ("dragos", "ics")],
)
def test_a_product_that_watches_nothing_else_opens_its_domain(corpus: Corpus, product: str, domain: str) -> None:
    assert opened(corpus, read("Login with default credentials"), (product,)) == {"enterprise", domain}


def test_every_product_is_one_whose_records_are_known() -> None:
    known = {each.key for each in roles().products}
    assert set().union(*(signs.products for signs in shipped_signs().values())) <= known


@pytest.mark.parametrize(
    ("text", "mobile", "ics", "domains"),
    [
        ("It reads what is typed.", 0.6, 0.1, {"enterprise", "mobile"}),
        ("It reads what is typed.", 0.3, 0.3, {"enterprise"}),
        ("It reads what is typed on the phone.", 0.3, 0.1, {"enterprise", "mobile"}),
        ("An alarm was silenced.", 0.1, 0.3, {"enterprise", "ics"}),
    ],
)
def test_the_share_of_the_encoder_and_the_words_add_up(
    corpus: Corpus, text: str, mobile: float, ics: float, domains: set[str]
) -> None:
    assert opened(corpus, read(text), likely=shares(corpus, mobile, ics)) == domains


@pytest.mark.parametrize("domain", list(Domain))
def test_a_named_domain_is_the_only_one(corpus: Corpus, domain: Domain) -> None:
    found = allowed_techniques(corpus, read("The PLC and the Android phone"), domain, ("lookout",))
    assert [list(Domain)[each] for each in corpus.domains[found]] == [domain]
