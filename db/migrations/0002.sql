-- SPDX-License-Identifier: BSD-3-Clause
-- Schema 2: what a comparison of runs needs from each. Negative controls (if they move too, the
-- machine moved, not the code), the place of a run in an interleaved set, and the margins of
-- relevance that its job gives. All NULL in runs that were made before.

ALTER TABLE run ADD COLUMN control_timer_wake_p50_ns INTEGER;
ALTER TABLE run ADD COLUMN control_timer_wake_p99_ns INTEGER;
ALTER TABLE run ADD COLUMN control_memory_copy_mib_per_s REAL;
ALTER TABLE run ADD COLUMN control_cpu_per_transaction_ns REAL;
ALTER TABLE run ADD COLUMN interleave_uuid TEXT;
ALTER TABLE run ADD COLUMN interleave_round INTEGER;
ALTER TABLE run ADD COLUMN interleave_side TEXT CHECK (interleave_side IN ('A', 'B'));
ALTER TABLE run ADD COLUMN margins TEXT;
CREATE INDEX run_by_interleave ON run (interleave_uuid) WHERE interleave_uuid IS NOT NULL;
