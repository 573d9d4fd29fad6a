/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "base/err.h"
#include "base/rng.h"

#define TEXT_SEED 1 /* of the fixed text of `line` */

/* Characters that no JSON writer escapes, so that a foreign server returns them as they are. */
static const char alphabet[64] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .";

/* Fills the first half and repeats it as the slack behind. */
static void make_pattern(uint8_t *to, uint64_t seed, bool binary)
{
    struct rng rng;
    rng_seed(&rng, seed);
    for (uint32_t i = 0; i < APP_PATTERN; i++) {
        uint64_t draw = rng_u64(&rng) >> 56;
        to[i] = binary ? (uint8_t)draw : (uint8_t)alphabet[draw & 63];
    }
    memcpy(to + APP_PATTERN, to, APP_PATTERN);
}

int app_ctx_init(struct app_ctx *c, uint64_t seed, bool binary, struct err *e)
{
    size_t bytes = 4ul * APP_PATTERN;
    *c = (struct app_ctx){.seed = seed, .binary = binary, .payload_max = APP_PAYLOAD_MAX};
    c->pattern = aligned_alloc(64, bytes);
    if (!c->pattern)
        return err_set(e, EXIT_ENVIRONMENT, -ENOMEM, "payload pattern: no memory for %zu bytes",
                       bytes);
    c->text = c->pattern + 2 * APP_PATTERN;
    make_pattern(c->pattern, seed, binary);
    make_pattern(c->text, TEXT_SEED, false);
    return 0;
}

void app_ctx_fini(struct app_ctx *c)
{
    free(c->pattern);
    c->pattern = c->text = NULL;
}
