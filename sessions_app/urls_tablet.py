"""Where people come in at a shared tablet, what a patient answers on it, and one's own PIN. Included by
``clinic/urls.py``."""

from django.urls import path

from sessions_app.views import questionnaire, switch_in

app_name = "tablet"

urlpatterns = [
    path("tablet/", switch_in.switch_in, name="switch-in"),
    path("tablet/lock/", switch_in.lock, name="lock"),
    path("questionnaire/", questionnaire.questionnaire, name="questionnaire"),
    path("questionnaire/answer/", questionnaire.answer, name="answer-question"),
    path("questionnaire/before/", questionnaire.back, name="question-before"),
    path("questionnaire/stop/", questionnaire.stop, name="stop-questionnaire"),
    path("accounts/pin/", switch_in.set_pin, name="set-pin"),
]
