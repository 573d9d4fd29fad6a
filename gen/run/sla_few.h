/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A percentile rule on fewer samples than the percentile itself needs: one-sided binomial bound,
 * from the counts of the stored histogram. Samples in the one bucket that holds the rule's value
 * lie on either side of it for all that is known; a verdict must hold both ways.
 */
#ifndef RUN_SLA_FEW_H
#define RUN_SLA_FEW_H

#include <stddef.h>
#include <stdint.h>

#include "base/binomial.h"
#include "base/hist.h"
#include "run/sla.h"

#define SLA_FEW_ALPHA 0.05

struct sla_few {
    enum binomial_ruling ruling; /* SUPPORTED: the rule holds */
    uint64_t count;              /* samples */
    uint64_t broke, broke_max;   /* of which so many broke the bound: surely, at most */
    double needs; /* samples of which none breaks it would support it; NAN: no number would */
};

/* `rule` is on the percentile num/den, in us. `h` may be empty: OPEN. */
void sla_few_judge(const struct sla_rule *rule, uint64_t num, uint64_t den,
                   const struct hist_sum *h, struct sla_few *out);
/* One clause for the verdict's reason. */
char *sla_few_reason(const struct sla_few *few, char *buf, size_t size);

#endif
