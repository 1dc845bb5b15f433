"""What near-duplicates are found by."""

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel

from app.models.columns import child_of


class SimilarityKey(SQLModel, table=True):
    """A part of the fingerprint of a proposal that is public or waits: texts that are alike share some of their keys.

    The keys stand in the order in which they are looked up, without a row number of their own.
    """

    __tablename__ = "similarity_key"
    __table_args__ = ({"sqlite_with_rowid": False},)

    key: int = Field(
        primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False}
    )
    proposal_id: int = child_of("proposal.id", primary_key=True, index=True)
