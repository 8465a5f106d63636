"""Logs: one line per event with its request id, and no patient data in any of them."""

import logging
import re
import traceback
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import structlog
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils.encoding import escape_uri_path
from django_structlog.middlewares import RequestMiddleware

SECRET_LINK = re.compile(r"(/accounts/welcome/).+")
# What PostgreSQL names of what it refused, beside the values.
NAMED = ("constraint_name", "table_name", "column_name")


class RequestLogMiddleware(RequestMiddleware):
    """Gives each request its id, its own whatever one it came with, and says it in the answer. Logs the path alone, as
    a query string may hold what was typed, and of a link that signs somebody in not even that; escaped, so that no
    path begins a line."""

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        path = SECRET_LINK.sub(r"\1...", escape_uri_path(request.path))
        return f"{request.method} {path}"

    def handle_response(self, request: HttpRequest, response: HttpResponse) -> None:
        response["X-Request-ID"] = current_request_id()
        super().handle_response(request, response)

    def _log_level_for_status_code(self, status_code: int) -> int:
        """Every screen asks every five seconds, and nearly always nothing is new: no line for that."""
        if status_code == HTTPStatus.NOT_MODIFIED:
            return logging.DEBUG
        return super()._log_level_for_status_code(status_code)


def current_request_id() -> str:
    """The id of the request being answered; empty outside one."""
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))


def will_pass(failure: BaseException | None) -> bool:
    """The database is away, full, or was lost on the way; not what was asked was too much for it (its class 54)."""
    code = getattr(failure.__cause__, "pgcode", None) if failure else None
    return isinstance(failure, OperationalError | InterfaceError) and not str(code).startswith("54")


def where_it_failed(exc_info: Any) -> str:
    """In place of an exception's own words, which may repeat what was typed, or a row: its kind, what PostgreSQL names
    without a value, and the lines of code that led there. Of a failure that passes, which every request meets while it
    lasts, one line: where in our code it was met."""
    failure = exc_info[1]
    if not will_pass(failure):
        return "\n".join(_told(failure))
    code = str(getattr(failure.__cause__, "pgcode", None) or "")
    frames = traceback.extract_tb(failure.__traceback__)
    ours = [f"{frame.filename}:{frame.lineno}" for frame in frames if "site-packages" not in frame.filename]
    return " ".join(filter(None, [type(failure).__qualname__, code, *ours[-1:]]))


def _told(error: BaseException) -> Iterator[str]:
    earlier = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if earlier is not None:
        yield from _told(earlier)
        yield "which led to"
    yield from (line.rstrip("\n") for line in traceback.format_tb(error.__traceback__))
    diag = getattr(error, "diag", None)
    facts = [str(getattr(error, "pgcode", ""))] + [str(getattr(diag, name, "") or "") for name in NAMED]
    yield " ".join([type(error).__qualname__, *filter(None, facts if diag else ())])


SHARED_PROCESSORS: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
LAST_PROCESSORS: list[Any] = [
    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
    structlog.processors.ExceptionRenderer(where_it_failed),
]


def configuration(*, level: str, form: str) -> dict[str, Any]:
    """Django's LOGGING; also tells structlog to hand its events to the same handler."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED_PROCESSORS,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    renderer: Any = structlog.processors.JSONRenderer()
    if form == "text":
        renderer = structlog.dev.ConsoleRenderer(colors=False)
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": SHARED_PROCESSORS,
                "processors": [*LAST_PROCESSORS, renderer],
            }
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            # Django's own handlers are taken off: the root handler above has them all.
            "django": {"handlers": [], "level": level, "propagate": True},
            "django.server": {"handlers": [], "level": level, "propagate": True},
            # Would log SQL with its values.
            "django.db.backends": {"level": "WARNING"},
            # RequestLogMiddleware already says these, with the request id and without a traceback.
            "django.request": {"level": "CRITICAL"},
            "django.security.DisallowedHost": {"level": "CRITICAL"},
        },
    }
