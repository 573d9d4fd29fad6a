/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/lib/check_main.h"

#include <string.h>

#include "app/protos.h"

START_TEST(each_is_built_or_says_when)
{
    for (uint32_t i = 0; i < app_proto_count; i++) {
        const struct app_proto *p = &app_protos[i];
        ck_assert_ptr_eq(app_proto_find(p->name), p);
        ck_assert(p->later ? !p->client && !p->server : p->client && p->server);
    }
    ck_assert_ptr_null(app_proto_find("quic"));
    ck_assert_ptr_null(app_proto_find(""));
}
END_TEST

START_TEST(tables_are_whole)
{
    for (uint32_t i = 0; i < app_proto_count; i++) {
        const struct app_proto *p = &app_protos[i];
        if (p->later)
            continue;
        ck_assert_str_eq(p->client->name, p->name);
        ck_assert_str_eq(p->server->name, p->name);
        ck_assert(p->client->fill && p->client->rx && p->server->rx);
        ck_assert(p->client->min_len > 0);
        ck_assert_int_eq(p->server->answer == APP_ANSWER_DESCRIBED, p->server->fill != NULL);
    }
}
END_TEST

START_TEST(patterns_follow_the_seed)
{
    struct app_ctx a, b, other, binary;
    app_ctx_init(&a, 1, false, NULL);
    app_ctx_init(&b, 1, false, NULL);
    app_ctx_init(&other, 2, false, NULL);
    app_ctx_init(&binary, 1, true, NULL);
    ck_assert_int_eq(memcmp(a.pattern, b.pattern, 2 * APP_PATTERN), 0);
    ck_assert_int_ne(memcmp(a.pattern, other.pattern, APP_PATTERN), 0);
    ck_assert_int_eq(memcmp(a.text, other.text, 2 * APP_PATTERN), 0);
    ck_assert_int_eq(memcmp(a.text, binary.text, 2 * APP_PATTERN), 0);
    uint32_t high = 0;
    for (uint32_t i = 0; i < 2 * APP_PATTERN; i++) {
        ck_assert(a.pattern[i] >= ' ' && a.pattern[i] < 0x7f && a.pattern[i] != '"' &&
                  a.pattern[i] != '\\');
        high += binary.pattern[i] >= 0x80;
    }
    ck_assert(high > APP_PATTERN / 2); /* about half of both copies */
    app_ctx_fini(&a);
    app_ctx_fini(&b);
    app_ctx_fini(&other);
    app_ctx_fini(&binary);
}
END_TEST

CHECK_MAIN("app/registry", each_is_built_or_says_when, tables_are_whole, patterns_follow_the_seed)
