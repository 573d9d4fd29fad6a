/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/lib/check_main.h"

#include <inttypes.h>
#include <stdio.h>

#include "app/protos.h"
#include "tests/unit/app/drive.h"

static const struct cuts whole = {0};

static struct app_ctx context(uint64_t seed)
{
    struct app_ctx c;
    ck_assert_int_eq(app_ctx_init(&c, seed, false, NULL), 0);
    return c;
}

/* Ids of every number of digits; lengths at and around the smallest and the pattern's. */
static const uint64_t ids[] = {0, 7, 10, 99, 12345, 4294967296ull, UINT64_MAX};
static const uint32_t lengths[] = {99,   100,   128,   255,   256,   1024,
                                   1448, 10240, 65535, 65536, 65537, 200001};
#define COUNT(a) (sizeof(a) / sizeof *(a))

START_TEST(request_has_the_documented_form)
{
    struct app_ctx c = context(1);
    struct app_message m = {.id = 42, .len = 100, .reply_len = 100};
    uint8_t *buf = make_request(&line_client, &c, &m);
    const char *head = "{\"jsonrpc\":\"2.0\",\"id\":42,\"method\":\"echo\",\"params\":{\"pad\":\"";
    ck_assert_int_eq(memcmp(buf, head, strlen(head)), 0);
    ck_assert_int_eq(memcmp(buf + 96, "\"}}\n", 4), 0);
    ck_assert_ptr_null(memchr(buf, '\n', 99));
    free(buf);
    m.reply_len = 70;
    buf = make_request(&line_client, &c, &m);
    head = "{\"jsonrpc\":\"2.0\",\"id\":42,\"method\":\"echo\",\"params\":{\"reply\":70,\"pad\":\"";
    ck_assert_int_eq(memcmp(buf, head, strlen(head)), 0);
    free(buf);
    app_ctx_fini(&c);
}
END_TEST

START_TEST(smallest_sizes_hold_the_longest_id)
{
    struct app_ctx c = context(1);
    struct app_message m = {.id = UINT64_MAX, .len = line_client.min_len, .reply_len = UINT32_MAX};
    uint8_t *buf = make_request(&line_client, &c, &m);
    ck_assert_int_eq(memcmp(buf + m.len - 11, "\"pad\":\"\"}}\n", 11), 0);
    free(buf);
    struct app_response r = {.id = UINT64_MAX, .len = line_client.min_reply};
    buf = make_response(&line_server, &c, &r);
    ck_assert_int_eq(memcmp(buf + r.len - 13, "\"result\":\"\"}\n", 13), 0);
    free(buf);
    app_ctx_fini(&c);
}
END_TEST

START_TEST(any_piece_equals_the_slice)
{
    struct app_ctx c = context(1);
    struct rng rng;
    rng_seed(&rng, 5);
    for (unsigned k = 0; k < 10000; k++) {
        uint32_t len = lengths[rng_below(&rng, k % 100 ? 6 : COUNT(lengths))];
        struct app_message m = {ids[k % COUNT(ids)], len, k & 8 ? len : 64, 3};
        struct app_response r = {.id = m.id, .len = len, .kind = 0};
        if (k % 50 == 0)
            r = (struct app_response){0, 75, 1};
        uint8_t *request = make_request(&line_client, &c, &m);
        uint8_t *reply = make_response(&line_server, &c, &r);
        uint32_t off = (uint32_t)rng_below(&rng, len), n = (uint32_t)rng_below(&rng, len - off + 1);
        uint8_t *got = malloc(n + 1);
        got[n] = 0xa5;
        check_piece(request, off, n, got, line_client.fill(&c, &m, off, got, n));
        off = (uint32_t)rng_below(&rng, r.len);
        n = n < r.len - off ? n : r.len - off;
        got[n] = 0xa5;
        check_piece(reply, off, n, got, line_server.fill(&c, &r, off, got, n));
        free(got);
        free(request);
        free(reply);
    }
    app_ctx_fini(&c);
}
END_TEST

/* A subscription: read by the server, made by it piece by piece, taken apart by the client. */
static void stream_round_trip(const struct app_ctx *c, const struct app_message *m, struct rng *rng)
{
    struct app_response response;
    bool done, bad;
    const struct cuts random = {.rng = rng};
    uint8_t *request = make_request(&line_client, c, m);
    drive_server(&line_server, c, request, m->len, &random, &response, &done, &bad);
    ck_assert(done && !bad && response.id == m->id);
    ck_assert_uint_eq(response.len, m->replies * m->reply_len);
    uint8_t *reply = make_response(&line_server, c, &response), *again = malloc(response.len);
    for (uint32_t at = 0, n; at < response.len; at += n) {
        n = 1 + (uint32_t)rng_below(rng, response.len - at);
        line_server.fill(c, &response, at, again + at, n);
    }
    ck_assert_mem_eq(again, reply, response.len);
    for (uint32_t i = 0; i < m->replies; i++) {
        struct app_reply got;
        drive_client(&line_client, c, m, reply + i * m->reply_len, response.len - i * m->reply_len,
                     &random, &got, &done);
        ck_assert(done && got.result == RESULT_OK && got.id == m->id && got.len == m->reply_len);
    }
    free(again);
    free(reply);
    free(request);
}

START_TEST(several_replies_to_one_request)
{
    struct app_ctx c = context(1);
    struct rng rng;
    rng_seed(&rng, 8);
    for (unsigned i = 0; i < COUNT(ids); i++)
        for (uint32_t replies = 2; replies < 1000; replies = replies * 3 + 1) {
            struct app_message m = {ids[i], line_client.min_stream, line_client.min_reply + i * 50, 0,
                                    replies};
            stream_round_trip(&c, &m, &rng);
        }
    struct app_message largest = {UINT64_MAX, line_client.min_stream, UINT32_MAX, 0, UINT32_MAX};
    uint8_t *buf = make_request(&line_client, &c, &largest);
    ck_assert_int_eq(memcmp(buf + largest.len - 11, "\"pad\":\"\"}}\n", 11), 0);
    free(buf);
    app_ctx_fini(&c);
}
END_TEST

/* Client and server of different seeds: both directions through `cuts`. */
static void round_trip(const struct app_ctx *near, const struct app_ctx *far,
                       const struct app_message *m, const struct cuts *cuts)
{
    struct app_response response;
    struct app_reply got;
    bool done, bad;
    uint8_t *request = make_request(&line_client, near, m);
    uint32_t taken = drive_server(&line_server, far, request, m->len, cuts, &response, &done, &bad);
    ck_assert_msg(done && !bad, "id %" PRIu64 " len %u cut %u", m->id, m->len, cuts->at);
    ck_assert(taken == m->len && response.id == m->id && response.len == m->reply_len);
    ck_assert_uint_eq(response.kind, 0);
    uint8_t *reply = make_response(&line_server, far, &response);
    taken = drive_client(&line_client, near, m, reply, response.len, cuts, &got, &done);
    ck_assert(done && taken == m->reply_len && got.len == m->reply_len);
    ck_assert(got.id == m->id && got.result == RESULT_OK);
    free(request);
    free(reply);
}

START_TEST(round_trips_through_every_cut)
{
    struct app_ctx near = context(1), far = context(99);
    struct rng rng;
    rng_seed(&rng, 6);
    const struct cuts random = {.rng = &rng};
    for (unsigned i = 0; i < COUNT(ids); i++) {
        for (unsigned l = 0; l < COUNT(lengths); l++) {
            struct app_message m = {ids[i], lengths[l], lengths[l], 0};
            round_trip(&near, &far, &m, &whole);
            round_trip(&near, &far, &m, &random);
            m.reply_len = lengths[(l + 5) % COUNT(lengths)];
            round_trip(&near, &far, &m, &random);
            m.reply_len = 64;
            for (uint32_t at = 1; m.len <= 256 && at < m.len; at++)
                round_trip(&near, &far, &m, &(struct cuts){.at = at});
        }
    }
    app_ctx_fini(&near);
    app_ctx_fini(&far);
}
END_TEST

START_TEST(line_returned_unchanged_is_accepted)
{
    struct app_ctx c = context(1);
    for (uint32_t at = 0; at < 200; at++) {
        struct app_message m = {123 + at, 200, 200, 0};
        struct app_reply out;
        bool done;
        uint8_t *buf = make_request(&line_client, &c, &m);
        drive_client(&line_client, &c, &m, buf, m.len, &(struct cuts){.at = at}, &out, &done);
        ck_assert(done);
        ck_assert_int_eq(out.result, RESULT_OK);
        ck_assert_uint_eq(out.id, m.id);
        free(buf);
    }
    app_ctx_fini(&c);
}
END_TEST

/* True when the client takes the reply for the right one of `m`. */
static bool accepted(const struct app_ctx *c, const struct app_message *m, const uint8_t *data,
                     uint32_t len, const struct cuts *cuts)
{
    struct app_reply out;
    bool done;
    drive_client(&line_client, c, m, data, len, cuts, &out, &done);
    return done && out.result == RESULT_OK && out.id == m->id && out.len == m->reply_len;
}

static void corrupt_each_byte(const struct app_ctx *c, const struct app_message *m, uint8_t *reply)
{
    static const uint8_t flips[] = {0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0xff, 0x03};
    ck_assert(accepted(c, m, reply, m->reply_len, &whole));
    for (uint32_t i = 0; i < m->reply_len; i++) {
        for (unsigned f = 0; f < COUNT(flips); f++) {
            reply[i] ^= flips[f];
            if (accepted(c, m, reply, m->reply_len, &whole) ||
                accepted(c, m, reply, m->reply_len, &(struct cuts){.at = i}))
                ck_abort_msg("byte %u ^ %02x", i, flips[f]);
            reply[i] ^= flips[f];
        }
    }
}

START_TEST(any_corrupt_byte_is_seen)
{
    struct app_ctx c = context(1);
    for (unsigned i = 0; i < COUNT(ids); i++) {
        struct app_message m = {ids[i], 150, 150, 0};
        struct app_response r = {.id = m.id, .len = 150};
        uint8_t *reply = make_response(&line_server, &c, &r);
        corrupt_each_byte(&c, &m, reply);
        free(reply);
        reply = make_request(&line_client, &c, &m); /* as a line server returns it */
        corrupt_each_byte(&c, &m, reply);
        free(reply);
    }
    app_ctx_fini(&c);
}
END_TEST

/* Two bytes exchanged keep the TCP checksum when they are an even distance apart. */
START_TEST(exchanged_words_are_seen)
{
    struct app_ctx c = context(1);
    struct app_message m = {5, 1024, 1024, 0};
    uint8_t *reply = make_response(&line_server, &c, &(struct app_response){.id = 5, .len = 1024});
    for (uint32_t i = 0; i + 8 < 1024; i++) {
        uint8_t a = reply[i], b = reply[i + 4];
        reply[i] = b;
        reply[i + 4] = a;
        ck_assert(a == b || !accepted(&c, &m, reply, 1024, &whole));
        reply[i] = a;
        reply[i + 4] = b;
    }
    free(reply);
    app_ctx_fini(&c);
}
END_TEST

struct foreign {
    const char *line;
    uint64_t id;
    enum result result;
};

/* Replies of servers that are not ours; the oldest outstanding message has id 9. */
static const struct foreign replies[] = {
    {"{\"id\":5,\"jsonrpc\":\"2.0\",\"result\":null}\n", 5, RESULT_OK},
    {"{\"result\":\"anything\",\"id\":5}\n", 5, RESULT_OK},
    {"{ \"result\" : [ 1, -2.5E+3, {\"pad\":\"x\"}, [] ] ,\t\"id\" : 5 }\r\n", 5, RESULT_OK},
    {"{\"result\":\"a\\\"b\\u00e9\",\"id\":0}\n", 0, RESULT_OK},
    {"{\"id\":5,\"result\":true}\n", 5, RESULT_OK},
    {"{\"id\":5,\"error\":{\"code\":-32601,\"message\":\"no {such} \\\"thing\\\"\"}}\n", 5,
     RESULT_SERVER_ERROR},
    {"{\"error\":{\"code\":1,\"data\":{\"id\":8}},\"id\":null}\n", 9, RESULT_SERVER_ERROR},
    {"{\"error\":\"down\"}\n", 9, RESULT_SERVER_ERROR},
    {"{\"result\":{\"pad\":{\"pad\":{\"error\":1}}},\"id\":5}\n", 9, RESULT_BAD_REPLY},
    {"{\"id\":5}\n", 5, RESULT_BAD_REPLY},
    {"{\"result\":1}\n", 9, RESULT_BAD_REPLY},
    {"{\"result\":1,\"id\":null}\n", 9, RESULT_BAD_REPLY},
    {"{\"result\":1,\"id\":nul}\n", 9, RESULT_BAD_REPLY},
    {"{\"result\":1,\"id\":\"5\"}\n", 9, RESULT_BAD_REPLY},
    {"{\"result\":1,\"id\":05}\n", 9, RESULT_BAD_REPLY},
    {"{\"result\":1,\"id\":-5}\n", 9, RESULT_BAD_REPLY},
    {"{\"result\":1,\"id\":18446744073709551615}\n", UINT64_MAX, RESULT_OK},
    {"{\"result\":1,\"id\":18446744073709551616}\n", 9, RESULT_BAD_REPLY},
    {"{\"id\":5,\"id\":5,\"result\":1}\n", 9, RESULT_BAD_REPLY},
    {"{\"id\":5,\"result\":1,\"extra\":1}\n", 9, RESULT_BAD_REPLY},
    {"{\"id\":5,\"jsonrpc\":\"1.0\",\"result\":1}\n", 9, RESULT_BAD_REPLY},
    {"{\"id\":5,\"result\":\"not the text\"}\n", 5, RESULT_WRONG_ID},
    {"{\"id\":5,\"result\":1,}\n", 9, RESULT_BAD_REPLY},
    {"{\"id\":5,\"result\":[1}]\n", 9, RESULT_BAD_REPLY},
    {"{\"id\":5,\"result\":[[[[[[[1]]]]]]]}\n", 9, RESULT_BAD_REPLY},
    {"{\"id\":5,\"result\":1}}\n", 9, RESULT_BAD_REPLY},
    {"{\"id\":5,\"result\":1\n", 9, RESULT_BAD_REPLY},
    {"{\"result\":\"line\nfeed\",\"id\":5}\n", 9, RESULT_BAD_REPLY},
    {"[1]\n", 9, RESULT_BAD_REPLY},
    {" {\"id\":5,\"result\":1}\n", 9, RESULT_BAD_REPLY},
    {"\n", 9, RESULT_BAD_REPLY},
    {"{}\n", 9, RESULT_BAD_REPLY},
};

START_TEST(foreign_replies_are_judged_alike_however_cut)
{
    struct app_ctx c = context(1);
    struct app_message m = {9, 1000, 1000, 0};
    for (unsigned i = 0; i < COUNT(replies); i++) {
        uint32_t len = (uint32_t)strlen(replies[i].line);
        uint32_t first = 0;
        for (uint32_t at = 0; at < len; at++) {
            struct app_reply out;
            bool done;
            uint32_t taken = drive_client(&line_client, &c, &m, (const uint8_t *)replies[i].line,
                                          len, &(struct cuts){.at = at}, &out, &done);
            first = at ? first : taken;
            ck_assert_msg(done, "%s", replies[i].line);
            ck_assert_msg(out.result == replies[i].result, "%s", replies[i].line);
            if (out.result != RESULT_BAD_REPLY)
                ck_assert_uint_eq(out.id, replies[i].id);
            ck_assert_uint_eq(taken, first);
        }
    }
    app_ctx_fini(&c);
}
END_TEST

START_TEST(reply_of_another_length_is_bad)
{
    struct app_ctx c = context(1);
    struct app_message m = {5, 200, 200, 0};
    for (uint32_t len = 199; len <= 201; len++) {
        uint8_t *reply = make_response(&line_server, &c, &(struct app_response){5, len, 0});
        struct app_reply out;
        bool done;
        drive_client(&line_client, &c, &m, reply, len, &whole, &out, &done);
        ck_assert(done);
        ck_assert_int_eq(out.result, len == 200 ? RESULT_OK : RESULT_BAD_REPLY);
        free(reply);
    }
    app_ctx_fini(&c);
}
END_TEST

START_TEST(endless_reply_ends)
{
    struct app_ctx c = context(1);
    struct app_message m = {5, 200, 200, 0};
    uint32_t len = 3 << 20;
    uint8_t *data = malloc(len);
    memset(data, 'x', len);
    memcpy(data, "{\"error\":\"", 10);
    struct app_reply out;
    bool done;
    uint32_t taken = drive_client(&line_client, &c, &m, data, len, &whole, &out, &done);
    ck_assert(done);
    ck_assert_uint_eq(taken, 1 << 20);
    ck_assert_int_eq(out.result, RESULT_BAD_REPLY);
    free(data);
    app_ctx_fini(&c);
}
END_TEST

struct request {
    const char *line;
    uint64_t id;
    uint32_t reply_len; /* 0: malformed */
};

static const struct request requests[] = {
    {"{\"id\":1,\"method\":\"echo\"}\n", 1, 37},
    {"{\"jsonrpc\":\"2.0\",\"method\":\"echo\",\"params\":[\"a\",{\"pad\":\"b\"}],\"id\":77}\n", 77,
     69},
    {"{\"id\":1,\"method\":\"echo\",\"params\":{\"note\":\"any\",\"reply\":50}}\n", 1, 50},
    {"{\"id\":1,\"method\":\"echo\",\"params\":{\"pad\":\"\\\"\\u0041 text\",\"reply\":1000}}\n", 1,
     1000},
    {"{\"id\":1,\"method\":\"echo\",\"params\":{\"reply\":20}}\n", 1, 0},
    {"{\"id\":1,\"method\":\"echo\",\"params\":{\"reply\":5000}}\n", 1, 0},
    {"{\"id\":1,\"method\":\"echo\",\"params\":{\"reply\":4294967296}}\n", 1, 0},
    {"{\"id\":1,\"method\":\"echo\",\"params\":{\"reply\":50,\"reply\":60}}\n", 1, 0},
    {"{\"id\":1,\"method\":\"echo\",\"params\":{\"count\":3,\"reply\":50}}\n", 1, 150},
    {"{\"id\":1,\"method\":\"echo\",\"params\":{\"count\":2}}\n", 1, 2 * 46},
    {"{\"id\":1,\"method\":\"echo\",\"params\":{\"count\":1,\"reply\":50}}\n", 1, 50},
    {"{\"id\":1,\"method\":\"echo\",\"params\":{\"count\":0,\"reply\":50}}\n", 1, 0},
    {"{\"id\":1,\"method\":\"echo\",\"params\":{\"count\":82,\"reply\":50}}\n", 1, 0},
    {"{\"id\":1,\"method\":\"echo\",\"params\":{\"count\":4294967295,\"reply\":4000}}\n", 1, 0},
    {"{\"id\":1,\"method\":\"echo\",\"params\":{\"count\":4294967296,\"reply\":50}}\n", 1, 0},
    {"{\"id\":1,\"method\":\"echo\",\"params\":{\"count\":2,\"count\":2}}\n", 1, 0},
    {"{\"id\":1,\"method\":\"echo\",\"params\":{\"count\":\"2\"}}\n", 1, 0},
    {"{\"id\":1,\"method\":\"echo\",\"params\":{\"pad\":5}}\n", 1, 0},
    {"{\"id\":1,\"method\":\"other\"}\n", 1, 0},
    {"{\"id\":1,\"method\":\"echoo\"}\n", 1, 0},
    {"{\"id\":1,\"method\":\"ech\"}\n", 1, 0},
    {"{\"id\":1,\"method\":\"echo\",\"extra\":1}\n", 1, 0},
    {"{\"id\":1}\n", 1, 0},
    {"{\"method\":\"echo\"}\n", 1, 0},
    {"{\"method\":\"echo\",\"id\":null}\n", 1, 0},
    {"GET / HTTP/1.1\r\n\r\n", 1, 0},
    {"\n", 1, 0},
};

START_TEST(requests_are_judged_alike_however_cut)
{
    struct app_ctx c = context(1);
    c.payload_max = 4096;
    for (unsigned i = 0; i < COUNT(requests); i++) {
        uint32_t len = (uint32_t)strlen(requests[i].line);
        uint32_t first = 0;
        for (uint32_t at = 0; at < len; at++) {
            struct app_response out;
            bool done, bad;
            uint32_t taken = drive_server(&line_server, &c, (const uint8_t *)requests[i].line, len,
                                          &(struct cuts){.at = at}, &out, &done, &bad);
            first = at ? first : taken;
            ck_assert_msg(done, "%s", requests[i].line);
            ck_assert_msg(bad == !requests[i].reply_len, "%s", requests[i].line);
            ck_assert_uint_eq(taken, first);
            if (!bad)
                ck_assert_uint_eq(out.id, requests[i].id);
            if (!bad)
                ck_assert_uint_eq(out.len, requests[i].reply_len);
        }
    }
    app_ctx_fini(&c);
}
END_TEST

START_TEST(malformed_request_gets_a_json_rpc_error)
{
    struct app_ctx c = context(1);
    struct app_message m = {9, 1000, 1000, 0};
    struct app_response response;
    struct app_reply out;
    bool done, bad;
    drive_server(&line_server, &c, (const uint8_t *)"nonsense\n", 9, &whole, &response, &done,
                 &bad);
    ck_assert(done && bad);
    uint8_t *reply = make_response(&line_server, &c, &response);
    const char *want =
        "{\"jsonrpc\":\"2.0\",\"error\":{\"code\":-32700,\"message\":\"Parse error\"},"
        "\"id\":null}\n";
    ck_assert_uint_eq(response.len, strlen(want));
    ck_assert_int_eq(memcmp(reply, want, response.len), 0);
    drive_client(&line_client, &c, &m, reply, response.len, &whole, &out, &done);
    ck_assert(done);
    ck_assert_int_eq(out.result, RESULT_SERVER_ERROR);
    ck_assert_uint_eq(out.id, 9);
    free(reply);
    app_ctx_fini(&c);
}
END_TEST

START_TEST(request_beyond_payload_max_is_refused)
{
    struct app_ctx c = context(1);
    struct rng rng;
    rng_seed(&rng, 3);
    c.payload_max = 500;
    for (uint32_t len = 499; len <= 502; len++) {
        for (int k = 0; k < 20; k++) {
            struct app_message m = {9, len, len, 0};
            struct app_response out;
            bool done, bad;
            uint8_t *request = make_request(&line_client, &c, &m);
            uint32_t taken =
                drive_server(&line_server, &c, request, len, &(struct cuts){.rng = k ? &rng : NULL},
                             &out, &done, &bad);
            ck_assert(done);
            ck_assert_int_eq(bad, len > 500);
            ck_assert_uint_eq(taken, len < 500 ? len : 500);
            free(request);
        }
    }
    app_ctx_fini(&c);
}
END_TEST

START_TEST(stream_of_lines_is_parted)
{
    struct app_ctx c = context(1);
    struct rng rng;
    rng_seed(&rng, 4);
    uint8_t stream[20 * 300];
    for (unsigned i = 0; i < 20; i++)
        line_client.fill(&c, &(struct app_message){1000 + i, 300, 300, 0}, 0, stream + i * 300,
                         300);
    struct app_parse st = {0};
    uint32_t off = 0, seen = 0;
    while (off < sizeof stream) {
        struct app_response out;
        bool done;
        uint32_t left = (uint32_t)sizeof stream - off;
        uint32_t n = 1 + (uint32_t)rng_below(&rng, left < 700 ? left : 700);
        off += line_server.rx(&c, &st, stream + off, n, &out, &done);
        if (!done)
            continue;
        ck_assert_uint_eq(out.id, 1000 + seen);
        ck_assert(!st.bad);
        st = (struct app_parse){0};
        seen++;
    }
    ck_assert_uint_eq(seen, 20);
    app_ctx_fini(&c);
}
END_TEST

CHECK_MAIN("app/line", request_has_the_documented_form, smallest_sizes_hold_the_longest_id,
           any_piece_equals_the_slice, several_replies_to_one_request, round_trips_through_every_cut,
           line_returned_unchanged_is_accepted, any_corrupt_byte_is_seen, exchanged_words_are_seen,
           foreign_replies_are_judged_alike_however_cut, reply_of_another_length_is_bad,
           endless_reply_ends, requests_are_judged_alike_however_cut,
           malformed_request_gets_a_json_rpc_error, request_beyond_payload_max_is_refused,
           stream_of_lines_is_parted)
