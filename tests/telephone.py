"""Somebody's telephone with an authenticator app on it."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from unittest import mock

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value


class Telephone:
    """Its clock, and the server's for codes, stands still: no code runs out between reading and typing it."""

    def __init__(self) -> None:
        self.period = 1_000_000
        self.secret = ""

    def scan(self, secret: str) -> None:
        self.secret = secret

    def code(self) -> str:
        return format_hotp_value(hotp_value(self.secret, self.period))

    def next_code(self) -> str:
        """Half a minute later: each code opens once."""
        self.period += 1
        return self.code()

    def wrong_code(self) -> str:
        return f"{(int(self.code()) + 1) % 1_000_000:06}"


@contextmanager
def telephone() -> Iterator[Telephone]:
    phone = Telephone()
    with mock.patch("allauth.mfa.totp.internal.auth.time", SimpleNamespace(time=lambda: phone.period * 30)):
        yield phone
