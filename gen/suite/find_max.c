/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * find_max: the highest rate that holds an objective. Bisection first, until what held and what
 * broke lie a third of find_resolution apart; one wrong trial would mislead it. Then trials go in turn a
 * little below and a little above the boundary as it is guessed from all of them, farther each time
 * one comes out otherwise. Each of these is a bet, on holding or on breaking; what the bets prove
 * is the interval (boundary.h), 95 % whatever the noise. Ends when the interval is as narrow as
 * find_resolution, when the boundary is proven to lie outside find_low .. find_high, at the
 * generator's own limit, or by find_trials and find_time.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "suite/boundary.h"
#include "suite/suites.h"

#define OPEN_MAX 3   /* trials in a row that decided nothing */
#define LATE_MAX 6   /* trials at which the generator was late, before it is believed */
#define DIGITS   4
#define NEAR     0.4 /* of the resolution, on each side of the guess */
#define FARTHER  2.5 /* times that with each bet lost */

static const char *find_max_rules(const struct job *job)
{
    return job->search.find_max;
}

/* A rate that was not even offered whole holds nothing, whatever the rules say of the rest. */
static void find_max_judge(const struct search *s, struct trial *t)
{
    (void)s;
    if (!judge_achieved(t))
        judge_objective(t);
}

/* --- what is known ---------------------------------------------------------------------------- */

struct side {
    uint32_t won, lost; /* bets */
};

struct known {
    double held, broken;     /* the highest rate that held, the lowest that broke */
    bool bisecting;
    bool against;            /* the next bet is that it breaks */
    struct side side[2];     /* on holding, on breaking */
    double guess;
    struct boundary_interval proven;
};

/* Kelly's stake for the chance to win that past bets of the side show, of 2 won in 2.3 at first:
 * six won in a row prove a bound. */
static double stake_of(const struct side *side)
{
    double chance = (side->won + 2) / (side->won + side->lost + 2.3);
    return chance > 0.55 ? 2 * chance - 1 : 0.1;
}

static void settle_bet(struct known *k, struct observation *o)
{
    struct side *side = &k->side[k->against];
    o->stake = k->against ? -stake_of(side) : stake_of(side);
    side->won += o->held != k->against;
    side->lost += o->held == k->against;
}

static void take(struct known *k, struct observation *o, bool late, double resolution)
{
    if (!k->bisecting && !late)
        settle_bet(k, o);
    k->against ^= !k->bisecting;
    k->held = o->held ? fmax(k->held, o->rate) : k->held;
    k->broken = o->held ? k->broken : fmin(k->broken, o->rate);
    k->bisecting &= k->broken / k->held > 1 + resolution / 3;
}

/* Trials at which the generator was late guide the search away like broken ones, as nothing above
 * can be offered, but prove nothing of the peer: such a bet is off. What a trial decided is held
 * against what was known before it, so that the same trials always tell the same. */
static void learn(const struct search *s, struct known *k)
{
    const struct job_search *keys = &s->job->search;
    struct observation o[SUITE_TRIALS_MAX];
    uint32_t n = 0;
    *k = (struct known){.held = keys->find_low, .broken = keys->find_high, .bisecting = true};
    for (uint32_t i = 0; i < s->count; i++) {
        const struct trial *t = &s->trials[i];
        if (!t->result.late && t->passed == TRIAL_OPEN)
            continue;
        o[n] = (struct observation){t->result.requested_per_s, t->passed == TRIAL_PASSED, 0};
        take(k, &o[n++], t->result.late, keys->find_resolution);
    }
    k->guess = boundary_estimate(o, n, keys->find_low, keys->find_high);
    boundary_interval(o, n, &k->proven);
}

static bool narrow(const struct search *s, const struct known *k)
{
    return k->proven.high / k->proven.low <= 1 + s->job->search.find_resolution;
}

/* Proven to break at the lowest rate; to hold at the highest. */
static bool below_all(const struct search *s, const struct known *k)
{
    return k->proven.high <= s->job->search.find_low;
}

static bool above_all(const struct search *s, const struct known *k)
{
    return k->proven.low >= s->job->search.find_high;
}

/* Late again and again, and the peer broke at no rate: the generator's limit. */
static bool generator_is_limit(const struct search *s)
{
    uint32_t late = 0, broken = 0;
    for (uint32_t i = 0; i < s->count; i++) {
        late += s->trials[i].result.late;
        broken += s->trials[i].passed == TRIAL_FAILED;
    }
    return late >= LATE_MAX && !broken;
}

static bool open_for_long(const struct search *s)
{
    uint32_t n = 0;
    while (n < s->count && n < OPEN_MAX && s->trials[s->count - 1 - n].passed == TRIAL_OPEN &&
           !s->trials[s->count - 1 - n].result.late)
        n++;
    return n == OPEN_MAX;
}

static bool spent(const struct search *s)
{
    return s->count >= s->job->search.find_trials || s->elapsed_ns >= s->job->search.find_ns;
}

/* --- the next trial --------------------------------------------------------------------------- */

/* Few digits, so that people can read it; within the range. */
static double rounded(double rate, double low, double high)
{
    char text[32];
    snprintf(text, sizeof text, "%.*g", DIGITS, rate);
    return fmin(high, fmax(low, strtod(text, NULL)));
}

static double rate_of(const struct search *s, const struct known *k)
{
    const struct job_search *keys = &s->job->search;
    double rate = sqrt(k->held * k->broken);
    if (!k->bisecting) {
        double apart = NEAR * pow(FARTHER, k->side[k->against].lost);
        double near = pow(1 + keys->find_resolution, apart);
        rate = k->against ? k->guess * near : k->guess / near;
    }
    return rounded(rate, keys->find_low, keys->find_high);
}

static enum suite_next find_max_next(const struct search *s, struct job_phase *out)
{
    struct known k;
    learn(s, &k);
    if (narrow(s, &k) || below_all(s, &k) || above_all(s, &k) || generator_is_limit(s))
        return SUITE_FINISHED;
    if (open_for_long(s) || spent(s))
        return SUITE_UNDECIDED;
    double rate = rate_of(s, &k);
    phase_rate(out, rate);
    out->duration_ns = phase_time_ns(s->job, rate);
    return SUITE_MORE;
}

/* --- what they come to ------------------------------------------------------------------------ */

/* The passed trial with the highest rate up to `most`; NULL: none. */
static const struct trial *highest_passed(const struct search *s, double most)
{
    const struct trial *best = NULL;
    for (uint32_t i = 0; i < s->count; i++) {
        const struct trial *t = &s->trials[i];
        double rate = t->result.requested_per_s;
        if (t->passed == TRIAL_PASSED && rate <= most &&
            (!best || rate > best->result.requested_per_s))
            best = t;
    }
    return best;
}

/* The trial with the lowest rate from `least` on that did not pass, failures of the peer first. */
static const struct trial *lowest_failed(const struct search *s, double least)
{
    const struct trial *best = NULL;
    for (uint32_t i = 0; i < s->count; i++) {
        const struct trial *t = &s->trials[i];
        double rate = t->result.requested_per_s;
        if ((!t->result.late && t->passed != TRIAL_FAILED) || rate < least)
            continue;
        bool better = !best || (best->result.late && !t->result.late) ||
                      (best->result.late == t->result.late && rate < best->result.requested_per_s);
        best = better ? t : best;
    }
    return best;
}

static const char *why_ended(const struct search *s)
{
    if (open_for_long(s))
        return "trials decided nothing";
    if (s->count >= s->job->search.find_trials)
        return "ended by find_trials";
    return s->elapsed_ns >= s->job->search.find_ns ? "ended by find_time" : "ended early";
}

/* Nothing held, or nothing of the peer broke: at most a bound on one side. */
static void say_one_side(const struct search *s, const struct known *k, const struct trial *passed,
                         const struct trial *broken, struct suite_finding *row)
{
    if (!passed) {
        row->high = k->proven.high;
        finding_say(row, "not found: %s%s%s",
                    below_all(s, k) ? "it breaks at find_low"
                    : broken        ? "no trial held it"
                    : s->count      ? why_ended(s)
                                    : "no trial was finished",
                    broken ? ": " : "", broken ? broken->reason : "");
        return;
    }
    row->value = passed->result.requested_per_s;
    row->low = k->proven.low;
    if (!broken)
        finding_say(row, "at least: %s",
                    above_all(s, k) ? "it holds at find_high" : why_ended(s));
    else
        finding_say(row, "at least; above, the generator is late: %.200s", broken->result.late_why);
}

static void say_both_sides(const struct search *s, const struct known *k, struct suite_finding *row)
{
    row->low = k->proven.low;
    row->high = k->proven.high;
    row->value = k->guess;
    if (row->value < row->low)
        row->value = row->low;
    if (row->value > row->high)
        row->value = row->high;
    if (narrow(s, k))
        finding_say(row, "%u trials; at the value it holds every other time", s->count);
    else
        finding_say(row, "%u trials, %s before the interval was as narrow as find_resolution = %.6g",
                    s->count, why_ended(s), s->job->search.find_resolution);
}

static void find_max_findings(const struct search *s, struct suite_findings *out)
{
    struct known k;
    learn(s, &k);
    const struct trial *passed = highest_passed(s, INFINITY), *broken = lowest_failed(s, 0);
    if (passed && broken && !broken->result.late)
        passed = highest_passed(s, fmax(k.guess, broken->result.requested_per_s));
    struct suite_finding *row = finding_add(out, "1/s", "max_rate_per_s");
    if (passed && broken && !broken->result.late)
        say_both_sides(s, &k, row);
    else
        say_one_side(s, &k, passed, broken, row);
    row->trial = passed ? trial_index(s, passed) : -1;
    row->confidence = isnan(row->low) && isnan(row->high) ? NAN : BOUNDARY_CONFIDENCE;
    row = finding_add(out, "1/s", "max_achieved_per_s");
    if (passed) {
        row->value = passed->result.achieved_per_s;
        row->trial = trial_index(s, passed);
        finding_say(row, "of the highest rate that held it: %.6g/s asked for",
                    passed->result.requested_per_s);
    } else {
        finding_say(row, "no trial held it");
    }
    finding_limit(out, s, broken);
}

const struct suite find_max_suite = {
    .name = "find_max",
    .meaning = "the highest rate that holds an objective (find_max = RULES), as an interval",
    .rules = find_max_rules,
    .rules_key = "find_max",
    .fixed_rules = "achieved>=90%",
    .next = find_max_next,
    .judge = find_max_judge,
    .findings = find_max_findings,
};
