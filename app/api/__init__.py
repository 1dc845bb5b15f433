"""The JSON door."""

from app.api import (
    appeals,
    city,
    desk,
    experts,
    moderation,
    people,
    proposals,
    reports,
    votes,
)

routers = (
    proposals.router,
    votes.router,
    desk.router,
    moderation.router,
    reports.router,
    appeals.router,
    people.router,
    city.router,
    experts.router,
)
