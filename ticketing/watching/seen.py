"""What was seen on our tickets in HaloPSA, compared with what we know, and stored."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from integrations.choices import Action, EventState, IntentionState, OptionKind, Outcome
from integrations.models import HaloClient, HaloCredential, HaloOption, Intention
from integrations.records import TicketRecord
from integrations.runs.acts import again_if_broken_off
from integrations.runs.request import request_preflight
from integrations.runs.steps import Work
from ticketing import lanes
from ticketing.models import Alert, IntegrationProfile, Ticket, TicketState
from ticketing.watching.judging import Did, Known, means_wont_fix, what_was_done

OPEN: Final = (TicketState.OPEN, TicketState.STAFF)
TOOK_BACK: Final = "A person has closed the ticket in HaloPSA."


@dataclass(frozen=True, slots=True)
class Seen:
    """One of our tickets, as HaloPSA holds it."""

    ticket: Ticket
    record: TicketRecord

    @property
    def did(self) -> Did:
        return what_was_done(_known(self.ticket), self.record)

    @property
    def turned(self) -> bool:
        """It was open and is closed, or the other way round."""
        return self.did in (Did.CLOSED, Did.REOPENED, Did.NOT_CLOSED)

    def with_record(self, record: TicketRecord) -> Seen:
        return replace(self, record=record)


def _known(ticket: Ticket) -> Known:
    """A ticket that we are closing or reopening is neither open nor closed to us: the write decides.

    One that was left behind (superseded) is nobody's business any more.
    """
    return Known(
        is_open=ticket.state in OPEN,
        # Where our status does not close tickets, that was told once; what people do with it is their own.
        is_closed=ticket.state == TicketState.CLOSED and not ticket.not_closed,
        status=ticket.halo_status,
        client=ticket.halo_client,
        closes_with=ticket.profile.status_closed if ticket.profile and not ticket.closed_by_person else None,
    )


def differences(credential: HaloCredential, records: Mapping[int, TicketRecord]) -> list[Seen]:
    """Those of the records that say something new about a ticket of ours. One query."""
    rows = (
        Ticket.objects.filter(halo_credential=credential, halo_id__in=list(records))
        .exclude(state=TicketState.SUPERSEDED)
        .select_related("profile")
    )
    found = [Seen(ticket, records[ticket.halo_id]) for ticket in rows if ticket.halo_id is not None]
    return [seen for seen in found if seen.did != Did.NOTHING]


def busy_since(tickets: Sequence[Ticket], since: datetime) -> set[int]:
    """Tickets to which we are writing, or have written since then, by primary key."""
    under_way = Q(state__in=(IntentionState.SENDING, IntentionState.UNCERTAIN)) | Q(finished_at__gte=since)
    rows = Intention.objects.filter(under_way, lane__in=[lanes.lane_of(ticket) for ticket in tickets])
    return set(rows.values_list("subject_id", flat=True))


# ---- storing --------------------------------------------------------------------------------


def store(work: Work, found: Sequence[Seen]) -> None:
    """Store what people did, with one result of the run for each. A constant number of statements."""
    if not found:
        return
    stored = _store(found)
    for credential in {seen.ticket.halo_credential for seen, did, _ in stored if did == Did.NOT_CLOSED}:
        request_preflight(credential)
    for seen, did, words in stored:
        if did == Did.CHANGED:
            continue
        work.count(**{did.value: 1})
        work.entry(
            Action.SKIP,
            Outcome.WARNING if did in (Did.GONE, Did.NOT_CLOSED) else Outcome.DONE,
            f"Ticket {seen.record.halo_id}: {seen.ticket.summary}",
            subject_kind="ticket",
            subject_id=seen.ticket.pk,
            reason=words,
        )


@again_if_broken_off
def _store(found: Sequence[Seen]) -> list[tuple[Seen, Did, str]]:
    with transaction.atomic():
        numbers = [seen.ticket.pk for seen in found]
        alerts = _lock_alerts(numbers)
        rows = Ticket.objects.filter(pk__in=numbers).select_for_update(of=("self",)).order_by("pk")
        locked = {ticket.pk: ticket for ticket in rows.select_related("profile", "halo_credential")}
        now = [replace(seen, ticket=locked[seen.ticket.pk]) for seen in found if seen.ticket.pk in locked]
        names = _Names.of(now)
        told: list[tuple[Seen, Did, str]] = [
            (seen, seen.did, names.words(seen)) for seen in now if seen.did != Did.NOTHING
        ]
        for seen, did, words in told:
            _change(seen, did, words, alerts[seen.ticket.pk], names)
        _take_back([seen.ticket for seen, did, _ in told if did in (Did.CLOSED, Did.GONE)])
        _save(told, alerts)
    return told


def _lock_alerts(tickets: Sequence[int]) -> dict[int, list[Alert]]:
    """Alerts before tickets before intentions: with one order for all, nobody waits in a ring."""
    found: dict[int, list[Alert]] = defaultdict(list)
    for alert in Alert.objects.filter(ticket__in=tickets).select_for_update().order_by("pk"):
        found[alert.ticket_id or 0].append(alert)
    return found


def _change(seen: Seen, did: Did, words: str, alerts: list[Alert], names: _Names) -> None:
    ticket, record, now = seen.ticket, seen.record, timezone.now()
    ticket.halo_status = record.status_id if record.status_id is not None else ticket.halo_status
    ticket.halo_client = record.client_id if record.client_id is not None else ticket.halo_client
    ticket.seen_at = now
    match did:
        case Did.CLOSED:
            ticket.state, ticket.current = TicketState.CLOSED, False
            ticket.closed_by_person, ticket.closed_at = True, now
            ticket.wont_fix = names.wont_fix(seen)
        case Did.NOT_CLOSED:
            ticket.not_closed = True
        case Did.REOPENED if _goes_on(ticket, alerts):
            ticket.state, ticket.current = TicketState.OPEN, True
            ticket.closed_by_person, ticket.wont_fix, ticket.closed_at = False, False, None
        case Did.REOPENED | Did.GONE:
            ticket.state, ticket.current = TicketState.SUPERSEDED, False
    if did != Did.CHANGED:
        ticket.reason = words
    for alert in alerts:
        alert.pending = alert.pending or did in (Did.CLOSED, Did.REOPENED)
        if did == Did.GONE:
            alert.reason = f"{words} This occurrence is left alone; a new one gets a new ticket."[:500]


def _goes_on(ticket: Ticket, alerts: Iterable[Alert]) -> bool:
    """A person took the closing back while the alert is still open, and nothing newer has taken its place."""
    if not any(alert.state == EventState.OPEN for alert in alerts):
        return False
    siblings = Ticket.objects.filter(halo_credential=ticket.halo_credential_id, group_key=ticket.group_key)
    return not siblings.filter(current=True).exclude(pk=ticket.pk).exists()


def _take_back(tickets: Sequence[Ticket]) -> None:
    if tickets:
        lanes.take_back(tickets, TOOK_BACK, free_cause=True)


_TICKET_FIELDS = [
    "state", "current", "closed_by_person", "closed_at", "wont_fix", "reason", "halo_status", "halo_client",
    "seen_at", "not_closed",
]  # fmt: skip


def _save(told: Sequence[tuple[Seen, Did, str]], alerts: Mapping[int, list[Alert]]) -> None:
    Ticket.objects.bulk_update([seen.ticket for seen, _, _ in told], _TICKET_FIELDS)
    moved = (Did.CLOSED, Did.REOPENED, Did.GONE)
    touched = [alert for seen, did, _ in told if did in moved for alert in alerts[seen.ticket.pk]]
    Alert.objects.bulk_update(touched, ["pending", "reason"])


# ---- words ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Names:
    """Names of what the records give by number, and what means *won't fix*. Two queries."""

    options: dict[tuple[int, str, str], str]
    clients: dict[tuple[int, int | None], str]

    @classmethod
    def of(cls, found: Sequence[Seen]) -> _Names:
        credentials = {seen.ticket.halo_credential_id for seen in found}
        wanted = {str(seen.record.status_id) for seen in found}
        for seen in found:
            wanted |= {str(number) for number in _wont_fix_categories(seen.ticket.profile)}
        rows = HaloOption.objects.filter(
            halo_credential__in=credentials,
            kind__in=(OptionKind.STATUS, OptionKind.CATEGORY),
            halo_id__in=wanted,
        ).values_list("halo_credential", "kind", "halo_id", "name")
        places = HaloClient.objects.filter(
            halo_credential__in=credentials, halo_id__in={seen.record.client_id for seen in found} - {None}
        ).values_list("halo_credential", "halo_id", "name")
        return cls({row[:3]: row[3] for row in rows}, {row[:2]: row[2] for row in places})

    def _status(self, seen: Seen) -> str:
        key = (seen.ticket.halo_credential_id, str(OptionKind.STATUS), str(seen.record.status_id))
        return f" with the status “{self.options[key]}”" if key in self.options else ""

    def wont_fix(self, seen: Seen) -> bool:
        profile, credential = seen.ticket.profile, seen.ticket.halo_credential_id
        if profile is None:
            return False
        categories = [
            self.options.get((credential, str(OptionKind.CATEGORY), str(number)), "")
            for number in _wont_fix_categories(profile)
        ]
        return means_wont_fix(seen.record, profile.wont_fix_statuses, categories)

    def words(self, seen: Seen) -> str:
        number = seen.record.halo_id
        match seen.did:
            case Did.CLOSED:
                also = " That means “won't fix”." if self.wont_fix(seen) else ""
                return f"A person closed ticket {number} in HaloPSA{self._status(seen)}.{also}"
            case Did.REOPENED:
                return f"A person reopened ticket {number} in HaloPSA{self._status(seen)}."
            case Did.NOT_CLOSED:
                status = self._status(seen).removeprefix(" with ") or "the status of its profile"
                return (
                    f"HaloPSA took the closing of ticket {number}, but it is still open: {status} does not "
                    f"close one. Choose another “Status for close” on the profile {seen.ticket.profile}."
                )
            case Did.GONE if seen.record.merged_into:
                return f"A person merged ticket {number} into {seen.record.merged_into} in HaloPSA."
            case Did.GONE:
                return f"Ticket {number} no longer exists in HaloPSA: a person has deleted it."
            case Did.MOVED:
                key = (seen.ticket.halo_credential_id, seen.record.client_id)
                client = self.clients.get(key, f"#{seen.record.client_id}")
                return f"A person moved ticket {number} to the client “{client}” in HaloPSA."
        return seen.ticket.reason


def _wont_fix_categories(profile: IntegrationProfile | None) -> list[int]:
    return profile.wont_fix_categories if profile else []
