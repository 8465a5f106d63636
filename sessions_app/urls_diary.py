"""Pages of the diary. Included by ``sessions_app/urls.py``."""

from django.urls import path

from sessions_app.views import diary, due, series, waiting

urlpatterns = [
    path("diary/", diary.day, name="diary"),
    path("diary/week/", diary.week, name="diary-week"),
    path("diary/hours/", diary.hours, name="diary-hours"),
    path("diary/set/", diary.set_diary, name="set-diary"),
    path("diary/close-days/", diary.close_days, name="close-days"),
    path("diary/closures/<uuid:closure_id>/withdraw/", diary.withdraw_closure, name="withdraw-closure"),
    path("diary/due/", due.due, name="due"),
    path("diary/waiting/", waiting.waiting, name="waiting"),
    path("diary/waiting/<uuid:waiting_id>/take-place/", waiting.take_place, name="take-place"),
    path("diary/waiting/<uuid:waiting_id>/end/", waiting.end, name="end-waiting"),
    path("patients/<uuid:patient_id>/book-series/", series.book_series, name="book-series"),
    path("patients/<uuid:patient_id>/wait/", waiting.wait, name="wait"),
    path("dosing-sessions/<uuid:session_id>/move-booking/", diary.move_booking, name="move-booking"),
    path("dosing-sessions/<uuid:session_id>/record-no-show/", diary.record_no_show, name="record-no-show"),
]
