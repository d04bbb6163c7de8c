"""Gathers the facts about alerts from the database, a constant number of queries for any number of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import OuterRef, Subquery

from integrations.catalogue import EVENT_TYPES
from integrations.choices import WriteMode
from integrations.models import Event
from mappings.linking import why_ignored
from mappings.models import CompanyMapping
from ticketing import rules
from ticketing.conditions import Conditions, Selection, Subject
from ticketing.halo_choices import HaloChoices
from ticketing.models import (
    Alert,
    AlertEvent,
    Decision,
    EventSet,
    IntegrationProfile,
    Snooze,
    TicketRule,
)
from ticketing.noise.gathering import exclusion_of, tags_of

LONGEST_WAIT = timedelta(days=1)
"""What has waited longer for its company to be mapped is offered, not sent by itself."""
AT_THE_SAME_TIME = timedelta(minutes=1)
_CONDITIONS = ("event_set__companies", "event_set__computers")
_Mappings = dict[tuple[int, int], CompanyMapping]
"""By (company, credential)."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What the rules say about one alert. `silence`: why nothing at all may be written, or ''."""

    verdict: rules.Verdict
    silence: str


def judge(alerts: Sequence[Alert]) -> dict[int, Judged]:
    """Every alert's verdict by its primary key. The alerts come with their credential and company."""
    surroundings = _Surroundings.of(alerts)
    facts = {alert.pk: surroundings.facts(alert) for alert in alerts}
    return {pk: Judged(rules.decide(fact), rules.silence(fact)) for pk, fact in facts.items()}


def mappings_of(alerts: Iterable[Alert]) -> _Mappings:
    alerts = list(alerts)
    rows = (
        CompanyMapping.objects.in_force()
        .filter(
            company_id__in={alert.company_id for alert in alerts},
            halo_credential_id__in={alert.halo_credential_id for alert in alerts},
        )
        .select_related("company", "halo_client", "halo_site")
    )
    return {(row.company_id, row.halo_credential_id): row for row in rows}


@dataclass(frozen=True, slots=True)
class _Surroundings:
    """Everything around the alerts that the rules ask for."""

    mappings: _Mappings
    ticket_rules: dict[int, list[TicketRule]]
    default_set: EventSet | None
    default_profiles: dict[int, IntegrationProfile]
    choices: HaloChoices
    opening: dict[int, Event]
    exclusions: list[Snooze]
    ignored: dict[int, str]

    @classmethod
    def of(cls, alerts: Sequence[Alert]) -> _Surroundings:
        mappings = mappings_of(alerts)
        ticket_rules: dict[int, list[TicketRule]] = defaultdict(list)
        for rule in (
            TicketRule.objects.filter(company_mapping_id__in={mapping.pk for mapping in mappings.values()})
            .select_related("event_set", "profile__client")
            .prefetch_related(*_CONDITIONS)
        ):
            ticket_rules[rule.company_mapping_id].append(rule)
        defaults = IntegrationProfile.objects.filter(
            is_default=True, halo_credential_id__in={alert.halo_credential_id for alert in alerts}
        ).select_related("client")
        default_profiles = {profile.halo_credential_id: profile for profile in defaults}
        used = [rule.profile for rows in ticket_rules.values() for rule in rows]
        return cls(
            mappings,
            ticket_rules,
            EventSet.objects.filter(is_default=True).prefetch_related("companies", "computers").first(),
            default_profiles,
            HaloChoices.of([*used, *default_profiles.values()]),
            _opening_events(alerts),
            list(Snooze.objects.filter(until__isnull=True).select_related("company", "computer", "alert")),
            why_ignored({alert.computer_id for alert in alerts if alert.computer_id}),
        )

    def facts(self, alert: Alert) -> rules.Facts:
        credential = alert.halo_credential
        mapping = self.mappings.get((alert.company_id or 0, alert.halo_credential_id))
        default = self.default_profiles.get(alert.halo_credential_id)
        info = EVENT_TYPES.get(alert.event_type)
        return rules.Facts(
            credential_id=credential.pk,
            credential_name=credential.name,
            event_type=alert.event_type,
            event_type_name=info.name if info else alert.event_type,
            subject=_subject(alert),
            company=alert.company.name if alert.company else None,
            mapping=self._mapping(mapping) if mapping else None,
            default_set=_set(self.default_set) if self.default_set else None,
            default_profile=self._profile(default) if default else None,
            excluded=self.ignored.get(alert.computer_id or 0) or exclusion_of(self.exclusions, alert),
            baseline=self._baseline(alert, mapping),
            came_observed=_marked_before(alert),
            chosen=alert.decision == Decision.WANTED,
            observing=credential.write_mode == WriteMode.OBSERVE,
        )

    def _mapping(self, mapping: CompanyMapping) -> rules.MappingFacts:
        client = mapping.halo_client
        gone = (
            f"The Halo client '{client}' is no longer active in HaloPSA; map '{mapping.company}' to another."
        )
        return rules.MappingFacts(
            create_tickets=mapping.create_tickets,
            no_notification=mapping.no_notification,
            rules=tuple(
                rules.RuleFacts(_set(rule.event_set), self._profile(rule.profile))
                for rule in self.ticket_rules[mapping.pk]
            ),
            client_problem="" if client.active else gone,
        )

    def _profile(self, profile: IntegrationProfile) -> rules.ProfileFacts:
        client = profile.client
        return rules.ProfileFacts(
            id=profile.pk,
            name=profile.name,
            credential_id=profile.halo_credential_id,
            problems=self.choices.problems(profile),
            has_client=bool(
                client and client.active and client.halo_credential_id == profile.halo_credential_id
            ),
        )

    def _baseline(self, alert: Alert, mapping: CompanyMapping | None) -> str:
        """Why the alert was there before anybody wanted tickets, or ''."""
        event = self.opening.get(alert.pk)
        return _before_tickets(event, mapping, alert) if event else ""


def _marked_before(alert: Alert) -> str:
    """Why the alert is marked as a baseline, or ''; the sentence of one that is known as such stays.

    Routing marks what opens in observe mode; `judge_again_after_change` what no rule selected until now.
    """
    if not alert.baseline:
        return ""
    if alert.decision == Decision.BASELINE and alert.reason:
        return alert.reason
    if alert.decision in (Decision.NOT_WANTED, Decision.WAITING):
        return "It was open before a rule or a switch selected it."
    return "It came while the HaloPSA credential was in observe mode."


def _before_tickets(event: Event, mapping: CompanyMapping | None, alert: Alert) -> str:
    if mapping is None:
        return "It came with the first read of its console." if event.first_read else ""
    since = mapping.tickets_since or mapping.mapped_at
    if event.received_at >= since and not (event.first_read and event.occurred_at < since):
        return ""
    waited = event.received_at < mapping.mapped_at and abs(since - mapping.mapped_at) < AT_THE_SAME_TIME
    if event.first_read or not waited:
        return f"It was open before tickets were switched on for '{alert.company}'."
    # It has waited for nothing but the mapping, which came with tickets on.
    if event.received_at >= since - LONGEST_WAIT:
        return ""
    return f"It had waited for more than a day when '{alert.company}' was mapped."


def _opening_events(alerts: Sequence[Alert]) -> dict[int, Event]:
    """By alert: the event that opened its present occurrence. Two queries."""
    first = (
        AlertEvent.objects.filter(alert=OuterRef("pk"), occurrence=OuterRef("occurrence"))
        .order_by("id")
        .values("event_id")[:1]
    )
    rows = (
        Alert.objects.filter(pk__in=[alert.pk for alert in alerts])
        .order_by()
        .annotate(opened_by=Subquery(first))
        .values_list("pk", "opened_by")
    )
    opened_by = {pk: event_id for pk, event_id in rows if event_id}
    events = Event.objects.only("received_at", "occurred_at", "first_read").in_bulk(set(opened_by.values()))
    return {pk: events[event_id] for pk, event_id in opened_by.items() if event_id in events}


def _set(event_set: EventSet) -> rules.SetFacts:
    """With its conditions; companies and computers were prefetched."""
    return rules.SetFacts(
        event_set.name,
        frozenset(event_set.event_types),
        Conditions(
            severity_from=event_set.severity_from,
            companies=Selection(_keys(event_set.companies), event_set.companies_excluded),
            computers=Selection(_keys(event_set.computers), event_set.computers_excluded),
            tags=Selection(
                frozenset(str(tag).casefold() for tag in event_set.tags or ()), event_set.tags_excluded
            ),
            pattern=event_set.pattern,
        ),
    )


def _keys(related: Any) -> frozenset[int | str]:
    return frozenset(row.pk for row in related.all())


def _subject(alert: Alert) -> Subject:
    return Subject(
        severity=alert.severity,
        company_id=alert.company_id,
        computer_id=alert.computer_id,
        tags=frozenset(tags_of(alert)),
        title=alert.title,
    )
