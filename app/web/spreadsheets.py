"""Tables as CSV for spreadsheets: UTF-8 that they recognise, and no cell that they would run."""

import csv
import io
from collections.abc import Iterable, Sequence

from starlette.responses import Response

from app.pabulib_file import harmless

MEDIA_TYPE = "text/csv; charset=utf-8"
# Without it, spreadsheets read UTF-8 as something else.
BYTE_ORDER_MARK = "\ufeff"


def lines(rows: Iterable[Iterable[str]]) -> str:
    """The rows as lines of a file."""
    file = io.StringIO(newline="")
    csv.writer(file).writerows([harmless(cell) for cell in row] for row in rows)
    return file.getvalue()


def attachment(name: str) -> dict[str, str]:
    """The header by which a browser keeps the file under this name, which is ours."""
    return {"Content-Disposition": f'attachment; filename="{name}"'}


def table(name: str, columns: Sequence[str], rows: Iterable[Iterable[object]]) -> Response:
    """The answer that holds a whole table as a file of this name."""
    text = BYTE_ORDER_MARK + lines([columns, *([str(cell) for cell in row] for row in rows)])
    return Response(text, media_type=MEDIA_TYPE, headers=attachment(name))
