"""Another client or site for a mapped company by REST: a plan like any other."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integrations.api.clients import make_caller
from tests.mappings.builders import make_client
from tests.mappings.test_moving_companies import Moving

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("queue")]


def ask(**body: Any) -> Any:
    return make_caller().post("/api/v1/plans/", {"kind": "move", **body}, format="json")


def test_a_move_is_previewed_and_applied_by_its_checksum() -> None:
    scene = Moving()
    answer = ask(company_mapping=scene.mapping.pk, halo_client=scene.other.pk)
    assert answer.status_code == 201
    assert (answer.data["kind"], answer.data["company"]) == ("move", scene.company.pk)
    counts = {name: answer.data["counts"][name] for name in ("update", "link", "unlink")}
    assert counts == {"update": 1, "link": 1, "unlink": 1}
    address = f"/api/v1/plans/{answer.data['id']}/"
    kinds = [row["subject_kind"] for row in make_caller().get(f"{address}changes/").data["results"]]
    assert kinds == ["computer_mapping", "company_mapping", "computer"]
    body = {"checksum": answer.data["checksum"]}
    assert make_caller().post(f"{address}apply/", body, format="json").status_code == 202


def test_without_a_client_the_site_alone_changes() -> None:
    scene = Moving()
    answer = ask(company_mapping=scene.mapping.pk)
    assert (answer.status_code, "already" in str(answer.data)) == (400, True)


def test_a_missing_mapping_and_a_client_of_another_credential_are_refused() -> None:
    scene = Moving()
    assert "company_mapping" in str(ask(halo_client=scene.other.pk).data)
    stranger = make_client(Moving().credential)
    answer = ask(company_mapping=scene.mapping.pk, halo_client=stranger.pk)
    assert (answer.status_code, "another HaloPSA credential" in str(answer.data)) == (400, True)
