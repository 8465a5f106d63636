"""The book that people kept against the record: everything acknowledged is there exactly once, as it was typed, with
all that belongs to it."""

import sys
from collections.abc import Iterable

from tests.faults.people import LOST, TAKEN, Sent
from tests.faults.place import Place

ENTRIES = """
SELECT entry.entry_id::text, count(DISTINCT entry.id), count(DISTINCT event.id),
       max(reading.systolic_mmhg)::text, max(reading.diastolic_mmhg)::text, max(transition.reason)
FROM clinic_entry entry
LEFT JOIN clinic_auditevent event ON event.entry_id = entry.entry_id
LEFT JOIN sessions_app_check reading ON reading.entry_id = entry.entry_id
LEFT JOIN sessions_app_transition transition ON transition.entry_id = entry.entry_id
WHERE entry.entry_id::text = ANY(%s) GROUP BY 1
"""
HALF_DONE = {
    "an entry without its event": """SELECT entry_id FROM clinic_entry entry WHERE NOT EXISTS
        (SELECT FROM clinic_auditevent event WHERE event.entry_id = entry.entry_id)""",
    "an event without its entry": """SELECT entry_id FROM clinic_auditevent event WHERE entry_id IS NOT NULL
        AND NOT EXISTS (SELECT FROM clinic_entry entry WHERE event.entry_id = entry.entry_id)""",
    "a check without its entry": """SELECT entry_id FROM sessions_app_check reading WHERE NOT EXISTS
        (SELECT FROM clinic_entry entry WHERE entry.result_id = reading.id)""",
    "a state that is not its last transition's": """SELECT session.id FROM sessions_app_dosingsession session
        JOIN (SELECT DISTINCT ON (dosing_session_id) id, dosing_session_id, to_state FROM sessions_app_transition
              ORDER BY dosing_session_id, "order" DESC) newest ON newest.dosing_session_id = session.id
        WHERE (session.transition_id, session.state) <> (newest.id, newest.to_state)""",
    "an order that is not its last entry's": """SELECT session.id FROM sessions_app_dosingsession session
        JOIN clinic_entry entry ON entry.subject_id = session.id
        GROUP BY session.id HAVING session.last_order <> max(entry."order")""",
}


def balance(place: Place, book: Iterable[Sent]) -> None:
    """Raises AssertionError where book and record differ; else writes a line of figures (pytest -rP shows it)."""
    book = list(book)
    never = [sent for sent in book if not sent.heard or sent.heard[-1] not in TAKEN]
    assert not never, f"never taken: {[(sent.path, sent.heard[-3:]) for sent in never]}"
    found = {row[0]: row[1:] for row in place.ask(ENTRIES, [sent.entry_id for sent in book])}
    for sent in book:
        kept = found.get(sent.entry_id)
        assert kept is not None, f"acknowledged and not there: {sent}"
        entries, events, systolic, diastolic, reason = kept
        assert (entries, events) == (1, 1), f"{entries} entries and {events} events: {sent}"
        fields = {"systolic_mmhg": systolic, "diastolic_mmhg": diastolic, "reason": reason}
        assert {name: fields[name] for name in sent.fields} == sent.fields
    for what, question in HALF_DONE.items():
        assert place.ask(question) == [], what
    assert place.alarms_look_again(place.now()), "the alarm command lives on"
    verified = place.verify_audit().splitlines()[-2]
    heard = [status for sent in book for status in sent.heard]
    refused = [status for status in heard if status not in (*TAKEN, LOST)]
    sys.stdout.write(
        f"{len(book)} entries acknowledged, each once; {heard.count(LOST)} answers lost, {len(refused)} refused "
        f"({', '.join(map(str, sorted(set(refused)))) or 'none'}); audit: {verified}\n"
    )
