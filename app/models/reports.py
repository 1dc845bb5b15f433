"""Reports: what readers say is wrong with a text. All that is said of one text waits as one case, for one decision."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, Text, text
from sqlmodel import Field, SQLModel, UniqueConstraint

from app.models.columns import child_of, enum_type, moment, moment_now

_OPEN = text("closed_at IS NULL")
_UNTOLD = text("told_up_to IS NOT NULL")


class Reportable(StrEnum):
    """What readers can report."""

    PROPOSAL = "proposal"
    COMMENT = "comment"


class ReportCase(SQLModel, table=True):
    """What has been reported of one text, from the first report to a moderator's decision. At most one is open.

    `told_up_to` is the number of the last report whose reader has been told the outcome; empty if nobody is to be told.
    """

    __tablename__ = "report_case"
    __table_args__ = (
        Index("uq_report_case_open", "target", "target_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_report_case_untold", "id", sqlite_where=_UNTOLD, postgresql_where=_UNTOLD),
        # Decisions refer to cases by number, which none may therefore have after another.
        {"sqlite_autoincrement": True},
    )  # fmt: skip

    id: int = Field(default=None, primary_key=True)
    target: Reportable = Field(sa_type=enum_type(Reportable, "target"))
    target_id: int
    # The proposal that the text is or belongs to.
    proposal_id: int = child_of("proposal.id", index=True)
    opened_at: datetime = moment_now()
    closed_at: datetime | None = moment()
    told_up_to: int | None = None


class Report(SQLModel, table=True):
    """One reader's report. The constraint holds a case to one for each person."""

    __table_args__ = (
        UniqueConstraint("case_id", "reporter_id"),
        Index("ix_report_case_id_id", "case_id", "id"),
    )

    id: int = Field(default=None, primary_key=True)
    case_id: int = child_of("report_case.id")
    reporter_id: int = child_of("account.id", index=True)
    reason_code: str = Field(foreign_key="reason.code")
    words: str = Field(default="", sa_type=Text)
    created_at: datetime = moment_now()
