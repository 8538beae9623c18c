"""`Admin`: the one object an adapter talks to about the admin pages."""

from __future__ import annotations

from contextlib import suppress
from urllib.parse import quote

from perftrack.admin.access import Access, Decision, Gate
from perftrack.admin.handlers import ROUTES
from perftrack.admin.messages import AdminRequest, AdminResponse, options, problem, redirect
from perftrack.admin.origin import REMEDY, is_same_origin
from perftrack.admin.query import Query, QueryError, read_query
from perftrack.admin.route import READ, Route
from perftrack.admin.source import Source

_CLOSED = problem(403, "the admin pages are closed; the application's log says how to open them")
_REFUSALS = {
    Decision.UNAUTHENTICATED: problem(
        401, "send the admin token as Authorization: Bearer TOKEN", (("WWW-Authenticate", "Bearer"),)
    ),
    Decision.FORBIDDEN: problem(403, "access to the admin pages is not allowed"),
}


class Admin:
    """The admin pages of one tracker: paths, methods, access and answers for every framework.

    Args:
        source: The tracker whose numbers are shown.
        access: A token, a callable of `AdminRequest`, `AllowAll()`, or `None` for `PERFTRACK_ADMIN_TOKEN`, else closed.
        prefix: Where the pages are mounted; `None` takes the tracker's setting `admin_prefix`.
    """

    def __init__(self, source: Source, access: Access = None, prefix: str | None = None) -> None:
        self._source = source
        self._gate = Gate(access)
        segments = (source.settings.admin_prefix if prefix is None else prefix).strip("/")
        self._prefix = f"/{segments}" if segments else ""
        self._routes = {**ROUTES, "": self._root()}

    @property
    def prefix(self) -> str:
        """Return the path prefix, with a leading slash and none at the end."""
        return self._prefix

    def rest(self, path: str) -> str | None:
        """Return the part of *path* after the prefix, `None` when the path is not ours."""
        if not path.startswith(self._prefix):
            return None
        rest = path[len(self._prefix) :]
        return rest if rest[:1] in ("", "/") else None

    def knows(self, rest: str) -> bool:
        """Return whether *rest* is one of our paths, for whoever needs a bounded set of names."""
        return rest in self._routes

    def handle(self, request: AdminRequest) -> AdminResponse:
        """Return the answer to *request*; never raises."""
        try:
            response = self._answer(request)
        except Exception as error:
            response = self._broken(error)
        return response.without_body() if request.method == "HEAD" else response

    def _answer(self, request: AdminRequest) -> AdminResponse:
        route = self._routes.get(request.path)
        # Access comes first: to whoever is not let in, unknown paths and methods look like known ones.
        refusal = self._refusal(request, route)
        if refusal is not None:
            return refusal
        if route is None:
            return problem(404, "there is no such admin page; /openapi.json lists them all")
        if request.method == "OPTIONS":
            return options(route.allow)
        if request.method not in route.methods:
            return problem(405, f"this page answers {route.allow}", (("Allow", route.allow),))
        if request.method == "POST" and not is_same_origin(request.headers):
            return problem(403, REMEDY)
        return self._handled(request, route)

    def _refusal(self, request: AdminRequest, route: Route | None) -> AdminResponse | None:
        if route is not None and route.open and not self._gate.closed:
            return None
        decision = self._gate.decide(request)
        if self._gate.closed:
            return _CLOSED
        return None if decision is Decision.ADMITTED else _REFUSALS[decision]

    def _handled(self, request: AdminRequest, route: Route) -> AdminResponse:
        try:
            query = Query() if route.parameters is None else read_query(request.query, route.parameters)
        except QueryError as error:
            return problem(400, str(error))
        return route.handler(self._source, query)

    def _broken(self, error: Exception) -> AdminResponse:
        with suppress(Exception):
            self._source.failed(error)
        return problem(500, "the admin pages failed inside; the application's log says more")

    def _root(self) -> Route:
        # Relative, so that it holds under any mount or proxy path that we cannot see from here.
        location = quote(self._prefix.rpartition("/")[2], safe="") + "/" if self._prefix else "./"
        answer = redirect(location)
        return Route(READ, lambda source, query: answer, "To the page.", "text/html", None)
