"""Taking up an invitation: whoever received it signs in, says who they are, and is an expert at once."""

from fastapi import Request
from sqlmodel import Session
from starlette.responses import Response

from app.dependencies import BrowserActor, SessionDep, SettingsDep, SignedInLogin
from app.errors import Conflict, Invalid
from app.services import invitations, sign_in
from app.services.sign_in import Login
from app.settings import Settings
from app.web.expert_forms import (
    INVITATION,
    LONGEST_TOKEN,
    invitation_page,
    read_form,
    read_token,
    read_values,
)
from app.web.pages import Posted, RenderDep, new_router, see_other
from app.web.sessions import set_session, with_next

router = new_router()


@router.get(INVITATION)
def show(request: Request, session: SessionDep, actor: BrowserActor, render: RenderDep) -> Response:
    """Where the mailed link leads. It uses nothing up, and asks a stranger to sign in without naming the address."""
    token = request.query_params.get("token", "")[:LONGEST_TOKEN]
    invitation = invitations.find(session, actor, token)
    if actor is None:
        href = with_next("/sign-in", f"{INVITATION}?{request.url.query}")
        answer: Response = render("experts/invitation.html", sign_in_href=href)
    else:
        answer = invitation_page(render, session, actor, invitation, token)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@router.post(INVITATION)
def accept(
    posted: Posted,
    session: SessionDep,
    settings: SettingsDep,
    login: SignedInLogin,
    render: RenderDep,
) -> Response:
    actor, token, values = login.account, read_token(posted), read_values(posted)
    invitation = invitations.find(session, actor, token)
    was_expert = actor.is_expert
    try:
        with session.begin_nested():
            invitations.accept(session, settings, actor, token, read_form(session, values))
    except (Conflict, Invalid) as error:
        return invitation_page(render, session, actor, invitation, token, values, error=error)
    answer = see_other(f"/experts/{actor.id}", "expert.welcome")
    if not was_expert:
        _stay_signed_in(answer, session, settings, login)
    return answer


def _stay_signed_in(answer: Response, session: Session, settings: Settings, login: Login) -> None:
    """A new session in place of the one that the change of role has ended: this person has just shown who they are."""
    row = login.row
    given = row.second_factor_at is not None
    token = sign_in.open_session(session, settings, login.account, row.device, second_factor=given)
    set_session(answer, settings, token)
