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


def test_what_was_refused_at_the_door_has_no_button_and_is_told_not_to_be_read(client: Client) -> None:
    console = make_console()
    taken, refused = keep(console, b"{}"), keep(console, b"{}", "The webhook secret is missing.")
    client.force_login(make_superuser())
    pages = [client.get(f"{LIST}{row.pk}/change/").content.decode() for row in (taken, refused)]
    assert ["Read again" in page for page in pages] == [True, False]

    answer = client.post(LIST, {"action": "read_selected_again", "_selected_action": refused.pk}, follow=True)
    assert "what was refused for want of the webhook secret stays refused" in answer.content.decode()
    refused.refresh_from_db()
    assert refused.processed_at is not None
