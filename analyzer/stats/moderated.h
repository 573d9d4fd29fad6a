/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The moderated t: a few runs borrow their variance from the history of the workload,
 * s~^2 = (d0 s0^2 + d s^2) / (d0 + d) with d0 + d degrees of freedom (Smyth 2004, "Linear models
 * and empirical Bayes methods"). Values are ln(metric); the run is the unit. Pure.
 */
#ifndef ANALYZER_STATS_MODERATED_H
#define ANALYZER_STATS_MODERATED_H

#include <stddef.h>

/* Variance of one stretch of history without a change (one segment, one commit): s^2 with df. */
struct variance {
    double squares; /* s^2 */
    double df;      /* runs - 1 > 0 */
};

struct prior {
    double d0; /* degrees of freedom that the history is worth; 0: there is none */
    double s0; /* standard deviation between runs */
};

#define PRIOR_GROUPS 4 /* stretches from which their differences are estimated */
#define PRIOR_ONE_DF 8 /* one run against one run needs that much history (STATS 2) */

/* Moment estimate of d0 and s0 from the spread of ln(s^2) over the stretches (Smyth 2004, 6.2),
 * d0 never above the degrees of freedom that the history has in all, because s0 is known no better.
 * With fewer than PRIOR_GROUPS stretches their pooled variance and degrees of freedom. Stretches
 * with df <= 0 or without spread are left out; none left: d0 = 0. */
struct prior moderated_prior(const struct variance *history, size_t count);

struct moderated {
    double shift; /* mean(b) - mean(a) */
    double se;    /* its standard error, from s~ */
    double sd;    /* s~ */
    double df;    /* d0 + d */
    double t, p;  /* two-sided */
};

/* b against a. n and m >= 1; one value against one takes the standard errors inside the runs,
 * se_a and se_b (0: unknown), on top: t = (x_B - x_A) / sqrt(2 s0^2 + se_A^2 + se_B^2).
 * -ENODATA: nothing to take a variance from (one against one needs d0 >= PRIOR_ONE_DF);
 * -EDOM: no spread in the values and none in history. */
struct side {
    const double *x;
    size_t n;
    double se; /* used when both sides have one value */
};
int moderated_compare(const struct side *a, const struct side *b, const struct prior *prior,
                      struct moderated *out);
/* Half width of the interval of the shift at `level`. */
double moderated_half_width(const struct moderated *m, double level);

/* Derivatives of ln Gamma, x > 0 (DLMF 5.11, 5.15), and the x > 0 with trigamma(x) = y > 0. */
double digamma(double x);
double trigamma(double x);
double trigamma_inverse(double y);

#endif
