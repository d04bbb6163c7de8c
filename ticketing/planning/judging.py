"""Gathers the facts about alerts from the database, a constant number of queries for any number of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from integrations.catalogue import EVENT_TYPES
from integrations.choices import WriteMode
from integrations.models import Event
from mappings.linking import why_ignored
from mappings.models import CompanyMapping
from ticketing import rules
from ticketing.conditions import Conditions, Selection, Subject
from ticketing.halo_choices import HaloChoices
from ticketing.members import members_of, with_members
from ticketing.models import Alert, AlertEvent, Decision, EventSet, IntegrationProfile, Snooze
from ticketing.noise.gathering import exclusion_of, snoozes_where, tags_of

LONGEST_WAIT = timedelta(days=1)
"""What has waited longer for its company to be mapped is offered, not sent by itself."""
AT_THE_SAME_TIME = timedelta(minutes=1)
JUDGED_WITH = ("halo_credential", "company", "computer__product")
"""What has to be selected with the alerts."""
_Mappings = dict[tuple[int, int], CompanyMapping]
"""By (company, credential)."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What the rules say about one alert. `silence`: why nothing at all may be written, or ''. `profile`: the
    one that the verdict names."""

    verdict: rules.Verdict
    silence: str
    profile: IntegrationProfile | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What the caller has read already. `snoozes`: all exclusions, at least; `opening`: by alert, the event
    that opened its present occurrence."""

    snoozes: Sequence[Snooze]
    opening: Mapping[int, Event]


def judge(alerts: Sequence[Alert], known: Known | None = None) -> dict[int, Judged]:
    """Every alert's verdict by its primary key. The alerts come with what `JUDGED_WITH` names."""
    if known is None:
        known = Known(list(snoozes_where(until__isnull=True)), opening_events(alerts))
    around = _Surroundings.of(alerts, known)
    facts = {alert.pk: around.facts(alert) for alert in alerts}
    verdicts = {pk: rules.decide(fact) for pk, fact in facts.items()}
    return {
        pk: Judged(verdict, rules.silence(facts[pk]), around.profiles.get(verdict.profile_id or 0))
        for pk, verdict in verdicts.items()
    }


class _Pair(NamedTuple):
    """A ticket rule, by the ids of its event set and its profile."""

    event_set: int
    profile: int


def _mappings_of(alerts: Iterable[Alert]) -> tuple[_Mappings, dict[int, list[_Pair]]]:
    """And the ticket rules of each, in their order; one query."""
    alerts = list(alerts)
    rows: QuerySet[Any] = (
        CompanyMapping.objects.in_force()
        .filter(
            company_id__in={alert.company_id for alert in alerts},
            halo_credential_id__in={alert.halo_credential_id for alert in alerts},
        )
        .select_related("company", "halo_client", "halo_site")
        .annotate(rule_set=F("ticket_rules__event_set"), rule_profile=F("ticket_rules__profile"))
        .order_by("ticket_rules__position", "ticket_rules__id")
    )
    found: _Mappings = {}
    pairs: dict[int, list[_Pair]] = defaultdict(list)
    for row in rows:
        found[row.company_id, row.halo_credential_id] = row
        if row.rule_set is not None:
            pairs[row.pk].append(_Pair(row.rule_set, row.rule_profile))
    return found, pairs


@dataclass(frozen=True, slots=True)
class _Surroundings:
    """Everything around the alerts that the rules ask for."""

    mappings: _Mappings
    pairs: dict[int, list[_Pair]]
    sets: dict[int, rules.SetFacts]
    default_set: rules.SetFacts | None
    profiles: dict[int, IntegrationProfile]
    default_profiles: dict[int, IntegrationProfile]
    choices: HaloChoices
    known: Known
    ignored: dict[int, str]

    @classmethod
    def of(cls, alerts: Sequence[Alert], known: Known) -> _Surroundings:
        mappings, pairs = _mappings_of(alerts)
        used = {pair for rows in pairs.values() for pair in rows}
        sets = EventSet.objects.filter(Q(is_default=True) | Q(pk__in={pair.event_set for pair in used}))
        rows = list(with_members(sets))
        default = Q(is_default=True, halo_credential_id__in={alert.halo_credential_id for alert in alerts})
        wanted = IntegrationProfile.objects.filter(default | Q(pk__in={pair.profile for pair in used}))
        profiles = {profile.pk: profile for profile in wanted.select_related("client")}
        return cls(
            mappings,
            pairs,
            {row.pk: _set(row) for row in rows},
            next((_set(row) for row in rows if row.is_default), None),
            profiles,
            {row.halo_credential_id: row for row in profiles.values() if row.is_default},
            HaloChoices.of(profiles.values()),
            known,
            why_ignored(alert.computer for alert in alerts if alert.computer),
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
            default_set=self.default_set,
            default_profile=self._profile(default) if default else None,
            excluded=self.ignored.get(alert.computer_id or 0) or exclusion_of(self.known.snoozes, alert),
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
                rules.RuleFacts(self.sets[pair.event_set], self._profile(self.profiles[pair.profile]))
                for pair in self.pairs[mapping.pk]
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
        event = self.known.opening.get(alert.pk)
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


def openings(alerts: Sequence[Alert]) -> QuerySet[Alert, Any]:
    """Ids of the rows that tell of the events that opened the alerts' present occurrences."""
    first = AlertEvent.objects.filter(alert=OuterRef("pk"), occurrence=OuterRef("occurrence")).order_by("id")
    rows = Alert.objects.filter(pk__in=[alert.pk for alert in alerts]).order_by()
    return rows.annotate(opened_by=Subquery(first.values("pk")[:1])).values("opened_by")


def opening_events(alerts: Sequence[Alert]) -> dict[int, Event]:
    """By alert: the event that opened its present occurrence. One query."""
    rows = AlertEvent.objects.filter(pk__in=openings(alerts)).select_related("event").order_by()
    wanted = rows.only("alert_id", "event__received_at", "event__occurred_at", "event__first_read")
    return {row.alert_id: row.event for row in wanted}


def _set(event_set: EventSet) -> rules.SetFacts:
    """With its conditions, of a row of `with_members`."""
    members = members_of(event_set)
    return rules.SetFacts(
        event_set.name,
        frozenset(event_set.event_types),
        Conditions(
            severity_from=event_set.severity_from,
            companies=Selection(members.companies, event_set.companies_excluded),
            computers=Selection(members.computers, event_set.computers_excluded),
            tags=Selection(
                frozenset(str(tag).casefold() for tag in event_set.tags or ()), event_set.tags_excluded
            ),
            pattern=event_set.pattern,
        ),
    )


def _subject(alert: Alert) -> Subject:
    return Subject(
        severity=alert.severity,
        company_id=alert.company_id,
        computer_id=alert.computer_id,
        tags=frozenset(tags_of(alert)),
        title=alert.title,
    )
