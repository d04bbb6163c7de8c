"""The columns of a list of computers, and what people call them."""

from __future__ import annotations

from typing import Final

from integrations.sync.tables.fields import ID, Field, Kind, Table, words

OF_COMPANY: Final = words(
    "company id, company name, client, client name, client id, customer, customer name, customer id, "
    "organisation, organization, organisation name, organization name, account, account name, tenant, firma, "
    "kunde, kundenname, kundennummer, mandant, unternehmen, société, entreprise, empresa, cliente, bedrijf, "
    "klant, azienda, company external id"
)
COMPUTER_NAMES: Final = words(
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
            words(
                "id, external id, device id, machine id, asset id, agent id, uid, guid, uuid, endpoint id, "
                "system id, geräte-id, gerätenummer, inventory number, inventarnummer"
            ),
            "pc-2001",
        ),
        Field("name", "Computer", called=COMPUTER_NAMES, sample="PINE-PC02"),
        Field("company", "Company", called=OF_COMPANY, sample="Pine Dental Ltd"),
        Field(
            "serial_number",
            "Serial number",
            Kind.CODE,
            words(
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
            words("mac, mac address, macs, ethernet address, physical address, mac-adresse, adresse mac"),
            "00:15:5D:01:02:03",
        ),
        Field(
            "ip_addresses",
            "IP addresses",
            Kind.ADDRESSES,
            words("ip, ip address, ips, ipv4, ipv4 address, ipv6, ipv6 address, ip-adresse, adresse ip"),
            "10.0.0.12, 10.0.1.12",
        ),
        Field(
            "manufacturer",
            "Manufacturer",
            called=words("vendor, make, brand, hersteller, marke, fabricant, fabricante, marque, fabrikant"),
            sample="Dell",
        ),
        Field(
            "model",
            "Model",
            called=words("model name, product name, modell, modèle, modelo"),
            sample="OptiPlex 7010",
        ),
        Field(
            "os_name",
            "Operating system",
            called=words(
                "os, os name, operating system name, platform, betriebssystem, système d'exploitation, "
                "sistema operativo, besturingssysteem"
            ),
            sample="Windows 11 Pro",
        ),
        Field(
            "os_version",
            "OS version",
            called=words("operating system version, os build"),
            sample="23H2",
        ),
        Field(
            "device_class",
            "Type",
            called=words("device type, class, device class, category, role, typ, gerätetyp, kind"),
            sample="workstation",
        ),
        Field(
            "last_user",
            "Last user",
            called=words(
                "user, username, user name, logged in user, last logged in user, current user, benutzer, "
                "letzter benutzer, utilisateur, usuario"
            ),
            sample="j.smith",
        ),
        Field(
            "last_seen",
            "Last seen",
            Kind.MOMENT,
            words(
                "last contact, last online, last check in, last checkin, last response, last report, "
                "zuletzt gesehen, zuletzt online, dernière connexion, última conexión"
            ),
            "2026-03-01 08:15",
        ),
        Field("online", "Online", Kind.FLAG, words("is online, connected, en ligne, en línea"), "yes"),
        Field(
            "in_maintenance",
            "In maintenance",
            Kind.FLAG,
            words("maintenance, maintenance mode, wartung, wartungsmodus"),
            "no",
        ),
        Field(
            "purchased_on",
            "Purchased",
            Kind.DAY,
            words(
                "purchase date, purchased on, date of purchase, bought, bought on, kaufdatum, gekauft, "
                "date d'achat, fecha de compra, aankoopdatum"
            ),
            "2024-05-17",
        ),
        Field(
            "warranty_ends_on",
            "Warranty end",
            Kind.DAY,
            words(
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
            words("product, licence, license, licences, licenses, lizenz, lizenzen, plan, produit, producto"),
            "Desktop",
        ),
        Field("tags", "Tags", Kind.LIST, words("tag, labels, groups, etiquetas"), "reception"),
        Field("agent_version", "Agent version", called=words("client version"), sample="7.9"),
        Field(
            "console_url",
            "Link",
            called=words("console url, url, web address, device url, address in the console"),
            sample="",
        ),
    ),
    needed=("name",),
    keys=(("serial_number",), ("company", "name"), ("name",)),
)
