"""The HTML door."""

from fastapi import APIRouter, FastAPI
from starlette.staticfiles import StaticFiles

from app.settings import ROOT, Settings
from app.web import (
    about,
    account,
    admission,
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
    support,
    theme,
    verdicts,
    votes,
    workload,
    writing,
)


def routers(settings: Settings) -> list[APIRouter]:
    """The routers of all pages; the development mailbox only in development."""
    pages = [home, search, proposals, revisions, writing, files, mine, account, exports, deletion, ballots, votes, campaign_forms, campaign_rules, campaigns, desk, canned, edits, moderation, workload, record, record_data, people, sign_in, admission, oidc, identity, second_factor, about, privacy, open_data, theme]  # fmt: skip
    pages += [pictures, support, citations]
    pages += [comments, comment_writing, comment_desk, co_authors, merging]
    pages += [assessments, verdicts, assessment_desk]
    pages += [answers, answer_desk, answer_forms, milestones, follows]
    pages += [experts, applications, invitations, expert_desk]
    pages += [reports, report_desk, decisions, appeal_desk, setup_events]
    if settings.is_development:
        pages.append(mailbox)
    return [page.router for page in pages]


def mount_static(app: FastAPI) -> None:
    """Serve static/ under /static."""
    app.mount("/static", StaticFiles(directory=ROOT / "static"), name="static")
