"""What the cabinet's ledger says of a session's devices, and what did not agree about them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from clinic.models import Discrepancy, StockMovement
from clinic.models.discrepancy import missing_of
from clinic.models.signature import Signatures
from clinic.rules.cabinet import Move, steps_in_force
from sessions_app.presenters.cabinet import delivery_words, told_step
from sessions_app.presenters.discrepancy import discrepancy_page
from sessions_app.presenters.pdf.paper import Story, pairs, part, plain, second, struck, table
from sessions_app.presenters.sentences import Reader
from sessions_app.rules.program import Program


def cabinet_story(
    steps: Sequence[StockMovement],
    discrepancies: Iterable[Discrepancy],
    signatures: Signatures,
    names: Mapping[UUID, str],
    programs: Mapping[str, Program],
    reader: Reader,
) -> Story:
    """``steps`` device by device, each from its receipt on; ``names`` of the cabinets."""
    story = part(_("Where the devices were"), _steps(steps, names, reader))
    for discrepancy in discrepancies:
        story += _discrepancy(discrepancy, signatures, programs, reader)
    return story


def _steps(steps: Sequence[StockMovement], names: Mapping[UUID, str], reader: Reader) -> Story:
    lines = []
    for step in steps:
        of_device = [each.as_step for each in steps if each.device_id == step.device_id]
        undone = step.kind != Move.CORRECTED and step.step not in {each.number for each in steps_in_force(of_device)}
        put, told = struck if undone else plain, told_step(step, names, reader)
        where, why = told["where"], [told["reason"], delivery_words(step)]
        who = [plain(told["who"])]
        who += [second(_("witness %(name)s") % {"name": told["witness"]})] if told["witness"] else []
        when = [
            put(told["when"]),
            *([second(_("entered %(at)s") % {"at": told["entered"]})] if told["entered"] else []),
        ]
        lines.append(
            [
                plain(step.device.number),
                plain(step.step),
                "<br/>".join(when),
                put(f"{told['what']}, {where}" if where else told["what"]),
                "<br/>".join(who),
                plain("; ".join(filter(None, why))),
            ]
        )
    head = [_("Device"), _("Step"), _("When"), _("What"), _("By"), _("Why, or under which paper")]
    return table(head, lines, [13, 6, 20, 24, 24, 30])


def _discrepancy(
    discrepancy: Discrepancy, signatures: Signatures, programs: Mapping[str, Program], reader: Reader
) -> Story:
    missing = missing_of([discrepancy])
    page = discrepancy_page(discrepancy, missing, signatures, reader, programs, permissions=frozenset(), printed_by="")
    closure: dict[str, Any] = page["closure"] or {}
    signed = closure.get("signature") or {}
    lines: list[tuple[object, object]] = [(page["cause"], page["what"])]
    lines += [(row["label"], row["value"]) for row in page["rows"]]
    lines += [(each["number"], each["badge"]["word"]) for each in page["devices"]]
    lines += [(each["label"], f"{each['day']}, {each['badge']['word']}") for each in page["clocks"]]
    lines += [(_("To the DEA"), page["not_due"])]
    lines += [(each["when"], f"{each['word']}: {each['text']} ({each['who']})") for each in page["steps"]]
    lines += [
        (page["badge"]["word"], closure.get("reason") or _("not settled yet")),
        (_("Signed"), signed.get("text", "")),
    ]
    return part(page["title"], pairs(lines))
