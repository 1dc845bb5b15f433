"""The HTML door."""

from fastapi import APIRouter, FastAPI
from starlette.staticfiles import StaticFiles

from app.settings import ROOT, Settings
from app.web import (
    about,
    account,
    admission,
    applications,
    ballots,
    campaign_forms,
    campaign_rules,
    campaigns,
    canned,
    deletion,
    desk,
    edits,
    expert_desk,
    experts,
    exports,
    home,
    identity,
    invitations,
    mailbox,
    mine,
    moderation,
    oidc,
    open_data,
    people,
    privacy,
    proposals,
    record,
    record_data,
    revisions,
    second_factor,
    sign_in,
    theme,
    votes,
    workload,
    writing,
)


def routers(settings: Settings) -> list[APIRouter]:
    """The routers of all pages; the development mailbox only in development."""
    pages = [home, proposals, revisions, writing, mine, account, exports, deletion, ballots, votes, campaign_forms, campaign_rules, campaigns, desk, canned, edits, moderation, workload, record, record_data, people, sign_in, admission, oidc, identity, second_factor, about, privacy, open_data, theme]  # fmt: skip
    pages += [experts, applications, invitations, expert_desk]
    if settings.is_development:
        pages.append(mailbox)
    return [page.router for page in pages]


def mount_static(app: FastAPI) -> None:
    """Serve static/ under /static."""
    app.mount("/static", StaticFiles(directory=ROOT / "static"), name="static")
