"""The JSON door."""

from app.api import city, desk, experts, moderation, proposals, record, votes

routers = (
    proposals.router,
    votes.router,
    desk.router,
    moderation.router,
    record.router,
    city.router,
    experts.router,
)
