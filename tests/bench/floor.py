"""The views that everything is compared with: so many single rows read and written, a page of such a size."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone

from tests.bench.models import Row

LINE = 97  # characters of a line of the page


def floor(request: HttpRequest, reads: int, writes: int, characters: int) -> HttpResponse:
    known = request.GET["row"]
    if writes:
        with transaction.atomic():
            rows = [Row.objects.get(pk=known) for _ in range(reads)]
            for number in range(writes):
                Row.objects.create(words=f"row {number}", written_at=timezone.now())
    else:
        rows = [Row.objects.get(pk=known) for _ in range(reads)]
    lines = [{"name": f"line {number}", "row": rows[0]} for number in range(characters // LINE)]
    return render(request, "floor.html", {"lines": lines})


def alive(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


urlpatterns = [path("healthz", alive), path("floor/<int:reads>/<int:writes>/<int:characters>/", floor)]
