"""What was true at a moment, in words; printable."""

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from clinic.models.employment import Employment
from clinic.presenters.credential import KIND_WORDS, credential_state
from clinic.presenters.time import calendar_day, clock_time_with_zone
from clinic.rules.certification import certification_refusals
from sessions_app.models.as_of import AsOf, Shown
from sessions_app.models.site import Site
from sessions_app.presenters.refusal import sentence_of
from sessions_app.presenters.sentences import Reader
from sessions_app.presenters.sentences.certification import STATUS_WORDS
from sessions_app.presenters.staff import granted_words, moment_words, role_word, term_words


def as_of_page(past: AsOf, reader: Reader, *, printed_by: str) -> dict[str, Any]:
    """Context of ``clinic/as_of.html``. ``reader`` is of now: what is printed says when."""
    then = Reader(reader.zone, past.at)
    moment = f"{calendar_day(past.day)}, {clock_time_with_zone(past.at, reader.zone)}"
    return {
        "moment": moment,
        "programmes": [_programme(label, site, then) for label, site in past.sites.items()],
        **_presence(past, then),
        "people": [_person(each, past, then) for each in past.people],
        "print_line": _("%(facility)s · as of %(moment)s · printed %(at)s by %(who)s")
        % {
            "facility": past.facility.name,
            "moment": moment,
            "at": moment_words(reader.now, reader),
            "who": printed_by,
        },
    }


def _programme(label: str, site: Site, then: Reader) -> dict[str, Any]:
    refusals = certification_refusals(site.certification_facts)
    last, confirmed, representative = site.certification, site.confirmation, site.representative
    said = str(STATUS_WORDS[last.status]) if last else _("Not certified")
    under = confirmed.authorized_representative if confirmed else None
    rows = [
        (_("It stood at"), _since(said, last, then) if last else ""),
        (_("Confirmed on"), _confirmed(confirmed) if confirmed else ""),
        (_("Confirmed under"), under.name if under else ""),
        (_("Authorized Representative"), _since(representative.name, representative, then) if representative else ""),
    ]
    return {
        "name": _("%(program)s REMS") % {"program": label},
        "badge": {"word": _("New doses could be given"), "kind": "ready"}
        if not refusals
        else {"word": _("No new doses"), "kind": "overdue"},
        "why": [str(sentence_of(refusal, then).what) for refusal in refusals],
        "rows": [{"label": name, "value": value or _("none")} for name, value in rows],
    }


def _confirmed(row: Any) -> str:
    day = calendar_day(row.confirmation_date) if row.confirmation_date else ""
    return ", ".join(filter(None, (day, row.confirmation_identifier)))


def _since(what: str, row: Any, then: Reader) -> str:
    said = {"what": what, "at": moment_words(row.occurred_at, then), "who": row.performed_by.printed_name}
    return _("%(what)s, entered %(at)s by %(who)s") % said


def _presence(past: AsOf, then: Reader) -> dict[str, Any]:
    known = {each.person.pk: each for each in past.people}
    lines, names, doubted = [], [], []
    for row in past.on_site:
        of = known.get(row.person_id)
        prescribes = of is not None and past.prescribed(of)
        lines.append(
            {
                "name": str(row.person),
                "roles": ", ".join(role_word(each) for each in of.held(past.at)) if of else _("no role here then"),
                "since": then.clock(row.occurred_at),
                "entered": _entered_after(row, past, then),
                "badge": {"word": _("prescriber"), "kind": "ready"} if prescribes else None,
            }
        )
        if prescribes:
            names.append(row.person.printed_name)
        if of is not None and prescribes != past.prescribed_as_known(of):
            doubted.append(row.person.printed_name)
    return {
        "on_site": lines,
        "prescriber": {"word": ", ".join(names), "kind": "ready"} if names else {"word": _("none"), "kind": "overdue"},
        "prescriber_doubt": _("As known today, otherwise for %(names)s: see the credentials below.")
        % {"names": ", ".join(doubted)}
        if doubted
        else "",
    }


def _entered_after(row: Any, past: AsOf, then: Reader) -> str:
    """An arrival that nobody had entered yet at that moment: known today, not then."""
    known_then = row.recorded_at is None or row.recorded_at < past.at + timedelta(minutes=1)
    return "" if known_then else moment_words(row.recorded_at, then)


def _person(of: Employment, past: AsOf, then: Reader) -> dict[str, Any]:
    return {
        "name": str(of.person),
        "roles": [
            {
                "role": role_word(each),
                "term": term_words(each, then),
                "granted": granted_words(each, then),
                "later": past.given_later(each),
            }
            for each in of.held(past.at)
        ],
        "credentials": [_credential(shown, past, then) for shown in past.credentials(of)],
    }


def _credential(shown: Shown, past: AsOf, then: Reader) -> dict[str, Any]:
    """As entered by then; and as known today, where that is another story: renewed in time is none."""
    by_then = credential_state(shown.by_then, today=past.day)
    known = credential_state(shown.known, today=past.day)
    differs = past.has_ended(shown.by_then) is not past.has_ended(shown.known)
    return {
        "name": str(KIND_WORDS[shown.kind]),
        "number": shown.by_then.number if shown.by_then else "",
        "badge": by_then,
        "known": known if differs else None,
        "known_since": moment_words(shown.known.occurred_at, then) if differs and shown.known else "",
    }
