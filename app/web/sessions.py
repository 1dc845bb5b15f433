"""What signing in ends with: the session's cookie, and the way back to where one wanted to go."""

import re
from collections.abc import Callable
from dataclasses import dataclass
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
    appeal_desk,
    comment_desk,
    comment_writing,
    decisions,
    expert_forms,
    moderation,
    report_desk,
    reports,
    verdicts,
    writing,
)
from app.web.pages import Render, render, see_other

_DAY = 24 * 3600
# Whom a provider of identities says a browser belongs to, until the one click (app/web/oidc.py).
ARRIVAL, ARRIVAL_SECONDS = "arrival", 15 * 60
LONGEST_TARGET = 2000  # It stands in a mailed link.
_NUMBER = r"(\d{1,18})"


@dataclass(frozen=True)
class Kept:
    """A form whose text outlives a session: where it is sent, the page where it goes on, and what shows it anew.

    N stands for a number in both addresses.
    """

    sent: str
    page: str
    render: Callable[[Render, Session, Settings, Account, str, FormData], Response]

    def page_for(self, path: str) -> str | None:
        """The page for what was sent to this path, or None if this form is not sent there."""
        found = _matches(self.sent, path)
        if found is None:
            return None
        return path if self.page == self.sent else self.page.replace("N", found[1])


def _matches(template: str, path: str) -> re.Match[str] | None:
    return re.fullmatch(template.replace("N", _NUMBER), path)


def _kept(
    sent: str, page: str, render: Callable[[Render, Session, Account, str, FormData], Response]
) -> Kept:
    return Kept(sent, page, lambda render_here, session, _settings, *rest: render(render_here, session, *rest))  # fmt: skip


_FORMS = (
    _kept(expert_forms.APPLY, expert_forms.APPLY, expert_forms.render_kept),
    _kept(expert_forms.INVITATION, expert_forms.INVITATION, expert_forms.render_kept),
    _kept("/proposals/new", "/proposals/new", writing.render_kept),
    _kept("/proposals/N/edit", "/proposals/N/edit", writing.render_kept),
    _kept("/proposals/N/report", "/proposals/N/report", reports.render_kept),
    _kept("/proposals/N/comments/N/report", "/proposals/N/comments/N/report", reports.render_kept),
    Kept("/account/decisions/N", "/account/decisions/N", decisions.render_kept),
    _kept("/assessments/N/verdict", "/assessments/N", verdicts.render_kept),
    _kept("/proposals/N/answers", "/proposals/N/answers/new", answer_forms.render_kept),
    _kept("/proposals/N/answers/new", "/proposals/N/answers/new", answer_forms.render_kept),
    _kept("/answers/N", "/answers/N", answer_forms.render_kept),
    Kept("/proposals/N/comments", "/proposals/N/comments", comment_writing.render_kept),
    Kept(
        "/proposals/N/comments/N/edit", "/proposals/N/comments/N/edit", comment_writing.render_kept
    ),
    _kept("/moderation/comments/N/decision", "/moderation/comments/N", comment_desk.render_kept),
    _kept("/proposals/N/decision", "/moderation/N", moderation.render_kept),
    Kept("/moderation/reports/N/decision", "/moderation/reports/N", report_desk.render_kept),
    _kept("/moderation/appeals/N/decision", "/moderation/appeals/N", appeal_desk.render_kept),
)


def form_of(path: str) -> str | None:
    """The page on which a form that was sent to this path can go on, or None where nothing of it is kept."""
    return next((page for form in _FORMS if (page := form.page_for(path)) is not None), None)


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
    settings: Settings = request.app.state.settings
    posted = FormData([*parse_qsl(kept, keep_blank_values=True)])
    render_here = partial(render, request, session, account)
    for form in _FORMS:
        if _matches(form.page, target):
            return form.render(render_here, session, settings, account, target, posted)
    return see_other(target, "sign_in.done")


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
