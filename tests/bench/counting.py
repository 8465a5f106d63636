"""Counts the statements of a request that asks for it."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse

ASKED, READS, WRITES = "X-Count", "X-Reads", "X-Writes"
WRITING = ("INSERT", "UPDATE", "DELETE")


def count_when_asked(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    def respond(request: HttpRequest) -> HttpResponse:
        if ASKED not in request.headers:
            return get_response(request)
        seen: Counter[str] = Counter()

        def watch(execute: Callable[..., Any], sql: str, *args: Any) -> Any:
            word = str(sql).lstrip(" (").split(" ", 1)[0].upper()
            seen[WRITES if word in WRITING else READS] += word in (*WRITING, "SELECT", "WITH", "EXECUTE")
            return execute(sql, *args)

        with connection.execute_wrapper(watch):
            response = get_response(request)
        for name in (READS, WRITES):
            response[name] = str(seen[name])
        return response

    return respond
