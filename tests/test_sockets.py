"""Over real sockets: a body too large is refused at once, and neither slow nor many clients keep others waiting."""

import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from app import migrations
from tests.builders import Make
from tests.databases import new_database
from tests.servers import HOST, TIMEOUT, request, serving, volley

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
HEAD = b"POST /api/v1/proposals HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
PATH = "/api/v1/proposals"


@pytest.fixture(scope="module")
def port(engine_name: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder = tmp_path_factory.mktemp(f"sockets_{os.getpid()}")
    with new_database(engine_name, folder) as database:
        migrations.upgrade(database.engine)
        database.load_tinytown()
        make = Make(database)
        for _ in range(5):
            make.proposal(make.account("Hà"), "published")
        with serving(database, folder / "log") as port:
            yield port


def send(port: int, *parts: bytes) -> bytes:
    """What the server answers to these bytes; it may answer and hang up before it has read them all."""
    with socket.create_connection((HOST, port), TIMEOUT) as connection:
        try:
            for part in parts:
                connection.sendall(part)
        except (BrokenPipeError, ConnectionResetError):
            pass
        return connection.recv(65536)


def test_ten_megabytes_announced_are_refused_before_they_come(port: int) -> None:
    begun = time.monotonic()
    answer = send(port, HEAD + b"Content-Length: 10000000\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 413")
    assert b"application/problem+json" in answer
    assert time.monotonic() - begun < 5


def test_ten_megabytes_unannounced_are_refused_on_the_way(port: int) -> None:
    chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
    answer = send(port, HEAD + b"Transfer-Encoding: chunked\r\n\r\n", *[chunk] * 17)
    assert answer.startswith(b"HTTP/1.1 413")


def test_a_client_that_sends_all_before_it_reads_hears_the_refusal(port: int) -> None:
    """urllib does; closing at once would reset the connection and lose the answer."""
    asked = Request(f"http://{HOST}:{port}{PATH}", b"x" * 10_000_000, {"Content-Type": "application/json"})  # fmt: skip
    with pytest.raises(HTTPError) as refused:
        urlopen(asked, timeout=TIMEOUT)
    assert refused.value.code == 413


@pytest.mark.parametrize("length", [b"0" * 5000 + b"2", b"9" * 30, b"0" * 30 + b"9" * 10])
def test_an_odd_length_is_no_failure(port: int, length: bytes) -> None:
    answer = send(port, HEAD + b"Content-Length: " + length + b"\r\n\r\n{}")
    assert answer.startswith(b"HTTP/1.1 4")


@pytest.mark.parametrize("raw", [b"GET / HTTP/1.1\r\n\r\n", b"GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n", b"\x00\r\n\r\n", b"GET / HTTP/9.9\r\nHost: x\r\n\r\n", b"GET /?" + b"x" * 200_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n"])  # fmt: skip
def test_odd_requests_are_no_failure(port: int, raw: bytes) -> None:
    answer = send(port, raw)
    assert not answer.startswith(b"HTTP/1.1 5")


def test_many_readers_at_once_are_all_answered(port: int) -> None:
    answers = volley(port, [request("GET", PATH)] * 150)
    assert [status for status, _ in answers] == [200] * 150
    assert all(len(body["items"]) == 5 for _, body in answers)


def test_slow_writers_keep_nobody_waiting(port: int) -> None:
    slow = [socket.create_connection((HOST, port), TIMEOUT) for _ in range(60)]
    try:
        for connection in slow:
            connection.sendall(HEAD + b'Content-Length: 100\r\n\r\n{"title": ')
        begun = time.monotonic()
        assert [status for status, _ in volley(port, [request("GET", PATH)] * 5)] == [200] * 5
        assert time.monotonic() - begun < 10
    finally:
        for connection in slow:
            connection.close()


def _asks(port: int, number: int, address: str) -> int:
    """The status of a request to sign in that claims to come from an address."""
    body = f"email=person{number}@example.org".encode()
    head = f"POST /sign-in HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: {address}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"  # fmt: skip
    return int(send(port, head.encode() + body).split(b" ", 2)[1])


@pytest.mark.parametrize(("trusted", "expected"), [("", [200, 200, 200, 429, 429]), ("127.0.0.1", [200] * 5)])  # fmt: skip
def test_a_client_cannot_choose_its_address(engine_name: str, tmp_path: Path, trusted: str, expected: list[int]) -> None:  # fmt: skip
    """X-Forwarded-For counts only from a proxy that the settings trust."""
    with new_database(engine_name, tmp_path) as database:
        migrations.upgrade(database.engine)
        database.load_tinytown()
        own = {"PORTAL_SIGN_IN_REQUESTS_PER_HOUR": "3", "PORTAL_TRUSTED_PROXIES": trusted}
        with serving(database, tmp_path / "log", settings=own) as port:
            assert [_asks(port, n, f"203.0.{n}.7") for n in range(5)] == expected
