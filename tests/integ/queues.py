# SPDX-License-Identifier: BSD-3-Clause
"""Two workers, a queue each: every transaction counted once, wherever the other end lets its replies
arrive. Our own responder sends on the queue that a flow came from. A kernel sends on whichever it likes:
then each worker gets from the other what is its own."""
import case
import gen
import lab
from results import Results

WORKERS, CONNECTIONS, TRANSACTIONS, PAYLOAD = 2, gen.DEALT, 1000, 1000
TOTAL = TRANSACTIONS * PAYLOAD
MANY = range(gen.HANDED_LEAST, 100 * TRANSACTIONS)
SERVER = f"exec:{case.SERVER} --listen 198.19.0.1:9000 --mode echo"


def count(db, handed):
    """`handed`: how many frames may have changed workers."""
    found = Results(db).check_all_completed(TRANSACTIONS)
    case.expect_equal(found.column("connections_opened"), CONNECTIONS, "connections opened")
    case.expect(found.counter("frames_handed") in handed, f"{found.counter('frames_handed')} frames handed over")
    case.expect_equal(found.counters("drop").keys() - {"tcp_duplicate"}, set(), "reasons to drop a frame")
    split = found.query("SELECT worker, sum(completed) FROM interval WHERE run_id = ? GROUP BY worker",
                        found.run_id)
    case.expect_equal([part for _, part in split], [TRANSACTIONS // WORKERS] * WORKERS,
                      "transactions of each worker")
    return found


def job(folder, name, **keys):
    return gen.job(folder, name, connections=CONNECTIONS, workers=WORKERS, transactions=TRANSACTIONS,
                   payload=PAYLOAD, db=folder / f"{name}.db", **keys)


def here(folder, name, **keys):
    """Both ends are this program's, or the far one is its command's."""
    gen.run(job(folder, name, **keys), seconds=30)
    return count(folder / f"{name}.db", MANY if "peer" in keys else range(1))


def responder_counted(found):
    """What our responder's workers came to, together."""
    rows = dict(found.query("SELECT name, max(value) FROM iface_counter WHERE run_id = ? AND iface = 'peer' "
                            "GROUP BY name", found.run_id))
    case.expect_equal((rows["accepts"], rows["payload_received_bytes"], rows["payload_sent_bytes"]),
                      (CONNECTIONS, TOTAL, TOTAL), "what the responder counted")


def between_two(box, folder):
    """An interface on each side, and a responder of ours with as many workers."""
    with gen.responder(box.far, lab.FAR_IFACE, lab.OURS, 7000, "echo", f"--workers={WORKERS}") as peer:
        keys = {**gen.over_xdp(), "source": "10.77.0.96/28", "target": f"{lab.OURS}:7000"}
        gen.run(job(folder, "ours", **keys), seconds=30, namespace=box.near)
        seen = gen.counts(peer)
    count(folder / "ours.db", range(gen.NEIGHBOURS_MOST + 1))
    case.expect_equal((seen["accepted"], seen["bytes_in"], seen["bytes_out"]),
                      (CONNECTIONS, TOTAL, TOTAL), "what the responder counted")


def against_the_kernel(box, folder):
    with gen.server(box) as server:
        gen.run(job(folder, "kernel", **gen.over_xdp()), seconds=30, namespace=box.near)
        seen = gen.counts(server)
    count(folder / "kernel.db", MANY)
    case.expect_equal((seen["accepted"], seen["bytes_in"], seen["bytes_out"]),
                      (CONNECTIONS, TOTAL, TOTAL), "what the kernel's server counted")


def refused(box, folder):
    """A queue without a worker would lose what the other end sends there."""
    path = gen.job(folder, "one", db=folder / "one.db", **gen.over_xdp())
    run = gen.run(path, namespace=box.near, code=2)
    case.expect("workers = 1: found 2 queues" in run.err, str(run))
    dry = gen.run(path, "--dry-run", namespace=box.near, code=2)
    case.expect("workers = 1: found 2 queues" in dry.out + dry.err, str(dry))
    alone = case.execute(case.GEN, "respond", f"--wire=xdp:{lab.FAR_IFACE}", "--protocol=echo",
                         f"--listen={lab.OURS}:7000", namespace=box.far)
    case.expect_equal(alone.code, 2, f"exit code of a responder of one worker:\n{alone}")
    case.expect("workers = 1: found 2 queues" in alone.err, str(alone))


def test():
    case.need_programs(case.SERVER)
    with case.scratch() as folder:
        responder_counted(here(folder, "lab", wire="lab"))
        responder_counted(here(folder, "pair", wire="pair"))
        here(folder, "exec", wire="lab", peer=SERVER)
        with lab.Lab(queues=2) as box:
            between_two(box, folder)
            against_the_kernel(box, folder)
            refused(box, folder)


case.main(test)
