"""Second factors: what proves, beside the mailbox, that it is the same person who signs in."""

from datetime import datetime

from sqlalchemy import Text
from sqlmodel import Field, SQLModel

from app.models.columns import child_of, moment_now


class Authenticator(SQLModel, table=True):
    """An app that shows time-based codes (RFC 6238). `last_step` is the newest time step whose code has been used."""

    account_id: int = child_of("account.id", primary_key=True)
    sealed_secret: str = Field(max_length=300)
    last_step: int = 0
    created_at: datetime = moment_now()


class Passkey(SQLModel, table=True):
    """A key pair in a person's device (WebAuthn). The portal knows the public half."""

    credential_id: str = Field(primary_key=True, max_length=1400)
    account_id: int = child_of("account.id", index=True)
    public_key: str = Field(sa_type=Text)
    sign_count: int = 0
    name: str = Field(max_length=80)
    created_at: datetime = moment_now()


class RecoveryCode(SQLModel, table=True):
    """One of the codes to keep on paper; its row goes when it is used."""

    __tablename__ = "recovery_code"

    code_hash: str = Field(primary_key=True, max_length=64)
    account_id: int = child_of("account.id", index=True)
