"""The view that serves the admin pages."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from perftrack import AdminRequest
from perftrack_django.conf import admin


@csrf_exempt  # the core has a rule for every framework: a POST must be same-origin or carry a token
def pages(request: HttpRequest, rest: str) -> HttpResponse:
    """Answer an admin request."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    query, method, path = request.META.get("QUERY_STRING", ""), request.method or "", f"/{rest}"
    body = _beginning(request, admin().body_limit(method, path))
    context = {"request": request}
    answer = admin().handle(AdminRequest(method, path, query, headers, context, body, request.scheme or "http"))
    response = HttpResponse(answer.body, status=answer.status)
    del response["Content-Type"]
    for name, value in answer.headers:
        if name == "Set-Cookie":
            response.cookies.load(value)
        else:
            response[name] = value
    return response


def _beginning(request: HttpRequest, limit: int) -> bytes:
    """Read the body up to *limit* bytes."""
    try:
        return bytes(request.read(limit)) if limit else b""
    except Exception:  # the client has left, or somebody has read the body before
        return b""
