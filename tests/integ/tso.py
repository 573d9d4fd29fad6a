# SPDX-License-Identifier: BSD-3-Clause
"""Devices that cut text into segments (TSO): to the kernel over a tap device, whose driver cuts in
software, and to our responder over virtio, which takes what nobody cut. Every byte is compared, and both
ends count the same segments."""
import case
import gen
import lab
from results import Results

LARGE = 1 << 20


def check(db, transactions):
    found = Results(db).check_all_completed(transactions)
    case.expect("; TSO" in found.column("wire_detail"), found.column("wire_detail"))
    case.expect(found.counter("frames_cut") > transactions,
                f"{found.counter('frames_cut')} frames of {found.counter('segments_tx')} segments were cut")
    case.expect_equal(found.counter("frames_tx"), found.counter("segments_tx") + found.counter("arp_sent") +
                      found.counter("ndp_sent"), "frames sent: a segment each, and questions to neighbours")
    return found


def against_kernel(folder, box):
    """Its TCP takes the segments as they come out of the driver, whole and with their checksums. The driver
    holds them with the Ethernet header against the MTU, which is at most 1504."""
    at, db, total = f"{lab.TAP_KERNEL}:7000", folder / "tap.db", 20
    box.add_tap()
    job = gen.job(folder, "tap", connections=2, payload=LARGE, db=db, transactions=total, mtu=1490, target=at,
                  source=lab.TAP_SOURCES, wire=f"dpdk:net_tap0,iface={lab.TAP_IFACE}")
    with gen.kernel_server(at, box.near) as server:
        gen.run(job, seconds=30, namespace=box.near)
        seen = gen.counts(server)
    check(db, total)
    case.expect_equal((seen["bytes_in"], seen["bytes_out"]), (total * LARGE, total * LARGE),
                      "what the kernel's server counted")


def virtio(folder, ip, **keys):
    socket, db, total = folder / f"vhost{ip}", folder / f"virtio{ip}.db", 20
    address = lab.address(ip, lab.OURS)
    job = gen.job(folder, f"virtio{ip}", connections=4, payload=LARGE, db=db, transactions=total, workers=2,
                  target=lab.endpoint(ip, lab.OURS, 7000),
                  source="10.77.0.0/26" if ip == 4 else "2001:2:0:79::/64",
                  wire=f"dpdk:net_virtio_user0,path={socket},queues=2", **keys)
    more = [f"--{key}={value}" for key, value in keys.items()]
    with gen.respond(f"dpdk:net_vhost0,iface={socket},queues=2,tso=1", address, "--workers=2", *more) as peer:
        gen.run(job, seconds=30)
        seen = gen.counts(peer)
    check(db, total)
    case.expect_equal((seen["bytes_in"], seen["bytes_out"]), (total * LARGE, total * LARGE),
                      "what the responder counted")


def test():
    if not gen.has_dpdk():
        case.skip("built without libdpdk")
    with case.scratch() as folder:
        virtio(folder, 4, vlan=100)
        virtio(folder, 6)
        with lab.Lab() as box:
            against_kernel(folder, box)


case.main(test)
