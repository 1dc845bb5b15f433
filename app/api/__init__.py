"""The JSON door."""

from app.api import (
    answers,
    assessments,
    city,
    comments,
    desk,
    experts,
    follows,
    moderation,
    officers,
    proposals,
    votes,
)

routers = (
    proposals.router,
    votes.router,
    comments.router,
    desk.router,
    moderation.router,
    city.router,
    experts.router,
    assessments.router,
    answers.router,
    follows.router,
    officers.router,
)
