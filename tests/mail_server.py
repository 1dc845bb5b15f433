"""A real mail server for the tests: aiosmtpd in a process of its own, which keeps what it takes in a folder."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from socket import create_connection
from typing import Any

from app.settings import ROOT
from tests.servers import HOST, TIMEOUT, free_port

# Recipients that the server treats differently, by the beginning of their address.
REFUSED, LATER = "refused", "later"


class Handler:
    """Writes each message into a file; refuses some recipients for good and others for now."""

    @classmethod
    def from_cli(cls, _parser: Any, folder: str) -> "Handler":
        return cls(Path(folder))

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # fmt: skip  # noqa: N802
        if address.startswith(REFUSED):
            return "550 no such mailbox"
        if address.startswith(LATER):
            return "450 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        written = self.folder / f"{len(list(self.folder.iterdir())):04d}.part"
        written.write_bytes(envelope.original_content)
        written.rename(written.with_suffix(".eml"))  # Whoever looks never finds half a message.
        return "250 OK"


@dataclass
class MailServer:
    url: str
    folder: Path

    def messages(self) -> list[EmailMessage]:
        """What the server has taken, oldest first."""
        files = sorted(self.folder.glob("*.eml"))
        return [message_from_bytes(file.read_bytes(), policy=default) for file in files]  # type: ignore[misc]


@contextmanager
def mail_server(folder: Path) -> Iterator[MailServer]:
    folder.mkdir()
    port = free_port()
    command = [sys.executable, "-m", "aiosmtpd", "-n", "-l", f"{HOST}:{port}", "-c", "tests.mail_server.Handler", str(folder)]  # fmt: skip
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)
    try:
        _await(process, port)
        yield MailServer(f"smtp://{HOST}:{port}", folder)
    finally:
        process.terminate()
        process.wait(15)


def _await(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + TIMEOUT
    while True:
        try:
            create_connection((HOST, port), 1).close()
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise
        else:
            return
