"""Words on the paper that do not stand on one another."""

import pytest

from sessions_app.presenters.curve.labels import Box, Label, Sheet, text_width


@pytest.mark.parametrize(
    ("other", "area"),
    [
        (Box(5, 5, 15, 15), 25),
        (Box(10, 0, 20, 10), 0),  # side by side
        (Box(2, 2, 4, 4), 4),
        (Box(20, 20, 30, 30), 0),
    ],
)
def test_boxes_that_only_touch_do_not_overlap(other: Box, area: float) -> None:
    assert Box(0, 0, 10, 10).overlap(other) == other.overlap(Box(0, 0, 10, 10)) == area


@pytest.mark.parametrize(("anchor", "left"), [("", 100.0), ("mid", 100 - 20.16 / 2), ("end", 100 - 20.16)])
def test_a_word_stands_where_its_anchor_says(anchor: str, left: float) -> None:
    box = Label("128", 100, 50, anchor).box

    assert box.left == pytest.approx(left)
    assert box.right - box.left == pytest.approx(text_width("128", 12)) == pytest.approx(20.16)


class TestSheet:
    def test_it_takes_the_first_place_that_is_free(self) -> None:
        sheet = Sheet([Box(95, 40, 125, 55)], bottom=300)
        taken, free = Label("128", 100, 50), Label("128", 100, 70)

        assert sheet.put([taken, free]) == free

    def test_it_leaves_out_what_has_no_place(self) -> None:
        sheet = Sheet([], bottom=300)
        sheet.put([Label("128", 100, 50)])

        assert sheet.put([Label("129", 105, 52)]) is None

    def test_it_finds_a_place_for_what_must_be_read(self) -> None:
        sheet = Sheet([Box(90, 30, 130, 60), Box(100, 60, 101, 90)], bottom=300)
        worse, better = Label("128", 100, 50), Label("128", 100, 70)

        assert sheet.put([worse, better], must=True) == better

    @pytest.mark.parametrize(("x", "y"), [(10, 50), (650, 50), (100, 12), (100, 320)])
    def test_it_keeps_words_on_the_paper(self, x: float, y: float) -> None:
        assert Sheet([], bottom=300).put([Label("128/82", x, y)]) is None
