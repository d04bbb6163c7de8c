"""What never left is told apart from what was sent and whose answer was lost: real sockets, no mocks."""

from __future__ import annotations

import socket
import struct
import time
from http.server import BaseHTTPRequestHandler

import pytest

from integrations.net.errors import BadAnswer, LostAnswer, NetError, Unreachable
from integrations.net.http import Client, Limits
from tests.integrations.net.server import json_answer, serve

QUICK = Limits(connect=1, read=1, total=2)


def make_client(url: str, limits: Limits = QUICK) -> Client:
    return Client(url, allow_private=["127.0.0.1"], limits=limits)


def start_json(handler: BaseHTTPRequestHandler, length: int) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(length))
    handler.end_headers()


def reset(handler: BaseHTTPRequestHandler) -> None:
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()
    handler.close_connection = True


def test_a_refused_connection_was_never_sent() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with pytest.raises(Unreachable, match="refuses connections") as caught:
            make_client(f"http://127.0.0.1:{port}").post("/Tickets", json=[{}])
    assert caught.value.never_sent


def test_an_unknown_name_was_never_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*args: object, **kwargs: object) -> object:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(Unreachable, match=r"The name of nowhere\.example is not known"):
        Client("https://nowhere.example").get("/Client")


def test_a_server_that_does_not_accept_was_never_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(*args: object, **kwargs: object) -> object:
        raise TimeoutError("timed out")

    monkeypatch.setattr("integrations.net.sockets.create_connection", silent)
    with pytest.raises(Unreachable, match="does not answer"):
        make_client("http://127.0.0.1:9").get("/Client")


def test_a_server_that_speaks_no_tls_was_never_sent_anything() -> None:
    with (
        serve(json_answer()) as server,
        pytest.raises(Unreachable, match="No encrypted connection") as caught,
    ):
        make_client(server.url.replace("http:", "https:")).post("/Tickets", json=[{"summary": "x"}])
    assert caught.value.never_sent
    assert server.requests == []


def test_an_answer_that_does_not_come_in_time_is_lost() -> None:
    with serve(lambda handler: time.sleep(1.5)) as server, pytest.raises(LostAnswer, match="in time"):
        make_client(server.url).post("/Tickets", json=[{}])


def test_a_connection_reset_after_sending_is_a_lost_answer() -> None:
    with serve(reset) as server:
        with pytest.raises(LostAnswer, match="broke"):
            make_client(server.url).post("/Tickets", json=[{}])
        assert len(server.requests) == 1, "nothing is repeated behind the caller's back"


def test_a_body_cut_short_is_a_lost_answer() -> None:
    def respond(handler: BaseHTTPRequestHandler) -> None:
        start_json(handler, 1000)
        handler.wfile.write(b'{"id": 1')
        handler.close_connection = True

    with serve(respond) as server, pytest.raises(LostAnswer, match="broke"):
        make_client(server.url).post("/Tickets", json=[{}])


def test_json_cut_short_without_a_length_is_a_bad_answer() -> None:
    def respond(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Connection", "close")
        handler.end_headers()
        handler.wfile.write(b'{"id": 1')
        handler.close_connection = True

    with serve(respond) as server, pytest.raises(BadAnswer, match="broken or cut short"):
        make_client(server.url).get("/Client")


@pytest.mark.parametrize("in_headers", [True, False], ids=["headers", "body"])
def test_a_server_that_trickles_bytes_is_cut_off_at_the_total_limit(in_headers: bool) -> None:
    """Each byte comes within the read limit, so that only the hard limit can end it."""

    def respond(handler: BaseHTTPRequestHandler) -> None:
        if in_headers:
            handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        else:
            start_json(handler, 10_000)
        try:
            for _ in range(60):
                handler.wfile.write(b"X-A: b\r\n" if in_headers else b" ")
                handler.wfile.flush()
                time.sleep(0.1)
        except OSError:
            handler.close_connection = True

    started = time.monotonic()
    with serve(respond) as server, pytest.raises(LostAnswer, match=r"within 2 s"):
        make_client(server.url).post("/Tickets", json=[{}])
    assert time.monotonic() - started < 4


def test_an_endless_body_without_a_length_is_lost_too() -> None:
    """The connection is cut from our side: that must not look like the regular end of the body."""

    def respond(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Connection", "close")
        handler.end_headers()
        handler.close_connection = True
        try:
            handler.wfile.write(b"[1")
            for _ in range(60):
                handler.wfile.write(b" ")
                handler.wfile.flush()
                time.sleep(0.1)
        except OSError:
            return

    with serve(respond) as server, pytest.raises(LostAnswer):
        make_client(server.url).get("/Client")


def test_a_kept_connection_that_the_server_has_closed_is_opened_again() -> None:
    """Seen before anything is sent, so nothing can be lost by it."""

    def respond(handler: BaseHTTPRequestHandler) -> None:
        json_answer('{"ok": true}')(handler)
        handler.close_connection = True

    with serve(respond) as server:
        client = make_client(server.url)
        for _ in range(2):
            assert client.get("/Client").data == {"ok": True}
            time.sleep(0.1)
        assert len(server.requests) == 2


def test_a_kept_connection_that_breaks_while_sending_is_a_lost_answer() -> None:
    calls = 0

    def respond(handler: BaseHTTPRequestHandler) -> None:
        nonlocal calls
        calls += 1
        json_answer("{}")(handler) if calls == 1 else reset(handler)

    with serve(respond) as server:
        client = make_client(server.url)
        client.get("/Client")
        with pytest.raises(LostAnswer):
            client.post("/Tickets", json=[{}])
        assert calls == 2


def test_a_connection_is_kept_and_used_again() -> None:
    ports: set[int] = set()

    def respond(handler: BaseHTTPRequestHandler) -> None:
        ports.add(handler.client_address[1])
        json_answer("{}")(handler)

    with serve(respond) as server:
        client = make_client(server.url)
        for _ in range(3):
            client.get("/Client")
    assert len(ports) == 1


def test_a_call_without_time_left_is_not_sent() -> None:
    with serve(json_answer()) as server:
        with pytest.raises(Unreachable, match="no time was left"):
            make_client(server.url).request("POST", "/Tickets", json=[{}], within=0)
        assert server.requests == []


def test_a_name_service_that_takes_all_the_time_leaves_nothing_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    ask = socket.getaddrinfo

    def slow(*args: object, **kwargs: object) -> object:
        time.sleep(0.3)
        return ask(*args, **kwargs)  # type: ignore[arg-type]

    with serve(json_answer()) as server:
        monkeypatch.setattr(socket, "getaddrinfo", slow)
        client = make_client(server.url, Limits(connect=5, read=5, total=0.2))
        with pytest.raises(Unreachable):
            client.post("/Tickets", json=[{}])
        time.sleep(0.1)
        assert server.requests == []


def test_an_answer_larger_than_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("integrations.net.http.read_body.__defaults__", (1024,))
    with serve(json_answer('"' + "x" * 5000 + '"')) as server, pytest.raises(BadAnswer, match="more than"):
        make_client(server.url).get("/Client")


def test_every_failure_is_a_net_error_with_a_sentence() -> None:
    with serve(reset) as server, pytest.raises(NetError) as caught:
        make_client(server.url).get("/Client")
    assert str(caught.value) == caught.value.sentence
    assert caught.value.sentence.startswith("The connection to 127.0.0.1:")
