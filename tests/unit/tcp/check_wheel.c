/* SPDX-License-Identifier: BSD-3-Clause */
/* The timing wheel against a plain array of deadlines. */
#include "base/rng.h"
#include "lib/check_main.h"
#include "tcp/wheel.h"

#define NODES 200
#define LATEST (WHEEL_SPAN - (1u << 16) - 1) /* farthest that is not clamped, from `now` */

struct thing {
    uint64_t before;
    struct wheel_node node;
    uint32_t due;    /* the model: step at which it must fire */
    bool armed, again;
};

struct model {
    struct wheel wheel;
    struct thing things[NODES];
    uint32_t now, fired;
    struct rng rng;
};

static uint32_t latest(uint32_t now, uint32_t at)
{
    int32_t ahead = (int32_t)(at - now);
    if (ahead < 1)
        return now + 1;
    return (uint32_t)ahead > LATEST ? now + LATEST : at;
}

static void arm(struct model *m, uint32_t i, uint32_t at)
{
    wheel_add(&m->wheel, i, at);
    m->things[i].armed = true;
    m->things[i].due = latest(m->wheel.now, at);
}

static void on_fire(void *ctx, uint32_t index)
{
    struct model *m = ctx;
    struct thing *t = &m->things[index];
    if (!t->armed || t->due != m->wheel.now || wheel_has(&t->node))
        ck_abort_msg("%u fired at %u, due at %u", index, m->wheel.now, t->due);
    t->armed = false;
    m->fired++;
    if (t->again)
        arm(m, index, m->wheel.now + (uint32_t)rng_below(&m->rng, 3));
    t->again = false;
}

static struct model *model_new(uint32_t now, uint64_t seed)
{
    struct model *m = calloc(1, sizeof *m);
    wheel_init(&m->wheel, &m->things[0].node, sizeof m->things[0], now);
    for (uint32_t i = 0; i < NODES; i++)
        wheel_node_init(&m->things[i].node);
    rng_seed(&m->rng, seed);
    m->now = now;
    return m;
}

/* Nothing that was due up to `now` may be left. */
static void check_fired(const struct model *m, uint32_t now)
{
    uint32_t armed = 0;
    for (uint32_t i = 0; i < NODES; i++) {
        const struct thing *t = &m->things[i];
        if (t->armed != wheel_has(&t->node) || (t->armed && (int32_t)(t->due - now) <= 0))
            ck_abort_msg("%u: armed %d, due %u, now %u", i, t->armed, t->due, now);
        armed += t->armed;
    }
    ck_assert_uint_eq(armed, m->wheel.count);
    wheel_validate(&m->wheel);
}

static uint32_t some_delay(struct rng *r)
{
    return (uint32_t)(rng_u64(r) >> (40 + rng_below(r, 24))); /* 0 .. 2^24: beyond the span too */
}

static void random_walk(uint32_t start, uint64_t seed)
{
    struct model *m = model_new(start, seed);
    for (int i = 0; i < 3000; i++) {
        uint32_t one = (uint32_t)rng_below(&m->rng, NODES);
        if (m->things[one].armed) {
            wheel_remove(&m->wheel, one);
            m->things[one].armed = false;
        } else {
            arm(m, one, m->now + some_delay(&m->rng) - 2);
            m->things[one].again = rng_below(&m->rng, 4) == 0;
        }
        wheel_validate(&m->wheel);
        if (rng_below(&m->rng, 3))
            continue;
        m->now += some_delay(&m->rng) >> rng_below(&m->rng, 16);
        wheel_advance(&m->wheel, m->now, UINT32_MAX, on_fire, m);
        check_fired(m, m->now);
    }
    ck_assert_uint_gt(m->fired, 100);
    free(m);
}

START_TEST(test_against_model)
{
    for (uint64_t seed = 0; seed < 5; seed++)
        random_walk(0, seed);
}
END_TEST

START_TEST(test_steps_wrap)
{
    for (uint64_t seed = 0; seed < 5; seed++)
        random_walk(0xffffffffu - (uint32_t)(seed * 70000), seed);
}
END_TEST

/* Every distance around the borders of the levels, from every phase of a level. */
START_TEST(test_borders)
{
    static const uint32_t far[] = {1, 2, 254, 255, 256, 257, 511, 512, 65279, 65280, 65535, 65536, 65537,
                                   131071, 131072, LATEST - 1, LATEST, LATEST + 1, WHEEL_SPAN, 1u << 30};
    static const uint32_t phases[] = {0, 1, 255, 256, 65279, 65535, 65536, 0xffffff00u, 0xffffffffu};
    for (size_t p = 0; p < sizeof phases / sizeof *phases; p++) {
        struct model *m = model_new(phases[p], 1);
        for (uint32_t i = 0; i < sizeof far / sizeof *far; i++)
            arm(m, i, phases[p] + far[i]);
        for (uint32_t i = 0; i < 70; i++) {
            m->now += 65000;
            wheel_advance(&m->wheel, m->now, UINT32_MAX, on_fire, m);
            check_fired(m, m->now);
        }
        ck_assert_uint_eq(m->wheel.count, 0);
        free(m);
    }
}
END_TEST

START_TEST(test_budget)
{
    struct model *m = model_new(100, 1);
    for (uint32_t i = 0; i < 10; i++)
        arm(m, i, 105);
    arm(m, 10, 106);
    ck_assert_uint_eq(wheel_advance(&m->wheel, 200, 4, on_fire, m), 4);
    ck_assert_uint_eq(m->wheel.count, 7);
    wheel_validate(&m->wheel);
    ck_assert_uint_eq(wheel_advance(&m->wheel, 200, 6, on_fire, m), 6);
    ck_assert_uint_eq(m->wheel.now, 106); /* an exact budget goes on to what it may not fire */
    ck_assert_uint_eq(wheel_advance(&m->wheel, 200, 6, on_fire, m), 1);
    ck_assert_uint_eq(m->wheel.now, 201);
    free(m);
}
END_TEST

START_TEST(test_late_timers_fire_next)
{
    struct model *m = model_new(1000, 1);
    arm(m, 0, 1000);
    arm(m, 1, 10);
    ck_assert_uint_eq(wheel_advance(&m->wheel, 1000, 9, on_fire, m), 0);
    ck_assert_uint_eq(wheel_advance(&m->wheel, 1001, 9, on_fire, m), 2);
    free(m);
}
END_TEST

CHECK_MAIN("tcp/wheel", test_against_model, test_steps_wrap, test_borders, test_budget,
           test_late_timers_fire_next)
