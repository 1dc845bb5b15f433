"""One's own account: name, language, the browsers that are signed in, the programs that hold a token."""

from typing import Any

from fastapi import Request
from sqlmodel import Session
from starlette.responses import Response

from app.dependencies import (
    SessionDep,
    SettingsDep,
    SignedIn,
    SignedInLogin,
    session_cookie,
)
from app.errors import Invalid
from app.forms import ProfileForm, read
from app.i18n import LANGUAGES
from app.models import Account
from app.permissions import may_apply
from app.security import hash_token
from app.services import accounts, exports, sign_in
from app.settings import Settings
from app.web import refusals
from app.web.pages import Posted, Render, RenderDep, new_router, see_other, text_of

router = new_router()


def _page(
    request: Request, render: Render, session: Session, settings: Settings, actor: Account,
    values: dict[str, Any], error: Invalid | None = None,
) -> Response:  # fmt: skip
    own = hash_token(request.cookies.get(session_cookie(settings), ""))
    return render(
        "account/show.html",
        values=values,
        **refusals.shown(error),
        language_choices=list(LANGUAGES.items()),
        sessions=[(one, one.token_hash == own) for one in sign_in.sessions_of(session, actor)],
        tokens=accounts.tokens_of(session, actor),
        may_apply=may_apply(actor),
        export=exports.of_session(session, own),
    )


@router.get("/account")
def show(
    request: Request,
    session: SessionDep,
    settings: SettingsDep,
    actor: SignedIn,
    render: RenderDep,
) -> Response:
    values = {"name": actor.name, "language": actor.language}
    return _page(request, render, session, settings, actor, values)


@router.post("/account")
def save(
    request: Request,
    posted: Posted,
    session: SessionDep,
    settings: SettingsDep,
    actor: SignedIn,
    render: RenderDep,
) -> Response:
    values = {"name": text_of(posted, "name"), "language": text_of(posted, "language")}
    try:
        form = read(ProfileForm, values)
    except Invalid as error:
        return _page(request, render, session, settings, actor, values, error)
    accounts.rename(session, actor, form.name, form.language)
    return see_other("/account", "account.saved")


@router.post("/account/sessions/end")
def end_session(
    posted: Posted, session: SessionDep, actor: SignedIn, login: SignedInLogin
) -> Response:
    """End one session, or without naming one all but this."""
    handle = text_of(posted, "session")
    if handle:
        accounts.end_session(session, actor, handle)
    else:
        accounts.end_sessions(session, actor, but=login.row)
    return see_other("/account", "session.ended")


@router.post("/account/tokens/revoke")
def revoke_token(posted: Posted, session: SessionDep, actor: SignedIn) -> Response:
    accounts.revoke_token(session, actor, text_of(posted, "token"))
    return see_other("/account", "token.revoked")
