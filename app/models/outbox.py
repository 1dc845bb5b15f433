"""The outbox: emails written in the transaction that causes them, so that none is lost and none is sent for nothing."""

from datetime import datetime

from sqlalchemy import Text
from sqlmodel import Field, SQLModel

from app.models.columns import moment_now


class Email(SQLModel, table=True):
    id: int = Field(default=None, primary_key=True)
    recipient: str = Field(max_length=254, index=True)
    name: str = Field(max_length=60)
    subject: str = Field(max_length=300)
    text: str = Field(sa_type=Text)
    html: str = Field(sa_type=Text)
    created_at: datetime = moment_now()
