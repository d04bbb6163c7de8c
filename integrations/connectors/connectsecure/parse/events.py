"""System events, audits of Active Directory and Entra ID, and vulnerabilities by severity.

What identifies what:

* A system event: `external_id` is its row (`event:<id>`). `event_id` is the same condition each time, and so
  the series: `event:<event_id>`. Where that names company and asset (`<name>:<company>:<asset>[:<port>]`), an
  agent that is down is `agent.down:<company>:<asset>` and an open port `port:<company>:<asset>:<port>`:
  "back online" and "closed", which are events of other names, end them.
* An audit entry is news without an end, and one alert each: `ad:<row id>` and `entra:<row id>` are both.
* Vulnerabilities are one series for each company and severity, `vuln.<severity>:<company>`; both are that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Any, Final

from integrations.catalogue import EVENT_TYPES
from integrations.choices import EventState, Severity
from integrations.connectors import values
from integrations.connectors.base import OpenQuestion
from integrations.connectors.connectsecure.parse import codes, envelopes
from integrations.records import CompanyRecord, EventRecord

Row = Mapping[str, Any]

SPECIAL_LOGON: Final = "ad.special_logon"
SYSTEM_EVENTS: Final = "System events"
AD_AUDIT: Final = "AD audit"
ENTRA_AUDIT: Final = "Entra ID audit"
HISTORIES_OF: Final = {
    SYSTEM_EVENTS: ("event:", "agent.down:", "port:"),
    AD_AUDIT: ("ad:",),
    ENTRA_AUDIT: ("entra:",),
}
HISTORIES: Final = tuple(beginning for some in HISTORIES_OF.values() for beginning in some)
"""Beginnings of series whose end no list tells: they never count as seen."""

OPEN_QUESTIONS: Final = (
    OpenQuestion("3. Values of the status of events", ("status",)),
    OpenQuestion("3. Names of events and of their categories", ("event_name", "category_name")),
    OpenQuestion("3. Whose a system event is; lifetime of a token; limits of calls"),
    OpenQuestion(
        "Kinds of agents and assets", ("agent_type", "asset_type", "asset_category", "online_status")
    ),
    OpenQuestion("What deleted and deprecated assets look like", ("is_deleted", "is_deprecated")),
    OpenQuestion("Columns of remediation", ("software_version", "severity", "remediation_action")),
    OpenQuestion("Which views repeat their total", ("total_count", "total_records")),
)

# Column of the asset view -> event type, severity.
_RISKS: Final = {
    "cisa_vul": ("vuln.cisa", Severity.CRITICAL.value),
    "critical": ("vuln.critical", Severity.CRITICAL.value),
    "high": ("vuln.high", Severity.HIGH.value),
    "medium": ("vuln.medium", Severity.MEDIUM.value),
    "low": ("vuln.low", Severity.LOW.value),
    "epss_vul": ("vuln.epss", Severity.HIGH.value),
}
_CONDITION: Final = re.compile(r"[^:]+:(?P<company>\d+):(?P<asset>\d+)(?::(?P<rest>.+))?")


@dataclass(slots=True)
class Fleet:
    """What events need of companies and assets. Keeps ids, host names and sums, never whole rows."""

    companies: dict[str, CompanyRecord] = field(default_factory=dict)
    _hosts: dict[tuple[str, str], str | None] = field(default_factory=dict)
    _counts: dict[str, dict[str, list[int]]] = field(default_factory=dict)
    """Company -> column -> [vulnerabilities, assets that have some]."""

    def add(self, row: Row, *, is_counted: bool) -> None:
        """One row of the asset view; its vulnerabilities count if `is_counted`."""
        company, asset = values.text(row.get("company_id")), envelopes.row_id(row)
        if company is None or asset is None:
            return
        host = _short(row.get("host_name")) or _short(row.get("name"))
        if host:
            known = self._hosts.get((company, host), asset)
            self._hosts[company, host] = asset if known == asset else None
        for column in _RISKS if is_counted else ():
            number = values.number(row.get(column)) or 0
            if number > 0:
                sums = self._counts.setdefault(company, {}).setdefault(column, [0, 0])
                sums[0] += number
                sums[1] += 1

    def asset_called(self, company: str | None, name: Any) -> str | None:
        """The only asset of the company with this host name, also with a domain behind it."""
        return self._hosts.get((company or "", _short(name) or ""))

    def risks(self) -> Iterator[EventRecord]:
        """The vulnerabilities of each company by severity, where there are any."""
        for company in self.companies.values():
            counts = self._counts.get(company.external_id, {})
            for column, (key, severity) in _RISKS.items():
                sums = counts.get(column)
                if sums is not None:
                    yield _risk(company, key, severity, sums)


def _short(name: Any) -> str | None:
    return (values.text(name) or "").casefold().partition(".")[0] or None


def _risk(company: CompanyRecord, key: str, severity: str, sums: list[int]) -> EventRecord:
    series, found = f"{key}:{company.external_id}", EVENT_TYPES[key].name
    return EventRecord(
        external_id=series,
        event_type=key,
        state=EventState.OPEN.value,
        title=f"{found} – {company.name}",
        series_key=series,
        severity=severity,
        message=f"Company: {company.name}\nVulnerabilities: {sums[0]}\nAssets: {sums[1]}",
        company_external_id=company.external_id,
        raw={"vulnerabilities": sums[0], "assets": sums[1]},
    )


# ---- system events --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Place:
    """Whose an event is, as far as somebody says it."""

    company: str | None = None
    asset: str | None = None


def place_of_ticket(row: Row) -> Place:
    """Of one of ConnectSecure's own tickets; the asset only where there is exactly one."""
    assets = row.get("asset_ids")
    found = [text for item in (assets if isinstance(assets, list) else ()) if (text := values.text(item))]
    return Place(values.text(row.get("company_id")), found[0] if len(found) == 1 else None)


def events_of_ticket(row: Row) -> list[str]:
    """The event rows that a ticket was made of."""
    found = row.get("event_ids")
    return [text for item in (found if isinstance(found, list) else ()) if (text := values.text(item))]


def own_place(row: Row, fleet: Fleet) -> Place:
    """What the event says: its columns, the tickets in it, its `event_id` if that names a known company."""
    tickets = row.get("tickets")
    for source in (row, *(item for item in (tickets if isinstance(tickets, list) else ()))):
        if isinstance(source, Mapping) and values.text(source.get("company_id")):
            found = place_of_ticket(source)
            return Place(found.company, values.text(source.get("asset_id")) or found.asset)
    parts = _CONDITION.fullmatch(values.text(row.get("event_id")) or "")
    return (
        Place(parts["company"], parts["asset"]) if parts and parts["company"] in fleet.companies else Place()
    )


def system_event(row: Row, place: Place, zone: tzinfo) -> EventRecord | None:
    """One system event; None without id, or where a list tells the same (solutions, problems, audits)."""
    number, name = envelopes.row_id(row), values.line(row.get("event_name"))
    category = values.line(row.get("category_name"))
    key = codes.event_type(name, category)
    if number is None or key is None:
        return None
    state = codes.state(_status(row), key)
    created, updated = (values.moment(row.get(column), zone) for column in ("created", "updated"))
    code = name or category or ""
    return EventRecord(
        external_id=f"event:{number}",
        event_type=key,
        vendor_code=code,
        state=state,
        title=values.line(row.get("description")) or code or "Event",
        series_key=_series(row, key, number),
        severity=codes.severity(values.text(row.get("severity"))) or Severity.MEDIUM.value,
        message=_lines(
            ("Event", name),
            ("Category", category),
            ("Description", values.plain(row.get("description"))),
            ("First seen", _when(created)),
        ),
        occurred_at=(updated or created) if state == EventState.RESOLVED else created,
        company_external_id=place.company,
        computer_external_id=place.asset,
        raw=dict(row),
    )


def _status(row: Row) -> str | None:
    said = row.get("status")
    return str(said).lower() if isinstance(said, bool) else values.text(said)


def _series(row: Row, key: str, number: str) -> str:
    condition = values.text(row.get("event_id"))
    parts = _CONDITION.fullmatch(condition or "")
    if parts and key in codes.AGENT_DOWN:
        return f"agent.down:{parts['company']}:{parts['asset']}"
    if parts and parts["rest"] and key in codes.PORT:
        return envelopes.fit(f"port:{parts['company']}:{parts['asset']}:{parts['rest']}")
    return f"event:{envelopes.fit(condition)}" if condition else f"event:row {number}"


# ---- audits ---------------------------------------------------------------------------------


def ad_audit(row: Row, fleet: Fleet, zone: tzinfo) -> EventRecord | None:
    """One entry of a domain controller's security log; None without id."""
    number, code = envelopes.row_id(row), values.text(row.get("event_id")) or ""
    if number is None:
        return None
    company = values.text(row.get("company_id"))
    key = codes.windows_type(values.number(code), values.text(row.get("object_class")))
    target = _first(row, ("target_user_name", "new_target_user_name", "object_dn", "new_object_dn"))
    told = values.line(row.get("description")) or EVENT_TYPES[key].name
    return EventRecord(
        external_id=f"ad:{number}",
        event_type=key,
        vendor_code=code,
        state=EventState.OPEN.value,
        title=f"{told} – {target}" if target and target.casefold() not in told.casefold() else told,
        series_key=f"ad:{number}",
        severity=codes.severity(values.text(row.get("level"))) or Severity.INFO.value,
        message=_lines(
            ("Windows event", code),
            ("Description", values.plain(row.get("description"))),
            ("By", _account(row, "subject_user")),
            ("Target", _account(row, "target_user") or target),
            ("Object class", values.line(row.get("object_class"))),
            ("From address", values.line(row.get("ip_address"))),
            ("Domain controller", values.line(row.get("computer_name"))),
            ("Time", _when(values.moment(row.get("datetime"), zone))),
        ),
        occurred_at=values.moment(row.get("datetime"), zone) or values.moment(row.get("created"), zone),
        company_external_id=company,
        computer_external_id=fleet.asset_called(company, row.get("computer_name")),
        raw=dict(row),
    )


def entra_audit(row: Row, zone: tzinfo) -> EventRecord | None:
    """One entry of Entra ID's audit log; None without id."""
    number, activity = envelopes.row_id(row), values.line(row.get("activity_display_name"))
    if number is None:
        return None
    key, result = codes.entra_type(activity), values.line(row.get("result"))
    happened = values.moment(row.get("activity_date_time"), zone)
    return EventRecord(
        external_id=f"entra:{number}",
        event_type=key,
        vendor_code=activity or values.line(row.get("operation_type")) or "",
        state=EventState.OPEN.value,
        title=activity or EVENT_TYPES[key].name,
        series_key=f"entra:{number}",
        severity=Severity.INFO.value,
        message=_lines(
            ("Activity", activity),
            ("Category", values.line(row.get("category"))),
            ("Service", values.line(row.get("logged_by_service"))),
            ("Result", result),
            ("Reason", values.plain(row.get("result_reason"))),
            ("Time", _when(happened)),
        ),
        occurred_at=happened or values.moment(row.get("created"), zone),
        company_external_id=values.text(row.get("company_id")),
        raw=dict(row),
    )


def _account(row: Row, who: str) -> str | None:
    """`HARBOUR\\m.keller`."""
    name, domain = values.line(row.get(f"{who}_name")), values.line(row.get(f"{who}_domain"))
    return f"{domain}\\{name}" if name and domain else name


def _first(row: Row, keys: tuple[str, ...]) -> str | None:
    return next((found for key in keys if (found := values.line(row.get(key)))), None)


def _when(moment: datetime | None) -> str | None:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if moment else None


def _lines(*told: tuple[str, str | None]) -> str:
    return "\n".join(f"{name}: {value}" for name, value in told if value)
