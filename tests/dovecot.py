"""A real mail server (Debian's dovecot) of a test's own: own process, own port, own folder."""

from __future__ import annotations

import getpass
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.installation import free_ports
from tests.integrations.net.test_certificates import make_certificate

PASSWORD = "marked-secret-of-the-mailbox"
USER = "alerts@example.com"

_CONFIG = """
protocols = imap
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
listen = 127.0.0.1
ssl = {ssl}
ssl_cert = <{certificate}
ssl_key = <{key}
disable_plaintext_auth = no
default_internal_user = {inner}
default_internal_group = {inner_group}
default_login_user = {login}
first_valid_uid = 0
mail_location = maildir:~/Maildir
auth_mechanisms = plain login xoauth2 oauthbearer
auth_failure_delay = 0
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {plain_port}
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
{oauth}
passdb {{
  driver = static
  mechanisms = plain login
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={owner} gid={owner_group} home={folder}/%u
}}
"""

_OAUTH = """
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {folder}/oauth.conf
}}
"""


def program() -> str:
    """Its path; '' where it is not installed."""
    found = shutil.which("dovecot") or next((p for p in ("/usr/sbin/dovecot",) if os.path.exists(p)), "")
    has_imap = os.path.exists("/usr/lib/dovecot/imap") or os.path.exists("/usr/libexec/dovecot/imap")
    return found if has_imap else ""


class Dovecot:
    """One server with one mailbox. `deliver` puts mails into it as a delivery agent does."""

    def __init__(self, introspection_url: str = "", password: str = PASSWORD) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="dovecot-", dir="/tmp"))
        self.folder.chmod(0o755)
        self.port = free_ports(2)
        self.plain_port = self.port + 1
        self.certificate, self.key = make_certificate(self.folder)
        self._number = 0
        root = os.geteuid() == 0
        me = getpass.getuser()
        self._owner = pwd.getpwnam("mail" if root else me)
        if introspection_url:
            (self.folder / "oauth.conf").write_text(
                f"introspection_url = {introspection_url}\nintrospection_mode = post\n"
                "username_attribute = username\nactive_attribute = active\nactive_value = true\n"
            )
        inner = pwd.getpwnam("dovecot" if root else me)
        self._settings = {
            "folder": self.folder,
            "ssl": "yes",
            "certificate": self.certificate,
            "key": self.key,
            "inner": inner.pw_name,
            "inner_group": _group_of(inner),
            "login": "dovenull" if root else me,
            "plain_port": self.plain_port,
            "port": self.port,
            "password": password,
            "owner": self._owner.pw_uid,
            "owner_group": self._owner.pw_gid,
            "oauth": _OAUTH.format(folder=self.folder) if introspection_url else "",
        }
        for name in ("run", "state", USER):
            (self.folder / name).mkdir(mode=0o755)
        os.chown(self.folder / USER, self._owner.pw_uid, self._owner.pw_gid)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"imaps://127.0.0.1:{self.port}"

    @property
    def plain_address(self) -> str:
        return f"imap://127.0.0.1:{self.plain_port}"

    def start(self) -> None:
        """Ready for connections when it returns."""
        config = self.folder / "dovecot.conf"
        config.write_text(_CONFIG.format(**self._settings))
        self._process = subprocess.Popen(
            [program(), "-F", "-c", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        until = time.monotonic() + 20
        while time.monotonic() < until:
            with socket.socket() as probe:
                probe.settimeout(1)
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise RuntimeError(f"dovecot did not start:\n{self.log()}")

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(20)
            self._process = None

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def log(self) -> str:
        file = self.folder / "log"
        return file.read_text(errors="replace")[-4000:] if file.exists() else ""

    # ---- the mailbox --------------------------------------------------------------------------

    @property
    def maildir(self) -> Path:
        return self.folder / USER / "Maildir"

    def deliver(self, raw: bytes, *, received_at: datetime | None = None) -> None:
        """A new mail in the inbox. The time of the file is what the server gives as its arrival."""
        self._number += 1
        for name in ("tmp", "new", "cur"):
            (self.maildir / name).mkdir(parents=True, exist_ok=True)
        at = received_at or datetime.now(UTC)
        file = self.maildir / "new" / f"{int(at.timestamp())}.M{self._number:06}P1.test"
        file.write_bytes(raw)
        os.utime(file, (at.timestamp(), at.timestamp()))
        self._own()

    def files(self) -> dict[str, bytes]:
        """Every mail by its file name, which holds its flags."""
        found = sorted(file for part in ("new", "cur") for file in (self.maildir / part).glob("*"))
        return {file.name: file.read_bytes() for file in found}

    def number_anew(self) -> None:
        """The server forgets its numbers, as after a restore: another UIDVALIDITY, the same mails."""
        self.stop()
        for file in self.maildir.glob("dovecot*"):
            file.unlink()
        time.sleep(1.1)  # the new one is made of the clock's seconds
        self.start()

    def _own(self) -> None:
        if os.geteuid() == 0:
            for path in (self.folder / USER).rglob("*"):
                os.chown(path, self._owner.pw_uid, self._owner.pw_gid)


def _group_of(user: pwd.struct_passwd) -> str:
    import grp

    return grp.getgrgid(user.pw_gid).gr_name


needs_dovecot = [
    pytest.mark.imap,
    pytest.mark.skipif(not program(), reason="dovecot (Debian's package dovecot-imapd) is not installed"),
]
