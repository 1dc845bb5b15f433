"""The JSON door."""

from app.api import (
    answers,
    appeals,
    assessments,
    city,
    comments,
    desk,
    experts,
    follows,
    moderation,
    officers,
    people,
    proposals,
    record,
    reports,
    setup_events,
    votes,
)

routers = (
    proposals.router,
    votes.router,
    comments.router,
    desk.router,
    setup_events.router,
    moderation.router,
    reports.router,
    appeals.router,
    people.router,
    record.router,
    city.router,
    experts.router,
    assessments.router,
    answers.router,
    follows.router,
    officers.router,
)
