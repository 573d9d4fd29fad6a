/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/drop.h"

#include <assert.h>

/* The preprocessor cannot lower a token, so the names are folded character by character into a
 * table of fixed width; PAD keeps every index inside the literal. */
#define NAME_WIDTH 24
#define PAD        "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
#define LOW(c)     (char)((c) >= 'A' && (c) <= 'Z' ? (c) + ('a' - 'A') : (c))
#define C1(s, i)   LOW((s PAD)[i])
#define C4(s, i)   C1(s, i), C1(s, i + 1), C1(s, i + 2), C1(s, i + 3)
#define C8(s, i)   C4(s, i), C4(s, i + 4)

/* clang-format off */
#define X(name, meaning) {C8(#name, 0), C8(#name, 8), C8(#name, 16)},
static const char drop_names[][NAME_WIDTH] = {DROP_LIST(X)};
#undef X
#define X(name, meaning) meaning,
static const char *const drop_meanings[] = {DROP_LIST(X)};
#undef X
#define X(name, meaning) _Static_assert(sizeof #name <= NAME_WIDTH, #name " is too long a name");
DROP_LIST(X)
#undef X
/* clang-format on */

const char *drop_name(enum drop d)
{
    assert(d < DROP_COUNT);
    return drop_names[d];
}

const char *drop_meaning(enum drop d)
{
    assert(d < DROP_COUNT);
    return drop_meanings[d];
}
