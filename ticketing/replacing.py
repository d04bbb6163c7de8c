"""Another event set or profile takes the place of one that is deleted: nothing of what uses it is lost."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from ticketing.models import Alert, EventSet, IntegrationProfile, Ticket, TicketRule


@dataclass(frozen=True, slots=True)
class Use:
    """What uses an event set or a profile."""

    rules: int
    profiles: int = 0
    open_tickets: int = 0
    is_default: bool = False

    @property
    def any(self) -> bool:
        return bool(self.rules or self.profiles or self.open_tickets or self.is_default)

    @property
    def words(self) -> str:
        parts = [
            _many(self.rules, "ticket rule") if self.rules else "",
            _many(self.profiles, "profile") if self.profiles else "",
            _many(self.open_tickets, "open ticket") if self.open_tickets else "",
            "all mappings without a rule, as the default" if self.is_default else "",
        ]
        return ", ".join(part for part in parts if part)


def _many(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def use_of_set(event_set: EventSet) -> Use:
    """Two queries."""
    return Use(event_set.ticket_rules.count(), event_set.profiles.count(), is_default=event_set.is_default)


def use_of_profile(profile: IntegrationProfile) -> Use:
    """Two queries."""
    current = Ticket.objects.filter(profile=profile, current=True).count()
    return Use(profile.ticket_rules.count(), open_tickets=current, is_default=profile.is_default)


class NoReplacement(ValueError):
    """It cannot take the place; the text is a sentence."""


def replace_set(old: EventSet, new: EventSet) -> None:
    """Let `new` serve what `old` served, and delete `old`. Where a mapping has both, the rule of `new` stays
    and that of `old` goes: two rules for one set can't be. Raises NoReplacement."""
    if old.pk == new.pk:
        raise NoReplacement("Choose another event set than the one that is deleted.")
    with transaction.atomic():
        both = TicketRule.objects.filter(event_set=new).values("company_mapping")
        TicketRule.objects.filter(event_set=old, company_mapping__in=both).delete()
        TicketRule.objects.filter(event_set=old).update(event_set=new)
        IntegrationProfile.objects.filter(event_set=old).update(event_set=new)
        was_default = old.is_default
        old.delete()
        if was_default:
            EventSet.objects.filter(pk=new.pk).update(is_default=True)


def replace_profile(old: IntegrationProfile, new: IntegrationProfile) -> None:
    """Let `new` serve what `old` served, tickets included (it closes them), and delete `old`.

    Raises NoReplacement.
    """
    if old.pk == new.pk:
        raise NoReplacement("Choose another profile than the one that is deleted.")
    if old.halo_credential_id != new.halo_credential_id:
        raise NoReplacement("The replacement has to be of the same HaloPSA credential.")
    with transaction.atomic():
        TicketRule.objects.filter(profile=old).update(profile=new)
        Ticket.objects.filter(profile=old).update(profile=new)
        Alert.objects.filter(profile=old).update(profile=new)
        was_default = old.is_default
        old.delete()
        if was_default:
            IntegrationProfile.objects.filter(pk=new.pk).update(is_default=True)
