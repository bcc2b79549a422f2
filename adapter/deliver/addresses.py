"""Which addresses of the Internet a callback may go to. Nobody outside may make us call what stands inside.

Source: the IANA registries of special-purpose addresses (RFC 6890), as ``ipaddress`` knows them.
"""

from __future__ import annotations

import ipaddress

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def public(text: str) -> bool:
    """Whether an address is one of the public Internet: not private, loopback, link-local, multicast or reserved.

    An address of IPv6 that carries one of IPv4 (mapped, 6to4, Teredo, NAT64) is what it carries. What is no address
    is not public.
    """
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv4Address):
        return _global(address)
    if (whole := address.ipv4_mapped or _translated(address)) is not None:
        return _global(whole)
    return all(_global(each) for each in (address, address.sixtofour, *(address.teredo or ())) if each is not None)


def _global(address: Address) -> bool:
    return address.is_global and not address.is_multicast and not address.is_reserved


def _translated(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Return the address of IPv4 that one for translators stands for (RFC 6052)."""
    return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else None
