from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.sync.names import normalise_name

EQUAL = [
    ("Harbour Dental Group Ltd.", "harbour dental group"),
    ("HARBOUR DENTAL GROUP LIMITED", "harbour dental group"),
    ("  Harbour   Dental\tGroup ", "harbour dental group"),
    ("Harbour Dental Group, Inc.", "harbour dental group"),
    ("Müller & Söhne GmbH", "muller and sohne"),
    ("Muller and Sohne", "muller and sohne"),
    ("MÜLLER&SÖHNE", "muller and sohne"),
    ("Müller + Söhne GmbH & Co. KG", "muller and sohne"),
    ("Schmidt GmbH und Co. KG", "schmidt"),
    ("Birch Logistics B.V.", "birch logistics"),
    ("Birch Logistics BV", "birch logistics"),
    ("Birch Logistics S. A.", "birch logistics"),
    ("Ørsted Værft A/S", "orsted vaerft"),
    ("Łódź Usługi Sp. z o.o.", "lodz uslugi"),
    ("Café Straße AG", "cafe strasse"),
    ("O'Brien’s Bakery LLC", "obriens bakery"),
    ("J.R. Smith", "jr smith"),
    ("St. Mary's Hospital", "st marys hospital"),
    ("Smith & Co", "smith and co"),
    ("Smith & Co. Ltd", "smith and co"),
    ("Northwind Pty Ltd", "northwind"),
    ("Foo_Bar-Baz (UK)", "foo bar baz uk"),
    ("株式会社サンプル", "株式会社サンプル"),
    ("हिन्दी कंपनी", "हिन्दी कंपनी"),
]


@pytest.mark.parametrize(("name", "expected"), EQUAL)
def test_it_brings_names_into_their_comparable_form(name: str, expected: str) -> None:
    assert normalise_name(name) == expected


@pytest.mark.parametrize("name", ["GmbH", "Ltd.", "Co", "&", "!!!", "...", "´", "''", "́", "A.G."])
def test_a_name_of_nothing_but_form_and_signs_still_has_one(name: str) -> None:
    assert normalise_name(name)


@pytest.mark.parametrize("name", ["", "  ", "\t\n"])
def test_a_blank_name_is_empty(name: str) -> None:
    assert normalise_name(name) == ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Acme North Ltd", "Acme South Ltd"),
        ("Smith & Co", "Smith"),
        ("Limited Editions", "Editions"),
        ("Company A", "Company B"),
        ("Co-op", "op"),
    ],
)
def test_it_keeps_different_names_apart(one: str, other: str) -> None:
    assert normalise_name(one) != normalise_name(other)


NAMES = st.text(min_size=1, max_size=60)
LATIN = st.text("abcdefghijklmnopqrstuvwxyzäöüéèñçøåæß &.,'-GmbHLtd", min_size=1, max_size=40)


@given(NAMES)
def test_applying_it_twice_changes_nothing(name: str) -> None:
    once = normalise_name(name)
    assert normalise_name(once) == once


@given(NAMES)
def test_a_name_that_is_not_blank_never_becomes_empty(name: str) -> None:
    assert bool(normalise_name(name)) == bool(name.strip())


@given(LATIN)
def test_case_never_matters(name: str) -> None:
    assert normalise_name(name.upper()) == normalise_name(name.lower()) == normalise_name(name)


@given(
    st.lists(st.sampled_from("aeiouncy"), min_size=1, max_size=12),
    st.sampled_from("\u0300\u0301\u0308\u0303\u030a"),
)
def test_accents_never_matter(letters: list[str], accent: str) -> None:
    assert normalise_name("".join(letter + accent for letter in letters)) == normalise_name("".join(letters))


@given(LATIN)
def test_a_legal_form_at_the_end_never_matters(name: str) -> None:
    plain = normalise_name(name)
    if plain and plain[-1].isalnum() and not plain.endswith("and"):
        assert normalise_name(f"{plain} GmbH") == plain
