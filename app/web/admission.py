"""Admission at the HTML door: from a proved address to a session, by way of the privacy notice and the second factor."""

from dataclasses import dataclass

from fastapi import Request
from sqlmodel import Session
from starlette.responses import Response

from app.dependencies import SessionDep, SettingsDep, VisitorDep, session_cookie
from app.errors import Invalid
from app.forms import WelcomeForm, read
from app.models import Account
from app.services import admission, second_factors, sign_in
from app.services.admission import Proof
from app.services.sign_in import Visitor
from app.settings import Settings
from app.web import refusals, second_factor
from app.web.pages import Posted, new_router, render, see_other, text_of
from app.web.sessions import go_on, safe_next, set_session, with_next

router = new_router()


@dataclass(frozen=True)
class Entrance:
    """A request that signs somebody in, where it is to lead, and what was being written."""

    request: Request
    session: Session
    settings: Settings
    visitor: Visitor
    target: str
    kept: str = ""


def enter(entrance: Entrance, proof: Proof) -> Response:
    """Let the one who brings the proof in, or ask first for what is needed to have an account."""
    account = admission.recognise(entrance.session, entrance.settings, proof)
    if account is None:
        return _ask(entrance, admission.seal(entrance.settings, proof), proof)
    return open_session(entrance, account)


def _ask(
    entrance: Entrance, sealed: str, proof: Proof, name: str = "", error: Invalid | None = None
) -> Response:
    known = admission.find_account(entrance.session, entrance.settings, proof)
    answer = render(
        entrance.request,
        entrance.session,
        None,
        "sign_in/welcome.html",
        known=known,
        email=proof.email,
        sealed=sealed,
        name=name,
        **refusals.shown(error),
        next=entrance.target,
        kept=entrance.kept,
    )  # fmt: skip
    answer.headers["Cache-Control"] = "no-store"
    return answer


@router.post("/welcome")
def welcome(
    request: Request,
    posted: Posted,
    session: SessionDep,
    settings: SettingsDep,
    visitor: VisitorDep,
) -> Response:
    """Agree to the privacy notice and go on; a newcomer's account is made now."""
    target, kept = safe_next(text_of(posted, "next")), text_of(posted, "kept")
    entrance = Entrance(request, session, settings, visitor, target, kept)
    sealed, name = text_of(posted, "sealed"), text_of(posted, "name")
    _, proof = admission.unseal(settings, sealed)
    try:
        form = read(WelcomeForm, {"name": name, "consent": text_of(posted, "consent")})
    except Invalid as error:
        return _ask(entrance, sealed, proof, name, error)
    return open_session(entrance, admission.admit(session, settings, sealed, form))


def open_session(entrance: Entrance, account: Account) -> Response:
    """Sign the browser in and go on. The session it had before, whosever it was, ends."""
    request, session, settings = entrance.request, entrance.session, entrance.settings
    target, kept = entrance.target, entrance.kept
    former = request.cookies.get(session_cookie(settings))
    if former:
        sign_in.close_session(session, former)
    enrolled = bool(second_factors.enrolled(session, account))
    device = entrance.visitor.device
    token = sign_in.open_session(session, settings, account, device, pending=enrolled)
    if enrolled and kept:
        answer = second_factor.ask_keeping(request, session, settings, token, target, kept)
    elif enrolled:
        answer = see_other(with_next("/sign-in/second-factor", target))
    elif account.acts_for_city and settings.staff_needs_second_factor:
        answer = see_other(second_factor.SETUP, "sign_in.done")
    else:
        answer = go_on(request, session, account, target, kept)
    set_session(answer, settings, token)
    return answer
