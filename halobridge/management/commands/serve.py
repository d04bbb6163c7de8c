"""`manage.py serve`: what `make run` starts. Prepares the database, then runs everything until Ctrl-C.

With `--only` it runs one part: *web* prepares the database and serves pages, *queue* works. Each looks after
its own processes, and either tells of alarms.
"""

from __future__ import annotations

import os
import secrets
import signal
import socket
import sys
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from halobridge.alarms import AlarmWatch
from halobridge.environment_values import Environment
from halobridge.health import CHECKS, NotReady
from halobridge.life_signs import LifeSigns
from halobridge.own_files import keep_private
from halobridge.preparing import alone
from halobridge.processes import Supervisor
from halobridge.sandboxed import (
    allowed_addresses,
    connect_sandbox,
    note_sandbox_port,
    sandbox_addresses,
)
from halobridge.upgrading import NoBackup, back_up_before_upgrade
from halobridge.watcher import QueueWatcher, own_clusters
from integrations.backups import start as start_installation
from integrations.connections import mark_unreadable
from integrations.runs.stopping import STOP_FILE
from integrations.schedules import ensure_schedules

WEB, QUEUE = PARTS = ("web", "queue")

LOST_KEY = "Is the right key in HALOBRIDGE_ENCRYPTION_KEYS? Their pages say what to do."


class Command(BaseCommand):
    help = "Prepare the database and run web, queues, watcher and (unless HALOBRIDGE_SANDBOX=0) the sandbox."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--only", choices=PARTS, help="One part of an installation on several machines.")

    def handle(self, *_: Any, only: str | None = None, **__: Any) -> None:
        parts = (only,) if only else PARTS
        keep_private(settings.VAR_DIR)
        port = Environment().whole("PORT", default=8000, most=65_535)
        if WEB in parts:
            self._refuse_taken_port(port)
            self._prepare()
        else:
            self._refuse_old_tables()
            self._open_database()
        supervisor = Supervisor(say=self._say)
        stop_file = settings.VAR_DIR / f"stopping-{os.getpid()}"
        stop_file.unlink(missing_ok=True)
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        try:
            self._start(supervisor, port, parts, {STOP_FILE: str(stop_file)})
            self._watch(supervisor, own_clusters() if QUEUE in parts else ())
        except KeyboardInterrupt:
            pass
        finally:
            self._say("Stopping ...")
            self._tell_workers(stop_file)
            supervisor.stop()
            stop_file.unlink(missing_ok=True)
            self._say("Stopped.")

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()

    @staticmethod
    def _refuse_taken_port(port: int) -> None:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                raise CommandError(f"Port {port} is in use. Choose another one: PORT=8001 make run") from None

    @staticmethod
    def _refuse_old_tables() -> None:
        """Tables are made and changed in one place, the web part; whoever restarts this tries again."""
        try:
            CHECKS["migrations"]()
        except NotReady as problem:
            raise CommandError(f"{problem} The web part does so when it starts.") from None

    def _prepare(self) -> None:
        """Two web parts that start at once would otherwise run each migration twice."""
        self._say("Preparing the database ...")
        with alone(settings.VAR_DIR, self._say):
            self._prepare_alone()

    def _prepare_alone(self) -> None:
        try:
            back_up_before_upgrade(settings.VAR_DIR, self._say)
        except NoBackup as problem:
            raise CommandError(str(problem)) from None
        call_command("migrate", verbosity=0, interactive=False)
        call_command("createcachetable", verbosity=0)
        call_command("collectstatic", verbosity=0, interactive=False)
        ensure_schedules()
        self._open_database()
        self._first_admin()

    def _open_database(self) -> None:
        if reason := start_installation(settings.VAR_DIR):
            self._say(f"\n  {reason} All HaloPSA credentials are held back until they are released.\n")
        if lost := mark_unreadable():
            self._say(f"\n  Connections whose stored secrets can't be read: {lost}. {LOST_KEY}\n")

    def _first_admin(self) -> None:
        staff = get_user_model()
        if staff.objects.filter(is_superuser=True).exists():
            return
        given = os.environ.get("HALOBRIDGE_ADMIN_PASSWORD", "")
        password = given or secrets.token_urlsafe(12)
        staff.objects.create_superuser("admin", password=password)
        shown = "the one in HALOBRIDGE_ADMIN_PASSWORD" if given else password
        self._say(f"\n  First staff account: admin\n  Password (shown once): {shown}\n")

    @staticmethod
    def _tell_workers(stop_file: Path) -> None:
        """What is at work hands back at its next good place instead of holding its lease to the end."""
        stop_file.parent.mkdir(parents=True, exist_ok=True)
        stop_file.touch()

    def _start(self, supervisor: Supervisor, port: int, parts: tuple[str, ...], more: dict[str, str]) -> None:
        environment = {**os.environ, "PYTHONUNBUFFERED": "1", **more}
        manage = [sys.executable, str(settings.BASE_DIR / "manage.py")]
        with_sandbox = WEB in parts and settings.HALOBRIDGE_SANDBOX
        if with_sandbox:
            allowed = ",".join([*settings.HALOBRIDGE_ALLOW_PRIVATE_HOSTS, *allowed_addresses()])
            environment["HALOBRIDGE_ALLOW_PRIVATE_HOSTS"] = allowed
            note_sandbox_port(settings.VAR_DIR)
            supervisor.add("sandbox", [*manage, "sandbox"], environment)
        connection.close()
        if WEB in parts:
            supervisor.add("web", self._web_server(port), environment)
        for cluster in own_clusters() if QUEUE in parts else ():
            supervisor.add(cluster, [*manage, "qcluster"], {**environment, "Q_CLUSTER_NAME": cluster})
        if with_sandbox:
            connect_sandbox(self._say)
        if WEB in parts:
            self._say(f"\n  HaloBridge:  http://127.0.0.1:{port}/admin/")
        if with_sandbox:
            self._say(f"  Sandbox:     http://{sandbox_addresses()[0]}/   (what the simulated HaloPSA holds)")
        self._say("  Ctrl-C stops everything.\n")

    @staticmethod
    def _web_server(port: int) -> list[str]:
        bind = os.environ.get("HALOBRIDGE_BIND", "").strip() or "127.0.0.1"
        gunicorn = [sys.executable, "-m", "gunicorn", "halobridge.wsgi", "--bind", f"{bind}:{port}"]
        options = [
            "--chdir",
            str(settings.BASE_DIR),
            "--workers",
            str(settings.HALOBRIDGE_WEB_WORKERS),
            "--threads",
            "4",  # an export that is being fetched must hold up nobody, nor be cut off by the timeout
            "--timeout",
            "60",
            "--graceful-timeout",
            "20",
            "--log-level",
            "warning",
            "--logger-class",
            "halobridge.web_logs.WebServerLog",
            "--no-control-socket",  # nobody asks it, and a system account has no home for it
        ]
        return gunicorn + options

    def _watch(self, supervisor: Supervisor, clusters: tuple[str, ...]) -> None:
        watcher, alarms, signs = QueueWatcher(clusters), AlarmWatch(), LifeSigns()
        while True:
            signs.look()
            supervisor.look()
            for cluster in watcher.look():
                self._say(
                    f"The queue cluster {cluster} has shown no sign of work for minutes; restarting it."
                )
                supervisor.restart(cluster)
            alarms.look()
            time.sleep(1)
