"""Accounts, and the ways to prove that one is whose it says: sign-in codes, browser sessions, API tokens."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from app.models.columns import child_of, enum_type, moment, moment_now

HANDLE_LENGTH = 16


class Role(StrEnum):
    CITIZEN = "citizen"
    EXPERT = "expert"
    MODERATOR = "moderator"
    OFFICER = "officer"
    ADMIN = "admin"


# Who moderates: some among very many. A literal condition, for the partial index and the query alike.
STAFF = text("account.role IN ('moderator', 'admin')")
_STAFF = text(STAFF.text.removeprefix("account."))


class Account(SQLModel, table=True):
    """A person. Without an email address it is the source of imported proposals, which nobody signs in to.

    `email` is where mail goes; `email_key` is what makes two addresses one person's (see app.addresses). One row without
    a name, `is_former_member`, stands for everybody who has deleted their account.
    """

    __table_args__ = (
        # At most one for all of them, so that nothing tells one former member from another.
        Index(
            "uq_account_former_member",
            "is_former_member",
            unique=True,
            sqlite_where=text("is_former_member"),
            postgresql_where=text("is_former_member"),
        ),
        Index("ix_account_staff", "id", sqlite_where=_STAFF, postgresql_where=_STAFF),
    )

    id: int = Field(default=None, primary_key=True)
    email: str | None = Field(default=None, max_length=254)
    email_key: str | None = Field(default=None, max_length=254, unique=True)
    name: str = Field(max_length=120)
    role: Role = Field(default=Role.CITIZEN, sa_type=enum_type(Role, "role"))
    language: str = Field(default="vi", max_length=8)
    created_at: datetime = moment_now()
    banned_at: datetime | None = moment()
    # The version of the privacy notice that the person has agreed to, and when.
    consent_version: str | None = Field(default=None, max_length=20)
    consented_at: datetime | None = moment()
    is_former_member: bool = False
    # Set on the actor of one request whose session lacks the second factor that the role needs; never stored.
    lacks_second_factor: ClassVar[bool] = False

    def hold_back(self) -> None:
        """Let the role's rights rest for this request."""
        object.__setattr__(self, "lacks_second_factor", True)

    @property
    def is_expert(self) -> bool:
        return self.role is Role.EXPERT

    @property
    def is_staff(self) -> bool:
        return self.role in {Role.MODERATOR, Role.ADMIN}

    @property
    def acts_for_city(self) -> bool:
        """Whether the role's rights are the city's to give: staff's, and those of departments' officers."""
        return self.is_staff or self.role is Role.OFFICER


class SignInCode(SQLModel, table=True):
    """The one valid sign-in code of a person's address, and the link mailed with it; a new one replaces both."""

    __tablename__ = "mailed_code"

    email_key: str = Field(primary_key=True, max_length=254)
    email: str = Field(max_length=254)
    code_hash: str = Field(max_length=64)
    link_hash: str = Field(max_length=64, unique=True)
    wrong_tries: int = 0
    expires_at: datetime = moment(nullable=False)


class LoginSession(SQLModel, table=True):
    """A signed-in browser. Only the hash of its cookie is kept."""

    __tablename__ = "login_session"

    token_hash: str = Field(primary_key=True, max_length=64)
    account_id: int = child_of("account.id", index=True)
    device: str = Field(default="", max_length=80)
    # Whether the second factor is still to be given; until then nobody is signed in.
    is_pending: bool = False
    second_factor_at: datetime | None = moment()
    created_at: datetime = moment_now()
    expires_at: datetime = moment(nullable=False, index=True)

    @property
    def handle(self) -> str:
        """Names the session on its owner's page. It opens nothing: it is part of a hash."""
        return self.token_hash[:HANDLE_LENGTH]


class ApiToken(SQLModel, table=True):
    """A program's key to the API. Only its hash is kept."""

    __tablename__ = "api_token"

    token_hash: str = Field(primary_key=True, max_length=64)
    account_id: int = child_of("account.id", index=True)
    created_at: datetime = moment_now()

    @property
    def handle(self) -> str:
        """Names the token on its owner's page."""
        return self.token_hash[:HANDLE_LENGTH]


class Attempts(SQLModel, table=True):
    """How often something was tried in one window of time, by somebody of whom only a keyed hash is kept."""

    key: str = Field(primary_key=True, max_length=64)
    tries: int = 1
    ends_at: datetime = moment(nullable=False, index=True)
