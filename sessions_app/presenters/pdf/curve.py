"""The curve of a session on paper: what ``presenters/curve/drawing.py`` says, drawn as the page draws it."""

import re
from collections.abc import Iterator
from typing import Any

from reportlab.lib import colors
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable

from sessions_app.presenters.pdf.paper import HAIRLINE, INK, SECOND, TEXT, WIDTH

_LEFT, _RIGHT = 54, 660
_BAND, _WINDOW = colors.HexColor("#fbeecf"), colors.HexColor("#eef2f4")
_STEP = re.compile(r"([A-Za-z])([^A-Za-z]*)")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?|-?\.\d+")


class Curve(Flowable):
    """``curve``: the context of ``_curve.html``."""

    def __init__(self, curve: dict[str, Any], words: dict[str, str]) -> None:
        super().__init__()
        self.curve, self.words = curve, words
        self.scale = WIDTH / float(curve["width"])
        self.width, self.height = WIDTH, float(curve["height"]) * self.scale

    def wrap(self, *_available: float) -> tuple[float, float]:
        return self.width, self.height

    def draw(self) -> None:
        canvas: Canvas = self.canv
        canvas.saveState()
        # Downwards, as on a screen.
        canvas.translate(0, self.height)
        canvas.scale(self.scale, -self.scale)
        self._ground(canvas)
        self._marks(canvas)
        canvas.restoreState()

    # --- parts, in the order of the template --------------------------------------------------------

    def _ground(self, canvas: Canvas) -> None:
        curve = self.curve
        canvas.setFillColor(_WINDOW)
        for window in curve["windows"]:
            _box(canvas, window["x"], curve["plot_top"], window["width"], window["height"])
        canvas.setFillColor(_BAND)
        for band in curve["bands"]:
            _box(canvas, _LEFT, band["top"], _RIGHT - _LEFT, band["height"])
        _line(canvas, curve["grid"], HAIRLINE, 0.4)
        _line(canvas, curve["policy"], INK, 0.8)
        _line(canvas, curve["base"], SECOND, 0.8, dash=(1, 3))
        _line(canvas, f"M{_LEFT} {curve['axis']}H{_RIGHT}", INK, 0.8)
        for word in curve["scale_words"]:
            _word(canvas, word)
        for tick in curve["ticks"]:
            _line(canvas, tick["path"], INK, 0.8)
            _word(canvas, tick)
        names = curve["names"]
        for text, y in (
            (self.words["bp"], names["bp"]),
            ("mmHg", names["bp_unit"]),
            *((self.words["line"] % each["value"], each["y"]) for each in names["lines"]),
            (self.words["pulse"], names["pulse"]),
            (self.words["per_min"], names["pulse_unit"]),
            ("SpO₂", names["spo2"]),
            (f"≥ {names['floor']['value']} %", names["floor"]["y"]),
        ):
            _word(canvas, {"x": names["x"], "y": y, "text": text, "css": ""})

    def _marks(self, canvas: Canvas) -> None:
        curve = self.curve
        _line(canvas, curve["clock_line"], INK, 0.8, dash=(4, 2))
        for device in curve["devices"]:
            _line(canvas, device["tick"], INK, 0.8)
            canvas.setFillColor(INK)
            canvas.circle(float(device["x"]), 9, 8, stroke=0, fill=1)
            _word(canvas, {**device, "y": "12.5", "text": str(device["number"]), "css": "mid"}, colour=colors.white)
        for word in curve["window_words"]:
            _word(canvas, word)
        for path in curve["bp_lines"]:
            _line(canvas, path, SECOND, 0.8)
        for mark in curve["pressures"]:
            _line(canvas, mark["stem"], SECOND, 0.6, dash=(1, 2))
            _line(canvas, mark["systolic"], INK, 1.6)
            _line(canvas, mark["diastolic"], INK, 1.6)
        _line(canvas, curve["pulse_line"], SECOND, 0.8, dash=(4, 3))
        _line(canvas, curve["spo2_line"], SECOND, 0.8)
        canvas.setFillColor(INK)
        for mark in curve["pulses"]:
            _box(canvas, mark["x"], mark["y"], 6, 6)
        for mark in curve["spo2s"]:
            canvas.circle(float(mark["x"]), float(mark["y"]), 3.5, stroke=0, fill=1)
        for path in (*curve["crosses"], *curve["late"]):
            _line(canvas, path, INK, 1.2)
        for bar in curve["lanes"]:
            self._bar(canvas, bar)
        if now := curve["now"]:
            _line(canvas, now["path"], INK, 1.2)
        for value in curve["values"]:
            _word(canvas, value, clear=True)

    def _bar(self, canvas: Canvas, bar: dict[str, Any]) -> None:
        if bar["cross"]:
            _line(canvas, bar["cross"], INK, 1.2)
        else:
            canvas.setFillColor(SECOND if bar["kind"] == "on" else colors.white)
            canvas.setStrokeColor(SECOND)
            canvas.setLineWidth(0.8)
            canvas.rect(*(float(bar[name]) for name in ("x", "y", "width", "height")), stroke=1, fill=1)
        _line(canvas, bar["arrow"], SECOND, 1)
        on_ink = bar["kind"] == "on" and "in" in bar["css"].split()
        said = {"x": bar["text_x"], "y": bar["text_y"], "text": bar["text"], "css": bar["css"]}
        _word(canvas, said, colour=colors.white if on_ink else INK)


def _box(canvas: Canvas, x: Any, y: Any, width: Any, height: Any) -> None:
    canvas.rect(float(x), float(y), float(width), float(height), stroke=0, fill=1)


def _word(canvas: Canvas, word: dict[str, Any], *, colour: Any = INK, clear: bool = False) -> None:
    """``clear``: no line runs through it."""
    if not word["text"]:
        return
    canvas.saveState()
    canvas.translate(float(word["x"]), float(word["y"]))
    canvas.scale(1, -1)
    canvas.setFillColor(colour)
    canvas.setFont(TEXT, 10.5)
    css = word["css"].split()
    draw = canvas.drawCentredString if "mid" in css else canvas.drawRightString if "end" in css else canvas.drawString
    if clear:
        canvas.setStrokeColor(colors.white)
        canvas.setLineWidth(3)
        draw(0, 0, str(word["text"]), mode=1)
    draw(0, 0, str(word["text"]))
    canvas.restoreState()


def _line(canvas: Canvas, said: str, colour: Any, width: float, *, dash: tuple[int, int] | None = None) -> None:
    if not said:
        return
    canvas.saveState()
    canvas.setStrokeColor(colour)
    canvas.setLineWidth(width)
    if dash:
        canvas.setDash(*dash)
    path, x, y = canvas.beginPath(), 0.0, 0.0
    for step, numbers in _steps(said):
        if step.lower() == "z":
            path.close()
            continue
        x, y = _goes_to(step, numbers, x, y)
        (path.moveTo if step.lower() == "m" else path.lineTo)(x, y)
    canvas.drawPath(path, stroke=1, fill=0)
    canvas.restoreState()


def _steps(said: str) -> Iterator[tuple[str, list[float]]]:
    """Each step with its numbers; of several points after one letter, the rest are lines."""
    for letter, rest in _STEP.findall(said):
        numbers = [float(number) for number in _NUMBER.findall(rest)]
        each = 1 if letter.lower() in ("h", "v") else 2
        if not numbers:
            yield letter, []
        for begin in range(0, len(numbers), each):
            yield ({"M": "L", "m": "l"}.get(letter, letter) if begin else letter), numbers[begin : begin + each]


def _goes_to(step: str, numbers: list[float], x: float, y: float) -> tuple[float, float]:
    if step.lower() == "h":
        return (numbers[0] if step == "H" else x + numbers[0]), y
    if step.lower() == "v":
        return x, (numbers[0] if step == "V" else y + numbers[0])
    if step.isupper():
        return numbers[0], numbers[1]
    return x + numbers[0], y + numbers[1]
