/* SPDX-License-Identifier: BSD-3-Clause */
/* The bounds of what limited a run: db/ and job/ each have a table of them, and neither may include
 * the other. They must be the same bounds with the same defaults, and a stored job must say them. */
#include "db/limit.h"
#include "tests/lib/check_main.h"
#include "tests/unit/job/fixture.h"

#define COUNT (sizeof(struct limit_bounds) / sizeof(double))

static const char *const names[COUNT] = {
#define X(name, initial, meaning) #name,
    LIMIT_BOUND_LIST(X)
#undef X
};

START_TEST(defaults_are_the_same)
{
    struct fixture f;
    struct limit_bounds bounds;
    load_well(&f, "", NULL, NULL);
    for (size_t i = 0; i < COUNT; i++) {
        char line[64];
        snprintf(line, sizeof line, "\nlimit_%s = ", names[i]);
        ck_assert_msg(strstr(f.job.resolved, line), "%s is no key", names[i]);
    }
    limit_bounds_read(f.job.resolved, &bounds);
    const double *found = (const double *)&bounds, *expected = (const double *)&limit_bounds_default;
    for (size_t i = 0; i < COUNT; i++)
        ck_assert_msg(found[i] == expected[i], "limit_%s is %g in job/, %g in db/", names[i],
                      found[i], expected[i]);
    fixture_fini(&f);
}
END_TEST

START_TEST(a_stored_job_says_them)
{
    struct fixture f;
    struct limit_bounds bounds;
    char text[COUNT * 40] = "";
    for (size_t i = 0; i < COUNT; i++) {
        bool plain = !strcmp(names[i], "waits") || !strcmp(names[i], "holds");
        snprintf(text + strlen(text), sizeof text - strlen(text), "limit_%s = %s\n", names[i],
                 plain ? "1.5" : "12.5%");
    }
    load_well(&f, text, NULL, NULL);
    limit_bounds_read(f.job.resolved, &bounds);
    for (size_t i = 0; i < COUNT; i++) {
        double found = ((const double *)&bounds)[i];
        ck_assert_msg(found == 0.125 || found == 1.5, "limit_%s: %g", names[i], found);
    }
    ck_assert_ptr_null(strstr(f.job.resolved_unseeded, "limit_")); /* how a run is judged, not what it does */
    fixture_fini(&f);
}
END_TEST

CHECK_MAIN("run/limit_keys", defaults_are_the_same, a_stored_job_says_them)
