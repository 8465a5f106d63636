"""What the sessions say together. Included by ``sessions_app/urls.py``."""

from django.urls import path

from sessions_app.views import insight

urlpatterns = [
    path("insight/", insight.insight, name="insight"),
    path("insight/sessions/", insight.sessions, name="insight-sessions"),
    path("insight/csv/", insight.csv, name="insight-csv"),
]
