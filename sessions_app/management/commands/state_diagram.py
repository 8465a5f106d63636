"""The state diagram, drawn from the one transition table."""

from typing import Any

from django.core.management.base import BaseCommand

from sessions_app.rules.states import TRANSITIONS, State


def diagram() -> str:
    """Mermaid text of every way between states. ENTERED_IN_ERROR is reachable from everywhere and drawn once."""
    lines = ["stateDiagram-v2", "    [*] --> SCHEDULED"]
    for (start, end), by in TRANSITIONS.items():
        if end is not State.ENTERED_IN_ERROR:
            lines.append(f"    {start} --> {end}: {by}")
    by = TRANSITIONS[(State.SCHEDULED, State.ENTERED_IN_ERROR)]
    lines.append(f"    note left of ENTERED_IN_ERROR: from any state: {by}")
    return "\n".join(lines)


class Command(BaseCommand):
    help = "Print the state diagram of a dosing session (Mermaid)."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(diagram())
