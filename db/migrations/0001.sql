-- SPDX-License-Identifier: BSD-3-Clause
-- Schema 1. Migrations are only ever appended: never edit this file once it is released, write
-- 0002.sql. docs/SCHEMA.md explains every column; its queries are run as tests.
--
-- *_ns columns that name a moment (started_ns, ended_ns, at_ns, ...) are Unix time in ns, read from
-- the monotonic clock and shifted by one constant a run: differences inside a run are monotonic.
-- NULL means "not measured"; a 0 was measured.

CREATE TABLE run (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    uuid TEXT NOT NULL UNIQUE,
    workload_id TEXT NOT NULL,
    job TEXT NOT NULL,
    seed INTEGER NOT NULL,
    overrides TEXT,
    history_key TEXT NOT NULL,
    tool_version TEXT NOT NULL,
    tool_commit TEXT,
    subject_commit TEXT,
    host TEXT NOT NULL,
    pid INTEGER NOT NULL,
    pid_start INTEGER NOT NULL,
    boot_id TEXT NOT NULL,
    started_ns INTEGER NOT NULL,
    ended_ns INTEGER,
    state TEXT NOT NULL DEFAULT 'running'
        CHECK (state IN ('running', 'done', 'interrupted', 'aborted', 'failed')),
    state_reason TEXT,
    valid INTEGER CHECK (valid IN (0, 1)),
    invalid_reason TEXT,
    limited_by TEXT CHECK (limited_by IN ('generator', 'wire', 'peer', 'load', 'unknown')),
    limited_by_evidence TEXT,
    wire TEXT NOT NULL,
    wire_detail TEXT,
    timestamp_source TEXT NOT NULL,
    clock_error_ns INTEGER,
    clock_ppm REAL,
    protocol TEXT NOT NULL,
    transport TEXT NOT NULL DEFAULT 'tcp' CHECK (transport IN ('tcp', 'tls')),
    pattern TEXT NOT NULL,
    load TEXT NOT NULL,
    payload TEXT,
    reply TEXT,
    depth INTEGER,
    workers INTEGER NOT NULL,
    connections_requested INTEGER NOT NULL,
    connections_opened INTEGER,
    duration_requested_ns INTEGER,
    interval_ns INTEGER NOT NULL,
    sla TEXT,
    environment_hash TEXT,
    lost_intervals INTEGER
);
CREATE INDEX run_by_history ON run (history_key, started_ns);
CREATE INDEX run_by_workload ON run (workload_id, started_ns);
CREATE INDEX run_by_state ON run (state) WHERE state = 'running';

CREATE TABLE environment (
    run_id INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    value TEXT,
    class TEXT NOT NULL CHECK (class IN ('must', 'warn', 'info')),
    PRIMARY KEY (run_id, name)
) WITHOUT ROWID;

CREATE TABLE note (
    id INTEGER PRIMARY KEY,
    run_id INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    at_ns INTEGER NOT NULL,
    level TEXT NOT NULL CHECK (level IN ('info', 'warn', 'error')),
    text TEXT NOT NULL
);
CREATE INDEX note_by_run ON note (run_id);

CREATE TABLE phase (
    id INTEGER PRIMARY KEY,
    run_id INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('connect', 'warmup', 'measure', 'drain', 'close')),
    measured INTEGER NOT NULL CHECK (measured IN (0, 1)),
    started_ns INTEGER NOT NULL,
    ended_ns INTEGER,
    requested_ns INTEGER,
    load TEXT NOT NULL,
    offered_rate_per_s REAL,
    connections INTEGER,
    payload TEXT,
    reply TEXT,
    depth INTEGER,
    sla TEXT,
    steady INTEGER CHECK (steady IN (0, 1)),
    steady_reason TEXT,
    UNIQUE (run_id, seq)
);

CREATE TABLE interval (
    id INTEGER PRIMARY KEY,
    run_id INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    phase_id INTEGER NOT NULL REFERENCES phase (id) ON DELETE CASCADE,
    worker INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    started_ns INTEGER NOT NULL,
    ended_ns INTEGER NOT NULL,
    merged INTEGER NOT NULL DEFAULT 0,
    open_connections INTEGER NOT NULL,
    started INTEGER NOT NULL,
    completed INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    messages_sent INTEGER NOT NULL,
    messages_received INTEGER NOT NULL,
    payload_sent_bytes INTEGER NOT NULL,
    payload_received_bytes INTEGER NOT NULL,
    connects_started INTEGER NOT NULL,
    connects_completed INTEGER NOT NULL,
    connects_failed INTEGER NOT NULL,
    frames_tx INTEGER NOT NULL,
    frames_rx INTEGER NOT NULL,
    wire_tx_bytes INTEGER NOT NULL,
    wire_rx_bytes INTEGER NOT NULL,
    retransmits INTEGER NOT NULL,
    latency_count INTEGER NOT NULL,
    latency_p50_ns INTEGER,
    latency_p90_ns INTEGER,
    latency_p99_ns INTEGER,
    latency_max_ns INTEGER,
    UNIQUE (run_id, worker, seq)
);
CREATE INDEX interval_by_phase ON interval (phase_id);

-- Everything counted, as a tall table: a new counter needs no migration. Zeros are not stored.
CREATE TABLE counter_name (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('counter', 'result', 'connect_error', 'drop')),
    name TEXT NOT NULL,
    rollup TEXT NOT NULL CHECK (rollup IN ('sum', 'max')),
    meaning TEXT NOT NULL,
    UNIQUE (kind, name)
);
CREATE TABLE counter (
    interval_id INTEGER NOT NULL REFERENCES interval (id) ON DELETE CASCADE,
    name_id INTEGER NOT NULL REFERENCES counter_name (id),
    value INTEGER NOT NULL,
    PRIMARY KEY (interval_id, name_id)
) WITHOUT ROWID;

-- Histograms of one worker and interval. blob: HdrHistogram V2, compressed.
CREATE TABLE hist (
    id INTEGER PRIMARY KEY,
    interval_id INTEGER NOT NULL REFERENCES interval (id) ON DELETE CASCADE,
    time TEXT NOT NULL,
    count INTEGER NOT NULL,
    overflow INTEGER NOT NULL,
    min_ns INTEGER NOT NULL,
    max_ns INTEGER NOT NULL,
    mean_ns REAL NOT NULL,
    p50_ns INTEGER,
    p90_ns INTEGER,
    p95_ns INTEGER,
    p99_ns INTEGER,
    p999_ns INTEGER,
    p9999_ns INTEGER,
    blob BLOB NOT NULL,
    UNIQUE (interval_id, time)
);

-- Histograms of a whole phase, or of all measured phases of the run (phase_id NULL).
CREATE TABLE summary (
    id INTEGER PRIMARY KEY,
    run_id INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    phase_id INTEGER REFERENCES phase (id) ON DELETE CASCADE,
    time TEXT NOT NULL,
    count INTEGER NOT NULL,
    overflow INTEGER NOT NULL,
    censored INTEGER,
    min_ns INTEGER,
    max_ns INTEGER,
    mean_ns REAL,
    p50_ns INTEGER,
    p90_ns INTEGER,
    p95_ns INTEGER,
    p99_ns INTEGER,
    p999_ns INTEGER,
    p9999_ns INTEGER,
    missing_reason TEXT,
    blob BLOB
);
CREATE UNIQUE INDEX summary_by_run ON summary (run_id, ifnull(phase_id, 0), time);

CREATE TABLE resource (
    id INTEGER PRIMARY KEY,
    run_id INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    role TEXT NOT NULL CHECK (role IN ('gen', 'peer')),
    pid INTEGER NOT NULL,
    at_ns INTEGER NOT NULL,
    rss_bytes INTEGER,
    hugetlb_bytes INTEGER,
    cpu_ns INTEGER,
    voluntary_switches INTEGER,
    involuntary_switches INTEGER
);
CREATE INDEX resource_by_run ON resource (run_id, role, at_ns);

CREATE TABLE conn_memory (
    run_id INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    side TEXT NOT NULL CHECK (side IN ('gen', 'peer')),
    pool TEXT NOT NULL,
    connections INTEGER NOT NULL,
    item_bytes INTEGER,
    items_used INTEGER,
    items_reserved INTEGER,
    bytes_per_conn REAL,
    base_bytes INTEGER,
    loaded_bytes INTEGER,
    PRIMARY KEY (run_id, side, pool)
) WITHOUT ROWID;

CREATE TABLE iface_counter (
    run_id INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    at_ns INTEGER NOT NULL,
    iface TEXT NOT NULL,
    name TEXT NOT NULL,
    value INTEGER NOT NULL,
    PRIMARY KEY (run_id, iface, name, at_ns)
) WITHOUT ROWID;

CREATE TABLE target (
    run_id INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    address TEXT NOT NULL,
    port INTEGER NOT NULL,
    connections_opened INTEGER,
    connections_failed INTEGER,
    started INTEGER,
    completed INTEGER,
    failed INTEGER,
    messages_sent INTEGER,
    messages_received INTEGER,
    latency_p50_ns INTEGER,
    latency_p99_ns INTEGER,
    latency_max_ns INTEGER,
    PRIMARY KEY (run_id, seq)
) WITHOUT ROWID;

CREATE TABLE fault_event (
    id INTEGER PRIMARY KEY,
    run_id INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    phase_id INTEGER REFERENCES phase (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    detail TEXT,
    injected_ns INTEGER NOT NULL,
    detected_ns INTEGER,
    recovered_ns INTEGER,
    messages_lost INTEGER
);
CREATE INDEX fault_event_by_run ON fault_event (run_id);

CREATE TABLE verdict (
    id INTEGER PRIMARY KEY,
    run_id INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    phase_id INTEGER REFERENCES phase (id) ON DELETE CASCADE,
    rule TEXT NOT NULL,
    metric TEXT NOT NULL,
    op TEXT NOT NULL,
    target REAL,
    actual REAL,
    unit TEXT,
    samples INTEGER,
    state TEXT NOT NULL
        CHECK (state IN ('PASS', 'WARN', 'FAIL', 'SKIP', 'NOT_MEASURED', 'NOT_APPLICABLE')),
    reason TEXT
);
CREATE INDEX verdict_by_run ON verdict (run_id);

CREATE TABLE trial (
    id INTEGER PRIMARY KEY,
    run_id INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    phase_id INTEGER REFERENCES phase (id) ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    objective TEXT,
    requested_per_s REAL,
    achieved_per_s REAL,
    passed INTEGER CHECK (passed IN (0, 1)),
    reason TEXT,
    UNIQUE (run_id, seq)
);

-- Raw samples, packed; read through the loadable extension. ratio: the share of transactions that
-- was kept while this block was filled (1 = all of them; 0 = none, and the block is empty).
CREATE TABLE sample_block (
    id INTEGER PRIMARY KEY,
    run_id INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    phase_id INTEGER REFERENCES phase (id) ON DELETE CASCADE,
    worker INTEGER NOT NULL,
    started_ns INTEGER NOT NULL,
    ended_ns INTEGER NOT NULL,
    count INTEGER NOT NULL,
    ratio REAL NOT NULL CHECK (ratio >= 0 AND ratio <= 1),
    format INTEGER NOT NULL,
    crc INTEGER NOT NULL,
    data BLOB NOT NULL
);
CREATE INDEX sample_block_by_run ON sample_block (run_id, started_ns);

-- Written by analyze.
CREATE TABLE baseline (
    name TEXT NOT NULL,
    run_id INTEGER NOT NULL REFERENCES run (id),
    set_ns INTEGER NOT NULL,
    PRIMARY KEY (name, run_id)
) WITHOUT ROWID;

CREATE TABLE analysis (
    id INTEGER PRIMARY KEY,
    at_ns INTEGER NOT NULL,
    kind TEXT NOT NULL,
    run_id INTEGER REFERENCES run (id),
    baseline TEXT,
    inputs_hash TEXT NOT NULL,
    seed INTEGER,
    parameters TEXT NOT NULL,
    tool_version TEXT NOT NULL,
    verdict TEXT NOT NULL,
    result TEXT NOT NULL
);
