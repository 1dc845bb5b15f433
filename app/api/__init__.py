"""The JSON door."""

from app.api import city, desk, experts, moderation, proposals, votes

routers = (
    proposals.router,
    votes.router,
    desk.router,
    moderation.router,
    city.router,
    experts.router,
)
