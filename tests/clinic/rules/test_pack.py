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
    choose_devices,
    devices_in,
    gtin_of,
    label_refusals,
    ndc_digits_of,
    product_of,
    receiving_refusals,
)
from clinic.rules.refusals import ClearedBy, Refusal, field_refusal
from clinic.rules.stock import StockDevice, StockKind, device_refusals, numbers_from

TODAY = date(2026, 4, 14)
TWO, THREE = Product("50458-028-02", 2), Product("50458-028-03", 3)
CODE = PackCode(gtin_of(THREE.ndc), TODAY + timedelta(days=30), "L-1", "S1")
FIRST = StockDevice("D-1", CODE.expires_date, StockKind.BULK, False, TODAY, given=False)
SECOND = replace(FIRST, number="D-2")


def refused(problem: str, **params: object) -> Refusal:
    return Refusal("PACK", {"problem": problem, **params}, None, (ClearedBy.OTHER,))


EXPIRED, ANOTHER = refused("expired", date=CODE.expires_date), refused("other_product", ndc="5045802803")


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

    def test_it_is_that_of_the_single_pack_where_nothing_was_scanned(self) -> None:
        case = replace(CODE, gtin=gtin_of(THREE.ndc, indicator="5"))
        assert (case.product_gtin, THREE.gtin) == (CODE.gtin, CODE.gtin)
        assert case.gtin != CODE.gtin == "00350458028034"


class TestReceiving:
    @pytest.mark.parametrize(
        ("product", "days", "received", "expected"),
        [
            (THREE, 0, (), ()),
            (THREE, 1, (), (EXPIRED,)),
            (THREE, 0, ("D-1", "D-2"), (refused("received", numbers=("D-1", "D-2")),)),
            (THREE, 1, ("D-1",), (EXPIRED, refused("received", numbers=("D-1",)))),
            (None, 0, (), (ANOTHER,)),
        ],
    )
    def test_it_takes_a_pack_of_the_programme_up_to_its_last_day_once(
        self, product: Product | None, days: int, received: tuple[str, ...], expected: tuple[Refusal, ...]
    ) -> None:
        today = CODE.expires_date + timedelta(days=days)

        assert receiving_refusals(CODE, product=product, received=received, today=today) == expected

    def test_it_names_what_is_no_us_drug_by_its_whole_number(self) -> None:
        code = replace(CODE, gtin="07032069804988")
        assert receiving_refusals(code, product=None, received=(), today=TODAY) == (
            refused("other_product", ndc="07032069804988"),
        )

    @pytest.mark.parametrize(
        ("changed", "refused"),
        [
            ({}, ()),
            ({"lot": "L-2"}, (field_refusal("lot", "not_as_scanned", value="L-1"),)),
            (
                {"expires_date": TODAY},
                (field_refusal("expires_date", "not_as_scanned", value=CODE.expires_date),),
            ),
            ({"devices": 4}, (field_refusal("devices", "not_as_scanned", value=3),)),
        ],
    )
    def test_it_is_entered_as_scanned(self, changed: dict[str, object], refused: tuple[Refusal, ...]) -> None:
        said = {"lot": CODE.lot, "expires_date": CODE.expires_date, "devices": 3, **changed}
        assert label_refusals(CODE, product=THREE, **said) == refused  # type: ignore[arg-type]

    def test_it_may_hold_fewer_and_a_case_any_number(self) -> None:
        case = replace(CODE, gtin=gtin_of(THREE.ndc, indicator="5"))
        for code, product, devices in ((CODE, THREE, 1), (case, THREE, 30), (CODE, None, 30)):
            said = {"lot": CODE.lot, "expires_date": CODE.expires_date, "devices": devices}
            assert label_refusals(code, product=product, **said) == ()  # type: ignore[arg-type]


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
THIRD = replace(FIRST, number="D-4")
LONG_KEPT = replace(OWN, received_date=TODAY - timedelta(days=46))


def not_given(device: StockDevice) -> tuple[Refusal, ...]:
    return device_refusals(device, today=TODAY, patient_stock_days=45)


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
            ([GIVEN], [SECOND], (refused("all_given", numbers=("D-1",)),)),
            ([GIVEN, replace(SECOND, given=True)], [], (refused("all_given", numbers=("D-1", "D-2")),)),
            ([], [GIVEN, SECOND, THIRD], (refused("several", numbers=("D-2", "D-4")),)),
            ([], [], (refused("not_received", serial="S1"),)),
            ([OTHERS], [], not_given(OTHERS)),
            ([], [OTHERS], not_given(OTHERS)),
            ([LONG_KEPT], [], not_given(LONG_KEPT)),
            ([LONG_KEPT, OTHERS], [], not_given(LONG_KEPT)),
        ],
    )
    def test_it_chooses_the_device_that_this_patient_may_have(
        self, pack: list[StockDevice], alike: list[StockDevice], expected: object
    ) -> None:
        choice = choose_devices(CODE, product=THREE, pack=pack, alike=alike, today=TODAY, patient_stock_days=45)

        assert (choice.number, choice.refusals) == ((expected, ()) if isinstance(expected, str) else ("", expected))

    @pytest.mark.parametrize(
        ("count", "numbers"),
        [((), ("D-1",)), ((0,), ("D-1",)), ((1,), ("D-1",)), ((2,), ("D-1", "D-4")), ((3,), ("D-1", "D-4"))],
    )
    def test_it_chooses_as_many_as_are_asked_for_and_there(
        self, count: tuple[int, ...], numbers: tuple[str, ...]
    ) -> None:
        pack = [FIRST, replace(SECOND, recalled=True), THIRD]
        choice = choose_devices(CODE, *count, product=THREE, pack=pack, alike=[], today=TODAY, patient_stock_days=45)
        assert choice.numbers == numbers

    @pytest.mark.parametrize(("days", "expected"), [(-1, ()), (0, ()), (1, (EXPIRED,))])
    def test_it_asks_the_last_day_of_the_code(self, days: int, expected: tuple[Refusal, ...]) -> None:
        today = CODE.expires_date + timedelta(days=days)
        choice = choose_devices(CODE, product=THREE, pack=[FIRST], alike=[], today=today, patient_stock_days=45)

        assert choice.refusals == expected

    def test_it_knows_no_other_product(self) -> None:
        choice = choose_devices(CODE, product=None, pack=[FIRST], alike=[], today=TODAY, patient_stock_days=45)

        assert choice.refusals == (ANOTHER,)
