"""A running portal on a loopback port, and volleys of requests whose last bytes are released together."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.settings import ROOT
from tests.databases import BASE_URL, SECRET, Database

HOST = "127.0.0.1"
TIMEOUT = 60
PORTAL = [sys.executable, "-m", "app", "serve"]
Answer = tuple[int, Any]


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def environment(database: Database) -> dict[str, str]:
    """The environment of a process that works on this database."""
    url = database.engine.url.render_as_string(hide_password=False)
    own = {"PORTAL_DATABASE_URL": url, "PORTAL_SECRET_KEY": SECRET, "PORTAL_BASE_URL": BASE_URL}
    return {**os.environ, **own, "PYTHONPATH": str(ROOT)}


@dataclass
class Server:
    """A running server with its workers."""

    port: int
    process: subprocess.Popen[bytes]

    def kill(self) -> None:
        """End it at once, as a loss of power would: no handler runs."""
        os.killpg(self.process.pid, signal.SIGKILL)  # Its own group: the server and its workers.
        self.process.wait(15)


@contextmanager
def serving(database: Database, log: Path, *, workers: int = 1, command: list[str] | None = None, settings: dict[str, str] | None = None) -> Iterator[int]:  # fmt: skip
    """The port of a server on this database, by `portal serve` or another command; stopped at the end."""
    with server(database, log, workers=workers, command=command, settings=settings) as running:
        yield running.port


@contextmanager
def server(database: Database, log: Path, *, workers: int = 1, command: list[str] | None = None, settings: dict[str, str] | None = None) -> Iterator[Server]:  # fmt: skip
    """The server itself, for tests that end it."""
    port = free_port()
    options = ["--host", HOST, "--port", str(port), "--workers", str(workers)]
    with log.open("w") as output:
        process = subprocess.Popen(
            [*(command or PORTAL), *options], cwd=ROOT, env=environment(database) | (settings or {}),
            stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        running = Server(port, process)
        try:
            _await(process, log, workers)
            yield running
        finally:
            _stop(running)


def _await(process: subprocess.Popen[bytes], log: Path, workers: int) -> None:
    """Wait until every worker says that it has started, and the server that it listens."""
    deadline = time.monotonic() + TIMEOUT
    while not _is_up(log.read_text(errors="replace"), workers):
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the server did not start:\n{log.read_text(errors='replace')}")
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.05)


def _is_up(said: str, workers: int) -> bool:
    return said.count("Application startup complete") >= workers and "Uvicorn running on" in said


def _stop(running: Server) -> None:
    running.process.terminate()
    try:
        running.process.wait(15)
    except subprocess.TimeoutExpired:
        running.kill()


def request(method: str, path: str, token: str | None = None, body: Any = None) -> bytes:
    """An HTTP/1.1 request, byte by byte. It always has a body, so that a last byte can be held back."""
    payload = json.dumps(body).encode() if body is not None else b" "
    lines = [
        f"{method} {path} HTTP/1.1",
        "Host: testserver",
        "Connection: close",
        "Content-Type: application/json" if body is not None else "Content-Type: text/plain",
        f"Content-Length: {len(payload)}",
    ]
    if token is not None:
        lines.append(f"Authorization: Bearer {token}")
    return "\r\n".join([*lines, "", ""]).encode() + payload


def volley(port: int, requests: list[bytes], *, pages: bool = False) -> list[Answer]:
    """Send all but the last byte of every request, then all last bytes at once; the answers' statuses and bodies.

    Bodies are read as JSON unless they are pages.
    """
    sockets = [socket.create_connection((HOST, port), TIMEOUT) for _ in requests]
    try:
        for connection, content in zip(sockets, requests, strict=True):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.sendall(content[:-1])
        for connection, content in zip(sockets, requests, strict=True):
            connection.sendall(content[-1:])
        return [_read(connection, pages) for connection in sockets]
    finally:
        for connection in sockets:
            connection.close()


def _read(connection: socket.socket, pages: bool) -> Answer:
    with connection.makefile("rb") as answer:
        head, _, body = answer.read().partition(b"\r\n\r\n")
    status = int(head.split(b" ", 2)[1])
    return status, body.decode() if pages else json.loads(body) if body else None
