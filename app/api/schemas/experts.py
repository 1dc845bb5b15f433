"""Experts as the API returns them."""

from pydantic import BaseModel, Field

from app.services.experts import Expert
from app.text import render_markdown


class ExpertItem(BaseModel):
    """An expert as the directory gives it. Experts named without an application have a name only."""

    id: int
    name: str
    url: str = Field(description="The page for people")
    field: str | None = Field(description="Code of /expertises")
    affiliation: str | None
    country: str | None = Field(description="ISO 3166-1 alpha-2")
    orcid: str | None = Field(description="ORCID iD, as 0000-0000-0000-000X")
    proposals: int = Field(description="How many of their proposals are listed publicly now")

    @classmethod
    def values(cls, expert: Expert, base_url: str) -> dict[str, object]:
        account, profile = expert.account, expert.profile
        plain = ("affiliation", "country", "orcid")
        return {
            "id": account.id,
            "name": account.name,
            "url": f"{base_url}/experts/{account.id}",
            "field": profile.field_code if profile else None,
            **{name: getattr(profile, name) if profile else None for name in plain},
            "proposals": expert.proposals,
        }

    @classmethod
    def of(cls, expert: Expert, base_url: str) -> "ExpertItem":
        return cls.model_validate(cls.values(expert, base_url))


class ExpertDetail(ExpertItem):
    """An expert with all that they say of themselves."""

    biography: str = Field(description="Markdown")
    biography_html: str = Field(description="Rendered to safe HTML")
    links: list[str]
    languages: list[str] = Field(description="ISO 639-1")

    @classmethod
    def whole(cls, expert: Expert, base_url: str) -> "ExpertDetail":
        profile = expert.profile
        biography = profile.biography if profile else ""
        return cls.model_validate(
            {
                **cls.values(expert, base_url),
                "biography": biography,
                "biography_html": render_markdown(biography),
                "links": profile.links if profile else [],
                "languages": profile.languages if profile else [],
            }
        )


class ExpertPage(BaseModel):
    items: list[ExpertItem]
    next_cursor: str | None
