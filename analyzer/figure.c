/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/figure.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "analyzer/stats/ratio_band.h"

const struct figure_kind figure_kinds[FIGURE_COUNT] = {
#define X(ID, path, unit, scope, meaning) [FIGURE_##ID] = {path, unit, scope, meaning},
    FIGURE_LIST(X)
#undef X
};

void figure_set(struct figure *f, double value)
{
    f->has = isfinite(value);
    f->value = value;
    f->reason[0] = '\0';
    if (!f->has)
        figure_miss(f, "not a number in the file");
}

void figure_bound(struct figure *f, double lo, double hi, double k_eff, size_t seconds)
{
    f->has_band = true;
    f->lo = lo;
    f->hi = hi;
    f->has_interval = k_eff >= RATIO_BAND_NEEDS;
    if (!f->has_interval)
        snprintf(f->reason, sizeof f->reason,
                 "its %zu seconds may be worth only %.1f independent ones: an interval needs %.0f",
                 seconds, k_eff, RATIO_BAND_NEEDS);
}

void figure_miss(struct figure *f, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    *f = (struct figure){.count = f->count};
    vsnprintf(f->reason, sizeof f->reason, format, args);
    va_end(args);
}
