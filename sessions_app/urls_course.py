"""Pages of one course. Included by ``sessions_app/urls_site.py``."""

from django.urls import path

from sessions_app.views import course_record

urlpatterns = [
    path("", course_record.course, name="course-page"),
    path("record-trial/", course_record.record_trial, name="record-trial"),
    path("record-treatment/", course_record.record_treatment, name="record-treatment"),
    path("end-treatment/<uuid:treatment_id>/", course_record.end_treatment, name="end-treatment"),
    path("review-benefit/", course_record.review_benefit, name="review-benefit"),
    path("record-authorisation/", course_record.record_authorisation, name="record-authorisation"),
    path("take-back/<uuid:course_row_id>/", course_record.take_back_course_row, name="take-back-course-row"),
]
