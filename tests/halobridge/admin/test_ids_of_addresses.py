"""Ids in the query strings of pages: one that no column holds is no error of ours."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.halobridge.api.worlds import World
from tests.integrations.admin.made import make_superuser

pytestmark = [pytest.mark.django_db, pytest.mark.pages]

TOO_LARGE = "9" * 23
LISTS = {
    "mappings/gap/": ("halo_credential", "console", "company", "client", "console__id__exact"),
    "mappings/gap/export/": ("halo_credential", "console", "company", "client", "console__id__exact"),
    "integrations/computer/": ("halo_credential", "console", "company", "company__id__exact"),
    "mappings/computerreview/": ("halo_credential", "computer__console__id__exact"),
    "mappings/mappingsheet/": ("halo_credential", "halo_credential__id__exact"),
    "integrations/plan/add/": ("computers", "company", "console", "halo_site", "filter"),
}


@pytest.mark.parametrize(
    ("page", "name"), [pytest.param(page, name) for page, names in LISTS.items() for name in names]
)
def test_an_id_beyond_what_a_column_holds_is_answered(client: Client, page: str, name: str) -> None:
    world = World()
    world.grow(1)
    client.force_login(make_superuser())
    asked = {"halo_credential": str(world.credential.pk)} if "plan" in page else {}
    value = f"company={TOO_LARGE}" if name == "filter" else TOO_LARGE
    answer = client.get(f"/admin/{page}", {**asked, name: value}, follow=True)
    assert answer.status_code == 200
