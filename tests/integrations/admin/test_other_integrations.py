"""Other integrations that link clients or assets: counted, warned of, and listed."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from integrations.ingest.other_integrations import INTEGRATIONS, note_other_integrations
from integrations.models import HaloAsset, HaloClient, HaloCredential
from tests.integrations.admin.made import make_asset, make_client, make_credential, make_superuser

pytestmark = pytest.mark.django_db


@pytest.fixture
def credential() -> HaloCredential:
    found = make_credential()
    for number, links in enumerate([{"ninjarmmid": "7"}, {"datto_id": "x", "itglue_id": "9"}, {}]):
        client = make_client(found, f"Client {number}")
        HaloClient.objects.filter(pk=client.pk).update(links=links)
        asset = make_asset(client)
        HaloAsset.objects.filter(pk=asset.pk).update(links={"ninjarmm_id": "1"} if number < 2 else {})
    return found


def test_they_are_counted_by_name_in_two_statements(
    credential: HaloCredential, django_assert_num_queries: object
) -> None:
    assert note_other_integrations(credential) == 3
    credential.refresh_from_db()
    assert credential.other_integrations == [
        {"name": "NinjaOne", "clients": 1, "assets": 2},
        {"name": "Datto", "clients": 1, "assets": 0},
        {"name": "IT Glue", "clients": 1, "assets": 0},
    ]
    with django_assert_num_queries(3):  # type: ignore[operator]
        note_other_integrations(credential)


def test_what_is_not_in_use_any_more_and_what_another_credential_sees_is_not_counted(
    credential: HaloCredential,
) -> None:
    HaloClient.objects.update(active=False)
    other = make_credential("Other")
    note_other_integrations(credential)
    note_other_integrations(other)
    credential.refresh_from_db()
    other.refresh_from_db()
    assert credential.other_integrations == [{"name": "NinjaOne", "clients": 0, "assets": 2}]
    assert other.other_integrations == []


def test_the_page_warns_and_each_number_leads_to_what_it_counts(
    client: Client, credential: HaloCredential
) -> None:
    client.force_login(make_superuser())
    note_other_integrations(credential)
    page = client.get(reverse("admin:integrations_halocredential_change", args=(credential.pk,)))
    assert "may create assets and tickets" in page.content.decode()
    (ninja, *_) = page.context["other_integrations"]
    for url, number in ((ninja["clients_url"], 1), (ninja["assets_url"], 2)):
        assert client.get(url).context["cl"].result_count == number


@pytest.mark.parametrize("name", INTEGRATIONS)
def test_every_integration_can_be_filtered_by(client: Client, name: str) -> None:
    client.force_login(make_superuser())
    answer = client.get(reverse("admin:integrations_haloasset_changelist"), {"linked_by": name})
    assert answer.status_code == 200
