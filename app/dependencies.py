"""What both doors ask FastAPI for: the settings, a session, the actor, a signed cursor."""

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from typing import Annotated

import ua_parser
from fastapi import Depends, Request
from itsdangerous import BadSignature, URLSafeSerializer
from python_multipart.multipart import parse_options_header
from sqlmodel import Session
from starlette.datastructures import FormData, UploadFile

from app.database import session_scope
from app.edge import SAFE_METHODS
from app.errors import BadRequest, FieldError, Invalid, NotSignedIn
from app.i18n import N_
from app.models import Account
from app.services import accounts, sign_in
from app.services.paging import After
from app.services.sign_in import Login, Visitor
from app.services.uploads import Upload
from app.settings import Settings

# The __Host- prefix binds a cookie to https and to this one host; browsers refuse it on http://127.0.0.1.
SESSION_COOKIE = "__Host-session"
DEVELOPMENT_SESSION_COOKIE = "session"
_LONGEST_AGENT = 500
_UPLOADED = frozenset({"file", "description"})


def get_settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


SettingsDep = Annotated[Settings, Depends(get_settings)]


async def get_turn(request: Request) -> AsyncIterator[None]:
    """A turn at the database: as many requests at once as there are connections; the others wait without holding any.

    A request lets go of its thread between its dependencies, but not of its connection. Without turns, requests that
    wait for a connection would take all threads, and those that have one could not go on to give it back.
    """
    async with request.app.state.turns:
        yield


Turn = Annotated[None, Depends(get_turn, scope="function")]


def _writes(request: Request) -> bool:
    return request.method not in SAFE_METHODS


def get_session(request: Request, _turn: Turn) -> Iterator[Session]:
    """A session that is committed before the answer is sent, or rolled back if the route raised."""
    with session_scope(request.app.state.engine, writes=_writes(request)) as session:
        yield session


# With the default scope FastAPI would commit after the answer had been sent, and a failed commit would go unheard.
SessionDep = Annotated[Session, Depends(get_session, scope="function")]


def session_cookie(settings: Settings) -> str:
    """The name of the cookie that holds a browser's session."""
    https = settings.base_url.startswith("https://")
    return SESSION_COOKIE if https else DEVELOPMENT_SESSION_COOKIE


def get_browser_login(request: Request, settings: SettingsDep, session: SessionDep) -> Login | None:
    """The browser's session, even if it still lacks its second factor."""
    token = request.cookies.get(session_cookie(settings))
    if not token:
        return None
    return sign_in.find_login(session, token, hold=_writes(request))


BrowserLogin = Annotated[Login | None, Depends(get_browser_login)]


def get_browser_actor(settings: SettingsDep, login: BrowserLogin) -> Account | None:
    """Who is signed in. Without the second factor that a role needs, the role's rights rest."""
    if login is None or login.row.is_pending:
        return None
    account = login.account
    if (
        account.acts_for_city
        and settings.staff_needs_second_factor
        and not login.row.second_factor_at
    ):
        account.hold_back()
    return account


BrowserActor = Annotated[Account | None, Depends(get_browser_actor)]


def get_visitor(request: Request) -> Visitor:
    """Where the request comes from. Behind proxies the server has put the client's address here (trusted_proxies)."""
    agent = ua_parser.parse(request.headers.get("user-agent", "")[:_LONGEST_AGENT])
    parts = (agent.user_agent, agent.os)
    device = " · ".join(part.family for part in parts if part is not None)
    return Visitor(request.client.host if request.client else "", device[:80])


VisitorDep = Annotated[Visitor, Depends(get_visitor)]


def get_signed_in(actor: BrowserActor) -> Account:
    if actor is None:
        raise NotSignedIn
    return actor


SignedIn = Annotated[Account, Depends(get_signed_in)]


def get_signed_in_login(login: BrowserLogin, _actor: SignedIn) -> Login:
    assert login is not None
    return login


SignedInLogin = Annotated[Login, Depends(get_signed_in_login)]


def get_token_actor(request: Request, session: SessionDep) -> Account | None:
    """The account of the request's Bearer token. Raises NotSignedIn for a token that is not valid."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if not scheme:
        return None
    actor = (
        accounts.find_by_api_token(session, token.strip(), hold=_writes(request))
        if scheme.lower() == "bearer"
        else None
    )
    if actor is None:
        raise NotSignedIn("sign_in.token_invalid")
    return actor


OptionalTokenActor = Annotated[Account | None, Depends(get_token_actor)]


def get_required_token_actor(actor: OptionalTokenActor) -> Account:
    if actor is None:
        raise NotSignedIn
    return actor


TokenActor = Annotated[Account, Depends(get_required_token_actor)]


async def read_form(request: Request, *, files: int) -> FormData:
    """The fields of a posted form, unchecked. Raises BadRequest for a character set other than UTF-8."""
    charset = parse_options_header(request.headers.get("content-type", ""))[1].get(b"charset")
    if charset is not None and charset.lower() not in {b"utf-8", b"utf8"}:
        raise BadRequest("json.not_utf8")
    return await request.form(max_files=files, max_fields=1000)


async def get_upload(request: Request) -> Upload:
    """The one file of a posted form, unchecked, with what is said of it."""
    posted = await read_form(request, files=1)
    file, description = posted.get("file"), posted.get("description", "")
    description = description if isinstance(description, str) else ""
    names = Counter(name for name, _ in posted.multi_items())
    others = tuple(name for name, times in names.items() if name not in _UPLOADED or times > 1)
    if not isinstance(file, UploadFile) or not (file.filename or file.size):
        return Upload(None, "", description, others)
    return Upload(await file.read(), file.filename or "", description, others)


Uploaded = Annotated[Upload, Depends(get_upload)]


def _cursors(settings: Settings) -> URLSafeSerializer:
    return URLSafeSerializer(settings.secret_key, salt="cursor")


def write_cursor(settings: Settings, listing: str, after: After | None) -> str | None:
    """An opaque, signed cursor to the page after `after` in this listing (its sort and filters)."""
    if after is None:
        return None
    key, last_id = after
    moment = isinstance(key, datetime)
    value = key.isoformat() if isinstance(key, datetime) else key
    return str(_cursors(settings).dumps([listing, moment, value, last_id]))


def read_cursor(settings: Settings, listing: str, cursor: str | None) -> After | None:
    """Where the cursor points. Raises Invalid for one that is forged or belongs to another listing."""
    if cursor is None:
        return None
    try:
        found, moment, value, last_id = _cursors(settings).loads(cursor)
    except (BadSignature, ValueError, TypeError) as error:
        raise _bad_cursor() from error
    if found != listing:
        raise _bad_cursor()
    return (datetime.fromisoformat(value) if moment else value, last_id)


def _bad_cursor() -> Invalid:
    message = N_("This cursor is not valid for this list. Start again without one.")
    return Invalid([FieldError("cursor", "cursor_invalid", message, {})])
