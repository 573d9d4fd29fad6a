# SPDX-License-Identifier: BSD-3-Clause
"""Loss, reordering, duplicates and corruption on the pair wire: every message arrives once, whole.

No privilege is needed: both ends are in one process.
"""
import case
import gen
from results import Results

FAULT = "loss=5%,reorder=5%,duplicate=2%,corrupt=1%"
TRANSACTIONS = 20_000 * case.SOAK
# Where a frame with one flipped bit can end; a flip in the sender's MAC harms nothing.
PARSER_DROPS = ("eth_not_ours", "eth_type", "ip_short", "ip_version", "ip_csum", "ip_fragment",
                "ip_options", "ip_not_ours", "ip_source", "ip_protocol", "tcp_short", "tcp_csum",
                "tcp_option", "tcp_no_conn")


def run(folder, name, code=0, **keys):
    """Long time-outs: five lost frames in a row are a matter of time here, not an error."""
    job = gen.job(folder, name, wire="pair", connections=200, payload=1000, timeout="120s",
                  connect_timeout="60s", drain="120s",
                  duration=f"{60 * case.SOAK}s", db=folder / f"{name}.db", **keys)
    gen.run(job, seconds=150 * case.SOAK, code=code)
    return Results(folder / f"{name}.db")


def everything_at_once(folder):
    for ip in (4, 6):
        found = run(folder, f"all{ip}", transactions=TRANSACTIONS // 2, fault=FAULT, ip=ip)
        check_harm(found.check_all_completed(TRANSACTIONS // 2))


def check_harm(found):
    drops = found.counters("drop")
    for kind in ("loss", "reorder", "duplicate", "corrupt"):
        case.expect(drops.get(f"fault_{kind}", 0) > 0, f"no frame was hit by {kind}: {drops}")
    case.expect(found.counter("retransmits") > 0, "frames were lost and none was sent again")


def every_corrupted_frame_is_caught(folder):
    """Corruption alone, on receipt: what the fault wire altered is what the parser refused."""
    found = run(folder, "corrupt", transactions=TRANSACTIONS, fault_rx="corrupt=5%")
    found.check_all_completed(TRANSACTIONS)
    drops = found.counters("drop")
    altered = drops.get("fault_corrupt", 0)
    refused = sum(drops.get(name, 0) for name in PARSER_DROPS)
    case.expect(altered > 0, "no frame was altered")
    # A 1000-byte echo and a bare ACK have 6 bytes of sender's MAC among 54 or more.
    case.expect(0.8 * altered <= refused <= altered,
                f"{altered} frames altered, {refused} refused: {drops}")


def two_bits_pass_the_checksum(folder):
    """Two flips that cancel out in the Internet checksum: the echo itself must catch them."""
    found = run(folder, "bits", transactions=TRANSACTIONS, code=None,
                fault_rx="corrupt=1%,corrupt_bits=2", ip=6)
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
        everything_at_once(folder)
        every_corrupted_frame_is_caught(folder)
        two_bits_pass_the_checksum(folder)
        phases_have_their_own(folder)


case.main(test)
