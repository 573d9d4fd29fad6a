/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * SLA rules: METRIC OP VALUE[UNIT], separated by commas: latency_p95<100ms, errors<0.05%,
 * msg_per_s>=10000. Evaluated with the operators as written, on measured data only.
 */
#ifndef RUN_SLA_H
#define RUN_SLA_H

#include <stdbool.h>

struct err;

enum sla_op { SLA_LT, SLA_LE, SLA_GT, SLA_GE, SLA_EQ };

/* A metric that a rule may name: a column of the view run_summary. */
struct sla_metric {
    const char *name, *column, *unit; /* unit: of the column and of verdict.target */
};

struct sla_rule {
    char text[96];
    const struct sla_metric *metric;
    enum sla_op op;
    double target; /* in the metric's unit */
};

#define SLA_RULES_MAX 16

/* Number of rules, or -EINVAL with a message that names the rule and what is expected. */
int sla_parse(const char *text, struct sla_rule rules[SLA_RULES_MAX], struct err *e);
bool sla_holds(const struct sla_rule *rule, double actual);
const char *sla_op_text(enum sla_op op);

#endif
