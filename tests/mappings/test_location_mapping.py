"""A location is a site of its company's client: new assets go there, the others to the default site."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from integrations.models import HaloSite, Location, PlannedChange
from mappings.linking import map_company, map_locations, suggest_sites
from mappings.models import CompanyChange, LocationMapping
from tests.mappings.builders import Scene, make_client, make_company, make_site, rows_of

pytestmark = pytest.mark.django_db


def make_location(scene: Scene, name: str = "Branch") -> Location:
    return Location.objects.create(company=scene.company, external_id=name, name=name)


def planned_site(scene: Scene) -> str:
    plan = scene.plan()
    return str(PlannedChange.objects.get(plan=plan, action="create").after["site_name"])


def test_new_assets_of_a_location_go_to_its_site() -> None:
    scene = Scene()
    location, branch = make_location(scene), make_site(scene.client, "Branch")
    scene.computer(location=location)
    assert planned_site(scene) == "Main"
    assert map_locations(scene.mapping, {location: branch}) == 1
    assert planned_site(scene) == "Branch"


def test_a_computer_of_an_unmapped_location_says_why_it_goes_to_the_default_site() -> None:
    scene = Scene()
    location, branch = make_location(scene), make_site(scene.client, "Branch")
    scene.computer(location=location)
    scene.computer()
    words = "Location Branch is not mapped, so it goes to the default site."
    reasons = [reason for *_, reason in rows_of(scene.plan())]
    assert [words in reason for reason in reasons] == [True, False]
    map_locations(scene.mapping, {location: branch})
    assert not any(words in reason for *_, reason in rows_of(scene.plan()))


def test_a_site_that_staff_chose_for_the_computer_goes_first() -> None:
    scene = Scene()
    location = make_location(scene)
    map_locations(scene.mapping, {location: make_site(scene.client, "Branch")})
    scene.link(scene.computer(location=location), None, halo_site=make_site(scene.client, "Chosen"))
    assert planned_site(scene) == "Chosen"


@pytest.mark.parametrize("what", ["inactive", "moved"])
def test_a_site_that_is_gone_or_moved_counts_as_unmapped(what: str) -> None:
    scene = Scene()
    location, branch = make_location(scene), make_site(scene.client, "Branch")
    scene.computer(location=location)
    map_locations(scene.mapping, {location: branch})
    values = {"active": False} if what == "inactive" else {"client": make_client(scene.credential)}
    HaloSite.objects.filter(pk=branch.pk).update(**values)
    assert planned_site(scene) == "Main"


@pytest.mark.parametrize("what", ["inactive", "moved"])
def test_nothing_goes_to_a_default_site_that_is_gone_or_moved(what: str) -> None:
    scene = Scene()
    scene.computer()
    values = {"active": False} if what == "inactive" else {"client": make_client(scene.credential)}
    HaloSite.objects.filter(pk=scene.site.pk).update(**values)
    change = scene.plan().changes.get()
    assert change.action == "skip"
    assert change.reason == (
        "No site: the default site Main of Alder Dental is not an active one of Alder Dental Group any more. "
        "Choose another one."
    )


def test_several_companies_share_a_client_each_with_its_own_locations() -> None:
    scene = Scene()
    other = make_company(scene.console, "Alder Surgery")
    second = map_company(other, scene.client)
    branch = make_site(scene.client, "Branch")
    location = Location.objects.create(company=other, external_id="x", name="Branch")
    map_locations(second, {location: branch})
    scene.computer(location=make_location(scene))
    assert planned_site(scene) == "Main"


def test_only_locations_of_the_company_and_active_sites_of_the_client_fit() -> None:
    scene = Scene()
    location, site = make_location(scene), make_site(scene.client, "Branch")
    foreign = Location.objects.create(company=make_company(scene.console), external_id="x", name="X")
    for wanted in (
        {location: make_site(make_client(scene.credential))},
        {location: make_site(scene.client, active=False)},
        {location: site, foreign: site},
    ):
        with pytest.raises(ValidationError):
            map_locations(scene.mapping, wanted)
    assert not LocationMapping.objects.exists(), "one that does not fit keeps all of them from being stored"


def test_mapping_again_changes_nothing_and_none_takes_it_back() -> None:
    scene = Scene()
    location, site = make_location(scene), make_site(scene.client, "Branch")
    assert map_locations(scene.mapping, {location: site}) == 1
    first = LocationMapping.objects.get().pk
    assert map_locations(scene.mapping, {location: site}) == 0
    assert map_locations(scene.mapping, {location: make_site(scene.client, "Yard")}) == 1
    assert LocationMapping.objects.get().pk == first
    assert map_locations(scene.mapping, {location: None}) == 1
    told = list(CompanyChange.objects.order_by("pk").values_list("text", flat=True))
    assert told == [
        "Location Branch: Branch.",
        "Location Branch: Yard.",
        "Location Branch: default site.",
    ]


def test_another_client_of_the_company_forgets_the_sites_of_the_old_one() -> None:
    scene = Scene()
    map_locations(scene.mapping, {make_location(scene): make_site(scene.client, "Branch")})
    map_company(scene.company, make_client(scene.credential))
    assert not LocationMapping.objects.exists()


def test_sites_are_suggested_by_a_name_that_is_unique_on_both_sides() -> None:
    scene = Scene()
    branch, _ = make_location(scene, "The Branch"), make_location(scene, "Yard")
    fitting = make_site(scene.client, "the branch")
    for name in ("Yard", "yard"):
        make_site(scene.client, name)
    assert suggest_sites(scene.mapping) == {branch.pk: fitting}
    map_locations(scene.mapping, {branch: fitting})
    assert suggest_sites(scene.mapping) == {}
