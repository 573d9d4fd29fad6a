/* SPDX-License-Identifier: BSD-3-Clause */
/* A suite's findings and trials for people. */
#include <math.h>
#include <string.h>

#include "analyzer/out/format.h"
#include "analyzer/out/text.h"
#include "analyzer/summary.h"

#define TEXT         64
#define TRIALS_SHOWN 24 /* the last ones; --json lists all */

static const char *shown(char *buf, double value)
{
    return isnan(value) ? "-" : format_plain(buf, TEXT, value);
}

/* "4,000/s", "150", "12 MiB". */
static const char *with_unit(char *buf, double value, const char *unit)
{
    char number[TEXT];
    bool rate = strcmp(unit, "1/s") == 0, plain = rate || strcmp(unit, "1") == 0;
    snprintf(buf, TEXT, "%s%s%.12s", format_number(number, sizeof number, value),
             rate ? "/s" : plain ? "" : " ", plain ? "" : unit);
    return buf;
}

static void write_finding(FILE *out, const struct finding_info *f)
{
    char value[TEXT], low[TEXT], high[TEXT], sure[TEXT] = "", interval[4 * TEXT] = "";
    if (!isnan(f->confidence))
        snprintf(sure, sizeof sure, ", %.3g %% sure", 100 * f->confidence);
    if (!isnan(f->low) || !isnan(f->high))
        snprintf(interval, sizeof interval, " (%s to %s%s)",
                 isnan(f->low) ? "?" : with_unit(low, f->low, f->unit),
                 isnan(f->high) ? "?" : with_unit(high, f->high, f->unit), sure);
    bool part = strcmp(f->unit, "part") == 0; /* in words only */
    format_lines(out, 12, "found       %s%s%s%s%s%s", f->name,
                 part                ? ": "
                 : isnan(f->value) ? ": none"
                                   : " = ",
                 isnan(f->value) ? "" : with_unit(value, f->value, f->unit), interval,
                 f->reason && !part ? ", " : "", format_or(f->reason, ""));
}

static void write_trial(FILE *out, const struct trial_info *t)
{
    char asked[TEXT], achieved[TEXT], success[TEXT], p50[TEXT], p99[TEXT], connections[TEXT];
    format_line(out, "%5lld %10s %10s %7s %8s %10s %10s  %-4s %-9s %s", (long long)t->seq,
                isnan(t->requested_per_s) ? "max" : shown(asked, t->requested_per_s),
                shown(achieved, t->achieved_per_s),
                t->connections == QUERY_NONE ? "-"
                                             : shown(connections, (double)t->connections),
                shown(success, t->success_percent), shown(p50, t->latency_p50_us),
                shown(p99, t->latency_p99_us),
                t->passed == QUERY_NONE ? "-"
                : t->passed             ? "yes"
                                        : "no",
                format_or(t->limited_by, "-"), format_or(t->reason, ""));
}

void text_search_write(FILE *out, const struct summary *s)
{
    size_t first = s->trials.count > TRIALS_SHOWN ? s->trials.count - TRIALS_SHOWN : 0;
    for (size_t i = 0; i < s->findings.count; i++)
        write_finding(out, &s->findings.rows[i]);
    if (s->trials.count == 0)
        return;
    if (s->trials.rows[0].objective)
        format_lines(out, 12, "trials      had to hold %s", s->trials.rows[0].objective);
    format_line(out, "trial    asked/s achieved/s   conns success%%     p50 us     p99 us  held "
                     "limit     why");
    for (size_t i = first; i < s->trials.count; i++)
        write_trial(out, &s->trials.rows[i]);
    if (first)
        format_line(out, "      %zu earlier trials (--json lists them)", first);
}
