"""Who may do what, written from the code: docs/permissions.md."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from clinic.matrix import addresses
from sessions_app.presenters.permissions import addresses_table, role_heads, roles_table

DOCUMENT = Path(settings.BASE_DIR) / "docs" / "permissions.md"
HEAD = """# Who may do what

Written by `manage.py permissions` from `clinic/rules/roles.py` and from what every view says it takes; never by hand.
`make test-matrix` walks every address as every role, at its own and at other facilities, and signed out.
A credential that ran out takes away administer, prescribe and discharge at that moment (`clinic/rules/credentials.py`).
"""


def document() -> str:
    """The whole text."""
    heads = [str(head) for head in role_heads()]
    lines = [HEAD, _row("permission", "", *heads), _rule(2, len(heads))]
    lines += [_row(f"`{line['code']}`", str(line["words"]), *_ticks(line)) for line in roles_table()]
    lines += ["", "## Every address", "", _row("address", "takes", *heads), _rule(2, len(heads))]
    for group in addresses_table(addresses()):
        for address in group["addresses"]:
            lines.append(_row(f"`{address['route']}`", f"`{group['code']}`", *_ticks(group)))
    return "\n".join(lines) + "\n"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _rule(left: int, middle: int) -> str:
    return _row(*["---"] * left, *[":-:"] * middle)


def _ticks(line: dict[str, Any]) -> list[str]:
    return ["✓" if mark["may"] else "" for mark in line["roles"]]


class Command(BaseCommand):
    help = "Write docs/permissions.md: which role has which permission, and what every address takes."

    def handle(self, *args: Any, **options: Any) -> None:
        DOCUMENT.write_text(document(), encoding="utf-8")
        self.stdout.write(str(DOCUMENT))
