"""Column types the tables share."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Enum, ForeignKey
from sqlmodel import Field

from app.database import UTCDateTime, now


def enum_type(choices: type[StrEnum], name: str) -> Enum:
    """A text column that takes an enum's values only, by a CHECK constraint called `name` on both engines."""
    return Enum(
        choices,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=32,
        values_callable=lambda members: [member.value for member in members],
    )


def moment(
    *, nullable: bool = True, index: bool = False, default_factory: Callable[[], Any] | None = None
) -> Any:
    """A moment in UTC, empty unless set."""
    default: dict[str, Any] = {"default": None} if nullable else {}
    if default_factory:
        default = {"default_factory": default_factory}
    return Field(sa_type=UTCDateTime, nullable=nullable, index=index, **default)


def moment_now(clock: Callable[[], Any] = now) -> Any:
    """A moment in UTC that defaults to the row's creation."""
    return Field(default_factory=clock, sa_type=UTCDateTime, nullable=False)


def child_of(target: str, *, primary_key: bool = False, index: bool = False) -> Any:
    """A foreign key whose rows go when their parent goes."""
    return Field(
        sa_column=Column(
            ForeignKey(target, ondelete="CASCADE"),
            primary_key=primary_key,
            index=index,
            nullable=False,
        )
    )
