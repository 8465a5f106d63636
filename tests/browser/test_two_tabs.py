"""Two tabs share what was kept of one form, and its number: what is typed in the second is not the first's."""

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.stage import Clinic, accessible, picture
from tests.browser.test_drafts import banner, charted, drafts, nora, type_pressure

__all__ = ["nora"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_two_tabs_on_one_form_save_both_readings(nora: Clinic, context: BrowserContext) -> None:
    # given one reading half typed, and the same form opened beside it, where it comes back
    type_pressure(nora)
    drafts(nora.page, 1)
    beside = Clinic(context.new_page(), nora.server)
    beside.page.goto(nora.page.url)
    expect(banner(beside.page, "kept")).to_be_visible()

    # when the first is saved, and another one in the second
    nora.save()
    nora.saved()
    beside.page.locator("[name=systolic_mmhg]").fill("162")
    beside.save()

    # then it is not said to be saved, nor lost if its tab is closed
    expect(beside.page.locator(".refused")).to_contain_text("saved before, with other answers")
    accessible(beside.page)
    picture(beside.page, "number-used")
    address = beside.page.url
    drafts(beside.page, 1)
    beside.page.goto(address)
    expect(beside.page.locator("[name=systolic_mmhg]")).to_have_value("162")
    beside.save()
    beside.saved()
    assert charted() == [131, 162]
