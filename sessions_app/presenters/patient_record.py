"""What is known of a person beside courses and sessions: the records that are theirs, and who may be them."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic.models import Allergy, Consent, Facility, Language, Patient, PatientContact, PatientDetails, PatientTransfer
from clinic.models.patient_record import allergies_of
from clinic.presenters.time import calendar_day
from clinic.rules.roles import Permission
from sessions_app.models.patient_history import PatientHistory

Rows = list[dict[str, Any]]
May = Callable[[Permission, UUID], bool]


def record_rows(patient: Patient) -> Rows:
    """Who a record says somebody is."""
    said = (
        (_("Name"), patient.full_name),
        (_("Born"), calendar_day(patient.birth_date)),
        (_("MRN"), patient.mrn),
        (_("Phone"), patient.phone or "–"),
    )
    return [{"label": label, "value": value} for label, value in said]


def allergy_rows(patient: Patient) -> Rows:
    """As known so far; not asked is shown as not asked."""
    return [_allergy(allergy) for allergy in allergies_of(patient)] or [
        {"label": _("Allergies"), "value": _("not asked"), "badge": None}
    ]


def _allergy(allergy: Allergy) -> dict[str, Any]:
    day = calendar_day(allergy.occurred_at.astimezone(allergy.facility.zone).date())
    if not allergy.substance:
        return {"label": _("No known allergies"), "value": _("asked %(day)s") % {"day": day}, "badge": None}
    badge = {"word": _("ask the contraindication again"), "kind": "overdue"} if names_ketamine(allergy) else None
    return {"label": allergy.substance, "value": allergy.reaction or "–", "badge": badge}


def names_ketamine(allergy: Allergy) -> bool:
    """Of the drug itself or its like: the question about hypersensitivity is to be asked again. It decides nothing."""
    return "ketamin" in allergy.substance.lower() or "spravato" in allergy.substance.lower()


def allergy_badges(allergies: Iterable[Allergy]) -> list[dict[str, Any]]:
    """At the head of the session page, where there are any."""
    badges = []
    for each in allergies:
        word = _("Allergic to %(what)s") % {"what": each.substance}
        if names_ketamine(each):
            badges.append({"kind": "overdue", "word": word, "after": _("Ask the contraindication again.")})
        elif each.substance:
            badges.append({"kind": "held", "word": word, "after": each.reaction})
    return badges


def transfer_rows(transfer: PatientTransfer) -> Rows:
    where = transfer.to_facility.name if transfer.to_facility else transfer.to_place
    told = _("%(day)s, %(how)s, %(who)s") % {
        "day": calendar_day(transfer.rems_told_date),
        "how": transfer.get_rems_told_how_display(),
        "who": transfer.performed_by,
    }
    said = (
        (_("From"), calendar_day(transfer.from_date)),
        (_("Here"), transfer.facility.name),
        (_("To"), where),
        (_("REMS told"), told),
    )
    return [{"label": label, "value": value} for label, value in said]


def about_panels(
    history: PatientHistory, facility: Facility, *, may_register: bool, reads: bool
) -> list[dict[str, Any]]:
    """Transfers that are due, allergies, whom to reach, consent, who the record said this was before. ``reads``: the
    chart, and so what a consent to off-label use gives away."""
    patient = history.patient

    def url(step: str, *args: UUID) -> str:
        return reverse(f"sessions_app:{step}", args=[patient.pk, *args]) if may_register else ""

    panels = [_transfer(transfer, history, facility, url) for transfer in history.transfers]
    allergies = [allergy for allergy in history.allergies if allergy.substance]
    panels.append(
        {
            "title": _("Allergies"),
            "badge": {"word": str(len(allergies)), "kind": "held"} if allergies else None,
            "rows": [
                {**_allergy(allergy), "url": url("take-back-allergy", allergy.pk), "url_label": _("Take back")}
                for allergy in history.allergies
            ],
            "note": "" if history.allergies else _("Not asked yet."),
            "link_url": url("record-allergy"),
            "link_label": _("Add") if history.allergies else _("Ask"),
        }
    )
    contact = history.contact
    consents = [each for each in history.consents if reads or each.kind != Consent.Kind.OFF_LABEL]
    panels.append(
        {
            "title": _("To reach"),
            "rows": _contact(patient, contact),
            "note": "" if contact else _("No address and no emergency contact yet."),
            "link_url": url("record-contact"),
            "link_label": _("Change"),
        }
    )
    panels.append(
        {
            "title": _("Consent"),
            "rows": [_consent(consent) for consent in consents],
            "note": "" if consents else _("None on record."),
            "link_url": url("record-consent"),
            "link_label": _("Add"),
        }
    )
    if history.details:
        panels.append({"title": _("Earlier details"), "rows": [_details(each) for each in history.details]})
    return panels


def _transfer(transfer: PatientTransfer, history: PatientHistory, facility: Facility, url: Any) -> dict[str, Any]:
    here = transfer.facility_id == facility.pk
    panel: dict[str, Any] = {"title": _("Transfer"), "rows": transfer_rows(transfer)}
    if here and transfer.from_date > history.at.astimezone(facility.zone).date():
        panel |= {"link_url": url("call-off-transfer", transfer.pk), "link_label": _("Call off")}
    return panel


def _contact(patient: Patient, contact: PatientContact | None) -> Rows:
    said = [(_("Phone"), patient.phone or "–"), (_("Papers in"), Language(patient.paper_language).label)]
    if contact and contact.address:
        said.append((_("Address"), contact.address))
    if contact and contact.email:
        said.append((_("E-mail"), contact.email))
    if contact and contact.contact_name:
        relation = f", {contact.contact_relation}" if contact.contact_relation else ""
        said.append((_("In an emergency"), f"{contact.contact_name}{relation}, {contact.contact_phone}"))
    return [{"label": label, "value": value} for label, value in said]


def _consent(consent: Consent) -> dict[str, Any]:
    said = _("given %(day)s") if consent.given else _("taken back %(day)s")
    row = {
        "label": str(consent.get_kind_display()).capitalize(),
        "value": said % {"day": calendar_day(consent.on_date)},
    }
    if consent.document_id:
        row |= {"url": reverse("sessions_app:document", args=[consent.document_id]), "url_label": _("Open the paper")}
    return row


def _details(details: PatientDetails) -> dict[str, Any]:
    day = calendar_day(details.occurred_at.astimezone(details.facility.zone).date())
    who = f"{details.first_name} {details.last_name}, {calendar_day(details.birth_date)}, {details.phone or '–'}"
    who += f", {Language(details.paper_language).label}"
    said = {"who": who, "by": details.performed_by, "reason": details.reason or _("as registered")}
    return {"label": day, "value": _("%(who)s (%(by)s: %(reason)s)") % said}


def records_panels(history: PatientHistory, *, may_unlink: bool) -> list[dict[str, Any]]:
    """One for each other record of this person, with who linked it and why."""
    return [_linked(record, history, may_unlink=may_unlink) for record in history.records_kept if record.link]


def _linked(record: Patient, history: PatientHistory, *, may_unlink: bool) -> dict[str, Any]:
    link = record.link
    if link is None:
        raise ValueError("a duplicate has its link")
    day = calendar_day(link.occurred_at.astimezone(link.facility.zone).date())
    rows = [
        *record_rows(record)[:3],
        {"label": _("Linked"), "value": f"{day}, {link.performed_by}"},
        {"label": _("Why"), "value": link.reason},
    ]
    panel: dict[str, Any] = {"title": _("Same person, another record"), "badge": None, "rows": rows}
    if may_unlink:
        url = reverse("sessions_app:unlink-patient", args=[history.patient.pk, record.pk])
        panel |= {"action_url": url, "action_label": _("Two people after all")}
    return panel


def may_be_known(found: Iterable[Patient], *, visible: frozenset[UUID]) -> dict[str, Any]:
    """Values of ``_components/confirm.html``: who may be meant, with a way to those whom this reader may open."""
    people = list(found)
    said = _("%(name)s, born %(born)s, MRN %(mrn)s")
    return {
        "confirm_title": ngettext("Is it this patient?", "Is it one of these?", len(people)),
        "confirm_label": _("No: a new patient"),
        "confirm": [
            {
                "text": said % {"name": each.full_name, "born": calendar_day(each.birth_date), "mrn": each.mrn}
                + ("" if each.pk in visible else _(", at %(facility)s") % {"facility": each.facility.name}),
                "url": reverse("sessions_app:patient-page", args=[each.pk]) if each.pk in visible else "",
            }
            for each in people
        ],
        "confirm_value": ",".join(sorted(str(each.pk) for each in people)),
    }
