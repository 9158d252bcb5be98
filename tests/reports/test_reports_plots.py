"""Plots: whatever a student's code returned, an SVG that is safe in a page, or none."""

from __future__ import annotations

import io
import math
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from grader.language import say
from grader.records import Exhibit
from grader.reports.classroom import Classroom
from grader.reports.plots import class_plots, exhibit_plots, fonts
from grader.reports.plots.canvas import Plot, Sheet
from grader.reports.plots.exhibit_plots import NO_NUMBER, thin
from grader.reports.plots.own_figure import LARGEST_SIDE, data_uri, decode
from tests.reports.reports_samples import (
    HOSTILE,
    classroom,
    exhibits,
    figure_png,
    hostile,
    png_bomb,
)

SHEET = Sheet("p1", "en")
KINDS = ("losses", "prediction", "gradient")


def drawn(exhibit: Exhibit, sheet: Sheet = SHEET) -> Plot:
    plot = exhibit_plots.plot(exhibit, sheet)
    assert plot is not None
    return plot


def by_kind(kind: str, *, broken: bool = False) -> Exhibit:
    return next(each for each in exhibits(broken=broken) if each.kind == kind)


def assert_harmless(svg: str) -> None:
    root = ET.fromstring(svg)
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert tags <= {"svg", "g", "path", "defs", "use", "clipPath", "rect"}
    for element in root.iter():
        for name, value in element.attrib.items():
            assert not name.lower().startswith("on")
            assert name != "style"
            assert "script" not in value or name == "aria-label"
            if name.endswith("href"):
                assert value.startswith("#")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_plot_is_self_contained_and_says_what_it_shows(kind: str, language: str) -> None:
    plot = drawn(by_kind(kind), Sheet("p1", language))
    assert_harmless(plot.svg)
    root = ET.fromstring(plot.svg)
    assert root.get("role") == "img"
    assert root.get("aria-label") == plot.summary
    assert "currentColor" in plot.svg


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_exhibit_gives_the_same_bytes(kind: str) -> None:
    assert drawn(by_kind(kind)) == drawn(by_kind(kind))


def test_ids_are_the_plots_own() -> None:
    one = ET.fromstring(drawn(by_kind("losses"), Sheet("a", "en")).svg)
    two = ET.fromstring(drawn(by_kind("losses"), Sheet("b", "en")).svg)
    ids = [{element.get("id") for element in root.iter()} - {None} for root in (one, two)]
    assert ids[0]
    assert ids[0].isdisjoint(ids[1])
    for root, known in zip((one, two), ids, strict=True):
        used = {element.get("href", "#")[1:] for element in root.iter()} - {""}
        assert used <= known


def test_the_gradient_plot_names_what_is_off() -> None:
    assert drawn(by_kind("gradient", broken=True)).summary == "The gradient is off for W_hh."
    right = "The gradient agrees for every parameter at every time step."
    assert drawn(by_kind("gradient")).summary == right


def test_numbers_that_are_none_count_as_off() -> None:
    plot = drawn(Exhibit("q", "gradient", say("t"), labels=("W",), grid=((math.nan, 0.0),)))
    assert "W" in plot.summary
    assert exhibit_plots._level(math.nan) == NO_NUMBER
    assert [exhibit_plots._level(error) for error in (0.0, 1e-7, 1e-5, -1e-3, 0.05, 3.0, math.inf)] == [
        0, 0, 1, 2, 3, 4, 4,
    ]  # fmt: skip


def test_hostile_exhibits_give_harmless_plots_or_none() -> None:
    for exhibit in hostile().exhibits:
        plot = exhibit_plots.plot(exhibit, SHEET)
        if plot is not None:
            assert_harmless(plot.svg)
            assert "<script" not in plot.svg
            assert "\u202e" not in plot.summary


numbers = st.floats(allow_nan=True, allow_infinity=True)
lists = st.lists(numbers, max_size=40).map(tuple)


@settings(max_examples=25, deadline=None)
@given(kind=st.sampled_from(KINDS), one=lists, two=lists, label=st.text(max_size=30))
def test_any_numbers_and_labels_can_be_drawn(
    kind: str, one: tuple[float, ...], two: tuple[float, ...], label: str
) -> None:
    series = {"losses": one, "predicted": one, "true": two}
    plot = exhibit_plots.plot(
        Exhibit("q", kind, say("t"), series=series, labels=(label, HOSTILE), grid=(one, two)), SHEET
    )
    if plot is not None:
        assert_harmless(plot.svg)


def test_long_series_are_thinned_and_keep_their_ends() -> None:
    steps, values = thin([float(i) for i in range(100_001)])
    assert len(values) <= exhibit_plots.MOST_POINTS + 1
    assert (steps[0], steps[-1]) == (0, 100_000)
    assert thin([math.nan, 1.0, math.inf, 2.0, 1e300]) == ([1, 3], [1.0, 2.0])


def test_without_a_chinese_font_the_labels_speak_english(monkeypatch: pytest.MonkeyPatch) -> None:
    fonts.families.cache_clear()
    with monkeypatch.context() as patch:
        patch.setattr(fonts, "CHINESE_FONTS", ())
        assert fonts.speakable("zh") == "en"
        assert fonts.drawable("梯W") == "?W"
        fallback = drawn(by_kind("losses"), Sheet("p1", "zh"))
        english = drawn(by_kind("losses"), Sheet("p1", "en"))
        assert fallback.svg.split("<g", 1)[1] == english.svg.split("<g", 1)[1]
        assert fallback.summary != english.summary  # the page can speak Chinese all the same
    fonts.families.cache_clear()


def test_the_class_plots_say_what_they_show() -> None:
    room = Classroom()
    for each in classroom(60):
        room.add(each)
    scores = [row.auto for row in room.scored]
    made = [
        class_plots.distribution(scores, 60, SHEET),
        class_plots.by_question(list(room.questions.values()), SHEET),
        class_plots.by_case(list(room.cases.values()), SHEET),
    ]
    for plot in made:
        assert plot is not None
        assert_harmless(plot.svg)
    assert made[0] is not None
    assert "60 students" in made[0].summary


def test_an_empty_class_has_no_plots() -> None:
    assert class_plots.distribution([], 60, SHEET) is None
    assert class_plots.by_question([], SHEET) is None
    assert class_plots.by_case([], SHEET) is None


def test_a_students_figure_is_drawn_anew_without_its_metadata() -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", HOSTILE)
    out = io.BytesIO()
    with Image.open(io.BytesIO(figure_png())) as picture:
        picture.save(out, "PNG", pnginfo=info)
    shown = decode(out.getvalue() + b"<script>trailing</script>")
    assert shown is not None
    assert shown.size == (640, 400)
    assert shown.info == {}


@pytest.mark.parametrize(
    "data",
    [b"", b"<svg onload=alert(1)>", b"\x89PNG\r\n\x1a\n", figure_png()[:500], b"GIF89a" + bytes(50), b"x" * (9 << 20)],
)  # fmt: skip
def test_what_is_no_picture_is_not_shown(data: bytes) -> None:
    assert data_uri(data) is None


def test_a_decompression_bomb_is_not_unpacked() -> None:
    assert data_uri(png_bomb()) is None


def test_a_large_picture_is_scaled_down() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (3000, 1000), (255, 0, 0, 128)).save(out, "PNG")
    shown = decode(out.getvalue())
    assert shown is not None
    assert max(shown.size) == LARGEST_SIDE
    assert shown.mode == "RGB"
