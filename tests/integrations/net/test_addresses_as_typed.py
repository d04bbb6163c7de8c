"""An address is brought into one spelling, or refused with a sentence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.net.http import AddressError, normalise_host


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("acme.halopsa.com", "https://acme.halopsa.com"),
        (" ACME.HaloPSA.com/ ", "https://acme.halopsa.com"),
        ("https://acme.halopsa.com:443/api//", "https://acme.halopsa.com/api"),
        ("HTTPS://acme.halopsa.com/Api", "https://acme.halopsa.com/Api"),
        ("http://127.0.0.1:8091", "http://127.0.0.1:8091"),
        ("http://halo.lan:80/x", "http://halo.lan/x"),
        ("127.0.0.1:8091", "https://127.0.0.1:8091"),
        ("https://[::1]:8443/api", "https://[::1]:8443/api"),
        ("bücher.example", "https://xn--bcher-kva.example"),
        ("my_host/api", "https://my_host/api"),
        ('"https://h.example/api"', "https://h.example/api"),
        ("<https://h.example>", "https://h.example"),
        ("“https://h.example”,", "https://h.example"),
        ("(\u200bh.example)", "https://h.example"),
        ("`h.example` ", "https://h.example"),
    ],
)
def test_one_spelling(typed: str, normal: str) -> None:
    assert normalise_host(typed) == normal


def test_a_default_path_is_used_only_where_there_is_none() -> None:
    assert normalise_host("h.example", default_path="/api/") == "https://h.example/api"
    assert normalise_host("h.example/v2", default_path="api") == "https://h.example/v2"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "empty"),
        ("ftp://h.example", "must begin with https://"),
        ("https://", "not a valid address"),
        ("https://me:hush-hush@h.example", "must not hold a user name"),
        ("h.example/?a=1", "without \\? or #"),
        ("h.example/#top", "without \\? or #"),
        ("two words", "not a valid address"),
        ("h.example:99999", "not a valid address"),
        ("h.example:port", "not a valid address"),
        ("https://[::1", "not a valid address"),
        ("a..b", "not a valid address"),
        ("https://h.example/a b", "not a valid address"),
        ("https://h.example\\@evil.example", "must not hold a user name"),
        ("https://h.example/\\evil.example", "not a valid address"),
    ],
)
def test_what_is_no_address_gets_a_sentence(typed: str, sentence: str) -> None:
    with pytest.raises(AddressError, match=sentence) as caught:
        normalise_host(typed)
    assert "hush-hush" not in str(caught.value)


HOSTS = st.from_regex(r"[a-z][a-z0-9-]{0,10}(\.[a-z]{2,5}){0,2}", fullmatch=True)
TYPED = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(["", "http://", "https://", "HTTPS://"]),
    HOSTS,
    st.sampled_from(["", ":443", ":80", ":8091"]),
    st.sampled_from(["", "/", "/api", "/api/", "//api//v1/"]),
)


@given(TYPED)
def test_the_normal_spelling_stays_as_it_is(typed: str) -> None:
    try:
        normal = normalise_host(typed)
    except AddressError:
        return
    assert normalise_host(normal) == normal
    assert not normal.endswith("/")


@given(st.text(max_size=60))
def test_any_text_is_normalised_or_refused(text: str) -> None:
    try:
        normal = normalise_host(text)
    except AddressError:
        return
    assert normalise_host(normal) == normal
    assert normal.startswith(("https://", "http://"))
