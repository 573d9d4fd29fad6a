/* SPDX-License-Identifier: BSD-3-Clause */
/* What a comparison comes to: the metric that matters most, one sentence, and what else must be
 * said: negative controls that moved, and p-values that so few runs cannot reach. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "analyzer/judge/compare_build.h"
#include "analyzer/judge/words.h"

/* --- the metric that is named ---------------------------------------------------------- */

/* A metric that decides goes before one that only shows, then the heavier one. */
static bool heavier(const struct comparison *c, size_t a, size_t b)
{
    bool a_decides = c->metrics[a].use & METRIC_DECIDES;
    bool b_decides = c->metrics[b].use & METRIC_DECIDES;
    if (a_decides != b_decides)
        return a_decides;
    return words_weight(c, a) > words_weight(c, b);
}

static size_t worst_of(const struct comparison *c, enum change change)
{
    size_t worst = COMPARISON_NONE;
    for (size_t j = 0; j < c->metric_count; j++)
        if (c->results[j].change == change && (worst == COMPARISON_NONE || heavier(c, j, worst)))
            worst = j;
    return worst;
}

/* --- the sentence ---------------------------------------------------------------------- */

static const char *against(const struct comparison *c)
{
    return c->paired ? "side A's" : "the baseline's";
}

/* "latency_p99_us is 1.150 times the baseline's (95 % interval 1.102 to 1.201)" */
static void describe(const struct comparison *c, size_t j, char *out, size_t size)
{
    char ratio[WORDS_BYTES], words[WORDS_BYTES], interval[WORDS_BYTES + 20] = "";
    const struct metric *m = &c->metrics[j];
    const struct compare_result *r = &c->results[j];
    words_ratio(ratio, m, r->evidence.shift);
    if (!isnan(r->evidence.lo))
        snprintf(interval, sizeof interval, " (95 %% interval %s)",
                 words_interval(words, m, &r->evidence));
    if (m->scale == SCALE_PLAIN)
        snprintf(out, size, "%s moved by %s against %s%s", m->name, ratio, against(c), interval);
    else if (isinf(r->evidence.shift) && r->evidence.shift > 0)
        snprintf(out, size, "%s: there are some where %s runs had none", m->name,
                 c->paired ? "side A's" : "the baseline's");
    else
        snprintf(out, size, "%s is %s times %s%s", m->name, ratio, against(c), interval);
}

static void say_moved(struct comparison *c, char *out, size_t size)
{
    char what[300], margin[WORDS_BYTES];
    describe(c, c->worst, what, sizeof what);
    size_t others = c->gate.counts[c->gate.change] - 1;
    char more[60] = "";
    if (others)
        snprintf(more, sizeof more, "; %zu other metric%s moved that way, too", others,
                 others == 1 ? "" : "s");
    snprintf(out, size, "%s: %s, %s its margin of %s%s.",
             c->gate.change == CHANGE_REGRESSION ? "Regression" : "Improvement", what,
             c->results[c->worst].strong ? "wholly beyond" : "beyond",
             words_margin(margin, &c->metrics[c->worst]), more);
}

static void say_same(struct comparison *c, char *out, size_t size)
{
    char what[300];
    if (c->worst == COMPARISON_NONE || c->results[c->worst].method == COMPARE_NONE) {
        snprintf(out, size, "Same: every run measured the same.");
        return;
    }
    describe(c, c->worst, what, sizeof what);
    snprintf(out, size, "Same: no metric that decides moved by its margin; nearest to it, %s.",
             what);
}

static void say_open(struct comparison *c, char *out, size_t size)
{
    char what[300], needed[WORDS_BYTES], margin[WORDS_BYTES];
    const struct compare_result *r = &c->results[c->worst];
    if (r->method == COMPARE_NONE) {
        snprintf(out, size, "Inconclusive: %s cannot be judged: %s.", c->metrics[c->worst].name,
                 r->reason);
        return;
    }
    describe(c, c->worst, what, sizeof what);
    words_needed(needed, c, r);
    snprintf(out, size, "Inconclusive: %s: that decides nothing about its margin of %s%s%s%s%s.",
             what, words_margin(margin, &c->metrics[c->worst]), *needed ? "; " : "", needed,
             *needed ? " would" : "", *r->reason && !*needed ? r->reason : "");
}

static void say(struct comparison *c, char *out, size_t size)
{
    c->worst = worst_of(c, c->gate.change);
    if (c->gate.change == CHANGE_SAME || c->worst == COMPARISON_NONE) {
        say_same(c, out, size);
        return;
    }
    if (c->gate.change == CHANGE_INCONCLUSIVE)
        say_open(c, out, size);
    else
        say_moved(c, out, size);
}

/* --- what else ------------------------------------------------------------------------- */

static bool moved(const struct compare_result *r)
{
    return r->change == CHANGE_REGRESSION || r->change == CHANGE_IMPROVEMENT;
}

static void say_controls(struct comparison *c)
{
    char which[240] = "", text[400], ratio[WORDS_BYTES];
    size_t at = 0;
    for (size_t j = 0; j < c->control_count; j++)
        if (moved(&c->controls[j]) && at < sizeof which)
            at += (size_t)snprintf(
                which + at, sizeof which - at, "%s%s x %s", at ? ", " : "",
                c->control_metrics[j].name,
                words_ratio(ratio, &c->control_metrics[j], c->controls[j].evidence.shift));
    if (!at)
        return;
    snprintf(text, sizeof text,
             "The machine moved, not the code: the negative controls moved, too (%s); %s.", which,
             c->paired ? "run more rounds" : "compare interleaved runs");
    c->machine_moved = keep_text(&c->keep, text);
}

/* What ranks alone could say of so few runs, so that no one takes a high p for "no difference". */
static void say_p_min(struct comparison *c)
{
    double p_min = NAN;
    for (size_t j = 0; j < c->metric_count; j++)
        p_min = fmin(p_min, c->results[j].p_min);
    p_min = fmin(p_min, c->gate.p_min);
    char runs[WORDS_BYTES];
    double floor = words_pairs_floor(c);
    words_runs(runs, c);
    if (c->paired && (double)c->a.values.count < floor)
        comparison_note(c,
                        "%s: no p can reach the level of %g with fewer than %.0f "
                        "rounds",
                        runs, c->alpha, floor);
    else if (!c->paired && p_min > c->alpha)
        comparison_note(c,
                        "%s: ranks alone cannot give a p below %.3g; the variance of the history "
                        "stands in",
                        runs, p_min);
}

static void say_history(struct comparison *c)
{
    bool joint = c->gate.joint || c->paired;
    if (!joint)
        comparison_note(c, "variance between runs from %zu earlier run%s in %zu stretch%s",
                        c->history_runs, c->history_runs == 1 ? "" : "s", c->history_stretches,
                        c->history_stretches == 1 ? "" : "es");
}

void comparison_conclude(struct comparison *c)
{
    char text[500];
    if (c->compared) {
        say(c, text, sizeof text);
        say_controls(c);
        say_history(c);
        say_p_min(c);
    } else {
        snprintf(text, sizeof text, "Not comparable: %s%s.", c->obstacles[0],
                 c->obstacle_count > 1 ? ", and more" : "");
    }
    c->conclusion = keep_text(&c->keep, text);
}
