"""What staff paste from HaloPSA's page, however a mail, a chat or a table has dressed it up."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from integrations.connections import normalise_servers
from integrations.models import HaloCredential


def typed(**values: str) -> HaloCredential:
    defaults = {"resource_server": "acme.halopsa.com", "client_id": "id", "client_secret": "secret"}
    return HaloCredential(**{**defaults, **values})


WRAPPED = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(["", " ", '"', "“", "‘", "<", "\u200b", "\ufeff", "'"]),
    st.sampled_from(["acme.halopsa.com", "https://acme.halopsa.com", "HTTPS://Acme.HaloPSA.com"]),
    st.sampled_from(["", "/", "/api", "/API/", "/auth", "/auth/token", "/portal"]),
    st.sampled_from(["", " ", '"', "”", "’", ">", "\u200b", ",", "\t", "\n"]),
)


@given(WRAPPED, WRAPPED)
def test_whatever_stands_around_it_is_the_same_server(resource: str, authorisation: str) -> None:
    credential = typed(resource_server=resource, authorisation_server=authorisation)
    normalise_servers(credential)
    assert credential.resource_server == "https://acme.halopsa.com/api"
    assert credential.authorisation_server == "https://acme.halopsa.com/auth"


def test_servers_in_each_others_place_are_put_right() -> None:
    credential = typed(
        resource_server="https://auth.haloservicedesk.com/auth",
        authorisation_server="https://acme.halopsa.com/api",
    )
    normalise_servers(credential)
    assert credential.resource_server == "https://acme.halopsa.com/api"
    assert credential.authorisation_server == "https://auth.haloservicedesk.com/auth"


@pytest.mark.parametrize(
    ("pasted", "tenant"),
    [
        ("acme", "acme"),
        (" “acme” ", "acme"),
        ("https://acme.halopsa.com/", "acme"),
        ("acme.halopsa.com", "acme"),
    ],
)
def test_the_tenant_is_found_in_an_address(pasted: str, tenant: str) -> None:
    credential = typed(tenant=pasted)
    normalise_servers(credential)
    assert credential.tenant == tenant


def test_id_and_secret_lose_what_stands_around_them_and_nothing_else() -> None:
    credential = typed(client_id="“0f8fad5b-d9cb” ", client_secret="\u200b a-b c \n")
    normalise_servers(credential)
    assert (credential.client_id, credential.client_secret) == ("0f8fad5b-d9cb", "a-b c")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("resource_server", "https://me:secret-word@acme.halopsa.com/api"),
        ("resource_server", "acme halopsa com"),
        ("resource_server", "ftp://acme.halopsa.com"),
        ("resource_server", "https://acme.halopsa.com/tickets?id=1"),
        ("authorisation_server", "https://acme.halopsa.com:99999/auth"),
        ("tenant", "acme corp; drop"),
    ],
)
def test_what_is_no_address_is_a_sentence_at_its_field(field: str, value: str) -> None:
    with pytest.raises(ValidationError) as refused:
        normalise_servers(typed(**{field: value}))
    assert field in refused.value.message_dict
    assert "secret-word" not in str(refused.value)


def test_an_address_of_digits_in_brackets_keeps_them() -> None:
    credential = typed(resource_server="[2001:db8::1]:8443/api")
    normalise_servers(credential)
    assert credential.resource_server == "https://[2001:db8::1]:8443/api"


def test_a_server_that_nobody_typed_is_not_blamed() -> None:
    credential = typed(resource_server="https://user:pw@acme.halopsa.com")
    with pytest.raises(ValidationError) as refused:
        normalise_servers(credential)
    assert set(refused.value.message_dict) == {"resource_server"}
