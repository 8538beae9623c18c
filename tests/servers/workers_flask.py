"""The app of the workers on Flask, for its reloader."""

from __future__ import annotations

from flask import Flask, Response, request

from perftrack import AllowAll
from perftrack_flask import PerfTrack
from tests.servers.workers_answers import SLOW_SECONDS, answer
from tests.servers.workers_apps import ShownWSGI

app = Flask(__name__)
PerfTrack(app, access=AllowAll(), slow_query_threshold=SLOW_SECONDS)
app.wsgi_app = ShownWSGI(app.wsgi_app)  # type: ignore[method-assign] # Flask's own way to wrap an app


@app.get("/fast")
@app.get("/fails")
@app.get("/ping")
def respond() -> Response:
    """Answer as the other apps do."""
    status, body = answer(request.path)
    return Response(body, status)
