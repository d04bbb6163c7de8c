"""What a spreadsheet can hold: companies, computers or events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from integrations.sync.tables.fields import ID, Field, Kind, Table, words
from integrations.sync.tables.known_computers import COMPUTERS
from integrations.sync.tables.known_events import EVENTS

COMPANIES: Final = Table(
    "companies",
    "company",
    (
        Field(
            ID,
            "Company ID",
            Kind.ID,
            words(
                "id, external id, client id, customer id, company number, customer number, client "
                "number, customer no, kundennummer, kunden-nr, kundennr, firmennummer, numéro client, "
                "número de cliente"
            ),
            "c-1001",
        ),
        Field(
            "name",
            "Company",
            called=words(
                "name, company name, client, client name, customer, customer name, organisation, "
                "organization, organisation name, organization name, account, account name, site "
                "name, tenant, firma, firmenname, kunde, kundenname, unternehmen, mandant, société, "
                "entreprise, nom, nom du client, empresa, cliente, nombre, razón social, bedrijf, "
                "klant, naam, azienda, nome"
            ),
            sample="Pine Dental Ltd",
        ),
        Field(
            "domain",
            "Domain",
            called=words(
                "website, web site, web, url, email domain, e-mail domain, domaine, dominio, webseite"
            ),
            sample="pine-dental.example",
        ),
        Field(
            "account_number",
            "Account number",
            Kind.CODE,
            words(
                "account no, account code, reference, debtor number, debitor, debitorennummer, kontonummer, "
                "compte, número de cuenta"
            ),
            "00417",
        ),
        Field("tags", "Tags", Kind.LIST, words("tag, labels, groups, etiquetas"), "gold, dental"),
    ),
    needed=("name",),
    keys=(("name",),),
)

TABLES: Final[Mapping[str, Table]] = {table.what: table for table in (COMPANIES, COMPUTERS, EVENTS)}
