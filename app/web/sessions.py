"""What signing in ends with: the session's cookie, and the way back to where one wanted to go."""

from functools import partial
from urllib.parse import parse_qsl, urlencode

from fastapi import Request
from sqlmodel import Session
from starlette.datastructures import FormData
from starlette.responses import Response

from app.dependencies import session_cookie
from app.models import Account
from app.settings import Settings
from app.web import expert_forms, writing
from app.web.pages import render, see_other

_DAY = 24 * 3600
# Forms whose text outlives a session, beside those of proposals.
KEPT_FORMS = (expert_forms.APPLY, expert_forms.INVITATION)


def safe_next(target: str) -> str:
    """A path on this site to go on to; anything that could lead elsewhere becomes the front page."""
    if (
        not target.startswith("/")
        or target.startswith("//")
        or any(c in target for c in "\\\r\n\t\0")
    ):
        return "/"
    return target


def with_next(path: str, target: str) -> str:
    """A step of signing in that goes on to `target`."""
    return f"{path}?{urlencode({'next': target})}" if target != "/" else path


def welcome(
    request: Request, session: Session, account: Account, target: str, kept: str
) -> Response:
    """Where a sign-in leads: to `target`, or back to the form that somebody was writing."""
    if not kept:
        return see_other(target, "sign_in.done")
    posted = FormData([*parse_qsl(kept, keep_blank_values=True)])
    render_here = partial(render, request, session, account)
    if target in KEPT_FORMS:
        return expert_forms.render_kept(render_here, session, account, target, posted)
    return writing.render_kept(render_here, session, account, target, posted)


def set_session(answer: Response, settings: Settings, token: str) -> None:
    """Give the browser its session."""
    answer.set_cookie(
        session_cookie(settings),
        token,
        max_age=settings.session_days * _DAY,
        httponly=True,
        samesite="lax",
        secure=settings.base_url.startswith("https://"),
    )
