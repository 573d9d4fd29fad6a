-- SPDX-License-Identifier: BSD-3-Clause
-- Schema 3: why a phase ended, what a search asked of a trial and found, and what was done to a run
-- from outside while it went on.

-- 'time', 'count', 'completions', 'connections', 'steady', 'abort', 'command', 'signal', 'decided';
-- NULL: it did not end, or its end was not recorded (runs that were made before).
ALTER TABLE phase ADD COLUMN exit_reason TEXT;

ALTER TABLE trial ADD COLUMN connections INTEGER;
ALTER TABLE trial ADD COLUMN limited_by TEXT
    CHECK (limited_by IN ('generator', 'wire', 'peer', 'load', 'unknown'));

-- What a suite found, one figure a row. low and high: its interval, of the given confidence (0.95).
CREATE TABLE finding (
    id INTEGER PRIMARY KEY,
    run_id INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    name TEXT NOT NULL,
    value REAL,
    low REAL,
    high REAL,
    confidence REAL,
    unit TEXT NOT NULL,
    trial_seq INTEGER,
    reason TEXT,
    UNIQUE (run_id, seq)
);

-- What was asked of a running run (gen ctl), and what came of it.
CREATE TABLE command (
    id INTEGER PRIMARY KEY,
    run_id INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    phase_id INTEGER REFERENCES phase (id) ON DELETE CASCADE,
    at_ns INTEGER NOT NULL,
    name TEXT NOT NULL,
    argument TEXT,
    result TEXT NOT NULL
);
CREATE INDEX command_by_run ON command (run_id);
