"""The paths of the workers' app on Django."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from tests.servers.workers_answers import answer


def respond(request: HttpRequest) -> HttpResponse:
    """Answer as the other apps do."""
    status, body = answer(request.path)
    return HttpResponse(body, status=status)


urlpatterns = [
    path("fast", respond),
    path("fails", respond),
    path("ping", respond),
    path("admin/performance/", include("perftrack_django.urls")),
]
