"""The listening socket. Imports nothing of moto, so that a busy port is reported at once."""

import errno
import ipaddress
import socket


class ListenError(Exception):
    """The address cannot be used; the message is for the user."""


def loopback_address(host: str) -> str:
    """The address to bind for `host`, which must be this machine and nothing else."""
    if host == "localhost":
        return "127.0.0.1"
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        address = None
    if address is None or not address.is_loopback:
        raise ListenError(
            f"host {host} is not a loopback address; the embedded cloud has no access control, "
            "so it listens on 127.0.0.0/8, ::1 or localhost only"
        )
    return str(address)


def open_socket(host: str, port: int) -> socket.socket:
    """A bound socket. Bound by us and not by werkzeug, which would print and exit when the port is busy."""
    address = loopback_address(host)
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    # A port in TIME_WAIT after an earlier run is free for us; one that is listened on is not.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((address, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise ListenError(
                f"port {port} on {host} is in use; choose another with --port, or --port 0 for a free one"
            ) from error
        raise ListenError(f"cannot listen on {host} port {port}: {error.strerror}") from error
    return listener


def url_of(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
