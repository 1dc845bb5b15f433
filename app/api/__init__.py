"""The JSON door."""

from app.api import city, moderation, proposals, votes

routers = (proposals.router, votes.router, moderation.router, city.router)
