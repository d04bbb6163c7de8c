"""One scheduled update: compare what is switched on, apply what is small, ask about the rest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from integrations.choices import Action, Outcome, PlanState, Purpose, RunKind, RunState
from integrations.models import OPEN_STATES, Computer, Entry, HaloCredential, Plan, Run
from integrations.runs.budget import BudgetGate
from integrations.runs.request import request_run
from integrations.runs.steps import Done, Result, Work
from integrations.sync.safety import WritesStopped
from mappings.keeping.judging import Tally, in_words, why_it_waits
from mappings.keeping.waiting import asked_already, drop_preview, has_asked, supersede
from mappings.models import AssetRules, CompanyMapping, ComputerMapping, SyncLimits
from mappings.planning import UNDO, WRITES, Change, Computed, compute_changes, store, sum_of

ROWS = 1000
DECIDE = "Apply its preview, or cancel this run to leave the assets as they are."
REFUSED_AGAIN = timedelta(days=1)
"""What HaloPSA did not take is not sent again by itself before, unless it changes."""


def switched_on(credential: HaloCredential) -> dict[int, str]:
    """Companies whose assets are kept up to date, with their names."""
    mappings = CompanyMapping.objects.in_force().filter(
        halo_credential=credential, enable_configuration=True, company__active=True
    )
    return dict(mappings.values_list("company_id", "company__name"))


def keep_assets(work: Work, credential: HaloCredential) -> Result:
    """Changes within the limits get a plan that is applied at once, the others one that waits.

    Where nothing differs nothing is stored. The number of statements does not depend on the number of rows,
    but for one per 1,000 changes.
    """
    _forget_old(credential)
    companies = switched_on(credential)
    if not companies:
        drop_preview(work.run)
        supersede(credential, work.run)
        return Done()
    work.progress("Comparing", 0, len(companies))
    limits = SyncLimits.objects.filter(halo_credential=credential).first()
    scope = Plan(halo_credential=credential, parameters=_parameters(credential, companies))
    computed = compute_changes(scope)
    _tell_skips(work, credential, computed)
    changes = _wanted(computed, limits)
    company_of = _companies_of(changes, companies)
    tallies = _tallies(credential, companies, changes, company_of)
    reasons = why_it_waits(limits, tallies)
    known = [change for change in changes if change.key in company_of]
    free = [change for change in known if change.selected and company_of[change.key] not in reasons]
    held = [change for change in known if company_of[change.key] in reasons]
    work.count(
        unchanged=computed.counts["unchanged"],
        skipped=computed.counts[Action.SKIP],
        to_do=len(free),
        waiting=len(held),
    )
    if free:
        _apply(work.run, credential, free, company_of)
    return _ask(work.run, credential, held, company_of, in_words(tallies, reasons, len(held)))


def _parameters(credential: HaloCredential, companies: Iterable[int]) -> dict[str, Any]:
    """Of a plan of these companies, by the asset rules. One statement."""
    main_site = AssetRules.objects.filter(halo_credential=credential, main_site=True).exists()
    return {"companies": sorted(companies), **({"main_site": True} if main_site else {})}


def _wanted(computed: Computed, limits: SyncLimits | None) -> list[Change]:
    """Changes that an update is about. A create that an export leaves to staff (not ticked) is none."""
    creating = limits is None or limits.create_assets
    return [
        change
        for change in computed.changes
        if change.action in WRITES and (change.action != Action.CREATE or (creating and change.selected))
    ]


def _tell_skips(work: Work, credential: HaloCredential, computed: Computed) -> None:
    """One entry for each asset that is left alone, by the first run that finds this reason for it."""
    skips = [change for change in computed.changes if change.action == Action.SKIP]
    if not skips:
        return
    rows = Entry.objects.filter(
        run__kind=RunKind.KEEP_ASSETS, run__halo_credential=credential, outcome=Outcome.SKIPPED
    )
    told = set(rows.values_list("subject_kind", "subject_id", "reason"))
    for change in skips:
        if (*change.key, change.reason) not in told:
            subject = {"subject_kind": change.subject_kind, "subject_id": change.subject_id}
            work.entry(change.action, Outcome.SKIPPED, change.subject, reason=change.reason, **subject)


# ---- whose changes --------------------------------------------------------------------------


def _companies_of(changes: Sequence[Change], companies: dict[int, str]) -> dict[tuple[str, int], int]:
    """The company of each change: of several that share an asset one that is switched on."""
    found: dict[tuple[str, int], int] = {}
    computers = [change.subject_id for change in changes if change.subject_kind == "computer"]
    for part in _parts(computers):
        rows = Computer.objects.filter(pk__in=part).values_list("pk", "company_id")
        found |= {("computer", pk): company for pk, company in rows if company is not None}
    mappings = [change.subject_id for change in changes if change.subject_kind == "computer_mapping"]
    for part in _parts(mappings):
        found |= _of_mappings(part, companies)
    return found


def _of_mappings(numbers: Sequence[int], companies: dict[int, str]) -> dict[tuple[str, int], int]:
    own = ComputerMapping.objects.filter(pk__in=numbers)
    rows = list(own.values_list("pk", "halo_asset_id", "computer__company_id"))
    foreign = {asset for _, asset, company in rows if company not in companies and asset is not None}
    sharing = ComputerMapping.objects.filter(halo_asset__in=foreign, computer__company__in=companies)
    shared = dict(sharing.order_by("-pk").values_list("halo_asset_id", "computer__company_id"))
    return {
        ("computer_mapping", pk): company if company in companies else shared[asset]
        for pk, asset, company in rows
        if company in companies or asset in shared
    }


def _parts(numbers: Sequence[int]) -> Iterable[Sequence[int]]:
    return (numbers[start : start + ROWS] for start in range(0, len(numbers), ROWS))


def _tallies(
    credential: HaloCredential,
    companies: dict[int, str],
    changes: Sequence[Change],
    company_of: dict[tuple[str, int], int],
) -> dict[int, Tally]:
    tallies = {number: Tally(name) for number, name in companies.items()}
    mapped = ComputerMapping.objects.filter(halo_credential=credential, halo_asset__active=True)
    counted = mapped.filter(computer__company__in=companies).order_by().values_list("computer__company")
    for number, assets in counted.annotate(n=Count("halo_asset", distinct=True)):
        tallies[number].assets = assets
    for change in changes:
        tally = tallies.get(company_of.get(change.key, 0))
        if tally is None:
            continue
        tally.creates += change.action == Action.CREATE and change.selected
        tally.updates += change.action == Action.UPDATE and change.selected
        tally.deactivations += change.action == Action.DEACTIVATE and change.selected
        tally.held += change.action == Action.DEACTIVATE and not change.selected
    return tallies


# ---- what comes of them ---------------------------------------------------------------------


def _new(credential: HaloCredential, changes: list[Change], company_of: dict[tuple[str, int], int]) -> Plan:
    """A ready plan of just these changes, of the companies that they are about."""
    about = {company_of[change.key] for change in changes}
    parameters = {"scheduled": True, **_parameters(credential, about)}
    plan = Plan.objects.create(halo_credential=credential, parameters=parameters)
    counts: dict[str, int] = defaultdict(int)
    for change in changes:
        counts[change.action] += 1
    store(plan, Computed(changes, dict(counts)))
    return plan


def _apply(
    run: Run, credential: HaloCredential, changes: list[Change], company_of: dict[tuple[str, int], int]
) -> None:
    before = Plan.objects.filter(
        halo_credential=credential, checksum=sum_of(changes), parameters__scheduled=True
    )
    # Those that an update has asked about are decided by staff, each for itself.
    plan = before.exclude(runs__kind=RunKind.KEEP_ASSETS).order_by("-pk").first()
    if plan is not None and _was_tried(plan, credential):
        return
    # Whole or not at all: a preview that is neither applied nor asked about would stay for ever.
    with transaction.atomic():
        if plan is None or plan.state != PlanState.READY:
            plan = _new(credential, changes, company_of)
        request_run(
            RunKind.APPLY_ASSETS,
            halo_credential=credential,
            plan=plan,
            parameters={"checksum": plan.checksum},
            requested_by=run.requested_by,
            slot=f"apply:{plan.pk}",
        )


def _was_tried(plan: Plan, credential: HaloCredential) -> bool:
    """Whether the same changes need no other try: HaloPSA has refused them lately, or nothing may be
    written and the result of looking is there already."""
    if Run.objects.filter(plan=plan, kind=RunKind.APPLY_ASSETS, state__in=OPEN_STATES).exists():
        return True
    if plan.state == PlanState.READY:
        return _why_stopped(credential) and plan.runs.filter(state=RunState.SUCCEEDED).exists()
    lately = plan.state == PlanState.APPLIED and plan.created_at > timezone.now() - REFUSED_AGAIN
    return lately and not _was_undone(plan)


def _was_undone(plan: Plan) -> bool:
    """What staff have taken back and released since is news, although it is the same change."""
    runs = list(plan.runs.filter(kind=RunKind.APPLY_ASSETS).values_list("pk", flat=True))
    undone = Plan.objects.filter(kind=UNDO, halo_credential=plan.halo_credential, parameters__run__in=runs)
    return undone.exclude(state__in=(PlanState.PLANNING, PlanState.READY, PlanState.FAILED)).exists()


def _why_stopped(credential: HaloCredential) -> bool:
    try:
        BudgetGate(credential, Purpose.ASSETS).check_writes("/Asset")
    except WritesStopped:
        return True
    return False


def _ask(
    run: Run,
    credential: HaloCredential,
    changes: list[Change],
    company_of: dict[tuple[str, int], int],
    words: str,
) -> Result:
    checksum = sum_of(changes)
    # A worker that died after it had asked has left its preview here.
    asked = bool(changes) and has_asked(run, checksum)
    if changes and not asked and asked_already(credential, checksum):
        drop_preview(run)
        return Done()
    with transaction.atomic():
        if not asked:
            drop_preview(run)
        if changes and not asked:
            plan = _new(credential, changes, company_of)
            parameters = {**run.parameters, "checksum": checksum}
            Run.objects.filter(pk=run.pk).update(plan=plan, parameters=parameters)
        supersede(credential, run)
    return Done(RunState.WAITING, f"{words} {DECIDE}") if changes else Done()


def _forget_old(credential: HaloCredential) -> None:
    """Plans of earlier updates are kept as long as other history is."""
    before = timezone.now() - timedelta(days=settings.HALOBRIDGE_RETENTION_DAYS)
    old = Plan.objects.filter(halo_credential=credential, parameters__scheduled=True, created_at__lt=before)
    old.exclude(state=PlanState.READY).delete()
