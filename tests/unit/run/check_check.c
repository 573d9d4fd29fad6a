/* SPDX-License-Identifier: BSD-3-Clause */
/* What only run/ can refuse, with the place that is to blame; and what a job of any protocol is. */
#include "run/check.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/app.h"
#include "load/schedule.h"
#include "run/setup.h"
#include "tests/lib/check_main.h"
#include "tests/unit/job/fixture.h"
#include "wire/wire.h"

static void passes(const char *text, char *const *arguments)
{
    struct fixture f;
    load_well(&f, text, arguments, NULL);
    ck_assert_msg(check_job(&f.job, &f.e) == 0, "%s", f.e.message);
    fixture_fini(&f);
}

/* "x.conf" stands for the path. */
static void refused(const char *text, char *const *arguments, char *const *environment,
                    const char *message)
{
    struct fixture f;
    char expected[1000];
    load_well(&f, text, arguments, environment);
    ck_assert_msg(check_job(&f.job, &f.e) < 0, "passed, but expected: %s", message);
    bool placed = !strncmp(message, "x.conf", 6);
    snprintf(expected, sizeof expected, "%s%s", placed ? f.path : "", message + (placed ? 6 : 0));
    ck_assert_str_eq(f.e.message, expected);
    ck_assert_int_eq(f.e.exit_code, EXIT_USAGE);
    fixture_fini(&f);
}

/* "one of a, b": what the tables hold now. */
static const char *built_protocols(void)
{
    static char text[200];
    strcpy(text, "expected one of ");
    for (uint32_t i = 0, n = 0; i < app_proto_count; i++)
        if (!app_protos[i].later)
            strcat(strcat(text, n++ ? ", " : ""), app_protos[i].name);
    return text;
}

START_TEST(every_protocol_is_accepted_or_refused_by_name)
{
    char text[60], message[200];
    for (uint32_t i = 0; i < app_proto_count; i++) {
        const struct app_proto *proto = &app_protos[i];
        snprintf(text, sizeof text, "# a job\nprotocol = %s\n", proto->name);
        snprintf(message, sizeof message, "x.conf:2: protocol = \"%s\": not in this version (%s)",
                 proto->name, proto->later);
        if (proto->later)
            refused(text, NULL, NULL, message);
        else
            passes(text, NULL);
    }
    snprintf(message, sizeof message, "x.conf:1: protocol = \"smtp\": %s", built_protocols());
    refused("protocol = smtp\n", NULL, NULL, message);
    snprintf(message, sizeof message, "--protocol=smtp: %s", built_protocols());
    refused("", WORDS("--protocol=smtp"), NULL, message);
    snprintf(message, sizeof message, "BENCH_PROTOCOL=smtp: %s", built_protocols());
    refused("", NULL, WORDS("BENCH_PROTOCOL=smtp"), message);
}
END_TEST

START_TEST(a_responder_needs_the_protocol_only)
{
    struct fixture f;
    load_well(&f, "payload = 1\n", NULL, NULL);
    ck_assert_int_eq(check_protocol(&f.job, &f.e), 0);
    ck_assert_int_lt(check_job(&f.job, &f.e), 0);
    fixture_fini(&f);
    load_well(&f, "protocol = smtp\n", NULL, NULL);
    ck_assert_int_lt(check_protocol(&f.job, &f.e), 0);
    fixture_fini(&f);
}
END_TEST

START_TEST(what_the_protocol_cannot_carry)
{
    refused(
        "content = binary\n", NULL, NULL,
        "x.conf:1: content = \"binary\": protocol = line carries text: expected content = text");
    refused("protocol = discard\n[a]\n[b]\nreply = 64\n", NULL, NULL,
            "x.conf:4: reply = \"64\": protocol = discard is one way: expected no reply");
    refused("protocol = echo\nreply = 64\n", NULL, NULL,
            "x.conf:2: reply = \"64\": protocol = echo sends back the request: expected reply = 0");
    refused(
        "protocol = echo\npayload = mixed\nreply = mixed\n", NULL, NULL,
        "x.conf:3: reply = \"mixed\": protocol = echo sends back the request: expected reply = 0");
    refused("protocol = echo\npayload = 64-1024\nreply = 1024\n", NULL, NULL,
            "x.conf:3: reply = \"1024\": protocol = echo sends back the request: expected reply = "
            "0");
}
END_TEST

START_TEST(mixes_that_cannot_be)
{
    passes("mix = balanced\n", NULL);
    passes("mix = read:1,stream:1\npayload = 64\n", NULL);
    passes("mix = stream\npayload = 1MiB\nstream_messages = 128\n", NULL);
    passes("protocol = echo\nmix = batch\npayload = 1\n", NULL);
    passes("protocol = discard\nmix = plain:1,batch:3\n", NULL);
    refused("protocol = echo\nmix = read_heavy\n", NULL, NULL,
            "x.conf:2: mix = \"read_heavy\": protocol = echo cannot ask for a reply of another size:"
            " expected plain or batch");
    refused("protocol = discard\nmix = stream\n", NULL, NULL,
            "x.conf:2: mix = \"stream\": protocol = discard has no streams: expected no stream");
    refused("mix = stream\npayload = 1MiB\nstream_messages = 129\n", NULL, NULL,
            "x.conf:1: mix = \"stream\": stream_messages = 129 of up to 1048576 bytes make a stream"
            " of 135266304 bytes: expected at most 134217728");
    refused("mix = batch\nbatch_requests = 1000\nrate = 0.001\nrate_scale = 0.001\n", NULL, NULL,
            "x.conf:3: rate = \"0.001\": makes 1e-09 batches a second: expected more than 1e-06");
}
END_TEST

START_TEST(the_smallest_message_of_each_protocol)
{
    char text[80], message[200];
    for (uint32_t i = 0; i < app_proto_count; i++) {
        const struct app_proto *proto = &app_protos[i];
        if (proto->later || proto->client->min_len < 2)
            continue;
        snprintf(text, sizeof text, "protocol = %s\npayload = %u\n", proto->name,
                 proto->client->min_len);
        passes(text, NULL);
        snprintf(text, sizeof text, "protocol = %s\n[a]\npayload = %u-4096\n", proto->name,
                 proto->client->min_len - 1);
        snprintf(
            message, sizeof message,
            "x.conf:3: payload = \"%u-4096\": expected at least %u bytes, the smallest message "
            "of protocol = %s",
            proto->client->min_len - 1, proto->client->min_len, proto->name);
        refused(text, NULL, NULL, message);
    }
    snprintf(
        message, sizeof message,
        "x.conf:1: reply = \"7\": expected at least %u bytes, the smallest reply of protocol = "
        "line",
        app_proto_find("line")->client->min_reply);
    refused("reply = 7\n", NULL, NULL, message);
}
END_TEST

START_TEST(every_wire_is_accepted_or_refused_by_name)
{
    char text[100], message[200], forms[100] = "";
    for (uint32_t i = 0; i < wire_kind_count; i++) {
        const struct wire_kind *kind = &wire_kinds[i];
        bool outside = kind->far_end == WIRE_FAR_OUTSIDE;
        snprintf(text, sizeof text, "wire = %s%s\ntarget = 10.0.0.1:80\n", kind->name,
                 outside ? ":any" : "");
        snprintf(message, sizeof message, "x.conf:1: wire = \"%s%s\": not in this version (%s)",
                 kind->name, outside ? ":any" : "", kind->later);
        if (kind->later)
            refused(text, NULL, NULL, message);
        else
            passes(text, NULL);
        if (!kind->later)
            strcat(strcat(forms, *forms ? ", " : ""), kind->form);
    }
    snprintf(message, sizeof message, "x.conf:1: wire = \"carrier\": expected one of %s", forms);
    refused("wire = carrier\n", NULL, NULL, message);
}
END_TEST

START_TEST(a_responder_stands_on_a_device)
{
    char text[100];
    for (uint32_t i = 0; i < wire_kind_count; i++) {
        const struct wire_kind *kind = &wire_kinds[i], *found;
        struct fixture f;
        snprintf(text, sizeof text, "wire = %s%s\ntarget = 10.0.0.1:80\n", kind->name,
                 kind->far_end == WIRE_FAR_OUTSIDE ? ":any" : "");
        load_well(&f, text, NULL, NULL);
        int rc = check_device(&f.job, &found, &f.e);
        ck_assert_ptr_eq(found, kind);
        ck_assert_int_eq(rc, kind->device ? 0 : kind->later ? -EOPNOTSUPP : -EINVAL);
        ck_assert(kind->device || kind->later || strstr(f.e.message, "expected one of xdp:IFACE"));
        fixture_fini(&f);
    }
}
END_TEST

START_TEST(an_address_is_shared_where_the_kernel_has_an_interface)
{
    char text[140];
    for (uint32_t i = 0; i < wire_kind_count; i++) {
        const struct wire_kind *kind = &wire_kinds[i];
        struct fixture f;
        if (!kind->device)
            continue;
        snprintf(text, sizeof text, "wire = %s:any\ntarget = 10.0.0.1:80\nshared_address = yes\n", kind->name);
        load_well(&f, text, NULL, NULL);
        ck_assert_int_eq(check_job(&f.job, &f.e), kind->device->on_interface ? 0 : -EINVAL);
        ck_assert(kind->device->on_interface || strstr(f.e.message, "takes the device whole"));
        fixture_fini(&f);
    }
}
END_TEST

START_TEST(a_device_and_a_server_only_where_the_wire_has_them)
{
    refused("wire = xdp\n", NULL, NULL, "x.conf:1: wire = \"xdp\": expected xdp:IFACE[:QUEUE]");
    refused("wire = pair:eth0\ntarget = 10.0.0.1:80\n", NULL, NULL,
            "x.conf:1: wire = \"pair:eth0\": expected pair");
    refused("wire = pair\npeer = exec:cat\n", NULL, NULL,
            "x.conf:2: peer = \"exec:cat\": a server of your own needs a kernel of ours at the far "
            "end: expected wire = lab");
    refused("wire = xdp:eth0\ntarget = 10.0.0.1:80\npeer = exec:cat\n", NULL, NULL,
            "x.conf:3: peer = \"exec:cat\": a server of your own needs a kernel of ours at the far "
            "end: expected wire = lab");
    passes("wire = lab\npeer = exec:cat\n", NULL);
}
END_TEST

/* A list of arrival times beside the job. */
static void write_list(char path[40], const char *text)
{
    strcpy(path, "/tmp/wirebench-list-XXXXXX");
    int fd = mkstemp(path);
    ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
}

START_TEST(every_shape_is_accepted_or_refused_by_name)
{
    char text[150], message[200], names[100] = "", list[40];
    write_list(list, "0\n");
    for (uint32_t i = 0; i < load_shape_count; i++) {
        const struct load_shape_kind *kind = &load_shapes[i];
        const struct load_shape *shape = kind->shape;
        const char *rate = shape->closed_loop ? "max" : shape->no_rate || shape->given ? "0" : "500";
        snprintf(text, sizeof text, "rate = %s\n[a]\nshape = %s\nreplay = %s\n", rate, kind->name,
                 shape->given ? list : "");
        passes(text, NULL);
        strcat(strcat(names, *names ? ", " : ""), kind->name);
    }
    unlink(list);
    snprintf(message, sizeof message, "x.conf:1: shape = \"square\": expected one of %s", names);
    refused("shape = square\nrate = 500\n", NULL, NULL, message);
    refused("shape = square\n", NULL, NULL, message);
}
END_TEST

START_TEST(what_is_replayed)
{
    struct fixture f;
    char text[200], message[300], list[40];
    write_list(list, "intended_ns\n7000\n5000\n");
    snprintf(text, sizeof text, "shape = replay\nrate_scale = 2\nreplay = %s\n", list);
    load_well(&f, text, NULL, NULL);
    ck_assert_int_eq(check_job(&f.job, &f.e), 0);
    const struct job_phase *p = &f.job.phases[0];
    ck_assert(p->arrivals == 2 && p->arrivals_ns[0] == 5000 && p->arrivals_ns[1] == 7000);
    ck_assert(p->arrivals_sorted && !p->rate_max && p->rate_per_s == 0.1);
    struct phase_texts texts;
    phase_texts_make(&texts, p, app_proto_find("line"));
    snprintf(message, sizeof message, "2 arrivals x2 replay (hash=%s)", p->replay_hash);
    ck_assert_str_eq(texts.load, message);
    snprintf(message, sizeof message, "\nreplay_hash = %s\n", p->replay_hash);
    ck_assert_ptr_nonnull(strstr(f.job.resolved, message));
    ck_assert_ptr_nonnull(strstr(f.job.resolved_unseeded, message));
    ck_assert_ptr_null(strstr(f.job.resolved_unseeded, list)); /* the content counts, not the place */

    char *resolved = strdup(f.job.resolved);
    passes(resolved, NULL); /* the same list again */
    FILE *changed = fopen(list, "w");
    fputs("0.000001\n", changed);
    fclose(changed);
    struct fixture g;
    load_well(&g, resolved, NULL, NULL);
    ck_assert_int_lt(check_job(&g.job, &g.e), 0);
    ck_assert_ptr_nonnull(strstr(g.e.message, "holds another list: expected "));
    fixture_fini(&g);
    fixture_fini(&f);
    free(resolved);
    unlink(list);
}
END_TEST

START_TEST(what_cannot_be_replayed)
{
    char text[200], message[400], list[40];
    write_list(list, "0.1\nsoon\n");
    snprintf(text, sizeof text, "[a]\nshape = replay\nreplay = %s\n", list);
    snprintf(message, sizeof message,
             "x.conf:3: replay = \"%s\": %s:2: \"soon\": expected seconds from the start, from 0 to"
             " 2592000 (30 days)", list, list);
    refused(text, NULL, NULL, message);
    unlink(list);
    write_list(list, "20\n");
    snprintf(text, sizeof text, "[a]\nshape = replay\nreplay = %s\nrate_scale = 2\nduration = 9s\n", list);
    snprintf(message, sizeof message,
             "x.conf:5: duration = \"9s\": the first of the arrivals of %s is at 10 s: expected more", list);
    refused(text, NULL, NULL, message);
    unlink(list);
    refused("shape = replay\n", NULL, NULL,
            "x.conf: replay = \"\" (default): shape = replay takes its times from somewhere: expected"
            " FILE.csv, run:ID or FILE.db:ID");
    refused("shape = replay\nreplay = run:7x\n", NULL, NULL,
            "x.conf:2: replay = \"run:7x\": expected run:ID, as analyze --list shows it");
    refused("shape = replay\nreplay = /nowhere/x.csv\n", NULL, NULL,
            "x.conf:2: replay = \"/nowhere/x.csv\": /nowhere/x.csv: cannot be read: No such file or"
            " directory");
    refused("shape = replay\nreplay = /nowhere/x.db:7\n", NULL, NULL,
            "x.conf:2: replay = \"/nowhere/x.db:7\": /nowhere/x.db: no such file: expected a"
            " results file, as `gen run` writes it");
}
END_TEST

START_TEST(a_rate_has_a_shape_and_max_has_none)
{
    refused("shape = max\nrate = 500\n", NULL, NULL,
            "x.conf:1: shape = \"max\": a rate is set: expected rate = max or another shape");
    refused("shape = idle\nrate = 500\n", NULL, NULL,
            "x.conf:1: shape = \"idle\": a rate is set: expected rate = 0 or another shape");
    refused("shape = max\nrate = 0\n", NULL, NULL,
            "x.conf:1: shape = \"max\": with rate = 0 nothing starts: expected a rate as well");
    passes("shape = constant\nrate = max\n", NULL);
    passes("shape = max\n", NULL);
}
END_TEST

/* The grammar itself: check_sla.c. */
START_TEST(rules_are_blamed_where_they_stand)
{
    refused("[a]\nsla = p95<1ms, errors<5\n", NULL, NULL,
            "x.conf:2: sla = \"p95<1ms, errors<5\": errors<5: expected percent from 0% to 100% "
            "(0.05%) behind <");
    refused("", WORDS("--warn=p95"), NULL,
            "--warn=p95: p95: expected METRIC OP VALUE[UNIT], as in p95<100ms, errors<0.05%, "
            "msg_per_s>=10000");
    refused("", NULL, WORDS("BENCH_RUN_SLA=errors<1%,errors>2%"),
            "BENCH_RUN_SLA=errors<1%,errors>2%: errors<1% and errors>2% exclude each other: "
            "expected one of them");
    refused("abort_if = errors>=0%\n", NULL, NULL,
            "x.conf:1: abort_if = \"errors>=0%\": errors>=0%: it always holds: expected another "
            "value");
    refused("abort_if = memory_growth>1GiB/30s\n", NULL, NULL,
            "x.conf:1: abort_if = \"memory_growth>1GiB/30s\": memory_growth>1GiB/30s: looks back "
            "longer than abort_window: expected at most as long");
    passes("abort_if = memory_growth>1GiB/30s\nabort_window = 30s\n", NULL);
    refused("abort_if = errors>1%, memory_bytes_per_conn>1KiB\n", NULL, NULL,
            "x.conf:1: abort_if = \"errors>1%, memory_bytes_per_conn>1KiB\": memory_bytes_per_conn>1KiB: "
            "the memory of a connection is known when the run has ended: expected it in sla, warn or "
            "run_sla");
    refused("abort_if = peer_memory_bytes_per_conn>1KiB\n", NULL, NULL,
            "x.conf:1: abort_if = \"peer_memory_bytes_per_conn>1KiB\": peer_memory_bytes_per_conn>1KiB: "
            "the memory of a connection is known when the run has ended: expected it in sla, warn or "
            "run_sla");
    passes("sla = memory_bytes_per_conn<1KiB\n", NULL);
    passes("sla = errors<1%\nwarn = errors<0.1%\nrun_sla = success>99%\n", NULL);
}
END_TEST

START_TEST(a_rate_that_moves_never_settles)
{
    refused("rate = 5\nduration = 60s\nuntil = steady\n[a]\n[b]\nshape = sine\n", NULL, NULL,
            "x.conf:3: until = \"steady\": shape = sine never settles: expected constant, poisson or "
            "max");
    refused("rate = 5\nwarmup = 60s\nenter = steady\nshape = ramp\n", NULL, NULL,
            "x.conf:3: enter = \"steady\": shape = ramp never settles: expected constant, poisson or "
            "max");
    passes("rate = 5\nduration = 60s\nuntil = steady\nshape = poisson\n", NULL);
    passes("duration = 60s\nuntil = steady\n", NULL);
}
END_TEST

START_TEST(what_just_passes)
{
    passes("protocol = echo\nreply = 1024\n", NULL);
    passes("protocol = echo\ncontent = binary\npayload = 1\n", NULL);
    passes("protocol = echo\npayload = 1-4096\n", NULL);
    passes("protocol = discard\ncontent = binary\n", NULL);
    passes("sla = latency_p95<100ms\n", NULL);
}
END_TEST

static void assert_texts(const char *job, const char *load, const char *payload, const char *reply)
{
    struct fixture f;
    struct phase_texts texts;
    load_well(&f, job, NULL, NULL);
    phase_texts_make(&texts, &f.job.phases[0], app_proto_find(f.job.protocol));
    ck_assert_str_eq(texts.load, load);
    ck_assert_str_eq(texts.payload, payload);
    ck_assert_str_eq(texts.reply, reply);
    fixture_fini(&f);
}

START_TEST(replies_are_as_large_as_their_requests_unless_the_job_says_otherwise)
{
    assert_texts("payload = 777\n", "max", "777", "777");
    assert_texts("payload = 777\nreply = 99\n", "max", "777", "99");
    assert_texts("payload = 777-1024\n", "max", "777-1024", ""); /* drawn */
    assert_texts("payload = 777-1024\nreply = 99\n", "max", "777-1024", "99");
    assert_texts("payload = mixed\nreply = 1KiB:3,large:1\n", "max", "mixed", "1KiB:3,large:1");
    assert_texts("protocol = discard\npayload = 777\n", "max", "777", "");
}
END_TEST

START_TEST(loads_are_told_with_their_shape)
{
    assert_texts("rate = 60k/s\n", "60000/s", "1024", "1024");
    assert_texts("rate = 60k/s\nrate_scale = 0.5\n", "30000/s", "1024", "1024");
    assert_texts("rate = 500\nshape = sine\nsine_depth = 0.5\n",
                 "500/s sine (depth=0.5, period=30s)", "1024", "1024");
    assert_texts("rate = 500\nshape = burst\nrate_scale = 2\n",
                 "1000/s burst (factor=10, high=5s, low=15s)", "1024", "1024");
    assert_texts("rate = 0.5\nshape = poisson\n", "0.5/s poisson", "1024", "1024");
    assert_texts("rate = 500\nshape = ramp\n", "500/s ramp (from=0, to=1, time=0, steps=0)", "1024",
                 "1024");
    assert_texts("rate = 500\nshape = walk\n", "500/s walk (step=0.2, low=0.01, high=2)", "1024",
                 "1024");
}
END_TEST

static void assert_offered(const char *text, uint64_t duration_ns, double per_s)
{
    struct fixture f;
    load_well(&f, text, NULL, NULL);
    ck_assert_double_eq_tol(setup_offered_per_s(&f.job, &f.job.phases[0], duration_ns), per_s,
                            1e-6);
    fixture_fini(&f);
}

START_TEST(offered_is_the_mean_over_the_time)
{
    assert_offered("rate = 500\nrate_scale = 3\n", 0, 1500);
    assert_offered("rate = 500\nshape = ramp\nduration = 60s\n", 0, 250);
    assert_offered("rate = 500\nshape = ramp\nduration = 60s\n", 30000000000,
                   125); /* its first half */
    assert_offered("rate = 500\nshape = ramp\nduration = 60s\nramp_time = 30s\n", 0, 375);
    assert_offered("rate = 100\nshape = burst\nduration = 60s\n", 0, 325);
    assert_offered("rate = 100\nshape = burst\nduration = 60s\n", 5000000000, 1000);
    struct fixture f;
    load_well(&f, "", NULL, NULL);
    ck_assert(isnan(setup_offered_per_s(&f.job, &f.job.phases[0], 0)));
    fixture_fini(&f);
}
END_TEST

START_TEST(phases_and_workers_have_schedules_of_their_own)
{
    struct fixture f;
    struct load_spec a, b, a1;
    load_well(&f, "rate = 9\nworkers = 2\nconnections = 2\nseed = 5\n[a]\n[b]\nduration = 3s\n",
              NULL, NULL);
    setup_spec(&f.job, &f.job.phases[0], 0, &a);
    setup_spec(&f.job, &f.job.phases[0], 1, &a1);
    setup_spec(&f.job, &f.job.phases[1], 0, &b);
    ck_assert_uint_ne(a.seed, b.seed);
    ck_assert_uint_eq(a.seed, a1.seed);
    ck_assert_uint_eq(a1.worker, 1);
    ck_assert_uint_eq(a1.workers, 2);
    ck_assert_uint_eq(b.duration_ns, 3000000000);
    ck_assert_uint_eq(b.params.ramp.time_ns, 3000000000);
    fixture_fini(&f);
}
END_TEST

/* What rules and faults say is told at the place that says it. */
START_TEST(rules_and_faults_are_refused_at_their_place)
{
    struct fixture f;
    refused("[a]\n[global]\nfault = loss=often\n", NULL, NULL,
            "x.conf:3: fault = \"loss=often\": fault: loss = \"often\": expected a share from 0% to "
            "100%");
    refused("", WORDS("--fault_tx=loss=2"), NULL,
            "--fault_tx=loss=2: fault: loss = \"2\": expected a share from 0% to 100%");
    refused("", NULL, WORDS("BENCH_FAULT_RX=delay=5KiB"),
            "BENCH_FAULT_RX=delay=5KiB: fault: delay = \"5KiB\": expected a time such as 5ms, or 5ms+-1ms with a spread "
            "of at most the time");
    load_well(&f, "[a]\n\nsla = p99<often\n", NULL, NULL);
    ck_assert_int_lt(check_job(&f.job, &f.e), 0);
    ck_assert_msg(strstr(f.e.message, "x.conf:3: sla = \"p99<often\": ") != NULL, "%s", f.e.message);
    fixture_fini(&f);
}
END_TEST

/* In the 11 s of warm-up and duration, which are less than the wait. */
START_TEST(pools_that_are_used_up)
{
    static const char brief[] = "pattern = short_lived\ntimestamps = no\nconnections = 100\n"
                                "source = 10.0.0.1\nports = 10000-19999\nrate = 1000\n";
    refused(brief, NULL, NULL,
            "x.conf:6: rate = \"1000\": 1000 closed a second, each in TIME_WAIT for 11 s, hold 11000"
            " tuples beside 100 connections; 1 source addresses x 10000 ports x 1 targets make 10000:"
            " expected a wider source, ports or target, a shorter time_wait, or timestamps = yes");
    static char *const enough[] = {"--timestamps=yes", "--time_wait=9s", "--close=rst", "--duration=5s",
                                   "--time_wait_entries=8192", "--target=10.1.0.0/31:80", "--rate=max"};
    for (size_t i = 0; i < sizeof enough / sizeof *enough; i++) {
        struct fixture f;
        load_well(&f, brief, WORDS(enough[i]), NULL);
        ck_assert_msg(check_job(&f.job, &f.e) == 0, "%s: %s", enough[i], f.e.message);
        fixture_fini(&f);
    }
    refused("pattern = churn\nchurn_rate = 2k\ntimestamps = no\nconnections = 100\nsource = 10.0.0.1\n"
            "ports = 10000-19999\n", NULL, NULL,
            "x.conf:2: churn_rate = \"2k\": 2000 closed a second, each in TIME_WAIT for 11 s, hold 22000"
            " tuples beside 100 connections; 1 source addresses x 10000 ports x 1 targets make 10000:"
            " expected a wider source, ports or target, a shorter time_wait, or timestamps = yes");
}
END_TEST

START_TEST(pools_that_nobody_can_walk)
{
    refused("source = 10.0.0.0/8\nports = 7\nconnections = 70000\n", NULL, NULL,
            "x.conf:1: source = \"10.0.0.0/8\": a worker has 65536 paths at most: 65536 source addresses,"
            " with its share of the ports good for 65536 of its 70000 connections: expected more ports"
            " or workers");
    refused("peer = exec:true\nsource = 10.0.0.0/24, 10.1.0.0/24\n", NULL, NULL,
            "x.conf:2: source = \"10.0.0.0/24, 10.1.0.0/24\": peer = exec: the server's kernel gets one"
            " route: expected one block");
    refused("peer = exec:true\ntarget = 10.0.0.1:80, 10.1.0.1:80\n", NULL, NULL,
            "x.conf:2: target = \"10.0.0.1:80, 10.1.0.1:80\": peer = exec: the server's kernel gets one"
            " block: expected one");
}
END_TEST

CHECK_MAIN("run/check", every_protocol_is_accepted_or_refused_by_name,
           a_responder_needs_the_protocol_only, what_the_protocol_cannot_carry, mixes_that_cannot_be,
           every_wire_is_accepted_or_refused_by_name,
           a_responder_stands_on_a_device, an_address_is_shared_where_the_kernel_has_an_interface,
           a_device_and_a_server_only_where_the_wire_has_them,
           the_smallest_message_of_each_protocol, every_shape_is_accepted_or_refused_by_name,
           what_is_replayed, what_cannot_be_replayed, a_rate_has_a_shape_and_max_has_none,
           rules_are_blamed_where_they_stand, a_rate_that_moves_never_settles, what_just_passes,
           replies_are_as_large_as_their_requests_unless_the_job_says_otherwise,
           loads_are_told_with_their_shape, offered_is_the_mean_over_the_time,
           phases_and_workers_have_schedules_of_their_own, pools_that_are_used_up, pools_that_nobody_can_walk,
           rules_and_faults_are_refused_at_their_place)
