"""The answers to "what does ATT&CK say", on small made-up releases and against MITRE's own library."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from knowledge.catalog import Catalog
from knowledge.model import (
    Analytic,
    AttackObject,
    Campaign,
    DataComponent,
    DetectionStrategy,
    Domain,
    Group,
    Kind,
    LogSource,
    Matrix,
    Mitigation,
    Release,
    ReleaseContents,
    Software,
    Tactic,
    Technique,
)
from tests.builders import relationship, small_release, technique


def release(*objects: AttackObject, domain: Domain = Domain.ENTERPRISE, **fields: Any) -> ReleaseContents:
    """A release of these objects."""
    kinds: dict[str, type[AttackObject]] = {
        "tactics": Tactic,
        "techniques": Technique,
        "groups": Group,
        "software": Software,
        "campaigns": Campaign,
        "mitigations": Mitigation,
        "detection_strategies": DetectionStrategy,
        "analytics": Analytic,
        "data_components": DataComponent,
    }
    sorted_out = {name: tuple(o for o in objects if isinstance(o, kind)) for name, kind in kinds.items()}
    return ReleaseContents(release=Release(domain=domain, version="18.1"), **{**sorted_out, **fields})


def noun(kind: type[AttackObject], attack_id: str, **fields: Any) -> Any:
    return kind(stix_id=f"x--{attack_id}", id=attack_id, name=attack_id, **{"domains": (Domain.ENTERPRISE,), **fields})


def ids(items: Any) -> list[str]:
    return [getattr(item, "object", item).id for item in items]


SHELL = technique("T1059.001", "PowerShell")


# -- finding ---------------------------------------------------------------------------------------


def test_an_empty_catalog_knows_nothing() -> None:
    catalog = Catalog([])

    assert (catalog.releases, catalog.get("T1059"), catalog.find("T1059")) == ((), None, None)
    assert catalog.objects() == catalog.tactics() == ()


def test_a_current_id_is_found_as_it_is() -> None:
    found = Catalog([small_release()]).find("T1059.001")

    assert found is not None
    assert (found.object.name, found.via) == ("PowerShell", ())


def test_a_revoked_id_leads_through_every_successor() -> None:
    one, two, three = technique("T1", "a", revoked=True), technique("T2", "b", revoked=True), technique("T3", "c")
    links = (
        relationship("revoked-by", one.stix_id, two.stix_id),
        relationship("revoked-by", two.stix_id, three.stix_id),
    )

    found = Catalog([release(one, two, three, relationships=links)]).find("T1")

    assert found is not None
    assert (found.object.id, ids(found.via)) == ("T3", ["T1", "T2"])


def test_a_revoked_id_without_a_successor_is_found_revoked() -> None:
    found = Catalog([release(technique("T1", "a", revoked=True))]).find("T1")

    assert found is not None
    assert found.object.revoked


def test_a_cycle_of_revoked_by_ends_where_it_started() -> None:
    one, two = technique("T1", "a", revoked=True), technique("T2", "b", revoked=True)
    links = (relationship("revoked-by", one.stix_id, two.stix_id), relationship("revoked-by", two.stix_id, one.stix_id))

    found = Catalog([release(one, two, relationships=links)]).find("T2")

    assert found is not None
    assert (found.object.id, found.via) == ("T2", ())


def test_a_current_object_wins_an_id_from_a_retired_one() -> None:
    old = noun(Mitigation, "T1059", deprecated=True)
    current = technique("T1059", "Interpreter")

    for order in ((old, current), (current, old)):
        assert Catalog([release(*order)]).get("T1059") == current


def test_a_former_id_is_answered_unless_something_else_bears_it() -> None:
    renamed = technique("T0803", "Block", former_ids=("T803",))
    other = technique("T0804", "Other", former_ids=("T1059",))
    catalog = Catalog([release(renamed, other, technique("T1059", "Interpreter"))])

    assert catalog.get("T803") == renamed
    found = catalog.get("T1059")
    assert found is not None
    assert found.name == "Interpreter"


def test_retired_objects_are_listed_only_when_asked_for() -> None:
    catalog = Catalog([small_release()])

    assert "T1086" not in ids(catalog.techniques())
    assert "T1086" in ids(catalog.techniques(retired=True))
    assert ids(catalog.objects(Kind.GROUP)) == ["G0016"]
    assert catalog.objects(domain=Domain.MOBILE) == ()


# -- several domains -------------------------------------------------------------------------------


def test_an_object_of_two_domains_is_one_with_the_relationships_of_both() -> None:
    here = noun(Group, "G1", modified="2025-01-01", aliases=("Old",))
    there = replace(here, modified="2025-06-01", aliases=("New",), domains=(Domain.MOBILE,))
    app = technique("T1400", "App", domains=(Domain.MOBILE,))
    parts = [
        release(here, SHELL, relationships=(relationship("uses", here.stix_id, SHELL.stix_id),)),
        release(there, app, domain=Domain.MOBILE, relationships=(relationship("uses", here.stix_id, app.stix_id),)),
    ]

    for order in (parts, parts[::-1]):
        catalog = Catalog(order)
        (group,) = catalog.objects(Kind.GROUP)
        assert isinstance(group, Group)
        assert (group.aliases, group.domains) == (("New",), (Domain.ENTERPRISE, Domain.MOBILE))
        assert ids(catalog.techniques_used_by(group)) == ["T1059.001", "T1400"]
        assert catalog.objects(Kind.GROUP, domain=Domain.MOBILE) == catalog.objects(
            Kind.GROUP, domain=Domain.ENTERPRISE
        )


# -- tactics ---------------------------------------------------------------------------------------


def test_tactics_come_in_the_order_of_the_matrix_not_of_their_ids() -> None:
    last, first = (
        noun(Tactic, "TA0001", shortname="last"),
        noun(Tactic, "TA0002", shortname="first"),
    )
    both = technique("T1", "a", tactics=("last", "first", "unheard-of"))
    catalog = Catalog([release(last, first, both, matrices=(Matrix("m", (first.stix_id, last.stix_id, "gone")),))])

    assert ids(catalog.tactics()) == ["TA0002", "TA0001"]
    assert ids(catalog.tactics_of(both)) == ["TA0002", "TA0001"]


def test_the_techniques_of_a_tactic_come_by_name_without_subtechniques() -> None:
    catalog = Catalog([small_release()])
    execution = catalog.get("TA0002")
    assert isinstance(execution, Tactic)

    assert ids(catalog.techniques_of_tactic(execution)) == ["T1059"]
    assert ids(catalog.techniques_of_tactic(execution, subtechniques=True)) == ["T1059", "T1059.001"]


# -- relations -------------------------------------------------------------------------------------


def test_a_group_is_tied_to_a_technique_by_itself_or_by_a_campaign() -> None:
    direct, through = noun(Group, "G2"), noun(Group, "G1")
    campaign = noun(Campaign, "C1")
    catalog = Catalog(
        [
            release(
                direct,
                through,
                campaign,
                SHELL,
                relationships=(
                    relationship("uses", direct.stix_id, SHELL.stix_id, "itself"),
                    relationship("uses", campaign.stix_id, SHELL.stix_id, "in it"),
                    relationship("attributed-to", campaign.stix_id, through.stix_id),
                    relationship("attributed-to", campaign.stix_id, direct.stix_id),
                ),
            )
        ]
    )

    using = catalog.groups_using(SHELL)
    assert [(each.object.id, each.description, each.via) for each in using] == [
        ("G2", "itself", None),
        ("G1", "in it", campaign),
    ]
    assert ids(catalog.techniques_used_by(through)) == ["T1059.001"]
    assert catalog.techniques_used_by(through)[0].via == campaign
    assert catalog.techniques_used_by(direct)[0].via is None
    assert ids(catalog.procedures_of(SHELL)) == ["G2", "C1"]


def test_a_retired_object_is_no_answer() -> None:
    gone = noun(Group, "G1", deprecated=True)
    catalog = Catalog([release(gone, SHELL, relationships=(relationship("uses", gone.stix_id, SHELL.stix_id),))])

    assert catalog.groups_using(SHELL) == ()


def test_a_relation_said_twice_is_one_with_the_first_description() -> None:
    group = noun(Group, "G1")
    links = (
        relationship("uses", group.stix_id, SHELL.stix_id),
        replace(relationship("uses", group.stix_id, SHELL.stix_id, "how"), stix_id="relationship--2"),
    )

    using = Catalog([release(group, SHELL, relationships=links)]).groups_using(SHELL)

    assert [each.description for each in using] == ["how"]


def test_components_are_named_directly_to_v17_and_through_log_sources_from_v18() -> None:
    component = noun(DataComponent, "DC1")
    direct = Catalog(
        [release(component, SHELL, relationships=(relationship("detects", component.stix_id, SHELL.stix_id),))]
    )
    analytic = noun(Analytic, "AN1", log_sources=(LogSource("s", "c", component.stix_id), LogSource("s", "c", "gone")))
    strategy = noun(DetectionStrategy, "DET1", analytics=(analytic.stix_id, "gone"))
    through = Catalog(
        [
            release(
                component,
                analytic,
                strategy,
                SHELL,
                relationships=(relationship("detects", strategy.stix_id, SHELL.stix_id),),
            )
        ]
    )

    for catalog in (direct, through):
        assert ids(catalog.components_of(SHELL)) == ["DC1"]
        assert ids(catalog.techniques_shown_by(component)) == ["T1059.001"]
    assert ids(through.analytics_of(strategy)) == ["AN1"]
    assert through.strategy_of(analytic) == strategy


# -- against MITRE's own library -------------------------------------------------------------------


@pytest.fixture(scope="module")
def mitre(bundle_text: Callable[[Domain, str], bytes], tmp_path_factory: pytest.TempPathFactory) -> Any:
    """`mitreattack-python` over enterprise 18.1; loading takes it some ten seconds."""
    from mitreattack.stix20 import MitreAttackData  # late: it brings pandas and more

    path = tmp_path_factory.mktemp("mitre") / "enterprise-attack.json"
    path.write_bytes(bundle_text(Domain.ENTERPRISE, "18.1"))
    data = MitreAttackData(str(path))
    path.unlink()
    return data


@pytest.fixture(scope="module")
def real(release_contents: Callable[[Domain, str], ReleaseContents]) -> Catalog:
    return Catalog([release_contents(Domain.ENTERPRISE, "18.1")])


RELATIONS: list[tuple[str, Callable[[Catalog, Technique], Any]]] = [
    ("get_all_subtechniques_of_all_techniques", Catalog.subtechniques_of),
    ("get_all_groups_using_all_techniques", Catalog.groups_using),
    ("get_all_software_using_all_techniques", Catalog.software_using),
    ("get_all_campaigns_using_all_techniques", Catalog.campaigns_using),
    ("get_all_mitigations_mitigating_all_techniques", Catalog.mitigations_of),
    ("get_all_detection_strategies_detecting_all_techniques", Catalog.strategies_of),
]


@pytest.mark.shared
@pytest.mark.parametrize(("theirs", "ours"), RELATIONS, ids=[name for name, _ in RELATIONS])
def test_every_relation_of_every_technique_is_what_mitres_library_says(
    theirs: str, ours: Callable[[Catalog, Technique], Any], real: Catalog, mitre: Any
) -> None:
    told: dict[str, Any] = getattr(mitre, theirs)()
    current = {each["id"] for each in mitre.get_techniques(remove_revoked_deprecated=True)}

    assert {each.stix_id for each in real.techniques()} == current
    compared = 0
    for each in real.techniques():
        expected = {entry["object"]["id"] for entry in told.get(each.stix_id, ()) if not is_retired(entry["object"])}
        found = [getattr(item, "object", item).stix_id for item in ours(real, each)]
        assert len(found) == len(set(found)), each.id
        assert set(found) == expected, each.id
        compared += len(found)
    assert compared > 100


@pytest.mark.shared
def test_every_tactic_and_every_parent_is_what_mitres_library_says(real: Catalog, mitre: Any) -> None:
    order = [each["x_mitre_shortname"] for each in mitre.get_tactics_by_matrix()["Enterprise ATT&CK"]]
    assert [tactic.shortname for tactic in real.tactics()] == order

    for each in real.techniques():
        named = [phase["phase_name"] for phase in mitre.get_object_by_stix_id(each.stix_id)["kill_chain_phases"]]
        assert [tactic.shortname for tactic in real.tactics_of(each)] == [name for name in order if name in named]
        if each.is_subtechnique:
            parent = real.parent_of(each)
            assert parent is not None
            assert each.id.startswith(parent.id + ".")


def is_retired(stix_object: Any) -> bool:
    return bool(stix_object.get("revoked") or stix_object.get("x_mitre_deprecated"))
