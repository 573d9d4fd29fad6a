# SPDX-License-Identifier: BSD-3-Clause
"""Our client against the kernel's TCP: 50,000 messages of 1 B to 64 KiB, nothing lost or changed.

The client checks every byte that comes back, the server counts what it saw; both counts agree.
The kernel's own ping and TCP on the same interface go on undisturbed meanwhile.
"""
import beside
import case
import gen
import lab
from results import Results

# Payload (a size, or a range that each message draws from), how many messages of it, and the family.
RUNS = [("1", 2_000, 4), ("2", 2_000, 6), ("64KiB", 2_000, 6), ("1-1KiB", 20_000, 4),
        ("1-64KiB", 12_000, 4), ("1-64KiB", 12_000, 6)]
MESSAGES = 2000 * case.SOAK


def echo(box, folder, payload, messages, ip):
    """One run against a server of its own; the counts of both sides must agree."""
    job = gen.job(folder, connections=8, depth=2, payload=payload, transactions=messages,
                  db=folder / "results.db", **gen.over_xdp(ip=ip))
    with gen.server(box, ip=ip) as server:
        gen.run(job, namespace=box.near, seconds=90 * case.SOAK)
        seen = gen.counts(server)
    found = Results(folder / "results.db").check_all_completed(messages)
    sent = found.sum("payload_sent_bytes")
    case.expect(sent >= messages, f"{sent} bytes in {messages} messages")
    case.expect_equal(found.sum("payload_received_bytes"), sent, f"payload back ({payload})")
    case.expect_equal(seen["bytes_in"], sent, f"the server's bytes in ({payload})")
    case.expect_equal(seen["bytes_out"], sent, f"the server's bytes out ({payload})")
    case.expect_equal(seen["accepted"], found.sum("connects_completed"), "connections")


def line(box, folder):
    job = gen.job(folder, protocol="line", connections=8, payload=300, transactions=MESSAGES,
                  db=folder / "results.db", **gen.over_xdp(ip=6))
    with gen.server(box, mode="line", ip=6) as server:
        gen.run(job, namespace=box.near)
        seen = gen.counts(server)
    Results(folder / "results.db").check_all_completed(MESSAGES)
    case.expect_equal(seen["lines"], MESSAGES, "lines that the server answered")


def discard(box, folder):
    job = gen.job(folder, protocol="discard", connections=4, payload=5000, transactions=MESSAGES,
                  db=folder / "results.db", **gen.over_xdp())
    with gen.server(box, mode="discard") as server:
        gen.run(job, namespace=box.near)
        seen = gen.counts(server)
    Results(folder / "results.db").check_whole()
    case.expect_equal(seen["bytes_in"], MESSAGES * 5000, "bytes that the server threw away")


def undisturbed(box, folder):
    """A run of fixed time with the kernel's traffic beside it."""
    job = gen.job(folder, connections=16, payload=1000, duration="5s", rate="5000/s",
                  db=folder / "results.db", **gen.over_xdp(ip=6))
    with gen.server(box, ip=6), beside.ping(box, lab.NEAR_KERNEL), \
            beside.ping(box, lab.NEAR_KERNEL6), gen.start(job, namespace=box.near) as run:
        beside.transfer(box.far, box.near, lab.NEAR_KERNEL)
        beside.transfer(box.near, box.far, lab.FAR_KERNEL6)
        case.expect(run.child.poll() is None, f"the run ended before the transfers:\n{run}")
        case.expect(run.wait(60) in gen.WELL_OR_LATE, str(run))
    Results(folder / "results.db").check_all_completed()


def test():
    with lab.Lab(ip6=True) as box, case.scratch() as folder:
        case.need_programs("ping")
        for payload, messages, ip in RUNS:
            echo(box, folder, payload, messages * case.SOAK, ip)
        line(box, folder)
        discard(box, folder)
        undisturbed(box, folder)


case.main(test)
