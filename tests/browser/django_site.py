"""A Django project with the dashboard open to all: `python -m tests.browser.django_site PORT`."""

from __future__ import annotations

import sys

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from perftrack import AllowAll
from perftrack_cli.wsgi_server import QuietServer

settings.configure(
    ALLOWED_HOSTS=["127.0.0.1"],
    INSTALLED_APPS=["perftrack_django"],
    MIDDLEWARE=["perftrack_django.PerformanceMiddleware"],
    PERFTRACK={"access": AllowAll()},
    ROOT_URLCONF=__name__,
    SECRET_KEY="of the tests",
)


def own(request: HttpRequest, name: str) -> HttpResponse:
    """Answer everything the same."""
    return HttpResponse(b"hello")


urlpatterns = [path("admin/performance/", include("perftrack_django.urls")), path("projects/<name>", own)]

if __name__ == "__main__":
    QuietServer("127.0.0.1", int(sys.argv[1]), get_wsgi_application()).serve_forever()
