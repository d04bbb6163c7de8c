"""Both servers of a credential in one spelling, from whatever people paste."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.halo.addresses import (
    AddressError,
    normalise_authorisation_server,
    normalise_resource_server,
)
from tests.integrations.halo.builders import make_access


@pytest.mark.parametrize(
    ("typed", "root"),
    [
        ("acme.halopsa.com", "https://acme.halopsa.com"),
        ("acme.halopsa.com/api", "https://acme.halopsa.com"),
        ("ACME.halopsa.com/API/", "https://acme.halopsa.com"),
        ("https://acme.halopsa.com", "https://acme.halopsa.com"),
        ("https://acme.halopsa.com/", "https://acme.halopsa.com"),
        ("https://acme.halopsa.com/auth", "https://acme.halopsa.com"),
        ("https://acme.halopsa.com/auth/token", "https://acme.halopsa.com"),
        ("https://acme.halopsa.com/api/swagger", "https://acme.halopsa.com"),
        (" https://acme.halopsa.com:443/api ", "https://acme.halopsa.com"),
        ("https://auth.haloservicedesk.com", "https://auth.haloservicedesk.com"),
        ("http://127.0.0.1:8091", "http://127.0.0.1:8091"),
        ("127.0.0.1:8091/api", "https://127.0.0.1:8091"),
        ("https://desk.msp.example/halo/api", "https://desk.msp.example/halo"),
        ("https://desk.msp.example/apis/api/", "https://desk.msp.example/apis"),
    ],
)
def test_either_server_is_found_from_any_spelling(typed: str, root: str) -> None:
    assert normalise_resource_server(typed) == f"{root}/api"
    assert normalise_authorisation_server(typed) == f"{root}/auth"


@pytest.mark.parametrize("typed", ["", "https://", "me:pw@acme.halopsa.com", "acme.halopsa.com?x=1"])
def test_what_is_no_server_is_refused(typed: str) -> None:
    for normalise in (normalise_resource_server, normalise_authorisation_server):
        with pytest.raises(AddressError):
            normalise(typed)


TYPED = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(["", "http://", "https://"]),
    st.from_regex(r"[a-z][a-z0-9]{0,8}(\.[a-z]{2,4}){1,2}", fullmatch=True),
    st.sampled_from(["", ":8091", ":443"]),
    st.lists(st.sampled_from(["/api", "/auth", "/", "/token", "/halo", "/API"]), max_size=4).map("".join),
)


@given(TYPED)
def test_the_normal_spelling_stays_as_it_is(typed: str) -> None:
    resource, authorisation = normalise_resource_server(typed), normalise_authorisation_server(typed)
    assert normalise_resource_server(resource) == resource
    assert normalise_authorisation_server(authorisation) == authorisation
    assert normalise_authorisation_server(resource) == authorisation
    assert resource.endswith("/api")
    assert resource.count("//") == 1


def test_without_an_authorisation_server_it_is_taken_from_the_resource_server() -> None:
    access = make_access(resource_server="acme.halopsa.com/api")
    assert (access.api_url, access.token_url) == (
        "https://acme.halopsa.com/api",
        "https://acme.halopsa.com/auth/token",
    )
    shared = make_access(authorisation_server="https://auth.haloservicedesk.com")
    assert shared.token_url == "https://auth.haloservicedesk.com/auth/token"
