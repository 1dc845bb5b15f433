"""The demo's pictures: plain landscapes, drawn from a few colours in the pack, in place of photos."""

import io
from collections.abc import Mapping
from typing import Any

from PIL import Image, ImageDraw
from sqlmodel import Session

from app.models import Proposal
from app.services import attachments, cities, uploads
from app.services.uploads import Upload

SIZE = WIDTH, HEIGHT = 800, 500


def add(session: Session, rows: list[dict[str, Any]], proposals: Mapping[str, Proposal]) -> None:
    """Give each row's proposal its picture. Raises cities.PackError for a proposal that the demo doesn't have."""
    for row in rows:
        if row["proposal"] not in proposals:
            raise cities.PackError(f"pictures.toml: {row['proposal']}: unknown")
        proposal = proposals[row["proposal"]]
        made = uploads.make(uploads.check(Upload(_landscape(row), "", row["description"])))
        attachments.keep(session, proposal, made)


def _landscape(row: dict[str, Any]) -> bytes:
    """A sky with its sun, a ground, water if the row has a colour for it, and trees."""
    image = Image.new("RGB", SIZE, row["sky"])
    draw = ImageDraw.Draw(image)
    draw.ellipse((WIDTH - 190, 50, WIDTH - 90, 150), fill="#ffe9b0")
    draw.ellipse((-300, HEIGHT // 2 - 40, WIDTH // 2, HEIGHT), fill=row["ground"])
    draw.rectangle((0, HEIGHT * 2 // 3, WIDTH, HEIGHT), fill=row["ground"])
    if "water" in row:
        draw.ellipse((90, HEIGHT * 2 // 3 + 30, WIDTH - 60, HEIGHT + 90), fill=row["water"])
    for number in range(row["trees"]):
        left = 40 + number * (WIDTH - 80) // row["trees"]
        draw.rectangle((left + 22, 290, left + 30, 370), fill="#6b4a2b")
        draw.ellipse((left, 220, left + 52, 320), fill=row["leaves"])
    made = io.BytesIO()
    image.save(made, "PNG", compress_level=1)
    return made.getvalue()
