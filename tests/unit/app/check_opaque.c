/* SPDX-License-Identifier: BSD-3-Clause */
/* echo and discard */
#include "tests/lib/check_main.h"

#include "app/protos.h"
#include "tests/unit/app/drive.h"

static const uint32_t lengths[] = {1, 2, 3, 63, 64, 65, 1448, 65535, 65536, 65537, 131072, 300001};
#define COUNT(a) (sizeof(a) / sizeof *(a))

static struct app_message message(const struct app_ctx *c, uint64_t id, uint32_t len, uint32_t conn)
{
    struct app_message m = {.id = id, .len = len, .reply_len = len, .conn = conn};
    echo_client.begin(c, &m);
    return m;
}

START_TEST(any_piece_equals_the_slice)
{
    struct app_ctx c;
    struct rng rng;
    rng_seed(&rng, 5);
    app_ctx_init(&c, 11, true, NULL);
    for (unsigned k = 0; k < 20000; k++) {
        uint32_t len = lengths[rng_below(&rng, k % 50 ? 7 : COUNT(lengths))];
        struct app_message m = message(&c, k, len, k % 7);
        uint8_t *all = make_request(&echo_client, &c, &m);
        uint32_t off = (uint32_t)rng_below(&rng, len), n = (uint32_t)rng_below(&rng, len - off + 1);
        uint8_t *got = malloc(n + 1);
        got[n] = 0xa5;
        check_piece(all, off, n, got, echo_client.fill(&c, &m, off, got, n));
        free(got);
        free(all);
    }
    app_ctx_fini(&c);
}
END_TEST

START_TEST(content_differs_by_seed_connection_and_id)
{
    struct app_ctx c, d;
    app_ctx_init(&c, 11, true, NULL);
    app_ctx_init(&d, 12, true, NULL);
    struct app_message m = message(&c, 1, 64, 1), other = message(&d, 1, 64, 1);
    struct app_message next = message(&c, 2, 64, 1), beside = message(&c, 1, 64, 2);
    uint8_t *a = make_request(&echo_client, &c, &m), *b = make_request(&echo_client, &c, &next);
    uint8_t *e = make_request(&echo_client, &c, &beside), *f = make_request(&echo_client, &d, &other);
    ck_assert_int_ne(memcmp(a, b, 64), 0);
    ck_assert_int_ne(memcmp(a, e, 64), 0);
    ck_assert_int_ne(memcmp(a, f, 64), 0);
    free(a), free(b), free(e), free(f);
    app_ctx_fini(&c);
    app_ctx_fini(&d);
}
END_TEST

START_TEST(echo_round_trips)
{
    struct app_ctx c;
    struct rng rng;
    rng_seed(&rng, 6);
    for (unsigned k = 0; k < 4 * COUNT(lengths); k++) {
        app_ctx_init(&c, k, k & 1, NULL);
        struct app_message m = message(&c, k, lengths[k / 4], 9);
        struct app_response response;
        struct app_reply out;
        bool done, bad;
        uint8_t *data = make_request(&echo_client, &c, &m);
        struct cuts cuts = {.rng = k & 2 ? &rng : NULL};
        uint32_t taken = drive_server(&echo_server, &c, data, m.len, &cuts, &response, &done, &bad);
        ck_assert(done && !bad);
        ck_assert_uint_eq(taken, response.len);
        taken = drive_client(&echo_client, &c, &m, data, m.len, &cuts, &out, &done);
        ck_assert(done);
        ck_assert_uint_eq(taken, m.len);
        ck_assert_uint_eq(out.len, m.len);
        ck_assert_uint_eq(out.id, m.id);
        ck_assert_int_eq(out.result, RESULT_OK);
        free(data);
        app_ctx_fini(&c);
    }
}
END_TEST

START_TEST(echo_takes_one_reply_a_call)
{
    struct app_ctx c;
    app_ctx_init(&c, 1, true, NULL);
    struct app_message m = message(&c, 1, 64, 0);
    uint8_t data[100];
    echo_client.fill(&c, &m, 0, data, 64);
    struct app_parse st = {0};
    struct app_reply out;
    bool done;
    ck_assert_uint_eq(echo_client.rx(&c, &st, &m, data, 100, &out, &done), 64);
    ck_assert(done);
    ck_assert_int_eq(out.result, RESULT_OK);
    app_ctx_fini(&c);
}
END_TEST

START_TEST(echo_sees_any_corrupt_byte)
{
    struct app_ctx c;
    struct rng rng;
    rng_seed(&rng, 7);
    app_ctx_init(&c, 1, true, NULL);
    struct app_message m = message(&c, 1, 300, 0);
    uint8_t *data = make_request(&echo_client, &c, &m);
    for (uint32_t i = 0; i < 300 * 8; i++) {
        struct app_reply out;
        bool done;
        data[i / 8] ^= (uint8_t)(1 << i % 8);
        struct cuts cuts = {.rng = i & 1 ? &rng : NULL};
        drive_client(&echo_client, &c, &m, data, 300, &cuts, &out, &done);
        ck_assert(done);
        ck_assert_int_eq(out.result, RESULT_BAD_REPLY);
        ck_assert_uint_eq(out.id, 1);
        ck_assert_uint_eq(out.len, i / 8);
        data[i / 8] ^= (uint8_t)(1 << i % 8);
    }
    free(data);
    app_ctx_fini(&c);
}
END_TEST

START_TEST(bytes_that_nobody_asked_for_are_bad)
{
    const struct app_client *clients[] = {&echo_client, &discard_client};
    struct app_ctx c;
    app_ctx_init(&c, 1, true, NULL);
    for (int i = 0; i < 2; i++) {
        struct app_parse st = {0};
        struct app_reply out;
        bool done;
        ck_assert_uint_eq(clients[i]->rx(&c, &st, NULL, (const uint8_t *)"x", 1, &out, &done), 1);
        ck_assert(done && st.bad);
        ck_assert_int_eq(out.result, RESULT_BAD_REPLY);
    }
    app_ctx_fini(&c);
}
END_TEST

START_TEST(discard_answers_nothing)
{
    struct app_parse st = {0};
    struct app_response out;
    bool done;
    ck_assert_uint_eq(discard_server.rx(NULL, &st, (const uint8_t *)"abc", 3, &out, &done), 3);
    ck_assert(done && !st.bad);
    ck_assert_uint_eq(out.len, 0);
    discard_server.rx(NULL, &st, (const uint8_t *)"", 0, &out, &done);
    ck_assert(!done);
}
END_TEST

CHECK_MAIN("app/opaque", any_piece_equals_the_slice, content_differs_by_seed_connection_and_id,
           echo_round_trips, echo_takes_one_reply_a_call, echo_sees_any_corrupt_byte,
           bytes_that_nobody_asked_for_are_bad, discard_answers_nothing)
