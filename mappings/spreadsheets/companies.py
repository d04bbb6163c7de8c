"""Rows of company mappings: what each would do, and doing it as the mapping page does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any, Final

from integrations.models import Company, HaloClient, HaloCredential, HaloSite
from mappings.linking import (
    NEEDS_PREVIEW,
    SWITCHES,
    Above,
    attached_companies,
    check_pair,
    default_sites,
    map_company,
    nothing_above,
    set_switches,
)
from mappings.models import CompanyMapping, SheetRow
from mappings.spreadsheets.columns import SheetLine
from mappings.spreadsheets.finding import (
    CLIENT,
    COMPANY,
    SITE,
    Consoles,
    Index,
    clients_named,
    companies_named,
    named,
    sites_of,
)
from mappings.spreadsheets.judged import Judged, Values, same, thing
from mappings.spreadsheets.problems import NotFound, Problems

_WAYS: Final = {"halo_client": CLIENT, "halo_site": SITE}
"""How a row names what a field of the mapping holds."""
MOVES = f"{NEEDS_PREVIEW}. Choose it on the company's page, which shows first what moves along."
OFFBOARDED = "{} is offboarded: bring it back first."
UNMAPPED = "The company is not mapped and no client is named: there is nothing that this could belong to."


class CompanyJudge:
    """What rows would do with mappings towards one credential. Eight statements a part and
    those of `above`."""

    def __init__(self, credential: HaloCredential, above: Above = nothing_above) -> None:
        self._credential, self._above = credential, above
        self._consoles = Consoles()

    def begin(self, lines: Sequence[SheetLine]) -> None:
        credential = self._credential
        companies, named_clients = companies_named(lines, credential), clients_named(lines, credential)
        self._companies, self._clients = Index(COMPANY, companies), Index(CLIENT, named_clients)
        self._stored = mappings_of([row.pk for row in companies], credential)
        present = [row.halo_client for row in self._stored.values()]
        for client in present:
            client.halo_credential = credential
        self._attached = attached_companies(list(self._stored), credential, self._above)
        clients = {client.pk: client for client in [*named_clients, *present]}
        sites = sites_of(clients, lines, credential)
        self._sites = Index(SITE, sites)
        self._usual = default_sites(clients.values())

    def judge(self, line: SheetLine, problems: Problems) -> Judged:
        company = problems.attempt(partial(self._company, line), "console", *COMPANY.columns)
        client = problems.attempt(partial(self._clients.named, line), *CLIENT.columns)
        mapping = self._stored.get(company.pk) if company else None
        if client is None and mapping and not problems.about(*CLIENT.columns):
            client = mapping.halo_client
        site = problems.attempt(partial(self._site, line, client), *SITE.columns) if client else None
        if company is None or problems.about(*CLIENT.columns):
            return Judged(company)
        if client is None:
            extra = next((name for name in (*SITE.columns, *SWITCHES) if line.told.get(name)), "")
            if extra:
                problems.add(extra, UNMAPPED)
            return Judged(company)
        before = values_of(mapping) if mapping else None
        after = self._after(line, company, mapping, client, site, problems)
        if mapping and mapping.archived_at and not same(before, after):
            problems.add(COMPANY.column(line), OFFBOARDED.format(company))
        return Judged(company, before, after)

    def _company(self, line: SheetLine) -> Company:
        company: Company | None = self._consoles.named(COMPANY, line, self._companies.candidates(line))
        if company is None:
            raise NotFound("company", "The row names no company.")
        return company

    def _after(
        self,
        line: SheetLine,
        company: Company,
        mapping: CompanyMapping | None,
        client: HaloClient,
        site: HaloSite | None,
        problems: Problems,
    ) -> Values:
        """What is not told stays as it is. A pair that cannot be is a problem."""
        is_new = mapping is None or mapping.halo_client_id != client.pk
        moves = is_new or site not in (None, mapping and mapping.halo_site)
        if moves:
            problems.check(
                partial(check_pair, company, client, site),
                lambda field: _WAYS.get(field, CLIENT).column(line),
            )
        if mapping and moves and company.pk in self._attached:
            problems.add((CLIENT if is_new else SITE).column(line), MOVES)
        stays = mapping.halo_site if mapping and not is_new else None
        chosen = site or stays or (self._usual.get(client.pk) if moves else None)
        after: Values = {"halo_client": thing(client), "halo_site": thing(chosen)}
        for name in SWITCHES:
            after[name] = bool(line.told.get(name, getattr(mapping, name) if mapping else False))
        return after

    def _site(self, line: SheetLine, client: HaloClient) -> HaloSite | None:
        """One of the client's own before all others of that id."""
        candidates = self._sites.candidates(line)
        own = [site for site in candidates if site.client_id == client.pk]
        try:
            site: HaloSite | None = named(SITE, line, own, f" of the client {client}")
        except NotFound:
            if "site_id" in line.told and named(SITE, line, candidates):
                raise NotFound("site_id", f"This site is not one of the client {client}.") from None
            raise
        return site


def mappings_of(
    companies: Iterable[int], credential: HaloCredential, *, lock: bool = False
) -> dict[int, CompanyMapping]:
    """By company (our id). Locked they stay as they are until the transaction ends."""
    rows = CompanyMapping.objects.filter(company__in=list(companies), halo_credential=credential)
    if lock:
        list(rows.select_for_update().order_by("pk").values_list("pk"))
    return {row.company_id: row for row in rows.select_related("company", "halo_client", "halo_site")}


def present(ids: Iterable[int], credential: HaloCredential, *, lock: bool = False) -> dict[int, Values]:
    """How these companies are mapped now; those that are not are not in it."""
    return {pk: values_of(row) for pk, row in mappings_of(ids, credential, lock=lock).items()}


def values_of(mapping: CompanyMapping) -> Values:
    switches = {name: getattr(mapping, name) for name in SWITCHES}
    return {"halo_client": thing(mapping.halo_client), "halo_site": thing(mapping.halo_site), **switches}


def refusals(rows: Sequence[SheetRow], credential: HaloCredential, above: Above) -> dict[int, str]:
    """Assets or tickets may have come since the sheet was looked at. One statement and those of `above`."""
    moved = [row.subject_id for row in rows if row.subject_id and row.before and _moves(row)]
    return dict.fromkeys(attached_companies(moved, credential, above), MOVES) if moved else {}


def _moves(row: SheetRow) -> bool:
    return not same(*({name: values[name] for name in _WAYS} for values in (row.before or {}, row.after)))


def apply_row(row: SheetRow, credential: HaloCredential, staff: Any) -> int | None:
    """As on the mapping page. Returns the mapping (our id) if its tickets were switched on by that.

    Raises `ValidationError` with what speaks against it now.
    """
    before, after = row.before or {}, row.after
    switches = {name: after[name] for name in SWITCHES if after[name] != before.get(name)}
    company = Company.objects.get(pk=row.subject_id or 0)
    if any(before.get(name) != after[name] for name in _WAYS):
        clients = HaloClient.objects.select_related("halo_credential")
        site = after["halo_site"] and HaloSite.objects.get(pk=after["halo_site"]["id"])
        mapping = map_company(
            company,
            clients.get(pk=after["halo_client"]["id"]),
            halo_site=site,
            staff=staff,
            reason=f"Row {row.number} of the sheet {row.sheet.file_name}.",
            **switches,
        )
    else:
        mapping = CompanyMapping.objects.get(company=company, halo_credential=credential)
        set_switches(mapping, staff=staff, **switches)
    return mapping.pk if switches.get("create_tickets") else None
