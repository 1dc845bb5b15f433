"""JSON as the API reads it: what a careless parser would let pass or stumble over is refused."""

import json
import math
from collections.abc import Callable, Coroutine
from typing import Any, NoReturn

from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from app.errors import BadRequest

MOST_DIGITS = (
    400  # more than any number the API knows; Python itself takes quadratic time over long ones
)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BadRequest("json.duplicate_key")
    return found


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
    """The value of a JSON text. Raises BadRequest for anything RFC 8259 or the API's contract doesn't allow."""
    try:
        text = body.decode("utf-8")
        return json.loads(
            text,
            object_pairs_hook=_object,
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


class StrictRequest(Request):
    """A request whose JSON is parsed strictly."""

    async def json(self) -> Any:
        return parse(await self.body())


class StrictRoute(APIRoute):
    """A route of the API: its JSON body is parsed strictly."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handler = super().get_route_handler()

        async def strict_handler(request: Request) -> Response:
            return await handler(StrictRequest(request.scope, request.receive))

        return strict_handler
