"""The settings of the workers' app on Django, for its reloader."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Final

from perftrack import AllowAll
from tests.servers.workers_answers import SLOW_SECONDS
from tests.servers.workers_apps import ShownWSGI

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

DEBUG: Final = True
ALLOWED_HOSTS: Final = ["*"]
INSTALLED_APPS: Final[list[str]] = []
MIDDLEWARE: Final = ["perftrack_django.PerformanceMiddleware"]
PERFTRACK: Final = {"access": AllowAll(), "slow_query_threshold": SLOW_SECONDS}
ROOT_URLCONF: Final = "tests.servers.workers_django_urls"
SECRET_KEY: Final = "of the tests"
WSGI_APPLICATION: Final = "tests.servers.workers_django.application"


def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer, once the settings are there."""
    return _application()(environ, start_response)


@cache
def _application() -> ShownWSGI:
    from django.core.wsgi import get_wsgi_application

    return ShownWSGI(get_wsgi_application())
