"""What every test stands on: test settings, the database with its two roles, the browser."""

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, closing
from typing import Any

import hypothesis
import pytest
from django.conf import settings
from django.db import connection

from clinic.embedded_postgres import Addresses
from tests import database

# Playwright runs an event loop in the test's thread; the tests themselves stay synchronous.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")

# Other sessions in every run, a few of them; make test-slow looks at many.
EXAMPLES = int(os.environ.get("VIGIL_EXAMPLES", "15"))
hypothesis.settings.register_profile("vigil", deadline=None, print_blob=True, max_examples=EXAMPLES)
hypothesis.settings.load_profile("vigil")

SERVER: pytest.StashKey[database.TestServer] = pytest.StashKey()

TEST_SETTINGS: dict[str, Any] = {
    # Plain http to the live server, files straight from their folders, a hash that costs nothing.
    "SECURE_SSL_REDIRECT": False,
    "SESSION_COOKIE_SECURE": False,
    "CSRF_COOKIE_SECURE": False,
    # A browser takes a name that begins with __Host- over https alone.
    "SESSION_COOKIE_NAME": "vigil_session",
    "TABLET_COOKIE_NAME": "vigil_session_tablet",
    "CSRF_COOKIE_NAME": "csrftoken",
    "STORAGES": {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    },
    "PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"],
    "STATIC_ROOT": None,
    "WHITENOISE_USE_FINDERS": True,
    "WHITENOISE_AUTOREFRESH": True,
    "VIGIL_DEMO": False,
    # Its first request writes the session, which would stand in every count of queries; its own tests turn it on.
    "IDLE_MINUTES": 0,
    # Its own tests turn it on; the others sign in with nothing but a name.
    "MFA_REQUIRED": False,
}


def pytest_configure(config: pytest.Config) -> None:
    for name, value in TEST_SETTINGS.items():
        setattr(settings, name, value)
    config.stash[SERVER] = database.TestServer()


def pytest_unconfigure(config: pytest.Config) -> None:
    config.stash[SERVER].stop()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Under xdist one server serves all workers: the process that hands out the tests starts it."""
    addresses = node.config.stash[SERVER].addresses()
    node.workerinput["addresses"] = (addresses.application, addresses.owner)
    node.workerinput["template"] = node.config.stash[SERVER].template


@pytest.fixture(scope="session")
def database_addresses(request: pytest.FixtureRequest) -> Addresses:
    workerinput = getattr(request.config, "workerinput", None)
    if workerinput is None:
        return request.config.stash[SERVER].addresses()
    application, owner = workerinput["addresses"]
    return Addresses(application=application, owner=owner)


@pytest.fixture(scope="session")
def database_template(request: pytest.FixtureRequest, database_addresses: Addresses) -> str | None:
    workerinput = getattr(request.config, "workerinput", None)
    return workerinput["template"] if workerinput is not None else request.config.stash[SERVER].template


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    django_test_environment: None,
    django_db_blocker: Any,
    django_db_modify_db_settings: None,
    django_db_keepdb: bool,
    database_addresses: Addresses,
    database_template: str | None,
) -> Iterator[None]:
    """Migrated, loaded and granted by the owner; the tests run as the application."""
    prepared = ExitStack()
    with django_db_blocker.unblock():
        prepared.enter_context(
            database.prepared_database(
                database_addresses,
                template=database_template,
                verbosity=request.config.option.verbose,
                keepdb=django_db_keepdb,
            )
        )
    yield
    with django_db_blocker.unblock():
        prepared.close()


@pytest.fixture
def owner_connection(transactional_db: None, database_addresses: Addresses) -> Iterator[Any]:
    """The owner's own psycopg2 connection, for what only the owner may do. Commits as it goes."""
    login = database.login(database_addresses.owner) | {"NAME": connection.settings_dict["NAME"]}
    with closing(database.connect(login)) as as_owner:
        yield as_owner


# There is no graphics card to draw with, and nobody looks at Chromium's own pages.
NOTHING_BUT_THE_PAGE = ("--disable-gpu", "--disable-extensions", "--disable-component-update", "--no-first-run")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's Chromium, best without the windows it never shows. Root has no sandbox to give."""
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    chromium = next(filter(None, map(shutil.which, names)), None)
    if chromium is None:
        pytest.fail("The browser tests need Chromium: install the package chromium.")
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {**browser_type_launch_args, "executable_path": chromium, "args": [*sandbox, *NOTHING_BUT_THE_PAGE]}
