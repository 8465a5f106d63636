"""Pages of the facility and its patients. Included by ``sessions_app/urls.py``."""

from django.urls import path

from sessions_app.views import (
    booking,
    course,
    emergency,
    hand_over,
    left_early,
    outage,
    paper,
    patient_history,
    people,
    site,
)

urlpatterns = [
    path("facility/", site.facility, name="facility"),
    path("facility/choose/", site.choose_facility, name="choose-facility"),
    path("facility/record-presence/", site.record_presence, name="record-presence"),
    path("facility/check-oximeter/", site.check_oximeter, name="check-oximeter"),
    path("facility/receive-device/", site.receive, name="receive-device"),
    path("facility/set-policy/", site.set_policy, name="set-policy"),
    path("facility/designate-representative/", site.designate_representative, name="designate-representative"),
    path("facility/record-confirmation/", site.record_confirmation, name="record-confirmation"),
    path("facility/stop/", site.stop, name="stop-facility"),
    path("facility/left-early/", left_early.left_early, name="left-early"),
    path("facility/outage/", outage.outage, name="outage"),
    path("facility/outage/open/", outage.open_sheets, name="open-sheets"),
    path("facility/outage/blank/<slug:program_code>/", outage.blank, name="blank-sheet"),
    path("patients/", patient_history.patients, name="patients"),
    path("patients/register/", patient_history.register, name="register-patient"),
    path("patients/<uuid:patient_id>/", patient_history.patient, name="patient-page"),
    path("patients/<uuid:patient_id>/enrol/", patient_history.enrol, name="enrol"),
    path("patients/<uuid:patient_id>/start-course/", course.start_course, name="start-course"),
    path(
        "patients/<uuid:patient_id>/justify-off-label/<uuid:course_id>/",
        course.justify_off_label,
        name="justify-off-label",
    ),
    path(
        "patients/<uuid:patient_id>/record-antidepressant/<uuid:course_id>/",
        course.record_antidepressant,
        name="record-antidepressant",
    ),
    path("patients/<uuid:patient_id>/book/", booking.book, name="book"),
    path("patients/<uuid:patient_id>/check-in/", booking.check_in_patient, name="check-in-patient"),
    path("patients/<uuid:patient_id>/enter-paper/", paper.enter_paper_session, name="enter-paper-session"),
    path("from-paper/", paper.from_paper, name="from-paper"),
    path("my-chairs/", people.my_chairs, name="my-chairs"),
    path("hand-over/", hand_over.hand_over, name="hand-over"),
    path("emergency/", emergency.which_chair, name="emergency"),
    path("check-in/", booking.check_in, name="check-in"),
    path("dosing-sessions/<uuid:session_id>/check-in/", booking.check_in_booked, name="check-in-booked"),
    path("dosing-sessions/<uuid:session_id>/cancel/", booking.cancel, name="cancel"),
    path("dosing-sessions/<uuid:session_id>/patient/", patient_history.patient_of_session, name="patient"),
]
