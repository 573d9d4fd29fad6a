/* SPDX-License-Identifier: BSD-3-Clause */
/* Trials and findings for people: on stdout, when the run has ended. */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "run/seek_internal.h"

static const char *cell(double value, const char *format, char *buf, size_t size)
{
    if (isnan(value))
        return "-";
    snprintf(buf, size, format, value);
    return buf;
}

static void print_trial(const struct trial *t, uint32_t number, bool asked_to_hold, FILE *out)
{
    static const char *const words[] = {"open", "no", "yes"};
    const struct trial_result *r = &t->result;
    char asked[24], achieved[24], success[24], p50[24], p99[24];
    fprintf(out, "%6u %12s %12s %7u %9s %11s %11s  %-5s %-9s  %s\n", number,
            isnan(r->requested_per_s) ? "max" : cell(r->requested_per_s, "%.6g", asked, sizeof asked),
            cell(r->achieved_per_s, "%.1f", achieved, sizeof achieved), r->connections,
            cell(100 * r->success, "%.2f", success, sizeof success),
            cell(r->p50_us, "%.1f", p50, sizeof p50), cell(r->p99_us, "%.1f", p99, sizeof p99),
            asked_to_hold ? words[t->passed + 1] : "-", r->late ? "generator" : r->limited_by ? r->limited_by : "-",
            t->reason);
}

/* "4000/s", "0.5 us", "150": without a unit where it is a number of something. */
static const char *with_unit(double value, const char *unit, char *buf, size_t size)
{
    if (!strcmp(unit, "1/s"))
        snprintf(buf, size, "%.6g/s", value);
    else
        snprintf(buf, size, "%.6g%s%s", value, strcmp(unit, "1") ? " " : "",
                 strcmp(unit, "1") ? unit : "");
    return buf;
}

static void print_interval(const struct suite_finding *f, FILE *out)
{
    char low[40] = "?", high[40] = "?";
    if (isnan(f->low) && isnan(f->high))
        return;
    if (!isnan(f->low))
        with_unit(f->low, f->unit, low, sizeof low);
    if (!isnan(f->high))
        with_unit(f->high, f->unit, high, sizeof high);
    fprintf(out, " (%s to %s", low, high);
    if (!isnan(f->confidence))
        fprintf(out, ", %.0f %% sure", 100 * f->confidence);
    fputc(')', out);
}

static void print_finding(const struct suite_finding *f, FILE *out)
{
    char value[40];
    fprintf(out, "%s: ", f->name);
    if (!isnan(f->value))
        fputs(with_unit(f->value, f->unit, value, sizeof value), out);
    else if (strcmp(f->unit, "part"))
        fputs("none", out);
    print_interval(f, out);
    fprintf(out, "%s%s\n", strcmp(f->unit, "part") && f->reason[0] ? ", " : "", f->reason);
}

void seek_print(struct run *r, FILE *out)
{
    const struct seek *k = r->seek;
    if (!k)
        return;
    if (k->objective[0])
        fprintf(out, "%s: %s\n", k->search.suite->name, k->objective);
    if (k->search.count)
        fputs(" trial      asked/s   achieved/s   conns success %      p50 us      p99 us  held  "
              "limit      why\n", out);
    for (uint32_t i = 0; i < k->search.count; i++)
        print_trial(&k->search.trials[i], i + 1, k->objective[0] != '\0', out);
    for (uint32_t i = 0; i < k->found.count; i++)
        print_finding(&k->found.rows[i], out);
    fputc('\n', out);
}
