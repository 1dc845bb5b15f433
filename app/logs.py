"""Logs: in production they hold nothing personal, so that they may be kept, copied and read by whoever runs the portal."""

import logging
import traceback
from types import TracebackType
from typing import Any

Caught = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class Discreet(logging.Formatter):
    """Says of an error where it arose and of what kind it is; its own words may repeat what a person typed."""

    def formatException(self, ei: Caught) -> str:  # noqa: N802 - the standard library's name
        """The places and kinds of an error and of those it arose from, the first one first."""
        error = ei[1]
        lines: list[str] = []
        while error is not None:
            kind = f"{type(error).__module__}.{type(error).__qualname__}\n"
            lines[:0] = [*_places(error), kind]
            error = error.__cause__ or error.__context__
        return "".join(lines).rstrip("\n")


def _places(error: BaseException) -> list[str]:
    frames = traceback.extract_tb(error.__traceback__)
    return [f"  {frame.filename}:{frame.lineno} in {frame.name}\n" for frame in frames]


def configuration(*, discreet: bool) -> dict[str, Any]:
    """How every process of the server logs: one form for all, to standard error."""
    form: dict[str, Any] = {"format": "%(asctime)s %(name)s %(levelname)s %(message)s"}
    if discreet:
        form["()"] = Discreet
        form["fmt"] = form.pop("format")
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"plain": form},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
        "root": {"level": "INFO", "handlers": ["stderr"]},
        # It would tell of each request to others with the whole address.
        "loggers": {"httpx": {"level": "WARNING"}},
    }
