"""The contract refuses half a connector when it is written, not when it is used."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import pytest

from integrations.connectors.base import Abilities, Connector, ConsoleAccess
from integrations.records import CheckResult, CompanyRecord


def test_a_connector_without_a_kind_is_refused() -> None:
    with pytest.raises(TypeError, match="Nameless declares no kind"):

        class Nameless(Connector):
            label = "Nameless"
            abilities: ClassVar[Abilities] = Abilities()

            def _probe(self) -> CheckResult:
                return CheckResult(True, "Fine.")


def test_a_connector_without_abilities_is_refused() -> None:
    with pytest.raises(TypeError, match="Unable declares no abilities"):

        class Unable(Connector):
            kind = "unable"
            label = "Unable"

            def _probe(self) -> CheckResult:
                return CheckResult(True, "Fine.")


def test_an_ability_without_its_method_is_refused() -> None:
    with pytest.raises(TypeError, match=r"Boaster declares events but has no fetch_events\(\)"):

        class Boaster(Connector):
            kind = "boaster"
            label = "Boaster"
            abilities = Abilities(events=True)

            def _probe(self) -> CheckResult:
                return CheckResult(True, "Fine.")


def test_a_method_without_its_ability_is_refused() -> None:
    with pytest.raises(TypeError, match=r"Modest has fetch_companies\(\) but does not declare companies"):

        class Modest(Connector):
            kind = "modest"
            label = "Modest"
            abilities = Abilities(webhook=False)

            def fetch_companies(self) -> Iterator[CompanyRecord]:
                yield CompanyRecord("1", "One")

            def _probe(self) -> CheckResult:
                return CheckResult(True, "Fine.")


def test_a_connector_without_a_check_cannot_be_made() -> None:
    class Unchecked(Connector):
        kind = "unchecked"
        label = "Unchecked"
        abilities = Abilities()

    with pytest.raises(TypeError, match="_probe"):
        Unchecked(ConsoleAccess())  # type: ignore[abstract]


def test_it_has_few_public_methods() -> None:
    public = [name for name, found in vars(Connector).items() if callable(found) and not name.startswith("_")]

    reads = ["fetch_companies", "fetch_computers", "fetch_events", "fetch_mails"]
    assert sorted(public) == ["check", *reads, "parse_webhook", "refusal"]


@pytest.mark.parametrize(
    "pasted",
    ["key", " key\n", '"key"', "'key' ", "`key`", "\t“key”", "„key“", "«key»", "\u200bkey\ufeff", "<key>"],
)
def test_pasted_keys_lose_blanks_quotes_and_what_nobody_sees(pasted: str) -> None:
    assert ConsoleAccess(credentials={"key": pasted}).value("key") == "key"


@pytest.mark.parametrize("key", ["(key)", "key>", "<key", "k,ey;", "{key}"])
def test_signs_that_may_belong_to_a_key_stay(key: str) -> None:
    assert ConsoleAccess(credentials={"key": key}).value("key") == key


def test_a_key_that_is_not_there_is_empty() -> None:
    assert ConsoleAccess().value("key") == ""


def test_access_does_not_show_its_credentials() -> None:
    access = ConsoleAccess(base_url="https://api.example", credentials={"password": "marked-secret"})

    assert "https://api.example" in repr(access)
    assert "marked-secret" not in repr(access)


def test_no_zone_means_utc() -> None:
    assert str(ConsoleAccess(time_zone="").zone) == "UTC"
