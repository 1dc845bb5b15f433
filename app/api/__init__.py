"""The JSON door."""

from app.api import assessments, city, comments, desk, experts, moderation, proposals, votes

routers = (
    proposals.router,
    votes.router,
    comments.router,
    desk.router,
    moderation.router,
    city.router,
    experts.router,
    assessments.router,
)
