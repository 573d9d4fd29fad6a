/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/lib/check_main.h"

#include "base/siphash.h"

/* Key 00 01 .. 0f, message 00 01 .. : the worked example of the paper's appendix A is the one of 15
 * bytes; the others are of its authors' table. */
START_TEST(known_answers)
{
    static const uint64_t key[2] = {0x0706050403020100ull, 0x0f0e0d0c0b0a0908ull};
    static const struct {
        size_t len;
        uint64_t want;
    } rows[] = {{0, 0x726fdb47dd0e0e31ull},  {7, 0xab0200f58b01d137ull},
                {8, 0x93f5f5799a932462ull},  {15, 0xa129ca6149be45e5ull},
                {16, 0x3f2acc7f57c29bdbull}, {63, 0x958a324ceb064572ull}};
    uint8_t message[64];
    for (uint8_t i = 0; i < 64; i++)
        message[i] = i;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        ck_assert_uint_eq(siphash(key, message, rows[i].len), rows[i].want);
    ck_assert_uint_eq(siphash_word(key, 0x0706050403020100ull), 0x93f5f5799a932462ull);
}
END_TEST

CHECK_MAIN("base/siphash", known_answers)
