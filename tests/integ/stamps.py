# SPDX-License-Identifier: BSD-3-Clause
"""`rx_stamps`, `tx_stamps`: arrivals and departures have times of their own, and how long frames waited for the
generator and took to leave is counted; what no driver can stamp is said to be unstamped."""
import signal
import time

import case
import gen
from results import Results

STOPPED_S, RUN_MOST_S = 0.5, 30
RING = 2048  # frames under way when the run ends: their departures are nobody's to read


def longest(found, name="rx_wait_max_ns"):
    return max(value for (value,) in found.query(
        "SELECT value FROM counter_total WHERE run_id = ? AND name = ?", found.run_id, name))


def stopped_for_a_while(folder):
    """What arrives while gen is stopped waits for it: the reply to each connection's last request."""
    db = folder / "kernel.db"
    job = gen.job(folder, wire="lab", rx_stamps="kernel", tx_stamps="yes", connections=16, duration="2s", interval="200ms",
                  status_interval="100ms", quiet="no", db=db)
    with gen.start(job) as run:
        case.wait_until(lambda: "main" in run.err, 20, lambda: f"the run has not begun:\n{run}")
        run.send(signal.SIGSTOP)
        time.sleep(STOPPED_S)
        run.send(signal.SIGCONT)
        case.expect(run.wait(RUN_MOST_S) in gen.WELL_OR_LATE, str(run))
    found = Results(db).check_whole()
    count = found.counters("counter")
    case.expect_equal(count["frames_stamped"], count["frames_rx"], "stamped of all frames received")
    case.expect(longest(found) > STOPPED_S / 2 * 1e9, f"the longest wait: {longest(found)} ns")
    case.expect(0 < count["rx_wait_over_1ms"] <= count["rx_wait_over_100us"] <= count["rx_wait_over_10us"]
                < count["frames_stamped"], f"waits by length: {count}")
    case.expect(count["rx_wait_ns"] > longest(found), "the sum of all waits is less than the longest")
    case.expect(0 <= count["frames_tx"] - count["frames_tx_stamped"] <= RING, f"departures: {count}")
    case.expect(0 < longest(found, "tx_wait_max_ns") < RUN_MOST_S * 1e9, f"the way out: {count}")
    detail = found.column("wire_detail")
    case.expect("arrivals stamped by the program" in detail and "departures stamped by the kernel" in detail, detail)
    told = case.execute(case.ANALYZE, "--db", db).out
    case.expect("arrivals    waited" in told and "departures  left" in told, told)
    peer = dict(found.query("SELECT name, max(value) FROM iface_counter WHERE run_id = ? AND iface = 'peer' "
                            "GROUP BY name", found.run_id))
    case.expect_equal(peer["frames_stamped"], peer["frames_rx"], "stamped of what the responder received")


def no_clock_in_the_device(folder):
    """veth's driver takes the question and knows no time."""
    db = folder / "device.db"
    gen.run(gen.job(folder, wire="lab", rx_stamps="device", duration="300ms", db=db))
    found = Results(db).check_whole()
    case.expect_equal(found.counter("frames_stamped"), 0, "stamped by a device without a clock")
    notes = [text for (text,) in found.query("SELECT text FROM note WHERE run_id = ? AND level = 'warn'",
                                             found.run_id)]
    case.expect(any(text.startswith("rx_stamps: none of ") for text in notes), f"notes: {notes}")
    case.expect("arrivals    waited" not in gen.analyze("--db", db), "waits that nobody measured are told")


def held_on_purpose(folder):
    """What a fault delays does not wait for being read."""
    db = folder / "held.db"
    gen.run(gen.job(folder, wire="lab", rx_stamps="kernel", fault_rx="delay=20ms", duration="300ms", db=db))
    found = Results(db).check_whole()
    case.expect(found.sum("completed") > 0, "nothing was answered")
    case.expect_equal(found.counter("rx_wait_ns"), 0, "waits of frames that were held")


def unasked(folder):
    db = folder / "none.db"
    gen.run(gen.job(folder, wire="lab", duration="200ms", db=db))
    case.expect_equal(Results(db).counter("frames_stamped"), 0, "stamped without being asked for")


def test():
    case.need_capabilities()
    with case.scratch() as folder:
        stopped_for_a_while(folder)
        no_clock_in_the_device(folder)
        held_on_purpose(folder)
        unasked(folder)


case.main(test)
