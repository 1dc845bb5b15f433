"""A portal with the demo, served by its own command on a free port of loopback, and its end."""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PORTAL = [sys.executable, "-m", "app"]
START_SECONDS = 30


@dataclass(frozen=True)
class Portal:
    """A running portal."""

    url: str
    environment: dict[str, str]

    def run(self, *arguments: str) -> str:
        """The output of a `portal` command on this portal's database."""
        done = subprocess.run(
            [*PORTAL, *arguments], cwd=ROOT, env=self.environment, capture_output=True, text=True, check=True
        )  # fmt: skip
        return done.stdout

    def code_for(self, email: str) -> str:
        """The newest sign-in code in the development mailbox."""
        return self._newest(email)[1]

    def link_for(self, email: str) -> str:
        """The link for signing in of the newest email to this address."""
        (link,) = re.findall(r"http\S+/sign-in/link\S+", self._page(f"/dev/mailbox/{self._newest(email)[0]}"))  # fmt: skip
        return str(link).replace("&amp;", "&")

    def _newest(self, email: str) -> tuple[str, str]:
        mails = rf'mailbox/(\d+)">(\d{{6}})[^<]*</a><p class="meta"><span>{re.escape(email)}'
        found = re.search(mails, self._page("/dev/mailbox"))
        assert found is not None, f"no code for {email} in the mailbox"
        return found[1], found[2]

    def _page(self, path: str) -> str:
        with urllib.request.urlopen(self.url + path) as page:
            text: str = page.read().decode()
        return text


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def serving(database_url: str, *, demo: bool = True) -> Iterator[Portal]:
    """A portal on this empty database, migrated, with the demo in it."""
    # By name, because browsers make passkeys for host names only.
    url = f"http://localhost:{free_port()}"
    environment = os.environ | {"PORTAL_DATABASE_URL": database_url, "PORTAL_BASE_URL": url}
    portal = Portal(url, environment)
    portal.run("migrate")
    if demo:
        portal.run("demo")
    serve = [*PORTAL, "serve", "--port", url.rsplit(":", 1)[1]]
    process = subprocess.Popen(serve, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
    try:
        _wait(url, process)
        yield portal
    finally:
        process.terminate()
        process.wait(10)


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    """Return when the portal answers; bounded, and at once if the process has ended."""
    deadline = time.monotonic() + START_SECONDS
    port = int(url.rsplit(":", 1)[1])
    while time.monotonic() < deadline:
        assert process.poll() is None, "the portal ended before it answered"
        with socket.socket() as attempt:
            attempt.settimeout(0.2)
            if attempt.connect_ex(("127.0.0.1", port)) == 0:
                return
        process_wait(process)
    raise AssertionError("the portal did not answer in time")


def process_wait(process: subprocess.Popen[bytes]) -> None:
    """A pause that ends early if the process does."""
    try:
        process.wait(0.05)
    except subprocess.TimeoutExpired:
        return
