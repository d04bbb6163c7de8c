"""Private addresses and plain http are closed unless listed, whatever the name service says."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from integrations.net.auth import ClientCredentials, fetch_client_token
from integrations.net.errors import HostNotAllowed
from integrations.net.hosts import HostPolicy, Origin, is_public
from integrations.net.http import Client
from tests.integrations.net.server import json_answer, serve


def make_names(monkeypatch: pytest.MonkeyPatch, answers: dict[str, list[list[str]]]) -> None:
    """A name service that gives the next of its answers at every question."""

    def ask(host: str, port: Any, *args: Any, **kwargs: Any) -> list[Any]:
        addresses = answers[host].pop(0) if len(answers[host]) > 1 else answers[host][0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", ask)


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1",
        "https://10.1.2.3",
        "https://192.168.1.5:8443",
        "https://172.16.0.1",
        "https://169.254.169.254",
        "https://100.64.0.1",
        "https://0.0.0.0",
        "https://[::1]",
        "https://[fe80::1]",
        "https://[fd00::1]",
        "https://[::ffff:10.0.0.1]",
        "https://[64:ff9b::a00:1]",
        "https://224.0.0.1",
    ],
)
def test_a_private_address_is_refused_before_anything_is_asked(url: str) -> None:
    with pytest.raises(
        HostNotAllowed, match="is a private address; list it in HALOBRIDGE_ALLOW_PRIVATE_HOSTS"
    ):
        Client(url).get("/api")


def test_a_name_that_leads_to_a_private_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    make_names(monkeypatch, {"halo.example": [["10.0.0.5"]]})
    with pytest.raises(HostNotAllowed) as caught:
        Client("https://halo.example").get("/api")
    assert str(caught.value) == (
        "halo.example (10.0.0.5) is a private address; list it in HALOBRIDGE_ALLOW_PRIVATE_HOSTS to allow it."
    )
    assert caught.value.never_sent


def test_a_name_that_changes_its_address_between_two_calls_gains_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """DNS rebinding: public when it is looked at, private when it is connected to."""
    connected: list[str] = []

    def connect(address: tuple[str, int], **kwargs: Any) -> socket.socket:
        connected.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr("integrations.net.sockets.create_connection", connect)
    make_names(monkeypatch, {"rebind.example": [["8.8.8.8"], ["127.0.0.1"]]})
    client = Client("https://rebind.example")
    with pytest.raises(Exception, match="refuses connections"):
        client.get("/api")
    with pytest.raises(HostNotAllowed):
        client.get("/api")
    assert connected == ["8.8.8.8"]


def test_a_name_that_leads_elsewhere_after_a_redirect_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The redirect stays within the server, but by then its name leads to a private address."""

    def move(handler: Any) -> None:
        handler.send_response(302)
        handler.send_header("Location", "/api/moved")
        handler.send_header("Content-Length", "0")
        handler.send_header("Connection", "close")
        handler.end_headers()

    names = {"halo.example": [["127.0.0.1"], ["10.0.0.5"]], "127.0.0.1": [["127.0.0.1"]]}
    make_names(monkeypatch, names)
    with serve(move) as server:
        client = Client(f"http://halo.example:{server.port}", allow_private=["127.0.0.0/8"])
        with pytest.raises(HostNotAllowed):
            client.get("/api")
        assert [seen.path for seen in server.requests] == ["/api"]


def test_only_the_public_addresses_of_a_mixed_answer_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    connected: list[str] = []

    def connect(address: tuple[str, int], **kwargs: Any) -> socket.socket:
        connected.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr("integrations.net.sockets.create_connection", connect)
    make_names(monkeypatch, {"mixed.example": [["10.0.0.1", "8.8.4.4", "127.0.0.1"]]})
    with pytest.raises(Exception, match="refuses connections"):
        Client("https://mixed.example").get("/api")
    assert connected == ["8.8.4.4"]


def test_plain_http_to_a_public_host_is_refused_with_or_without_listed_networks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_names(monkeypatch, {"halo.example": [["8.8.8.8"]]})
    for listed in ([], ["10.0.0.0/8"]):
        with pytest.raises(HostNotAllowed, match="is not encrypted; use https"):
            Client("http://halo.example", allow_private=listed).get("/api")


@pytest.mark.parametrize(
    "entries",
    [["127.0.0.1"], ["127.0.0.0/8"], ["{port}"], ["other.example", " 127.0.0.1 "], ["http://{port}"]],
)
def test_a_listed_address_is_called_over_plain_http(entries: list[str]) -> None:
    with serve(json_answer('{"ok": 1}')) as server:
        listed = [entry.replace("{port}", f"127.0.0.1:{server.port}") for entry in entries]
        assert Client(server.url, allow_private=listed).get("/").data == {"ok": 1}


def test_a_name_is_listed_by_itself_or_by_its_network() -> None:
    with serve(json_answer('{"ok": 1}')) as server:
        url = server.url.replace("127.0.0.1", "localhost")
        for entry in ("localhost", f"LOCALHOST:{server.port}", "127.0.0.0/8"):
            assert Client(url, allow_private=[entry, "::1"]).get("/").data == {"ok": 1}


def test_a_listed_port_opens_no_other_port() -> None:
    with serve(json_answer()) as server:
        with pytest.raises(HostNotAllowed):
            Client(server.url, allow_private=[f"127.0.0.1:{server.port + 1}"]).get("/")
        assert server.requests == []


def test_the_token_request_goes_through_the_same_guard() -> None:
    with serve(json_answer()) as server:
        credentials = ClientCredentials(f"{server.url}/auth/token", "id", "a-secret-of-ours", "all")
        with pytest.raises(HostNotAllowed):
            fetch_client_token(credentials)
        assert server.requests == []


@pytest.mark.parametrize(
    ("entry", "host", "port", "listed"),
    [
        ("[::1]:8091", "::1", 8091, True),
        ("[::1]:8091", "::1", 8092, False),
        ("::1", "::1", 1, True),
        ("fd00::/8", "fd12::1", 443, True),
        ("10.0.0.0/8", "11.0.0.1", 443, False),
        ("10.0.0.7/8", "10.9.9.9", 443, True),
    ],
)
def test_entries_of_the_list(entry: str, host: str, port: int, listed: bool) -> None:
    assert HostPolicy.of([entry]).lists_address(host, port) is listed


def test_an_ipv4_address_inside_an_ipv6_one_is_found_in_a_listed_network() -> None:
    policy = HostPolicy.of(["10.0.0.0/8"])
    assert policy.admit(Origin("https", "x.example", 443), ["::ffff:10.0.0.1"]) == ["::ffff:10.0.0.1"]


@pytest.mark.parametrize(
    ("address", "public"), [("8.8.8.8", True), ("2606:4700::1111", True), ("fe80::1%eth0", False)]
)
def test_public_addresses(address: str, public: bool) -> None:
    assert is_public(address) is public
