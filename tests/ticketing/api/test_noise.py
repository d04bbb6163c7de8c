"""What holds alerts back, by REST."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integrations.api.clients import make_caller
from tests.ticketing.fake_halo import FakeHalo, run_once
from tests.ticketing.noise.test_storms import run_at, stormy, trouble
from tests.ticketing.world import World
from ticketing.models import MaintenanceWindow, Snooze, Storm

pytestmark = pytest.mark.django_db
WINDOWS = "/api/v1/maintenance-windows/"
WINDOW: dict[str, Any] = {
    "name": "Patch night",
    "time_zone": "Europe/Berlin",
    "begins_on": "2026-01-06",
    "begins_at": "22:00:00",
    "minutes": 120,
    "repeats": "weekly",
    "weekdays": [1],
}


def post(path: str, body: Any = None) -> Any:
    return make_caller().post(path, body, format="json")


def test_a_window_is_made_changed_and_deleted() -> None:
    world = World()
    answer = post(WINDOWS, {**WINDOW, "companies": [world.company.pk], "tags": ["server"]})
    assert answer.status_code == 201, answer.content
    address = f"{WINDOWS}{answer.json()['id']}/"
    caller = make_caller()
    assert caller.patch(address, {"minutes": 60}, format="json").json()["minutes"] == 60
    assert MaintenanceWindow.objects.get().companies.get() == world.company
    assert caller.delete(address).status_code == 204


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("time_zone", "Mars", "There is no time zone “Mars”"),
        ("minutes", 0, "greater than or equal to 1"),
        ("weekdays", [9], "Weekdays are 0 (Monday) to 6 (Sunday)."),
        ("ends_on", "2020-01-01", "The last day is before the first."),
        ("event_types", ["no.such"], "There is no event type 'no.such'."),
    ],
)
def test_a_window_that_makes_no_sense_is_refused_at_its_field(field: str, value: Any, sentence: str) -> None:
    answer = post(WINDOWS, {**WINDOW, field: value})
    assert answer.status_code == 400
    assert sentence in str(answer.json()["errors"][field])


def test_a_snooze_that_is_over_already_is_refused() -> None:
    sent = {"event_type": "backup.failed", "until": "2020-01-01T00:00:00Z"}
    answer = post("/api/v1/snoozes/", sent)
    assert (answer.status_code, answer.json()["errors"]["until"]) == (
        400,
        ["This time has passed; choose a later one."],
    )


def test_a_window_is_once_unless_it_says_that_it_repeats() -> None:
    sent = {name: value for name, value in WINDOW.items() if name not in ("repeats", "weekdays")}
    assert post(WINDOWS, sent).json()["repeats"] == "once"


def test_a_snooze_has_to_name_something() -> None:
    assert post("/api/v1/snoozes/", {"reason": "x"}).status_code == 400
    answer = post("/api/v1/snoozes/", {"event_type": "backup.failed", "until": "2030-01-01T00:00:00Z"})
    assert answer.status_code == 201
    assert Snooze.objects.get().made_by is not None


def test_noise_settings_are_one_for_each_credential() -> None:
    world = World()
    body = {"halo_credential": world.credential.pk, "storm_company": 5}
    first = post("/api/v1/noise-settings/", body)
    assert (first.status_code, first.json()["storm_all"]) == (201, 100)
    assert post("/api/v1/noise-settings/", body).status_code == 409


def test_a_storm_is_released_once() -> None:
    world, halo = stormy()
    trouble(world, 8)
    run_at(halo, world, 0)
    address = f"/api/v1/storms/{Storm.objects.get().pk}/release/"
    answer = post(address)
    assert (answer.status_code, answer.json()["state"]) == (200, "released")
    assert post(address).status_code == 409


def test_the_loudest_are_told() -> None:
    world = World()
    world.opened()
    run_once(FakeHalo(), world.instance)
    (row,) = make_caller().get("/api/v1/alerts/loudest/?days=7").json()
    assert (row["computer"], row["events"], row["quieted"]) == (world.computer.pk, 1, None)
    assert make_caller().get("/api/v1/alerts/loudest/?days=x").status_code == 400
