/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The binomial distribution, exactly, and what few samples say about a percentile. Probabilities
 * are Loader's (2000, "Fast and accurate computation of binomial probabilities"): no difference of
 * large logarithms, so that a billion trials keep all digits. Tails are summed from the inside out.
 * Pure.
 */
#ifndef BASE_BINOMIAL_H
#define BASE_BINOMIAL_H

/* P(X = k) of n trials that succeed with probability p each; whole numbers as doubles. */
double binomial_pmf(double k, double n, double p);
/* P(X <= k) and P(X >= k). */
double binomial_low(double k, double n, double p);
double binomial_high(double k, double n, double p);

enum binomial_ruling { RULING_SUPPORTED, RULING_REFUTED, RULING_OPEN };

/* The rule "at least `share` of all keep the bound" (p95 < L: share 0.95) on `count` samples of
 * which `beyond` broke it: REFUTED when so many would come up with probability <= alpha if the rule
 * held, SUPPORTED when so few would if it did not, else OPEN (one-sided Clopper-Pearson).
 * 0 < share < 1. */
enum binomial_ruling binomial_rule(double count, double beyond, double share, double alpha);
/* The samples from which a run without one break supports it: share^n <= alpha. */
double binomial_rule_needs(double share, double alpha);

#endif
