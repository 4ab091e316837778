"""Addresses: which may be asked for, and connections that go nowhere else.

A host is resolved once for each connection, every address it resolves to is looked at, and the connection
is made to one of those that were looked at: a name that changes its address in between changes nothing.
"""

from __future__ import annotations

import ipaddress
import socket
from typing import Any
from urllib.parse import urljoin, urlsplit, urlunsplit

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NewConnectionError
from urllib3.util.connection import create_connection

_LONGEST = 2000
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class AddressError(ValueError):
    """An address that may not be asked for; the message says why."""


def checked(address: str, hosts: frozenset[str]) -> str:
    """ADDRESS without its fragment, if it is http(s) and its host is one of HOSTS.

    Raises AddressError naming what is wrong.
    """
    try:
        parts = urlsplit(address.strip())
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError as error:
        raise AddressError(f"{address[:200]!r} is no address ({error})") from None
    if parts.scheme not in ("http", "https") or not host:
        raise AddressError(f"{address[:200]!r} is no http(s) address")
    if parts.username or parts.password:
        raise AddressError(f"the address at {host} carries a name or password")
    if len(address) > _LONGEST or any(ord(character) < 33 for character in address.strip()):
        raise AddressError(f"the address at {host} is too long or holds blanks")
    if not hosts & {host, f"{host}:{port}", parts.netloc.lower()}:
        raise AddressError(f"{host} is none of the allowed hosts ({', '.join(sorted(hosts))})")
    return urlunsplit((parts.scheme, parts.netloc, parts.path or "/", parts.query, ""))


def joined(base: str, link: str) -> str:
    """LINK as seen from the page BASE; an empty string when it is none."""
    try:
        return urljoin(base, link.strip())
    except ValueError:
        return ""


def is_public(address: str) -> bool:
    """Whether an IP address is on the open network: not this machine, its network or a reserved range."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    carried = _carried(ip) if isinstance(ip, ipaddress.IPv6Address) else None
    asked = ip if carried is None else carried
    return asked.is_global and not asked.is_multicast


def _carried(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 address leads to: mapped, by 6to4 or by NAT64 (RFC 6052)."""
    if ip in _NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour


class _Guarded:
    """Connects to an address that was looked at."""

    private = False

    def _new_conn(self: Any) -> socket.socket:
        try:
            found = socket.getaddrinfo(self._dns_host, self.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise NewConnectionError(self, f"{self._dns_host} is not known ({error})") from error
        addresses = [str(one[4][0]) for one in found]
        if not self.private and not all(is_public(address) for address in addresses):
            raise AddressError(
                f"{self._dns_host} leads to {', '.join(addresses)}, which is not on the open network"
            )
        try:
            return create_connection(
                (addresses[0], self.port), self.timeout, self.source_address, self.socket_options
            )
        except OSError as error:
            raise NewConnectionError(self, f"no connection to {self._dns_host} ({error})") from error


class _Plain(_Guarded, HTTPConnection):
    pass


class _Secure(_Guarded, HTTPSConnection):
    pass


class _PlainPrivate(_Plain):
    private = True


class _SecurePrivate(_Secure):
    private = True


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _Secure


class _PlainPrivatePool(HTTPConnectionPool):
    ConnectionCls = _PlainPrivate


class _SecurePrivatePool(HTTPSConnectionPool):
    ConnectionCls = _SecurePrivate


class GuardedAdapter(HTTPAdapter):
    """The transport of a session that reaches the open network only, unless `allow_private`."""

    def __init__(self, allow_private: bool) -> None:
        self._pools = (
            {"http": _PlainPrivatePool, "https": _SecurePrivatePool}
            if allow_private
            else {"http": _PlainPool, "https": _SecurePool}
        )
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = self._pools
