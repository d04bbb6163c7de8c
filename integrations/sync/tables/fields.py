"""What a spreadsheet can hold: the fields of companies, computers and events, and what people call them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """How the cells of a column are read."""

    ID = "id"
    """Identifies something: a digit that was lost makes it another thing."""
    TEXT = "text"
    CODE = "code"
    """A number that is a name (serial number, account number): never computed with, zeros count."""
    LIST = "list"
    ADDRESSES = "addresses"
    """MAC or IP addresses: also divided by blanks."""
    DAY = "day"
    MOMENT = "moment"
    FLAG = "flag"
    STATE = "state"
    SEVERITY = "severity"
    EVENT_TYPE = "event_type"


EXACT: Final = frozenset({Kind.ID, Kind.CODE})
SEVERAL: Final = frozenset({Kind.LIST, Kind.ADDRESSES})
"""Kinds of which more than one column may be taken."""
TIMES: Final = frozenset({Kind.DAY, Kind.MOMENT})


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that a column can be taken for. `called` are usual headers besides the name and the label."""

    name: str
    label: str
    kind: Kind = Kind.TEXT
    called: tuple[str, ...] = ()
    sample: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """`needed` has to have a column; `keys` tell rows apart where there is no id, the first that fits."""

    what: str
    one: str
    fields: tuple[Field, ...]
    needed: tuple[str, ...]
    keys: tuple[tuple[str, ...], ...]

    @property
    def by_name(self) -> Mapping[str, Field]:
        return {field.name: field for field in self.fields}


ID: Final = "external_id"


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(","))


COMPANIES: Final = Table(
    "companies",
    "company",
    (
        Field(
            ID,
            "Company ID",
            Kind.ID,
            _words(
                "id, external id, client id, customer id, company number, customer number, client "
                "number, customer no, kundennummer, kunden-nr, kundennr, firmennummer, numéro client, "
                "número de cliente"
            ),
            "c-1001",
        ),
        Field(
            "name",
            "Company",
            called=_words(
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
            called=_words(
                "website, web site, web, url, email domain, e-mail domain, domaine, dominio, webseite"
            ),
            sample="pine-dental.example",
        ),
        Field(
            "account_number",
            "Account number",
            Kind.CODE,
            _words(
                "account no, account code, reference, debtor number, debitor, debitorennummer, kontonummer, "
                "compte, número de cuenta"
            ),
            "00417",
        ),
        Field("tags", "Tags", Kind.LIST, _words("tag, labels, groups, etiquetas"), "gold, dental"),
    ),
    needed=("name",),
    keys=(("name",),),
)

_OF_COMPANY: Final = _words(
    "company id, company name, client, client name, client id, customer, customer name, customer id, "
    "organisation, organization, organisation name, organization name, account, account name, tenant, firma, "
    "kunde, kundenname, kundennummer, mandant, unternehmen, société, entreprise, empresa, cliente, bedrijf, "
    "klant, azienda, company external id"
)
_COMPUTER_NAMES: Final = _words(
    "name, computer name, computername, device, device name, machine, machine name, hostname, host "
    "name, host, pc name, pc, workstation, server, system, system name, asset name, endpoint, gerät, "
    "gerätename, rechner, rechnername, nom, ordinateur, nom de l'ordinateur, poste, appareil, equipo, "
    "nombre, nombre del equipo, dispositivo, apparaat, naam, dnsname, dns name"
)

COMPUTERS: Final = Table(
    "computers",
    "computer",
    (
        Field(
            ID,
            "Computer ID",
            Kind.ID,
            _words(
                "id, external id, device id, machine id, asset id, agent id, uid, guid, uuid, endpoint id, "
                "system id, geräte-id, gerätenummer, inventory number, inventarnummer"
            ),
            "pc-2001",
        ),
        Field("name", "Computer", called=_COMPUTER_NAMES, sample="PINE-PC02"),
        Field("company", "Company", called=_OF_COMPANY, sample="Pine Dental Ltd"),
        Field(
            "serial_number",
            "Serial number",
            Kind.CODE,
            _words(
                "serial, serial nr, serial no, serialno, s/n, sn, service tag, bios serial, bios "
                "serial number, seriennummer, serien-nr, seriennr, numéro de série, n° de série, "
                "número de serie, serienummer, numero di serie"
            ),
            "0012AB34",
        ),
        Field(
            "mac_addresses",
            "MAC addresses",
            Kind.ADDRESSES,
            _words("mac, mac address, macs, ethernet address, physical address, mac-adresse, adresse mac"),
            "00:15:5D:01:02:03",
        ),
        Field(
            "ip_addresses",
            "IP addresses",
            Kind.ADDRESSES,
            _words("ip, ip address, ips, ipv4, ipv4 address, ipv6, ipv6 address, ip-adresse, adresse ip"),
            "10.0.0.12, 10.0.1.12",
        ),
        Field(
            "manufacturer",
            "Manufacturer",
            called=_words("vendor, make, brand, hersteller, marke, fabricant, fabricante, marque, fabrikant"),
            sample="Dell",
        ),
        Field(
            "model",
            "Model",
            called=_words("model name, product name, modell, modèle, modelo"),
            sample="OptiPlex 7010",
        ),
        Field(
            "os_name",
            "Operating system",
            called=_words(
                "os, os name, operating system name, platform, betriebssystem, système d'exploitation, "
                "sistema operativo, besturingssysteem"
            ),
            sample="Windows 11 Pro",
        ),
        Field(
            "os_version",
            "OS version",
            called=_words("operating system version, os build"),
            sample="23H2",
        ),
        Field(
            "device_class",
            "Type",
            called=_words("device type, class, device class, category, role, typ, gerätetyp, kind"),
            sample="workstation",
        ),
        Field(
            "last_user",
            "Last user",
            called=_words(
                "user, username, user name, logged in user, last logged in user, current user, benutzer, "
                "letzter benutzer, utilisateur, usuario"
            ),
            sample="j.smith",
        ),
        Field(
            "last_seen",
            "Last seen",
            Kind.MOMENT,
            _words(
                "last contact, last online, last check in, last checkin, last response, last report, "
                "zuletzt gesehen, zuletzt online, dernière connexion, última conexión"
            ),
            "2026-03-01 08:15",
        ),
        Field("online", "Online", Kind.FLAG, _words("is online, connected, en ligne, en línea"), "yes"),
        Field(
            "in_maintenance",
            "In maintenance",
            Kind.FLAG,
            _words("maintenance, maintenance mode, wartung, wartungsmodus"),
            "no",
        ),
        Field(
            "purchased_on",
            "Purchased",
            Kind.DAY,
            _words(
                "purchase date, purchased on, date of purchase, bought, bought on, kaufdatum, gekauft, "
                "date d'achat, fecha de compra, aankoopdatum"
            ),
            "2024-05-17",
        ),
        Field(
            "warranty_ends_on",
            "Warranty end",
            Kind.DAY,
            _words(
                "warranty, warranty end date, warranty expires, warranty expiry, warranty until, "
                "warranty expiration, warranty ends on, garantie, garantie bis, garantieende, "
                "fin de garantie, garantía, fin de garantía"
            ),
            "2027-05-16",
        ),
        Field(
            "products",
            "Products",
            Kind.LIST,
            _words(
                "product, licence, license, licences, licenses, lizenz, lizenzen, plan, produit, producto"
            ),
            "Desktop",
        ),
        Field("tags", "Tags", Kind.LIST, _words("tag, labels, groups, etiquetas"), "reception"),
        Field("agent_version", "Agent version", called=_words("client version"), sample="7.9"),
        Field(
            "console_url",
            "Link",
            called=_words("console url, url, web address, device url, address in the console"),
            sample="",
        ),
    ),
    needed=("name",),
    keys=(("serial_number",), ("company", "name"), ("name",)),
)

EVENTS: Final = Table(
    "events",
    "event",
    (
        Field(
            ID,
            "Event ID",
            Kind.ID,
            _words("id, external id, alert id, incident id, message id, number, nummer, ereignis-id"),
            "disk-17",
        ),
        Field(
            "title",
            "Title",
            called=_words(
                "subject, summary, alert, event, name, headline, betreff, titel, ereignis, meldung, titre, "
                "objet, asunto, título"
            ),
            sample="Disk C: almost full",
        ),
        Field(
            "event_type",
            "Event type",
            Kind.EVENT_TYPE,
            _words("type, alert type, category, kind, ereignistyp, typ, kategorie"),
            "device.disk_space",
        ),
        Field("company", "Company", called=_OF_COMPANY, sample="Pine Dental Ltd"),
        Field(
            "computer",
            "Computer",
            called=(*_COMPUTER_NAMES[1:], "computer id", "device id", "machine id", "affected"),
            sample="PINE-PC02",
        ),
        Field(
            "severity",
            "Severity",
            Kind.SEVERITY,
            _words("priority, level, criticality, schweregrad, priorität, sévérité, gravité, gravedad"),
            "high",
        ),
        Field("state", "State", Kind.STATE, _words("status, resolved, zustand, état, estado"), "open"),
        Field(
            "occurred_at",
            "Time",
            Kind.MOMENT,
            _words(
                "date, occurred at, created, created at, created on, timestamp, date and time, datetime, "
                "time created, opened, raised, zeit, zeitpunkt, datum, date et heure, heure, fecha, hora"
            ),
            "2026-03-01 08:15",
        ),
        Field(
            "message",
            "Message",
            called=_words(
                "description, details, text, body, note, notes, comment, beschreibung, nachricht, texte, "
                "mensaje, descripción"
            ),
            sample="Only 2 GB of 256 GB are free.",
        ),
        Field(
            "series_key",
            "Series key",
            Kind.ID,
            _words("series, condition, condition id, group key, plan, job, job name"),
            "disk-c",
        ),
        Field("url", "Link", called=_words("web address, address"), sample="https://console.example/17"),
        Field("product", "Product", called=_words("program, software, application, programm"), sample=""),
    ),
    needed=(),
    keys=(("series_key", "computer", "company", "event_type", "title"),),
)

TABLES: Final[Mapping[str, Table]] = {table.what: table for table in (COMPANIES, COMPUTERS, EVENTS)}
