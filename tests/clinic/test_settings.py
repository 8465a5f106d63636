"""Settings come from the environment, refuse nonsense by name, and are fit to serve when they are given."""

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponse
from django.test import RequestFactory

from clinic import checks, environment, logs
from clinic.accounts import EncryptingMFAAdapter

CHECKOUT = Path(__file__).parents[2]
PRODUCTION = {
    "SECRET_KEY": "a-long-random-secret-of-this-installation-0123456789-abcdefghij",
    "ALLOWED_HOSTS": "vigil.example.org",
    "DATABASE_URL": "postgres://vigil_app:pw@db.example.org:5432/vigil?sslmode=verify-full",
    "SECURE_PROXY_SSL_HEADER": "X-Forwarded-Proto=https",
}


def run(*command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """In a process of its own, with nothing of this one's configuration."""
    return subprocess.run(
        [sys.executable, "-W", "error", *command],
        cwd=CHECKOUT,
        env={"PATH": os.environ["PATH"], **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def serve(**variables: str) -> subprocess.CompletedProcess[str]:
    return run("-c", "import clinic.wsgi", **variables)


class TestARefusal:
    @pytest.mark.parametrize(
        ("name", "value", "sentence"),
        [
            ("DEBUG", "ture", "DEBUG must be 1 or 0, not 'ture'."),
            ("VIGIL_DEMO", "maybe", "VIGIL_DEMO must be 1 or 0, not 'maybe'."),
            ("CONN_MAX_AGE", "soon", "CONN_MAX_AGE must be a whole number 0 or more, not 'soon'."),
            ("CONN_MAX_AGE", "-1", "CONN_MAX_AGE must be a whole number 0 or more, not -1."),
            ("TRUSTED_PROXY_COUNT", "99", "TRUSTED_PROXY_COUNT must be a whole number from 0 to 10, not 99."),
            ("LOG_LEVEL", "LOUD", "LOG_LEVEL must be one of DEBUG, INFO, WARNING, ERROR, not 'LOUD'."),
            ("LOG_FORMAT", "xml", "LOG_FORMAT must be one of json, text, not 'xml'."),
            ("DATABASE_URL", "sqlite:///db", "DATABASE_URL must be a PostgreSQL address"),
            ("DATABASE_URL", "postgres://a:pw@h:99999/vigil", "DATABASE_URL must be a PostgreSQL address"),
            ("DATABASE_URL", "postgres://a:pw@h", "DATABASE_URL must be a PostgreSQL address"),
            ("DATABASE_URL", "nonsense", "DATABASE_URL must be a PostgreSQL address"),
            ("SECURE_PROXY_SSL_HEADER", "yes", "SECURE_PROXY_SSL_HEADER must look like"),
            ("EMAIL_URL", "smoke://signal", "EMAIL_URL must look like"),
        ],
    )
    def test_it_names_the_setting_in_one_sentence(self, name: str, value: str, sentence: str) -> None:
        result = serve(**PRODUCTION | {name: value})
        last_line = result.stderr.strip().splitlines()[-1]
        assert result.returncode != 0
        assert last_line.startswith(f"django.core.exceptions.ImproperlyConfigured: {sentence}")

    def test_it_never_repeats_a_password(self) -> None:
        result = serve(**PRODUCTION | {"DATABASE_URL": "postgres://a:hunter2@h:99999/vigil"})
        assert "hunter2" not in result.stdout + result.stderr

    def test_it_meets_a_server_without_a_secret(self) -> None:
        for secret in ("", "demo-secret-for-commands-and-tests-never-for-a-server"):
            result = serve(**PRODUCTION | {"SECRET_KEY": secret})
            assert "ImproperlyConfigured: SECRET_KEY is missing" in result.stderr

    def test_it_meets_a_server_without_hosts(self) -> None:
        result = serve(**PRODUCTION | {"ALLOWED_HOSTS": ""})
        assert "ImproperlyConfigured: ALLOWED_HOSTS is empty" in result.stderr

    def test_it_meets_a_server_without_its_static_files(self) -> None:
        result = serve(**PRODUCTION, STATIC_ROOT="/nowhere")
        assert "ImproperlyConfigured: The static files are not in /nowhere" in result.stderr

    @pytest.mark.parametrize("name", ["VIGIL_DEMO", "DEBUG"])
    def test_it_meets_a_demo_and_a_developers_server_that_would_serve_others(self, name: str) -> None:
        result = serve(**PRODUCTION | {name: "1"})
        assert "ImproperlyConfigured: ALLOWED_HOSTS may hold only 127.0.0.1" in result.stderr
        assert f"while {name} is set" in result.stderr

    def test_it_meets_a_demo_server_with_the_demo_secret(self) -> None:
        assert "ImproperlyConfigured: SECRET_KEY is missing" in serve(VIGIL_DEMO="1").stderr

    def test_it_meets_a_missing_address_where_one_is_needed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("DATABASE_OWNER_URL", raising=False)
        with pytest.raises(ImproperlyConfigured, match="DATABASE_OWNER_URL is missing"):
            environment.database("DATABASE_OWNER_URL")


class TestAGoodConfiguration:
    def test_it_passes_the_deployment_check(self) -> None:
        result = run("manage.py", "check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)
        assert "no issues" in result.stdout, result.stdout + result.stderr
        assert "silenced" not in result.stdout.replace("(0 silenced)", "")

    def test_it_may_serve(self, tmp_path: Path) -> None:
        result = serve(**PRODUCTION, STATIC_ROOT=str(tmp_path))
        assert (result.returncode, result.stderr) == (0, "")

    def test_it_fails_the_deployment_check_without_a_secret(self) -> None:
        result = run("manage.py", "check", "--deploy", **PRODUCTION | {"SECRET_KEY": ""})
        assert result.returncode != 0
        assert "SECRET_KEY is missing" in result.stderr

    def test_it_fails_the_deployment_check_where_a_password_alone_lets_in(self) -> None:
        result = run("manage.py", "check", "--deploy", **PRODUCTION | {"MFA_REQUIRED": "0"})
        assert result.returncode != 0
        assert "MFA_REQUIRED is off: people who dose, discharge or administer" in result.stderr

    @pytest.mark.parametrize(
        ("variables", "said"),
        [
            ({}, "True"),
            ({"DEBUG": "1", "ALLOWED_HOSTS": ""}, "False"),
            ({"VIGIL_DEMO": "1", "ALLOWED_HOSTS": ""}, "False"),
        ],
    )
    def test_it_demands_second_factors_but_on_ones_own_machine(self, variables: dict[str, str], said: str) -> None:
        code = "from clinic.settings import MFA_REQUIRED; print(MFA_REQUIRED)"
        assert run("-c", code, **PRODUCTION | variables).stdout.strip() == said

    def test_it_lets_commands_run_without_any(self) -> None:
        assert run("manage.py", "check").returncode == 0

    def test_it_collects_every_static_file_a_stylesheet_names(self, tmp_path: Path) -> None:
        result = run("manage.py", "collectstatic", "--noinput", **PRODUCTION, STATIC_ROOT=str(tmp_path))
        assert result.returncode == 0, result.stderr
        assert (tmp_path / "staticfiles.json").exists()


class TestDatabaseAddresses:
    def test_it_reads_a_socket_folder_with_a_space(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SOME_URL", "postgres://me:p%40ss@/vigil?host=%2Ftmp%2Fa%20b%2Fsocket")
        parsed = environment.database("SOME_URL")
        assert (parsed["HOST"], parsed["USER"], parsed["PASSWORD"]) == ("/tmp/a b/socket", "me", "p@ss")

    def test_it_keeps_other_options(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SOME_URL", "postgres://me@h/vigil?sslmode=verify-full")
        assert environment.database("SOME_URL")["OPTIONS"] == {"sslmode": "verify-full"}


class TestTheDriver:
    def test_it_is_psycopg2_alone(self) -> None:
        assert checks.only_one_database_driver() == []

    def test_it_refuses_psycopg_3(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(checks, "find_spec", lambda name: SimpleNamespace())
        assert [error.id for error in checks.only_one_database_driver()] == ["clinic.E001"]


class TestLogs:
    def test_they_leave_out_the_query_string_and_stay_on_their_line(self) -> None:
        request = SimpleNamespace(method="GET", path="/patients/\n", get_full_path=lambda: "/patients/?q=Sample")
        assert logs.RequestLogMiddleware.format_request(request) == "GET /patients/%0A"  # type: ignore[arg-type]

    def test_they_have_one_line_for_each_request_and_none_where_nothing_is_new(
        self, rf: RequestFactory, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level("INFO")
        for status in (200, 302, 304, 404):
            logs.RequestLogMiddleware(lambda _request, code=status: HttpResponse(status=code))(rf.get("/"))
        said = [(line.msg["event"], line.msg["code"]) for line in caplog.records if isinstance(line.msg, dict)]
        assert said == [("request_finished", 200), ("request_finished", 302), ("request_finished", 404)]


class TestSecondFactorSecrets:
    def test_they_are_stored_encrypted(self) -> None:
        adapter = EncryptingMFAAdapter()
        stored = adapter.encrypt("JBSWY3DPEHPK3PXP")
        assert "JBSWY3DPEHPK3PXP" not in stored
        assert adapter.decrypt(stored) == "JBSWY3DPEHPK3PXP"

    def test_they_open_after_the_secret_was_changed(self, settings: SimpleNamespace) -> None:
        stored = EncryptingMFAAdapter().encrypt("JBSWY3DPEHPK3PXP")
        settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "the new one", [settings.SECRET_KEY]
        assert EncryptingMFAAdapter().decrypt(stored) == "JBSWY3DPEHPK3PXP"
