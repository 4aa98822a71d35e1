"""Keeping a setup's container away from the services of the machine that it runs on."""

import ipaddress
import re
import struct
from collections.abc import Iterable
from pathlib import Path
from typing import Final

# Where clouds hand out a machine's credentials to whoever asks from it.
_METADATA: Final = "169.254.0.0/16"
_TABLE: Final = Path("/proc/net/fib_trie")
_LOCAL: Final = re.compile(r"\|-- ([\d.]+)\s+/32 host LOCAL")
_ADD_ROUTE: Final = 0x890B
_UP, _HOST, _REJECT = 0x1, 0x4, 0x200


def host_addresses() -> tuple[str, ...]:
    """The IPv4 addresses of this machine but its loopback, sorted; none where it has no /proc."""
    if not _TABLE.is_file():
        return ()
    found = {ipaddress.IPv4Address(address) for address in _LOCAL.findall(_TABLE.read_text())}
    return tuple(str(address) for address in sorted(found) if not address.is_loopback)


def helper_command(addresses: Iterable[str]) -> str:
    """A shell script that makes these addresses and the metadata service's unreachable, with
    what images have: ip, perl or python3. It ends with an error where it could not."""
    networks = sorted({ipaddress.IPv4Network(given) for given in (*addresses, _METADATA)})
    lines = ["set -e"]
    for network in networks:
        route = _entry(network).hex()
        perl = f"socket(S,2,2,0)&&ioctl(S,{_ADD_ROUTE},pack('H*','{route}'))||exit 1"
        python = (
            "import fcntl,socket;"
            f"fcntl.ioctl(socket.socket(2,2),{_ADD_ROUTE},bytes.fromhex('{route}'))"
        )
        lines.append(
            f'ip route replace unreachable {network} 2>/dev/null || perl -e "{perl}" 2>/dev/null '
            f'|| python3 -c "{python}"'
        )
    return "\n".join(lines)


def _entry(network: ipaddress.IPv4Network) -> bytes:
    """The kernel's `struct rtentry` for a route that refuses, as it is on 64-bit machines."""
    flags = _UP | _REJECT | (_HOST if network.prefixlen == 32 else 0)
    return struct.pack(
        "@L16s16s16sHhLPhPLLH6x",
        0,
        _address(network.network_address),
        _address(ipaddress.IPv4Address(0)),
        _address(network.netmask),
        flags,
        *(0,) * 8,
    )


def _address(address: ipaddress.IPv4Address) -> bytes:
    return struct.pack("=HH4s8x", 2, 0, address.packed)
