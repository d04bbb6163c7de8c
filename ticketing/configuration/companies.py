"""The section of company mappings, with their ticket rules: stored by what a single mapping is stored by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from mappings.linking import map_company, set_switches
from mappings.linking.company_history import note_changes
from mappings.linking.switches import SWITCHES
from mappings.models import CompanyMapping
from ticketing.configuration.columns import ClientReference, Column, Plain, Reference
from ticketing.configuration.names import Names
from ticketing.configuration.rows import changes_of, name_of, put_all, refuse_unknown, told_row
from ticketing.configuration.verdicts import Judged, Verdict, refused
from ticketing.models import TicketRule

OTHER_PLACE: Final = "It is mapped to {}; another client or site is a preview on the page of the mapping."
NO_CLIENT: Final = (
    "halo_client: a client is wanted; leave the row out of the file to leave its mapping as it is."
)
OFFBOARDED: Final = "It was offboarded; bring it back first."


class CompanyColumn:
    """A company by the console's own id; its name is for people only."""

    name = "company"

    def told(self, row: CompanyMapping, names: Names) -> Any:
        company = row.company
        console = names.consoles.told(None, company.console_id)
        return {"console": console, "id": company.external_id, "name": company.name}

    def put(self, row: CompanyMapping, value: Any, names: Names) -> None:
        if not isinstance(value, dict):
            raise refused("company: console and ID are wanted.")
        row.company = names.company(names.consoles.found(None, value.get("console")), value.get("id"))


class ClientColumn(ClientReference):
    """A mapping without a client is none; and the site of the row is looked for within it."""

    def put(self, row: CompanyMapping, value: Any, names: Names) -> None:
        if value is None:
            raise refused(NO_CLIENT)
        super().put(row, value, names)


class SiteColumn:
    """A site within the client of its row."""

    name = "halo_site"

    def told(self, row: CompanyMapping, names: Names) -> Any:
        site = row.halo_site
        return None if site is None else names.sites.told(site.client_id, site.halo_id)

    def put(self, row: CompanyMapping, value: Any, names: Names) -> None:
        found = names.sites.found(row.halo_client_id, value, str(row.halo_client)) if value else None
        row.halo_site = found


class RulesColumn:
    """Pairs of event set and profile, in their order. They rest beside the row until it is saved."""

    name = "ticket_rules"
    rest = "chosen_rules"

    def told(self, row: CompanyMapping, names: Names) -> Any:
        chosen = row.__dict__.get(self.rest)
        if chosen is None:
            chosen = [(rule.event_set, rule.profile) for rule in row.ticket_rules.all()] if row.pk else []
        return [{"event_set": event_set.name, "profile": profile.name} for event_set, profile in chosen]

    def put(self, row: CompanyMapping, value: Any, names: Names) -> None:
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            raise refused("ticket_rules: a list of event set and profile is wanted.")
        row.__dict__[self.rest] = [
            (
                names.event_sets.found(None, one.get("event_set")),
                names.profiles.found(row.halo_credential_id, one.get("profile"), str(row.halo_credential)),
            )
            for one in value
        ]

    def store(self, row: CompanyMapping, chosen: list[tuple[Any, Any]]) -> None:
        row.ticket_rules.all().delete()
        for position, (event_set, profile) in enumerate(chosen):
            rule = TicketRule(company_mapping=row, event_set=event_set, profile=profile, position=position)
            rule.full_clean()
            rule.save()
        told = f"Ticket rules by an imported configuration: {len(chosen)}."
        note_changes([(row.company_id, row.halo_credential_id, told)])


_RULES = RulesColumn()


class CompanySection:
    """Mappings that were offboarded are not exported."""

    name = "company_mappings"
    key: Sequence[Column] = (Reference("halo_credential", lambda names: names.credentials), CompanyColumn())
    place: Sequence[Column] = (ClientColumn("halo_client"), SiteColumn())
    columns: Sequence[Column] = (*place, *(Plain(name) for name in SWITCHES), _RULES)

    def _stored(self) -> Any:
        rows = CompanyMapping.objects.select_related("company", "halo_client", "halo_site", "halo_credential")
        return rows.prefetch_related("ticket_rules__event_set", "ticket_rules__profile").order_by("pk")

    def export(self, names: Names) -> list[dict[str, Any]]:
        rows = self._stored().in_use()
        told = [told_row([*self.key, *self.columns], row, names) for row in rows]
        return sorted(told, key=lambda row: (str(row["halo_credential"]), _company_key(row["company"])))

    def begin(self) -> None:
        self._known = {(row.halo_credential_id, row.company_id): row for row in self._stored()}

    def take(self, told: dict[str, Any], names: Names) -> Judged:
        refuse_unknown(told, [*self.key, *self.columns])
        row = CompanyMapping()
        put_all(self.key, row, told, names, required=True)
        known = self._known.get((row.halo_credential_id, row.company_id))
        if known is not None:
            row = _copy(known)
        put_all(self.place[:1], row, told, names, required=known is None)
        put_all(self.columns[1:], row, told, names)
        changes = changes_of(self.columns, known, row, names)
        name = name_of(told, self.key)
        if known is not None and not changes:
            return Judged(self.name, name, Verdict.UNCHANGED, {})
        if known is not None:
            _refuse_moving(known, changes)
        self._known[row.halo_credential_id, row.company_id] = self._store(row, known is None)
        return Judged(self.name, name, Verdict.NEW if known is None else Verdict.CHANGED, changes)

    def _store(self, row: CompanyMapping, new: bool) -> CompanyMapping:
        switches = {name: getattr(row, name) for name in SWITCHES}
        rules = row.__dict__.get(_RULES.rest)
        if new:
            reason = "From an imported configuration."
            row = map_company(
                row.company, row.halo_client, halo_site=row.halo_site, reason=reason, **switches
            )
        else:
            set_switches(CompanyMapping.objects.get(pk=row.pk), **switches)
        if rules is not None:
            _RULES.store(row, rules)
            row.__dict__[_RULES.rest] = rules
        return row


def _refuse_moving(known: CompanyMapping, changes: dict[str, Any]) -> None:
    if known.archived_at is not None:
        raise refused(OFFBOARDED)
    if {"halo_client", "halo_site"} & set(changes):
        site = f", {known.halo_site}" if known.halo_site else ""
        raise refused(OTHER_PLACE.format(f"{known.halo_client}{site}"))


def _copy(known: CompanyMapping) -> CompanyMapping:
    """With the same rows beside it, and none of what is only remembered."""
    row = CompanyMapping(
        **{field.attname: getattr(known, field.attname) for field in known._meta.concrete_fields}
    )
    row.company, row.halo_credential = known.company, known.halo_credential
    row.halo_client, row.halo_site = known.halo_client, known.halo_site
    chosen = known.__dict__.get(_RULES.rest)
    rules = (
        [(rule.event_set, rule.profile) for rule in known.ticket_rules.all()] if chosen is None else chosen
    )
    row.__dict__[_RULES.rest] = rules
    return row


def _company_key(told: dict[str, Any]) -> tuple[str, str]:
    return str(told["console"]), str(told["id"])
