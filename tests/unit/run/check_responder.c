/* SPDX-License-Identifier: BSD-3-Clause */
/* What workers of our responder tell while they run, read by another process. */
#include "run/responder.h"

#include <stdlib.h>

#include "tests/lib/check_main.h"

static struct responder_live *new_live(void)
{
    struct responder_live *live = aligned_alloc(64, sizeof *live);
    ck_assert_ptr_nonnull(live);
    memset(live, 0, sizeof *live);
    return live;
}

static void told(struct worker_live *l, uint64_t at_ns, uint64_t idle, uint64_t gap_max)
{
    l->turn += 2;
    l->at_ns = at_ns;
    l->counters[COUNTER_CYCLES_IDLE] = idle;
    l->counters[COUNTER_GAP_MAX] = gap_max;
}

START_TEST(workers_together)
{
    struct responder_live *live = new_live();
    uint64_t counters[COUNTER_COUNT], at_ns;
    told(&live->of[0], 1000, 70, 5);
    told(&live->of[1], 1900, 4, 3);
    ck_assert(responder_counted(live, 2, counters, &at_ns));
    ck_assert_uint_eq(at_ns, 1900);
    ck_assert_uint_eq(counters[COUNTER_CYCLES_IDLE], 74);
    ck_assert_uint_eq(counters[COUNTER_GAP_MAX], 5); /* a maximum is no sum */
    free(live);
}
END_TEST

/* One that has not begun, or that ended in the middle of telling: nothing is made up. */
START_TEST(not_to_be_had)
{
    struct responder_live *live = new_live();
    uint64_t counters[COUNTER_COUNT], at_ns;
    told(&live->of[0], 1000, 70, 5);
    ck_assert(!responder_counted(live, 2, counters, &at_ns));
    ck_assert(!responder_counted(live, 0, counters, &at_ns));
    live->of[0].turn++;
    ck_assert(!responder_counted(live, 1, counters, &at_ns));
    free(live);
}
END_TEST

CHECK_MAIN("run/responder", workers_together, not_to_be_had)
