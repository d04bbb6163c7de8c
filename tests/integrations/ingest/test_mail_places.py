"""Companies and computers are found by the names that mails call them, and only if there is no doubt."""

from __future__ import annotations

import pytest

from integrations.ingest.console_side import store_companies, store_computers
from integrations.ingest.mail_places import Named, Place, find_places
from integrations.models import Company, Console
from integrations.records import CompanyRecord, ComputerRecord
from tests.builders import make_console
from tests.integrations.ingest.builders import captured_sql

pytestmark = pytest.mark.django_db


@pytest.fixture
def console() -> Console:
    found = make_console(name="Backup")
    store_companies(
        found,
        [
            CompanyRecord("c1", "Müller & Söhne GmbH"),
            CompanyRecord("c2", "Mill Ltd"),
            CompanyRecord("c3", "Mill Inc."),
            CompanyRecord("c4", "Baker"),
        ],
    )
    store_computers(
        found,
        [
            ComputerRecord("pc1", "Reception", company_external_id="c1", host_name="PC-01.corp.example"),
            ComputerRecord("pc2", "PC-02", company_external_id="c1"),
            ComputerRecord("srv1", "SERVER", company_external_id="c1"),
            ComputerRecord("srv4", "server", company_external_id="c4"),
            ComputerRecord("grün", "GRÜN", company_external_id="c4"),
        ],
    )
    return found


def find(console: Console, company: str = "", computer: str = "") -> Place:
    return find_places(console, [Named(company, computer)])[0]


def test_who_names_nothing_is_nowhere(console: Console) -> None:
    assert find(console) == Place()


@pytest.mark.parametrize("name", ["Müller & Söhne GmbH", "muller and sohne", " MÜLLER  &  SÖHNE "])
def test_a_company_is_found_as_people_write_it(console: Console, name: str) -> None:
    assert find(console, name).company == "c1"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("reception", "pc1"),
        ("PC-01.CORP.example", "pc1"),
        ("pc-02", "pc2"),
        ("pc-02.corp.example", "pc2"),
        ("grün", "grün"),
        ("PC-01", None),
    ],
)
def test_a_computer_is_found_by_its_name_or_host_name(
    console: Console, name: str, expected: str | None
) -> None:
    assert find(console, computer=name).computer == expected


def test_a_name_that_fits_two_finds_none_and_says_so(console: Console) -> None:
    place = find(console, "Mill", "server")
    assert (place.company, place.computer) == (None, None)
    assert place.remark == (
        "Backup has 2 of the company “Mill”; none is taken. "
        "Backup has 2 of the computer “server”; none is taken."
    )


def test_the_company_decides_between_two_computers_of_one_name(console: Console) -> None:
    assert find(console, "Baker", "Server") == Place("c4", "srv4")


def test_what_is_not_known_is_told(console: Console) -> None:
    assert find(console, "Nobody").remark == "Backup does not know a company “Nobody” (yet)."


def test_what_is_gone_is_not_found(console: Console) -> None:
    Company.objects.filter(external_id="c4").update(active=False)
    assert find(console, "Baker").company is None


def test_names_of_another_console_are_not_found(console: Console) -> None:
    assert find(make_console(), "Baker", "PC-02").company is None


def test_a_batch_costs_two_statements(console: Console) -> None:
    named = [Named("Baker", f"PC-{number}") for number in range(200)]
    with captured_sql() as statements:
        find_places(console, named)
    assert len(statements.statements) == 2
