"""`Pages`: which answer a request to the admin pages gets. Made, and imported, for the first one."""

from __future__ import annotations

from contextlib import suppress
from urllib.parse import quote

from perftrack.admin.access import Gate
from perftrack.admin.answers import options, problem, redirect
from perftrack.admin.compression import compressed
from perftrack.admin.decision import Decision
from perftrack.admin.handlers import ROUTES, dashboard
from perftrack.admin.messages import AdminRequest, AdminResponse
from perftrack.admin.origin import REMEDY, is_same_origin
from perftrack.admin.query import Query, QueryError, read_query
from perftrack.admin.route import READ, Route
from perftrack.admin.sign_in import LARGEST_BODY, SIGN_IN, SIGN_OUT, SignIn, invitation
from perftrack.admin.source import Source

_CLOSED = problem(403, "the admin pages are closed; the application's log says how to open them")
_REFUSALS = {
    Decision.UNAUTHENTICATED: problem(
        401, "send the admin token as Authorization: Bearer TOKEN", (("WWW-Authenticate", "Bearer"),)
    ),
    Decision.FORBIDDEN: problem(403, "access to the admin pages is not allowed"),
}
_VIEWING_ONLY = problem(403, "this access is for looking only, it changes nothing")


class Pages:
    """The admin pages of one tracker, behind one gate."""

    def __init__(self, source: Source, gate: Gate, prefix: str) -> None:
        """Show *source* to whom *gate* lets in. *prefix* is where the pages are mounted."""
        self._source = source
        self._gate = gate
        self._sign_in = None if gate.tokens is None else SignIn(gate.tokens)
        self._to_page = _root(prefix)
        to_page = Route(READ, lambda source, query: self._to_page, "To the page.", "text/html", None)
        self._routes = {**ROUTES, "": to_page}

    def knows(self, rest: str) -> bool:
        """Return whether *rest* is one of our paths."""
        return rest in self._routes

    def body_limit(self, method: str, rest: str) -> int:
        """Return how many bytes of the body are wanted."""
        # One more than is allowed, so that what is too large can be told from what just fits.
        return LARGEST_BODY + 1 if method == "POST" and rest == SIGN_IN and self._sign_in else 0

    def handle(self, request: AdminRequest) -> AdminResponse:
        """Return the answer to *request*."""
        try:
            response = self._answer(request, self._open(request) or self._gate.decide(request))
        except Exception as error:
            response = self._broken(error)
        return response.without_body() if request.method == "HEAD" else response

    async def handle_async(self, request: AdminRequest) -> AdminResponse:
        """Return the answer to *request* where an access callable may be a coroutine function."""
        try:
            response = self._answer(request, self._open(request) or await self._gate.decide_async(request))
        except Exception as error:
            response = self._broken(error)
        return response.without_body() if request.method == "HEAD" else response

    def _answer(self, request: AdminRequest, decision: Decision) -> AdminResponse:
        # Access comes first: to whoever is not let in, unknown paths and methods look like known ones.
        if decision in _REFUSALS:
            return self._refused(request, decision)
        route = self._routes.get(request.path)
        if route is None:
            return problem(404, "there is no such admin page; /openapi.json lists them all")
        if request.method == "OPTIONS":
            return options(route.allow)
        if request.method not in route.methods:
            return problem(405, f"this page answers {route.allow}", (("Allow", route.allow),))
        return self._stopped(request, decision) or self._handled(request, route, decision)

    def _stopped(self, request: AdminRequest, decision: Decision) -> AdminResponse | None:
        """Return why a request that would change something must not."""
        if request.method != "POST":
            return None
        if not is_same_origin(request.headers):
            return problem(403, REMEDY)
        return _VIEWING_ONLY if decision is Decision.VIEWER else None

    def _open(self, request: AdminRequest) -> Decision | None:
        """Return that *request* needs no credential; `None` when the gate has to be asked."""
        return Decision.ADMITTED if self._is_open(request) else None

    def _is_open(self, request: AdminRequest) -> bool:
        if self._gate.closed:
            return False
        if request.method == "POST" and request.path in (SIGN_IN, SIGN_OUT):
            return self._sign_in is not None
        route = self._routes.get(request.path)
        return route is not None and route.open

    def _refused(self, request: AdminRequest, decision: Decision) -> AdminResponse:
        if self._gate.closed:
            return _CLOSED
        asks = decision is Decision.UNAUTHENTICATED and self._sign_in is not None and request.method in READ
        if asks and request.wants_html and request.path in ("", "/"):
            return invitation() if request.path else self._to_page
        return _REFUSALS[decision]

    def _handled(self, request: AdminRequest, route: Route, decision: Decision) -> AdminResponse:
        if self._sign_in is not None and request.path in (SIGN_IN, SIGN_OUT):
            return self._sign_in.answer(request)
        if request.path == "/":
            viewer, signed_in = decision is Decision.VIEWER, self._gate.has_session(request)
            page = dashboard(self._source, Query(), viewer=viewer, signed_in=signed_in)
            return compressed(page, request.headers)
        try:
            query = Query() if route.parameters is None else read_query(request.query, route.parameters)
        except QueryError as error:
            return problem(400, str(error))
        answer = route.handler(self._source, query)
        return compressed(answer, request.headers) if route.open else answer

    def _broken(self, error: Exception) -> AdminResponse:
        with suppress(Exception):
            self._source.failed(error)
        return problem(500, "the admin pages failed inside; the application's log says more")


def _root(prefix: str) -> AdminResponse:
    # Relative, so that it holds under any mount or proxy path that we cannot see from here.
    return redirect(quote(prefix.rpartition("/")[2], safe="") + "/" if prefix else "./")
