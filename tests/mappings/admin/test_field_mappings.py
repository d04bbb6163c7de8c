"""The pages of field mappings and of the limits of asset updates."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from integrations.choices import RunKind, RunState
from integrations.models import Plan, Run
from mappings.models import FieldMapping, SyncLimits
from tests.builders import make_console
from tests.integrations.admin.made import make_staff
from tests.mappings.builders import MODEL, NAME, SERIAL, SYSTEM, WORKSTATION, Scene, make_asset_type
from tests.mappings.test_field_problems import STAGE, make_custom_fields, make_row

pytestmark = pytest.mark.django_db

LIST = reverse("admin:mappings_fieldmapping_changelist")
ADD = reverse("admin:mappings_fieldmapping_add")


@pytest.fixture
def scene() -> Scene:
    made = Scene()
    make_custom_fields(made)
    return made


def add(browser: Client, scene: Scene, **values: Any) -> Any:
    body = {"source": "attribute", "attribute": "os_name", "text": "", "place": str(SYSTEM)}
    body |= {"owner": "console", "asset_type": "", "day_format": ""}
    address = f"{ADD}?halo_credential={scene.credential.pk}"
    return browser.post(address, {**body, **values}, follow=True)


def errors(answer: Any) -> dict[str, list[str]]:
    return {name: list(found) for name, found in answer.context["adminform"].form.errors.items()}


# ---- the form -------------------------------------------------------------------------------


def test_one_select_offers_fields_custom_fields_and_properties(browser: Client, scene: Scene) -> None:
    scene.credential.instance.marker_field_id = MODEL
    scene.credential.instance.save()
    page = browser.get(f"{ADD}?halo_credential={scene.credential.pk}")
    groups = dict(page.context["adminform"].form.fields["place"].choices)
    assert ("custom:311", "Lifecycle stage") in groups["Custom fields"]
    assert ("property:warranty_end", "End of warranty") in groups["Properties"]
    assert str(MODEL) not in dict(groups["Asset fields"])


def test_an_attribute_a_constant_and_a_template_are_stored(browser: Client, scene: Scene) -> None:
    add(browser, scene)
    add(browser, scene, source="constant", text="In use", place=f"custom:{STAGE}")
    made = {"source": "template", "text": "{manufacturer} {model}", "place": str(MODEL)}
    add(browser, scene, **made, asset_type=WORKSTATION)
    add(browser, scene, attribute="warranty_ends_on", place="property:warranty_end", owner="fill")
    columns = ("source", "attribute", "text", "target", "field_id", "property", "asset_type", "owner")
    assert list(FieldMapping.objects.order_by("pk").values_list(*columns)) == [
        ("attribute", "os_name", "", "field", SYSTEM, "", None, "console"),
        ("constant", "", "In use", "custom", STAGE, "", None, "console"),
        ("template", "", "{manufacturer} {model}", "field", MODEL, "", WORKSTATION, "console"),
        ("attribute", "warranty_ends_on", "", "property", None, "warranty_end", None, "fill"),
    ]


@pytest.mark.parametrize(
    ("values", "name", "words"),
    [
        ({"attribute": ""}, "attribute", "There is no attribute “”: choose another."),
        ({"source": "template", "text": "{x}"}, "text", "There is no attribute “{x}”"),
        ({"place": "custom:312"}, "place", "“Disposal date” is a date in HaloPSA"),
        (
            {"place": "custom:311", "attribute": "remote_url"},
            "place",
            "“Link: remote control” is never a choice of the pick list “Lifecycle stage”.",
        ),
        ({"place": "99"}, "place", "Select a valid choice"),
        ({"place": ""}, "place", "This field is required."),
    ],
)
def test_what_cannot_work_is_refused_at_its_field(
    browser: Client, scene: Scene, values: dict[str, str], name: str, words: str
) -> None:
    found = errors(add(browser, scene, **values))
    assert found[name][0].startswith(words)
    assert not FieldMapping.objects.exists()


def test_a_place_is_filled_once_in_each_table(browser: Client, scene: Scene) -> None:
    add(browser, scene)
    words = ["Another row of the same table fills this place already."]
    assert errors(add(browser, scene, attribute="name"))["place"] == words
    add(browser, scene, attribute="os_version", asset_type=WORKSTATION)
    assert FieldMapping.objects.count() == 2


def test_consoles_have_an_order_as_soon_as_there_are_two(browser: Client, scene: Scene) -> None:
    assert b"console_1" not in browser.get(f"{ADD}?halo_credential={scene.credential.pk}").content
    other = make_console()
    add(browser, scene, console_1=other.pk, console_2=scene.console.pk)
    row = FieldMapping.objects.get()
    assert row.console_order == [other.pk, scene.console.pk]
    page = browser.get(reverse("admin:mappings_fieldmapping_change", args=(row.pk,)))
    assert page.context["adminform"].form["console_1"].value() == other.pk


def test_a_row_can_be_opened_and_saved_as_it_is(browser: Client, scene: Scene) -> None:
    row = make_row(scene, target="custom", field_id=STAGE, source="constant", text="In use")
    address = reverse("admin:mappings_fieldmapping_change", args=(row.pk,))
    form = browser.get(address).context["adminform"].form
    body = {name: form[name].value() or "" for name in form.fields}
    browser.post(address, body)
    stored = FieldMapping.objects.values().get()
    assert stored == {**stored, "target": "custom", "field_id": STAGE, "text": "In use", "property": ""}


# ---- the list -------------------------------------------------------------------------------


def test_the_list_says_what_does_nothing_and_why(browser: Client, scene: Scene) -> None:
    make_row(scene, field_id=99)
    make_row(scene)
    make_asset_type(scene.credential, 120, "Printer", field_ids=[NAME])
    page = browser.get(LIST).content.decode()
    assert "HaloPSA has no asset field with the ID 99 (any more): choose another." in page
    assert "1 of 2 asset types" in page


def test_what_is_never_a_choice_of_its_pick_list_is_told_on_the_mapping(
    browser: Client, scene: Scene
) -> None:
    row = make_row(scene, target="custom", field_id=STAGE, attribute="model")
    one = reverse("admin:mappings_fieldmapping_change", args=(row.pk,))
    scene.computer("A")
    for page in (browser.get(LIST), browser.get(one)):
        assert "is no choice of the pick list" not in page.content.decode()
    scene.computer("B", model="XPS 13")
    words = "no choice of the pick list “Lifecycle stage” (In use, To replace), but “XPS 13”, say."
    for page in (browser.get(LIST), browser.get(one)):
        assert words in page.content.decode()
    assert "No choice fits" in browser.get(LIST).content.decode()

    scene.computer("C", model="in use")

    for page in (browser.get(LIST), browser.get(one)):
        assert words not in page.content.decode()


def test_the_table_of_a_type_starts_from_its_key_fields(browser: Client, scene: Scene) -> None:
    start = reverse("admin:mappings_fieldmapping_start")
    assert "begins with its key fields" in browser.get(start).content.decode()
    of_credential = f"{start}?halo_credential={scene.credential.pk}"
    answer = browser.post(of_credential, {"asset_type": WORKSTATION}, follow=True)
    assert "2 rows made from the key fields." in answer.content.decode()
    rows = FieldMapping.objects.order_by("field_id").values_list("asset_type", "attribute", "field_id")
    assert list(rows) == [(WORKSTATION, "name", NAME), (WORKSTATION, "serial_number", SERIAL)]


def test_the_first_row_is_told_what_it_takes_away_and_where_to_keep_it(browser: Client, scene: Scene) -> None:
    address = f"{ADD}?halo_credential={scene.credential.pk}"
    start = f"{reverse('admin:mappings_fieldmapping_start')}?halo_credential={scene.credential.pk}"
    page = browser.get(address).content.decode()
    assert "from the first row on only what the table says is filled" in page
    assert f'href="{start}"' in page
    assert "There is no row yet." in browser.get(start).content.decode()

    answer = browser.post(start, {"common": "1"}, follow=True).content.decode()

    assert "4 rows made from the well-known fields" in answer
    assert "The first row: " not in browser.get(address).content.decode()
    assert "There is no row yet." not in browser.get(start).content.decode()
    assert "in the table already" in browser.post(start, {"common": "1"}, follow=True).content.decode()


def test_what_is_in_another_halopsa_is_no_row_of_this_one(browser: Client, scene: Scene) -> None:
    make_row(Scene())
    page = browser.get(f"{ADD}?halo_credential={scene.credential.pk}").content.decode()
    assert "The first row: " in page


def test_starting_a_table_needs_the_right_to_add_rows(client: Client, scene: Scene) -> None:
    client.force_login(make_staff("looker", "mappings.view_fieldmapping"))
    address = reverse("admin:mappings_fieldmapping_start")
    assert client.post(address, {"asset_type": WORKSTATION}).status_code == 403
    assert client.post(address, {"common": "1"}).status_code == 403
    assert not FieldMapping.objects.exists()


# ---- limits ---------------------------------------------------------------------------------


def make_waiting(scene: Scene) -> Run:
    told = {"state": "ready", "parameters": {"scheduled": True}}
    plan = Plan.objects.create(halo_credential=scene.credential, **told)
    return Run.objects.create(
        kind=RunKind.KEEP_ASSETS,
        state=RunState.WAITING,
        halo_credential=scene.credential,
        plan=plan,
        error="20 asset changes of 1 company wait for an approval: Alder (too many).",
    )


def test_what_waits_is_told_on_the_overview_the_run_and_the_limits(browser: Client, scene: Scene) -> None:
    run = make_waiting(scene)
    limits = SyncLimits.objects.create(halo_credential=scene.credential)
    preview = reverse("admin:integrations_plan_change", args=(run.plan_id,))
    for page in (
        reverse("admin:index"),
        reverse("admin:integrations_run_change", args=(run.pk,)),
        reverse("admin:mappings_synclimits_change", args=(limits.pk,)),
    ):
        content = browser.get(page).content.decode()
        assert "20 asset changes of 1 company wait for an approval" in content
        assert preview in content


def test_an_update_can_be_asked_for_now(browser: Client, scene: Scene) -> None:
    limits = SyncLimits.objects.create(halo_credential=scene.credential)
    browser.post(reverse("admin:mappings_synclimits_update_now", args=(limits.pk,)))
    assert Run.objects.get().kind == RunKind.KEEP_ASSETS


def test_the_switch_says_what_it_does(browser: Client, scene: Scene) -> None:
    address = reverse("admin:mappings_companymapping_change", args=(scene.mapping.pk,))
    page = browser.get(address).content.decode()
    assert "kept up to date by schedule, within the limits that staff have set" in page
    assert "Off: they stay as they are." in page
