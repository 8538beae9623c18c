"""The admin contract as an OpenAPI 3.1 document, made from the table of routes and the shapes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from perftrack.admin.query import PARAMETERS
from perftrack.admin.route import Route
from perftrack.admin.schemas import Schema, components, reference
from perftrack.admin.sign_in import SIGN_IN, SIGN_OUT
from perftrack.shapes import Problem

CONTRACT_VERSION = "1.0.0"

_DESCRIPTION = (
    "Performance numbers of one application. Durations are seconds, rates are percent, times are ISO 8601 in UTC. "
    "Every path also answers OPTIONS with 204 and Allow. An unknown path is 404, an unknown method 405 with Allow. "
    "A POST without an Authorization header must come from the same origin. "
    "The cookie that /sign-in sets is as good as the token that it was given."
)
_PROBLEMS = {
    400: "A query parameter is unknown, repeated or out of range; the detail names it.",
    401: "No valid credential.",
    403: "Access is closed or not allowed, or a POST came from another origin.",
    500: "perftrack failed inside.",
}


def document(routes: Mapping[str, Route]) -> Schema:
    """Return the OpenAPI document of *routes*."""
    shapes = [route.answer for route in routes.values() if isinstance(route.answer, type)]
    return {
        "openapi": "3.1.0",
        "info": {"title": "perftrack admin", "version": CONTRACT_VERSION, "description": _DESCRIPTION},
        "servers": [{"url": "."}],
        "security": [{"bearer": []}],
        "paths": {path: _path(path, route) for path, route in routes.items()},
        "components": {
            "schemas": components([*shapes, Problem]),
            "responses": {"Problem": _content("A problem (RFC 9457).", "application/problem+json", reference(Problem))},
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }


def _path(path: str, route: Route) -> Schema:
    return {method.lower(): _operation(path, method, route) for method in route.methods}


def _operation(path: str, method: str, route: Route) -> Schema:
    operation: Schema = {
        "operationId": method.lower() + _title(path),
        "summary": route.summary,
        "responses": dict(_responses(route, with_body=method != "HEAD")),
    }
    if route.parameters:
        operation["parameters"] = parameters(path, route)
    if route.open or path in (SIGN_IN, SIGN_OUT):
        operation["security"] = []
    return {**operation, **request_body(route)}


def parameters(path: str, route: Route) -> list[Schema]:
    """Return the query parameters of *route*, as OpenAPI describes them."""
    return [_parameter(name, required=path == "/endpoint") for name in route.parameters or ()]


def request_body(route: Route) -> Schema:
    """Return the member of an operation that describes its body; nothing for a route that takes none."""
    if route.body is None:
        return {}
    kinds = ("application/json", "application/x-www-form-urlencoded")
    return {"requestBody": {"required": True, "content": {kind: {"schema": dict(route.body)} for kind in kinds}}}


def _title(path: str) -> str:
    words = path.removesuffix(".json").replace("-", "/").replace(".", "/").split("/")
    return "".join(word.title() for word in words) or "Page"


def _parameter(name: str, *, required: bool) -> Schema:
    parameter = PARAMETERS[name]
    schema: Schema = {"name": name, "in": "query", "required": required, "description": parameter.description}
    schema["schema"] = dict(parameter.schema)
    if parameter.schema["type"] == "array":
        schema.update(style="form", explode=False)
    return schema


def _responses(route: Route, *, with_body: bool) -> Iterator[tuple[str, Schema]]:
    yield "200", _answer("The answer.", route, with_body=with_body)
    impossible = {400} if route.parameters is None else set[int]()
    impossible |= {401} if route.open else set()
    problems = {status: text for status, text in _PROBLEMS.items() if status not in impossible}
    for status, text in sorted({**problems, **route.statuses}.items()):
        if status == 303:
            yield "303", {"description": text}
        elif status == 503:
            yield "503", _answer(text, route, with_body=with_body)
        else:
            yield str(status), _problem(text, with_body=with_body)
    yield "default", _problem("Another problem.", with_body=with_body)


def _answer(text: str, route: Route, *, with_body: bool) -> Schema:
    if not with_body:
        return {"description": text}
    if isinstance(route.answer, str):
        return _content(text, route.answer, {"type": "object" if route.answer == "application/json" else "string"})
    return _content(text, "application/json", reference(route.answer))


def _problem(text: str, *, with_body: bool) -> Schema:
    if not with_body:
        return {"description": text}
    return {"$ref": "#/components/responses/Problem", "description": text}


def _content(text: str, media_type: str, schema: Schema) -> Schema:
    return {"description": text, "content": {media_type: {"schema": schema}}}
