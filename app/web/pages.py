"""Pages: the template environment, and the one way to answer with a page or a redirect."""

import hashlib
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape
from sqlmodel import Session
from starlette.convertors import IntegerConvertor, register_url_convertor
from starlette.datastructures import FormData
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Match

from app import i18n
from app.database import now
from app.dependencies import BrowserActor, SessionDep, read_cursor, read_form
from app.edge import SAFE_METHODS
from app.errors import Invalid, NotFound
from app.i18n import N_
from app.labels import (
    account_event_label,
    advice_label,
    answer_state_label,
    answer_step_label,
    application_label,
    cause_label,
    comment_event_label,
    concern_label,
    decision_label,
    doing_label,
    field_label,
    kind_label,
    matter_label,
    member_name,
    outcome_label,
    recommendation_label,
    role_label,
    score_label,
    signal_label,
    signal_words,
    stance_label,
    status_label,
    step_label,
)
from app.merge_labels import merge_outcome_label, merge_way_label
from app.models import Account
from app.names import country_name, language_name
from app.permissions import may_moderate, may_open_answer_desk
from app.references import ORCID_ADDRESS, host_of
from app.services import cities
from app.services.paging import After
from app.settings import ROOT, Settings
from app.text import render_markdown

NOTICE_COOKIE = "notice"
NOTICE_KEPT = timedelta(minutes=1)
MOST_DIGITS = 18  # what surely fits a 63-bit number
# What a page says once after an action, by key; the cookie carries only the key.
NOTICES = {
    "draft.saved": N_("Your draft has been saved."),
    "proposal.submitted": N_("Thank you. Your proposal is waiting for moderation; we will write to you."),
    "proposal.edited": N_("Your changes have been saved."),
    "proposal.published": N_("Thank you. Your proposal is published."),
    "edit.sent": N_("Your changes wait for a moderator; until then everybody reads the former text."),
    "edit.taken_back": N_("Your changes have been taken back."),
    "edit.decided": N_("The decision has been recorded and the author told."),
    "file.added": N_("The file has been added."),
    "file.removed": N_("The file has been removed and erased."),
    "proposal.withdrawn": N_("Your proposal has been withdrawn."),
    "co_author.invited": N_("The invitation has been sent."),
    "co_author.revoked": N_("The invitation is void now."),
    "co_author.joined": N_("You are a co-author of this proposal now. Thank you."),
    "co_author.declined": N_("You have declined. The author is told; you are named nowhere."),
    "co_author.left": N_("You are no longer a co-author."),
    "co_author.removed": N_("This person is no longer a co-author; both of you are told by mail."),
    "merge.suggested": N_("Your suggestion is on its way; whoever must agree has been written to."),
    "merge.done": N_("The proposal has been merged. Its supporters and followers hear of it by mail."),
    "merge.declined": N_("You have not agreed. Both proposals stay as they are."),
    "merge.taken_back": N_("The suggestion has been taken back."),
    "vote.thanks": N_("Thank you. Your vote has been counted."),
    "vote.retracted": N_("Your vote has been taken back."),
    "comment.written": N_("Thank you. Everybody can read your comment now."),
    "comment.waits": N_("Thank you. A moderator reads your comment before others do; until then only you see it."),
    "comment.edited": N_("Your comment has been changed."),
    "comment.deleted": N_("Your comment has been erased."),
    "claim.released": N_("You have given it back."),
    "claim.nothing": N_("Nothing is waiting that nobody has taken up."),
    "decision.many": N_("All have been decided, and those concerned told."),
    "canned.saved": N_("The words are kept."),
    "canned.discarded": N_("These words are no longer kept."),
    "decision.done": N_("The decision has been recorded and the author told."),
    "status.done": N_("The status has been recorded; the author and all who follow hear of it by mail."),
    "answer.called": N_("The city now owes an answer."),
    "answer.assigned": N_("It is recorded who answers."),
    "answer.saved": N_("The draft has been saved."),
    "answer.submitted": N_("Handed over: another officer can approve it now."),
    "answer.approved": N_("Approved. It is published when its time comes."),
    "answer.published": N_("The answer is published; the author and all who follow hear of it by mail."),
    "answer.returned": N_("It is a draft again."),
    "answer.discarded": N_("The draft has been given up."),
    "milestone.saved": N_("Recorded; the author and all who follow hear of it by mail."),
    "follow.begun": N_("You will hear by mail what becomes of it."),
    "follow.ended": N_("You no longer follow it."),
    "news.chosen": N_("Your choice has been saved."),
    "account.saved": N_("Your account has been saved."),
    "identity.added": N_("This identity is now connected to your account."),
    "identity.removed": N_("This identity no longer signs you in."),
    "campaign.saved": N_("The campaign has been saved."),
    "report.sent": N_("Thank you. A moderator will look at it, and we will write to you."),
    "report.decided": N_("The decision has been recorded, and those who reported are told."),
    "appeal.sent": N_("Your appeal is waiting for another moderator. We will write to you."),
    "appeal.decided": N_("The decision on the appeal has been recorded and the person told."),
    "person.done": N_("Recorded; the person is told by email."),
    "phone.confirmed": N_("Thank you. Your phone number is confirmed."),
    "export.asked": N_("Your data is being prepared. This takes a few seconds."),
    "session.ended": N_("Signed out there."),
    "token.revoked": N_("The token opens nothing any more."),
    "application.sent": N_("Thank you. Your application is waiting for a decision; we will write to you."),
    "application.withdrawn": N_("Your application has been withdrawn."),
    "application.decided": N_("The decision has been recorded and the applicant told."),
    "approval.ended": N_("The approval has been ended and the person told."),
    "expert.welcome": N_("Thank you. You are now one of the city's experts."),
    "invitation.sent": N_("The invitation has been sent."),
    "invitation.revoked": N_("The invitation is void now."),
    "assessment.opened": N_("The experts have been asked."),
    "assessment.asked": N_("They have been asked too."),
    "assessment.closed": N_("The assessment is closed; what was given is published."),
    "assessment.recused": N_("Thank you. You take no part in this assessment."),
    "assessment.ready": N_("Thank you. You can give your verdict now."),
    "assessment.given": N_("Thank you. Your verdict has been recorded."),
    "sign_in.done": N_("You are signed in."),
    "sign_out.done": N_("You are signed out."),
}  # fmt: skip


class _Number(IntegerConvertor):
    """A number in an address. Starlette's own takes any length, and Python refuses to read more than 4,300 digits."""

    regex = f"[0-9]{{1,{MOST_DIGITS}}}"


register_url_convertor("int", _Number())


def new_router() -> APIRouter:
    """A router of pages, which stand outside the API's document."""
    return APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@lru_cache
def asset(name: str) -> str:
    """The address of a static file with a digest of its content, so that browsers may keep it for ever."""
    digest = hashlib.sha256((ROOT / "static" / name).read_bytes()).hexdigest()[:10]
    return f"/static/{name}?v={digest}"


def theme_address(city: cities.Catalogue | None) -> str:
    """The address of the city's colours (app/web/theme.py), another one for each load of its pack."""
    return f"/theme.css?v={city.revision if city else 0}"


def _age(moment: datetime) -> str:
    return i18n.format_age(moment, now())


def _markdown(source: str) -> Markup:
    return Markup(render_markdown(source))  # noqa: S704 - sanitised by render_markdown


def _ticked(text: str) -> Markup:
    """A sentence of the code's documentation, with `names` in the letters of code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704 - escaped


def _without_arguments(sentence: str) -> str:
    """A sentence as it is before anything is filled in."""
    return re.sub(r"%\(\w+\)s", "…", sentence)


def _spoken(say: Callable[[Any], str]) -> Callable[[Context, Any], str]:
    """A filter whose answer depends on the reader's language. Jinja works out a filter of a constant once, when it
    compiles the template, for all readers alike; one that takes the context it must ask anew.
    """

    @pass_context
    def filter_(_context: Context, value: Any) -> str:
        return say(value)

    return filter_


def _plain(entries: Mapping[str, cities.Entry]) -> list[tuple[str, str]]:
    """A controlled list as (code, name), for a select or checkboxes."""
    return [(entry.code, entry.name) for entry in entries.values()]


def _described(entries: Mapping[str, cities.Entry]) -> list[tuple[str, str, str]]:
    """A controlled list as (code, name, description), for a choice that needs explaining."""
    return [(entry.code, entry.name, entry.description) for entry in entries.values()]


FILTERS: dict[str, Callable[..., Any]] = {
    "number": _spoken(i18n.format_number),
    "date": _spoken(i18n.format_date),
    "datetime": _spoken(i18n.format_datetime),
    "age": _spoken(_age),
    "day": _spoken(i18n.format_day),
    "markdown": _markdown,
    "ticked": _ticked,
    "without_arguments": _without_arguments,
    "localised": _spoken(i18n.localised),
    "status_label": _spoken(status_label),
    "role_label": _spoken(role_label),
    "member_name": _spoken(member_name),
    "merge_way_label": _spoken(merge_way_label),
    "merge_outcome_label": _spoken(merge_outcome_label),
    "account_event_label": _spoken(account_event_label),
    "field_label": _spoken(field_label),
    "decision_label": _spoken(decision_label),
    "step_label": _spoken(step_label),
    "outcome_label": _spoken(outcome_label),
    "doing_label": _spoken(doing_label),
    "stance_label": _spoken(stance_label),
    "comment_event_label": _spoken(comment_event_label),
    "kind_label": _spoken(kind_label),
    "signal_label": _spoken(signal_label),
    "concern_label": concern_label,
    "signal_words": _spoken(signal_words),
    "application_label": _spoken(application_label),
    "recommendation_label": _spoken(recommendation_label),
    "advice_label": _spoken(advice_label),
    "score_label": _spoken(score_label),
    "score": _spoken(i18n.format_score),
    "cause_label": _spoken(cause_label),
    "answer_state_label": _spoken(answer_state_label),
    "answer_step_label": _spoken(answer_step_label),
    "country": _spoken(country_name),
    "language_name": _spoken(language_name),
    "host": host_of,
}
GLOBALS: dict[str, Any] = {
    "asset": asset,
    "plain": _plain,
    "described": _described,
    "matter_label": matter_label,
    "translate_raw": i18n.translate,
    "LANGUAGES": i18n.LANGUAGES,
    "ORCID_ADDRESS": ORCID_ADDRESS,
}


@lru_cache
def templates() -> Environment:
    """The environment of all page templates. An unknown name in a template is an error, not an empty string."""
    environment = Environment(
        loader=FileSystemLoader(ROOT / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        i18n.translate, i18n.translate_plural, newstyle=True
    )
    environment.filters.update(FILTERS)
    environment.globals.update(GLOBALS)
    return environment


def render(
    request: Request,
    session: Session,
    actor: Account | None,
    template: str,
    *,
    status: int = 200,
    retry_after: int | None = None,
    **values: Any,
) -> HTMLResponse:
    """A page made from a template, with what every page needs: the city, the actor, the language, a notice.

    `retry_after` is in how many seconds what was refused may succeed.
    """
    city = cities.find_catalogue(session)
    if city is not None:
        i18n.time_zone.set(city.timezone)
    notice = NOTICES.get(request.cookies.get(NOTICE_COOKIE, ""))
    values["notice"] = i18n.translate(notice) if notice else None
    body = templates().get_template(template).render(_context(request, city, actor) | values)
    answer = HTMLResponse(body, status)
    # What is said once after an action is said to one person, too.
    if actor is not None or notice:
        answer.headers["Cache-Control"] = "private, no-cache"
    if retry_after is not None:
        answer.headers["Retry-After"] = str(retry_after)
    if notice:
        answer.delete_cookie(NOTICE_COOKIE)
    return answer


def _context(
    request: Request, city: cities.Catalogue | None, actor: Account | None
) -> dict[str, Any]:
    settings: Settings = request.app.state.settings
    return {
        "lang": i18n.language.get(),
        "city": city,
        "actor": actor,
        "may_moderate": may_moderate(actor),
        "may_open_answer_desk": may_open_answer_desk(actor),
        "path": request.url.path,
        "url_for_language": lambda code: _in_language(request, code),
        "theme_url": theme_address(city),
        "development": settings.is_development,
        "providers": [(one.code, i18n.localised(one.names)) for one in settings.oidc_providers],
        "base_url": settings.base_url,
        "now": now(),
    }


def _in_language(request: Request, code: str) -> str:
    kept = [(key, value) for key, value in request.query_params.multi_items() if key != "lang"]
    # Of several slashes at its beginning, a browser would make the name of another site.
    path = f"/{request.url.path.lstrip('/')}"
    if request.method not in SAFE_METHODS:
        path = _page_before(request, path)
    return f"{path}?{urlencode([*kept, ('lang', code)])}"


def _page_before(request: Request, path: str) -> str:
    """The nearest page that can be read: one that answers a POST may have no address of its own to come back to."""
    while path != "/":
        scope = {**request.scope, "method": "GET", "path": path}
        if any(route.matches(scope)[0] is Match.FULL for route in request.app.state.routes):
            return path
        path = path.rpartition("/")[0] or "/"
    return path


Render = Callable[..., HTMLResponse]


def get_render(request: Request, session: SessionDep, actor: BrowserActor) -> Render:
    """render() with the request, the session and the actor filled in."""

    def render_here(template: str, **values: Any) -> HTMLResponse:
        return render(request, session, actor, template, **values)

    return render_here


RenderDep = Annotated[Render, Depends(get_render)]


def page_cursor(settings: Settings, listing: str, cursor: str | None) -> After | None:
    """Where a page's cursor points. Raises NotFound for one that is not this list's: there is no such page."""
    try:
        return read_cursor(settings, listing, cursor)
    except Invalid as error:
        raise NotFound from error


def see_other(address: str, notice: str | None = None) -> Response:
    """Send the browser on with GET after a POST, with a notice for the next page."""
    answer = RedirectResponse(address, 303)
    if notice is not None:
        seconds = int(NOTICE_KEPT.total_seconds())
        answer.set_cookie(NOTICE_COOKIE, notice, max_age=seconds, httponly=True, samesite="lax")
    return answer


async def get_posted(request: Request) -> FormData:
    """The fields of a posted form, unchecked. Raises BadRequest for a character set other than UTF-8."""
    return await read_form(request, files=0)


Posted = Annotated[FormData, Depends(get_posted)]


def text_of(posted: FormData, name: str) -> str:
    """A posted field as text; empty if it is missing."""
    value = posted.get(name, "")
    return value if isinstance(value, str) else ""


def texts_of(posted: FormData, name: str) -> list[str]:
    """All values of a repeated field."""
    return [value for value in posted.getlist(name) if isinstance(value, str) and value]


def number_of(text: str) -> int | None:
    """A number typed or posted as plain digits, or None for anything else."""
    plain = text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS
    return int(text) if plain else None
