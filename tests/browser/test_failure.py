"""A server that fails says so, and what was typed is not lost."""

from unittest import mock

import pytest
from django.db import OperationalError
from playwright.sync_api import expect

from tests.browser.nurse import charted
from tests.browser.stage import accessible, picture
from tests.browser.thumb import Thumb

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_server_that_cannot_save_says_so_and_what_was_typed_comes_back(thumb: Thumb) -> None:
    page = thumb.page
    thumb.step("repeat-bp")
    page.locator("[name=systolic_mmhg]").fill("131")
    page.locator("[name=diastolic_mmhg]").fill("84")
    no_room = OperationalError("could not extend file: No space left on device")
    with mock.patch("clinic.audit.record", side_effect=no_room):
        page.locator(".check-save .btn-primary").click()
        expect(page.locator("h1")).to_have_text("Not done: the record cannot be reached")
    accessible(page)
    picture(page, "not-done")

    page.go_back()
    expect(page.locator("[data-draft=sent]")).to_contain_text("without an answer")
    assert page.locator("[name=systolic_mmhg]").input_value() == "131"
    thumb.save()
    thumb.saved()
    assert charted() == [131]
