from __future__ import annotations

from collections import defaultdict
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from mappings.suggesting import ClientName, CompanyName, FieldPair, Suggestion, suggest_companies


def suggest(companies: list[CompanyName], clients: list[ClientName]) -> list[Suggestion]:
    return suggest_companies(companies, clients)


def test_the_same_normalised_name_scores_100() -> None:
    found = suggest([CompanyName(1, "Alder Ltd", "alder")], [ClientName(9, "ALDER", "alder")])
    assert found == [Suggestion(1, 9, 100, "Same name: ALDER.")]


def test_a_reason_has_one_full_stop_also_where_the_name_ends_with_one() -> None:
    same = suggest([CompanyName(1, "Alder", "alder")], [ClientName(9, "Alder Inc.", "alder")])
    assert same[0].reason == "Same name: Alder Inc."
    pairs = {0: FieldPair("Account ↔ Reference", {1: ["A-1."]}, {9: ["a-1."]})}
    field = suggest_companies([CompanyName(1, "X", "x")], [ClientName(9, "Y", "y")], pairs=pairs)
    assert field[0].reason == "Same value in Account ↔ Reference: a-1."


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
    assert found[0].evidence == "similar"


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


# ---- values that are the same on both sides --------------------------------------------------


def pair(companies: dict[int, list[str]], clients: dict[int, list[str]]) -> dict[int, FieldPair]:
    return {0: FieldPair("Account number = Reference", companies, clients)}


def test_the_chosen_pair_of_fields_goes_first_and_says_its_value() -> None:
    found = suggest_companies(
        [CompanyName(1, "Alder", "alder")],
        [ClientName(9, "Quite another name", "quite another name")],
        pairs=pair({1: [" ALD 01"]}, {9: ["ald 01"]}),
    )
    reason = "Same value in Account number = Reference: ald 01."
    assert found == [Suggestion(1, 9, 100, reason, evidence="field")]


def test_a_value_that_is_not_unique_on_both_sides_says_nothing() -> None:
    companies = [CompanyName(1, "Alder", "alder"), CompanyName(2, "Birch", "birch")]
    clients = [ClientName(9, "X", "x"), ClientName(10, "Y", "y")]
    twice = pair({1: ["A"], 2: ["A"]}, {9: ["A"]})
    assert suggest_companies(companies, clients, pairs=twice) == []
    assert suggest_companies(companies, clients, pairs=pair({1: ["A"]}, {9: ["A"], 10: ["A"]})) == []
    assert suggest_companies(companies, clients, pairs=pair({1: [""]}, {9: [""]})) == []


def test_a_settled_company_still_makes_its_value_less_unique() -> None:
    companies = [CompanyName(1, "Alder", "alder"), CompanyName(2, "Alder Ltd", "alder", settled=True)]
    found = suggest_companies(companies, [ClientName(9, "Alder", "alder")])
    assert [(s.company_id, s.ambiguous) for s in found] == [(1, True)]


def test_the_same_domain_is_exact_however_it_is_spelt() -> None:
    found = suggest_companies(
        [CompanyName(1, "Alder", "alder", domain="https://www.Alder.example/contact")],
        [ClientName(9, "Dental practice", "dental practice", domain="alder.example, alder.net")],
    )
    assert [(s.client_id, s.score, s.evidence) for s in found] == [(9, 100, "domain")]


def test_a_mail_providers_domain_and_one_of_several_clients_say_nothing() -> None:
    company = CompanyName(1, "Alder", "alder", domain="gmail.com")
    assert suggest_companies([company], [ClientName(9, "X", "x", domain="gmail.com")]) == []
    company = CompanyName(1, "Alder", "alder", domain="group.example")
    clients = [ClientName(n, f"X{n}", f"x{n}", domain="group.example") for n in (9, 10)]
    assert suggest_companies([company], clients) == []


def test_evidence_that_contradicts_itself_is_ambiguous_and_says_so() -> None:
    found = suggest_companies(
        [CompanyName(1, "Alder", "alder", domain="birch.example")],
        [ClientName(9, "Alder", "alder"), ClientName(10, "Birch", "birch", domain="birch.example")],
    )
    assert [(s.client_id, s.ambiguous) for s in found] == [(9, True), (10, True)]
    assert all("Something else speaks for another client." in s.reason for s in found)


def test_a_domain_tells_which_of_two_namesakes_it_is() -> None:
    found = suggest_companies(
        [CompanyName(1, "Alder", "alder", domain="alder.example")],
        [ClientName(9, "Alder", "alder"), ClientName(10, "Alder Ltd", "alder", domain="alder.example")],
    )
    assert [(s.client_id, s.ambiguous, s.evidence) for s in found] == [(10, False, "domain")]


NAMES = st.sampled_from(["alder", "alder dental", "birch", "birch ltd", "cedar grove", ""])
DOMAINS = st.sampled_from(["", "alder.example", "birch.example", "gmail.com"])
COMPANIES = st.lists(
    st.builds(
        CompanyName, st.integers(1, 20), NAMES, NAMES, st.integers(0, 1), DOMAINS, settled=st.booleans()
    ),
    max_size=8,
    unique_by=lambda row: row.id,
)
CLIENTS = st.lists(
    st.builds(ClientName, st.integers(30, 50), NAMES, NAMES, DOMAINS),
    max_size=8,
    unique_by=lambda row: row.id,
)


@given(COMPANIES, CLIENTS, st.randoms(use_true_random=False))
def test_the_order_of_the_input_never_matters(
    companies: list[CompanyName], clients: list[ClientName], chance: Random
) -> None:
    found = suggest_companies(companies, clients)
    mixed, others = list(companies), list(clients)
    chance.shuffle(mixed)
    chance.shuffle(others)
    assert suggest_companies(mixed, others) == found


@given(COMPANIES, CLIENTS)
def test_whoever_has_two_suggestions_has_only_ambiguous_ones(
    companies: list[CompanyName], clients: list[ClientName]
) -> None:
    by_company: dict[int, list[Suggestion]] = defaultdict(list)
    for found in suggest_companies(companies, clients):
        by_company[found.company_id].append(found)
    settled = {company.id for company in companies if company.settled}
    assert not settled & set(by_company)
    for rows in by_company.values():
        assert len({row.client_id for row in rows}) == len(rows)
        assert len(rows) == 1 or all(row.ambiguous for row in rows)
