"""The second factor: asked for at signing in, and set up on the account's pages."""

from functools import partial
from typing import Any

import segno
from fastapi import Request
from markupsafe import Markup
from sqlmodel import Session
from starlette.responses import RedirectResponse, Response

from app.database import now
from app.dependencies import BrowserLogin, SessionDep, SettingsDep, SignedInLogin
from app.errors import BadRequest, Conflict, NotSignedIn, TooMany
from app.forms import NameForm, read
from app.services import accounts, cities, second_factors, sign_in
from app.services.second_factors import Offer
from app.services.sign_in import Login
from app.settings import Settings
from app.web import refusals
from app.web.pages import Posted, Render, RenderDep, new_router, render, see_other, text_of
from app.web.sessions import go_on, safe_next, set_session

router = new_router()
SETUP = "/account/second-factor"


def _half(login: Login | None) -> Login:
    """Whoever has given the first factor. Raises NotSignedIn for others."""
    if login is None:
        raise NotSignedIn
    return login


def _ask(
    render: Render, session: Session, settings: Settings, login: Login, target: str, kept: str = "", error: str | None = None, status: int = 200
) -> Response:  # fmt: skip
    found = second_factors.enrolled(session, login.account)
    options, sealed = None, None
    if found.passkeys and second_factors.passkeys_possible(settings):
        options, sealed = second_factors.authentication_options(
            session, settings, login.account, login.row
        )
    return _private(
        render("sign_in/second_factor.html", status=status, next=target, kept=kept, found=found, options=options, sealed=sealed, error=error)
    )  # fmt: skip


def ask_keeping(
    request: Request, session: Session, settings: Settings, token: str, target: str, kept: str
) -> Response:
    """Ask for the second factor in answer to the first, and hold on to what was being written."""
    session.flush()
    login = _half(sign_in.find_login(session, token))
    return _ask(partial(render, request, session, None), session, settings, login, target, kept)


@router.get("/sign-in/second-factor")
def ask(
    request: Request,
    session: SessionDep,
    settings: SettingsDep,
    login: BrowserLogin,
    render: RenderDep,
) -> Response:
    target = safe_next(request.query_params.get("next", "/"))
    known = _half(login)
    if not second_factors.enrolled(session, known.account):
        return RedirectResponse(SETUP, 303)
    return _ask(render, session, settings, known, target)


@router.post("/sign-in/second-factor")
def give(
    request: Request,
    posted: Posted,
    session: SessionDep,
    settings: SettingsDep,
    login: BrowserLogin,
    render: RenderDep,
) -> Response:
    known, target = _half(login), safe_next(text_of(posted, "next"))
    kept = text_of(posted, "kept")
    try:
        credential = text_of(posted, "credential")
        if credential:
            second_factors.check_passkey(session, settings, known.account, known.row, text_of(posted, "sealed"), credential)  # fmt: skip
        else:
            second_factors.check(session, settings, known.account, text_of(posted, "code"))
    except (BadRequest, TooMany) as error:
        sentence = refusals.first_sentence(error)
        answer = _ask(render, session, settings, known, target, kept, sentence, error.status)
        if error.retry_after:
            answer.headers["Retry-After"] = str(error.retry_after)
        return answer
    token = sign_in.complete(session, settings, known)
    answer = go_on(request, session, known.account, target, kept)
    set_session(answer, settings, token)
    return answer


@router.get(SETUP)
def show(
    session: SessionDep, settings: SettingsDep, login: SignedInLogin, render: RenderDep
) -> Response:
    return _setup(render, session, settings, login)


def _setup(
    render: Render, session: Session, settings: Settings, login: Login, *, offer: Offer | None = None, status: int = 200, **values: Any
) -> Response:  # fmt: skip
    name = _portal_name(session)
    offer = offer or second_factors.offer_authenticator(settings, login.account, name)
    options, sealed = None, None
    if second_factors.passkeys_possible(settings):
        options, sealed = second_factors.registration_options(session, settings, login.account, login.row, name)  # fmt: skip
    page = render(
        "account/second_factor.html",
        status=status,
        found=second_factors.enrolled(session, login.account),
        offer=offer,
        qr=_picture(offer.address),
        options=options,
        sealed=sealed,
        needed=login.account.acts_for_city and settings.staff_needs_second_factor,
        **({"error": None, "codes": None} | values),
    )  # fmt: skip
    return _private(page)


def _picture(address: str) -> Markup:
    svg = segno.make(address, error="m").svg_inline(scale=5, border=3, light="white")
    return Markup(svg)  # noqa: S704 - drawn by segno: squares, and no word of the address


def _portal_name(session: Session) -> str:
    city = cities.find_catalogue(session)
    return city.portal_name if city else "Portal"


def _private(answer: Response) -> Response:
    answer.headers["Cache-Control"] = "no-store"
    return answer


@router.post(f"{SETUP}/authenticator")
def enrol_authenticator(
    posted: Posted,
    session: SessionDep,
    settings: SettingsDep,
    login: SignedInLogin,
    render: RenderDep,
) -> Response:
    _require_factor_given(session, login)
    sealed = text_of(posted, "sealed")
    try:
        second_factors.enrol_authenticator(session, settings, login.account, sealed, text_of(posted, "code"))  # fmt: skip
    except (BadRequest, TooMany) as error:
        sentence = refusals.first_sentence(error)
        offer = _same_offer(session, settings, login, sealed)
        return _setup(render, session, settings, login, offer=offer, status=error.status, error=sentence)  # fmt: skip
    return _enrolled(render, session, settings, login)


def _same_offer(session: Session, settings: Settings, login: Login, sealed: str) -> Offer | None:
    try:
        return second_factors.reoffer(settings, login.account, _portal_name(session), sealed)
    except BadRequest:
        return None


@router.post(f"{SETUP}/passkey")
def enrol_passkey(
    posted: Posted,
    session: SessionDep,
    settings: SettingsDep,
    login: SignedInLogin,
    render: RenderDep,
) -> Response:
    _require_factor_given(session, login)
    name = read(
        NameForm, {"name": text_of(posted, "name")[:80] or login.row.device or "Passkey"}
    ).name
    second_factors.enrol_passkey(
        session, settings, login.account, login.row, text_of(posted, "sealed"), text_of(posted, "credential"), name
    )  # fmt: skip
    return _enrolled(render, session, settings, login)


def _enrolled(render: Render, session: Session, settings: Settings, login: Login) -> Response:
    """After a first factor the recovery codes are shown; this session counts as having given it, all others end."""
    session.flush()
    found = second_factors.enrolled(session, login.account)
    codes = None
    if not found.recovery_codes:
        codes = second_factors.new_recovery_codes(session, settings, login.account)
        session.flush()
    login.row.second_factor_at = now()
    accounts.end_sessions(
        session, login.account, but=login.row
    )  # Nobody has asked them for the new factor.
    return _setup(render, session, settings, login, codes=codes)


@router.post(f"{SETUP}/recovery")
def new_codes(
    session: SessionDep, settings: SettingsDep, login: SignedInLogin, render: RenderDep
) -> Response:
    _require_factor_given(session, login)
    if not second_factors.enrolled(session, login.account):
        raise Conflict("second_factor.none")
    codes = second_factors.new_recovery_codes(session, settings, login.account)
    session.flush()
    return _setup(render, session, settings, login, codes=codes)


@router.post(f"{SETUP}/remove")
def remove(
    posted: Posted, session: SessionDep, settings: SettingsDep, login: SignedInLogin
) -> Response:
    _require_factor_given(session, login)
    second_factors.remove(session, settings, login.account, text_of(posted, "what"))
    return see_other(SETUP, "account.saved")


def _require_factor_given(session: Session, login: Login) -> None:
    """Where there is a second factor, only a session that has given it may change anything about it."""
    second_factors.require_given(session, login.account, login.row)
