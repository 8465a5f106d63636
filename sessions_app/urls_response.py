"""Scores, safety alerts and the picture of a course. Included by ``sessions_app/urls.py``."""

from django.urls import include, path

from sessions_app.views import picture, questionnaire, score

of_session = [
    path("record-score/", score.questionnaires, name="record-score"),
    path("record-score/<slug:instrument_code>/", score.enter_score, name="enter-score"),
    path("hand-over-tablet/", questionnaire.hand_over, name="hand-over-tablet"),
]

of_course = [
    path("picture/", picture.picture, name="picture"),
    path("picture/referrer/pdf/", picture.referrer_pdf, name="referrer-pdf"),
    path("picture/own-copy/pdf/", picture.own_copy, name="own-copy-pdf"),
    path("record-score/<slug:instrument_code>/", score.enter_course_score, name="enter-course-score"),
]

urlpatterns = [
    path("dosing-sessions/<uuid:session_id>/", include(of_session)),
    path("patients/<uuid:patient_id>/courses/<uuid:course_id>/", include(of_course)),
    path("scores/<uuid:score_id>/void/", score.void, name="void-score"),
    path("safety-plans/<uuid:plan_id>/void/", score.void_safety_plan, name="void-safety-plan"),
    path("safety-alerts/<uuid:alert_id>/answer/", score.answer, name="answer-safety-alert"),
]
