"""Identities: what shows who a person is, beside the mailbox. Of a subject or a number only a keyed hash is kept."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Text
from sqlmodel import Field, SQLModel

from app.models.columns import child_of, enum_type, moment, moment_now

PHONE = "phone"
DESK = "desk"


class Level(StrEnum):
    """How well it is known who somebody is: an address was confirmed, or somebody vouches for the person."""

    EMAIL = "email"
    VERIFIED = "verified"


class Identity(SQLModel, table=True):
    """One way in which a person is known: to a provider, by a phone number, by a document shown at a desk.

    `subject_hash` is UNIQUE: an identity belongs to one account. `vouches` says whether it makes the account verified.
    """

    id: int = Field(default=None, primary_key=True)
    account_id: int = child_of("account.id", index=True)
    provider: str = Field(max_length=40)
    subject_hash: str = Field(max_length=64, unique=True)
    vouches: bool = False
    created_at: datetime = moment_now()


class PhoneCode(SQLModel, table=True):
    """The one valid code by which an account can confirm a phone number; a new one replaces it."""

    __tablename__ = "phone_code"

    account_id: int = child_of("account.id", primary_key=True)
    number_hash: str = Field(max_length=64)
    code_hash: str = Field(max_length=64)
    wrong_tries: int = 0
    expires_at: datetime = moment(nullable=False, index=True)


class AccountEventKind(StrEnum):
    VERIFIED = "verified"
    BANNED = "banned"
    UNBANNED = "unbanned"
    ROLE = "role"
    DEPARTMENT = "department"


class AccountEvent(SQLModel, table=True):
    """What staff did to an account, who, when and why. Rows are only ever added; they go with the account."""

    __tablename__ = "account_event"

    id: int = Field(default=None, primary_key=True)
    account_id: int = child_of("account.id", index=True)
    # Empty for what was done on the command line.
    actor_id: int | None = Field(default=None, foreign_key="account.id", index=True)
    kind: AccountEventKind = Field(sa_type=enum_type(AccountEventKind, "kind"))
    note: str = Field(default="", sa_type=Text)
    created_at: datetime = moment_now()
