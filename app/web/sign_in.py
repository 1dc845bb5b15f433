"""Signing in by a code sent to one's email address. What was typed before a session ended goes along, hidden in the form."""

from typing import Any
from urllib.parse import quote

from fastapi import Request
from sqlmodel import Session
from starlette.responses import RedirectResponse, Response

from app.dependencies import BrowserLogin, SessionDep, SettingsDep, VisitorDep, session_cookie
from app.errors import BadRequest, Invalid
from app.forms import EmailForm, read
from app.i18n import translate
from app.services import sign_in
from app.services.admission import Proof
from app.web import refusals
from app.web.admission import Entrance, enter
from app.web.pages import Posted, RenderDep, new_router, render, see_other, text_of
from app.web.sessions import form_of, go_on, safe_next, with_next

router = new_router()
LONGEST_LINK = 100


def address(request: Request) -> str:
    """The sign-in page, to come back here afterwards."""
    query = f"?{request.url.query}" if request.url.query else ""
    return f"/sign-in?next={quote(request.url.path + query, safe='')}"


def page_after_expiry(request: Request, session: Session) -> Response:
    """The sign-in page in answer to a form sent without a session; what somebody wrote in it is kept."""
    path = request.url.path
    target = form_of(path)
    body = request.scope.get("portal.body", b"") if target else b""
    target = target or path.rsplit("/", 1)[0] or "/"
    values: dict[str, Any] = {
        "next": target,
        "kept": body.decode("utf-8", "replace"),
        "email": "",
        "error": None,
    }
    return render(request, session, None, "sign_in/email.html", status=401, expired=True, **values)


@router.get("/sign-in")
def ask_email(request: Request, login: BrowserLogin, render: RenderDep) -> Response:
    target = safe_next(request.query_params.get("next", "/"))
    if login is not None:
        step = with_next("/sign-in/second-factor", target) if login.row.is_pending else target
        return RedirectResponse(step, 303)
    return render("sign_in/email.html", next=target, kept="", email="", error=None, expired=False)


@router.post("/sign-in")
def send_code(
    posted: Posted,
    session: SessionDep,
    settings: SettingsDep,
    render: RenderDep,
    visitor: VisitorDep,
) -> Response:
    """Mail a code. The answer is the same whether or not the address has an account."""
    values: dict[str, Any] = {
        "next": safe_next(text_of(posted, "next")),
        "kept": text_of(posted, "kept"),
    }
    try:
        email = read(EmailForm, {"email": text_of(posted, "email")}).email
    except Invalid as error:
        values |= {"email": text_of(posted, "email"), "error": refusals.first_sentence(error)}
        return render("sign_in/email.html", status=422, expired=False, **values)
    sign_in.request_code(session, settings, visitor, email, values["next"])
    return render("sign_in/code.html", email=email, error=None, **values)


@router.post("/sign-in/code")
def redeem_code(
    request: Request,
    posted: Posted,
    session: SessionDep,
    settings: SettingsDep,
    render: RenderDep,
    visitor: VisitorDep,
    login: BrowserLogin,
) -> Response:
    values: dict[str, Any] = {
        "next": safe_next(text_of(posted, "next")),
        "kept": text_of(posted, "kept"),
    }
    try:
        email = read(EmailForm, {"email": text_of(posted, "email")}).email
        found = sign_in.redeem_code(session, settings, visitor, email, text_of(posted, "code"))
    except (BadRequest, Invalid) as error:
        if values["kept"] and login is not None and not login.row.is_pending:
            # Signed in meanwhile by the mailed link, or by this very form sent twice: what was written goes on.
            return go_on(request, session, login.account, values["next"], values["kept"])
        values |= {"email": text_of(posted, "email"), "error": translate(error.message)}
        return render("sign_in/code.html", status=error.status, **values)
    entrance = Entrance(request, session, settings, visitor, values["next"], values["kept"])
    return enter(entrance, Proof(found))


@router.get("/sign-in/link")
def confirm_link(request: Request, session: SessionDep, render: RenderDep) -> Response:
    """Where the mailed link leads. It asks for a click: programs that scan mail open links too."""
    link = request.query_params.get("token", "")[:LONGEST_LINK]
    target = safe_next(request.query_params.get("next", "/"))
    found = sign_in.find_link(session, link)
    status = 400 if found is None else 200
    answer = render("sign_in/link.html", status=status, found=found, link=link, next=target)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@router.post("/sign-in/link")
def redeem_link(
    request: Request,
    posted: Posted,
    session: SessionDep,
    settings: SettingsDep,
    visitor: VisitorDep,
) -> Response:
    email = sign_in.redeem_link(session, text_of(posted, "token"))
    target, kept = safe_next(text_of(posted, "next")), text_of(posted, "kept")
    return enter(Entrance(request, session, settings, visitor, target, kept), Proof(email))


@router.post("/sign-out")
def sign_out(request: Request, session: SessionDep, settings: SettingsDep) -> Response:
    token = request.cookies.get(session_cookie(settings))
    if token:
        sign_in.close_session(session, token)
    request.session.clear()  # Nobody else at this browser goes on from where this person came back.
    answer = see_other("/", "sign_out.done")
    answer.delete_cookie(session_cookie(settings), secure=settings.base_url.startswith("https://"))
    return answer
