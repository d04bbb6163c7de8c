"""Which company may be which Halo client, by name. Pure: no database, no network, no decision."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rapidfuzz import fuzz, process

SIMILAR_FROM: Final = 85
MOST_SIMILAR: Final = 3


@dataclass(frozen=True, slots=True)
class CompanyName:
    """A company without a client. `group`: its console; two of one name in there are told apart by staff."""

    id: int
    name: str
    normalised: str
    group: int = 0


@dataclass(frozen=True, slots=True)
class ClientName:
    id: int
    name: str
    normalised: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`score` 100 is the same normalised name; an ambiguous one is never chosen without a look."""

    company_id: int
    client_id: int
    score: int
    reason: str
    ambiguous: bool = False


def suggest_companies(
    companies: Iterable[CompanyName], clients: Iterable[ClientName], similar_from: int = SIMILAR_FROM
) -> list[Suggestion]:
    """Clients by the same normalised name, else up to three similar ones. Ordered by company and client."""
    own = sorted(companies, key=lambda company: company.id)
    by_name: dict[str, list[ClientName]] = defaultdict(list)
    for client in sorted(clients, key=lambda client: client.id):
        if client.normalised:
            by_name[client.normalised].append(client)
    namesakes: dict[tuple[int, str], int] = defaultdict(int)
    for company in own:
        namesakes[company.group, company.normalised] += 1
    found: list[Suggestion] = []
    for company in own:
        if same := by_name.get(company.normalised):
            found += _same_name(company, same, namesakes[company.group, company.normalised])
        elif company.normalised:
            found += _similar(company, by_name, similar_from)
    return found


def _same_name(company: CompanyName, clients: Sequence[ClientName], namesakes: int) -> list[Suggestion]:
    reason = f"Same name: {clients[0].name}."
    if len(clients) > 1:
        reason = f"{len(clients)} clients have this name."
    elif namesakes > 1:
        reason = f"{namesakes} companies of this console have this name."
    doubtful = len(clients) > 1 or namesakes > 1
    return [Suggestion(company.id, client.id, 100, reason, doubtful) for client in clients]


def _similar(
    company: CompanyName, by_name: Mapping[str, Sequence[ClientName]], similar_from: int
) -> list[Suggestion]:
    names = list(by_name)
    hits = process.extract(
        company.normalised, names, scorer=fuzz.token_sort_ratio, score_cutoff=similar_from, limit=MOST_SIMILAR
    )
    pairs = [(client, min(99, int(score))) for name, score, _ in hits for client in by_name[name]]
    return [
        Suggestion(
            company.id, client.id, score, f"Similar name: {client.name} ({score} of 100).", len(pairs) > 1
        )
        for client, score in sorted(pairs, key=lambda pair: pair[0].id)
    ]
