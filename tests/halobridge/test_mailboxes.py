"""From a mail at a real server to a ticket, and what is stored when the way to the server breaks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from integrations import schedules
from integrations.choices import ConnectionState, EventState, MailState, RunKind, RunState
from integrations.connections import save_console
from integrations.management.reporting import execute_here
from integrations.models import Console, Event, Mail, RawDelivery, Run
from integrations.runs.request import request_deliveries, request_events
from integrations.sandbox.server import Sandbox
from tests.dovecot import PASSWORD, USER, Dovecot, needs_dovecot
from tests.integrations.ingest.mail_builders import keep_mail, make_mailbox, make_rule
from tests.integrations.net.imap_script import HANG_UP, polite, serve
from tests.integrations.sync.written import write
from tests.scene import Scene
from ticketing.models import Ticket

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def allowed(settings: Any) -> None:
    settings.HALOBRIDGE_ALLOW_PRIVATE_HOSTS = ["127.0.0.1"]


def fetch(mailbox: Console) -> Run:
    mailbox.refresh_from_db()
    return execute_here(request_events(mailbox))


def judge(mailbox: Console) -> Run:
    return execute_here(request_deliveries(mailbox))


class TestAtARealServer:
    pytestmark = needs_dovecot

    @pytest.fixture
    def mailbox(self, dovecot: Dovecot, settings: Any) -> Console:
        settings.HALOBRIDGE_CA_BUNDLE = str(dovecot.certificate)
        console = Console(
            name="Alerts",
            kind="email",
            base_url=dovecot.address,
            credentials={"user": USER, "password": PASSWORD},
        )
        execute_here(save_console(console))
        return Console.objects.get(pk=console.pk)

    @pytest.fixture
    def sandbox(self, tmp_path: Path) -> Iterator[Sandbox]:
        with Sandbox.start(state_dir=tmp_path, seed=1) as running:
            yield running

    def test_the_first_test_that_works_asks_for_the_first_read(self, mailbox: Console) -> None:
        assert mailbox.state == ConnectionState.WORKING
        assert Run.objects.filter(kind=RunKind.EVENTS, console=mailbox).exists()

    def test_a_mail_becomes_a_ticket_and_a_later_one_closes_it(
        self, dovecot: Dovecot, mailbox: Console, sandbox: Sandbox
    ) -> None:
        scene = Scene(sandbox)
        make_rule(mailbox, speaks_for=scene.console)
        at = datetime.now(UTC) - timedelta(minutes=5)
        dovecot.deliver(write("Backup failed: pc-1", sent_at=at))
        dovecot.deliver(write("Lunch?"))
        run = fetch(mailbox)
        assert (run.state, run.totals["mails"]) == (RunState.SUCCEEDED, 2)
        assert judge(mailbox).totals["stored"] == 1
        scene.deliver()

        ticket = Ticket.objects.get()
        assert ticket.halo_id is not None
        assert (ticket.company.name, ticket.computer.name) == ("Mapped", "PC-1")  # type: ignore[union-attr]

        dovecot.deliver(write("Backup succeeded: PC-1", sent_at=at + timedelta(minutes=1)))
        fetch(mailbox)
        judge(mailbox)
        scene.deliver()
        ticket.refresh_from_db()
        assert ticket.state == "closed"
        states = dict(Mail.objects.order_by("pk").values_list("subject", "state"))
        assert states == {
            "Backup failed: pc-1": MailState.EVENT,
            "Lunch?": MailState.UNTAKEN,
            "Backup succeeded: PC-1": MailState.EVENT,
        }

    def test_nothing_new_costs_no_rows(self, dovecot: Dovecot, mailbox: Console) -> None:
        dovecot.deliver(write())
        fetch(mailbox)
        mailbox.refresh_from_db()
        position = mailbox.mail_position
        fetch(mailbox)
        mailbox.refresh_from_db()
        assert mailbox.mail_position == position
        assert RawDelivery.objects.count() == 1

    def test_other_numbers_of_the_server_bring_nothing_twice(
        self, dovecot: Dovecot, mailbox: Console
    ) -> None:
        make_rule(mailbox)
        dovecot.deliver(write())
        fetch(mailbox)
        judge(mailbox)
        dovecot.number_anew()
        dovecot.deliver(write("Backup failed: PC-02"))
        run = fetch(mailbox)
        judge(mailbox)
        assert (run.totals["mails"], run.totals["known"]) == (1, 1)
        assert (Mail.objects.count(), Event.objects.count()) == (2, 2)

    def test_a_server_that_is_down_is_told_and_read_on_when_it_is_back(
        self, dovecot: Dovecot, mailbox: Console
    ) -> None:
        dovecot.deliver(write("first"))
        fetch(mailbox)
        dovecot.stop()
        run = fetch(mailbox)
        assert run.state == RunState.FAILED
        assert "refuses connections" in run.error
        dovecot.deliver(write("second"))
        dovecot.start()
        fetch(mailbox)
        assert set(Mail.objects.values_list("subject", flat=True)) == {"first", "second"}

    def test_it_is_read_by_schedule(self, mailbox: Console) -> None:
        Run.objects.all().delete()
        schedules.tick()
        assert Run.objects.filter(kind=RunKind.EVENTS, console=mailbox).exists()


# ---- broken connections ---------------------------------------------------------------------


def _mail(uid: int) -> bytes:
    return write(f"number {uid}", message_id=f"<{uid}@x>")


class Server:
    """Holds 30 mails and breaks the connection when it is asked for the mails of the `breaks_at`th group."""

    def __init__(self, breaks_at: int) -> None:
        self._left = breaks_at

    def __call__(self, tag: str, line: str) -> bytes | None:
        done = f"{tag} OK done\r\n".encode()
        words = line.upper().split()
        if words[0] == "EXAMINE":
            return b"* 30 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 31] x\r\n" + done
        if words[:2] == ["UID", "SEARCH"]:
            first = int(words[3].split(":")[0]) if words[2] == "UID" else 1
            return f"* SEARCH {' '.join(map(str, range(first, 31)))}\r\n".encode() + done
        if words[:2] != ["UID", "FETCH"]:
            return polite(tag, line)
        uids = [int(number) for number in words[2].split(",")]
        if "BODY.PEEK[]" not in line:
            # A megabyte each, so that a group is two mails.
            rows = (
                f'* {uid} FETCH (UID {uid} RFC822.SIZE 1000000 INTERNALDATE "{_now()}")\r\n' for uid in uids
            )
            return "".join(rows).encode() + done
        self._left -= 1
        if self._left == 0:
            return HANG_UP
        return b"".join(_told(uid) for uid in uids) + done


def _told(uid: int) -> bytes:
    raw = _mail(uid)
    return b"* %d FETCH (UID %d BODY[] {%d}\r\n%s)\r\n" % (uid, uid, len(raw), raw)


def _now() -> str:
    return datetime.now(UTC).strftime("%d-%b-%Y %H:%M:%S +0000")


@pytest.mark.parametrize("breaks_at", [1, 2, 7, 15])
def test_a_connection_that_breaks_in_mid_read_leaves_a_true_position(breaks_at: int) -> None:
    server = Server(breaks_at)
    with serve(server) as scripted:
        mailbox = make_mailbox(base_url=scripted.address, credentials={"user": "a", "password": "marked"})
        run = fetch(mailbox)
        assert run.state == RunState.FAILED
        assert "broke" in run.error

        stored = sorted(int(name.split()[1]) for name in Mail.objects.values_list("subject", flat=True))
        mailbox.refresh_from_db()
        assert stored == list(range(1, 2 * (breaks_at - 1) + 1)), "a hole, or more than was read"
        assert mailbox.mail_position.get("uid", 0) == len(stored)
        assert mailbox.events_read_at is None

        assert fetch(mailbox).state == RunState.SUCCEEDED
        assert fetch(mailbox).state == RunState.SUCCEEDED
        mailbox.refresh_from_db()
        assert Mail.objects.count() == 30
        assert mailbox.mail_position["uid"] == 30


def test_a_mail_that_waits_is_asked_for_by_the_safety_net() -> None:
    mailbox = make_mailbox()
    keep_mail(mailbox)
    make_rule(mailbox)
    schedules.tick()
    run = Run.objects.get(kind=RunKind.DELIVERIES, console=mailbox)
    execute_here(run)
    assert Event.objects.get().state == EventState.OPEN
