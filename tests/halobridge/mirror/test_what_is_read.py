"""Sync settings and permissions decide what is asked for; the rest stays as it was; over real HTTP."""

from __future__ import annotations

import pytest

from integrations.choices import OptionKind, ReadState, Resource, RunState
from integrations.models import (
    Entry,
    HaloAsset,
    HaloClient,
    HaloCredential,
    HaloField,
    HaloLicence,
    HaloOption,
    MirrorState,
)
from integrations.sandbox.server import Sandbox
from tests.connected import connect_halo, read_halo
from tests.halobridge.mirror.looking import asked, choose, refuse, state
from tests.integrations.sandbox.callers import HaloCaller

pytestmark = pytest.mark.django_db

HARDWARE = 1


def paths(sandbox: Sandbox) -> set[str]:
    return {call["path"].partition("/")[0] for call in asked(sandbox)}


# ---- sync settings --------------------------------------------------------------------------


def test_without_settings_everything_is_read(sandbox: Sandbox, credential: HaloCredential) -> None:
    assert read_halo(credential).state == RunState.SUCCEEDED
    world = sandbox.world.halo
    assert set(HaloClient.objects.values_list("halo_id", flat=True)) == set(world.clients)
    assert set(HaloAsset.objects.values_list("halo_id", flat=True)) == set(world.assets)
    assert HaloLicence.objects.count() == len(world.licences)
    assert list(MirrorState.objects.values_list("state", flat=True)) == [ReadState.DONE] * len(Resource)


def test_what_is_switched_off_costs_no_call_and_says_so(sandbox: Sandbox, credential: HaloCredential) -> None:
    choose(credential, resources=["clients", "sites"])
    assert read_halo(credential).state == RunState.SUCCEEDED
    assert paths(sandbox) == {"Client", "Site"}
    off = state(credential, Resource.ASSETS)
    assert (off.state, off.reason) == (
        ReadState.OFF,
        "Switched off in the sync settings of this credential.",
    )


def test_a_sync_of_nothing_ends_well(sandbox: Sandbox, credential: HaloCredential) -> None:
    choose(credential, resources=[])
    assert read_halo(credential).state == RunState.SUCCEEDED
    assert asked(sandbox) == []


def test_what_is_switched_off_stays_as_it_was(sandbox: Sandbox, credential: HaloCredential) -> None:
    read_halo(credential)
    in_use = HaloAsset.objects.filter(active=True, missed_reads=0).count()
    choose(credential, resources=["clients"])
    for _ in range(2):
        read_halo(credential)
    assert HaloAsset.objects.filter(active=True, missed_reads=0).count() == in_use


def test_only_the_chosen_types_and_groups_of_assets_are_asked_for(
    sandbox: Sandbox, credential: HaloCredential
) -> None:
    types = sorted(
        number for number, row in sandbox.world.halo.asset_types.items() if row["assetgroup_id"] == HARDWARE
    )[:2]
    choose(credential, asset_types=types, asset_groups=[HARDWARE])
    assert read_halo(credential).state == RunState.SUCCEEDED
    call = asked(sandbox, "Asset")[0]
    assert (call["assettypes"], call["assetgroups"]) == (",".join(map(str, types)), str(HARDWARE))
    kinds = HaloAsset.objects.values_list("asset_type__halo_id", flat=True).distinct()
    assert set(kinds) <= set(types)
    assert HaloAsset.objects.exists()


def test_what_was_not_asked_for_is_not_missing(sandbox: Sandbox, credential: HaloCredential) -> None:
    read_halo(credential)
    in_use = HaloAsset.objects.filter(active=True)
    before = in_use.count()
    choose(credential, asset_groups=[HARDWARE])
    for _ in range(2):
        read_halo(credential)
    assert in_use.filter(missed_reads=0).count() == before


def test_other_limits_make_the_resource_be_read_in_full_once(
    sandbox: Sandbox, credential: HaloCredential
) -> None:
    read_halo(credential)
    choose(credential, asset_groups=[HARDWARE])
    sandbox.halo.requests.clear()
    read_halo(credential, full=False)
    assert "lastupdatefromdate" not in asked(sandbox, "Asset")[0]
    assert "lastupdatefromdate" in asked(sandbox, "Site")[0], "it is not limited by groups"
    read_halo(credential, full=False)
    assert "lastupdatefromdate" in asked(sandbox, "Asset")[-1]


def test_inactive_ones_are_read_unless_staff_do_not_want_them(
    sandbox: Sandbox, credential: HaloCredential
) -> None:
    choose(credential, include_inactive=False)
    read_halo(credential)
    assert {call["includeinactive"] for call in asked(sandbox, "Asset")} == {"false"}
    in_use = {number for number, row in sandbox.world.halo.assets.items() if not row["inactive"]}
    assert set(HaloAsset.objects.values_list("halo_id", flat=True)) == in_use


def test_what_becomes_inactive_is_noticed_by_its_absence(
    sandbox: Sandbox, credential: HaloCredential, administrator: HaloCaller
) -> None:
    choose(credential, include_inactive=False)
    read_halo(credential)
    asset = HaloAsset.objects.filter(active=True).first()
    assert asset is not None
    administrator.write("Asset", {"id": asset.halo_id, "inactive": True})
    read_halo(credential)
    asset.refresh_from_db()
    assert (asset.active, asset.missed_reads) == (False, 0), "Halo was asked and says that it is inactive"


# ---- permissions ----------------------------------------------------------------------------


def test_what_may_not_be_read_is_off_with_the_reason_and_costs_no_call(
    sandbox: Sandbox, credential: HaloCredential
) -> None:
    refuse(credential, "read_assets", "read_licences")
    assert read_halo(credential).state == RunState.SUCCEEDED
    assert not paths(sandbox) & {"Asset", "AssetType", "SoftwareLicence", "Field", "AssetGroup"}
    off = state(credential, Resource.ASSETS)
    assert off.state == ReadState.OFF
    assert off.reason == "'read_assets' is refused by HaloPSA. Needed: a tick at read_assets."


def test_reading_alone_is_enough_for_looking_at_assets(
    sandbox: Sandbox,
) -> None:
    sandbox.switches.change(configuration_needs_scope=True)
    credential = connect_halo(sandbox, scopes="read:customers read:assets")
    refuse(credential, "read_tickets", "read_teams", "read_licences", "edit_assets", "edit_tickets")
    sandbox.halo.requests.clear()
    run = read_halo(credential)
    assert run.state == RunState.SUCCEEDED, list(Entry.objects.values_list("subject", "reason"))
    assert HaloAsset.objects.count() == len(sandbox.world.halo.assets)
    assert not paths(sandbox) & {"TicketType", "Status", "Team", "SoftwareLicence"}
    kinds = set(HaloOption.objects.values_list("kind", flat=True))
    assert kinds <= {OptionKind.ASSET_TYPE, OptionKind.ASSET_GROUP, OptionKind.ASSET_STATUS}
    options = state(credential, Resource.OPTIONS)
    assert options.state == ReadState.DONE
    assert "Team: 'read_teams' is refused by HaloPSA." in options.reason


@pytest.mark.parametrize("status", [401, 403])
def test_what_halo_refuses_after_all_fails_by_itself(
    sandbox: Sandbox, credential: HaloCredential, status: int
) -> None:
    sandbox.halo.faults.add(path="/api/site", what=str(status), times=None)
    run = read_halo(credential)
    assert run.state == RunState.PARTIAL
    failed = state(credential, Resource.SITES)
    assert failed.state == ReadState.FAILED
    assert str(status) in failed.reason
    assert Entry.objects.get(run=run).reason == failed.reason
    others = MirrorState.objects.exclude(resource=Resource.SITES)
    assert set(others.values_list("state", flat=True)) == {ReadState.DONE}


def test_an_extra_that_the_test_found_refused_is_not_tried(sandbox: Sandbox) -> None:
    credential = connect_halo(sandbox)
    sandbox.halo.requests.clear()
    run = read_halo(credential)
    assert run.state == RunState.SUCCEEDED
    licences = state(credential, Resource.LICENCES)
    assert licences.state == ReadState.OFF
    assert "The scope read:softwarelicensing is not among the scopes" in licences.reason
    assert "SoftwareLicence" not in paths(sandbox)


def test_an_extra_refused_after_its_test_is_told_by_its_state_and_leaves_the_sync_whole(
    sandbox: Sandbox,
) -> None:
    credential = connect_halo(
        sandbox, scopes="edit:tickets edit:assets read:customers read:softwarelicensing"
    )
    sandbox.switches.change(field_definitions_refused=True)
    sandbox.halo.faults.add(path="/api/softwarelicence", what="403", times=None)
    run = read_halo(credential)
    assert run.state == RunState.SUCCEEDED
    licences = state(credential, Resource.LICENCES)
    assert (licences.state, bool(licences.reason)) == (ReadState.FAILED, True)
    fields = state(credential, Resource.FIELDS)
    assert fields.state == ReadState.DONE
    assert "Custom fields of assets: HaloPSA does not allow" in fields.reason
    assert set(HaloField.objects.values_list("kind", flat=True)) == {"asset"}
    assert not Entry.objects.filter(run=run).exists()


def test_one_kind_of_choice_that_is_refused_leaves_the_others_alone(
    sandbox: Sandbox, credential: HaloCredential
) -> None:
    sandbox.halo.faults.add(path="/api/category", what="500", times=None)
    run = read_halo(credential)
    assert run.state == RunState.PARTIAL
    assert Entry.objects.get(run=run).subject == "Category"
    kinds = set(HaloOption.objects.values_list("kind", flat=True))
    assert kinds == set(OptionKind) - {OptionKind.CATEGORY}


def test_a_sync_of_which_nothing_could_be_read_has_failed(
    sandbox: Sandbox, credential: HaloCredential
) -> None:
    choose(credential, resources=["clients", "sites"])
    sandbox.halo.faults.add(path="/api/(client|site)", what="403", times=None)
    run = read_halo(credential)
    assert run.state == RunState.FAILED
    assert "403" in run.error


# ---- definitions ----------------------------------------------------------------------------


def test_custom_fields_of_every_kind_are_known_and_assets_carry_theirs(
    sandbox: Sandbox, credential: HaloCredential
) -> None:
    read_halo(credential)
    held = {row["id"] for row in sandbox.world.halo.custom_fields.values()}
    stored = HaloField.objects.exclude(kind="asset")
    assert set(stored.values_list("halo_id", flat=True)) == held
    custom = set(stored.filter(kind="custom").values_list("halo_id", flat=True))
    assert custom
    assert {
        int(number) for number in asked(sandbox, "Asset")[0]["include_custom_fields"].split(",")
    } == custom
    assert HaloAsset.objects.filter(custom_fields__isnull=True).count() == 0


def test_clients_carry_their_custom_fields_from_the_first_read_on(
    sandbox: Sandbox, credential: HaloCredential
) -> None:
    read_halo(credential)
    known = HaloField.objects.filter(kind="client").values_list("halo_id", flat=True)
    wanted = asked(sandbox, "Client")[-1]["include_custom_fields"]
    assert {int(number) for number in wanted.split(",")} == set(known)
    assert HaloClient.objects.filter(active=True, custom_fields__isnull=True).count() == 0


def test_asset_statuses_that_only_assets_reveal_stay_choices(
    sandbox: Sandbox, credential: HaloCredential, administrator: HaloCaller
) -> None:
    revealed = HaloOption.objects.filter(kind=OptionKind.ASSET_STATUS, active=True)
    for _ in range(3):
        assert read_halo(credential).state == RunState.SUCCEEDED
    used = {
        str(row["status_id"])
        for row in sandbox.world.halo.assets.values()
        if row["status_id"] and not row["inactive"]
    }
    assert used <= set(revealed.values_list("halo_id", flat=True))
    read_halo(credential, full=False)
    assert used <= set(revealed.values_list("halo_id", flat=True))
