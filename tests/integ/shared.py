# SPDX-License-Identifier: BSD-3-Clause
"""An address of either family that the kernel owns too: our ports are ours, all else stays the kernel's.

The kernel pings, and sends and receives over TCP, on the very address that our client, then our
responder, use; nobody resets anybody. What would take something from the kernel is refused.
"""
import sys

import beside
import case
import gen
import lab
from results import Results

PORTS = "10000-19999"
LISTENER = """
import socket, sys, time
held = socket.create_server((sys.argv[1], int(sys.argv[2])))
print("ready", flush=True)
time.sleep(60)
"""
# Counts what a kernel's TCP sent as resets.
RESETS = """
lines = [l.split() for l in open("/proc/net/snmp") if l.startswith("Tcp:")]
print(dict(zip(lines[0], lines[1]))["OutRsts"])
"""


def shared(ip=4):
    return {**gen.over_xdp(ip=ip), "source": lab.address(ip, lab.NEAR_KERNEL), "ports": PORTS,
            "shared_address": "yes"}


def resets(namespace):
    return int(case.must(sys.executable, "-c", RESETS, namespace=namespace))


def client_beside_the_kernel(box, folder, ip):
    """1,000 connections and the kernel's traffic of the same address at the same time."""
    job = gen.job(folder, "client", connections=1000, rate="2k/s", duration="1s", payload=64,
                  db=folder / f"client{ip}.db", **shared(ip))
    before = resets(box.near)
    near, far = lab.address(ip, lab.NEAR_KERNEL), lab.address(ip, lab.FAR_KERNEL)
    with gen.server(box, ip=ip) as server, beside.ping(box, near):
        with gen.start(job, namespace=box.near) as running:
            beside.transfer(box.near, box.far, far)
            beside.transfer(box.far, box.near, near)
            running.wait(60)
            case.expect(running.code in gen.WELL_OR_LATE, f"the run failed:\n{running}")
        seen = gen.counts(server)
    found = Results(folder / f"client{ip}.db").check_all_completed()
    case.expect_equal(found.column("connections_opened"), 1000, "connections opened")
    case.expect_equal(seen["accepted"], 1000, "connections that the server saw")
    case.expect_equal((found.counter("arp_sent"), found.counter("ndp_sent")), (0, 0),
                      "questions of ours: the kernel knows the neighbour")
    case.expect_equal(found.counter("rst_received"), 0, "resets from the server")
    case.expect_equal(found.counter("rst_sent"), 0, "resets of ours")
    case.expect_equal(resets(box.near) - before, 0, "resets of the kernel for our connections")


def responder_beside_the_kernel(box, ip):
    near, far = lab.address(ip, lab.NEAR_KERNEL), lab.address(ip, lab.FAR_KERNEL)
    with gen.responder(box.far, lab.FAR_IFACE, far, 7000, "echo",
                       "--shared_address=yes") as peer, beside.ping(box, near):
        with case.Process([case.CLIENT, "--connect", lab.endpoint(ip, lab.FAR_KERNEL, 7000), "--mode", "echo",
                           "--connections", 50, "--messages", 5000, "--min", 1, "--max", 5000,
                           "--seed", 3], namespace=box.near) as client:
            beside.transfer(box.near, box.far, far)
            case.expect_equal(client.wait(60), 0, f"the kernel's client\n{client}")
        case.expect_equal(gen.counts(peer)["accepted"], 50, "connections that we accepted")


def responder_refused(box):
    alone = case.execute(case.GEN, "respond", f"--wire=xdp:{lab.FAR_IFACE}", "--protocol=echo",
                         f"--listen={lab.FAR_KERNEL}:7000", namespace=box.far)
    case.expect_equal(alone.code, 2, f"exit code of a responder that takes it all:\n{alone}")
    case.expect(f"{lab.FAR_KERNEL} is the kernel's own" in alone.err, f"the reason:\n{alone}")


def refused(box, folder, says, code=2, **keys):
    job = gen.job(folder, "refused", db=folder / "refused.db", **{**shared(), **keys})
    found = gen.run(job, namespace=box.near, code=code)
    case.expect(says in found.err, f"expected '{says}':\n{found}")
    dry = gen.start(job, "--dry-run", namespace=box.near)
    case.expect(dry.wait(30) == code or code == 4, f"the dry run says otherwise:\n{dry}")


def refusals(box, folder):
    ephemeral = case.must("cat", "/proc/sys/net/ipv4/ip_local_port_range", namespace=box.near).split()
    case.must("sh", "-c", "echo 40000 44999 >/proc/sys/net/ipv4/ip_local_port_range",
              namespace=box.near)
    refused(box, folder, "5000 of the 20000 ports 30000-49999, 40000-44999, are the kernel's for "
            "connections of its own (40000-44999 in", ports="30000-49999")
    case.must("sh", "-c", "echo 40000-44999 >/proc/sys/net/ipv4/ip_local_reserved_ports",
              namespace=box.near)
    refused(box, folder, f"{lab.OURS} is not an address of {lab.NEAR_IFACE}: expected of these: "
            f"{lab.NEAR_KERNEL}", ports="30000-49999", source=lab.OURS)
    with case.Process([sys.executable, "-c", LISTENER, lab.NEAR_KERNEL, 12345],
                      namespace=box.near).wait_for_output("ready"):
        refused(box, folder, "a socket of this host uses port 12345")
    refused(box, folder, f"{lab.NEAR_KERNEL} is the kernel's own on {lab.NEAR_IFACE}",
            shared_address="no")
    refused(box, folder, "the kernel finds no neighbour 10.77.0.200", code=4, target="10.77.0.200:1")
    case.must("sh", "-c", f"echo {' '.join(ephemeral)} >/proc/sys/net/ipv4/ip_local_port_range",
              namespace=box.near)


def test():
    with case.scratch() as folder, lab.Lab(ip6=True) as box:
        case.need_programs("ping", case.CLIENT)
        for ip in 4, 6:
            client_beside_the_kernel(box, folder, ip)
            responder_beside_the_kernel(box, ip)
        responder_refused(box)
        refusals(box, folder)


case.main(test)
