# SPDX-License-Identifier: BSD-3-Clause
"""The dpdk wire with drivers that need no hardware: between two processes of ours over memif and
over virtio, against the kernel over a tap device, over AF_XDP and over packet sockets, with two
workers where the kernel deals frames to queues. Counts are exact at both ends, and no frame is lost."""
import case
import gen
import lab
from results import Results

PAYLOAD = 1000
LARGE = 64 << 10  # many segments


def count(db, transactions, sums):
    """`sums`: whose TCP checksums are the device's."""
    found = Results(db).check_all_completed(transactions)
    case.expect(f"by the device: {sums}" in found.column("wire_detail"), found.column("wire_detail"))
    case.expect_equal(found.column("state"), "done", "state of the run")
    case.expect_equal(found.counters("drop").keys() - {"tcp_duplicate"}, set(), "reasons to drop a frame")
    return found


def ours(folder, name, client, server, workers=1, transactions=1000, payload=PAYLOAD,
         sums="none", box=None):
    """Our client on one device, our responder on the other, each a process of its own; in the two
    namespaces of a lab, where there is one."""
    near, far = (box.near, box.far) if box else (None, None)
    db = folder / f"{name}.db"
    job = gen.job(folder, name, connections=4 * workers, payload=payload, db=db, workers=workers,
                  target=f"{lab.OURS}:7000", source="10.77.0.0/26", transactions=transactions,
                  wire=f"dpdk:{client}")
    with gen.respond(f"dpdk:{server}", lab.OURS, f"--workers={workers}", namespace=far) as peer:
        gen.run(job, seconds=30, namespace=near)
        seen = gen.counts(peer)
    found = count(db, transactions, sums)
    total = transactions * payload
    case.expect_equal((seen["accepted"], seen["bytes_in"], seen["bytes_out"]),
                      (4 * workers, total, total), f"{name}: what the responder counted")
    # A loop that waits for its processor is probed for a lost tail. What was sent again then arrives
    # twice; what was really lost does not.
    case.expect_equal((found.counter("retransmits"), seen["retransmits"]),
                      (seen.get("tcp_duplicate", 0), found.counter("tcp_duplicate", "drop")),
                      f"{name}: segments sent again, and found to be double at the other end")


def memif(folder):
    socket = folder / "memif"
    ends = [f"net_memif0,role={role},socket={socket},socket-abstract=no"
            for role in ("client", "server")]
    ours(folder, "memif", *ends, transactions=100, payload=LARGE)
    ours(folder, "memif_queues", *ends, workers=2)


def virtio(folder):
    """The responder takes what the client left open as it is: nothing lies between."""
    socket = folder / "vhost"
    ours(folder, "virtio", f"net_virtio_user0,path={socket},queues=2",
         f"net_vhost0,iface={socket},queues=2", workers=2, sums="both ways")


def against_kernel(folder, box, name, wire, at, namespace, source=lab.SOURCES,
                   sums="none", workers=1, connections=4):
    """Our client in the near namespace, the kernel's server behind the device."""
    db, total = folder / f"{name}.db", 500
    job = gen.job(folder, name, connections=connections, payload=PAYLOAD, db=db, transactions=total,
                  target=f"{at}:7000", source=source, wire=f"dpdk:{wire}", workers=workers)
    with gen.kernel_server(f"{at}:7000", namespace) as server:
        gen.run(job, seconds=30, namespace=box.near)
        seen = gen.counts(server)
    found = count(db, total, sums)
    case.expect_equal((seen["bytes_in"], seen["bytes_out"]), (total * PAYLOAD, total * PAYLOAD),
                      f"{name}: what the kernel's server counted")
    return found


def tap(folder, box):
    box.add_tap()
    against_kernel(folder, box, "tap", f"net_tap0,iface={lab.TAP_IFACE}", lab.TAP_KERNEL, box.near,
                   source=lab.TAP_SOURCES, sums="both ways", workers=2, connections=8)


def af_xdp(folder, box):
    against_kernel(folder, box, "af_xdp", f"net_af_xdp0,iface={lab.NEAR_IFACE}", lab.FAR_KERNEL, box.far)


def packet_sockets(folder, box):
    """The kernel deals what arrives to them by a hash that nobody knows: about half of the connections are
    the other worker's, and answers to ARP come to one of both. Our responder takes them where they land."""
    wire = f"net_af_packet0,iface={lab.NEAR_IFACE},qpairs=2"
    found = against_kernel(folder, box, "packets", wire, lab.FAR_KERNEL, box.far, workers=2,
                           connections=gen.DEALT)
    case.expect(found.counter("frames_handed") >= gen.HANDED_LEAST, "frames went on to the worker whose flow it was: "
                f"{found.counter('frames_handed')}, expected {gen.HANDED_LEAST} or more")
    case.expect_equal(found.column("connections_opened"), gen.DEALT, "connections opened")
    ours(folder, "packets_ours", wire, f"net_af_packet0,iface={lab.FAR_IFACE},qpairs=2", workers=2, box=box)
    job = gen.job(folder, "too_many", wire=f"dpdk:{wire}", workers=3, connections=3, duration="1s",
                  target=f"{lab.FAR_KERNEL}:7000", source=lab.SOURCES, db=folder / "too_many.db")
    told = gen.run(job, namespace=box.near, code=2)
    case.expect("workers = 3: each has a queue, and net_af_packet has 2 here" in told.err, str(told))


def test():
    if not gen.has_dpdk():
        case.skip("built without libdpdk")
    with case.scratch() as folder:
        memif(folder)
        virtio(folder)
        with lab.Lab() as box:
            tap(folder, box)
            packet_sockets(folder, box)
            af_xdp(folder, box)


case.main(test)
