"""The city pack: everything that is one city's, loaded from its data files and never written into code."""

from sqlmodel import JSON, CheckConstraint, Field, SQLModel

from app.models.columns import child_of

Texts = dict[str, str]  # language code → text


class City(SQLModel, table=True):
    """The one city this portal serves, and `revision`, which every load of a pack raises."""

    __table_args__ = (CheckConstraint("id = 1", name="one_city"),)

    id: int = Field(default=1, primary_key=True)
    code: str = Field(max_length=40)
    ref_prefix: str = Field(max_length=12)
    timezone: str = Field(max_length=60)
    default_language: str = Field(max_length=8)
    # The country (ISO 3166) whose phone numbers are written without its code; empty: every number is written in full.
    phone_region: str = Field(default="", max_length=2)
    # How the numbers look by which the country knows its people (a regular expression); empty: they are not looked for.
    personal_number_pattern: str = Field(default="", max_length=300)
    licence: str = Field(max_length=120)
    texts: dict[str, Texts] = Field(sa_type=JSON)
    colours: dict[str, Texts] = Field(sa_type=JSON)
    is_demo: bool = False
    revision: int = 1


class Listed(SQLModel):
    """What every entry of a controlled list has: a stable code, names by language, and its place in the list."""

    code: str = Field(primary_key=True, max_length=40)
    names: Texts = Field(sa_type=JSON)
    position: int


class Pillar(Listed, table=True):
    descriptions: Texts = Field(sa_type=JSON)
    colour: str = Field(max_length=9)
    colour_dark: str = Field(max_length=9)


class Goal(Listed, table=True):
    descriptions: Texts = Field(sa_type=JSON)
    horizon: int


class Ward(Listed, table=True):
    kind: str = Field(max_length=20)
    # Where it lies, as longitude and latitude; a pack need not say it.
    centre: list[float] | None = Field(default=None, sa_type=JSON)


class WardBoundary(SQLModel, table=True):
    """The outline of a ward, from a file that the operator has loaded; a new load of the pack leaves it alone.

    `rings` are closed lines of longitudes and latitudes, holes among them; `centre` lies in the middle of the largest.
    """

    __tablename__ = "ward_boundary"

    code: str = child_of("ward.code", primary_key=True)
    rings: list[list[list[float]]] = Field(sa_type=JSON)
    centre: list[float] = Field(sa_type=JSON)


class Department(Listed, table=True):
    pass


class Tag(Listed, table=True):
    pass


class Expertise(Listed, table=True):
    """A field in which people can be experts, and the pillars it belongs to."""

    pillars: list[str] = Field(default_factory=list, sa_type=JSON)


class Reason(Listed, table=True):
    """A reason of the moderation policy."""

    descriptions: Texts = Field(sa_type=JSON)
