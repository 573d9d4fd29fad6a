# SPDX-License-Identifier: BSD-3-Clause
"""Loss, reordering, duplicates and corruption on the pair wire: every message arrives once, whole.

No privilege is needed: both ends are in one process.
"""
import time

import case
import gen
from results import Results

SHARES = {"loss": 0.10, "reorder": 0.10, "duplicate": 0.05, "corrupt": 0.02}
FAULT = ",".join(f"{kind}={share:.0%}" for kind, share in SHARES.items())
MESSAGES = 10_000_000 if case.SOAK > 1 else 100_000  # that go and come back, half of them over IPv6
TRANSACTIONS = 20_000 * case.SOAK  # of the other cases
# Where a frame with one flipped bit can end.
PARSER_DROPS = ("ip_short", "ip_version", "ip_csum", "ip_fragment", "ip_options", "ip_not_ours",
                "ip_source", "ip_protocol", "tcp_short", "tcp_csum", "tcp_option")


def run(folder, name, code=0, **keys):
    """Many connections and short retransmission time-outs, so that those overlap and cost little. Many
    retries: nine lost frames in a row, which is one too many by default, are a matter of time here."""
    keys = {"connections": 500, "payload": 1000, "rto_min": "5ms", "rto_initial": "20ms",
            "rto_max": "100ms", "retries": 50, "timeout": "60s", "connect_timeout": "30s",
            "drain": "60s", **keys}
    job = gen.job(folder, name, wire="pair", db=folder / f"{name}.db", **keys)
    gen.run(job, seconds=150 * case.SOAK, code=code)
    return Results(folder / f"{name}.db")


def nothing_is_lost_doubled_or_altered(folder):
    """Several messages under way on each connection, so that frames overtake each other within one."""
    for ip in (4, 6):
        began = time.monotonic()
        found = run(folder, f"all{ip}", transactions=MESSAGES // 2, fault=FAULT, ip=ip, depth=4,
                    payload="1-1024", content="binary").check_all_completed(MESSAGES // 2)
        sent = found.sum("payload_sent_bytes")
        case.expect_equal((found.sum("payload_received_bytes"), *served(found)), (sent, sent, sent),
                          "bytes back, into and out of the responder")
        check_harm(found)
        print(f"IPv{ip}: {MESSAGES // 2} messages, {sent} bytes each way, {found.counter('retransmits')} "
              f"segments sent again in {time.monotonic() - began:.1f} s; {harm(found)}", flush=True)


def served(found):
    """Bytes that the responder took and gave."""
    rows = dict(found.query("SELECT name, max(value) FROM iface_counter WHERE run_id = ? AND "
                            "iface = 'responder' GROUP BY name", found.run_id))
    return rows.get("bytes_in"), rows.get("bytes_out")


def harm(found):
    """Frames, both ways, by what the fault wire did to them."""
    return {name: n for name, n in found.counters("drop").items() if name.startswith("fault_")}


def check_harm(found):
    """As much of each as was asked for; what was lost was not hit by the others."""
    frames = found.counter("frames_tx") + found.counter("frames_rx")
    for kind, share in SHARES.items():
        hit = harm(found).get(f"fault_{kind}", 0)
        case.expect(0.8 * share < hit / frames < 1.2 * share, f"{kind}: {hit} of {frames} frames hit")
    case.expect(found.counter("retransmits") > 0, "frames were lost and none was sent again")


def every_corrupted_frame_is_caught(folder):
    """Corruption alone, on receipt: what the fault wire altered is what the parser refused."""
    found = run(folder, "corrupt", transactions=TRANSACTIONS, fault_rx="corrupt=5%")
    found.check_all_completed(TRANSACTIONS)
    drops = found.counters("drop")
    altered = drops.get("fault_corrupt", 0)
    case.expect(altered > TRANSACTIONS / 100, f"hardly a frame was altered: {altered}")
    case.expect_equal(sum(drops.get(name, 0) for name in PARSER_DROPS), altered,
                      f"frames refused, of those altered: {drops}")


def two_bits_pass_the_checksum(folder):
    """Two flips that cancel out in the Internet checksum: the echo itself must catch them."""
    found = run(folder, "bits", transactions=TRANSACTIONS, code=None,
                fault_rx="corrupt=1%,corrupt_bits=2", ip=6, pattern="reconnect",
                reconnect_min="10ms")
    found.check_whole()
    case.expect(found.counter("bad_reply", "result") > 0,
                f"no altered reply was caught: {found.counters('result')}")


PHASES = """[global]
wire = pair
protocol = echo
connections = 4
rate = max
depth = 2
transactions = 300
duration = 60s
timeout = 120s
warmup = 0s
quiet = yes
seed = 1
[clean]
[doubled]
fault = duplicate=100%
[doubled_too]
fault = duplicate=100%
[one_way]
fault_tx = reorder=100%
[clean_again]
"""


def phases_have_their_own(folder):
    path, db = folder / "phases.conf", folder / "phases.db"
    path.write_text(PHASES, encoding="utf-8")
    gen.run(path, f"--db={db}")
    found = Results(db).check_all_completed()
    case.expect_equal(
        found.query("SELECT p.name, f.name, f.detail FROM fault_event f "
                    "JOIN phase p ON p.id = f.phase_id ORDER BY f.id"),
        [("doubled", "frames", "duplicate=100%"), ("one_way", "frames", "rx none"),
         ("one_way", "frames", "tx reorder=100%"), ("clean_again", "frames", "tx none")], "faults")
    hit = found.query("SELECT DISTINCT p.name, n.name FROM interval i JOIN phase p ON p.id = i.phase_id "
                      "JOIN counter c ON c.interval_id = i.id JOIN counter_name n ON n.id = c.name_id "
                      "WHERE n.kind = 'drop' AND n.name LIKE 'fault%' AND p.kind = 'measure'")
    case.expect_equal(set(hit), {("doubled", "fault_duplicate"), ("doubled_too", "fault_duplicate"),
                                 ("one_way", "fault_reorder")}, "which phases were hit by what")


def test():
    with case.scratch() as folder:
        nothing_is_lost_doubled_or_altered(folder)
        every_corrupted_frame_is_caught(folder)
        two_bits_pass_the_checksum(folder)
        phases_have_their_own(folder)


case.main(test)
