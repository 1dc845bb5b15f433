"""Applying to be an expert: the form, what became of it, withdrawing it. An error keeps all that was typed."""

from starlette.responses import Response

from app.dependencies import SessionDep, SignedIn
from app.errors import Conflict, Invalid
from app.permissions import may_apply, require
from app.services import applications
from app.web.expert_forms import APPLY, application_page, read_form, read_values
from app.web.pages import Posted, RenderDep, new_router, see_other

router = new_router()


@router.get(APPLY)
def show(session: SessionDep, actor: SignedIn, render: RenderDep) -> Response:
    require(may_apply(actor), actor)
    return application_page(render, session, actor)


@router.post(APPLY)
def send(posted: Posted, session: SessionDep, actor: SignedIn, render: RenderDep) -> Response:
    require(may_apply(actor), actor)
    values = read_values(posted)
    try:
        applications.apply(session, actor, read_form(session, values))
    except (Invalid, Conflict) as error:
        return application_page(render, session, actor, values, error=error)
    return see_other(APPLY, "application.sent")


@router.post(f"{APPLY}/withdraw")
def withdraw(session: SessionDep, actor: SignedIn) -> Response:
    applications.withdraw(session, actor)
    return see_other(APPLY, "application.withdrawn")
