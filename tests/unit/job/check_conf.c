/* SPDX-License-Identifier: BSD-3-Clause */
/* Every file under conf/ loads, says what it is for, and has the id of its name. */
#include <dirent.h>
#include <ftw.h>

#include "tests/lib/check_main.h"
#include "tests/unit/job/fixture.h"

static int seen;

static int conf_check(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st;
    size_t len = strlen(path);
    if (type != FTW_F || len < 5 || strcmp(path + len - 5, ".conf"))
        return 0;
    struct job job;
    struct err e = {0};
    ck_assert_msg(job_load(&job, path, NULL, &e) == 0, "%s", e.message);
    ck_assert_msg(*job.description, "%s: no description", path);
    char id[300];
    snprintf(id, sizeof id, "%.*s", (int)(len - 5 - (size_t)at->base), path + at->base);
    ck_assert_str_eq(job.workload_id, id);
    seen++;
    job_fini(&job);
    return 0;
}

START_TEST(test_every_conf_file_loads)
{
    ck_assert_int_eq(nftw(CONF_DIR, conf_check, 8, FTW_PHYS), 0);
    ck_assert_int_ge(seen, 11);
}
END_TEST

/* Offered load and SLA as the list of workloads promises them. */
static const struct {
    const char *id, *protocol, *sla;
    uint32_t connections, duration_s, payload;
    double rate_per_s; /* 0: max */
} workloads[] = {
    {"tcp_small_burst_1kib", "line", "msg_per_s>=50000", 100, 60, 1024, 0},
    {"tcp_sustained_10k_1kib", "line", "msg_per_s>=100000", 10000, 300, 1024, 0},
    {"tcp_sustained_10k_10kib", "line", "msg_per_s>=50000", 10000, 300, 10240, 0},
    {"tcp_sustained_10k_100kib", "line", "msg_per_s>=10000", 10000, 300, 102400, 0},
    {"tcp_sustained_100k_1kib", "line", "msg_per_s>=50000, latency_p95<100ms, errors<0.05%", 100000,
     300, 1024, 60000},
    {"tcp_max_capacity_100k_1kib", "line", "msg_per_s>=200000", 100000, 1800, 1024, 0},
    {"tcp_baseline_150", "line", "msg_per_s>=5000, latency_p95<85ms", 150, 100, 256, 0},
    {"tcp_scale_15k", "line", "msg_per_s>=500000", 15000, 100, 256, 0},
    {"nic_max_tps", "echo", "", 256, 30, 64, 0},
    {"nic_max_cps", "echo", "", 256, 30, 64, 0},
    {"nic_max_gbit", "discard", "", 64, 30, 1 << 20, 0},
};

START_TEST(test_workloads_are_as_listed)
{
    for (size_t i = 0; i < sizeof workloads / sizeof *workloads; i++) {
        char path[512];
        struct job job;
        struct err e = {0};
        snprintf(path, sizeof path, "%s/workloads/%s.conf", CONF_DIR, workloads[i].id);
        ck_assert_msg(job_load(&job, path, NULL, &e) == 0, "%s", e.message);
        ck_assert_str_eq(job.protocol, workloads[i].protocol);
        ck_assert_uint_eq(job.connections, workloads[i].connections);
        ck_assert_uint_eq(job.phases_count, 1);
        ck_assert_str_eq(job.phases[0].sla, workloads[i].sla);
        ck_assert_uint_eq(job.phases[0].duration_ns, workloads[i].duration_s * 1000000000ull);
        ck_assert_uint_eq(job.phases[0].payload.largest, workloads[i].payload);
        ck_assert(job.phases[0].rate_max == (workloads[i].rate_per_s == 0));
        ck_assert_double_eq(job.phases[0].rate_per_s, workloads[i].rate_per_s);
        job_fini(&job);
    }
}
END_TEST

CHECK_MAIN("job/conf", test_every_conf_file_loads, test_workloads_are_as_listed)
