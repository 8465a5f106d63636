"""What a scanner types, read."""

from datetime import date

import pytest

from clinic.data_matrix import read_code
from clinic.rules.pack import PackCode
from clinic.rules.refusals import ActionRefused

GS = "\x1d"
GTIN = "00350458028034"
CODE = PackCode(GTIN, date(2027, 12, 31), "L7-7", "S0012")


def problem_of(text: str, *, caps_lock: bool = False) -> object:
    with pytest.raises(ActionRefused) as caught:
        read_code(text, caps_lock=caps_lock)
    (refusal,) = caught.value.refusals
    assert refusal.code == "PACK"
    return refusal.params["problem"]


@pytest.mark.parametrize(
    "text",
    [
        f"01{GTIN}1727123110L7-7{GS}21S0012",
        f"]d201{GTIN}1727123110L7-7{GS}21S0012",
        f"]d201{GTIN}17271231{GS}10L7-7{GS}21S0012{GS}",
        f"{GS}01{GTIN}21S0012{GS}1727123110L7-7\r\n",
        f"01{GTIN}21S0012{GS}10L7-7{GS}17271200",  # day 00 is the month's last
        f"01{GTIN}1727123110L7-721S0012",  # the separator dropped
        f"]d201{GTIN}21S00121727123110L7-7",
        f"(01){GTIN}(17)271231(10)L7-7(21)S0012",
        f" (01) {GTIN} (17) 271200 (10) L7-7 (21) S0012 ",
        f"01{GTIN}1727123110L7-7{GS}21S0012{GS}91EXTRA",  # a field nobody asked
    ],
)
def test_reads_a_pack_as_scanners_send_it(text: str) -> None:
    assert read_code(text) == CODE


def test_reads_what_it_prints() -> None:
    assert read_code(CODE.printed) == CODE
    assert read_code("(01)00350458028034(17)280200(10)A(21)B").expires_date == date(2028, 2, 29)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "nothing"),
        (" \r\n", "nothing"),
        (f"]D201{GTIN}17271231", "caps_lock"),
        (f"+d201{GTIN}1727123110L7-721S0012", "keyboard"),
        ("à&àà\"('(-à", "keyboard"),
        ("350458028035", "bar_code"),
        ("00350458028034", "bar_code"),
        ("HELLO", "not_a_pack"),
        ("https://wrenfield.example/1", "not_a_pack"),
        ("01" * 120, "not_a_pack"),
        (f"01{GTIN}1727133110L1{GS}21S1", "not_a_pack"),  # month 13
        (f"01{GTIN}10A{GS}10B{GS}17271231{GS}21S1", "not_a_pack"),  # two lots
        (f"01{GTIN[:-1]}61727123110L1{GS}21S1", "misread"),
        (f"17271231{GS}10L1{GS}21S1", "no_product"),
        (f"01{GTIN}10L1{GS}21S1", "no_expiry"),
        (f"01{GTIN}17271231{GS}21S1", "no_lot"),
        (f"01{GTIN}1727123110L1", "no_serial"),
        (f"01{GTIN}1727123110A21B21C", "no_separator"),
    ],
)
def test_says_what_is_wrong_with_a_scan(text: str, problem: str) -> None:
    assert problem_of(text) == problem


def test_takes_letters_turned_round_by_caps_lock_for_what_they_are() -> None:
    turned = f"01{GTIN}1727123110l7-7{GS}21s0012"
    assert problem_of(turned, caps_lock=True) == "caps_lock"
    assert read_code(f"]d2{turned}", caps_lock=True).lot == "l7-7"  # the scanner minds the lock by itself
    assert read_code(f"01{GTIN}172712311077{GS}2112", caps_lock=True).lot == "77"
