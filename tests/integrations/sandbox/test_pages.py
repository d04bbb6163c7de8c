"""The page at the Halo root, for people."""

from __future__ import annotations

import requests

from integrations.sandbox.server import Sandbox
from tests.integrations.sandbox.callers import HaloCaller, first_client, make_asset, make_note, make_ticket


def look(sandbox: Sandbox, path: str = "/") -> str:
    answer = requests.get(f"{sandbox.halo_root}{path}", timeout=5)
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    return answer.text


def test_it_shows_a_new_ticket_with_its_notes_first(sandbox: Sandbox, halo: HaloCaller) -> None:
    ticket = halo.write("Tickets", make_ticket(sandbox, summary="Newest of all", supplier_reference="HB-77"))
    halo.write("Actions", make_note(ticket["id"], new_status=9))
    page = look(sandbox)
    assert page.index("Newest of all") < page.index("Printer in reception")
    assert "Still failing." in page
    assert "HB-77" in page
    assert f"href='/ticket/{ticket['id']}'" in page
    assert "Closed" in page
    assert "Newest of all" in look(sandbox, f"/ticket/{ticket['id']}")


def test_it_shows_assets_with_their_fields(sandbox: Sandbox, halo: HaloCaller) -> None:
    halo.write("Asset", make_asset(sandbox, fields=[{"id": 2, "value": "SN-VISIBLE"}], inactive=True))
    page = look(sandbox)
    assert "<b>Serial Number</b> SN-VISIBLE" in page
    assert "inactive" in page


def test_links_as_halopsa_has_them_lead_to_the_object(sandbox: Sandbox, halo: HaloCaller) -> None:
    ticket = halo.write("Tickets", make_ticket(sandbox, summary="Linked to"))
    asset = halo.write("Asset", make_asset(sandbox, fields=[{"id": 2, "value": "SN-LINKED"}]))
    assert "Linked to" in look(sandbox, f"/tickets?id={ticket['id']}")
    assert "SN-LINKED" in look(sandbox, f"/assets?id={asset['id']}")
    assert "no such asset" in look(sandbox, "/assets?id=999999")


def test_it_can_be_narrowed_to_one_client(sandbox: Sandbox, halo: HaloCaller) -> None:
    halo.write("Tickets", make_ticket(sandbox, summary="Of the first client"))
    client = first_client(sandbox)["id"]
    other = next(number for number in sandbox.world.halo.clients if number not in (1, client))
    assert "Of the first client" in look(sandbox, f"/?client={client}")
    assert "Of the first client" not in look(sandbox, f"/?client={other}")


def test_it_escapes_what_it_shows(sandbox: Sandbox, halo: HaloCaller) -> None:
    evil = "<script>alert(1)</script>"
    ticket = halo.write("Tickets", make_ticket(sandbox, summary=evil, supplier_reference=evil))
    halo.write("Actions", {"ticket_id": ticket["id"], "outcome_id": 7, "note": evil})
    halo.write("Asset", make_asset(sandbox, inventory_number=evil, fields=[{"id": 1, "value": evil}]))
    for path in ("/", f"/ticket/{ticket['id']}"):
        page = look(sandbox, path)
        assert "<script" not in page
        assert "&lt;time" not in page
        assert "<b>Bold</b>" not in page
        assert "&lt;script&gt;" in page


def test_it_reloads_itself_and_runs_no_scripts(sandbox: Sandbox) -> None:
    answer = requests.get(f"{sandbox.halo_root}/", timeout=5)
    assert "http-equiv='refresh'" in answer.text
    assert "prefers-color-scheme:dark" in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_it_shows_the_newest_rows_and_all_when_asked_for(sandbox: Sandbox) -> None:
    assert "The newest 40 of 84." in look(sandbox)
    assert look(sandbox).count("<tr>") < look(sandbox, "/?all=1").count("<tr>")


def test_it_says_when_the_halo_is_down_and_when_there_is_no_such_ticket(sandbox: Sandbox) -> None:
    sandbox.switches.change(down="503")
    assert "switched off" in look(sandbox)
    assert requests.get(f"{sandbox.halo_root}/ticket/99999", timeout=5).status_code == 404
    assert requests.get(f"{sandbox.halo_root}/ticket/x", timeout=5).status_code == 404


def test_looking_costs_no_request(sandbox: Sandbox) -> None:
    look(sandbox)
    assert len(sandbox.halo.requests) == 0
