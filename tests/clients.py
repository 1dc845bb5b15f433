"""Clients: the application driven through httpx without a socket, as a program (API token) or as a browser (cookies)."""

from typing import Any

import httpx
from anyio.from_thread import BlockingPortal
from fastapi import FastAPI

from app.dependencies import session_cookie
from app.models import Account
from app.services import accounts, sign_in
from tests.databases import BASE_URL, Database


class Client:
    """A program without cookies. as_() gives one that sends an account's token."""

    def __init__(
        self, portal: BlockingPortal, app: FastAPI, db: Database, headers: dict[str, str] | None = None
    ) -> None:  # fmt: skip
        self.portal, self.app, self.db = portal, app, db
        self.known: dict[int, Client] = {}
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(app, raise_app_exceptions=False),
            base_url=BASE_URL,
            # Plain answers: to pack and unpack each takes longer than to read it (tests/web/test_delivery.py asks for packed ones).
            headers={"Accept-Encoding": "identity"} | (headers or {}),
            trust_env=False,
        )

    def as_(self, account: Account | None) -> "Client":
        if account is None:
            return self
        if account.id not in self.known:
            with self.db.session() as session:
                token = accounts.new_api_token(session, account)
            headers = {"Authorization": f"Bearer {token}"}
            self.known[account.id] = Client(self.portal, self.app, self.db, headers)
        return self.known[account.id]

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        async def send() -> httpx.Response:
            return await self.http.request(method, path, **options)

        return self.portal.call(send)

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.request("GET", path, **options)

    def post(self, path: str, **options: Any) -> httpx.Response:
        return self.request("POST", path, **options)

    def put(self, path: str, **options: Any) -> httpx.Response:
        return self.request("PUT", path, **options)

    def patch(self, path: str, **options: Any) -> httpx.Response:
        return self.request("PATCH", path, **options)

    def delete(self, path: str, **options: Any) -> httpx.Response:
        return self.request("DELETE", path, **options)


class Browser(Client):
    """A browser with its cookie jar. as_() gives one that is signed in."""

    def as_(self, account: Account | None) -> "Browser":
        if account is None:
            return self
        if account.id not in self.known:
            with self.db.session() as session:
                token = sign_in.open_session(session, self.db.settings, account)
            other = self.known[account.id] = Browser(self.portal, self.app, self.db)
            other.http.cookies.set(session_cookie(self.db.settings), token)
        found = self.known[account.id]
        assert isinstance(found, Browser)
        return found

    def submit(self, path: str, **fields: Any) -> httpx.Response:
        """Post a form, as a page of this site would."""
        return self.post(path, data=fields, headers={"Origin": BASE_URL})
