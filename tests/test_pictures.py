"""Pictures drawn anew: upright, no larger than is kept, and with nothing in them but pixels."""

import io

import pytest
from PIL import Image

from app import pictures
from app.pictures import Kind, Unfit
from tests.files import MARK, REFUSED, SCRIPT, annotated, photo, picture


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def redrawn(content: bytes) -> Image.Image:
    full, _ = pictures.redraw(content, pictures.recognise(content))
    image = opened(full.content)
    assert (image.format, image.size) == ("WEBP", (full.width, full.height))
    return image.convert("RGB")


def test_nothing_of_what_the_camera_noted_stays() -> None:
    sent = photo()
    assert (MARK.encode() in sent, opened(sent).getexif().get_ifd(0x8825)[2]) == (True, (21.0, 2.0, 3.0))  # fmt: skip
    for made in pictures.redraw(sent, Kind.JPEG):
        image = opened(made.content)
        assert (dict(image.getexif()), {"exif", "icc_profile", "xmp"} & set(image.info)) == (
            {},
            set(),
        )
        assert MARK.encode() not in made.content


@pytest.mark.parametrize("sent", [annotated(), picture("WEBP", exif=b"Exif\0\0" + MARK.encode(), xmp=MARK.encode()), photo() + SCRIPT + MARK.encode()], ids=["png", "webp", "behind"])  # fmt: skip
def test_nothing_hidden_beside_the_pixels_stays(sent: bytes) -> None:
    assert MARK.encode() in sent
    for made in pictures.redraw(sent, pictures.recognise(sent)):
        assert MARK.encode() not in made.content
        assert b"script" not in made.content


@pytest.mark.parametrize(
    ("orientation", "corner", "size"),
    [(1, (3, 3), (64, 40)), (2, (60, 3), (64, 40)), (3, (60, 36), (64, 40)), (4, (3, 36), (64, 40)),
     (5, (3, 3), (40, 64)), (6, (36, 3), (40, 64)), (7, (36, 60), (40, 64)), (8, (3, 60), (40, 64))],
)  # fmt: skip
def test_a_photo_stands_upright(orientation: int, corner: tuple[int, int], size: tuple[int, int]) -> None:  # fmt: skip
    image = redrawn(photo(orientation))
    assert image.size == size
    red, green, _ = image.getpixel(corner)  # type: ignore[misc]
    assert (red > 200, green < 60) == (True, True)


def test_sizes() -> None:
    full, preview = pictures.redraw(picture("JPEG", 3000, 1500), Kind.JPEG)
    assert (full.width, full.height, preview.width, preview.height) == (2048, 1024, 480, 240)
    full, preview = pictures.redraw(picture("PNG", 9000, 2), Kind.PNG)
    assert (full.width, full.height, preview.width, preview.height) == (2048, 1, 480, 1)
    full, preview = pictures.redraw(picture("PNG", 40, 30), Kind.PNG)
    assert (full.width, full.height, preview.width, preview.height) == (40, 30, 40, 30)


@pytest.mark.parametrize(("kind", "mode"), [("PNG", "1"), ("PNG", "L"), ("PNG", "P"), ("PNG", "RGBA"), ("PNG", "LA"), ("JPEG", "CMYK"), ("JPEG", "L"), ("WEBP", "RGBA")])  # fmt: skip
def test_every_way_to_write_colours(kind: str, mode: str) -> None:
    image = redrawn(picture(kind, mode=mode))
    assert image.getpixel((2, 2)) != image.getpixel((38, 28))


def test_what_is_transparent_stays_so() -> None:
    made = io.BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(made, "PNG")
    full, _ = pictures.redraw(made.getvalue(), Kind.PNG)
    assert opened(full.content).convert("RGBA").getpixel((5, 5))[3] == 0  # type: ignore[index]


def test_sixteen_bits_of_grey_stay_grey() -> None:
    made = io.BytesIO()
    Image.new("I;16", (20, 20), 40_000).save(made, "PNG")
    full, _ = pictures.redraw(made.getvalue(), Kind.PNG)
    assert 140 < opened(full.content).convert("L").getpixel((5, 5)) < 170  # type: ignore[operator]


@pytest.mark.parametrize("kind", ["WEBP", "PNG"])
def test_an_animated_one_becomes_its_first_frame(kind: str) -> None:
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue", "green")]
    made = io.BytesIO()
    frames[0].save(made, kind, save_all=True, append_images=frames[1:], duration=50)
    assert getattr(opened(made.getvalue()), "n_frames", 1) == 3
    full, _ = pictures.redraw(made.getvalue(), pictures.recognise(made.getvalue()))
    image = opened(full.content)
    assert (getattr(image, "n_frames", 1), image.convert("RGB").getpixel((5, 5))[0] > 200) == (
        1,
        True,
    )  # type: ignore[index]


@pytest.mark.parametrize("name", [name for name in REFUSED if name != "no bytes"])
def test_a_hostile_file_is_refused(name: str) -> None:
    content, key = REFUSED[name]
    with pytest.raises(Unfit) as refused:
        pictures.redraw(content, pictures.recognise(content))
    assert f"file_{refused.value.key}" == key
