"""Which IP addresses may be contacted. Pure; the check happens where connections are made.

`ipaddress.is_global` is no guard: it lets multicast, tunnels and embedded private addresses pass.
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

# IANA's special-purpose registries, and what only looks public (formerly assigned, tunnels).
PRIVATE_4 = tuple(
    map(
        IPv4Network,
        ("10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"),
    )
)
SPECIAL_4 = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",
            "169.254.0.0/16",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/3",
        ),
    )
)
PRIVATE_6 = (IPv6Network("::1/128"), IPv6Network("fc00::/7"))
GLOBAL_6 = IPv6Network("2000::/3")
SPECIAL_6 = tuple(map(IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))
# Prefixes whose last 32 bits are an IPv4 address that is contacted in the end.
EMBEDDING_6 = (IPv6Network("::ffff:0:0/96"), IPv6Network("64:ff9b::/96"))
ISATAP = (0x00005EFE, 0x02005EFE)


def refusal(address: str, *, allow_private: bool) -> str | None:
    """Say why an IP address may not be contacted, or None.

    allow_private permits private, carrier-grade and loopback addresses, and nothing else:
    link-local ones (cloud metadata), multicast, reserved and tunnelled ones stay refused.
    """
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return "is not an IP address"
    if isinstance(found, IPv6Address):
        if any(found in network for network in EMBEDDING_6):
            return refusal_of_4(IPv4Address(int(found) & 0xFFFFFFFF), allow_private)
        return refusal_of_6(found, allow_private)
    return refusal_of_4(found, allow_private)


def refusal_of_4(address: IPv4Address, allow_private: bool) -> str | None:
    """Say why an IPv4 address may not be contacted, or None."""
    if any(address in network for network in PRIVATE_4):
        return None if allow_private else "is a private or loopback address"
    if any(address in network for network in SPECIAL_4):
        return "is a special-purpose address"
    return None


def refusal_of_6(address: IPv6Address, allow_private: bool) -> str | None:
    """Say why an IPv6 address may not be contacted, or None."""
    if any(address in network for network in PRIVATE_6):
        return None if allow_private else "is a private or loopback address"
    if address not in GLOBAL_6 or any(address in network for network in SPECIAL_6):
        return "is a special-purpose address"
    if (int(address) >> 32) & 0xFFFFFFFF in ISATAP:
        return refusal_of_4(IPv4Address(int(address) & 0xFFFFFFFF), allow_private)
    return None
