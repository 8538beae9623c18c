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
    query = request.META.get("QUERY_STRING", "")
    answer = admin().handle(AdminRequest(request.method or "", f"/{rest}", query, headers, {"request": request}))
    response = HttpResponse(answer.body, status=answer.status)
    del response["Content-Type"]
    for name, value in answer.headers:
        response[name] = value
    return response
