"""What search knows of each public proposal beside its words, which are in the engine's own text index."""

from sqlalchemy import Index, Text, text
from sqlmodel import Field, SQLModel

from app.models.columns import child_of, enum_type
from app.models.proposals import Status

# One literal condition for the index and the query, because SQLite uses a partial index only where both are the same.
UNLEARNT = text("NOT search_entry.is_learnt")
_UNLEARNT_IN_INDEX = text("NOT is_learnt")


class SearchEntry(SQLModel, table=True):
    """By what the hits of a search are counted and narrowed. Narrow rows: many are read for one answer.

    The words stand in `search_text`, which each engine has in its own way (migration 0017) and which loses its row with
    this one. `goals` and `wards` are codes with blanks between them.
    """

    __tablename__ = "search_entry"
    __table_args__ = (
        Index("ix_search_entry_unlearnt", "proposal_id", sqlite_where=_UNLEARNT_IN_INDEX, postgresql_where=_UNLEARNT_IN_INDEX),
    )  # fmt: skip

    proposal_id: int = child_of("proposal.id", primary_key=True)
    status: Status = Field(sa_type=enum_type(Status, "search_status"))
    pillar_code: str | None = None
    campaign_id: int
    goals: str = Field(default="", sa_type=Text)
    wards: str = Field(default="", sa_type=Text)
    # Whether its words are among the known ones.
    is_learnt: bool = False


class SearchWord(SQLModel, table=True):
    """A folded word that stands in some public text, or stood there: what a mistyped one may have been meant to be."""

    __tablename__ = "search_word"
    __table_args__ = {"sqlite_with_rowid": False}

    word: str = Field(max_length=40, primary_key=True)
