"""Addresses: what a server can be bound to, and how its URL is written."""

from __future__ import annotations

import os
import socket

from perftrack_cli.errors import CommandError

EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - nothing is bound here, a URL is written


def free_address(host: str, port: int) -> tuple[str, int]:
    """Return the IP address and port to listen on, after binding them once to see that they are free.

    Port 0 is any free one. Asked before a server starts, because one that sets `SO_REUSEPORT`, as granian does, would
    share a taken port with its owner instead of failing.

    Raises:
        CommandError: the host is none of this machine, or the port is out of range, taken or not allowed.
    """
    check_port(port)
    family, address = _resolved(host, port)
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        if os.name == "posix":
            # Lets a port pass whose last connections are still closing; elsewhere the option means something else.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
            probe.listen(1)
        except OSError as error:
            raise CommandError(bind_problem(host, port, error)) from error
        return address, int(probe.getsockname()[1])


def check_port(port: int) -> None:
    """Check that *port* is a port, or 0 for any free one.

    Raises:
        CommandError: it is not.
    """
    if not 0 <= port <= 65535:
        raise CommandError(f"port {port} is out of range; give --port from 1 to 65535, or 0 for any free one")


def bind_problem(host: str, port: int, error: OSError) -> str:
    """Say why *port* of *host* could not be bound, and what to do."""
    if isinstance(error, PermissionError):
        return f"port {port} is not allowed for this user; give --port above 1023"
    if "assign" in str(error).lower():
        return f"host {host!r} is no address of this machine; give --host 127.0.0.1, or 0.0.0.0 for all"
    return f"port {port} on {host} is taken by another program; stop that, or give another --port (0 takes a free one)"


def url(address: str, port: int) -> str:
    """Return the URL under which *address* answers on this machine."""
    shown = EVERYWHERE.get(address, address)
    return f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"


def _resolved(host: str, port: int) -> tuple[socket.AddressFamily, str]:
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    except (OSError, UnicodeError) as error:
        raise CommandError(f"host {host!r} is unknown ({error}); give --host an address of this machine") from error
    return family, str(address[0])
