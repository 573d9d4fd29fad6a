# SPDX-License-Identifier: BSD-3-Clause
"""Many connections at once, each opened, used and closed: 20,000 to the kernel's server and
100,000 to `gen respond`, both sides counting the same."""
import case
import gen
import lab
from results import Results


def check(found, seen, connections, payload):
    """`seen` are the peer's counts."""
    found.check_all_completed()
    case.expect_equal(found.column("connections_opened"), connections, "connections open at once")
    case.expect_equal(found.sum("connects_completed"), connections, "connections opened")
    case.expect_equal(found.counter("closes") + found.counter("aborts"), connections,
                      "connections closed")
    case.expect_equal(found.counter("aborts"), 0, "connections not closed in order")
    case.expect(found.sum("completed") >= connections, "not every connection was used")
    case.expect_equal(seen["accepted"], connections, "connections that the peer accepted")
    case.expect_equal(seen["bytes_in"], found.sum("completed") * payload, "bytes at the peer")


def run(box, folder, name, connections, **keys):
    """An arrival takes the connection that is free the longest: as many starts use each once."""
    job = gen.job(folder, name, connections=connections, transactions=connections, payload=64,
                  rate=f"{connections / 4:.0f}/s", queue_max="30s", timeout="30s",
                  connect_timeout="30s", db=folder / f"{name}.db", **keys)
    gen.run(job, namespace=box and box.near, seconds=120, code=gen.WELL_OR_LATE)
    return Results(folder / f"{name}.db")


def to_kernel(folder):
    with lab.Lab() as box, gen.server(box, "--processes", "2") as server:
        found = run(box, folder, "kernel", 20_000, **gen.over_xdp())
        check(found, gen.counts(server), 20_000, 64)


def to_responder(folder):
    with lab.Lab() as box:
        with gen.responder(box.far, lab.FAR_IFACE, lab.OURS, 7000, "echo") as peer:
            found = run(box, folder, "respond", 100_000,
                        **{**gen.over_xdp(), "source": "10.77.0.128/27",
                           "target": f"{lab.OURS}:7000"})
            check(found, gen.counts(peer), 100_000, 64)


def on_lab_wire(folder):
    found = run(None, folder, "lab", 100_000, wire="lab").check_all_completed(100_000)
    case.expect_equal(found.column("connections_opened"), 100_000, "connections open at once")


def test():
    with case.scratch() as folder:
        to_kernel(folder)
        to_responder(folder)
        on_lab_wire(folder)


case.main(test)
