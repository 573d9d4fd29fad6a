/* SPDX-License-Identifier: BSD-3-Clause */
/* Every key once with a good value: from a file, a variable and the command line. */
#include "job/options.h"
#include "job/value.h"
#include "tests/lib/check_main.h"
#include "tests/unit/job/fixture.h"

#define ROWS(table) (sizeof(table) / sizeof *(table))

/* `with`: other lines that the value needs; `resolved`: how it reads back (NULL: as given). */
struct good {
    const char *key, *value, *resolved, *with;
};

static const struct good good[] = {
    {"description", "what it is: for; people # all"},
    {"protocol", "echo"},
    {"protocol", "any-word_2"},
    {"content", "binary"},
    {"payload", "64KiB"},
    {"payload", "512-64KiB"},
    {"payload", "1"},
    {"payload", "2048", "2KiB"},
    {"payload", "100MiB"},
    {"payload", "small"},
    {"payload", "64-1023"},
    {"payload", "mixed"},
    {"payload", "small:70, medium:25,large:5", "mixed"},
    {"payload", "small:70,medium:25,large:6"},
    {"payload", "64:90, 1MiB-2MiB:9, large:1", "64:90,1MiB-2MiB:9,large:1"},
    {"payload", "64:3", "64"},
    {"payload", "1:1,2:1,3:1,4:1,5:1,6:1,7:1,8:1,9:1,10:1,11:1,12:1,13:1,14:1,15:1,16:1000000"},
    {"reply", "512"},
    {"reply", "0"},
    {"reply", "1"},
    {"reply", "64-1KiB"},
    {"reply", "medium"},
    {"reply", "mixed"},
    {"mix", "none"},
    {"mix", "read_heavy"},
    {"mix", "read:90,write:10", "read_heavy"},
    {"mix", "write_heavy"},
    {"mix", "balanced"},
    {"mix", "read"},
    {"mix", "read:70, write:30", "read:70,write:30"},
    {"mix", "batch:7", "batch"},
    {"mix", "stream"},
    {"mix", "plain:1,read:2,write:3,batch:4,stream:1000000"},
    {"mix", "plain", "none"},
    {"batch_requests", "2", NULL, "mix = batch"},
    {"stream_messages", "65,535", "65535", "mix = stream"},
    {"rate", "max"},
    {"rate", "60k/s", "60000"},
    {"rate", "0.5"},
    {"rate", "0"},
    {"rate", "10/min", "0.166666666666667"},
    {"rate", "86/min", "1.43333333333333"},
    {"rate", "1000000000"},
    {"rate", "0.001"},
    {"shape", "constant", NULL, "rate = 5"},
    {"shape", "max"},
    {"shape", "constant", "max"},
    {"shape", "constant", "idle", "rate = 0"},
    {"shape", "any-word_2", NULL, "rate = 5"},
    {"rate_scale", "0.5", NULL, "rate = 5"},
    {"rate_scale", "1e3", "1000", "rate = 5"},
    {"burst_factor", "2.5", NULL, "rate = 5\nshape = burst"},
    {"burst_high", "300ms", NULL, "rate = 5\nshape = burst"},
    {"burst_low", "1ms", NULL, "rate = 5\nshape = burst"},
    {"burst_low", "15s"},
    {"ramp_from", "1", NULL, "rate = 5\nshape = ramp"},
    {"ramp_to", "0", NULL, "rate = 5\nshape = ramp\nramp_from = 1"},
    {"ramp_time", "3s", NULL, "rate = 5\nshape = ramp"},
    {"ramp_steps", "1000", NULL, "rate = 5\nshape = ramp"},
    {"sine_depth", "1", NULL, "rate = 5\nshape = sine"},
    {"sine_depth", "0", NULL, "rate = 5\nshape = sine"},
    {"sine_period", "100ms", NULL, "rate = 5\nshape = sine"},
    {"walk_step", "0.333333333333333", "0.333333333333", "rate = 5\nshape = walk"},
    {"walk_low", "0.5", NULL, "rate = 5\nshape = walk"},
    {"walk_high", "1.5", NULL, "rate = 5\nshape = walk"},
    {"replay", ""},
    {"replay", "run:7", NULL, "shape = replay"},
    {"replay", "a file.csv", NULL, "shape = replay"},
    {"replay_hash", "0123456789abcdef", NULL, "shape = replay"},
    {"duration", "1500ms"},
    {"duration", "2min", "120s"},
    {"warmup", "0", "0"},
    {"transactions", "10k", "10000"},
    {"completions_min", "1k", "1000"},
    {"duration_max", "60s", NULL, "completions_min = 5"},
    {"until", "connections"},
    {"until", "steady", NULL, "duration = 50s"},
    {"until", "steady", NULL, "duration = 5s\ninterval = 100ms"},
    {"until", "steady", NULL, "duration = 5s\ncompletions_min = 9"},
    {"enter", ""},
    {"enter", "connections>=95"},
    {"enter", "connections >= 99.5%", "connections>=99.5%"},
    {"enter", "steady, connections>=1k", "connections>=1000, steady",
     "warmup = 50s\nconnections = 1000"},
    {"enter", "steady", NULL, "warmup = 50s"},
    {"depth", "16"},
    {"queue_max", "250ms", NULL, "rate = 5"},
    {"connections", "800000"},
    {"connections", "20,000", "20000"},
    {"connect_rate", "5000/s", "5000"},
    {"connect_rate", "0"},
    {"connect_parallel", "64"},
    {"connect_limit", "30s"},
    {"connect_timeout", "300ms"},
    {"timeout", "40ms"},
    {"pattern", "short_lived"},
    {"pattern", "pooled"},
    {"pattern", "reconnect"},
    {"pattern", "churn", NULL, "churn_rate = 10"},
    {"churn_rate", "1k/s", "1000", "pattern = churn"},
    {"reconnect_min", "5ms"},
    {"reconnect_max", "30s"},
    {"pace", "250us"},
    {"pace_worker", "10us"},
    {"close", "server"},
    {"close", "rst"},
    {"drain", "0s", "0"},
    {"close_limit", "3s"},
    {"sla", "msg_per_s>=50000, latency_p95<100ms, errors<0.05%"},
    {"warn", "latency_p99<50ms"},
    {"run_sla", "errors<1%, success>99%"},
    {"abort_if", "errors>5%"},
    {"abort_window", "3s", NULL, "abort_if = errors>5%"},
    {"valid_lateness_p99", "500us"},
    {"valid_busy", "99.5%"},
    {"valid_busy", "100.0%", "100%"},
    {"valid_missed", "0%"},
    {"valid_tx_full", "2%"},
    {"limit_kept_up", "95%"},
    {"limit_busy", "90%"},
    {"limit_busy_life", "85.5%"},
    {"limit_core", "100%"},
    {"limit_transmit", "0%"},
    {"limit_room", "40%"},
    {"limit_tx_full", "5%"},
    {"limit_timed_out", "33%"},
    {"limit_sent_again", "0.25%"},
    {"limit_away", "20%"},
    {"limit_slots", "75%"},
    {"limit_waits", "0.25"},
    {"limit_holds", "3.5"},
    {"suite", "limits"},
    {"suite", "none"},
    {"suite", "any-word_2"},
    {"step_time", "300ms", NULL, "suite = limits"},
    {"step_completions", "0", NULL, "suite = scale_steps"},
    {"step_rates", "10, 1k,2.5k", "10,1000,2500", "suite = limits"},
    {"step_high", "5k/s", "5000", "suite = limits"},
    {"find_max", "p99<1ms, errors<0.05%"},
    {"find_low", "0.5", NULL, "find_max = p99<1ms"},
    {"find_high", "2M", "2000000", "find_max = p99<1ms"},
    {"find_resolution", "0.1", NULL, "find_max = p99<1ms"},
    {"find_trials", "7", NULL, "find_max = p99<1ms"},
    {"find_time", "1min", "60s", "find_max = p99<1ms"},
    {"users", "10k", "10000", "suite = capacity"},
    {"user_rate", "6/min", "0.1", "suite = capacity"},
    {"growth", "1,2.5", NULL, "suite = capacity"},
    {"peak", "2", NULL, "suite = capacity"},
    {"capacity_sla", "p95<1s", NULL, "suite = capacity"},
    {"scale_connections", "150, 1K", "150,1000", "suite = scale_steps"},
    {"margins", ""},
    {"margins", "latency_p99_us:10%, throughput_msg_per_s:2.5%"},
    {"margins", "cpu_percent_per_node.gen:5%"},
    {"margins", "p99:1%,p999: 100% ,p9:0.1%"},
    {"wire", "pair"},
    {"wire", "xdp:eth7", NULL, "target = 10.0.0.1:80"},
    {"wire", "xdp:eth7:12", NULL, "target = 10.0.0.1:80"},
    {"wire", "any_2:a:b,c=1", NULL, "target = 10.0.0.1:80"},
    {"peer", "none"},
    {"peer", "exec:python3 -m http.server 9000; true"},
    {"ip", "4"},
    {"ip", "6"},
    {"vlan", "4094"},
    {"vlan_outer", "7", NULL, "vlan = 8"},
    {"target", "10.0.0.1:80"},
    {"target", "[2001:2::1:1]:80", NULL, "source = 2001:2::/64"},
    {"source", "2001:2::/64", NULL, "ip = 6"},
    {"source", "2001:2::, fd00:7::/65", NULL, "ip = 6"},
    {"gateway", "fe80::1", NULL, "ip = 6"},
    {"target", "10.0.0.1:80 ,10.0.0.2:81", "10.0.0.1:80, 10.0.0.2:81"},
    {"target", "10.1.0.0/28:9000-9003,10.2.0.0/24:1", "10.1.0.0/28:9000-9003, 10.2.0.0/24:1"},
    {"target", "10.0.0.1:80-80", "10.0.0.1:80"},
    {"source", "10.1.0.0/16, 10.2.0.9"},
    {"ports", "1024-65535"},
    {"ports", "10000-20000,30000-59999 , 7", "10000-20000, 30000-59999, 7-7"},
    {"ports", "5000", "5000-5000", "connections = 16"},
    {"gateway", "10.0.0.254"},
    {"allow_public", "1", "yes"},
    {"shared_address", "false", "no"},
    {"shared_address", "yes", NULL, "wire = xdp:eth0\ntarget = 10.0.0.1:80"},
    {"workers", "4"},
    {"cpus", "0,1"},
    {"priority", "high"},
    {"batch", "32"},
    {"ring_size", "4096"},
    {"frames", "8192"},
    {"tx_budget", "64"},
    {"busy_poll", "yes"},
    {"coalesce", "80us"},
    {"rx_stamps", "kernel"},
    {"tx_stamps", "yes"},
    {"dpdk_eal", "--legacy-mem -n 4"},
    {"mtu", "9000"},
    {"samples", "none"},
    {"samples", "0.1"},
    {"samples", "1", "all"},
    {"samples", "0.3333333333333333", "0.333333333333"},
    {"mss", "536"},
    {"timestamps", "no"},
    {"sack", "no"},
    {"rack", "no"},
    {"delayed_ack", "false", "no"},
    {"delack", "0"},
    {"window_scale", "14"},
    {"window", "8MiB", NULL, "window_scale = 8"},
    {"rto_min", "1s"},
    {"rto_initial", "3s"},
    {"rto_max", "2min", "120s"},
    {"retries", "0"},
    {"time_wait", "1ms"},
    {"time_wait_entries", "1000000"},
    {"init_cwnd", "4"},
    {"congestion", "none"},
    {"congestion", "cubic"},
    {"ecn", "yes"},
    {"nagle", "yes"},
    {"keepalive", "10s"},
    {"keepalive_interval", "1s", NULL, "keepalive = 1s"},
    {"keepalive_probes", "3", NULL, "keepalive = 1s"},
    {"dscp", "46"},
    {"flow_label", "0"},
    {"fault", "loss=5%,reorder=5%"},
    {"fault_rx", "loss=5%"},
    {"fault_tx", "duplicate=2%"},
    {"seed", "9223372036854775807"},
    {"interval", "100ms"},
    {"clock", "tsc"},
    {"pcap", "/tmp/x y.pcap"},
    {"flight", "1MiB"},
    {"flight", "0"},
    {"db", "other.db"},
    {"quiet", "yes"},
    {"status_interval", "500ms"},
    {"json_stream", "fd:3"},
    {"json_stream", "-"},
    {"json_stream", "live.jsonl"},
    {"metrics", "127.0.0.1:9464"},
    {"metrics", "9464", "127.0.0.1:9464"},
    {"metrics", ":9464", "127.0.0.1:9464"},
    {"metrics", "[::1]:9464"},
    {"metrics", ""},
    {"control", "no"},
    {"peer_pid", "1234", NULL, "peer = none"},
    {"measure_memory", "yes"},
    {"log_level", "debug"},
};

START_TEST(test_good_values)
{
    for (size_t i = 0; i < ROWS(good); i++) {
        const struct good *row = &good[i];
        char text[500];
        snprintf(text, sizeof text, "%s\n%s = %s\n", row->with ? row->with : "", row->key,
                 row->value);
        struct fixture f;
        load_well(&f, text, NULL, NULL);
        const char *resolved = row->resolved ? row->resolved : row->value;
        ck_assert_msg(has_line(f.job.resolved, row->key, resolved), "%s = %s:\n%s", row->key,
                      resolved, f.job.resolved);
        fixture_fini(&f);
    }
}
END_TEST

/* The same value by every other way in: a variable, an option, an option for one phase. */
static void assert_set_by(const struct good *row, char *argument, char *variable)
{
    char text[500];
    struct fixture f;
    snprintf(text, sizeof text, "%s\n", row->with ? row->with : "");
    load_well(&f, text, argument ? WORDS(argument) : NULL, variable ? WORDS(variable) : NULL);
    ck_assert_msg(has_line(f.job.resolved, row->key, row->resolved ? row->resolved : row->value),
                  "%s%s:\n%s", argument ? argument : "", variable ? variable : "", f.job.resolved);
    fixture_fini(&f);
}

START_TEST(test_good_values_as_variables_and_options)
{
    for (size_t i = 0; i < ROWS(good); i++) {
        const struct good *row = &good[i];
        const struct option *o = option_find(row->key);
        char given[400], name[64];
        snprintf(given, sizeof given, "%s=%s", option_variable(o, name, sizeof name), row->value);
        if (*row->value) /* an empty variable counts as not set */
            assert_set_by(row, NULL, given);
        snprintf(given, sizeof given, "--%s=%s", row->key, row->value);
        assert_set_by(row, given, NULL);
        snprintf(given, sizeof given, "--main.%s=%s", row->key, row->value);
        if (o->phase)
            assert_set_by(row, given, NULL);
    }
}
END_TEST

START_TEST(test_every_key_has_a_good_value)
{
    for (const struct option *o = options; o < options + option_count; o++) {
        bool tested = !o->initial; /* another key fills the field */
        for (size_t i = 0; i < ROWS(good); i++)
            tested |= !strcmp(good[i].key, o->key);
        ck_assert_msg(tested, "%s has no row of its own", o->key);
    }
}
END_TEST

CHECK_MAIN("job/keys_good", test_good_values, test_good_values_as_variables_and_options,
           test_every_key_has_a_good_value)
