/* SPDX-License-Identifier: BSD-3-Clause */
/* Rules as people write them: refused with a message, or read so that they read the same again. */
#include <math.h>
#include <string.h>

#include "base/err.h"
#include "job/job.h"
#include "run/sla.h"
#include "tests/fuzz/fuzz.h"

static int parse(const char *text, struct sla_rule rules[SLA_RULES_MAX])
{
    struct err e = {0};
    int n = sla_parse(text, rules, &e);
    FUZZ_CHECK(n <= SLA_RULES_MAX);
    FUZZ_CHECK(n >= 0 || (e.exit_code == EXIT_USAGE && strstr(e.message, "expected")));
    return n;
}

static void check_rule(const struct sla_rule *r)
{
    FUZZ_CHECK(r->target >= 0 && isfinite(r->target));
    FUZZ_CHECK(r->metric.name[0] && r->text[0]);
    FUZZ_CHECK(r->metric.windowed == (r->window_ns > 0));
    FUZZ_CHECK(!sla_holds(r, NAN));
    FUZZ_CHECK(sla_holds(r, r->target) == (r->op == SLA_LE || r->op == SLA_GE || r->op == SLA_EQ));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct sla_rule rules[SLA_RULES_MAX], again[SLA_RULES_MAX];
    char text[JOB_TEXT] = "", joined[2 * SLA_RULES_MAX * sizeof rules->text] = "";
    if (size >= sizeof text)
        return 0;
    memcpy(text, data, size);
    int n = parse(text, rules);
    for (int i = 0; i < n; i++) {
        check_rule(&rules[i]);
        strcat(strcat(joined, i ? ", " : ""), rules[i].text);
    }
    if (n <= 0)
        return 0;
    FUZZ_CHECK(parse(joined, again) == n);
    for (int i = 0; i < n; i++)
        FUZZ_CHECK(!strcmp(rules[i].text, again[i].text) &&
                   !(rules[i].target < again[i].target || rules[i].target > again[i].target));
    return 0;
}
