"""Rubrics: the criteria by which evaluators judge, as an administrator sets them."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from app.forms.base import Form
from app.forms.fields import Language, line, text

MOST_CRITERIA = 10
NAME_LENGTH = 80
DESCRIPTION_LENGTH = 400
CODE_LENGTH = 40


def _plain_code(value: str) -> str:
    if re.fullmatch("[a-z][a-z0-9_-]*", value) is None:
        raise PydanticCustomError("criterion_code", "no code")
    return value


class CriterionForm(Form):
    """A criterion: its code in the API, its name and what it asks for, by language."""

    code: Annotated[
        str,
        StringConstraints(min_length=1, max_length=CODE_LENGTH, strict=True),
        AfterValidator(_plain_code),
    ]
    names: dict[Language, line(NAME_LENGTH, 1)] = Field(min_length=1)  # type: ignore[valid-type]
    descriptions: dict[Language, text(DESCRIPTION_LENGTH)] = Field(default_factory=dict)  # type: ignore[valid-type]


Rubric = Annotated[list[CriterionForm], Field(min_length=1, max_length=MOST_CRITERIA)]
