/* SPDX-License-Identifier: BSD-3-Clause */
/* Who a run is: its uuid (RFC 9562 version 4) and the key of the series that it belongs to. */
#include <stdio.h>
#include <string.h>

#include "base/rng.h"
#include "run/run.h"

void identity_uuid(char out[37])
{
    uint64_t hi = rng_entropy(), lo = rng_entropy();
    hi = (hi & ~0xf000ull) | 0x4000;
    lo = (lo & ~(3ull << 62)) | (2ull << 62);
    snprintf(out, 37, "%08x-%04x-%04x-%04x-%012llx", (uint32_t)(hi >> 32),
             (uint32_t)(hi >> 16) & 0xffff, (uint32_t)hi & 0xffff, (uint32_t)(lo >> 48),
             (unsigned long long)(lo & 0xffffffffffffull));
}

static uint64_t hash_text(uint64_t h, const char *text)
{
    for (; *text; text++)
        h = rng_mix(h, (uint8_t)*text);
    return h;
}

void identity_seed(struct job *job)
{
    while (!job->seed)
        job->seed = rng_entropy() >> 1; /* fits SQLite's signed integers as it is */
}

static void format_key(const struct run *r, uint64_t half[2], char out[33])
{
    for (int i = 0; i < 2; i++) {
        half[i] = hash_text(half[i], r->job->workload_id);
        half[i] = hash_text(half[i], r->job->resolved_unseeded);
        half[i] = hash_text(half[i], r->environment_hash);
    }
    snprintf(out, 33, "%016llx%016llx", (unsigned long long)half[0], (unsigned long long)half[1]);
}

/* Workload, resolved job without its seed, environment: only runs with the same key are compared
 * as one series. 128 bits, so that a million series do not collide. */
void identity_make(struct run *r)
{
    uint64_t half[2] = {1, 2};
    identity_uuid(r->uuid);
    snprintf(r->workload_id, sizeof r->workload_id, "%s", r->job->workload_id);
    format_key(r, half, r->history_key);
}

/* What it did depends on the moments of its commands: no other run does the same. The workload gets the
 * mark of an overridden job, as in its row (db/rows.c). */
void identity_steered(struct run *r)
{
    uint64_t half[2] = {hash_text(1, r->uuid), hash_text(2, r->uuid)};
    size_t len = strlen(r->workload_id);
    if (!len || r->workload_id[len - 1] != '+')
        strcpy(r->workload_id + len, "+");
    format_key(r, half, r->history_key);
}
