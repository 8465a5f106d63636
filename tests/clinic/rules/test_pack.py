"""A pack by its code: which product, may it come in, which of its devices is handed over."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.rules.pack import (
    PackCode,
    Product,
    check_digit,
    choose_device,
    devices_in,
    gtin_of,
    label_refusals,
    ndc_digits_of,
    product_of,
    receiving_refusals,
)
from clinic.rules.refusals import Refusal
from clinic.rules.stock import StockDevice, StockKind, numbers_from

TODAY = date(2026, 4, 14)
TWO, THREE = Product("50458-028-02", 2), Product("50458-028-03", 3)
CODE = PackCode(gtin_of(THREE.ndc), TODAY + timedelta(days=30), "L-1", "S1")
FIRST = StockDevice("D-1", CODE.expires_date, StockKind.BULK, False, TODAY, given=False)
SECOND = replace(FIRST, number="D-2")


def problems(refusals: tuple[Refusal, ...]) -> list[object]:
    assert {refusal.code for refusal in refusals} <= {"PACK", "DEVICE"}
    return [refusal.params["problem"] for refusal in refusals]


class TestTheNumber:
    @pytest.mark.parametrize(
        ("payload", "digit"), [("0035045802802", "7"), ("0703206980498", "8"), ("0000000000000", "0")]
    )
    def test_it_ends_in_the_digit_of_gs1(self, payload: str, digit: str) -> None:
        assert check_digit(payload) == digit

    @given(ndc=st.from_regex(r"[0-9]{5}-[0-9]{3}-[0-9]{2}", fullmatch=True), indicator=st.sampled_from("012345678"))
    def test_it_leads_back_to_its_ndc(self, ndc: str, indicator: str) -> None:
        gtin = gtin_of(ndc, indicator=indicator)

        assert (len(gtin), gtin[-1]) == (14, check_digit(gtin[:-1]))
        assert ndc_digits_of(gtin) == ndc.replace("-", "")
        assert product_of(gtin, (Product(ndc, 1),)) == Product(ndc, 1)

    @given(ndc=st.from_regex(r"[0-9]{10}", fullmatch=True), at=st.integers(0, 13), digit=st.sampled_from("0123456789"))
    def test_it_shows_one_wrong_digit(self, ndc: str, at: int, digit: str) -> None:
        gtin = gtin_of(ndc)
        wrong = gtin[:at] + digit + gtin[at + 1 :]

        assert (check_digit(wrong[:-1]) == wrong[-1]) == (wrong == gtin)

    def test_it_is_no_ndc_of_another_country(self) -> None:
        assert ndc_digits_of("07032069804988") == ""
        assert product_of("07032069804988", (TWO, THREE)) is None

    def test_it_holds_its_devices_where_it_is_on_the_single_pack(self) -> None:
        assert devices_in(gtin_of(TWO.ndc), TWO) == 2
        assert devices_in(gtin_of(TWO.ndc, indicator="5"), TWO) is None


class TestReceiving:
    @pytest.mark.parametrize(
        ("product", "days", "received", "expected"),
        [
            (THREE, 0, (), []),
            (THREE, 1, (), ["expired"]),
            (THREE, 0, ("D-1", "D-2"), ["received"]),
            (THREE, 1, ("D-1",), ["expired", "received"]),
            (None, 0, (), ["other_product"]),
        ],
    )
    def test_it_takes_a_pack_of_the_programme_up_to_its_last_day_once(
        self, product: Product | None, days: int, received: tuple[str, ...], expected: list[str]
    ) -> None:
        today = CODE.expires_date + timedelta(days=days)

        assert problems(receiving_refusals(CODE, product=product, received=received, today=today)) == expected

    @pytest.mark.parametrize(
        ("changed", "field"),
        [({}, None), ({"lot": "L-2"}, "lot"), ({"expires_date": TODAY}, "expires_date"), ({"devices": 4}, "devices")],
    )
    def test_it_is_entered_as_scanned(self, changed: dict[str, object], field: str | None) -> None:
        said = {"lot": CODE.lot, "expires_date": CODE.expires_date, "devices": 3, **changed}
        refusals = label_refusals(CODE, product=THREE, **said)  # type: ignore[arg-type]

        assert [refusal.params["field"] for refusal in refusals] == ([field] if field else [])

    def test_it_may_hold_fewer_and_a_case_any_number(self) -> None:
        case = replace(CODE, gtin=gtin_of(THREE.ndc, indicator="5"))
        for code, devices in ((CODE, 1), (case, 30)):
            said = {"lot": CODE.lot, "expires_date": CODE.expires_date, "devices": devices}
            assert label_refusals(code, product=THREE, **said) == ()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("number", "count", "expected"),
    [
        ("W-9", 3, ("W-9", "W-10", "W-11")),
        ("W-099", 2, ("W-099", "W-100")),
        ("7", 2, ("7", "8")),
        ("blue", 1, ("blue",)),
        ("blue", 2, ()),
        ("", 2, ()),
        ("9" * 20, 2, ()),
    ],
)
def test_counts_on_from_a_number(number: str, count: int, expected: tuple[str, ...]) -> None:
    assert numbers_from(number, count) == expected


OWN = replace(FIRST, number="D-3", kind=StockKind.PATIENT_SPECIFIC, for_this_patient=True)
OTHERS = replace(OWN, for_this_patient=False)
GIVEN = replace(FIRST, given=True)
LONG_KEPT = replace(OWN, received_date=TODAY - timedelta(days=46))


class TestHandingOver:
    @pytest.mark.parametrize(
        ("pack", "alike", "expected"),
        [
            ([FIRST, SECOND], [], "D-1"),
            ([GIVEN, SECOND], [], "D-2"),
            ([OWN], [], "D-3"),
            ([OTHERS, SECOND], [], "D-2"),
            ([FIRST], [SECOND], "D-1"),
            ([], [FIRST], "D-1"),
            ([], [GIVEN, SECOND], "D-2"),
            ([GIVEN], [SECOND], ["all_given"]),
            ([GIVEN, replace(SECOND, given=True)], [], ["all_given"]),
            ([], [FIRST, SECOND], ["several"]),
            ([], [], ["not_received"]),
            ([OTHERS], [], ["other_patient"]),
            ([], [OTHERS], ["other_patient"]),
            ([LONG_KEPT], [], ["use_by"]),
        ],
    )
    def test_it_chooses_the_device_that_this_patient_may_have(
        self, pack: list[StockDevice], alike: list[StockDevice], expected: object
    ) -> None:
        choice = choose_device(CODE, product=THREE, pack=pack, alike=alike, today=TODAY, patient_stock_days=45)

        assert (choice.number or problems(choice.refusals)) == expected
        assert bool(choice.number) == (choice.refusals == ())

    @pytest.mark.parametrize(("days", "expected"), [(-1, []), (0, []), (1, ["expired"])])
    def test_it_asks_the_last_day_of_the_code(self, days: int, expected: list[str]) -> None:
        today = CODE.expires_date + timedelta(days=days)
        choice = choose_device(CODE, product=THREE, pack=[FIRST], alike=[], today=today, patient_stock_days=45)

        assert problems(choice.refusals) == expected

    def test_it_knows_no_other_product(self) -> None:
        choice = choose_device(CODE, product=None, pack=[FIRST], alike=[], today=TODAY, patient_stock_days=45)

        assert problems(choice.refusals) == ["other_product"]
