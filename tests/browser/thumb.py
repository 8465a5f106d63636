"""Somebody who charts by thumb, and counts."""

from sessions_app.models import Check
from tests.browser.stage import Clinic


class Thumb(Clinic):
    """Uses no keyboard; every tap counts."""

    count = 0

    def tap(self, selector: str) -> None:
        self.page.locator(selector).first.click(force=True)
        self.count += 1

    def link(self, name: str) -> None:
        with self.page.expect_navigation():
            self.page.get_by_role("link", name=name).first.click()
        self.count += 1

    def keys(self, digits: str) -> None:
        for digit in digits:
            self.tap(f"[data-key='{digit}']")

    def absent(self, sign: str) -> None:
        self.tap(f"[name=sign_{sign}_present][value=no]")

    def send(self) -> None:
        with self.page.expect_navigation():
            self.tap(".check-save button.btn-primary")

    def value(self, name: str) -> str:
        return self.page.locator(f"[name={name}]").input_value()

    def scrolls(self) -> bool:
        return bool(self.page.evaluate("document.documentElement.scrollHeight > innerHeight"))

    def active(self) -> str:
        return str(self.page.evaluate("document.querySelector('.is-active :focus')?.name || ''"))

    def still(self) -> str:
        return self.page.locator(".check-save .still").inner_text()


def newest() -> Check:
    """The check charted last."""
    return Check.objects.order_by("order").last() or Check()
