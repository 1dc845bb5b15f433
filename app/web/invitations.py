"""Taking up an invitation: whoever received it signs in, says who they are, and is an expert at once."""

from typing import Any

from fastapi import Request
from sqlmodel import Session
from starlette.responses import Response

from app.dependencies import BrowserActor, SessionDep, SettingsDep, SignedInLogin
from app.errors import Invalid
from app.models import Account, Invitation
from app.services import applications, invitations, sign_in
from app.services.sign_in import Login
from app.settings import Settings
from app.web.applications import form_values, read_form, read_values, values_of
from app.web.pages import Posted, Render, RenderDep, new_router, see_other, text_of
from app.web.sessions import set_session, with_next

router = new_router()
PATH = "/experts/invitation"
LONGEST_TOKEN = 100


def _form(
    render: Render, session: Session, actor: Account, invitation: Invitation, token: str, values: dict[str, Any] | None = None, error: Invalid | None = None
) -> Response:  # fmt: skip
    if values is None:
        history = applications.history(session, actor)
        values = values_of(history[0] if history else None)
        values["field"] = values["field"] or invitation.field_code or ""
    status = error.status if error else 200
    return render("experts/invitation.html", status=status, token=token, sign_in_href=None, **form_values(values, error))  # fmt: skip


@router.get(PATH)
def show(request: Request, session: SessionDep, actor: BrowserActor, render: RenderDep) -> Response:
    """Where the mailed link leads. It uses nothing up, and asks a stranger to sign in without naming the address."""
    token = request.query_params.get("token", "")[:LONGEST_TOKEN]
    invitation = invitations.find(session, actor, token)
    if actor is None:
        target = f"{PATH}?{request.url.query}"
        answer: Response = render("experts/invitation.html", token=token, sign_in_href=with_next("/sign-in", target))  # fmt: skip
    else:
        answer = _form(render, session, actor, invitation, token)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@router.post(PATH)
def accept(
    posted: Posted,
    session: SessionDep,
    settings: SettingsDep,
    login: SignedInLogin,
    actor: BrowserActor,
    render: RenderDep,
) -> Response:
    assert actor is not None
    token, values = text_of(posted, "token")[:LONGEST_TOKEN], read_values(posted)
    invitation = invitations.find(session, actor, token)
    was_expert = actor.is_expert
    try:
        with session.begin_nested():
            invitations.accept(session, settings, actor, token, read_form(values))
    except Invalid as error:
        return _form(render, session, actor, invitation, token, values, error)
    answer = see_other(f"/experts/{actor.id}", "expert.welcome")
    if not was_expert:
        _stay_signed_in(answer, session, settings, login)
    return answer


def _stay_signed_in(answer: Response, session: Session, settings: Settings, login: Login) -> None:
    """A new session in place of the one that the change of role has ended: this person has just shown who they are."""
    row = login.row
    token = sign_in.open_session(
        session, settings, login.account, row.device, second_factor=row.second_factor_at is not None
    )
    set_session(answer, settings, token)
