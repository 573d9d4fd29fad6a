/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * For every key of the table a job in which it contradicts another, or the reason why none can. A
 * key of a shape has its contradiction by construction: another shape.
 */
#include "job/options.h"
#include "run/check.h"
#include "tests/lib/check_main.h"
#include "tests/unit/job/fixture.h"

static const struct {
    const char *key;
    const char *text; /* NULL: none can be made */
    const char *says; /* in the message; or why there is none */
} rows[] = {
    {"description", NULL, "text for people"},
    {"protocol", "protocol = line\ncontent = binary\n", "protocol = line carries text"},
    {"content", "content = binary\n", "expected content = text"},
    {"payload", "payload = 10\n", "the smallest message of protocol = line"},
    {"reply", "protocol = echo\nreply = 9\n", "expected reply = 0"},
    {"rate", "queue_max = 5s\n", "with rate = max nothing queues"},
    {"shape", "rate = 0\nshape = sine\n", "with rate = 0 nothing starts"},
    {"rate_scale", "rate_scale = 2\n", "nothing to scale"},
    {"duration", NULL, "any time goes with all else"},
    {"warmup", NULL, "any time goes with all else"},
    {"transactions", NULL, "whichever comes first, time or count, ends the phase"},
    {"depth", "pattern = short_lived\ndepth = 2\n", "carries one transaction"},
    {"queue_max", "queue_max = 5s\n", "expected a rate as well"},
    {"connections", "connections = 17\nports = 5\n", "make 16 connections"},
    {"connect_rate", NULL, "opening has a rate whatever is opened for"},
    {"connect_parallel", NULL, "a bound, which need not be reached"},
    {"connect_limit", NULL, "a limit, which need not be reached"},
    {"connect_timeout", NULL, "a limit, which need not be reached"},
    {"timeout", NULL, "a limit, which need not be reached"},
    {"pattern", "pattern = churn\n", "expected churn_rate as well"},
    {"churn_rate", "churn_rate = 5\n", "expected pattern = churn as well"},
    {"reconnect_min", "reconnect_min = 20s\n", "longer than reconnect_max"},
    {"reconnect_max", "reconnect_max = 5ms\n", "longer than reconnect_max"},
    {"pace", NULL, "a bound from below, on any rate"},
    {"pace_worker", NULL, "a bound from below, on any rate"},
    {"close", "pattern = churn\nchurn_rate = 5\nclose = server\n", "expected close = client or rst"},
    {"drain", NULL, "a limit, which need not be reached"},
    {"close_limit", NULL, "a limit, which need not be reached"},
    {"sla", NULL, "any rule may be asked for; one that nothing can meet fails"},
    {"margins", NULL, "for who compares, of any metric"},
    {"wire", "wire = pair:eth0\ntarget = 10.0.0.1:1\n", "expected pair"},
    {"peer", "wire = pair\npeer = exec:true\n", "expected wire = lab"},
    {"ip", "ip = 4\ntarget = [fd00::1]:1\n", "expected one family"},
    {"vlan", "wire = xdp:eth0\ntarget = 10.0.0.1:1\nshared_address = yes\nvlan = 7\n",
     "expected vlan = 0, or shared_address = no"},
    {"vlan_outer", "vlan = 0\nvlan_outer = 7\n", "or vlan as well"},
    {"target", "target = 10.0.0.1:1\nlisten = 10.0.0.1:1\n", "one list"},
    {"listen", "listen = 10.0.0.1:1\ntarget = 10.0.0.1:1\n", "expected one of them"},
    {"source", "source = 10.0.0.1\nports = 1-50\n", "expected a wider source"},
    {"ports", "ports = 1\n", "16 source addresses x 1 ports"},
    {"gateway", "gateway = fe80::1\n", "expected one family"},
    {"allow_public", "target = 8.8.8.8:1\nallow_public = no\n", "or allow_public = yes"},
    {"shared_address", "shared_address = yes\n", "expected wire = xdp:IFACE as well"},
    {"workers", "connections = 2\nworkers = 3\n", "more than connections = 2"},
    {"cpus", "cpus = 0\nworkers = 2\n", "expected 4 processors"},
    {"priority", NULL, "what the process may not do is told at the start"},
    {"batch", "frames = 64\nbatch = 100\n", "batch = 100"},
    {"ring_size", "frames = 64\nring_size = 128\n", "ring_size = 128"},
    {"frames", "frames = 64\n", "expected at least 2112, or 0"},
    {"frames", "wire = pair\nframes = 64\n", "batch = 64: expected at least 128, or 0"},
    {"tx_budget", NULL, "a hint to the kernel"},
    {"busy_poll", "busy_poll = yes\ncoalesce = 80us\n", "expected auto or no, or coalesce = 0s"},
    {"coalesce", "coalesce = 80us\nwire = pair\n", "expected 0s, or wire = lab"},
    {"rx_stamps", "rx_stamps = kernel\nwire = pair\n", "expected none, or wire = lab or xdp:IFACE"},
    {"tx_stamps", "tx_stamps = yes\nwire = pair\n", "expected no, or wire = lab or xdp:IFACE"},
    {"dpdk_eal", NULL, "read by one wire; what it does not know it refuses when it starts"},
    {"mtu", "mtu = 576\nmss = 1000\n", "mtu = 576 leaves 536"},
    {"mss", "mss = 12\n", "expected more, or timestamps = no"},
    {"timestamps", "timestamps = yes\nmss = 1\n", "timestamps take 12 bytes"},
    {"sack", NULL, "any goes with all else"},
    {"rack", NULL, "without SACK it is not read, as its help says"},
    {"delayed_ack", "delayed_ack = no\ndelack = 10ms\n", "expected delayed_ack = yes"},
    {"delack", "delack = 10ms\ndelayed_ack = no\n", "nothing is delayed"},
    {"window_scale", "window_scale = 0\n", "window_scale = 0 allows 65535"},
    {"window", "window = 64MiB\n", "expected more scale"},
    {"rto_min", "rto_min = 5s\n", "longer than rto_initial"},
    {"rto_initial", "rto_initial = 5ms\n", "longer than rto_initial"},
    {"rto_max", "rto_max = 500ms\n", "shorter than rto_initial"},
    {"retries", NULL, "any number goes with all else"},
    {"time_wait", NULL, "tuples that run out are used again, or fail and are counted"},
    {"time_wait_entries", NULL, "a bound: beyond it the oldest goes, counted"},
    {"init_cwnd", NULL, "without congestion control it is not read, as its help need not say"},
    {"congestion", "ecn = yes\ncongestion = none\n", "heeds no marks"},
    {"ecn", "ecn = yes\ncongestion = none\n", "expected congestion control as well"},
    {"nagle", NULL, "any goes with all else"},
    {"keepalive", "keepalive = 0\nkeepalive_interval = 2s\n", "expected keepalive as well"},
    {"keepalive_interval", "keepalive_interval = 2s\n", "expected keepalive as well"},
    {"keepalive_probes", "keepalive_probes = 2\n", "expected keepalive as well"},
    {"dscp", NULL, "any goes with all else"},
    {"flow_label", "flow_label = 5\n", "IPv4 has none"},
    {"fault", "fault = loss=1%\nfault_tx = loss=1%\n", "expected it alone"},
    {"fault_rx", "fault = loss=1%\nfault_rx = loss=1%\n", "or fault_rx and fault_tx"},
    {"fault_tx", "fault = loss=1%\nfault_tx = loss=1%\n", "or fault_rx and fault_tx"},
    {"seed", NULL, "any number"},
    {"interval", NULL, "any period; a phase ends its last interval early"},
    {"samples", NULL, "any share"},
    {"mix", "mix = batch\npattern = short_lived\n", "carries one transaction"},
    {"batch_requests", "batch_requests = 7\n", "mix has no batch"},
    {"stream_messages", "stream_messages = 7\n", "mix has no stream"},
    {"replay", "rate = 5\nreplay = run:7\n", "expected shape = replay as well"},
    {"replay_hash", "rate = 5\nreplay_hash = 0123456789abcdef\n", "expected shape = replay as well"},
    {"completions_min", "completions_min = 5\ntransactions = 5\n", "expected one of them"},
    {"duration_max", "duration_max = 20s\n", "expected completions_min as well"},
    {"until", "until = connections\npattern = short_lived\n", "do not stay"},
    {"enter", "connections = 5\nenter = connections>=6\n", "more than connections = 5"},
    {"warn", "warn = errors<1%,errors>2%\n", "x.conf:1: warn"},
    {"run_sla", "run_sla = errors<1%,errors>2%\n", "x.conf:1: run_sla"},
    {"abort_if", "abort_if = memory_growth>5MiB/60s\n", "looks back longer than abort_window"},
    {"abort_window", "abort_window = 5s\n", "expected abort_if as well"},
    {"valid_lateness_p99", NULL, "a bound, which need not be reached"},
    {"valid_busy", NULL, "a bound, which need not be reached"},
    {"valid_missed", NULL, "a bound, which need not be reached"},
    {"valid_tx_full", NULL, "a bound, which need not be reached"},
    {"limit_kept_up", NULL, "a bound, which need not be reached"},
    {"limit_busy", NULL, "a bound, which need not be reached"},
    {"limit_busy_life", NULL, "a bound, which need not be reached"},
    {"limit_core", NULL, "a bound, which need not be reached"},
    {"limit_transmit", NULL, "a bound, which need not be reached"},
    {"limit_room", NULL, "a bound, which need not be reached"},
    {"limit_tx_full", NULL, "a bound, which need not be reached"},
    {"limit_timed_out", NULL, "a bound, which need not be reached"},
    {"limit_sent_again", NULL, "a bound, which need not be reached"},
    {"limit_away", NULL, "a bound, which need not be reached"},
    {"limit_slots", NULL, "a bound, which need not be reached"},
    {"limit_waits", NULL, "a bound, which need not be reached"},
    {"limit_holds", NULL, "a bound, which need not be reached"},
    {"suite", "suite = find_max\n", "expected find_max = RULES as well"},
    {"step_time", "step_time = 2s\n", "expected suite = NAME as well"},
    {"step_completions", "step_completions = 5\n", "expected suite = NAME as well"},
    {"step_rates", "step_rates = 5,6\n", "expected suite = limits as well"},
    {"step_high", "step_high = 5\n", "expected suite = limits as well"},
    {"find_max", "find_max = p99<1ms\nsuite = limits\n", "looks for something else"},
    {"find_low", "find_low = 7\n", "expected find_max = RULES as well"},
    {"find_high", "find_high = 7\n", "expected find_max = RULES as well"},
    {"find_resolution", "find_resolution = 0.2\n", "expected find_max = RULES as well"},
    {"find_trials", "find_trials = 7\n", "expected find_max = RULES as well"},
    {"find_time", "find_time = 7s\n", "expected find_max = RULES as well"},
    {"users", "users = 7\n", "expected suite = capacity as well"},
    {"user_rate", "user_rate = 7\n", "expected suite = capacity as well"},
    {"growth", "growth = 1,3\n", "expected suite = capacity as well"},
    {"peak", "peak = 7\n", "expected suite = capacity as well"},
    {"capacity_sla", "capacity_sla = p99<1ms\n", "expected suite = capacity as well"},
    {"scale_connections", "scale_connections = 5,6\n", "expected suite = scale_steps as well"},
    {"status_interval", NULL, "output only"},
    {"json_stream", "json_stream = fd:x\n", "the number of an open file"},
    {"metrics", "metrics = 8.8.8.8:9464\n", "not an address for private use"},
    {"control", NULL, "whether others may ask, whatever runs"},
    {"peer_pid", "peer_pid = 1\n", "expected peer = none as well"},
    {"clock", NULL, "what the machine lacks is told at the start"},
    {"pcap", NULL, "a file's name"},
    {"flight", "flight = 100KiB\n", "expected 0 (none), or at least 256KiB"},
    {"db", NULL, "a file's name"},
    {"quiet", NULL, "output only"},
    {"measure_memory", NULL, "what cannot be measured is told by a note"},
    {"log_level", NULL, "output only"},
};

static void assert_contradicts(const char *key, const char *text, const char *says)
{
    struct fixture f;
    fixture_load(&f, text, NULL, NULL);
    int rc = f.ret ? f.ret : check_job(&f.job, &f.e);
    ck_assert_msg(rc < 0, "%s: passed:\n%s", key, text);
    ck_assert_int_eq(f.e.exit_code, EXIT_USAGE);
    ck_assert_msg(strstr(f.e.message, says) != NULL, "%s: %s", key, f.e.message);
    ck_assert_msg(strstr(f.e.message, "x.conf") && strstr(f.e.message, key), "%s: %s", key,
                  f.e.message);
    fixture_fini(&f);
}

/* Any value that is not the default, with another shape. */
static void assert_of_one_shape(const struct option *o)
{
    char text[200], says[100];
    const char *value = strchr(o->initial, 's') ? "2s" : "0.5";
    if (o->size == sizeof(uint32_t))
        value = "3";
    snprintf(text, sizeof text, "rate = 5\nshape = %s\n%s = %s\n",
             strcmp(o->shape, "sine") ? "sine" : "burst", o->key, value);
    snprintf(says, sizeof says, "has no such key: expected shape = %s as well", o->shape);
    assert_contradicts(o->key, text, says);
}

START_TEST(test_every_key_has_its_contradiction_or_the_reason)
{
    for (const struct option *o = options; o < options + option_count; o++) {
        size_t i = 0;
        if (o->later)
            continue;
        while (i < sizeof rows / sizeof *rows && strcmp(rows[i].key, o->key))
            i++;
        bool there = i < sizeof rows / sizeof *rows;
        ck_assert_msg(there || (o->shape && o->size <= 8),
                      "%s: no row: a contradiction, or why there is none", o->key);
        if (!there)
            assert_of_one_shape(o);
        else if (rows[i].text)
            assert_contradicts(o->key, rows[i].text, rows[i].says);
        else
            ck_assert_msg(*rows[i].says, "%s: why?", o->key);
    }
}
END_TEST

START_TEST(test_no_row_without_a_key)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        ck_assert_msg(option_find(rows[i].key) != NULL, "%s: no such key", rows[i].key);
}
END_TEST

/* For one phase of several: its name, or the names that there are. */
START_TEST(test_arguments_for_one_phase)
{
    static const char two[] = "[warm]\nrate = 5\n[full]\npattern = short_lived\n";
    load_refused(two, WORDS("--full.depth=2"), NULL,
                 "--full.depth=2: a short_lived connection carries one transaction: expected depth ="
                 " 1");
    load_refused(two, WORDS("--ful.depth=2"), NULL,
                 "--ful.depth=2: there is no phase \"ful\": expected warm, full");
    load_refused(two, WORDS("--full.queue_max=5s"), NULL,
                 "--full.queue_max=5s: with rate = max nothing queues: expected a rate as well");
    load_refused(two, WORDS("--warm.connections=many"), NULL,
                 "--warm.connections=many: expected a whole number from 1 to 20000000");
    load_refused(two, WORDS("--warm.wire=pair"), NULL,
                 "--warm.wire=pair: wire holds for the whole run: expected it without a phase");
}
END_TEST

CHECK_MAIN("run/contradictions", test_every_key_has_its_contradiction_or_the_reason,
           test_no_row_without_a_key, test_arguments_for_one_phase)
