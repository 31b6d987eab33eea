"""Pictures are drawn anew: only the picture is left."""

import contextlib
import io
import struct
import zlib
from typing import Any

import pytest
from PIL import Image

from events.uploads import UploadError, take
from tests.events.sent_files import CANARY, picture, sent


def drawn(content):
    return take(sent(content, "photo.jpg")).content.read()


def colour(image: Image.Image, x: int, y: int) -> Any:
    return image.convert("RGB").getpixel((x, y))


@pytest.mark.parametrize("kind", ["jpg", "png", "webp"])
def test_nothing_of_the_camera_is_left(kind):
    before = picture(kind)
    assert CANARY.encode() in before
    after = drawn(before)
    for trace in (CANARY.encode(), b"Exif", b"http://ns.adobe.com", b"ICC_PROFILE", b"PK\x03\x04", b"<script>"):
        assert trace not in after
    with Image.open(io.BytesIO(after)) as image:
        assert not image.getexif()
        assert not image.getexif().get_ifd(0x8825)
        left = {name for name in map(str, image.info) if not name.startswith(("jfif", "progress"))}
        assert left <= {"loop", "background", "timestamp", "duration"}


@pytest.mark.parametrize("kind", ["jpg", "png", "webp"])
def test_what_is_seen_stays_upright(kind):
    with Image.open(io.BytesIO(drawn(picture(kind, (40, 20))))) as image:
        assert image.size == (40, 20)
        red, _green, blue = colour(image, 3, 10)
        assert red > 200 > 60 > blue
    with Image.open(io.BytesIO(drawn(picture(kind, (40, 20), turned=True)))) as image:
        assert image.size == (20, 40)
        assert colour(image, 10, 3)[0] > 200
        assert colour(image, 10, 37)[2] > 200


def test_a_large_picture_becomes_smaller():
    written = io.BytesIO()
    Image.new("L", (6000, 3000)).save(written, "PNG")
    with Image.open(io.BytesIO(drawn(written.getvalue()))) as image:
        assert image.size == (4096, 2048)


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGBA", "CMYK", "I;16"])
def test_every_way_of_writing_colours_is_read(mode):
    written = io.BytesIO()
    kind = "JPEG" if mode == "CMYK" else "PNG"
    Image.new(mode, (9, 9)).save(written, kind)
    with Image.open(io.BytesIO(drawn(written.getvalue()))) as image:
        assert image.size == (9, 9)
        assert ("A" in image.getbands()) == mode.endswith("A")


def test_of_a_moving_picture_the_first_is_kept():
    written = io.BytesIO()
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    frames[0].save(written, "WEBP", save_all=True, append_images=frames[1:], lossless=True)
    with Image.open(io.BytesIO(drawn(written.getvalue()))) as image:
        assert getattr(image, "n_frames", 1) == 1
        assert colour(image, 4, 4)[0] > 200


def png_that_says(width, height):
    """A small PNG whose head names another size."""

    def chunk(name, body):
        return struct.pack(">L", len(body)) + name + body + struct.pack(">L", zlib.crc32(name + body))

    head = struct.pack(">2L5B", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"x")) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [7_100, 10_000, 30_000, 2**31 - 1])
def test_a_picture_of_too_many_pixels_is_refused_before_it_is_drawn(side):
    with pytest.raises(UploadError, match=r"million pixels|damaged"):
        drawn(png_that_says(side, side))


@pytest.mark.filterwarnings("ignore")  # Pillow says that the picture is damaged
@pytest.mark.parametrize("at", range(20, 400, 37))
def test_a_picture_cut_or_changed_anywhere_never_fails_otherwise(at):
    for kind in ("jpg", "png", "webp"):
        whole = picture(kind)
        for content in (whole[:at], whole[:at] + b"\xff\x00\x80" + whole[at + 3 :]):
            with contextlib.suppress(UploadError):
                drawn(content)
