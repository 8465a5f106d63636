"""What axe does not see, measured in the page as it stands (eyes.js): 44 px under a finger, a focus that shows and is
not covered, nothing lost at double size or with the reader's own spacing."""

from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page, ViewportSize

EYES = Path(__file__).with_name("eyes.js").read_text()
TABLET: ViewportSize = {"width": 1180, "height": 820}
TELEPHONE: ViewportSize = {"width": 390, "height": 844}
DOUBLE_SIZE: ViewportSize = {"width": 590, "height": 410}  # the tablet at 200 %
Looks = tuple[tuple[ViewportSize, tuple[str, ...]], ...]
ON_A_TELEPHONE: Looks = ((TELEPHONE, ("small", "lost")),)
LOOKS: Looks = (
    (TELEPHONE, ("small", "lost", "spaced")),
    (DOUBLE_SIZE, ("lost",)),
    (TABLET, ("small", "unseen")),
)


def seen_wrong(page: Page, *, looks: Looks = LOOKS) -> list[str]:
    """One line per offender; the page is a tablet's again afterwards."""
    found = list(_lines(page, looks))
    page.set_viewport_size(TABLET)
    return found


def _lines(page: Page, all_looks: Looks) -> Iterator[str]:
    page.emulate_media(reduced_motion="reduce")
    page.keyboard.press("Shift")  # a key was the last thing used: the focus shows
    page.evaluate(EYES)
    for size, looks in all_looks:
        page.set_viewport_size(size)
        for look in looks:
            yield from (f"{size['width']}: {line}" for line in page.evaluate(f"eyes.{look}()"))
