"""A Django project for the tests of who gets in. It has a process of its own, because settings are for a whole process.

It reads `{access: {"wsgi": [Ask], "asgi": [Ask]}}` and the issuer's key from standard input and writes the answers.
"""

from __future__ import annotations

import asyncio
import pickle
import sys
from typing import Any


def main() -> None:
    """Answer all requests."""
    private_pem, groups = pickle.load(sys.stdin.buffer)  # noqa: S301 - from the test that started this process
    _configure()
    from django.core.handlers.asgi import ASGIHandler
    from django.core.handlers.wsgi import WSGIHandler

    from tests.adapters.credentials import accesses
    from tests.adapters.doors import asgi_door, wsgi_door

    answers: dict[str, dict[str, list[Any]]] = {}
    loop = asyncio.new_event_loop()
    for name, access in accesses(private_pem).items():
        _use(access)
        doors = {"wsgi": wsgi_door(WSGIHandler()), "asgi": asgi_door(ASGIHandler(), loop)}
        answers[name] = {kind: [tuple(doors[kind](ask)) for ask in asks] for kind, asks in groups.get(name, {}).items()}
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()
    pickle.dump(answers, sys.stdout.buffer)


def _configure() -> None:
    import django
    from django.conf import settings
    from django.http import HttpRequest, HttpResponse
    from django.urls import include, path

    from tests.adapters.doors import OWN_BODY

    def own(request: HttpRequest, name: str) -> HttpResponse:
        return HttpResponse(OWN_BODY)

    settings.configure(
        SECRET_KEY="of the tests",
        ALLOWED_HOSTS=["*"],
        MIDDLEWARE=["perftrack_django.PerformanceMiddleware"],
        INSTALLED_APPS=["perftrack_django"],
        ROOT_URLCONF=type("Urls", (), {})(),
        PERFTRACK={},
        LOGGING_CONFIG=None,
    )
    settings.ROOT_URLCONF.urlpatterns = [
        path("admin/performance/", include("perftrack_django.urls")),
        path("projects/<name>", own),
    ]
    django.setup()


def _use(access: Any) -> None:
    from django.conf import settings

    from perftrack import PerformanceTracker
    from perftrack_django import conf

    settings.PERFTRACK = {"access": access, "tracker": PerformanceTracker()}
    conf.tracker.cache_clear()
    conf.admin.cache_clear()


if __name__ == "__main__":
    main()
