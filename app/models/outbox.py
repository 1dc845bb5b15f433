"""The outbox: emails written in the transaction that causes them, so that none is lost and none is sent for nothing."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Text
from sqlmodel import Field, SQLModel

from app.database import now
from app.models.columns import enum_type, moment, moment_now


class Channel(StrEnum):
    EMAIL = "email"
    SMS = "sms"


class Email(SQLModel, table=True):
    """One email, or a text message to a phone, which has no subject and no HTML.

    `due_at` is when to try sending it next; it is empty once the email is sent or given up.
    """

    id: int = Field(default=None, primary_key=True)
    channel: Channel = Field(default=Channel.EMAIL, sa_type=enum_type(Channel, "channel"))
    recipient: str = Field(max_length=254, index=True)
    name: str = Field(max_length=60)
    language: str = Field(default="vi", max_length=8)
    subject: str = Field(max_length=300)
    text: str = Field(sa_type=Text)
    html: str = Field(sa_type=Text)
    # Where a mail program ends such mail with one request (RFC 8058), for mail that can be ended.
    unsubscribe_url: str | None = Field(default=None, max_length=500)
    created_at: datetime = moment_now()
    attempts: int = 0
    due_at: datetime | None = moment(index=True, default_factory=now)
    sent_at: datetime | None = moment()
    gave_up_at: datetime | None = moment()
