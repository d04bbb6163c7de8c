"""Undoing what a run changed on our side alone: the mapping of a company, and links that it ended or made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import QuerySet

from integrations.choices import Action, Outcome
from integrations.models import Entry, HaloClient, HaloCredential, HaloSite, Run
from mappings.models import CompanyMapping, ComputerMapping
from mappings.planning.rows import COMPANY_MAPPING, COMPUTER, LOCAL, LOCATIONS, Change, skip

CHANGED = "The mapping was changed or removed since, so it stays as it is."
LINKED = "The computer has another mapping by now, so it stays as it is."
UNUSED = "The former client or site is no longer in use in HaloPSA, so the mapping stays as it is."


def local_acts_of(run: Run) -> QuerySet[Entry]:
    """What a run did on our side alone."""
    return Entry.objects.filter(run=run, action__in=LOCAL, outcome=Outcome.DONE)


def changes_of_links(run: Run, credential: HaloCredential) -> Iterator[Change]:
    """At most one for each; four statements where there were any, else one."""
    acts = list(local_acts_of(run).order_by("pk"))
    if not acts:
        return
    for act in (act for act in acts if act.subject_kind == COMPANY_MAPPING):
        yield _mapping_back(act, credential)
    yield from _links_back(run, [act for act in acts if act.subject_kind == COMPUTER], credential)


def _mapping_back(act: Entry, credential: HaloCredential) -> Change:
    about = act.subject, act.subject_kind, act.subject_id or 0
    mapped = CompanyMapping.objects.filter(pk=about[2])
    if "mapping" in act.after:
        archived = mapped.filter(archived_at__isnull=False).exists()
        if archived != (act.action == Action.UNLINK):
            return skip(*about, CHANGED)
        back = Action.LINK if archived else Action.UNLINK
        return Change(back.value, *about, act.after, act.before, "Back to what it was before that run.")
    now = mapped.values_list("halo_client__halo_id", "halo_site__halo_id").first()
    if now != (act.after["client_id"], act.after["site_id"]):
        return skip(*about, CHANGED)
    if not _is_in_use(act.before, credential):
        return skip(*about, UNUSED)
    names = ("client_id", "client_name", "site_id", "site_name", LOCATIONS)
    after = {name: act.before[name] for name in names if name in act.before}
    before = {name: act.after[name] for name in after if name in act.after}
    told = "Back to the client and site before that run"
    told += ", and its locations to their sites." if after.get(LOCATIONS) else "."
    return Change(Action.LINK.value, *about, before, after, told)


def _is_in_use(place: dict[str, Any], credential: HaloCredential) -> bool:
    ours = {"halo_credential": credential, "active": True}
    if place["site_id"] is None:
        return HaloClient.objects.filter(**ours, halo_id=place["client_id"]).exists()
    return HaloSite.objects.filter(
        **ours, halo_id=place["site_id"], client__halo_id=place["client_id"], client__active=True
    ).exists()


def _links_back(run: Run, acts: Sequence[Entry], credential: HaloCredential) -> Iterator[Change]:
    """By computer: what was unlinked is linked again, what was linked again is unlinked."""
    about_computers = local_acts_of(run).filter(subject_kind=COMPUTER)
    mine = ComputerMapping.objects.filter(
        halo_credential=credential, computer__in=about_computers.values("subject_id")
    )
    now = dict(mine.values_list("computer_id", "halo_asset__halo_id"))
    for act in acts:
        about = act.subject, act.subject_kind, act.subject_id or 0
        if act.action == Action.UNLINK and act.subject_id not in now:
            yield Change(Action.LINK.value, *about, {}, act.before, "Linked again.")
        elif act.action == Action.LINK and now.get(act.subject_id or 0) == act.after["halo_id"]:
            yield Change(Action.UNLINK.value, *about, act.after, {}, "Unlinked again.")
        else:
            yield skip(*about, LINKED)
