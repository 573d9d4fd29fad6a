/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Rules: METRIC OP VALUE[UNIT][/TIME], separated by commas: latency_p95<100ms, errors<0.05%,
 * msg_per_s>=10000, memory_growth<50MiB/30s. Evaluated with the operators as written, on measured
 * data only. The same grammar serves sla, warn, run_sla and abort_if.
 */
#ifndef RUN_SLA_H
#define RUN_SLA_H

#include <stdbool.h>

#include "run/figures.h"

struct err;

enum sla_op { SLA_LT, SLA_LE, SLA_GT, SLA_GE, SLA_EQ };

/* PASS and WARN pass. */
enum sla_state { SLA_PASS, SLA_WARN, SLA_FAIL, SLA_SKIP, SLA_NOT_MEASURED, SLA_NOT_APPLICABLE };
#define SLA_STATES 6
const char *sla_state_name(enum sla_state state); /* "NOT_MEASURED" */

struct sla_rule {
    char text[96];
    struct figure_name metric;
    enum sla_op op;
    double target;      /* in the metric's unit */
    uint64_t window_ns; /* of a windowed metric */
};

#define SLA_RULES_MAX 16

/* Number of rules, or -EINVAL with a message that names the rule, what is wrong with it and what is
 * expected; also when no figure could keep it, none could break it, or two of them exclude each
 * other. */
int sla_parse(const char *text, struct sla_rule rules[SLA_RULES_MAX], struct err *e);
bool sla_holds(const struct sla_rule *rule, double actual);
const char *sla_op_text(enum sla_op op);

#endif
