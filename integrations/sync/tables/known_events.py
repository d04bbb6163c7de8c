"""The columns of a list of events, and what people call them."""

from __future__ import annotations

from typing import Final

from integrations.sync.tables.fields import ID, Field, Kind, Table, words
from integrations.sync.tables.known_computers import COMPUTER_NAMES, OF_COMPANY

EVENTS: Final = Table(
    "events",
    "event",
    (
        Field(
            ID,
            "Event ID",
            Kind.ID,
            words("id, external id, alert id, incident id, message id, number, nummer, ereignis-id"),
            "disk-17",
        ),
        Field(
            "title",
            "Title",
            called=words(
                "subject, summary, alert, event, name, headline, betreff, titel, ereignis, meldung, titre, "
                "objet, asunto, título"
            ),
            sample="Disk C: almost full",
        ),
        Field(
            "event_type",
            "Event type",
            Kind.EVENT_TYPE,
            words("type, alert type, category, kind, ereignistyp, typ, kategorie"),
            "device.disk_space",
        ),
        Field("company", "Company", called=OF_COMPANY, sample="Pine Dental Ltd"),
        Field(
            "computer",
            "Computer",
            called=(*COMPUTER_NAMES[1:], "computer id", "device id", "machine id", "affected"),
            sample="PINE-PC02",
        ),
        Field(
            "severity",
            "Severity",
            Kind.SEVERITY,
            words("priority, level, criticality, schweregrad, priorität, sévérité, gravité, gravedad"),
            "high",
        ),
        Field("state", "State", Kind.STATE, words("status, resolved, zustand, état, estado"), "open"),
        Field(
            "occurred_at",
            "Time",
            Kind.MOMENT,
            words(
                "date, occurred at, created, created at, created on, timestamp, date and time, datetime, "
                "time created, opened, raised, zeit, zeitpunkt, datum, date et heure, heure, fecha, hora"
            ),
            "2026-03-01 08:15",
        ),
        Field(
            "message",
            "Message",
            called=words(
                "description, details, text, body, note, notes, comment, beschreibung, nachricht, texte, "
                "mensaje, descripción"
            ),
            sample="Only 2 GB of 256 GB are free.",
        ),
        Field(
            "series_key",
            "Series key",
            Kind.ID,
            words("series, condition, condition id, group key, plan, job, job name"),
            "disk-c",
        ),
        Field("url", "Link", called=words("web address, address"), sample="https://console.example/17"),
        Field("product", "Product", called=words("program, software, application, programm"), sample=""),
    ),
    needed=(),
    keys=(("series_key", "computer", "company", "event_type", "title"),),
)
