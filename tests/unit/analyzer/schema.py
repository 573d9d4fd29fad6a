# SPDX-License-Identifier: BSD-3-Clause
"""Real output against the contract: schema.py ANALYZE MAKE_FIXTURE SCHEMA."""
import json
import os
import sqlite3
import subprocess
import sys
import tempfile

try:
    import jsonschema
except ImportError:
    print("skipped: python3-jsonschema is not installed")
    sys.exit(77)

ANALYZE, FIXTURE, SCHEMA = sys.argv[1:4]
RUNS = (["known", "PASS"], ["real", "max"], ["empty", "dead"], ["invalid", "FAIL"], ["running"],
        ["workload=odd \x01 'name'"])
NEEDED = """workload_id history_key transport wire tls_enabled connections connections_requested
duration_s actual_duration_s measured_phase pattern messages_sent messages_received transactions
success_rate throughput_msg_per_s transactions_per_s frames_per_s latency_p50_us latency_p90_us
latency_p95_us latency_p99_us latency_p999_us latency_p9999_us latency_max_us latency_mean_us
service_p99_us queueing_p99_us lateness_p99_us connect_p99_us bandwidth_mib_per_s
bandwidth_in_mib_per_s wire_gbit_per_s cpu_percent_per_node memory_rss_mib_per_node
context_switches_per_s_per_node
memory_base_rss_mib memory_bytes_per_conn precision_ns scope environment timestamp error_count
errors retransmissions in_order_percent targets verdict valid limited_by""".split()


def nulls(value, path=""):
    """Paths of the figures that are null."""
    for name, item in value.items():
        if item is None:
            yield path + name
        elif isinstance(item, dict) and name in ("cpu_percent_per_node", "memory_rss_mib_per_node", "context_switches_per_s_per_node",
                                                 "memory_bytes_per_conn"):
            yield from nulls(item, path + name + ".")


def search(db):
    """The first run becomes one of a suite: a whole trial, one of which nothing is known."""
    with sqlite3.connect(db) as opened:
        phase = opened.execute("SELECT id FROM phase WHERE run_id = 1 AND measured").fetchone()[0]
        opened.execute("INSERT INTO summary (run_id, phase_id, time, count, overflow, p50_ns, p99_ns, mean_ns) "
                   "VALUES (1, ?, 'latency', 1000, 0, 1000000, 2000000, 1100000)", (phase,))
        opened.executemany("INSERT INTO trial (run_id, phase_id, seq, objective, requested_per_s, achieved_per_s, "
                           "passed, reason, connections, limited_by) VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                           [(phase, 1, "p99<1ms", 50, 49.5, 1, "held", 4, "load"), (None, 2) + (None,) * 7])
        opened.executemany("INSERT INTO finding (run_id, seq, name, value, low, high, confidence, unit, trial_seq, "
                           "reason) VALUES (1, ?, ?, ?, ?, ?, ?, '1/s', ?, ?)",
                           [(1, "max_rate_per_s", 48, 45, 51, 0.95, 1, "found"), (2, "odd \x01") + (None,) * 6])
    opened.close()


def main():
    with open(SCHEMA, encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft7Validator.check_schema(schema)
    assert not set(NEEDED) - set(schema["required"]), set(NEEDED) - set(schema["required"])
    validator = jsonschema.Draft7Validator(schema)
    with tempfile.TemporaryDirectory() as folder:
        db = os.path.join(folder, "results.db")
        for words in RUNS:
            subprocess.run([FIXTURE, db, *words], check=True, stdout=subprocess.PIPE)
        search(db)
        for i, words in enumerate(RUNS):
            text = subprocess.run([ANALYZE, "--db", db, "--json", "--run", str(i + 1)],
                                  stdout=subprocess.PIPE, check=False).stdout
            run = json.loads(text)
            validator.validate(run)
            missing = set(nulls(run)) - set(run["null_reasons"])
            assert not missing, f"{words}: null without a reason: {missing}"
            if i == 0:
                assert [t["passed"] for t in run["trials"]] == [True, None], run["trials"]
                assert run["trials"][0]["latency_p50_us"] and run["trials"][0]["success_percent"], run["trials"]
                assert [f["high"] for f in run["findings"]] == [51, None], run["findings"]
            else:
                assert run["trials"] == run["findings"] == [], run["trials"]
            broken = dict(run, throughput_msg_per_s="fast")
            assert list(validator.iter_errors(broken)), "the schema accepts anything"
    print(f"{len(RUNS)} runs hold to {os.path.basename(SCHEMA)}")


main()
