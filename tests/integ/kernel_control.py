# SPDX-License-Identifier: BSD-3-Clause
"""What controls a connection, against the kernel's TCP over IPv4 and IPv6: both understand each other.

ECN: a slow link marks frames of both directions. The kernel tells us of the marks on ours, we tell
it of those on its own, and nothing is lost (a delay that grows may call for a loss probe). CUBIC,
Nagle and keep-alives: everything arrives, over a link that loses; a silent kernel answers probes.
"""
import itertools

import case
import gen
import lab
from results import Results


def echo(box, folder, ip, **keys):
    options = {"connections": 4, "depth": 4, "payload": "16KiB", "transactions": 400} | keys
    job = gen.job(folder, db=folder / "results.db", **gen.over_xdp(ip=ip), **options)
    with gen.server(box, ip=ip):
        gen.run(job, namespace=box.near, seconds=60)
    found = Results(folder / "results.db")
    found.check_all_completed()
    return found.counters("counter")


def ecn(box, folder, ip):
    slow = "ecn_mark=32KiB,queue=4MiB,rate="
    marked = echo(box, folder, ip, ecn="yes", fault_rx=slow + "100mbit")
    told = echo(box, folder, ip, ecn="yes", fault_tx=slow + "100mbit")
    case.expect(marked.get("ecn_marks", 0) > 0, f"the kernel's frames were marked: {marked}")
    case.expect(told.get("ecn_reductions", 0) > 0, f"the kernel told of marks on ours: {told}")
    for count in marked, told:
        again, probes = count.get("retransmits", 0), count.get("tlp_probes", 0)
        case.expect(again <= probes, f"{again} segments sent again, {probes} of them as probes: {count}")


def losses(box, folder, ip):
    count = echo(box, folder, ip, congestion="cubic", nagle="yes", fault="loss=1%")
    case.expect(count.get("retransmits", 0) > 0, f"something was lost: {count}")


def keepalive(box, folder, ip):
    """Linux answers what lies outside of its window every 500 ms (tcp_invalid_ratelimit)."""
    count = echo(box, folder, ip, rate="0", transactions=0, duration="1500ms", warmup="0s",
                 keepalive="600ms", keepalive_interval="600ms", keepalive_probes=1)
    case.expect(count.get("keepalives", 0) >= 4 * 2, f"4 connections asked on and on: {count}")
    case.expect_equal(count.get("aborts", 0), 0, "connections given up")


def test():
    with lab.Lab(ip6=True) as box, case.scratch() as folder:
        for part, ip in itertools.product((ecn, losses, keepalive), (4, 6)):
            part(box, folder, ip)


case.main(test)
