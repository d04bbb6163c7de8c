"""Which company may be which Halo client. Pure: no database, no network, no decision.

What speaks for a client, the strongest first: the same value in a pair of fields that staff chose, the same
domain, the same normalised name, a similar name. A value counts only where it is unique on both sides. What
speaks for two clients at once is ambiguous and never chosen without a look.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from rapidfuzz import fuzz, process

from integrations.sync.sentences import sentence

SIMILAR_FROM: Final = 85
MOST_SIMILAR: Final = 3
EXACT: Final = 100

FIELD, DOMAIN, NAME, SIMILAR = "field", "domain", "name", "similar"
"""Values of `models.Evidence`."""

PUBLIC_DOMAINS: Final = frozenset(
    """
    gmail.com googlemail.com outlook.com hotmail.com hotmail.co.uk live.com live.co.uk msn.com yahoo.com
    yahoo.co.uk icloud.com me.com mac.com aol.com gmx.de gmx.net gmx.com web.de t-online.de freenet.de
    proton.me protonmail.com btinternet.com btconnect.com sky.com virginmedia.com talktalk.net orange.fr
    wanadoo.fr free.fr bigpond.com optusnet.com.au comcast.net verizon.net att.net onmicrosoft.com
    """.split()  # noqa: SIM905
)
"""Domains of mail providers: two companies that have one of them share nothing."""


@dataclass(frozen=True, slots=True)
class CompanyName:
    """A company. `group`: its console. `settled`: mapped or left alone; it only makes values less unique."""

    id: int
    name: str
    normalised: str
    group: int = 0
    domain: str = ""
    settled: bool = False


@dataclass(frozen=True, slots=True)
class ClientName:
    id: int
    name: str
    normalised: str
    domain: str = ""


@dataclass(frozen=True, slots=True)
class FieldPair:
    """The chosen pair of fields of one console: values by company (of that console) and by client."""

    words: str
    companies: Mapping[int, Sequence[str]] = field(default_factory=dict)
    clients: Mapping[int, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`score` 100 is an exact one; an ambiguous one is never chosen without a look."""

    company_id: int
    client_id: int
    score: int
    reason: str
    ambiguous: bool = False
    evidence: str = NAME


def suggest_companies(
    companies: Iterable[CompanyName],
    clients: Iterable[ClientName],
    similar_from: int = SIMILAR_FROM,
    pairs: Mapping[int, FieldPair] | None = None,
) -> list[Suggestion]:
    """Suggestions for all companies that are not settled, ordered by company and client.

    `pairs`: by console. The order of the input never matters.
    """
    everybody = sorted(companies, key=lambda company: company.id)
    finder = _Finder(everybody, sorted(clients, key=lambda client: client.id), pairs or {}, similar_from)
    return [found for company in everybody if not company.settled for found in finder.suggestions(company)]


def domain_keys(text: str) -> list[str]:
    """The domains in a field that people fill in as they like; mail providers' domains are none."""
    found = []
    for word in text.casefold().replace(",", " ").replace(";", " ").split():
        host = word.partition("://")[2] or word
        host = host.partition("/")[0].rpartition("@")[2].partition(":")[0].strip(".").removeprefix("www.")
        if "." in host and host not in PUBLIC_DOMAINS and host not in found:
            found.append(host)
    return found


def value_key(text: str) -> str:
    """A value of a pair of fields as it is compared."""
    return " ".join(text.split()).casefold()


class _Unique:
    """Values that exactly one company of a console and exactly one client hold."""

    def __init__(self, companies: Mapping[int, Sequence[str]], clients: Mapping[int, Sequence[str]]) -> None:
        held = Counter(value for values in companies.values() for value in set(values))
        holders: dict[str, list[int]] = defaultdict(list)
        for client, values in clients.items():
            for value in set(values):
                holders[value].append(client)
        self._client = {v: ids[0] for v, ids in holders.items() if len(ids) == 1 and held[v] == 1}
        self._values = companies

    def clients(self, company: int) -> dict[int, str]:
        """Client → the value that speaks for it."""
        values = self._values.get(company, ())
        return {
            self._client[value]: value for value in sorted(set(values), reverse=True) if value in self._client
        }


class _Finder:
    def __init__(
        self,
        companies: Sequence[CompanyName],
        clients: Sequence[ClientName],
        pairs: Mapping[int, FieldPair],
        similar_from: int,
    ) -> None:
        self._by_name: dict[str, list[ClientName]] = defaultdict(list)
        for client in clients:
            if client.normalised:
                self._by_name[client.normalised].append(client)
        self._names = list(self._by_name)
        self._namesakes = Counter((company.group, company.normalised) for company in companies)
        self._similar_from = similar_from
        self._pairs = pairs
        self._fields = {group: _unique_pair(pair) for group, pair in pairs.items()}
        self._domains = _unique_domains(companies, clients)

    def suggestions(self, company: CompanyName) -> list[Suggestion]:
        """By the strongest evidence; what else is exact and says otherwise makes all of it ambiguous."""
        every = (self._by_field(company), self._by_domain(company), self._by_same_name(company))
        spoken = [found for found in every if found]
        if not spoken:
            return self._by_similar_name(company)
        strongest = spoken[0]
        if len(spoken) == 1 or (len(strongest) == 1 and _all_fit(spoken, strongest[0].client_id)):
            return strongest
        merged: dict[int, Suggestion] = {}
        for found in (suggestion for group in spoken for suggestion in group):
            merged.setdefault(found.client_id, found)
        return [
            replace(found, ambiguous=True, reason=f"{found.reason} Something else speaks for another client.")
            for _, found in sorted(merged.items())
        ]

    # ---- exact ------------------------------------------------------------------------------

    def _by_field(self, company: CompanyName) -> list[Suggestion]:
        if company.group not in self._fields:
            return []
        words = self._pairs[company.group].words
        found = self._fields[company.group].clients(company.id)
        return self._exact(company, found, FIELD, f"Same value in {words}")

    def _by_domain(self, company: CompanyName) -> list[Suggestion]:
        found = self._domains[company.group].clients(company.id) if company.group in self._domains else {}
        return self._exact(company, found, DOMAIN, "Same domain")

    @staticmethod
    def _exact(company: CompanyName, found: Mapping[int, str], evidence: str, words: str) -> list[Suggestion]:
        return [
            Suggestion(company.id, client, EXACT, sentence(f"{words}: {value}"), len(found) > 1, evidence)
            for client, value in sorted(found.items())
        ]

    def _by_same_name(self, company: CompanyName) -> list[Suggestion]:
        clients = self._by_name.get(company.normalised, []) if company.normalised else []
        if not clients:
            return []
        namesakes = self._namesakes[company.group, company.normalised]
        reason = sentence(f"Same name: {clients[0].name}")
        if len(clients) > 1:
            reason = f"{len(clients)} clients have this name."
        elif namesakes > 1:
            reason = f"{namesakes} companies of this console have this name."
        doubtful = len(clients) > 1 or namesakes > 1
        return [Suggestion(company.id, client.id, EXACT, reason, doubtful) for client in clients]

    # ---- similar ----------------------------------------------------------------------------

    def _by_similar_name(self, company: CompanyName) -> list[Suggestion]:
        if not company.normalised:
            return []
        hits = process.extract(
            company.normalised,
            self._names,
            scorer=fuzz.token_sort_ratio,
            score_cutoff=self._similar_from,
            limit=MOST_SIMILAR,
        )
        pairs = [(client, min(99, int(score))) for name, score, _ in hits for client in self._by_name[name]]
        doubtful = len(pairs) > 1
        return [
            Suggestion(company.id, client.id, score, _similar(client, score), doubtful, SIMILAR)
            for client, score in sorted(pairs, key=lambda pair: pair[0].id)
        ]


def _similar(client: ClientName, score: int) -> str:
    return f"Similar name: {client.name} ({score} of 100)."


def _all_fit(spoken: Iterable[Sequence[Suggestion]], client_id: int) -> bool:
    return all(any(one.client_id == client_id for one in found) for found in spoken)


def _unique_pair(pair: FieldPair) -> _Unique:
    return _Unique(_keys(pair.companies), _keys(pair.clients))


def _keys(values: Mapping[int, Sequence[str]]) -> dict[int, list[str]]:
    return {pk: [key for text in texts if (key := value_key(text))] for pk, texts in values.items()}


def _unique_domains(companies: Sequence[CompanyName], clients: Sequence[ClientName]) -> dict[int, _Unique]:
    of_clients = {client.id: domain_keys(client.domain) for client in clients if client.domain}
    by_group: dict[int, dict[int, list[str]]] = defaultdict(dict)
    for company in companies:
        if company.domain:
            by_group[company.group][company.id] = domain_keys(company.domain)
    return {group: _Unique(values, of_clients) for group, values in by_group.items()}
