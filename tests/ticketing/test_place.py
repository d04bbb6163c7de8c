"""The routing table: which client, site, end user and asset a ticket gets."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ticketing.apply.place import AssetFacts, ClientFacts, Place, PlaceFacts, SiteFacts, place

MAIN = SiteFacts(31, client_id=12, general_user_id=88)
BRANCH = SiteFacts(32, client_id=12, general_user_id=89)
FOREIGN = SiteFacts(41, client_id=13, general_user_id=90)
CLIENT = ClientFacts(12, main_site_id=31)
ASSET = AssetFacts(501, client_id=12, site=BRANCH)
MAPPED = PlaceFacts(mapped=CLIENT, mapped_site=MAIN)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        pytest.param(MAPPED, Place(12, 31, 88), id="mapping alone: client, default site, its General User"),
        pytest.param(
            replace(MAPPED, asset=ASSET),
            Place(12, 32, 89, (501,)),
            id="the asset's site before the default one",
        ),
        pytest.param(
            replace(MAPPED, asset=AssetFacts(501, client_id=13, site=FOREIGN)),
            Place(13, 41, 90, (501,)),
            id="an asset that was moved in Halo takes its ticket along",
        ),
        pytest.param(
            replace(MAPPED, asset=AssetFacts(501, client_id=None)),
            Place(12, 31, 88, (501,)),
            id="an asset without client: that of the mapping",
        ),
        pytest.param(
            replace(MAPPED, computer_site=BRANCH), Place(12, 32, 89), id="the site chosen for the computer"
        ),
        pytest.param(
            replace(MAPPED, location_site=BRANCH),
            Place(12, 32, 89),
            id="the site of the computer's location before the default one",
        ),
        pytest.param(
            replace(MAPPED, location_site=FOREIGN),
            Place(12, 31, 88),
            id="not where that site is another client's",
        ),
        pytest.param(
            replace(MAPPED, location_site=MAIN, computer_site=BRANCH),
            Place(12, 32, 89),
            id="the site chosen for the computer before that of its location",
        ),
        pytest.param(
            replace(MAPPED, computer_site=FOREIGN), Place(12, 31, 88), id="never a site of another client"
        ),
        pytest.param(
            replace(MAPPED, mapped_site=None, sites={31: MAIN}), Place(12, 31, 88), id="else the main site"
        ),
        pytest.param(replace(MAPPED, mapped_site=None), Place(12), id="without any site: the client alone"),
        pytest.param(
            replace(MAPPED, profile_user=70, user_clients={70: 12}),
            Place(12, 31, 70),
            id="the profile's end user",
        ),
        pytest.param(
            replace(MAPPED, profile_user=70, user_clients={70: 13}),
            Place(12, 31, 88),
            id="not where that end user belongs to another client",
        ),
        pytest.param(
            replace(MAPPED, profile_user=70, user_clients={70: None}), Place(12, 31, 88), id="nor if inactive"
        ),
        pytest.param(
            replace(MAPPED, asset=replace(ASSET, users=(71, 72))),
            Place(12, 32, 71, (501,)),
            id="the asset's linked end user",
        ),
        pytest.param(
            replace(MAPPED, asset=replace(ASSET, users=(71, 72)), user_clients={71: 13, 72: 12}),
            Place(12, 32, 72, (501,)),
            id="the first linked one of the client",
        ),
        pytest.param(
            replace(MAPPED, profile_user=70, user_clients={70: 12}, asset=replace(ASSET, users=(71,))),
            Place(12, 32, 70, (501,)),
            id="the profile's before the asset's",
        ),
        pytest.param(
            PlaceFacts(profile_client=ClientFacts(14, 51), sites={51: SiteFacts(51, 14, 91)}),
            Place(14, 51, 91),
            id="no company: the profile's client",
        ),
        pytest.param(
            replace(MAPPED, profile_client=ClientFacts(14)), Place(12, 31, 88), id="which serves nothing else"
        ),
        pytest.param(PlaceFacts(), None, id="no client: no ticket, never Halo's default client"),
        pytest.param(
            PlaceFacts(profile_user=70, user_clients={70: 12}), None, id="an end user makes no client"
        ),
    ],
)
def test_routing(facts: PlaceFacts, expected: Any) -> None:
    assert place(facts) == expected
