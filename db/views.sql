-- SPDX-License-Identifier: BSD-3-Clause
-- Derived views. Nothing is stored here: every writer drops and rebuilds them when it opens the
-- file, so a view may change without a migration.

-- Totals of a phase over all workers and intervals; rates over the phase's own achieved time (of
-- an interrupted phase: up to its last interval).
DROP VIEW IF EXISTS phase_summary;
CREATE VIEW phase_summary AS
SELECT p.run_id, p.id AS phase_id, p.seq, p.name, p.kind, p.measured, p.load, p.offered_rate_per_s,
       (ifnull(p.ended_ns, max(i.ended_ns)) - p.started_ns) / 1e9 AS duration_s,
       sum(i.started) AS started, sum(i.completed) AS completed, sum(i.failed) AS failed,
       sum(i.messages_sent) AS messages_sent, sum(i.messages_received) AS messages_received,
       sum(i.payload_sent_bytes) AS payload_sent_bytes,
       sum(i.payload_received_bytes) AS payload_received_bytes,
       sum(i.connects_started) AS connects_started,
       sum(i.connects_completed) AS connects_completed, sum(i.connects_failed) AS connects_failed,
       sum(i.frames_tx) AS frames_tx, sum(i.frames_rx) AS frames_rx,
       sum(i.wire_tx_bytes) AS wire_tx_bytes, sum(i.wire_rx_bytes) AS wire_rx_bytes,
       sum(i.retransmits) AS retransmits,
       sum(i.completed) * 1e9 / nullif(ifnull(p.ended_ns, max(i.ended_ns)) - p.started_ns, 0)
           AS transactions_per_s,
       sum(i.messages_sent) * 1e9 / nullif(ifnull(p.ended_ns, max(i.ended_ns)) - p.started_ns, 0)
           AS msg_per_s,
       100.0 * sum(i.failed) / nullif(sum(i.completed) + sum(i.failed), 0) AS errors_percent
FROM phase p LEFT JOIN interval i ON i.phase_id = p.id
GROUP BY p.run_id, p.id;

-- One row a run: rates of its measured phases; started, completed and failed also over their
-- drains, where the last of their transactions end; latency of all of them together. One level of
-- GROUP BY, so that SQLite carries WHERE run_id = ... inside and reads that run alone.
DROP VIEW IF EXISTS run_summary;
CREATE VIEW run_summary AS
WITH by_run AS (
    SELECT r.id AS run_id,
           (SELECT sum((ifnull(m.ended_ns, (SELECT max(ended_ns) FROM interval WHERE phase_id = m.id))
                        - m.started_ns) / 1e9)
            FROM phase m WHERE m.run_id = r.id AND m.measured) AS measured_s,
           sum(i.completed) FILTER (WHERE p.measured) AS completed,
           sum(i.messages_sent) FILTER (WHERE p.measured) AS messages_sent,
           sum(i.messages_received) FILTER (WHERE p.measured) AS messages_received,
           sum(i.payload_sent_bytes) FILTER (WHERE p.measured) AS payload_sent_bytes,
           sum(i.payload_received_bytes) FILTER (WHERE p.measured) AS payload_received_bytes,
           sum(i.frames_tx) FILTER (WHERE p.measured) AS frames_tx,
           sum(i.frames_rx) FILTER (WHERE p.measured) AS frames_rx,
           sum(i.retransmits) FILTER (WHERE p.measured) AS retransmits,
           sum(i.started) FILTER (WHERE p.measured OR p.kind = 'drain') AS started,
           sum(i.completed) FILTER (WHERE p.measured OR p.kind = 'drain') AS outcome_completed,
           sum(i.failed) FILTER (WHERE p.measured OR p.kind = 'drain') AS outcome_failed
    FROM run r LEFT JOIN phase p ON p.run_id = r.id LEFT JOIN interval i ON i.phase_id = p.id
    GROUP BY r.id)
SELECT m.run_id, r.uuid, r.workload_id, r.history_key, r.tool_commit, r.subject_commit,
       strftime('%Y-%m-%dT%H:%M:%SZ', r.started_ns / 1000000000, 'unixepoch') AS started_at,
       r.started_ns, (r.ended_ns - r.started_ns) / 1e9 AS whole_s,
       r.state, r.valid, r.invalid_reason, r.limited_by, (
           SELECT CASE
           WHEN sum(state = 'FAIL') THEN 'FAIL'
           WHEN sum(state = 'NOT_MEASURED') THEN 'NOT_MEASURED'
           WHEN sum(state = 'WARN') THEN 'WARN'
           WHEN sum(state = 'PASS') THEN 'PASS'
           ELSE 'SKIP' END
           FROM verdict WHERE run_id = m.run_id HAVING count(*) > 0) AS verdict,
       r.wire, r.protocol, r.transport, r.pattern, r.load, r.workers,
       r.connections_requested, r.connections_opened,
       m.measured_s, m.started, m.outcome_completed AS completed, m.outcome_failed AS failed,
       m.messages_sent, m.messages_received,
       m.completed / nullif(m.measured_s, 0) AS transactions_per_s,
       m.messages_sent / nullif(m.measured_s, 0) AS msg_per_s,
       (m.frames_tx + m.frames_rx) / nullif(m.measured_s, 0) AS frames_per_s,
       m.payload_sent_bytes / 1048576.0 / nullif(m.measured_s, 0) AS payload_out_mib_per_s,
       m.payload_received_bytes / 1048576.0 / nullif(m.measured_s, 0) AS payload_in_mib_per_s,
       100.0 * m.outcome_failed / nullif(m.outcome_completed + m.outcome_failed, 0) AS errors_percent,
       m.retransmits,
       s.count AS latency_count, s.censored AS latency_censored,
       s.p50_ns / 1e3 AS latency_p50_us, s.p90_ns / 1e3 AS latency_p90_us,
       s.p95_ns / 1e3 AS latency_p95_us, s.p99_ns / 1e3 AS latency_p99_us,
       s.p999_ns / 1e3 AS latency_p999_us, s.p9999_ns / 1e3 AS latency_p9999_us,
       s.max_ns / 1e3 AS latency_max_us, s.mean_ns / 1e3 AS latency_mean_us,
       s.missing_reason AS latency_missing_reason,
       r.control_timer_wake_p50_ns, r.control_timer_wake_p99_ns, r.control_memory_copy_mib_per_s,
       r.control_cpu_per_transaction_ns,
       r.interleave_uuid, r.interleave_round, r.interleave_side, r.margins
FROM by_run m
JOIN run r ON r.id = m.run_id
LEFT JOIN summary s ON s.run_id = m.run_id AND s.phase_id IS NULL AND s.time = 'latency';

-- One row an interval, all workers together. Percentiles cannot be merged in SQL: the worst
-- worker's is given and says so; the exact one comes from the blobs (analyze).
DROP VIEW IF EXISTS interval_summary;
CREATE VIEW interval_summary AS
SELECT i.run_id, p.name AS phase, p.measured, i.seq, min(i.started_ns) AS started_ns,
       (min(i.started_ns) - r.started_ns) / 1e9 AS at_s,
       max(i.ended_ns) - min(i.started_ns) AS length_ns,
       count(*) AS workers, sum(i.merged) AS merged,
       sum(i.open_connections) AS open_connections,
       sum(i.started) AS started, sum(i.completed) AS completed, sum(i.failed) AS failed,
       sum(i.completed * 1e9 / max(i.ended_ns - i.started_ns, 1)) AS transactions_per_s,
       sum(i.messages_sent * 1e9 / max(i.ended_ns - i.started_ns, 1)) AS msg_per_s,
       sum(i.wire_tx_bytes * 8 / max(i.ended_ns - i.started_ns, 1.0)) AS wire_out_gbit_per_s,
       sum(i.wire_rx_bytes * 8 / max(i.ended_ns - i.started_ns, 1.0)) AS wire_in_gbit_per_s,
       sum(i.retransmits) AS retransmits,
       max(i.latency_p50_ns) / 1e3 AS latency_p50_us_worst_worker,
       max(i.latency_p99_ns) / 1e3 AS latency_p99_us_worst_worker,
       max(i.latency_max_ns) / 1e3 AS latency_max_us
FROM interval i JOIN phase p ON p.id = i.phase_id JOIN run r ON r.id = i.run_id
GROUP BY i.run_id, i.phase_id, i.seq;

-- How the figures of one history key moved: completed runs, oldest first.
DROP VIEW IF EXISTS trend;
CREATE VIEW trend AS
SELECT history_key, workload_id, run_id, started_at, started_ns, tool_commit, subject_commit,
       valid, verdict, transactions_per_s, msg_per_s, errors_percent,
       latency_p50_us, latency_p99_us, latency_p999_us, latency_max_us,
       msg_per_s / nullif(lag(msg_per_s) OVER one, 0) AS msg_per_s_ratio,
       latency_p99_us / nullif(lag(latency_p99_us) OVER one, 0) AS latency_p99_ratio,
       control_timer_wake_p99_ns, control_memory_copy_mib_per_s, control_cpu_per_transaction_ns
FROM run_summary WHERE state = 'done'
WINDOW one AS (PARTITION BY history_key ORDER BY started_ns, run_id)
ORDER BY history_key, started_ns, run_id;

-- Everything counted, by run and phase.
DROP VIEW IF EXISTS counter_total;
CREATE VIEW counter_total AS
SELECT i.run_id, i.phase_id, p.name AS phase, p.measured, n.kind, n.name,
       CASE n.rollup WHEN 'max' THEN max(c.value) ELSE sum(c.value) END AS value, n.meaning
FROM counter c JOIN counter_name n ON n.id = c.name_id
JOIN interval i ON i.id = c.interval_id JOIN phase p ON p.id = i.phase_id
GROUP BY i.run_id, i.phase_id, n.id;
