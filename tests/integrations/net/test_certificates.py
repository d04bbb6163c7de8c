"""Certificates are checked, and a wrong one is explained."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from integrations.net.errors import Unreachable
from integrations.net.http import Client
from tests.integrations.net import server as local


def make_certificate(folder: Path, address: str = "127.0.0.1") -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate_file, key_file = folder / "certificate.pem", folder / "key.pem"
    certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return certificate_file, key_file


@contextmanager
def serve_tls(certificate: Path, key: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[local.LocalServer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    bind = local.ThreadingHTTPServer.server_bind

    def bind_tls(self: local.ThreadingHTTPServer) -> None:
        bind(self)
        self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    monkeypatch.setattr(local.ThreadingHTTPServer, "server_bind", bind_tls)
    with local.serve(local.json_answer('{"ok": 1}')) as server:
        yield server


def test_a_certificate_that_nobody_vouches_for_is_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve_tls(*make_certificate(tmp_path), monkeypatch) as server:
        client = Client(f"https://127.0.0.1:{server.port}", allow_private=["127.0.0.1"])
        with pytest.raises(Unreachable, match=r"The certificate of 127.0.0.1:\d+ is not accepted \(self"):
            client.post("/Tickets", json=[{}])
        assert server.requests == []


def test_a_certificate_of_our_own_authority_is_accepted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate, key = make_certificate(tmp_path)
    with serve_tls(certificate, key, monkeypatch) as server:
        client = Client(
            f"https://127.0.0.1:{server.port}", allow_private=["127.0.0.1"], ca_bundle=str(certificate)
        )
        assert client.get("/X").data == {"ok": 1}
        assert client.get("/X").data == {"ok": 1}


def test_a_certificate_for_another_address_is_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate, key = make_certificate(tmp_path, "127.0.0.2")
    with serve_tls(certificate, key, monkeypatch) as server:
        client = Client(
            f"https://127.0.0.1:{server.port}", allow_private=["127.0.0.1"], ca_bundle=str(certificate)
        )
        with pytest.raises(Unreachable, match="IP address mismatch"):
            client.get("/X")
