/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/err.h"
#include "base/units.h"
#include "run/doctor.h"
#include "run/reflect.h"
#include "wire/wire.h"

/* One frame each way is enough to know. */
static const struct reflect_config one_frame = {
    .frame_len = 64,
    .in_flight = 1,
    .near_cpu = -1,
    .far_cpu = -1,
    .measure_ns = 50 * NS_PER_MS,
};

void doctor_lab(struct doctor *d)
{
    struct err e = {0};
    struct reflect_result r = {0};
    d->lab_works = reflect_lab(&one_frame, &r, &e) == 0;
    if (d->lab_works)
        doctor_row(FINDING_OK, "lab", "made, and a frame went there and back over AF_XDP: %s",
                   r.detail);
    else
        doctor_row(FINDING_LACK, "lab", "%s -> see the privileges above", e.message);
}

void doctor_pair(struct doctor *d)
{
    (void)d;
    struct err e = {0};
    struct reflect_result r = {0};
    if (reflect_pair(&one_frame, &r, &e))
        doctor_row(FINDING_LACK, "pair", "%s", e.message);
    else
        doctor_row(FINDING_OK, "pair", "a frame went there and back in memory; needs no privilege");
}

/* It needs what the lab needs. */
void doctor_impair(struct doctor *d)
{
    if (d->lab_works)
        doctor_row(FINDING_OK, "impair", "gen impair IFACE IFACE can stand between two interfaces");
    else
        doctor_row(FINDING_LACK, "impair", "needs AF_XDP, as the lab -> see the privileges above");
}

void doctor_later(struct doctor *d)
{
    (void)d;
    for (uint32_t i = 0; i < wire_kind_count; i++)
        if (wire_kinds[i].later)
            doctor_row(FINDING_INFO, wire_kinds[i].name, "not in this version: %s",
                       wire_kinds[i].later);
}
