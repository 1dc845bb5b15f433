"""The JSON door."""

from app.api import city, experts, moderation, proposals, votes

routers = (proposals.router, votes.router, moderation.router, city.router, experts.router)
