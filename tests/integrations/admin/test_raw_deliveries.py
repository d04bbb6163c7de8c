"""Webhook deliveries in the admin: their list, and reading one again."""

from __future__ import annotations

import pytest
from django.test import Client

from integrations.ingest.deliveries import keep
from tests.integrations.admin.made import make_console, make_superuser

pytestmark = pytest.mark.django_db

LIST = "/admin/integrations/rawdelivery/"


def test_a_list_shows_the_beginning_of_a_body_where_lines_may_break_anywhere(client: Client) -> None:
    keep(make_console(), b"x" * 1000)
    client.force_login(make_superuser())
    page = client.get(LIST).content.decode()
    assert f'<div class="hb-reason">{"x" * 160}…</div>' in page
