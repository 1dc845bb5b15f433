"""The HTML door."""

from fastapi import APIRouter, FastAPI
from starlette.staticfiles import StaticFiles

from app.settings import ROOT, Settings
from app.web import (
    about,
    account,
    ballots,
    campaigns,
    deletion,
    exports,
    home,
    mailbox,
    mine,
    moderation,
    open_data,
    privacy,
    proposals,
    revisions,
    second_factor,
    sign_in,
    theme,
    votes,
    writing,
)


def routers(settings: Settings) -> list[APIRouter]:
    """The routers of all pages; the development mailbox only in development."""
    pages = [home, proposals, revisions, writing, mine, account, exports, deletion, ballots, votes, campaigns, moderation, sign_in, second_factor, about, privacy, open_data, theme]  # fmt: skip
    if settings.is_development:
        pages.append(mailbox)
    return [page.router for page in pages]


def mount_static(app: FastAPI) -> None:
    """Serve static/ under /static."""
    app.mount("/static", StaticFiles(directory=ROOT / "static"), name="static")
