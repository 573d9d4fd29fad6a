/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Every file under conf/: it loads and passes its checks, or waits for a protocol, and says so by
 * name; it says what it is for, has the id of its name, and holds the numbers that were promised.
 */
#include <errno.h>
#include <ftw.h>

#include "app/app.h"
#include "job/options.h"
#include "run/check.h"
#include "tests/lib/check_main.h"
#include "tests/unit/job/fixture.h"

static bool mixes_wait(void)
{
    return option_find("mix")->later != NULL;
}

/* The text of a file; without the lines of the mix while there is none. */
static char *conf_text(const char *path)
{
    FILE *file = fopen(path, "r");
    ck_assert_msg(file != NULL, "%s: cannot read", path);
    char *text = calloc(1, 8000), line[400];
    while (fgets(line, sizeof line, file))
        if (!mixes_wait() || (strncmp(line, "mix", 3) && strncmp(line, "batch_requests", 10)))
            strcat(text, line);
    fclose(file);
    return text;
}

static bool protocol_waits(const struct job *job)
{
    const struct app_proto *proto = app_proto_find(job->protocol);
    ck_assert_msg(proto != NULL, "%s: unknown", job->protocol);
    return proto->later != NULL;
}

/* Passes, or waits for its protocol and for nothing else. */
static void assert_runs_or_waits(struct fixture *f, const char *path)
{
    int rc = check_job(&f->job, &f->e);
    if (!protocol_waits(&f->job)) {
        ck_assert_msg(rc == 0, "%s: %s", path, f->e.message);
        return;
    }
    char named[64];
    snprintf(named, sizeof named, "protocol = \"%s\": not in this version", f->job.protocol);
    ck_assert_int_eq(rc, -EOPNOTSUPP);
    ck_assert_int_eq(f->e.exit_code, EXIT_USAGE);
    ck_assert_msg(strstr(f->e.message, named) != NULL, "%s", f->e.message);
}

static struct fixture conf_load(const char *path)
{
    struct fixture f;
    char *text = conf_text(path);
    load_well(&f, text, NULL, NULL);
    free(text);
    assert_runs_or_waits(&f, path);
    return f;
}

static int seen;

static int conf_check(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st;
    size_t len = strlen(path);
    if (type != FTW_F || len < 5 || strcmp(path + len - 5, ".conf") || strstr(path, "/suites/"))
        return 0;
    struct fixture f = conf_load(path);
    ck_assert_msg(*f.job.description, "%s: no description", path);
    fixture_fini(&f);
    struct job job;
    struct err e = {0};
    int rc = job_load(&job, path, NULL, &e);
    ck_assert_msg(rc == 0 || (rc == -EOPNOTSUPP && mixes_wait() && strstr(e.message, "mix")), "%s",
                  e.message);
    char id[300];
    snprintf(id, sizeof id, "%.*s", (int)(len - 5 - (size_t)at->base), path + at->base);
    ck_assert(rc || !strcmp(job.workload_id, id));
    seen++;
    job_fini(&job);
    return 0;
}

START_TEST(test_every_conf_file_runs_or_waits_by_name)
{
    ck_assert_int_eq(nftw(CONF_DIR, conf_check, 8, FTW_PHYS), 0);
    ck_assert_int_eq(seen, 21 + 18);
}
END_TEST

static int suite_check(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st, (void)at;
    if (type != FTW_F)
        return 0;
    struct fixture f = conf_load(path);
    ck_assert_msg(*f.job.description && job_searches(&f.job), "%s: no description, or no search", path);
    fixture_fini(&f);
    seen++;
    return 0;
}

START_TEST(test_every_suite_searches)
{
    seen = 0; /* in a debugger all tests are one process */
    ck_assert_int_eq(nftw(CONF_DIR "/suites", suite_check, 8, FTW_PHYS), 0);
    ck_assert_int_eq(seen, 4 + 3); /* searches of ours, and RFC 9411's */
}
END_TEST

/* Offered load and SLA as the list of workloads promises them; 0 in place of a rate: max. */
static const struct {
    const char *id, *protocol, *sla;
    uint32_t connections, duration_s, payload;
    double rate_per_s;
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
    {"nic_max_pps64", "discard", "", 64, 30, 1024, 0},
    {"http_burst_100_1kib", "http", "transactions_per_s>=5000", 100, 60, 1024, 0},
    {"http_sustained_5k_1kib", "http", "transactions_per_s>=50000", 5000, 300, 1024, 0},
    {"http1_sustained_2k_512b", "http", "transactions_per_s>=20000", 2000, 300, 512, 0},
    {"ws_stream_1kib", "websocket", "msg_per_s>=50000", 1000, 60, 1024, 0},
    {"mcp_basic_initialize", "mcp", "errors<=0%, latency_p50<10ms, latency_p99<30ms", 100, 60, 1024,
     1000},
    {"mcp_tool_sequence", "mcp", "errors<=0%, latency_p50<10ms, latency_p99<30ms", 100, 60, 1024,
     1000},
    {"mcp_prompts_workflow", "mcp", "errors<=0%, latency_p50<10ms, latency_p99<30ms", 100, 60, 1024,
     1000},
    {"mcp_resources_workflow", "mcp", "errors<=0%, latency_p50<10ms, latency_p99<30ms", 100, 60,
     1024, 1000},
    {"mcp_complete_workflow", "mcp", "errors<=0%, latency_p50<20ms, latency_p99<50ms", 100, 60, 1024,
     1000},
};
#define ROWS(table) (sizeof(table) / sizeof *(table))

START_TEST(test_workloads_are_as_listed)
{
    ck_assert_uint_eq(ROWS(workloads), 21);
    for (size_t i = 0; i < ROWS(workloads); i++) {
        char path[512];
        snprintf(path, sizeof path, "%s/workloads/%s.conf", CONF_DIR, workloads[i].id);
        struct fixture f = conf_load(path);
        const struct job_phase *p = &f.job.phases[0];
        ck_assert_str_eq(f.job.protocol, workloads[i].protocol);
        ck_assert_uint_eq(f.job.connections, workloads[i].connections);
        ck_assert_uint_eq(f.job.phases_count, 1);
        ck_assert_str_eq(p->sla, workloads[i].sla);
        ck_assert_uint_eq(p->duration_ns, workloads[i].duration_s * 1000000000ull);
        ck_assert_uint_eq(p->payload.largest, workloads[i].payload);
        ck_assert(p->rate_max == (workloads[i].rate_per_s == 0));
        ck_assert_double_eq(p->rate_per_s, workloads[i].rate_per_s);
        fixture_fini(&f);
    }
}
END_TEST

/* Every segment of it carries one byte: mss 1, and no option that takes more. */
START_TEST(test_pps64_has_one_byte_segments)
{
    struct fixture f = conf_load(CONF_DIR "/workloads/nic_max_pps64.conf");
    ck_assert_uint_eq(f.job.mss, 1);
    ck_assert(!f.job.timestamps);
    fixture_fini(&f);
}
END_TEST

/* `small`, without what is shorter than a line's envelope. */
#define SMALL_LINE "99-127:37,128-255:100,256-511:100,512-1023:100"

/* Connections 0: as many as by default, they are long or short ones. */
static const struct {
    const char *name, *shape, *size, *protocol, *mix, *pattern;
    double rate_per_s;
    uint32_t duration_s, connections;
} scenarios[] = {
    {"api_baseline", "constant", "small", "http", "balanced", "long_lived", 20, 30, 0},
    {"burst_traffic", "burst", "medium", "http", "read_heavy", "pooled", 30, 60, 20},
    {"gradual_ramp", "ramp", "small", "websocket", "stream", "long_lived", 100, 120, 0},
    {"peak_hours", "sine", "mixed", "http", "balanced", "pooled", 80, 180, 20},
    {"mobile_patterns", "walk", "small", "http", "read_heavy", "short_lived", 40, 90, 0},
    {"batch_processing", "constant", "large", "line", "batch", "long_lived", 5, 60, 0},
    {"websocket_streaming", "constant", "medium", "websocket", "stream", "long_lived", 50, 60, 0},
    {"mcp_protocol_test", "ramp", "medium", "mcp", "balanced", "pooled", 50, 45, 10},
    {"mixed_workload", "sine", "mixed", "http", "balanced", "pooled", 60, 120, 15},
    {"connection_pooling", "burst", "small", "http", "read_heavy", "pooled", 100, 45, 10},
    {"large_payload", "constant", "large", "http", "write_heavy", "long_lived", 10, 30, 0},
    {"high_frequency", "poisson", SMALL_LINE, "line", "balanced", "pooled", 200, 60, 50},
    {"iot_telemetry", "poisson", "small", "http", "write_heavy", "short_lived", 150, 90, 0},
    {"gaming_session", "walk", "medium", "websocket", "balanced", "long_lived", 80, 120, 0},
    {"cdn_traffic", "burst", "large", "http", "read_heavy", "pooled", 200, 60, 30},
    {"database_stress", "ramp", "medium", "line", "write_heavy", "pooled", 300, 90, 20},
    {"microservice_mesh", "sine", "mixed", "http", "balanced", "pooled", 120, 150, 25},
    {"chaos_engineering", "walk", "mixed", "http", "balanced", "reconnect", 100, 120, 0},
};

static void assert_line(const char *text, const char *key, const char *value)
{
    char line[100];
    snprintf(line, sizeof line, "\n%s = %s\n", key, value);
    ck_assert_msg(strstr(text, line) != NULL, "expected %s in:\n%s", line + 1, text);
}

START_TEST(test_scenarios_are_as_listed)
{
    ck_assert_uint_eq(ROWS(scenarios), 18);
    for (size_t i = 0; i < ROWS(scenarios); i++) {
        char path[512];
        snprintf(path, sizeof path, "%s/scenarios/%s.conf", CONF_DIR, scenarios[i].name);
        struct fixture f = conf_load(path);
        const struct job_phase *p = &f.job.phases[0];
        ck_assert_str_eq(f.job.protocol, scenarios[i].protocol);
        ck_assert_uint_eq(f.job.phases_count, 1);
        ck_assert_str_eq(p->shape, scenarios[i].shape);
        ck_assert_double_eq(p->rate_per_s, scenarios[i].rate_per_s);
        ck_assert_uint_eq(p->duration_ns, scenarios[i].duration_s * 1000000000ull);
        ck_assert_str_eq(job_pattern_name(p->pattern), scenarios[i].pattern);
        ck_assert_uint_eq(p->connections, scenarios[i].connections ? scenarios[i].connections : 100);
        assert_line(f.job.resolved, "payload", scenarios[i].size);
        if (!mixes_wait())
            assert_line(f.job.resolved, "mix", scenarios[i].mix);
        ck_assert(!*f.job.phases[0].fault == !!strcmp(scenarios[i].name, "chaos_engineering"));
        fixture_fini(&f);
    }
}
END_TEST

/* The mix as the file says it, also while no version can run it. */
START_TEST(test_scenarios_name_their_mix)
{
    for (size_t i = 0; i < ROWS(scenarios); i++) {
        char path[512], text[4000] = "";
        snprintf(path, sizeof path, "%s/scenarios/%s.conf", CONF_DIR, scenarios[i].name);
        FILE *file = fopen(path, "r");
        ck_assert(file && fread(text, 1, sizeof text - 1, file) > 0);
        fclose(file);
        assert_line(text, "mix", scenarios[i].mix);
        ck_assert(!strstr(text, "batch_requests = 10") == !!strcmp(scenarios[i].mix, "batch"));
    }
}
END_TEST

CHECK_MAIN("run/conf", test_every_conf_file_runs_or_waits_by_name, test_every_suite_searches, test_workloads_are_as_listed,
           test_pps64_has_one_byte_segments, test_scenarios_are_as_listed,
           test_scenarios_name_their_mix)
