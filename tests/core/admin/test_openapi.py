"""The OpenAPI document says what the admin pages do, and every real answer keeps to it."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from typing import Annotated, Any, Literal, TypedDict

import pytest
from jsonschema import Draft202012Validator, validate

from perftrack.admin import Admin, AdminRequest, AllowAll
from perftrack.admin.handlers import ROUTES
from perftrack.admin.query import PARAMETERS, PARTS
from perftrack.admin.schemas import components, schema_of
from tests.core.admin.fakes import SAME_ORIGIN, WatchedTracker, decoded, get, header, opened

DOCUMENT = decoded(get(opened()[0], "/openapi.json"))
DOORS = ("/sign-in", "/sign-out")  # they need a token; their answers are in test_sign_in.py
QUERIES = {"/endpoint": "name=GET%20/projects", "/stats": "include=health,series,slow,caches"}


class Sample(TypedDict, total=False):
    """A shape of the tests."""

    flag: Annotated[bool, "yes or no"]
    other: list[Sample | None]


def busy_tracker() -> WatchedTracker:
    """A tracker with every kind of row."""
    tracker = WatchedTracker()
    tracker.warn("something is partial")
    for status in [200] * 20 + [404] * 5 + [500] * 5:
        tracker.record("POST", "/projects/{id}", status, 1.25)
    return tracker


def strict(name: str) -> dict[str, Any]:
    """Return the schema of a component that allows no key it does not name."""
    schemas = copy.deepcopy(DOCUMENT["components"]["schemas"])
    for schema in schemas.values():
        schema["additionalProperties"] = False
    return {"$ref": f"#/components/schemas/{name}", "components": {"schemas": schemas}}


def check(payload: Any, name: str) -> None:
    """Fail when *payload* differs from the schema called *name*."""
    validate(payload, strict(name), cls=Draft202012Validator)


def name_of(operation: dict[str, Any], status: int) -> str:
    """Return the name of the schema that an operation gives for a status."""
    response = operation["responses"][str(status)]
    if "$ref" in response:
        response = DOCUMENT["components"]["responses"][response["$ref"].rpartition("/")[2]]
    [content] = response["content"].values()
    name = content["schema"]["$ref"].rpartition("/")[2]
    assert isinstance(name, str)
    return name


def test_every_path_and_method_is_described() -> None:
    """The document has the routes, no more and no fewer, each with its parameters."""
    paths = DOCUMENT["paths"]
    assert {path: set(item) for path, item in paths.items()} == {
        path: {method.lower() for method in route.methods} for path, route in ROUTES.items()
    }
    for path, item in paths.items():
        for operation in item.values():
            names = tuple(parameter["name"] for parameter in operation.get("parameters", ()))
            assert names == (ROUTES[path].parameters or ())


@pytest.mark.parametrize(
    "path", [path for path, route in ROUTES.items() if isinstance(route.answer, type) and path not in DOORS]
)
@pytest.mark.parametrize("make_tracker", [WatchedTracker, busy_tracker])
def test_every_answer_keeps_to_its_schema(path: str, make_tracker: Callable[[], WatchedTracker]) -> None:
    """Keys and types of real answers are those of the document."""
    method = ROUTES[path].methods[0]
    admin = Admin(make_tracker(), access=AllowAll())
    response = admin.handle(AdminRequest(method, path, QUERIES.get(path, ""), SAME_ORIGIN))
    assert response.status == 200
    check(decoded(response), name_of(DOCUMENT["paths"][path][method.lower()], 200))


@pytest.mark.parametrize(
    ("method", "target", "status"),
    [
        ("get", "/stats?limit=0", 400),
        ("get", "/endpoint", 400),
        ("get", "/endpoint?name=x", 404),
        ("post", "/reset", 403),
    ],
)
def test_problems_keep_to_their_schema(method: str, target: str, status: int) -> None:
    """Problems are described for the operation that gives them."""
    path, _, query = target.partition("?")
    response = opened()[0].handle(AdminRequest(method.upper(), path, query))
    assert response.status == status
    check(decoded(response), name_of(DOCUMENT["paths"][path][method], status))


def test_every_reference_resolves() -> None:
    """No $ref points to nothing, and no component is left over."""
    found = set(re.findall(r'"\$ref": "([^"]*)"', json.dumps(DOCUMENT)))
    kinds = ("schemas", "responses")
    assert found == {f"#/components/{kind}/{name}" for kind in kinds for name in DOCUMENT["components"][kind]}


def test_every_schema_is_a_schema() -> None:
    """All of them are valid by the meta-schema of draft 2020-12, those of parameters too."""
    for schema in DOCUMENT["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    for parameter in PARAMETERS.values():
        Draft202012Validator.check_schema(dict(parameter.schema))


def test_the_document_has_what_openapi_asks_for() -> None:
    """Version, info, a relative server that holds under any mount, the bearer scheme, unique operation ids."""
    assert DOCUMENT["openapi"].startswith("3.1.")
    assert {"title", "version"} <= set(DOCUMENT["info"])
    assert DOCUMENT["servers"] == [{"url": "."}]
    assert DOCUMENT["components"]["securitySchemes"]["bearer"] == {"type": "http", "scheme": "bearer"}
    assert DOCUMENT["paths"]["/assets/page.css"]["get"]["security"] == []
    ids = [operation["operationId"] for item in DOCUMENT["paths"].values() for operation in item.values()]
    assert len(ids) == len(set(ids))
    assert header(get(opened()[0], "/openapi.json"), "Content-Type") == "application/json"


def test_shapes_become_schemas() -> None:
    """Each kind of type that the shapes use, optional keys and recursion among them."""
    assert schema_of(float) == {"type": "number"}
    assert schema_of(int | None) == {"type": ["integer", "null"]}
    assert schema_of(Literal["a", "b"]) == {"type": "string", "enum": ["a", "b"]}
    assert schema_of(dict[str, int]) == {"type": "object", "additionalProperties": {"type": "integer"}}
    assert schema_of(tuple[int, str])["prefixItems"] == [{"type": "integer"}, {"type": "string"}]
    schema = components([Sample])["Sample"]
    assert schema["properties"]["flag"] == {"type": "boolean", "description": "yes or no"}
    reference = {"$ref": "#/components/schemas/Sample"}
    assert schema["properties"]["other"]["items"] == {"anyOf": [reference, {"type": "null"}]}
    assert "required" not in schema


def test_what_is_included_on_demand_is_not_required() -> None:
    """Stats without `?include=` are whole stats; everything else is always there."""
    schema = DOCUMENT["components"]["schemas"]["Stats"]
    assert set(schema["properties"]) - set(schema["required"]) == {*PARTS, "worker_stats"}
    check(decoded(get(opened()[0], "/stats")), "Stats")


def test_an_unknown_type_is_refused() -> None:
    """A shape with a type that has no schema cannot slip through as "anything"."""
    with pytest.raises(TypeError, match="without a schema"):
        schema_of(set[int])
