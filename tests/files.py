"""Files as people, cameras and attackers send them."""

import io
import struct
import zlib
from typing import Any

from PIL import Image
from PIL.PngImagePlugin import PngInfo

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"
SCRIPT = b"<script>alert(1)</script>"
MARK = "HA-O-PHO-HANG-DAO"


def picture(
    kind: str = "PNG", width: int = 40, height: int = 30, *, colour: int = 200, mode: str = "RGB", **options: Any
) -> bytes:  # fmt: skip
    """A picture of one colour, red in its upper left corner."""
    image = Image.new("RGB", (width, height), (20, colour % 256, colour // 256 % 256))
    image.paste((250, 0, 0), (0, 0, width // 2, height // 2))
    made = io.BytesIO()
    image.convert(mode).save(made, kind, **options)
    return made.getvalue()


def photo(orientation: int = 6) -> bytes:
    """A JPEG as a telephone makes it: lying on its side, with the place, the time and the device noted in it."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x013B] = orientation, MARK, MARK
    exif[0x8825] = {1: "N", 2: (21.0, 2.0, 3.0), 3: "E", 4: (105.0, 51.0, 4.0), 29: MARK}
    return picture("JPEG", 64, 40, exif=exif, comment=MARK.encode(), icc_profile=MARK.encode() * 20)


def annotated() -> bytes:
    """A PNG with words in it."""
    info = PngInfo()
    info.add_text("Author", MARK)
    info.add_itxt("XML:com.adobe.xmp", f"<x>{MARK}</x>")
    return picture("PNG", pnginfo=info)


def bomb(width: int = 50_000, height: int = 50_000) -> bytes:
    """A small PNG that says it has this many pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))  # fmt: skip

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 1_000_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")  # fmt: skip


def large_webp() -> bytes:
    """A small WebP whose header says that it is 16,384 pixels on each side."""
    made = bytearray(picture("WEBP", lossless=True, exif=b"Exif\0\0x"))
    made[24:30] = (16_383).to_bytes(3, "little") * 2
    return bytes(made)


def many_scans(count: int = 3000) -> bytes:
    """A progressive JPEG whose last scan is said again and again: each costs the time of a whole picture."""
    made = picture("JPEG", 64, 64, progressive=True)
    start = made.rindex(b"\xff\xda")
    return made[:start] + made[start:-2] * count + made[-2:]


REFUSED: dict[str, tuple[bytes, str]] = {
    "no bytes": (b"", "file_empty"),
    "text": (b"hello", "file_kind"),
    "svg": (b'<svg xmlns="http://www.w3.org/2000/svg">' + SCRIPT + b"</svg>", "file_kind"),
    "svg behind a declaration": (b'<?xml version="1.0"?><svg>' + SCRIPT + b"</svg>", "file_kind"),
    "html": (b"<!doctype html>" + SCRIPT, "file_kind"),
    "gif": (picture("GIF"), "file_kind"),
    "gif that is a script": (b"GIF89a/*" + photo() + b"*/=1;" + SCRIPT, "file_kind"),
    "bmp": (picture("BMP"), "file_kind"),
    "tiff": (picture("TIFF"), "file_kind"),
    "zip": (b"PK\x03\x04" + b"\0" * 50, "file_kind"),
    "postscript": (b"%!PS-Adobe-3.0\n", "file_kind"),
    "pdf that is a page": (PDF[:9] + b"<html>" + SCRIPT + PDF[9:], "file_kind"),
    "pdf behind a page": (b"<html>" + SCRIPT + PDF, "file_kind"),
    "pdf cut off": (PDF[:-7], "file_broken"),
    "bomb": (bomb(), "file_pixels"),
    "long bomb": (bomb(30_000, 10), "file_pixels"),
    "webp bomb": (large_webp(), "file_pixels"),
    "bomb without pixels": (bomb(6000, 6000), "file_broken"),
    "png cut off": (picture("PNG", 300, 300)[:-60], "file_broken"),
    "jpeg cut off": (photo()[:-200], "file_broken"),
    "webp cut off": (picture("WEBP", 300, 300)[:-20], "file_broken"),
    "beginnings": (b"\xff\xd8\xff\xe0" + SCRIPT * 10, "file_broken"),
    "png beginning": (b"\x89PNG\r\n\x1a\n" + SCRIPT, "file_broken"),
    "webp beginning": (b"RIFF\x00\x00\x00\x00WEBP", "file_broken"),
    "many scans": (many_scans(), "file_broken"),
}
