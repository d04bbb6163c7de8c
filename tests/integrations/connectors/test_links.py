"""Addresses of a computer's pages are made of a pattern and of what is known."""

from __future__ import annotations

import pytest

from integrations.connectors.links import filled


@pytest.mark.parametrize(
    ("pattern", "address"),
    [
        ("https://c.example/pc/{id}", "https://c.example/pc/7"),
        (" https://c.example/#{name}/{id} ", "https://c.example/#R%26D%20%3C1%3E%2F2/7"),
        ("https://c.example/", "https://c.example/"),
        ("https://c.example/{other}", "https://c.example/{other}"),
        ("", None),
        ("   ", None),
    ],
)
def test_what_is_known_is_put_in_and_quoted(pattern: str, address: str | None) -> None:
    assert filled(pattern, id="7", name="R&D <1>/2") == address


def test_a_pattern_that_asks_for_what_is_not_known_gives_none() -> None:
    assert filled("https://c.example/{name}", id="7", name=None) is None
    assert filled("https://c.example/{id}", id="7", name=None) == "https://c.example/7"
