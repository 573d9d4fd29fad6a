# SPDX-License-Identifier: BSD-3-Clause
"""Frames of 9,000 bytes over AF_XDP, whose frames are pages: large messages against our responder and
against the kernel's server, every byte compared. A link that cannot carry them refuses the run."""
import case
import gen
import lab
from results import Results

MTU, CONNECTIONS, TRANSACTIONS, PAYLOAD = 9000, 4, 200, 256 << 10
TOTAL = TRANSACTIONS * PAYLOAD
SERVER = f"exec:{case.SERVER} --listen 198.19.0.1:9000 --mode echo"


def run(folder, name, **keys):
    db = folder / f"{name}.db"
    gen.run(gen.job(folder, name, connections=CONNECTIONS, transactions=TRANSACTIONS, payload=PAYLOAD, db=db,
                    wire="lab", mtu=MTU, **keys), seconds=30)
    found = Results(db).check_all_completed(TRANSACTIONS)
    case.expect_equal((found.sum("payload_sent_bytes"), found.sum("payload_received_bytes")), (TOTAL, TOTAL),
                      f"{name}: bytes sent and received")
    case.expect_equal(found.counters("drop").keys() - {"tcp_duplicate"}, set(), f"{name}: reasons to drop a frame")
    case.expect(found.column("wire_detail").startswith("native XDP"), found.column("wire_detail"))
    return found


def frames_are_large(found):
    """No more segments than full ones take, with some to spare for the ends of messages."""
    segments = found.counter("segments_tx") - found.counter("retransmits")
    full = TOTAL / (MTU - 40 - 12)
    case.expect(segments < 2 * full + 200, f"{segments} segments sent for {TOTAL} bytes")


def too_small(folder):
    with lab.Lab() as box:
        run_ = gen.run(gen.job(folder, "small", mtu=MTU, db=folder / "small.db", **gen.over_xdp()),
                       namespace=box.near, code=3)
        case.expect("mtu = 9000: found 1500" in run_.err, str(run_))


def test():
    case.need_programs(case.SERVER)
    with case.scratch() as folder:
        frames_are_large(run(folder, "ours"))
        run(folder, "tagged", ip=6, vlan=7, vlan_outer=4094)
        frames_are_large(run(folder, "kernel", peer=SERVER))
        too_small(folder)


case.main(test)
