"""Scene: a clinic that withdrew is certified again, step by step; then its representative changes."""

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from clinic.actions.certification import record_stop
from clinic.actions.requirement import record_evidence, sign_attestation
from clinic.models.certification import representatives_of, steps_of
from clinic.rules.attestations import Attestation, asked_of
from clinic.rules.certification import CertificationStatus
from clinic.rules.requirements import Requirement
from tests.browser.stage import Clinic, Wall, accessible, picture
from tests.certification import MET_BY_EVIDENCE, REMS
from tests.factories import NINE, Cast, checked_in, entry, make_cast, minutes
from tests.files import a_pdf

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NOT_CERTIFIED = "This clinic is not certified"


def withdrawn(cast: Cast) -> None:
    last = steps_of(cast.facility, REMS)[0].pk
    said = {"facility": cast.facility, "program_code": REMS, "reason": "Moved.", "after": last}
    record_stop(status=CertificationStatus.WITHDRAWN, entry=entry(), by=cast.ada, now=NINE, **said)


def nearly_everything(cast: Cast) -> None:
    """All but one attestation and how devices come in."""
    representative = representatives_of(cast.facility, REMS)[0]
    for code in asked_of(cast.facility.setting):
        if code is not Attestation.AUDITS:
            sign_attestation(representative=representative, code=code, entry=entry(), by=cast.paul, now=NINE)
    for requirement, shown in MET_BY_EVIDENCE.items():
        if requirement is not Requirement.STOCK_ROUTE:
            said = {"facility": cast.facility, "program_code": REMS, "requirement": requirement}
            record_evidence(entry=entry(), by=cast.ada, now=NINE, **said, **shown)


def test_it_is_drafted_attested_returned_confirmed_and_closed_again(
    page: Page, live_server: LiveServer, wall: Wall
) -> None:
    # Given a clinic that withdrew, with a patient who waits
    cast = make_cast()
    wall.go_to(NINE + minutes(30))
    walk = checked_in(cast)
    withdrawn(cast)
    someone = Clinic(page, live_server)

    def here() -> None:
        page.goto(f"{live_server.url}/facility/certification/{REMS}/")

    def press(name: str) -> None:
        page.get_by_role("link", name=name, exact=True).click()

    def signed_in(username: str) -> None:
        someone.sign_out()
        someone.sign_in(username)

    def at_the_gate() -> None:
        signed_in("nora")
        someone.open_session(walk.dosing_session)

    # When the administrator begins again, under another representative, and gathers what is asked
    someone.sign_in("ada")
    here()
    accessible(page)
    press("Take it up again")
    someone.save()
    press("Designate a representative")
    page.get_by_label("Authorized Representative").select_option(label="Paul Penstemon, MD")
    someone.save()
    nearly_everything(cast)
    here()
    expect(page.get_by_text("Opens when what the REMS asks is met.")).to_be_visible()
    picture(page, "certification-draft")
    page.locator("a[href*='STOCK_ROUTE']").click()
    someone.choose("answer", "BOTH")
    someone.save()

    # And the representative signs the last of the attestations
    signed_in("paul")
    here()
    page.locator("a[href$='/attest/']").click()
    accessible(page)
    picture(page, "attestation")
    someone.save()
    expect(page.get_by_text("10 of 10 signed")).to_be_visible()

    # Then it is submitted, and comes back with a finding, which is settled
    signed_in("ada")
    here()
    press("Submit")
    someone.save()
    press("Raise one")
    page.get_by_label("What is wanting").fill("No telephone number in the procedure.")
    page.get_by_label("Who sees to it").select_option(label="Nora Nightjar, RN")
    page.get_by_label("By", exact=True).fill("2026-04-20")
    someone.save()
    press("Return with findings")
    someone.save()
    accessible(page)
    picture(page, "certification-returned")
    expect(page.locator(".path .here")).to_have_text("Returned with findings")
    page.locator("a[href*=findings]").click()
    page.get_by_label("How it was settled").fill("Written in.")
    someone.save()
    for step in ("Take it up again", "Submit"):
        press(step)
        someone.save()

    # And nobody is dosed until the REMS's own word is written down, with its paper
    at_the_gate()
    expect(page.get_by_text(NOT_CERTIFIED)).to_be_visible()
    signed_in("ada")
    here()
    press("Record the REMS's confirmation")
    page.get_by_label("The REMS confirmed on").fill("2026-04-13")
    page.get_by_label("Confirmation identifier").fill("REMS-2099")
    page.get_by_label("The confirmation itself").set_input_files(
        {"name": "Letter.pdf", "mimeType": "application/pdf", "buffer": a_pdf()}
    )
    someone.save()
    accessible(page)
    picture(page, "certification-certified")
    expect(page.get_by_text("New doses may be given here.")).to_be_visible()
    at_the_gate()
    expect(page.get_by_text(NOT_CERTIFIED)).to_have_count(0)
    expect(page.get_by_text("No current Authorized Representative")).to_have_count(0)

    # When the representative changes, then the gate is closed again, at that moment
    signed_in("ada")
    here()
    press("Designate a representative")
    page.get_by_label("Authorized Representative").select_option(label="Nora Nightjar, RN")
    someone.save()
    expect(page.locator(".path .here")).to_have_text("To be confirmed anew")
    at_the_gate()
    expect(page.get_by_text("No current Authorized Representative")).to_be_visible()
