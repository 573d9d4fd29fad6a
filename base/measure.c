/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/measure.h"

#include <assert.h>

#define X(NAME, name, meaning) #name,
static const char *const time_names[] = {TIME_LIST(X)};
static const char *const result_names[] = {RESULT_LIST(X)};
static const char *const operation_names[] = {OPERATION_LIST(X)};
static const char *const counter_names[] = {COUNTER_LIST(X)};
#undef X
#define X(NAME, name, meaning) meaning,
static const char *const counter_meanings[] = {COUNTER_LIST(X)};
#undef X

const char *time_name(enum time_kind t)
{
    assert(t < TIME_COUNT);
    return time_names[t];
}

const char *result_name(enum result r)
{
    assert(r < RESULT_COUNT);
    return result_names[r];
}

const char *operation_name(enum operation o)
{
    assert(o < OPERATION_COUNT);
    return operation_names[o];
}

const char *counter_name(enum counter c)
{
    assert(c < COUNTER_COUNT);
    return counter_names[c];
}

const char *counter_meaning(enum counter c)
{
    assert(c < COUNTER_COUNT);
    return counter_meanings[c];
}

bool counter_is_max(enum counter c)
{
    return c == COUNTER_GAP_MAX || c == COUNTER_BACKLOG_MAX || c == COUNTER_RX_WAIT_MAX ||
           c == COUNTER_TX_WAIT_MAX;
}

void counters_add(uint64_t *to, const uint64_t *more)
{
    for (int i = 0; i < COUNTER_COUNT; i++)
        if (!counter_is_max((enum counter)i))
            to[i] += more[i];
        else if (more[i] > to[i])
            to[i] = more[i];
}
