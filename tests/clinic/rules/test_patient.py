"""What is typed into the search, who may be one person, and when two records may be linked."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from clinic.rules.patient import (
    Identity,
    LinkFacts,
    allergy_refusals,
    contact_refusals,
    duplicate_refusals,
    link_refusals,
    may_be_one,
    read_search,
)
from clinic.rules.refusals import ClearedBy, Refusal, field_refusal

TODAY = date(2026, 4, 14)
BORN = date(1982, 9, 3)
ROSALIND = Identity(UUID(int=1), "Rosalind", "Tamarack", BORN, "(555) 555-0177")
FREE = LinkFacts(False, True, False, False, False, False)


class TestReadSearch:
    @pytest.mark.parametrize(
        ("typed", "words", "born"),
        [
            ("tama", ("tama",), None),
            ("Tamarack, ROSALIND", ("tamarack", "rosalind"), None),
            ("1982-09-03", (), BORN),
            ("1982-9-3", (), BORN),
            ("9/3/1982", (), BORN),
            ("09/03/82", (), BORN),
            ("09-03-1982", (), BORN),
            ("9.3.1982", (), BORN),
            ("3 Sep 1982", (), BORN),
            ("3 september 1982", (), BORN),
            ("Sep 3, 1982", (), BORN),
            ("tamarack 9/3/1982", ("tamarack",), BORN),
            ("1982-09-03 tama", ("tama",), BORN),
            ("1/5/26", (), date(2026, 1, 5)),
            ("4/14/26", (), TODAY),
            ("4/15/26", (), date(1926, 4, 15)),  # never still to come
            ("13/13/1982", ("13/13/1982",), None),
            ("W-004417", ("w-004417",), None),
            ("W-1982-09-03", ("w-1982-09-03",), None),  # a number of theirs that looks like a day
            ("  ", (), None),
        ],
    )
    def test_it_tells_a_birth_date_from_names_and_numbers(
        self, typed: str, words: tuple[str, ...], born: date | None
    ) -> None:
        search = read_search(typed, today=TODAY)
        assert (search.words, search.birth_date) == (words, born)


class TestMayBeOne:
    @pytest.mark.parametrize(
        ("changed", "alike"),
        [
            ({}, True),
            ({"last_name": "Tamarak"}, True),
            ({"first_name": "Rosalynd", "last_name": "tamarack"}, True),
            ({"first_name": "Tamarack", "last_name": "Rosalind"}, True),
            ({"first_name": "Otis", "last_name": "Overland"}, True),  # the same telephone
            ({"first_name": "Otis", "last_name": "Overland", "phone": "+1 555 555 0177"}, True),
            ({"first_name": "Otis", "last_name": "Overland", "phone": "555 555 0178"}, False),
            ({"first_name": "Otis", "last_name": "Overland", "phone": ""}, False),
            ({"birth_date": date(1982, 9, 4)}, False),
            ({"phone": "5555550177", "first_name": "Otis", "last_name": "Overland"}, True),
            ({"phone": "", "last_name": "Tamarak"}, True),
            ({"phone": "", "first_name": "Rosalynd", "last_name": "tamarack"}, True),
            ({"phone": "", "first_name": "TAMARACK", "last_name": "ROSALIND"}, True),
            ({"phone": "", "first_name": "Tamarack", "last_name": "Rosa"}, True),
            ({"phone": "", "first_name": "Rose", "last_name": "Tallow"}, False),
        ],
    )
    def test_it_asks_name_or_telephone_of_one_birth_date(self, changed: dict[str, object], alike: bool) -> None:
        other = replace(ROSALIND, id=UUID(int=2), **changed)  # type: ignore[arg-type]
        assert may_be_one(ROSALIND, other) is alike
        assert may_be_one(other, ROSALIND) is alike

    def test_it_takes_no_two_empty_telephones_for_one(self) -> None:
        silent = replace(ROSALIND, phone="")
        assert not may_be_one(silent, replace(silent, first_name="Otis", last_name="Overland"))

    @pytest.mark.parametrize(
        ("mine", "theirs", "alike"),
        [("Tamar", "Tamxy", True), ("Tamar", "Taxyz", False), ("Tamarackab", "Tamaraczzzz", False)],  # 12/16, 20/27
    )
    def test_it_takes_names_for_alike_from_three_quarters(self, mine: str, theirs: str, alike: bool) -> None:
        one = replace(ROSALIND, first_name="Al", last_name=mine, phone="")
        assert may_be_one(one, replace(one, last_name=theirs)) is alike

    def test_it_is_asked_once_about_each(self) -> None:
        new, one, two = replace(ROSALIND, id=None), ROSALIND, replace(ROSALIND, id=UUID(int=2))
        asked = Refusal("MAY_BE_KNOWN", {"patient_ids": (one.id, two.id)}, None, (ClearedBy.DOCUMENTATION,))
        assert duplicate_refusals(new, (one, two), asked_about=frozenset({one.id})) == (asked,)  # type: ignore[arg-type]
        both = frozenset({UUID(int=1), UUID(int=2)})
        assert duplicate_refusals(new, (one, two), asked_about=both) == ()
        assert duplicate_refusals(new, (), asked_about=frozenset()) == ()


class TestLinkRefusals:
    @pytest.mark.parametrize(
        ("fact", "value", "problem"),
        [
            ("same_record", True, "same_record"),
            ("same_organisation", False, "unknown_patient"),
            ("duplicate_is_linked", True, "linked_already"),
            ("duplicate_stands_for_others", True, "stands_for_others"),
            ("kept_is_linked", True, "kept_is_linked"),
        ],
    )
    def test_it_makes_no_chain_and_no_circle(self, fact: str, value: bool, problem: str) -> None:
        assert link_refusals(FREE, reason="Same card.") == ()
        (refusal,) = link_refusals(replace(FREE, **{fact: value}), reason="Same card.")
        assert (refusal.params["field"], refusal.params["problem"]) == ("kept_mrn", problem)

    @pytest.mark.parametrize(
        ("alike", "by_prescriber", "same", "problem"),
        [
            (False, False, False, "not_alike"),
            (False, True, False, None),
            (True, False, False, None),
            (False, False, True, "same_record"),
        ],
    )
    def test_it_is_a_prescribers_where_two_do_not_look_like_one(
        self, alike: bool, by_prescriber: bool, same: bool, problem: str | None
    ) -> None:
        facts = replace(FREE, alike=alike, by_prescriber=by_prescriber, same_record=same)
        expected = (field_refusal("kept_mrn", problem),) if problem else ()
        assert link_refusals(facts, reason="Same card.") == expected

    def test_it_says_one_thing_at_a_time_about_the_number(self) -> None:
        facts = replace(FREE, duplicate_is_linked=True, kept_is_linked=True)
        assert link_refusals(facts, reason="Same card.") == (field_refusal("kept_mrn", "linked_already"),)

    def test_it_waits_for_an_open_session_and_asks_how_one_knows(self) -> None:
        (refusal,) = link_refusals(replace(FREE, has_open_session=True), reason="Same card.")
        assert refusal == Refusal("SESSION_OPEN", {}, None, (ClearedBy.DOCUMENTATION,))
        (refusal,) = link_refusals(FREE, reason="  ")
        assert refusal.params["field"] == "reason"


@pytest.mark.parametrize(
    ("substance", "reaction", "known", "refused"),
    [
        ("Latex", "rash", ("Penicillin",), ()),
        (" latex ", "", ("Penicillin", "Latex"), (field_refusal("substance", "known_already", value="latex"),)),
        (" ", "rash", (), (field_refusal("substance", "reason_missing"),)),
        (" ", " ", (), ()),  # none known
        ("", "", ("Latex",), (field_refusal("none_known", "allergy_known"),)),
    ],
)
def test_none_known_is_an_answer_and_no_allergy_is_entered_twice(
    substance: str, reaction: str, known: tuple[str, ...], refused: tuple[Refusal, ...]
) -> None:
    assert allergy_refusals(substance, reaction, known=iter(known)) == refused


@pytest.mark.parametrize(
    ("address", "name", "phone", "relation", "refused"),
    [
        ("1 Elm St", "", "", "", ()),
        ("", "", "", "", (field_refusal("address", "nothing_entered"),)),
        ("", "Ruth", "555 0100", "", ()),
        ("", "Ruth", "", "", (field_refusal("contact_phone", "reason_missing"),)),
        ("", " ", "555 0100", "", (field_refusal("contact_name", "reason_missing"),)),
        (
            "1 Elm St",
            "",
            "",
            "sister",
            (field_refusal("contact_name", "reason_missing"), field_refusal("contact_phone", "reason_missing")),
        ),
    ],
)
def test_whoever_is_to_be_reached_has_a_name_and_a_telephone(
    address: str, name: str, phone: str, relation: str, refused: tuple[Refusal, ...]
) -> None:
    found = contact_refusals(address=address, contact_name=name, contact_phone=phone, contact_relation=relation)
    assert found == refused


@pytest.mark.parametrize(("email", "known"), [("ruth@example.org", True), ("", False), ("ruth", False)])
def test_an_e_mail_can_be_one_or_is_none(email: str, known: bool) -> None:
    said = {"address": "", "contact_name": "", "contact_phone": "", "contact_relation": ""}
    refused = field_refusal("email", "unknown_email") if email else field_refusal("address", "nothing_entered")
    assert contact_refusals(**said, email=email) == (() if known else (refused,))
