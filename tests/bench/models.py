"""The one table of the floor."""

from uuid import uuid4

from django.db import models

CREATE = "CREATE TABLE bench_row (id uuid PRIMARY KEY, words text NOT NULL, written_at timestamptz NOT NULL)"


class Row(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid4)
    words = models.TextField()
    written_at = models.DateTimeField()

    class Meta:
        managed = False
        app_label = "bench"
        db_table = "bench_row"
