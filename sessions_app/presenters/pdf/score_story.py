"""Scores on paper, with the answers to their items, and what prescribers planned for the alerts they opened; taken back
they stay, struck through."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from clinic.presenters.time import calendar_day, clock_time
from sessions_app.models import SafetyPlan, Score
from sessions_app.presenters.pdf.paper import Story, part, plain, second, struck, table
from sessions_app.presenters.safety_alert import answered_words, score_words
from sessions_app.presenters.sentences import Reader


def scores_story(scores: Iterable[tuple[Score, Any]], reader: Reader) -> Story:
    """Each with what took it back, or None."""
    lines = []
    for score, taken_back in scores:
        put = struck if taken_back else plain
        said = [_items(score), taken_back.reason if taken_back else ""]
        lines.append(
            [
                *_when(score, reader),
                "<br/>".join([put(score_words(score)), *(second(words) for words in said if words)]),
                plain(score.get_timing_display().capitalize()),
                plain(answered_words(score)),
            ]
        )
    return part(_("Scores"), table([_("Day"), _("Time"), _("Score"), _("Asked"), _("By")], lines, [14, 9, 42, 20, 30]))


def plans_story(plans: Iterable[SafetyPlan], reader: Reader) -> Story:
    lines = [[*_when(plan, reader), plain(plan.plan), plain(plan.performed_by)] for plan in plans]
    return part(_("Plans for safety alerts"), table([_("Day"), _("Time"), _("Plan"), _("By")], lines, [14, 9, 62, 30]))


def _items(score: Score) -> str:
    """``Items: 1: 2, 2: –``: what was answered to each, by number; – was left out."""
    if not score.items:
        return ""
    answers = ("–" if answer is None else str(answer) for answer in score.items)
    return _("Items: %(answers)s") % {"answers": ", ".join(f"{n}: {said}" for n, said in enumerate(answers, 1))}


def _when(row: Score | SafetyPlan, reader: Reader) -> tuple[str, str]:
    day = calendar_day(row.occurred_at.astimezone(reader.zone).date())
    return plain(day), plain(clock_time(row.occurred_at, reader.zone))
