"""The steps of a console: test it, read what it has, read what it has sent. It calls; it never computes.

console ─connector→ records ─ingest→ snapshots
"""

from __future__ import annotations

from django.utils import timezone

from halobridge import mailboxes, reading, verdicts
from integrations.access import open_connector
from integrations.choices import RunState
from integrations.connections import accounts
from integrations.ingest import deliveries, mails
from integrations.models import Console, HaloCredential
from integrations.records import CheckResult
from integrations.runs.request import request_console_sync, request_events, request_routing
from integrations.runs.steps import Again, Done, Result, Work
from mappings import linking


def console_of(work: Work) -> Console:
    assert work.run.console is not None  # noqa: S101
    return work.run.console


def test_console(work: Work) -> Result:
    console = console_of(work)
    connector = open_connector(console)
    result = connector.check()
    if result.ok and console.account_unproven and (reason := accounts.another_account(console, connector)):
        result = CheckResult(ok=False, message=reason)
    verdicts.store_console_test(console, result)
    if not result.ok:
        return Done(RunState.FAILED, result.message)
    if console.account_unproven:
        accounts.settle(console)
    verdicts.warn(work, accounts.read_twice(console))
    is_read = connector.abilities.companies or connector.abilities.computers
    if is_read and work.run.parameters.get("sync"):
        request_console_sync(console, requested_by=work.run.requested_by)
    if connector.abilities.mails and work.run.parameters.get("sync"):
        request_events(console, requested_by=work.run.requested_by)
    return Done()


def sync_console(work: Work) -> Result:
    console = console_of(work)
    connector = open_connector(console)
    if console.account_unproven:
        return Done(RunState.FAILED, accounts.TEST_FIRST)
    if not (connector.abilities.companies or connector.abilities.computers):
        return Done(error=f"Nothing is read from {console}: what it has comes by itself.")
    return reading.read_lists(work, console, connector)


def link_after_console(work: Work) -> Result:
    console = console_of(work)
    first = console.synced_at is None
    Console.objects.filter(pk=console.pk).update(synced_at=timezone.now())
    for credential in HaloCredential.objects.filter(enabled=True, synced_at__isnull=False):
        linking.suggest_companies_for(credential)
        work.count(**linking.match_computers_for(credential, console))
    if first and open_connector(console).abilities.events:
        request_events(console)
    return Done()


def fetch_events(work: Work) -> Result:
    console = console_of(work)
    connector = open_connector(console)
    if console.account_unproven:
        return Done(RunState.FAILED, accounts.TEST_FIRST)
    read = mailboxes.read_mailbox if connector.abilities.mails else reading.read_events
    return read(work, console, connector)


def read_deliveries(work: Work) -> Result:
    """What the console's webhook has delivered, or which mails came → events."""
    console = console_of(work)
    connector, done = open_connector(console), 0
    while not work.time_is_up:
        if connector.abilities.mails:
            read = mails.read_some(console)
        else:
            read = deliveries.read_some(console, lambda body: connector.parse_webhook(body, {}))
        if not read.deliveries:
            return Done()
        work.count(
            deliveries=read.deliveries, stored=read.new, duplicate=read.known, unreadable=read.problems
        )
        done += read.deliveries
        work.progress("Deliveries", done)
        if connector.delivery_is_a_call and read.problems < read.deliveries:
            request_events(console)
        if read.new:
            request_routing()
    return Again()
