"""The people of the floor in a real browser: the shift changes, a patient sits elsewhere, an order by telephone."""

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from sessions_app.models import PrescriberContact, Watch
from tests.browser.stage import Clinic, Wall, accessible, in_the_dark, picture
from tests.factories import (
    LAST_DEVICE,
    NINE,
    Cast,
    Walk,
    arrive,
    checked_in,
    full_check,
    in_monitoring,
    make_cast,
    make_course,
    make_patient,
    minutes,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TWO = LAST_DEVICE + minutes(25)


def three_chairs(cast: Cast) -> list[Walk]:
    """One before the dose, two in monitoring, one of them drowsy."""
    names = (("Rosalind", "Tamarack"), ("Hugo", "Hawthorn"), ("Maud", "Larkspur"))
    courses = [make_course(cast, patient=make_patient(cast, name=name)) for name in names]
    walks = [in_monitoring(cast, of_course=course) for course in courses[:2]]
    walks[1].check(LAST_DEVICE + minutes(20), full_check(134, 86))
    return [*walks, checked_in(cast, of_course=courses[2], now=NINE + minutes(40))]


def test_three_chairs_change_hands_with_the_shift(page: Page, live_server: LiveServer, wall: Wall) -> None:
    # given three chairs that nobody watches, and a second nurse who has arrived
    cast = make_cast()
    walks = three_chairs(cast)
    wall.go_to(TWO)
    arrive(cast, cast.nils, now=TWO)
    clinic = Clinic(page, live_server)
    clinic.sign_in("nora")

    # when the nurse takes them, one press each, from the session and from her list
    clinic.open_session(walks[0].dosing_session)
    page.get_by_role("button", name="I watch this chair").click()
    clinic.saved()
    expect(page.locator(".people-watch")).to_contain_text("Nora Nightjar watches, since 10:00")
    page.goto(f"{live_server.url}/")
    page.get_by_role("link", name="My chairs").click()
    accessible(page)
    for name in ("Hugo Hawthorn", "Maud Larkspur"):
        page.locator(".chair-card", has_text=name).get_by_role("button").click()
        clinic.saved()
    expect(page.get_by_role("heading", name="Nobody watches these")).to_have_count(0)
    picture(page, "people-my-chairs")

    # and hands over with one state missing
    page.get_by_role("link", name="Hand over").click()
    states = ("Awake, bored.", "Drowsy, wakes when spoken to, repeat BP at 10:15.", "Has not eaten since seven.")
    for walk, state in list(zip(walks, states, strict=True))[:2]:
        page.locator(f"[name=state_{walk.dosing_session.pk}]").fill(state)
    clinic.choose("receiver", str(cast.nils.pk))
    page.get_by_role("button", name="Hand over the ticked chairs").click()

    # then nothing is handed over, and what was typed stands there
    expect(page.locator(".error-summary")).to_contain_text("Chair 3, Maud Larkspur: Say in a few words")
    expect(page.locator(f"[name=state_{walks[1].dosing_session.pk}]")).to_have_value(states[1])
    accessible(page)
    in_the_dark(page, accessible)
    picture(page, "people-hand-over")
    assert not Watch.objects.filter(handed_over_by__isnull=False).exists()

    # when it is complete
    page.locator(f"[name=state_{walks[2].dosing_session.pk}]").fill(states[2])
    page.get_by_role("button", name="Hand over the ticked chairs").click()
    clinic.saved()
    expect(page.locator("main")).to_contain_text("You watch nobody now.")
    clinic.sign_out()

    # then the second nurse reads it at the top of each session
    clinic.sign_in("nils", opens=None)
    page.goto(f"{live_server.url}/my-chairs/")
    expect(page.locator(".chair-card")).to_have_count(3)
    clinic.open_session(walks[1].dosing_session)
    handed = page.locator(".people-handed")
    expect(handed).to_contain_text("Handed over by Nora Nightjar to Nils Quince at 10:00")
    expect(handed).to_contain_text(states[1])
    accessible(page)
    picture(page, "people-session")


def test_a_patient_sits_elsewhere(page: Page, live_server: LiveServer, wall: Wall) -> None:
    # given two patients in two chairs
    cast = make_cast()
    walk, other = in_monitoring(cast), in_monitoring(cast)
    wall.go_to(TWO)
    clinic = Clinic(page, live_server)
    clinic.sign_in("fred", opens=None)
    clinic.open_session(walk.dosing_session)

    # when the desk moves one to where the other sits
    page.get_by_role("link", name="Another chair").click()
    page.locator("[name=chair]").fill(other.dosing_session.chair)
    clinic.save()

    # then it says who sits there, and nobody has moved
    expect(page.locator(".invalid-feedback").first).to_contain_text("Chair 2 is taken: Rosalind Tamarack sits there.")
    accessible(page)

    # when it is a free one
    page.locator("[name=chair]").fill("7")
    clinic.save()
    clinic.saved()
    expect(page.locator(".person .sign text")).to_have_text("7")


def test_what_the_prescriber_says_by_telephone_is_read_back(page: Page, live_server: LiveServer, wall: Wall) -> None:
    # given a pressure above the line
    cast = make_cast()
    walk = in_monitoring(cast)
    walk.check(TWO - minutes(2), full_check(168, 97))
    wall.go_to(TWO)
    clinic = Clinic(page, live_server)
    clinic.sign_in("nora", opens=None)
    clinic.open_session(walk.dosing_session)
    before = page.locator(".gate .refusal").count()

    # when the prescriber orders by telephone and nobody reads it back
    page.get_by_role("link", name="Prescriber", exact=True).click()
    expect(page.locator("main")).to_contain_text("It opens no gate")
    page.locator("[name=prescriber]").select_option(label="Paul Penstemon, MD")
    clinic.choose("how", "TELEPHONE")
    page.locator("[name=said]").fill("Repeat in ten minutes, call me above 180.")
    clinic.save()

    # then it is not written down
    expect(page.locator(".invalid-feedback").first).to_contain_text("Read it back")
    expect(page.locator("[name=said]")).to_have_value("Repeat in ten minutes, call me above 180.")
    accessible(page)
    in_the_dark(page, accessible)
    assert not PrescriberContact.objects.exists()

    # when it was
    page.locator("[name=read_back]").check(force=True)
    clinic.save()
    clinic.saved()

    # then it stands there, and the gate holds as before
    expect(page.locator(".events")).to_contain_text("Paul Penstemon by telephone, read back: Repeat in ten minutes")
    assert page.locator(".gate .refusal").count() == before
