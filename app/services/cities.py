"""The city pack: loaded from a folder of data files, and read as one catalogue of names and codes."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from sqlmodel import Session, SQLModel, col, select

from app.errors import Unavailable
from app.i18n import localised
from app.models import Campaign, City, Department, Expertise, Goal, Pillar, Reason, Tag, Ward
from app.models.cities import Listed, Texts
from app.text import slug

TEXTS = ("names", "countries", "portal_names", "headline", "lead", "vision")
# The fields of a proposal for which a pack may have an example.
ExampleField = Literal["title", "summary", "problem", "solution", "expected_impact", "resources_needed"]  # fmt: skip
# City data changes a few times a year but is needed for every page, so each process keeps the newest revision it has seen.
_cache: dict[str, "Catalogue"] = {}


class PackError(ValueError):
    """A city pack that cannot be loaded; says which file and why."""


_Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
_Latitude = Annotated[float, Field(ge=-85, le=85, allow_inf_nan=False)]


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid")
    code: str = Field(min_length=1, max_length=40)
    names: Texts


class _Described(_Row):
    descriptions: Texts


class _Pillar(_Described):
    colour: str = Field(pattern="^#[0-9a-f]{6}$")
    colour_dark: str = Field(pattern="^#[0-9a-f]{6}$")


class _Goal(_Described):
    horizon: int


class _Expertise(_Row):
    pillars: list[str] = []


class _Ward(_Row):
    kind: str
    # Longitude and latitude of its middle, in degrees.
    centre: tuple[_Longitude, _Latitude] | None = None


class _StandingCampaign(BaseModel):
    model_config = ConfigDict(extra="forbid")
    title: Texts
    question: Texts


class _Pack(BaseModel):
    """The shape of city.toml and wards.toml together."""

    model_config = ConfigDict(extra="forbid")
    code: str
    ref_prefix: str = Field(pattern="^[A-Z0-9]{1,12}$")
    timezone: str
    default_language: str
    phone_region: str = Field("", pattern="^([A-Z]{2})?$")
    personal_number_pattern: str = Field("", max_length=300)
    demo: bool = False
    licence: str
    names: Texts
    countries: Texts = {}
    portal_names: Texts
    headline: Texts
    lead: Texts
    vision: Texts
    colours: Texts
    colours_dark: Texts
    standing_campaign: _StandingCampaign
    examples: dict[ExampleField, Texts] = {}
    pillars: list[_Pillar] = Field(min_length=1)
    goals: list[_Goal]
    departments: list[_Row] = []
    tags: list[_Row] = []
    expertises: list[_Expertise] = []
    reasons: list[_Described]
    wards: list[_Ward] = []

    @field_validator("personal_number_pattern")
    @classmethod
    def _pattern_can_be_used(cls, value: str) -> str:
        try:
            re.compile(value)
        except re.error as error:
            raise ValueError(f"not a regular expression: {error}") from error
        return value


@dataclass(frozen=True)
class Entry:
    """An entry of a controlled list, named in the reader's language."""

    code: str
    names: Texts
    descriptions: Texts
    kind: str = ""
    colour: str = ""
    colour_dark: str = ""
    horizon: int | None = None
    pillars: tuple[str, ...] = ()
    centre: tuple[float, float] | None = None

    @property
    def name(self) -> str:
        return localised(self.names)

    @property
    def description(self) -> str:
        return localised(self.descriptions)


@dataclass(frozen=True)
class Catalogue:
    """The city and its lists as they stood at one revision."""

    revision: int
    ref_prefix: str
    timezone: str
    default_language: str
    phone_region: str
    personal_number_pattern: str
    licence: str
    demo: bool
    texts: Mapping[str, Texts]
    colours: Mapping[str, Texts]
    pillars: Mapping[str, Entry]
    goals: Mapping[str, Entry]
    wards: Mapping[str, Entry]
    departments: Mapping[str, Entry]
    tags: Mapping[str, Entry]
    reasons: Mapping[str, Entry]
    expertises: Mapping[str, Entry]

    @property
    def name(self) -> str:
        return localised(self.texts["names"])

    @property
    def portal_name(self) -> str:
        return localised(self.texts["portal_names"])

    def example(self, field: str) -> str:
        """What the city would write in a field of a proposal, to show how; empty where it says nothing."""
        return localised(self.texts.get(f"example_{field}", {}))

    def say(self, key: str) -> str:
        """One of the city's own sentences: headline, lead or vision."""
        return localised(self.texts[key])


def read_pack(folder: Path) -> _Pack:
    """The pack in a folder. Raises PackError with the file and the reason."""
    values: dict[str, Any] = {}
    for name in ("city.toml", "wards.toml"):
        path = folder / name
        try:
            values |= tomllib.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            if name == "city.toml":
                raise PackError(f"{path} is missing") from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise PackError(f"{path}: {error}") from error
    try:
        pack = _Pack.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise PackError(f"{folder}: {place}: {first['msg']}") from error
    known = {pillar.code for pillar in pack.pillars}
    for field in pack.expertises:
        if not set(field.pillars) <= known:
            raise PackError(f"{folder}: expertises: {field.code} names a pillar that is none")
    return pack


def load(session: Session, folder: Path, *, demo: bool = False) -> City:
    """Load a pack, or load it anew: entries are added and renamed; those gone from the pack stay, for what refers to them.

    Raises PackError where the pack is wrong; nothing is written then.
    """
    pack = read_pack(folder)
    old = session.get(City, 1)
    city = City(
        code=pack.code,
        ref_prefix=pack.ref_prefix,
        timezone=pack.timezone,
        default_language=pack.default_language,
        phone_region=pack.phone_region,
        personal_number_pattern=pack.personal_number_pattern,
        licence=pack.licence,
        texts={key: getattr(pack, key) for key in TEXTS} | _examples(pack),
        colours={"light": pack.colours, "dark": pack.colours_dark},
        is_demo=demo or pack.demo,
        revision=old.revision + 1 if old else 1,
    )
    city = session.merge(city)
    _merge(session, Pillar, pack.pillars)
    _merge(session, Goal, pack.goals)
    _merge(session, Ward, pack.wards)
    _merge(session, Department, pack.departments)
    _merge(session, Tag, pack.tags)
    _merge(session, Reason, pack.reasons)
    _merge(session, Expertise, pack.expertises)
    _keep_standing_campaign(session, pack)
    session.flush()
    return city


def _examples(pack: _Pack) -> dict[str, Texts]:
    return {f"example_{field}": words for field, words in pack.examples.items()}


def _keep_standing_campaign(session: Session, pack: _Pack) -> None:
    """The one campaign without dates, for proposals that answer no other call."""
    texts = pack.standing_campaign
    query = select(Campaign).where(col(Campaign.is_standing))
    campaign = session.exec(query).first()
    if campaign is None:
        address = slug(localised(texts.title, pack.default_language))
        campaign = Campaign(slug=address, title={}, question={}, is_standing=True)
        session.add(campaign)
    campaign.title, campaign.question = texts.title, texts.question


def _merge(session: Session, table: type[SQLModel], rows: list[Any]) -> None:
    for position, row in enumerate(rows):
        session.merge(table(position=position, **row.model_dump()))


def catalogue(session: Session) -> Catalogue:
    """The city's names and codes. Raises Unavailable while no city is loaded."""
    found = find_catalogue(session)
    if found is None:
        raise Unavailable("city.missing")
    return found


def find_catalogue(session: Session) -> Catalogue | None:
    """The city's names and codes, or None while no city is loaded. One short query when nothing has changed."""
    database = str(session.get_bind().engine.url)
    revision = session.exec(select(City.revision)).first()
    if revision is None:
        return None
    cached = _cache.get(database)
    if cached is None or cached.revision != revision:
        cached = _cache[database] = _read_catalogue(session)
    return cached


def _read_catalogue(session: Session) -> Catalogue:
    city = session.exec(select(City)).one()
    return Catalogue(
        revision=city.revision,
        ref_prefix=city.ref_prefix,
        timezone=city.timezone,
        default_language=city.default_language,
        phone_region=city.phone_region,
        personal_number_pattern=city.personal_number_pattern,
        licence=city.licence,
        demo=city.is_demo,
        texts=city.texts,
        colours=city.colours,
        pillars=_entries(session, Pillar),
        goals=_entries(session, Goal),
        wards=_entries(session, Ward),
        departments=_entries(session, Department),
        tags=_entries(session, Tag),
        reasons=_entries(session, Reason),
        expertises=_entries(session, Expertise),
    )


def _point(centre: list[float] | None) -> tuple[float, float] | None:
    return (centre[0], centre[1]) if centre else None


def _entries(session: Session, table: type[Listed]) -> dict[str, Entry]:
    rows = session.exec(select(table)).all()
    details = ("kind", "colour", "colour_dark", "horizon")
    return {
        row.code: Entry(
            code=row.code,
            names=row.names,
            descriptions=getattr(row, "descriptions", {}),
            pillars=tuple(getattr(row, "pillars", ())),
            centre=_point(getattr(row, "centre", None)),
            **{key: getattr(row, key) for key in details if hasattr(row, key)},
        )
        for row in sorted(rows, key=lambda row: row.position)
    }
