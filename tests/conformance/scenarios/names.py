"""Scenarios about endpoint names: one row for each route, whatever clients ask for."""

from __future__ import annotations

from tests.conformance.client import Client
from tests.conformance.expected import Expected, client_error, ok
from tests.conformance.integrations import FLASK, Integration
from tests.conformance.scenario import Expect, scenario

ITEMS = "/items/{id}"


@scenario("path template", {f"GET {ITEMS}": ok(3)})
def path_template(client: Client) -> None:
    """Three ids, one of them with a query string, are one row."""
    for path in ("/items/1", "/items/2?page=3", "/items/33"):
        client.get(path)


@scenario("nested routers", {"GET /v1/shop/orders/{id}": ok(2)})
def nested(client: Client) -> None:
    """A route two routers, blueprints or includes deep has all their prefixes in its name."""
    client.get("/v1/shop/orders/1")
    client.get("/v1/shop/orders/2")


def _no_mounts(integration: Integration) -> str | None:
    return "Django mounts no apps, it includes URLs" if integration.app.startswith("django") else None


@scenario("mounted sub-app", {"GET /mounted/hello/{id}": ok(2)}, absent=_no_mounts)
def mounted(client: Client) -> None:
    """A route of a mounted app has the mount point and its own template in its name."""
    client.get("/mounted/hello/1")
    client.get("/mounted/hello/2")


@scenario("404 of three URLs", {"GET <unmatched>": client_error(3, 404)})
def not_found(client: Client) -> None:
    """Three URLs that nobody knows are one row."""
    for path in ("/nobody", "/knows/7", "/wp-login.php"):
        client.get(path)


def _refused(method: str, count: int) -> Expect:
    def expect(integration: Integration) -> Expected:
        route = "<unmatched>" if integration is FLASK else ITEMS
        return Expected({f"{method} {route}": client_error(count, 405)})

    return expect


@scenario("405", expect=_refused("DELETE", 1))
def method_not_allowed(client: Client) -> None:
    """A method that the route refuses keeps its route; Flask does not tell it, so there it has none."""
    client.request("DELETE", "/items/1")


@scenario("three invented methods", expect=_refused("OTHER", 3))
def invented_methods(client: Client) -> None:
    """Methods that no standard knows are one row, under OTHER."""
    for method in ("BREW", "SMASH", "GLUE"):
        client.request(method, "/items/1")


@scenario("HEAD", {f"HEAD {ITEMS}": ok(1), f"GET {ITEMS}": ok(1)})
def head(client: Client) -> None:
    """HEAD has a row beside that of GET."""
    client.request("HEAD", "/items/1")
    client.get("/items/1")


@scenario("OPTIONS", {f"OPTIONS {ITEMS}": ok(1)})
def options(client: Client) -> None:
    """OPTIONS has a row of its own, also where the framework answers it."""
    client.request("OPTIONS", "/items/1")


@scenario("proxy strips the prefix", {f"GET {ITEMS}": ok(2)})
def stripping_proxy(client: Client) -> None:
    """Below a prefix that the path no longer has, rows are named as without a proxy."""
    for number in (1, 2):
        client.get(f"/items/{number}", X_Conformance="proxy")


@scenario("proxy leaves the prefix", {f"GET {ITEMS}": ok(2), "GET <unmatched>": client_error(1, 404)})
def leaving_proxy(client: Client) -> None:
    """Below a prefix that the path still has, rows are named as without a proxy."""
    for path in ("/api/items/1", "/api/items/2", "/api/nobody"):
        client.get(path, X_Conformance="proxy")


@scenario("skipped paths", {f"GET {ITEMS}": ok(1)}, concept="skipped paths")
def skipped(client: Client) -> None:
    """Health checks are in no row."""
    for path in ("/health", "/ping", "/items/1"):
        client.get(path)


def _one_per_process(integration: Integration) -> str | None:
    return "Django has one project a process" if integration.app.startswith("django") else None


@scenario("two apps, two trackers", {f"GET {ITEMS}": ok(1)}, absent=_one_per_process, concept="two apps", app="second")
def second_app(client: Client) -> None:
    """Two apps in one process, each with a tracker, count apart."""
    client.get("/items/1", X_Conformance="second")
    client.get("/empty")
    client.get("/teapot")
