"""The figures of the public moderation record for the months that are over."""

from datetime import date

from sqlmodel import Field, SQLModel


class RecordMonth(SQLModel, table=True):
    """What was decided in a month of the city's calendar. A row is written once, when the month is over.

    `timed` is how many decisions were about something that had waited, `median_seconds` the median of their waits.
    """

    __tablename__ = "record_month"

    month: date = Field(primary_key=True)
    decisions: int
    timed: int
    median_seconds: float | None = None
    appeals: int
    upheld: int
