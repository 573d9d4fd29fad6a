# SPDX-License-Identifier: BSD-3-Clause
"""Two network namespaces joined by a veth pair, for as long as a `with` block lasts.

    near (a)  NEAR_IFACE  where our TCP runs over AF_XDP, beside the kernel's own NEAR_KERNEL
    far  (b)  FAR_IFACE   the kernel peer's, FAR_KERNEL

Our flows use addresses of SOURCES, which no kernel owns. IP6 has the IPv6 address or block that goes
with each, where the lab was asked for it. Names carry the pid of the test, so that
a test that was killed is tidied up by the next one.
"""
import os
import pathlib
import re

import case

NEAR_IFACE, FAR_IFACE = "wba", "wbb"
NEAR_KERNEL, FAR_KERNEL = "10.77.0.1", "10.77.0.2"
SOURCES = "10.77.0.64/26"
OURS = "10.77.0.65"  # one of SOURCES, for a responder of ours
PREFIX = 24
# A tap device of the near namespace (add_tap): its kernel's address, and ours.
TAP_IFACE, TAP_KERNEL, TAP_SOURCES = "wbt0", "10.78.0.2", "10.78.0.64/26"
# The same of IPv6; all of the prefix is ours, to its last address.
NEAR_KERNEL6, FAR_KERNEL6 = "2001:2:0:77::1", "2001:2:0:77::2"
SOURCES6 = "2001:2:0:78::/64"
OURS6 = "2001:2:0:78:ffff:ffff:ffff:ffff"
IP6 = {NEAR_KERNEL: NEAR_KERNEL6, FAR_KERNEL: FAR_KERNEL6, SOURCES: SOURCES6, OURS: OURS6}
NAMESPACES = pathlib.Path("/run/netns")


def _remove(name):
    case.execute("ip", "netns", "delete", name)


def _remove_orphans():
    for path in NAMESPACES.glob("wbt-*"):
        found = re.fullmatch(r"wbt-(\d+)-[abm]", path.name)
        if found and not pathlib.Path("/proc", found.group(1)).exists():
            _remove(path.name)


def address(ip, of):
    """Of the family (4 or 6)."""
    return IP6[of] if ip == 6 else of


def endpoint(ip, of, port):
    return f"[{IP6[of]}]:{port}" if ip == 6 else f"{of}:{port}"


def _inside(namespace, *command):
    case.must(*command, namespace=namespace)


def add_veth(name, namespace, peer, peer_namespace, queues=1):
    each = ("numrxqueues", str(queues), "numtxqueues", str(queues))
    case.must("ip", "link", "add", name, *each, "netns", namespace, "type", "veth",
              "peer", "name", peer, *each, "netns", peer_namespace)


class Lab:
    def __init__(self, ip6=False, queues=1):
        self.ip6 = ip6
        self.queues = queues
        case.need_capabilities()
        case.need_programs("ip", "ethtool")
        self.near, self.far = f"wbt-{os.getpid()}-a", f"wbt-{os.getpid()}-b"

    def __enter__(self):
        _remove_orphans()
        try:
            self._make()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for name in self._namespaces():
            if (NAMESPACES / name).exists():
                _remove(name)

    def add_tap(self):
        """For a driver of DPDK to take; the kernel behind it has TAP_KERNEL."""
        _inside(self.near, "ip", "tuntap", "add", "dev", TAP_IFACE, "mode", "tap", "multi_queue")
        _inside(self.near, "ip", "address", "add", f"{TAP_KERNEL}/{PREFIX}", "dev", TAP_IFACE)

    def _namespaces(self):
        return self.near, self.far

    def _make(self):
        for name in self._namespaces():
            made = case.execute("ip", "netns", "add", name)
            if made.code != 0:
                case.skip(f"cannot make a network namespace: {made.err.strip()}")
            # Before any link is up, so that no router solicitation disturbs the counts.
            off = {"addr_gen_mode": 1, "accept_ra": 0, "accept_dad": 0, "router_solicitations": 0}
            for key, value in (off if self.ip6 else {"disable_ipv6": 1}).items():
                _inside(name, "sh", "-c", f"for of in all default; do echo {value} "
                        f">/proc/sys/net/ipv6/conf/$of/{key}; done")
        self._join()

    def _join(self):
        add_veth(NEAR_IFACE, self.near, FAR_IFACE, self.far, self.queues)
        self._up(self.near, NEAR_IFACE, NEAR_KERNEL)
        self._up(self.far, FAR_IFACE, FAR_KERNEL)

    def _up(self, namespace, iface, address):
        # Kernel sockets over veth leave checksums unfinished and send super-frames.
        _inside(namespace, "ethtool", "-K", iface, "tx", "off", "tso", "off", "gso", "off")
        self._bring_up(namespace, iface, address)

    def _bring_up(self, namespace, iface, address):
        _inside(namespace, "ip", "address", "add", f"{address}/{PREFIX}", "dev", iface)
        _inside(namespace, "ip", "link", "set", "lo", "up")
        _inside(namespace, "ip", "link", "set", iface, "up")
        if self.ip6:
            _inside(namespace, "ip", "address", "add", f"{IP6[address]}/64", "dev", iface, "nodad")
            _inside(namespace, "ip", "route", "add", SOURCES6, "dev", iface)
