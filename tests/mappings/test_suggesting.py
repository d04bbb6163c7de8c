from __future__ import annotations

from mappings.suggesting import ClientName, CompanyName, Suggestion, suggest_companies


def suggest(companies: list[CompanyName], clients: list[ClientName]) -> list[Suggestion]:
    return suggest_companies(companies, clients)


def test_the_same_normalised_name_scores_100() -> None:
    found = suggest([CompanyName(1, "Alder Ltd", "alder")], [ClientName(9, "ALDER", "alder")])
    assert found == [Suggestion(1, 9, 100, "Same name: ALDER.")]


def test_two_clients_of_one_name_are_ambiguous() -> None:
    clients = [ClientName(9, "Alder", "alder"), ClientName(10, "Alder Inc", "alder")]
    found = suggest([CompanyName(1, "Alder", "alder")], clients)
    assert [(s.client_id, s.ambiguous) for s in found] == [(9, True), (10, True)]
    assert found[0].reason == "2 clients have this name."


def test_two_companies_of_one_console_and_name_are_ambiguous() -> None:
    companies = [CompanyName(1, "Miller Ltd", "miller", 5), CompanyName(2, "Miller Inc", "miller", 5)]
    assert all(s.ambiguous for s in suggest(companies, [ClientName(9, "Miller", "miller")]))


def test_two_consoles_may_have_one_company_each_of_a_name() -> None:
    companies = [CompanyName(1, "Miller", "miller", 5), CompanyName(2, "Miller", "miller", 6)]
    assert not any(s.ambiguous for s in suggest(companies, [ClientName(9, "Miller", "miller")]))


def test_a_similar_name_is_suggested_with_its_score() -> None:
    found = suggest(
        [CompanyName(1, "Alder Dental Grp", "alder dental grp")],
        [ClientName(9, "Alder Dental Group", "alder dental group"), ClientName(10, "Birch", "birch")],
    )
    assert [(s.client_id, s.ambiguous) for s in found] == [(9, False)]
    assert 85 <= found[0].score < 100
    assert found[0].reason == f"Similar name: Alder Dental Group ({found[0].score} of 100)."


def test_several_similar_names_are_ambiguous() -> None:
    clients = [
        ClientName(9, "Alder Dental A", "alder dental a"),
        ClientName(10, "Alder Dental B", "alder dental b"),
    ]
    found = suggest([CompanyName(1, "Alder Dental", "alder dental")], clients)
    assert len(found) == 2
    assert all(s.ambiguous for s in found)


def test_a_different_name_and_no_name_suggest_nothing() -> None:
    companies = [CompanyName(1, "Birch", "birch"), CompanyName(2, "", "")]
    assert suggest(companies, [ClientName(9, "Alder", "alder"), ClientName(10, "", "")]) == []
