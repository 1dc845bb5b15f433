"""A real OpenID provider for the tests, in a process of its own: oidc-provider-mock, which here also insists on PKCE.

What a user's claims say stands in the ID token over what the provider would write: a test can thus make it lie.
"""

import hashlib
import json
import subprocess
import sys
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import BytesIO
from socket import create_connection
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from app.settings import ROOT
from tests.servers import HOST, TIMEOUT, free_port

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Any]


def demand_pkce(app: Wsgi) -> Wsgi:
    """The provider with proof keys (RFC 7636): no code without a challenge, no token without what it was made from."""
    challenges: dict[str, str] = {}

    def guarded(environ: dict[str, Any], start: Callable[..., Any]) -> Any:
        query = {key: values[0] for key, values in parse_qs(environ.get("QUERY_STRING", "")).items()}  # fmt: skip
        if environ["PATH_INFO"] == "/oauth2/authorize":
            if query.get("code_challenge_method") != "S256" or not query.get("nonce"):
                return refuse(start)

            def note(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
                code = parse_qs(urlsplit(dict(headers).get("Location", "")).query).get("code")
                if code:
                    challenges[code[0]] = query["code_challenge"]
                return start(status, headers, *rest)

            return app(environ, note)
        if environ["PATH_INFO"] == "/oauth2/token":
            body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            environ["wsgi.input"] = BytesIO(body)
            sent = {key: values[0] for key, values in parse_qs(body.decode()).items()}
            digest = hashlib.sha256(sent.get("code_verifier", "").encode()).digest()
            made = urlsafe_b64encode(digest).rstrip(b"=").decode()
            if challenges.pop(sent.get("code", ""), None) != made:
                return refuse(start)
        return app(environ, start)

    return guarded


def refuse(start: Callable[..., Any]) -> list[bytes]:
    start("400 Bad Request", [("Content-Type", "application/json")])
    return [json.dumps({"error": "invalid_grant"}).encode()]


def main(port: int) -> None:
    import oidc_provider_mock  # noqa: PLC0415 - only the process needs it
    from werkzeug.serving import make_server  # noqa: PLC0415

    app = oidc_provider_mock.app(require_nonce=True)
    make_server(HOST, port, demand_pkce(app.wsgi_app), threaded=True).serve_forever()


@dataclass
class Provider:
    """The running provider, and its users."""

    issuer: str

    def know(self, subject: str, **claims: Any) -> None:
        """Have a user with these claims."""
        httpx.put(f"{self.issuer}/users/{subject}", json=claims).raise_for_status()

    def sign_in(self, address: str, subject: str | None) -> str:
        """What a person does on the provider's page; where they are sent back to. Nobody: they refuse."""
        assert address.startswith(f"{self.issuer}/oauth2/authorize?")
        form = {"sub": subject} if subject else {"action": "deny"}
        answer = httpx.post(address, data=form)
        assert answer.status_code in {302, 303}, answer.text
        return answer.headers["location"]


@contextmanager
def providing() -> Iterator[Provider]:
    """A provider on a loopback port; stopped at the end."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.oidc_provider", str(port)],
        cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _await(process, port)
        yield Provider(f"http://{HOST}:{port}")
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
                raise RuntimeError("the provider did not start") from None
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.05)
        else:
            return


if __name__ == "__main__":
    main(int(sys.argv[1]))
