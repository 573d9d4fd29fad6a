/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/lib/check_main.h"

#include "base/cursor.h"

static const uint8_t bytes[] = {1, 2, 3, 4, 5, 6, 7};

START_TEST(reads_in_network_order)
{
    struct cursor c = cursor_over(bytes, sizeof bytes);
    ck_assert_uint_eq(cursor_u8(&c), 1);
    ck_assert_uint_eq(cursor_be16(&c), 0x0203);
    ck_assert_uint_eq(cursor_be32(&c), 0x04050607);
    ck_assert_uint_eq(cursor_left(&c), 0);
    ck_assert(!c.bad);
}
END_TEST

START_TEST(error_sticks)
{
    struct cursor c = cursor_over(bytes, 3);
    ck_assert_uint_eq(cursor_be32(&c), 0);
    ck_assert(c.bad);
    ck_assert_uint_eq(cursor_u8(&c), 0); /* although there were three bytes */
    ck_assert_uint_eq(cursor_left(&c), 0);
    ck_assert_ptr_null(cursor_take(&c, 0));
}
END_TEST

START_TEST(takes_exactly_what_is_there)
{
    struct cursor c = cursor_over(bytes, 3);
    ck_assert_ptr_eq(cursor_take(&c, 3), bytes);
    ck_assert(!c.bad);
    ck_assert_ptr_nonnull(cursor_take(&c, 0));
    ck_assert_ptr_null(cursor_take(&c, SIZE_MAX));
    ck_assert(c.bad);
}
END_TEST

CHECK_MAIN("base/cursor", reads_in_network_order, error_sticks, takes_exactly_what_is_there)
