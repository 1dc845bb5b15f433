"""Accounts, and the ways to prove that one is whose it says: sign-in codes, browser sessions, API tokens."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Field, SQLModel

from app.models.columns import child_of, enum_type, moment, moment_now


class Role(StrEnum):
    CITIZEN = "citizen"
    EXPERT = "expert"
    MODERATOR = "moderator"
    ADMIN = "admin"


class Account(SQLModel, table=True):
    """A person. Without an email address it is the source of imported proposals, which nobody signs in to."""

    id: int = Field(default=None, primary_key=True)
    email: str | None = Field(default=None, max_length=254, unique=True)
    name: str = Field(max_length=120)
    role: Role = Field(default=Role.CITIZEN, sa_type=enum_type(Role, "role"))
    language: str = Field(default="vi", max_length=8)
    created_at: datetime = moment_now()

    @property
    def is_expert(self) -> bool:
        return self.role is Role.EXPERT

    @property
    def is_staff(self) -> bool:
        return self.role in {Role.MODERATOR, Role.ADMIN}


class SignInCode(SQLModel, table=True):
    """The one valid sign-in code of an email address; asking for a new one replaces it."""

    __tablename__ = "sign_in_code"

    email: str = Field(primary_key=True, max_length=254)
    code_hash: str = Field(max_length=64)
    wrong_tries: int = 0
    expires_at: datetime = moment(nullable=False)


class LoginSession(SQLModel, table=True):
    """A signed-in browser. Only the hash of its cookie is kept."""

    __tablename__ = "login_session"

    token_hash: str = Field(primary_key=True, max_length=64)
    account_id: int = child_of("account.id", index=True)
    created_at: datetime = moment_now()
    expires_at: datetime = moment(nullable=False, index=True)


class ApiToken(SQLModel, table=True):
    """A program's key to the API. Only its hash is kept."""

    __tablename__ = "api_token"

    token_hash: str = Field(primary_key=True, max_length=64)
    account_id: int = child_of("account.id", index=True)
    created_at: datetime = moment_now()
