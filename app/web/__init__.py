"""The HTML door."""

from fastapi import APIRouter, FastAPI
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from app.settings import ROOT, Settings
from app.web import (
    about,
    account,
    admission,
    alike,
    answer_desk,
    answer_forms,
    answers,
    appeal_desk,
    applications,
    assessment_desk,
    assessments,
    ballots,
    campaign_forms,
    campaign_rules,
    campaigns,
    canned,
    citations,
    co_authors,
    comment_desk,
    comment_writing,
    comments,
    decisions,
    deletion,
    desk,
    edits,
    expert_desk,
    experts,
    exports,
    files,
    follows,
    home,
    identity,
    invitations,
    mailbox,
    merging,
    milestones,
    mine,
    moderation,
    offline,
    oidc,
    open_data,
    people,
    pictures,
    privacy,
    proposals,
    record,
    record_data,
    report_desk,
    reports,
    revisions,
    search,
    second_factor,
    setup_events,
    sign_in,
    styleguide,
    support,
    theme,
    verdicts,
    votes,
    workload,
    writing,
)


def routers(settings: Settings) -> list[APIRouter]:
    """The routers of all pages; the mailbox and the style guide only in development."""
    pages = [home, search, proposals, revisions, writing, alike, files, mine, account, exports, deletion, ballots, votes, campaign_forms, campaign_rules, campaigns, desk, canned, edits, moderation, workload, record, record_data, people, sign_in, admission, oidc, identity, second_factor, about, privacy, open_data, theme]  # fmt: skip
    pages += [pictures, support, citations]
    pages += [comments, comment_writing, comment_desk, co_authors, merging]
    pages += [assessments, verdicts, assessment_desk]
    pages += [answers, answer_desk, answer_forms, milestones, follows]
    pages += [experts, applications, invitations, expert_desk]
    pages += [reports, report_desk, decisions, appeal_desk, setup_events]
    pages.append(offline)
    if settings.is_development:
        pages += [mailbox, styleguide]
    return [page.router for page in pages]


class KeptFiles(StaticFiles):
    """Static files, which browsers keep: for a year where the address has a digest (pages.asset) or the name says what
    it is (fonts), else for an hour."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        answer = await super().get_response(path, scope)
        named = path.startswith("fonts/") or scope["query_string"].startswith(b"v=")
        seconds = 365 * 24 * 3600 if named else 3600
        answer.headers["Cache-Control"] = f"public, max-age={seconds}{', immutable' if named else ''}"  # fmt: skip
        return answer


def mount_static(app: FastAPI) -> None:
    """Serve static/ under /static."""
    app.mount("/static", KeptFiles(directory=ROOT / "static"), name="static")
