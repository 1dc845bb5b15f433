"""Deleting one's own account: what it means, the question, and what was done."""

from typing import Any

from fastapi import Request
from sqlmodel import Session
from starlette.responses import Response

from app.dependencies import SessionDep, SettingsDep, SignedInLogin, session_cookie
from app.errors import Invalid
from app.forms import DeletionForm, read
from app.services import deletions
from app.services.sign_in import Login
from app.web import refusals
from app.web.pages import Posted, Render, RenderDep, new_router, render, text_of

router = new_router()


def _page(
    render: Render, session: Session, login: Login, values: dict[str, Any], error: Invalid | None = None
) -> Response:  # fmt: skip
    answer = render(
        "account/delete.html",
        own=login.account.email or login.account.name,
        outlook=deletions.outlook(session, login.account),
        values=values,
        **refusals.shown(error),
    )  # fmt: skip
    answer.headers["Cache-Control"] = "no-store"
    return answer


@router.get("/account/delete")
def explain(session: SessionDep, login: SignedInLogin, render: RenderDep) -> Response:
    return _page(render, session, login, {"confirmation": "", "proposals": "", "comments": "keep"})


@router.post("/account/delete")
def delete(
    request: Request,
    posted: Posted,
    session: SessionDep,
    settings: SettingsDep,
    login: SignedInLogin,
    render_signed_in: RenderDep,
) -> Response:
    values = {name: text_of(posted, name) for name in ("confirmation", "proposals")}
    values["comments"] = text_of(posted, "comments") or "keep"
    try:
        form = read(DeletionForm, values)
        done = deletions.delete_account(session, settings, login.account, login.row, form)
    except Invalid as error:
        return _page(render_signed_in, session, login, values, error)
    answer = render(request, session, None, "account/deleted.html", done=done)
    answer.headers["Cache-Control"] = "no-store"
    answer.delete_cookie(session_cookie(settings), secure=settings.base_url.startswith("https://"))
    return answer
