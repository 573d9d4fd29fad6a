/* SPDX-License-Identifier: BSD-3-Clause */
/* Every key of the table once with a good value, and with each way to be wrong. */
#include "job/options.h"
#include "job/value.h"
#include "tests/lib/check_main.h"
#include "tests/unit/job/fixture.h"

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
    {"target", "10.0.0.1:80"},
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
    {"retries", "0"},
    {"time_wait", "1ms"},
    {"time_wait_entries", "1000000"},
    {"init_cwnd", "4"},
    {"congestion", "none"},
    {"fault", "loss=5%,reorder=5%"},
    {"fault_rx", "loss=5%"},
    {"fault_tx", "duplicate=2%"},
    {"seed", "18446744073709551615"},
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

#define ROWS(table) (sizeof(table) / sizeof *(table))

/* `payload = 2KiB`, at the start of a line of the resolved text. */
static bool has_line(const char *text, const char *key, const char *value)
{
    char line[400];
    snprintf(line, sizeof line, "\n%s = %s\n", key, value);
    return strstr(text, line) != NULL;
}

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

struct bad {
    const char *key, *value, *expected;
};

#define LISTENERS "ADDR:PORT (127.0.0.1:9464), PORT or nothing"
#define RATES "rate from 0.001/s to 1000000000/s (500, 60k/s, 600/min)"
#define MARGINS                                                                                    \
    "METRIC:PERCENT% with commas, each metric once, up to 100% (latency_p99_us:10%, "              \
    "throughput_msg_per_s:2%), or nothing"
#define MIXES                                                                                      \
    "none, read_heavy, write_heavy, balanced, or plain, read, write, batch or stream, several with" \
    " weights (read:70,write:30)"
#define SIZES                                                                                      \
    "bytes from 1 to 100MiB (64, 10KiB, 1MiB), a range (64-1KiB), small, medium, large, mixed, or" \
    " up to 16 of them with weights (64:90,1MiB:10)"
#define ENTER                                                                                      \
    "steady, connections>=N, connections>=N%, one of the two with steady by a comma, or nothing"
#define TIMES    "a time from 100ms to 3600s (10s, 500ms, 2min)"
#define PERCENTS "percent from 0% to 100% (98%, 0.5%)"
#define LIST(low, high) "up to 16 rising numbers from " low " to " high " with commas"
#define WIRES "NAME or NAME:DEVICE as gen list shows them"
static const struct bad bad[] = {
    {"description", "tab\there", "one printable line of at most 255 bytes"},
    {"protocol", "", "a name that gen list shows"},
    {"protocol", "two words", "a name that gen list shows"},
    {"protocol", "a_name_of_twenty_four_ch", "a name that gen list shows"},
    {"content", "utf8", "one of text, binary"},
    {"payload", "0", SIZES},
    {"payload", "64k", SIZES},
    {"payload", "101MiB", SIZES},
    {"payload", "1KiB-64", SIZES},
    {"payload", "-64", SIZES},
    {"payload", "huge", SIZES},
    {"payload", "", SIZES},
    {"payload", "64,128", SIZES},
    {"payload", "64:1,", SIZES},
    {"payload", "64:0,128:1", SIZES},
    {"payload", "64:1000001,128:1", SIZES},
    {"payload", "64:1,0:1", SIZES},
    {"payload", "64:1,mixed:1", SIZES},
    {"payload", "64:half,128:1", SIZES},
    {"payload", "1:1,2:1,3:1,4:1,5:1,6:1,7:1,8:1,9:1,10:1,11:1,12:1,13:1,14:1,15:1,16:1,17:1",
     SIZES},
    {"reply", "10s", "0, " SIZES},
    {"reply", "0-64", "0, " SIZES},
    {"reply", "0:1,64:1", "0, " SIZES},
    {"reply", "101MiB", "0, " SIZES},
    {"mix", "", MIXES},
    {"mix", "reads", MIXES},
    {"mix", "90%", MIXES},
    {"mix", "read,write", MIXES},
    {"mix", "read:0,write:1", MIXES},
    {"mix", "read:1000001,write:1", MIXES},
    {"mix", "read:1,read:2", MIXES},
    {"mix", "read:1,", MIXES},
    {"mix", "read:1,balanced:1", MIXES},
    {"mix", "read:half,write:1", MIXES},
    {"batch_requests", "1", "a whole number from 2 to 1000"},
    {"batch_requests", "10s", "a whole number from 2 to 1000"},
    {"batch_requests", "1001", "a whole number from 2 to 1000"},
    {"stream_messages", "0", "a whole number from 1 to 65535"},
    {"stream_messages", "65536", "a whole number from 1 to 65535"},
    {"stream_messages", "1KiB", "a whole number from 1 to 65535"},
    {"rate_scale", "0", "a number from 0.001 to 1000 (0.8, 2.5)"},
    {"rate_scale", "double", "a number from 0.001 to 1000 (0.8, 2.5)"},
    {"rate_scale", "50%", "a number from 0.001 to 1000 (0.8, 2.5)"},
    {"rate_scale", "1001", "a number from 0.001 to 1000 (0.8, 2.5)"},
    {"burst_factor", "5s", "a number from 0.001 to 1000 (0.8, 2.5)"},
    {"burst_factor", "0", "a number from 0.001 to 1000 (0.8, 2.5)"},
    {"burst_factor", "high", "a number from 0.001 to 1000 (0.8, 2.5)"},
    {"burst_high", "0s", "a time from 1ms to 86400s (10s, 500ms, 2min)"},
    {"burst_high", "5/s", "a time from 1ms to 86400s (10s, 500ms, 2min)"},
    {"burst_low", "25h", "a time from 1ms to 86400s (10s, 500ms, 2min)"},
    {"burst_low", "long", "a time from 1ms to 86400s (10s, 500ms, 2min)"},
    {"ramp_from", "-1", "a number from 0 to 1000 (0.8, 2.5)"},
    {"ramp_from", "nan", "a number from 0 to 1000 (0.8, 2.5)"},
    {"ramp_to", "1001", "a number from 0 to 1000 (0.8, 2.5)"},
    {"ramp_to", "1k/s", "a number from 0 to 1000 (0.8, 2.5)"},
    {"ramp_time", "5KiB", "a time from 0 to 2592000s (10s, 500ms, 2min)"},
    {"ramp_time", "31000000s", "a time from 0 to 2592000s (10s, 500ms, 2min)"},
    {"ramp_steps", "1001", "a whole number from 0 to 1000"},
    {"ramp_steps", "2.5", "a whole number from 0 to 1000"},
    {"ramp_steps", "5s", "a whole number from 0 to 1000"},
    {"sine_depth", "1.1", "a number from 0 to 1 (0.8, 2.5)"},
    {"sine_depth", "80%", "a number from 0 to 1 (0.8, 2.5)"},
    {"sine_period", "99ms", "a time from 100ms to 86400s (10s, 500ms, 2min)"},
    {"sine_period", "2/min", "a time from 100ms to 86400s (10s, 500ms, 2min)"},
    {"walk_step", "-0.1", "a number from 0 to 1000 (0.8, 2.5)"},
    {"walk_step", "100ms", "a number from 0 to 1000 (0.8, 2.5)"},
    {"walk_low", "0", "a number from 0.001 to 1000 (0.8, 2.5)"},
    {"walk_low", "none", "a number from 0.001 to 1000 (0.8, 2.5)"},
    {"walk_high", "2000", "a number from 0.001 to 1000 (0.8, 2.5)"},
    {"walk_high", "2x", "a number from 0.001 to 1000 (0.8, 2.5)"},
    {"rate", "fast", "max, 0 or a " RATES},
    {"rate", "2000000000", "max, 0 or a " RATES},
    {"rate", "nan", "max, 0 or a " RATES},
    {"rate", "-5", "max, 0 or a " RATES},
    {"shape", "up,down", "a name that gen list shows"},
    {"replay_hash", "0123456789abcde", "16 digits of 0-9a-f or nothing"},
    {"replay_hash", "0123456789abcdef0", "16 digits of 0-9a-f or nothing"},
    {"replay_hash", "0123456789ABCDEF", "16 digits of 0-9a-f or nothing"},
    {"suite", "", "a name that gen list shows"},
    {"suite", "two words", "a name that gen list shows"},
    {"step_time", "5ms", "a time from 10ms to 86400s (10s, 500ms, 2min)"},
    {"step_time", "10KiB", "a time from 10ms to 86400s (10s, 500ms, 2min)"},
    {"step_completions", "-1", "a whole number from 0 to 1000000000"},
    {"step_completions", "10s", "a whole number from 0 to 1000000000"},
    {"step_rates", "", LIST("0.001", "1000000000")},
    {"step_rates", "50,20", LIST("0.001", "1000000000")},
    {"step_rates", "50,50", LIST("0.001", "1000000000")},
    {"step_rates", "50,", LIST("0.001", "1000000000")},
    {"step_rates", "50/s", LIST("0.001", "1000000000")},
    {"step_rates", "0,50", LIST("0.001", "1000000000")},
    {"step_rates", "50,2000000000", LIST("0.001", "1000000000")},
    {"step_rates", "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17", LIST("0.001", "1000000000")},
    {"step_high", "high", "0 or a " RATES},
    {"find_low", "-1", "0 or a " RATES},
    {"find_high", "2000000000", "0 or a " RATES},
    {"find_resolution", "0.004", "a number from 0.005 to 1 (0.8, 2.5)"},
    {"find_resolution", "5%", "a number from 0.005 to 1 (0.8, 2.5)"},
    {"find_resolution", "1.5", "a number from 0.005 to 1 (0.8, 2.5)"},
    {"find_trials", "0", "a whole number from 1 to 500"},
    {"find_trials", "501", "a whole number from 1 to 500"},
    {"find_time", "0s", "a time from 1ms to 2592000s (10s, 500ms, 2min)"},
    {"find_time", "10KiB", "a time from 1ms to 2592000s (10s, 500ms, 2min)"},
    {"users", "0", "a whole number from 1 to 20000000"},
    {"users", "20000001", "a whole number from 1 to 20000000"},
    {"users", "many", "a whole number from 1 to 20000000"},
    {"user_rate", "10KiB", "0 or a " RATES},
    {"user_rate", "often", "0 or a " RATES},
    {"growth", "0.5,1", LIST("1", "1000000")},
    {"growth", "1x", LIST("1", "1000000")},
    {"peak", "0.5", "a number from 1 to 1000000 (0.8, 2.5)"},
    {"peak", "3x", "a number from 1 to 1000000 (0.8, 2.5)"},
    {"scale_connections", "0,150", LIST("1", "20000000") ", whole ones"},
    {"scale_connections", "150,200.5", LIST("1", "20000000") ", whole ones"},
    {"scale_connections", "150,30M", LIST("1", "20000000") ", whole ones"},
    {"scale_connections", "some", LIST("1", "20000000") ", whole ones"},
    {"duration", "10m", "a time from 1ms to 2592000s (10s, 500ms, 2min)"},
    {"duration", "0s", "a time from 1ms to 2592000s (10s, 500ms, 2min)"},
    {"duration", "31000000s", "a time from 1ms to 2592000s (10s, 500ms, 2min)"},
    {"warmup", "-1s", "a time from 0 to 86400s (10s, 500ms, 2min)"},
    {"transactions", "some", "a whole number from 0 to 18446744073709551615"},
    {"completions_min", "many", "a whole number from 0 to 18446744073709551615"},
    {"completions_min", "10s", "a whole number from 0 to 18446744073709551615"},
    {"completions_min", "-1", "a whole number from 0 to 18446744073709551615"},
    {"duration_max", "1k", "a time from 0 to 2592000s (10s, 500ms, 2min)"},
    {"duration_max", "31000000s", "a time from 0 to 2592000s (10s, 500ms, 2min)"},
    {"until", "forever", "one of time, connections, steady"},
    {"until", "steady, connections", "one of time, connections, steady"},
    {"enter", "soon", ENTER},
    {"enter", "connections", ENTER},
    {"enter", "connections>5", ENTER},
    {"enter", "connections>=0", ENTER},
    {"enter", "connections>=0%", ENTER},
    {"enter", "connections>=101%", ENTER},
    {"enter", "connections>=5s", ENTER},
    {"enter", "connections>=-5%", ENTER},
    {"enter", "connections>=20000001", ENTER},
    {"enter", "connections>=5, connections>=6", ENTER},
    {"enter", "connections>=5, connections>=6%", ENTER},
    {"enter", "steady, steady", ENTER},
    {"enter", "steady,", ENTER},
    {"enter", ", steady", ENTER},
    {"depth", "0", "a whole number from 1 to 65535"},
    {"queue_max", "5KiB", "a time from 0 to 3600s (10s, 500ms, 2min)"},
    {"connections", "many", "a whole number from 1 to 20000000"},
    {"connections", "0", "a whole number from 1 to 20000000"},
    {"connections", "20000001", "a whole number from 1 to 20000000"},
    {"connections", "1.5", "a whole number from 1 to 20000000"},
    {"connections", "10s", "a whole number from 1 to 20000000"},
    {"connect_rate", "quick", "0 or a " RATES},
    {"connect_parallel", "0", "a whole number from 1 to 1000000"},
    {"connect_limit", "2days", "a time from 0 to 86400s (10s, 500ms, 2min)"},
    {"connect_timeout", "0s", "a time from 1ms to 3600s (10s, 500ms, 2min)"},
    {"timeout", "999us", "a time from 1ms to 3600s (10s, 500ms, 2min)"},
    {"pattern", "eternal", "one of long_lived, short_lived, pooled, reconnect, churn"},
    {"churn_rate", "10s", "0 or a " RATES},
    {"reconnect_min", "0s", "a time from 1ms to 3600s (10s, 500ms, 2min)"},
    {"reconnect_max", "2h", "a time from 1ms to 3600s (10s, 500ms, 2min)"},
    {"pace", "fast", "a time from 0 to 3600s (10s, 500ms, 2min)"},
    {"pace_worker", "5KiB", "a time from 0 to 3600s (10s, 500ms, 2min)"},
    {"close", "both", "one of client, server, rst"},
    {"drain", "long", "a time from 0 to 3600s (10s, 500ms, 2min)"},
    {"close_limit", "3601s", "a time from 0 to 3600s (10s, 500ms, 2min)"},
    {"abort_window", "99ms", TIMES},
    {"abort_window", "2h", TIMES},
    {"abort_window", "5/s", TIMES},
    {"abort_window", "long", TIMES},
    {"valid_lateness_p99", "0", "a time from 1us to 3600s (10s, 500ms, 2min)"},
    {"valid_lateness_p99", "1%", "a time from 1us to 3600s (10s, 500ms, 2min)"},
    {"valid_lateness_p99", "late", "a time from 1us to 3600s (10s, 500ms, 2min)"},
    {"valid_busy", "0.98", PERCENTS},
    {"valid_busy", "101%", PERCENTS},
    {"valid_busy", "busy", PERCENTS},
    {"valid_busy", "%", PERCENTS},
    {"valid_missed", "-1%", PERCENTS},
    {"valid_missed", "1ms", PERCENTS},
    {"valid_missed", "nan%", PERCENTS},
    {"valid_tx_full", "200%", PERCENTS},
    {"valid_tx_full", "5 %%", PERCENTS},
    {"limit_kept_up", "1", PERCENTS},
    {"limit_busy", "101%", PERCENTS},
    {"limit_busy_life", "life", PERCENTS},
    {"limit_core", "-1%", PERCENTS},
    {"limit_transmit", "0.5", PERCENTS},
    {"limit_room", "5KiB", PERCENTS},
    {"limit_tx_full", "10", PERCENTS},
    {"limit_timed_out", "1s", PERCENTS},
    {"limit_sent_again", "%", PERCENTS},
    {"limit_away", "15 percent", PERCENTS},
    {"limit_slots", "80/s", PERCENTS},
    {"limit_busy", "much", PERCENTS},
    {"limit_waits", "0", "a number from 0.001 to 1000000 (0.8, 2.5)"},
    {"limit_waits", "50%", "a number from 0.001 to 1000000 (0.8, 2.5)"},
    {"limit_holds", "0.9", "a number from 1 to 1000000 (0.8, 2.5)"},
    {"limit_holds", "5x", "a number from 1 to 1000000 (0.8, 2.5)"},
    {"margins", "10%", MARGINS},
    {"margins", "p99=10%", MARGINS},
    {"margins", "p99:10", MARGINS},
    {"margins", "p99:0%", MARGINS},
    {"margins", "p99:101%", MARGINS},
    {"margins", "p99:-1%", MARGINS},
    {"margins", "p99:1.2.3%", MARGINS},
    {"margins", "p99:nan%", MARGINS},
    {"margins", "P99:1%", MARGINS},
    {"margins", ":1%", MARGINS},
    {"margins", "p99:1%,", MARGINS},
    {"margins", "p99:1%,,p50:1%", MARGINS},
    {"margins", "p99:1% p50:1%", MARGINS},
    {"margins", "p99:1%, p50:1%, p99:2%", MARGINS},
    {"wire", "", WIRES},
    {"wire", "xdp:", WIRES},
    {"wire", ":eth0", WIRES},
    {"wire", "eth0 eth1", WIRES},
    {"peer", "exec:", "respond, none or exec:COMMAND"},
    {"peer", "me", "respond, none or exec:COMMAND"},
    {"target", "10.0.0.1", "1 to 64 ADDR[/BITS]:PORT[-PORT] with commas (198.19.0.1:9000, 198.19.1.0/28:9000-9003)"},
    {"target", "10.0.0.1/24:80", "1 to 64 ADDR[/BITS]:PORT[-PORT] with commas (198.19.0.1:9000, 198.19.1.0/28:9000-9003)"},
    {"target", "10.0.0.1:80-", "1 to 64 ADDR[/BITS]:PORT[-PORT] with commas (198.19.0.1:9000, 198.19.1.0/28:9000-9003)"},
    {"target", "10.0.0.1:90-80", "1 to 64 ADDR[/BITS]:PORT[-PORT] with commas (198.19.0.1:9000, 198.19.1.0/28:9000-9003)"},
    {"target", "[10.0.0.1]:80", "1 to 64 ADDR[/BITS]:PORT[-PORT] with commas (198.19.0.1:9000, 198.19.1.0/28:9000-9003)"},
    {"target", "fd00::1:80", "1 to 64 ADDR[/BITS]:PORT[-PORT] with commas (198.19.0.1:9000, 198.19.1.0/28:9000-9003)"},
    {"target", "10.0.0.1:0", "1 to 64 ADDR[/BITS]:PORT[-PORT] with commas (198.19.0.1:9000, 198.19.1.0/28:9000-9003)"},
    {"target", "10.0.0.1:80,", "1 to 64 ADDR[/BITS]:PORT[-PORT] with commas (198.19.0.1:9000, 198.19.1.0/28:9000-9003)"},
    {"target", "", "1 to 64 ADDR[/BITS]:PORT[-PORT] with commas (198.19.0.1:9000, 198.19.1.0/28:9000-9003)"},
    {"listen", "9000", "1 to 64 ADDR[/BITS]:PORT[-PORT] with commas (198.19.0.1:9000, 198.19.1.0/28:9000-9003)"},
    {"source", "10.0.0.5/24", "1 to 64 addresses or blocks with commas (198.18.1.0/28)"},
    {"source", "10.0.0.0/33", "1 to 64 addresses or blocks with commas (198.18.1.0/28)"},
    {"ports", "0-10", "1 to 16 LOW-HIGH within 1-65535 with commas (10000-59999)"},
    {"ports", "10-65536", "1 to 16 LOW-HIGH within 1-65535 with commas (10000-59999)"},
    {"ports", "200-100", "1 to 16 LOW-HIGH within 1-65535 with commas (10000-59999)"},
    {"ports", "100-200-300", "1 to 16 LOW-HIGH within 1-65535 with commas (10000-59999)"},
    {"gateway", "router", "an address (198.18.0.1) or nothing"},
    {"allow_public", "maybe", "yes or no (true, false, 1, 0)"},
    {"shared_address", "2", "yes or no (true, false, 1, 0)"},
    {"workers", "0", "a whole number from 1 to 256"},
    {"cpus", "0,,1", "processor numbers with commas (0,1) or nothing"},
    {"cpus", "0-3", "processor numbers with commas (0,1) or nothing"},
    {"priority", "20", "one of normal, high"},
    {"batch", "1025", "a whole number from 1 to 1024"},
    {"ring_size", "100", "0 or a power of two from 64 to 65536"},
    {"ring_size", "32", "0 or a power of two from 64 to 65536"},
    {"frames", "-1", "a whole number from 0 to 16777216"},
    {"tx_budget", "65537", "a whole number from 0 to 65536"},
    {"busy_poll", "on", "yes or no (true, false, 1, 0)"},
    {"mtu", "500", "a whole number from 576 to 9000"},
    {"mss", "9000", "a whole number from 0 to 8960"},
    {"timestamps", "", "yes or no (true, false, 1, 0)"},
    {"sack", "2018", "yes or no (true, false, 1, 0)"},
    {"rack", "tlp", "yes or no (true, false, 1, 0)"},
    {"delayed_ack", "40ms", "yes or no (true, false, 1, 0)"},
    {"delack", "501ms", "a time from 0 to 500ms (10s, 500ms, 2min)"},
    {"window_scale", "15", "a whole number from 0 to 14"},
    {"flight", "2GiB", "bytes from 0 to 1GiB (64, 10KiB, 1MiB)"},
    {"window", "256K", "bytes from 1KiB to 1048560KiB (64, 10KiB, 1MiB)"},
    {"rto_min", "0ms", "a time from 1ms to 60s (10s, 500ms, 2min)"},
    {"rto_initial", "soon", "a time from 1ms to 60s (10s, 500ms, 2min)"},
    {"retries", "256", "a whole number from 0 to 255"},
    {"time_wait", "241s", "a time from 0 to 240s (10s, 500ms, 2min)"},
    {"time_wait_entries", "all", "a whole number from 0 to 100000000"},
    {"init_cwnd", "0", "a whole number from 1 to 1000"},
    {"congestion", "bbr", "one of newreno, none"},
    {"seed", "18446744073709551616", "a whole number from 0 to 18446744073709551615"},
    {"interval", "99ms", "a time from 100ms to 60s (10s, 500ms, 2min)"},
    {"samples", "some", "all, none, or a share from 0.000001 to 1 (0.1: every tenth)"},
    {"samples", "1.5", "all, none, or a share from 0.000001 to 1 (0.1: every tenth)"},
    {"samples", "0", "all, none, or a share from 0.000001 to 1 (0.1: every tenth)"},
    {"clock", "sundial", "one of auto, tsc, kernel"},
    {"quiet", "very", "yes or no (true, false, 1, 0)"},
    {"status_interval", "50ms", "a time from 100ms to 3600s (10s, 500ms, 2min)"},
    {"status_interval", "1KiB", "a time from 100ms to 3600s (10s, 500ms, 2min)"},
    {"json_stream", "tab\there", "one printable line of at most 255 bytes"},
    {"metrics", "127.0.0.1", LISTENERS},
    {"metrics", "127.0.0.1:0", LISTENERS},
    {"metrics", "65536", LISTENERS},
    {"metrics", "localhost:9464", LISTENERS},
    {"metrics", "9464/s", LISTENERS},
    {"control", "maybe", "yes or no (true, false, 1, 0)"},
    {"peer_pid", "-1", "a whole number from 0 to 2147483647"},
    {"peer_pid", "sshd", "a whole number from 0 to 2147483647"},
    {"measure_memory", "always", "one of auto, yes, no"},
    {"log_level", "loud", "one of error, warn, info, debug"},
};

START_TEST(test_bad_values_name_file_line_key_found_and_expected)
{
    for (size_t i = 0; i < ROWS(bad); i++) {
        const struct bad *row = &bad[i];
        char text[400], message[500];
        snprintf(text, sizeof text, "# a job\n\n%s = %s\n", row->key, row->value);
        snprintf(message, sizeof message, "x.conf:3: %s = \"%s\": expected %s", row->key,
                 row->value, row->expected);
        load_refused(text, NULL, NULL, message);
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

/* ---- what a kind of value can be wrong in: units and ranges, for every key from its row ---- */

#define VALUE_MAX 300

static void with_unit(char *value, unsigned long long number, const char *unit)
{
    snprintf(value, VALUE_MAX, "%llu%s", number, unit);
}

static void count_outside(const struct option *o, bool above, char *value)
{
    if (above && o->max == UINT64_MAX)
        strcpy(value, "18446744073709551616");
    else if (above)
        with_unit(value, o->max + 1, "");
    else if (o->min)
        with_unit(value, o->min - 1, "");
    else
        strcpy(value, "-1");
}

static void ring_outside(const struct option *o, bool above, char *value)
{
    with_unit(value, above ? o->max * 2 : o->min / 2, "");
}

static void sizes_outside(const struct option *o, bool above, char *value)
{
    if (above)
        with_unit(value, o->max + 1, "");
    else
        strcpy(value, o->min ? "0" : "0-64");
}

static void time_outside(const struct option *o, bool above, char *value)
{
    if (above || o->min)
        with_unit(value, above ? o->max + 1 : o->min - 1, "ns");
    else
        strcpy(value, "-1s");
}

static void rate_outside(const struct option *o, bool above, char *value)
{
    (void)o;
    strcpy(value, above ? "2000000000" : "0.0001");
}

static void share_outside(const struct option *o, bool above, char *value)
{
    (void)o;
    strcpy(value, above ? "1.1" : "0.0000001");
}

static void factor_outside(const struct option *o, bool above, char *value)
{
    if (above)
        with_unit(value, o->max / 1000000 + 1, "");
    else
        strcpy(value, o->min ? "0" : "-1");
}

static void margins_outside(const struct option *o, bool above, char *value)
{
    (void)o;
    strcpy(value, above ? "p99:101%" : "p99:0%");
}

static void ports_outside(const struct option *o, bool above, char *value)
{
    (void)o;
    strcpy(value, above ? "1-65536" : "0-5");
}

static void targets_outside(const struct option *o, bool above, char *value)
{
    (void)o;
    strcpy(value, above ? "10.0.0.1:65536" : "10.0.0.1:0");
}

static void sources_outside(const struct option *o, bool above, char *value)
{
    (void)o;
    strcpy(value, above ? "10.0.0.0/33" : "10.0.0.0/-1");
}

static void mix_outside(const struct option *o, bool above, char *value)
{
    (void)o;
    strcpy(value, above ? "read_heavy:99999999999" : "read_heavy:0");
}

static void list_outside(const struct option *o, bool above, char *value)
{
    if (above)
        with_unit(value, o->max / 1000000 + 1, "");
    else
        strcpy(value, "0");
}

static void percent_outside(const struct option *o, bool above, char *value)
{
    (void)o;
    strcpy(value, above ? "101%" : "-1%");
}

static void enter_outside(const struct option *o, bool above, char *value)
{
    (void)o;
    strcpy(value, above ? "connections>=101%" : "connections>=0");
}

static void hash_outside(const struct option *o, bool above, char *value)
{
    (void)o;
    strcpy(value, above ? "0123456789abcdef0" : "0123456789abcde");
}

static void listener_outside(const struct option *o, bool above, char *value)
{
    (void)o;
    strcpy(value, above ? "65536" : "0");
}

/* One byte too many for its field; nothing below. */
static void length_outside(const struct option *o, bool above, char *value)
{
    const char *begin = o->kind == &kind_wire ? "lab:" : o->kind == &kind_peer ? "exec:" : "";
    size_t len = strlen(begin) * (o->kind == &kind_peer) + o->size;
    *value = '\0';
    if (!above)
        return;
    strcpy(value, begin);
    memset(value + strlen(begin), '1', len - strlen(begin));
    value[len] = '\0';
}

/* A kind without a unit has none to be wrong; one without a range has a list of words. */
static const struct {
    const struct value_kind *kind;
    const char *unit;
    void (*outside)(const struct option *o, bool above, char *value); /* "": nothing there */
} kinds[] = {
    {&kind_count, "64s", count_outside},     {&kind_ring, "64s", ring_outside},
    {&kind_bytes, "64s", count_outside},     {&kind_sizes, "64s", sizes_outside},
    {&kind_time, "5KiB", time_outside},      {&kind_rate, "5KiB", rate_outside},
    {&kind_load, "5KiB", rate_outside},      {&kind_share, "0.5s", share_outside},
    {&kind_factor, "0.5s", factor_outside},  {&kind_margins, "p99:5ms", margins_outside},
    {&kind_ports, NULL, ports_outside},      {&kind_targets, NULL, targets_outside},
    {&kind_sources, NULL, sources_outside},  {&kind_text, NULL, length_outside},
    {&kind_name, NULL, length_outside},      {&kind_cpus, NULL, length_outside},
    {&kind_wire, NULL, length_outside},      {&kind_peer, NULL, length_outside},
    {&kind_flag, NULL, NULL},                {&kind_choice, NULL, NULL},
    {&kind_word, NULL, NULL},                {&kind_address, NULL, NULL},
    {&kind_mix, "read:70s", mix_outside},    {&kind_list, "5s,6s", list_outside},
    {&kind_counts, "5s,6s", list_outside},   {&kind_percent, "5s", percent_outside},
    {&kind_enter, "connections>=5s", enter_outside},
    {&kind_hash, NULL, hash_outside},        {&kind_listener, "9464/s", listener_outside},
};

/* File, line, key, what was found, and what the kind expects. */
static void assert_bad(const struct option *o, const char *value)
{
    char text[VALUE_MAX + 40], message[1000], expected[400] = "";
    FILE *out = fmemopen(expected, sizeof expected, "w");
    o->kind->expect(o, out);
    fclose(out);
    expected[255] = '\0';
    snprintf(text, sizeof text, "# a job\n\n%s = %s\n", o->key, value);
    snprintf(message, sizeof message, "x.conf:3: %s = \"%s\": expected %s", o->key, value, expected);
    load_refused(text, NULL, NULL, message);
}

START_TEST(test_every_key_with_a_wrong_unit_and_out_of_range)
{
    for (const struct option *o = options; o < options + option_count; o++) {
        size_t k = 0;
        char value[VALUE_MAX];
        if (o->later) /* any value is refused by name */
            continue;
        while (k < ROWS(kinds) && kinds[k].kind != o->kind)
            k++;
        ck_assert_msg(k < ROWS(kinds), "%s: its kind of value has no row in kinds[]", o->key);
        if (kinds[k].unit)
            assert_bad(o, kinds[k].unit);
        for (int above = 0; above < 2 && kinds[k].outside; above++) {
            kinds[k].outside(o, above, value);
            if (*value)
                assert_bad(o, value);
        }
    }
}
END_TEST

START_TEST(test_every_key_is_tested)
{
    for (uint32_t i = 0; i < option_count; i++) {
        const struct option *o = &options[i];
        bool any_text = strstr(o->key, "sla") || !strcmp(o->key, "abort_if") || !strcmp(o->key, "warn") ||
                        !strcmp(o->key, "find_max") ||
                        !strncmp(o->key, "fault", 5) || !strcmp(o->key, "replay") ||
                        !strcmp(o->key, "pcap") || !strcmp(o->key, "db");
        bool in_good = !o->initial, in_bad = any_text || !o->help;
        for (size_t j = 0; j < ROWS(good); j++)
            in_good |= !strcmp(good[j].key, o->key);
        for (size_t j = 0; j < ROWS(bad); j++)
            in_bad |= !strcmp(bad[j].key, o->key);
        ck_assert_msg(in_good && in_bad, "%s has no row of its own", o->key);
    }
}
END_TEST

/* Every text key: too long for its field. */
START_TEST(test_long_texts)
{
    static const char *const keys[] = {"description", "sla",     "warn",     "run_sla", "abort_if",
                                       "fault",       "fault_rx", "fault_tx", "pcap",    "db",
                                       "find_max"};
    for (size_t i = 0; i < ROWS(keys); i++) {
        char text[400], message[700], fits[256], over[257];
        memset(fits, 'a', 255);
        memset(over, 'a', 256);
        fits[255] = over[256] = '\0';
        struct fixture f;
        snprintf(text, sizeof text, "%s = %s\n", keys[i], fits);
        load_well(&f, text, NULL, NULL);
        ck_assert(has_line(f.job.resolved, keys[i], fits));
        fixture_fini(&f);
        snprintf(text, sizeof text, "%s = %s\n", keys[i], over);
        snprintf(message, sizeof message,
                 "x.conf:1: %s = \"%s\": expected one printable line of at most 255 bytes", keys[i],
                 over);
        load_refused(text, NULL, NULL, message);
    }
}
END_TEST

START_TEST(test_things_of_later_issues_are_refused_by_name)
{
    load_refused("", WORDS("--tls=yes"), NULL,
                 "--tls=yes: not in this version (it comes with TLS)");
}
END_TEST

CHECK_MAIN("job/keys", test_good_values, test_good_values_as_variables_and_options,
           test_every_key_with_a_wrong_unit_and_out_of_range, test_bad_values_name_file_line_key_found_and_expected,
           test_every_key_is_tested, test_long_texts,
           test_things_of_later_issues_are_refused_by_name)
