"""A POST URL ends in its verb; GET of the same shows its form and never writes."""

from django.urls import include, path

from sessions_app.views import (
    alarm,
    correction,
    departure,
    discharge,
    dosing,
    emergency,
    instructions,
    intake,
    monitoring,
    outage,
    paper,
    people,
    record_export,
)
from sessions_app.views.dosing_session import dosing_session, report_opened
from sessions_app.views.floor import floor
from sessions_app.views.wall import wall

app_name = "sessions_app"

of_session = [
    path("", dosing_session, name="dosing-session"),
    path("report-opened/", report_opened, name="report-opened"),
    path("report-intake/", intake.report_intake, name="report-intake"),
    path("answer-questions/", intake.answer_questions, name="answer-questions"),
    path("verify-enrolment/", intake.verify_enrolment, name="verify-enrolment"),
    path("counsel/", intake.counsel, name="counsel"),
    path("arrange-way-home/", intake.arrange_way_home, name="arrange-way-home"),
    path("order-dose/", dosing.order_dose, name="order-dose"),
    path("clear/", dosing.clear, name="clear"),
    path("administer-device/", dosing.administer_device, name="administer-device"),
    path("record-outcome/<uuid:administration_id>/", dosing.record_outcome, name="record-outcome"),
    path("confirm-device-time/", dosing.confirm_device_time, name="confirm-device-time"),
    path("finish-dosing/", dosing.finish_dosing, name="finish-dosing"),
    path("end-not-dosed/", dosing.end_not_dosed, name="end-not-dosed"),
    path("decide/", dosing.decide, name="decide"),
    path("record-check/", monitoring.record_check, name="record-check"),
    path("repeat-bp/", monitoring.repeat_bp, name="repeat-bp"),
    path("give-medicine/", monitoring.give_medicine, name="give-medicine"),
    path("record-sign/", monitoring.record_sign, name="record-sign"),
    path("report-serious-event/", monitoring.report_serious_event, name="report-serious-event"),
    path("acknowledge-alarm/", alarm.acknowledge_alarm, name="acknowledge-alarm"),
    path("record-deviation/", discharge.record_deviation, name="record-deviation"),
    path("extend-stay/", discharge.extend_stay, name="extend-stay"),
    path("assess-readiness/", discharge.assess_readiness, name="assess-readiness"),
    path("give-instructions/", discharge.give_instructions, name="give-instructions"),
    path("instructions/", instructions.instructions, name="instructions"),
    path("sheet/", outage.sheet, name="sheet"),
    path("export/", record_export.export_session, name="export-session"),
    path("discharge/", discharge.release, name="discharge"),
    path("leave-early/", departure.leave_early, name="leave-early"),
    path("record-follow-up-call/", departure.record_follow_up_call, name="record-follow-up-call"),
    path("take-watch/", people.take_watch, name="take-watch"),
    path("move-chair/", people.move_chair, name="move-chair"),
    path("contact-prescriber/", people.contact_prescriber, name="contact-prescriber"),
    path("raise-emergency/", emergency.raise_emergency, name="raise-emergency"),
    path("record-emergency-call/", emergency.record_emergency_call, name="record-emergency-call"),
    path("end-emergency/", emergency.end_emergency, name="end-emergency"),
    path("ambulance/", emergency.ambulance, name="ambulance"),
    path("transfer/", departure.transfer, name="transfer"),
    path("reopen/", departure.reopen, name="reopen"),
    path("void/<str:row_kind>/<uuid:row_id>/", correction.void, name="void"),
    path("correct-check/<uuid:check_id>/", correction.correct_check, name="correct-check"),
    path("correct-sign/<uuid:event_id>/", correction.correct_sign, name="correct-sign"),
    path("move-check/<uuid:check_id>/", correction.move_check, name="move-check"),
    path("enter-paper/", paper.enter_paper, name="enter-paper"),
    path("confirm-paper/", paper.confirm_paper, name="confirm-paper"),
    path("propose-in-error/", correction.propose_in_error, name="propose-in-error"),
    path("enter-in-error/", correction.enter_in_error, name="enter-in-error"),
]

urlpatterns = [
    path("", floor, name="floor"),
    path("wall/", wall, name="wall"),
    path("", include("sessions_app.urls_site")),
    path("", include("sessions_app.urls_staff")),
    path("dosing-sessions/<uuid:session_id>/", include(of_session)),
]
