"""What signing in ends with: the session's cookie, and the way back to where one wanted to go."""

import re
from collections.abc import Callable
from functools import partial
from urllib.parse import parse_qsl, urlencode

from fastapi import Request
from sqlmodel import Session
from starlette.datastructures import FormData
from starlette.responses import Response

from app.dependencies import session_cookie
from app.models import Account
from app.settings import Settings
from app.web import (
    answer_forms,
    comment_desk,
    comment_writing,
    expert_forms,
    moderation,
    verdicts,
    writing,
)
from app.web.pages import render, see_other

_DAY = 24 * 3600
# Whom a provider of identities says a browser belongs to, until the one click (app/web/oidc.py).
ARRIVAL, ARRIVAL_SECONDS = "arrival", 15 * 60
LONGEST_TARGET = 2000  # It stands in a mailed link.
# Forms whose text outlives a session, by where they are sent, and the page that shows each anew.
_EXPERTS = (expert_forms.APPLY, expert_forms.INVITATION)
_WRITING = re.compile(r"/proposals/(new|\d{1,18}/edit)")
_COMMENTING = re.compile(r"/proposals/\d{1,18}/comments(/\d{1,18}/edit)?")
_COMMENT_DECISION = re.compile(r"(/moderation/comments/\d{1,18})/decision")
_VERDICT = re.compile(r"(/assessments/\d{1,18})/verdict")
_DECISION = re.compile(r"/proposals/(\d{1,18})/decision")
_ANSWER = re.compile(r"(/proposals/\d{1,18}/answers)(/new)?|(/answers/\d{1,18})")
# What shows a kept form anew, by the page that it stands on; the first that fits. All others are proposals being written.
_PAGES: tuple[tuple[re.Pattern[str], Callable[..., Response]], ...] = (
    (re.compile("|".join(_EXPERTS)), expert_forms.render_kept),
    (_ANSWER, answer_forms.render_kept),
    (re.compile(rf"{moderation.DESK}/comments/\d{{1,18}}"), comment_desk.render_kept),
    (re.compile(rf"{moderation.DESK}/.*", re.DOTALL), moderation.render_kept),
    (re.compile(r"/assessments/.*", re.DOTALL), verdicts.render_kept),
    (re.compile(r".*", re.DOTALL), writing.render_kept),
)


def form_of(path: str) -> str | None:
    """The page on which a form that was sent to this path can go on, or None where nothing of it is kept."""
    if path in _EXPERTS or _WRITING.fullmatch(path) or _COMMENTING.fullmatch(path):
        return path
    about_comment = _COMMENT_DECISION.fullmatch(path)
    if about_comment:
        return about_comment[1]
    verdict = _VERDICT.fullmatch(path)
    if verdict:
        return verdict[1]
    answer = _ANSWER.fullmatch(path)
    if answer:
        return answer[3] or f"{answer[1]}/new"
    decision = _DECISION.fullmatch(path)
    return f"{moderation.DESK}/{decision[1]}" if decision else None


def safe_next(target: str) -> str:
    """A path on this site to go on to; anything that could lead elsewhere becomes the front page."""
    if (
        len(target) > LONGEST_TARGET
        or not target.startswith("/")
        or target.startswith("//")
        or any(c in target for c in "\\\r\n\t\0")
    ):
        return "/"
    return target


def with_next(path: str, target: str) -> str:
    """A step of signing in that goes on to `target`."""
    return f"{path}?{urlencode({'next': target})}" if target != "/" else path


def go_on(request: Request, session: Session, account: Account, target: str, kept: str) -> Response:
    """Where a sign-in leads: to `target`, or back to the form that somebody was writing."""
    if not kept:
        return see_other(target, "sign_in.done")
    posted = FormData([*parse_qsl(kept, keep_blank_values=True)])
    render_here = partial(render, request, session, account)
    if _COMMENTING.fullmatch(target):
        settings: Settings = request.app.state.settings
        return comment_writing.render_kept(render_here, session, settings, account, target, posted)
    show = next(show for pattern, show in _PAGES if pattern.fullmatch(target))
    return show(render_here, session, account, target, posted)


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
