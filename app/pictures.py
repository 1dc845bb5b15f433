"""Pictures and documents that people send: recognised by their content, and drawn anew, so that nothing else in them stays.

What a photo says about where, when and by whom it was taken is not copied; neither is anything hidden behind its last
pixel. Sizes are read from the header and judged before anything is decoded.
"""

import io
import struct
from dataclasses import dataclass
from enum import StrEnum

from PIL import Image

MOST_PIXELS = 40_000_000
LONGEST_SIDE = 20_000
# A progressive JPEG is drawn in about ten scans; each of thousands would take as long as a whole picture.
MOST_SCANS = 100
FULL, PREVIEW = 2048, 480
_QUALITY = 82
# What programs look at when they guess what a file is (the MIME Sniffing Standard reads 1,445 bytes).
_HEAD = 1500
_MARKUP = (b"<html", b"<script", b"<svg", b"<!doctype", b"<iframe", b"<body", b"<?php")
_END_OF_PDF = 1024
_TRANSPARENT = frozenset({"RGBA", "LA", "PA", "RGBa", "La"})


class Kind(StrEnum):
    """What a file is, by its content."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    PDF = "pdf"


class Unfit(Exception):
    """A file that is not taken; `key` says why: kind, pixels or broken."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


@dataclass(frozen=True)
class Picture:
    """A picture as it is kept: WebP, with its size in pixels."""

    content: bytes
    width: int
    height: int


def recognise(content: bytes) -> Kind:
    """What a file is by its first bytes. Raises Unfit for all but JPEG, PNG, WebP and PDF."""
    if content.startswith(b"\xff\xd8\xff"):
        return Kind.JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return Kind.PNG
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return Kind.WEBP
    if content.startswith(b"%PDF-"):
        _require_document(content)
        return Kind.PDF
    raise Unfit("kind")


def _require_document(content: bytes) -> None:
    """Raise Unfit for what begins as a PDF and is cut off, or is a page for browsers as well."""
    head = content[:_HEAD].lower()
    if any(mark in head for mark in _MARKUP):
        raise Unfit("kind")
    if b"%%EOF" not in content[-_END_OF_PDF:]:
        raise Unfit("broken")


def fit(width: int, height: int, longest: int) -> tuple[int, int]:
    """A size with the same proportions whose longer side is no longer than `longest`; never larger than it was."""
    scale = min(1.0, longest / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def redraw(content: bytes, kind: Kind) -> tuple[Picture, Picture]:
    """A picture drawn anew, and its preview; of an animated one the first frame. Raises Unfit."""
    if kind is Kind.WEBP:
        # Its decoder sets aside room for the whole picture as soon as it is opened.
        _require_size(*_webp_size(content))
    if kind is Kind.JPEG and content.count(b"\xff\xda") > MOST_SCANS:
        raise Unfit("broken")
    try:
        image = _decode(content, kind)
        full = _plain(image)
        preview = full.resize(fit(*full.size, PREVIEW), Image.Resampling.LANCZOS, reducing_gap=2.0)
        return _encode(full), _encode(preview)
    except Unfit:
        raise
    except Exception as error:  # Whatever a decoder stumbles over is the file's fault.
        raise Unfit("broken") from error


def _decode(content: bytes, kind: Kind) -> Image.Image:
    """The picture, no larger than is kept. Raises Unfit, or what the decoder raises."""
    try:
        image: Image.Image = Image.open(io.BytesIO(content), formats=(kind.upper(),))
    except Image.DecompressionBombError as error:
        raise Unfit("pixels") from error
    _require_size(*image.size)
    # A JPEG can be decoded at a fraction of its size, which takes a fraction of the memory.
    image.draft("RGB", (FULL, FULL))
    image.load()
    return image


def _require_size(width: int, height: int) -> None:
    if width < 1 or height < 1:
        raise Unfit("broken")
    if max(width, height) > LONGEST_SIDE or width * height > MOST_PIXELS:
        raise Unfit("pixels")


def _webp_size(content: bytes) -> tuple[int, int]:
    """The size that the header names (RFC 9649). Raises Unfit."""
    try:
        match content[12:16]:
            case b"VP8X":
                wide, high = content[24:27], content[27:30]
                return 1 + int.from_bytes(wide, "little"), 1 + int.from_bytes(high, "little")
            case b"VP8L":
                (bits,) = struct.unpack_from("<I", content, 21)
                return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
            case b"VP8 ":
                width, height = struct.unpack_from("<HH", content, 26)
                return width & 0x3FFF, height & 0x3FFF
    except struct.error as error:
        raise Unfit("broken") from error
    raise Unfit("broken")


def _plain(image: Image.Image) -> Image.Image:
    """The picture's pixels and nothing else: upright, in RGB or RGBA, within FULL."""
    turned = _orientation(image)
    transparent = image.mode in _TRANSPARENT or "transparency" in image.info
    if image.mode.startswith("I"):
        # 16 bits for each pixel; converted as they are, all but the darkest would be white.
        image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    drawn = image.convert("RGBA" if transparent else "RGB")
    drawn = drawn.resize(fit(*drawn.size, FULL), Image.Resampling.LANCZOS, reducing_gap=2.0)
    drawn = drawn.transpose(_TURNS[turned]) if turned is not None else drawn
    drawn.info.clear()
    return drawn


def _orientation(image: Image.Image) -> int | None:
    """How the picture is to be turned; notes that cannot be read say nothing about it, and go with the rest."""
    try:
        found: int | None = image.getexif().get(0x0112)
        return found if found in _TURNS else None
    except Exception:
        return None


# What the eight values of the EXIF tag “Orientation” ask for; 1 is upright.
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def _encode(image: Image.Image) -> Picture:
    made = io.BytesIO()
    # Said once more for each kind of metadata: none is copied.
    image.save(made, "WEBP", quality=_QUALITY, method=4, exif=b"", icc_profile=b"", xmp=b"")
    return Picture(made.getvalue(), *image.size)
