"""Pictures of a report: drawn anew, upright, bounded; what is none is not shown."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from grader.batch import report_pictures
from grader.records import ReportPicture, Submission
from grader.scoring.shown_pictures import LARGEST_SIDE, by_name, shown


def saved(path: Path, picture: Image.Image, kind: str, **options: object) -> Path:
    picture.save(path, kind, **options)
    return path


def opened(data: bytes | None) -> Image.Image:
    assert data is not None
    return Image.open(io.BytesIO(data))


def test_a_photo_is_turned_upright_and_carries_nothing_else(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010E] = "a secret"
    picture = opened(shown(saved(tmp_path / "a", Image.new("RGB", (300, 200)), "JPEG", exif=exif)))
    assert picture.size == (200, 300)
    assert not picture.getexif()


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF", "BMP"])
def test_common_kinds_become_jpeg(tmp_path: Path, kind: str) -> None:
    assert (
        opened(shown(saved(tmp_path / "a", Image.new("P", (40, 30)).convert("RGB"), kind))).format
        == "JPEG"
    )


def test_a_phones_heic(tmp_path: Path) -> None:
    heif = pytest.importorskip("pillow_heif")
    heif.register_heif_opener()
    path = saved(tmp_path / "a", Image.new("RGB", (320, 240), "red"), "HEIF")
    assert opened(shown(path)).size == (320, 240)


def test_forty_megapixels_are_shown_small(tmp_path: Path) -> None:
    path = saved(tmp_path / "a", Image.new("L", (8000, 5000)), "JPEG")
    assert max(opened(shown(path)).size) <= LARGEST_SIDE


@pytest.mark.parametrize(
    "data",
    [b"", b"<svg><script>alert(1)</script></svg>", b"\x89PNG\r\n\x1a\n" + b"x" * 50, b"text"],
)
def test_what_is_no_picture_is_not_shown(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a").write_bytes(data)
    assert shown(tmp_path / "a") is None
    assert shown(tmp_path / "not there") is None


def test_a_link_means_the_picture_by_its_last_part() -> None:
    came = (ReportPicture("mail/图/Loss.PNG", "a" * 64, 1, linked=True),)
    assert by_name(came, "figures\\loss.png") == "a" * 64
    assert by_name(came, "./Loss.PNG?raw=1") == "a" * 64
    assert by_name(came, "other.png") == ""


def test_pictures_are_kept_in_out_and_read_once(tmp_path: Path) -> None:
    from hashlib import sha256

    inbox, out = tmp_path / "inbox", tmp_path / "out"
    inbox.mkdir()
    saved(inbox / "a.png", Image.new("RGB", (40, 30)), "PNG")
    data = (inbox / "a.png").read_bytes()
    digest = sha256(data).hexdigest()
    one = Submission(
        "1", "a", None, pictures=(ReportPicture("a.png", digest, len(data), linked=True),)
    )
    assert report_pictures.keep([inbox], [one], out) == 1
    assert (out / "pictures" / digest).read_bytes() == data
    assert report_pictures.keep([inbox], [one], out) == 0
