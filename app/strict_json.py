"""JSON as the API reads it: what a careless parser would let pass or stumble over is refused."""

import json
import math
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, NoReturn

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from app.errors import BadRequest, Invalid, TooLarge
from app.forms import Form, extra, read

# More than any number of the API has; Python takes quadratic time to read long ones.
MOST_DIGITS = 400
MOST_ERRORS = 20
# In all objects of one text together; several times what the longest form takes.
MOST_KEYS = 1000


def _reader_of_objects() -> Callable[[list[tuple[str, Any]]], dict[str, Any]]:
    """What makes the objects of one text, and counts their keys: each that is not known costs a sentence."""
    count = 0

    def read_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal count
        count += len(pairs)
        if count > MOST_KEYS:
            raise TooLarge("json.too_many_keys", limit=MOST_KEYS)
        found = dict(pairs)
        if len(found) != len(pairs):
            raise BadRequest("json.duplicate_key")
        return found

    return read_object


def _constant(name: str) -> NoReturn:
    raise BadRequest("json.not_a_number", value=name)


def _float(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise BadRequest("json.number_too_large")
    return value


def _int(digits: str) -> int:
    if len(digits) > MOST_DIGITS:
        raise BadRequest("json.number_too_large")
    return int(digits)


def parse(body: bytes) -> Any:
    """The value of a JSON text. Raises BadRequest for anything RFC 8259 or the API's contract doesn't allow, TooLarge."""
    try:
        text = body.decode("utf-8")
        return json.loads(
            text,
            object_pairs_hook=_reader_of_objects(),
            parse_constant=_constant,
            parse_float=_float,
            parse_int=_int,
        )
    except UnicodeDecodeError as error:
        raise BadRequest("json.not_utf8") from error
    except json.JSONDecodeError as error:
        raise BadRequest("json.malformed", line=error.lineno, column=error.colno) from error
    except RecursionError as error:
        raise BadRequest("json.too_deep") from error


class StrictRoute(APIRoute):
    """A route of the API: a JSON body is parsed strictly, before FastAPI looks at it.

    A route without fields of its own takes no body, or an empty object, unless it describes its body itself and reads
    it, as uploads do; none takes a parameter it doesn't know, or one twice.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handler = super().get_route_handler()
        reads_itself = "requestBody" in (self.openapi_extra or {})
        takes_fields = self.body_field is not None or reads_itself
        known = _parameters(self)

        async def strict_handler(request: Request) -> Response:
            _require_known(request, known)
            body = await request.body()
            if not takes_fields:
                if body.strip():
                    read(Form, parse(body))
            elif body and _is_json(request.headers.get("content-type", "")):
                # Where Request.json() keeps what it has parsed; FastAPI asks it and gets this.
                request._json = parse(body)
            return await handler(request)

        return strict_handler


def _parameters(route: APIRoute) -> frozenset[str]:
    """The query parameters a route takes; each may be asked for its names in a language."""
    names = {"lang"}
    for field in _query_fields(route.dependant):
        model = field.field_info.annotation
        if isinstance(model, type) and issubclass(model, BaseModel):
            names |= set(model.model_fields)
        else:
            names.add(field.alias)
    return frozenset(names)


def _query_fields(dependant: Dependant) -> Iterator[Any]:
    """The fields of a query that a route takes by itself or by what it depends on."""
    yield from dependant.query_params
    for other in dependant.dependencies:
        yield from _query_fields(other)


def _require_known(request: Request, known: frozenset[str]) -> None:
    given = Counter(name for name, _ in request.query_params.multi_items())
    errors = [extra(name[:100]) for name, times in given.items() if name not in known or times > 1]
    if errors:
        raise Invalid(errors[:MOST_ERRORS])


def _is_json(content_type: str) -> bool:
    subtype = content_type.partition(";")[0].strip().lower()
    return subtype == "application/json" or subtype.endswith("+json")
