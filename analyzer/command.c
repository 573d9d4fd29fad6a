/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/command.h"

#include "analyzer/options.h"

const struct command commands[] = {
    {"--follow", "", 0, 0, TAKES_RUN | TAKES_LIMIT, follow_run,
     "a line an interval while the run goes on; its exit code at the end"},
    {"--by", "WHAT", 1, 1, TAKES_RUN | TAKES_WRITER, by_command,
     "latency by phase, worker, operation or interval; --json as well"},
    {"--compare", "[NAME]", 0, 1, TAKES_RUN | TAKES_FAIL_ON | TAKES_FORCE | TAKES_WRITER | TAKES_PLOT,
     compare_command, "judge --run (default: the last) against a baseline (default: baseline)"},
    {"--replay", "ID", 1, 1, 0, replay_command,
     "repeat a stored verdict; other bytes: 1; and what newer data would change"},
    {"--list-analyses", "", 0, 0, 0, analyses_list, "a table of the stored verdicts"},
    {"--trend", "[WORKLOAD]", 0, 1,
     TAKES_RUN | TAKES_WRITER | TAKES_PLOT | TAKES_METRIC | TAKES_LAST | TAKES_FAIL_ON,
     trend_command,
     "where the history of the last run (or of --run) changed, and whether it drifts"},
    {"--calibrate", "[WORKLOAD]", 0, 1, TAKES_RUN | TAKES_WRITER | TAKES_METRIC, calibrate_command,
     "what --trend does on that history's noise: false alarms, smallest change seen"},
    {"--set-baseline", "NAME [RUN...]", 1, 1 + OPTIONS_RUNS, 0, baseline_set,
     "name runs (default: the last) to compare with; replaces that name"},
    {"--list-baselines", "", 0, 0, 0, baseline_list, "a table of all baselines"},
    {"--drop-baseline", "NAME", 1, 1, 0, baseline_drop, "forget a baseline; its runs stay"},
    {"--db-check", "", 0, 0, 0, upkeep_check,
     "is the file whole: pages, references, histograms, sums (damage: 2)"},
    {"--db-merge", "OTHER", 1, 1, 0, upkeep_merge,
     "copy the runs of another file into this one; twice is once"},
    {"--db-prune", "", 0, 0, TAKES_PRUNE, upkeep_prune,
     "drop raw samples, by --older-than or --keep-size; summaries stay"},
    {"--db-export", "RUN FILE", 2, 2, 0, upkeep_export,
     "copy one run, also one that goes on, into a new small file"},
};
const size_t commands_count = sizeof commands / sizeof *commands;
