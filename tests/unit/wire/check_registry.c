/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "tests/lib/check_main.h"
#include "wire/wire.h"

START_TEST(each_is_found_with_and_without_its_device)
{
    for (uint32_t i = 0; i < wire_kind_count; i++) {
        const struct wire_kind *kind = &wire_kinds[i];
        ck_assert_ptr_eq(wire_kind_find(kind->name), kind);
        ck_assert_ptr_eq(wire_kind_find(kind->form), kind);
    }
    ck_assert_ptr_null(wire_kind_find("xd"));
    ck_assert_ptr_null(wire_kind_find("xdpp:eth0"));
    ck_assert_ptr_null(wire_kind_find(""));
    ck_assert_ptr_null(wire_kind_find(":xdp"));
}
END_TEST

/* job/ goes by the colon: who names a device has nobody of ours behind it. */
START_TEST(a_device_leads_outside_and_nothing_else_does)
{
    for (uint32_t i = 0; i < wire_kind_count; i++) {
        const struct wire_kind *kind = &wire_kinds[i];
        ck_assert(strlen(kind->meaning));
        ck_assert(!strncmp(kind->form, kind->name, strlen(kind->name)));
        ck_assert((strchr(kind->form, ':') != NULL) == (kind->far_end == WIRE_FAR_OUTSIDE));
    }
}
END_TEST

CHECK_MAIN("wire/registry", each_is_found_with_and_without_its_device,
           a_device_leads_outside_and_nothing_else_does)
