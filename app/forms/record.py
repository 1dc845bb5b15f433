"""What the public moderation record can be narrowed to."""

import re
from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from app.forms.base import Form
from app.forms.fields import Code
from app.models import Outcome, QueueKind


def _first_day(value: Any) -> Any:
    """2026-11 as the first day of that month."""
    found = re.fullmatch("(2[0-9]{3})-(0[1-9]|1[0-2])", value) if isinstance(value, str) else None
    if found is None:
        raise PydanticCustomError("month", "not a month")
    return date(int(found[1]), int(found[2]), 1)


Month = Annotated[date, BeforeValidator(_first_day, json_schema_input_type=str)]


class RecordForm(Form):
    """The filters of the public moderation record."""

    month: Month | None = Field(None, description="A month of the city's calendar, such as 2026-11")
    kind: QueueKind | None = Field(None, description="What was decided on")
    outcome: Outcome | None = None
    reason: Code | None = Field(None, description="Code of /reasons")
