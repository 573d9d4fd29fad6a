/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The option table. To add a key: a field in struct job or struct job_phase, a row here, a row in
 * tests/unit/job/check_keys_*.c. The order is that of --help and of the resolved text.
 */
#include "job/options.h"

#include "base/units.h"
#include "job/job.h"
#include "job/value.h"

#define MILLION    1000000ull /* 1, in millionths */
#define MINUTE     (60 * NS_PER_S)
#define HOUR       (60 * MINUTE)
#define DAY        (24 * HOUR)

static const struct choice contents[] = {{"text", false}, {"binary", true}, {NULL}};
static const struct choice patterns[] = {
    {"long_lived", PATTERN_LONG_LIVED}, {"short_lived", PATTERN_SHORT_LIVED},
    {"pooled", PATTERN_POOLED},         {"reconnect", PATTERN_RECONNECT},
    {"churn", PATTERN_CHURN},           {NULL}};
static const struct choice untils[] = {{"time", UNTIL_TIME},
                                       {"connections", UNTIL_CONNECTIONS},
                                       {"steady", UNTIL_STEADY},
                                       {NULL}};
static const struct choice closes[] = {
    {"client", CLOSE_FIN_CLIENT}, {"server", CLOSE_FIN_SERVER}, {"rst", CLOSE_RST}, {NULL}};
static const struct choice measures[] = {
    {"auto", MEASURE_AUTO}, {"yes", MEASURE_YES}, {"no", MEASURE_NO}, {NULL}};
static const struct choice congestions[] = {
    {"newreno", 0}, {"cubic", 0}, {"none", 0}, {NULL}};
static const struct choice families[] = {{"4", false}, {"6", true}, {NULL}};
static const struct choice clocks[] = {{"auto", 0}, {"tsc", 0}, {"kernel", 0}, {NULL}};
static const struct choice priorities[] = {{"normal", false}, {"high", true}, {NULL}};
static const struct choice polls[] = {
    {"auto", POLL_AUTO}, {"yes", POLL_YES}, {"no", POLL_NO}, {NULL}};
static const struct choice stamps[] = {
    {"none", STAMPS_NONE}, {"kernel", STAMPS_KERNEL}, {"device", STAMPS_DEVICE}, {NULL}};
static const struct choice levels[] = {
    {"error", 0}, {"warn", 0}, {"info", 0}, {"debug", 0}, {NULL}};

#define RUN(field) .offset = offsetof(struct job, field), .size = sizeof(((struct job *)0)->field)
#define PHASE(field)                                                                               \
    .phase = true, .offset = offsetof(struct job_phase, field),                                    \
    .size = sizeof(((struct job_phase *)0)->field)
#define LATER(what) .kind = &kind_text, .later = what

/* clang-format off */
const struct option options[] = {
    /* what is sent */
    {"description", &kind_text, "", "what the job is for, for people", "TEXT", "What is sent",
     RUN(description), .aside = true, .unhashed = true},
    {"protocol", &kind_name, "line", "what is said on a connection", "NAME", RUN(protocol)},
    {"content", &kind_choice, "text", "payload bytes, where the protocol can carry any", "text|binary",
     RUN(binary), .choices = contents},
    {"payload", &kind_sizes, "1024",
     "size of a request; small: 64-1023 bytes, medium: 1 KiB-1 MiB, large: 1-100 MiB, drawn evenly by"
     " ratio; mixed: 70, 25, 5 % of these; a plain range is drawn evenly", "SIZES",
     PHASE(payload), .min = 1, .max = 100u << 20},
    {"reply", &kind_sizes, "0", "size of a reply, as for payload; 0: as large as the request", "SIZES",
     PHASE(reply), .min = 0, .max = 100u << 20},
    {"mix", &kind_mix, "none",
     "what transactions ask for, drawn by seed; plain: request and reply as payload and reply say;"
     " read: a small request gets the payload; write: the payload, a small reply; batch: several plain"
     " requests in one write; stream: a small request gets several messages. read_heavy: 90 % read,"
     " 10 % write; write_heavy: the reverse; balanced: half and half", "MIX", PHASE(mix)},
    {"batch_requests", &kind_count, "10", "operation batch: requests in one write, each a transaction",
     "N", PHASE(batch_requests), .min = 2, .max = 1000},
    {"stream_messages", &kind_count, "10",
     "operation stream: messages of the server's, all of them one transaction", "N",
     PHASE(stream_messages), .min = 1, .max = 65535},

    /* how much */
    {"rate", &kind_load, "max",
     "transactions a second over the whole run (open loop), or max: each connection keeps depth"
     " outstanding (closed loop); 0: connections are only held", "max|RATE", "How much",
     PHASE(rate_max)},
    {"shape", &kind_name, "constant", "how the rate moves over time; max with rate = max, idle with rate = 0",
     "NAME", PHASE(shape)},
    {"rate_scale", &kind_factor, "1", "multiplies the rate", "FACTOR",
     PHASE(rate_scale), .min = MILLION / 1000, .max = 1000 * MILLION},
    {"burst_factor", &kind_factor, "10", "shape = burst: the high rate, times the rate", "FACTOR",
     PHASE(burst_factor), .min = MILLION / 1000, .max = 1000 * MILLION, .shape = "burst"},
    {"burst_high", &kind_time, "5s", "shape = burst: time at the high rate", "TIME",
     PHASE(burst_high_ns), .min = NS_PER_MS, .max = DAY, .shape = "burst"},
    {"burst_low", &kind_time, "15s", "shape = burst: time at the rate itself", "TIME",
     PHASE(burst_low_ns), .min = NS_PER_MS, .max = DAY, .shape = "burst"},
    {"ramp_from", &kind_factor, "0", "shape = ramp: the first rate, times the rate", "FACTOR",
     PHASE(ramp_from), .min = 0, .max = 1000 * MILLION, .shape = "ramp"},
    {"ramp_to", &kind_factor, "1", "shape = ramp: the last rate, times the rate", "FACTOR",
     PHASE(ramp_to), .min = 0, .max = 1000 * MILLION, .shape = "ramp"},
    {"ramp_time", &kind_time, "0s",
     "shape = ramp: time from the first rate to the last, which then holds; 0: the duration", "TIME",
     PHASE(ramp_ns), .min = 0, .max = 30 * DAY, .shape = "ramp"},
    {"ramp_steps", &kind_count, "0",
     "shape = ramp: in so many equal steps, each at the higher of the rates at its ends; 0: evenly", "N",
     PHASE(ramp_steps), .min = 0, .max = 1000, .shape = "ramp"},
    {"sine_depth", &kind_factor, "0.8", "shape = sine: how far up and down, times the rate", "FACTOR",
     PHASE(sine_depth), .min = 0, .max = MILLION, .shape = "sine"},
    {"sine_period", &kind_time, "30s", "shape = sine: time of a period", "TIME",
     PHASE(sine_period_ns), .min = 100 * NS_PER_MS, .max = DAY, .shape = "sine"},
    {"walk_step", &kind_factor, "0.2", "shape = walk: a step is up to so much either way, times the rate",
     "FACTOR", PHASE(walk_step), .min = 0, .max = 1000 * MILLION, .shape = "walk"},
    {"walk_low", &kind_factor, "0.01", "shape = walk: never below, times the rate", "FACTOR",
     PHASE(walk_low), .min = MILLION / 1000, .max = 1000 * MILLION, .shape = "walk"},
    {"walk_high", &kind_factor, "2", "shape = walk: never above, times the rate", "FACTOR",
     PHASE(walk_high), .min = MILLION / 1000, .max = 1000 * MILLION, .shape = "walk"},
    {"replay", &kind_text, "",
     "shape = replay: where the arrival times come from: a column of numbers (time_s, intended_ns), or"
     " the raw samples of an earlier run, of the same file (run:ID) or another",
     "FILE.csv|run:ID|FILE.db:ID", PHASE(replay), .shape = "replay", .unhashed = true},
    {"replay_hash", &kind_hash, "",
     "shape = replay: the hash of these times, filled in when they are read; another list is refused",
     "HASH", PHASE(replay_hash), .shape = "replay"},
    {"duration", &kind_time, "10s", "measured time of a phase", "TIME",
     PHASE(duration_ns), .min = NS_PER_MS, .max = 30 * DAY},
    {"warmup", &kind_time, "1s", "time under load before the measured time", "TIME",
     PHASE(warmup_ns), .min = 0, .max = DAY},
    {"transactions", &kind_count, "0", "end a phase after so many starts; 0: by time only", "N",
     PHASE(transactions), .min = 0, .max = UINT64_MAX},
    {"completions_min", &kind_count, "0",
     "a phase goes on after its duration until so many transactions have completed", "N",
     PHASE(completions_min), .min = 0, .max = UINT64_MAX},
    {"duration_max", &kind_time, "0s", "completions_min: but no longer; 0: ten times the duration",
     "TIME", PHASE(duration_max_ns), .min = 0, .max = 30 * DAY},
    {"until", &kind_choice, "time",
     "what ends a phase before its duration does: connections: as many are open as it wants; steady:"
     " rate and latency have settled (MSER-5 over the intervals)", "CONDITION",
     PHASE(until), .choices = untils},
    {"enter", &kind_enter, "",
     "what must hold before the measured time: connections>=N or N%: or the run is aborted; steady:"
     " the warm-up ends early once it has settled", "CONDITIONS", PHASE(enter)},
    {"depth", &kind_count, "1", "transactions outstanding on a connection, at most", "N",
     PHASE(depth), .min = 1, .max = 65535},
    {"queue_max", &kind_time, "1s",
     "open loop: starts wait for a free connection up to so much load; the rest fails as not_sent",
     "TIME", PHASE(queue_max_ns), .min = 0, .max = HOUR},

    /* connections */
    {"connections", &kind_count, "100", "connections open at once", "N", "Connections",
     PHASE(connections), .min = 1, .max = 20000000},
    {"connect_rate", &kind_rate, "0", "connections opened a second; 0: as connect_parallel allows",
     "RATE", PHASE(connect_rate_per_s)},
    {"connect_parallel", &kind_count, "1024", "connects under way at once, a worker", "N",
     RUN(connect_parallel), .min = 1, .max = 1000000},
    {"connect_limit", &kind_time, "0s", "time for opening all; 0: from the timeouts", "TIME",
     RUN(connect_ns), .min = 0, .max = DAY},
    {"connect_timeout", &kind_time, "5s", "a connect without answer fails after", "TIME",
     PHASE(connect_timeout_ns), .min = NS_PER_MS, .max = HOUR},
    {"timeout", &kind_time, "10s", "a transaction without reply fails after", "TIME",
     PHASE(timeout_ns), .min = NS_PER_MS, .max = HOUR},
    {"pattern", &kind_choice, "long_lived",
     "long_lived: opened once; short_lived: connect, one transaction, close; pooled: opened when"
     " needed, used again; reconnect: lost ones are opened again; churn: replaced at churn_rate",
     "NAME", PHASE(pattern), .choices = patterns},
    {"churn_rate", &kind_rate, "0", "pattern churn: connections closed and opened a second", "RATE",
     PHASE(churn_rate_per_s)},
    {"reconnect_min", &kind_time, "100ms",
     "a connection that was lost is opened again after so long; doubled each time in vain, half of"
     " it drawn by lot", "TIME", PHASE(reconnect_min_ns), .min = NS_PER_MS, .max = HOUR},
    {"reconnect_max", &kind_time, "10s", "longest wait before opening again", "TIME",
     PHASE(reconnect_max_ns), .min = NS_PER_MS, .max = HOUR},
    {"pace", &kind_time, "0", "least time between two starts on a connection; 0: none", "TIME",
     PHASE(pace_ns), .min = 0, .max = HOUR},
    {"pace_worker", &kind_time, "0", "least time between two starts of a worker; 0: none", "TIME",
     PHASE(pace_worker_ns), .min = 0, .max = HOUR},
    {"close", &kind_choice, "client", "who closes first, by FIN; or rst", "client|server|rst",
     PHASE(close), .choices = closes},
    {"drain", &kind_time, "10s", "time for outstanding replies after the measured time", "TIME",
     RUN(drain_ns), .min = 0, .max = HOUR},
    {"close_limit", &kind_time, "10s", "time for closing all connections", "TIME",
     RUN(close_ns), .min = 0, .max = HOUR},

    /* verdict */
    {"sla", &kind_text, "", "what the phase must reach: msg_per_s>=50000, latency_p95<100ms", "RULES",
     "Verdict", PHASE(sla)},
    {"warn", &kind_text, "", "the same, but a rule that fails only warns", "RULES", PHASE(warn),
     .aside = true, .unhashed = true},
    {"run_sla", &kind_text, "", "what all measured phases together must reach", "RULES", RUN(run_sla),
     .aside = true, .unhashed = true},
    {"abort_if", &kind_text, "", "a phase in which this comes to hold ends the run: errors>5%",
     "RULES", PHASE(abort_if)},
    {"abort_window", &kind_time, "10s", "abort_if: over the last so much time of the phase", "TIME",
     PHASE(abort_window_ns), .min = 100 * NS_PER_MS, .max = HOUR, .unhashed = true},
    {"valid_lateness_p99", &kind_time, "1ms",
     "open loop: with a 99th percentile of lateness beyond this the run is invalid", "TIME",
     RUN(valid_lateness_p99_ns), .min = NS_PER_US, .max = HOUR, .aside = true, .unhashed = true},
    {"valid_busy", &kind_percent, "98%", "the same: share of the time that gen's loops were busy",
     "PERCENT%", RUN(valid_busy_percent), .min = 0, .max = 100, .aside = true, .unhashed = true},
    {"valid_missed", &kind_percent, "1%",
     "the same: share of the starts that gen looked at more than 1 ms too late", "PERCENT%",
     RUN(valid_missed_percent), .min = 0, .max = 100, .aside = true, .unhashed = true},
    {"valid_tx_full", &kind_percent, "10%",
     "the same: share of the rounds of gen's loops with a full transmit ring", "PERCENT%",
     RUN(valid_tx_full_percent), .min = 0, .max = 100, .aside = true, .unhashed = true},
    {"margins", &kind_margins, "", "smallest change that matters, metric by metric, for comparing runs",
     "METRIC:PERCENT%,...", RUN(margins), .aside = true, .unhashed = true},

    /* what limited it */
    {"limit_kept_up", &kind_percent, "99%",
     "an open loop that started so much of what was offered is limited by its load", "PERCENT%", "What limited it",
     RUN(limits.kept_up_percent), .min = 0, .max = 100, .aside = true, .unhashed = true},
    {"limit_busy", &kind_percent, "95%",
     "loops of gen or of its responder that are so busy in the measured time are full", "PERCENT%",
     RUN(limits.busy_percent), .min = 0, .max = 100, .aside = true, .unhashed = true},
    {"limit_busy_life", &kind_percent, "90%",
     "the same of a responder of which only its whole life is known", "PERCENT%",
     RUN(limits.busy_life_percent), .min = 0, .max = 100, .aside = true, .unhashed = true},
    {"limit_core", &kind_percent, "90%",
     "a server that uses so much of one core, or of all that gen leaves, is full", "PERCENT%",
     RUN(limits.core_percent), .min = 0, .max = 100, .aside = true, .unhashed = true},
    {"limit_transmit", &kind_percent, "50%",
     "full loops that are so much of their time in system calls: the wire", "PERCENT%",
     RUN(limits.transmit_percent), .min = 0, .max = 100, .aside = true, .unhashed = true},
    {"limit_room", &kind_percent, "50%",
     "a server that holds its replies back is only blamed while gen is less busy than this", "PERCENT%",
     RUN(limits.room_percent), .min = 0, .max = 100, .aside = true, .unhashed = true},
    {"limit_tx_full", &kind_percent, "10%",
     "a transmit ring full in so many of the rounds: the wire", "PERCENT%",
     RUN(limits.tx_full_percent), .min = 0, .max = 100, .aside = true, .unhashed = true},
    {"limit_timed_out", &kind_percent, "25%",
     "so much of the connections' time in retransmission time-outs: loss", "PERCENT%",
     RUN(limits.timed_out_percent), .min = 0, .max = 100, .aside = true, .unhashed = true},
    {"limit_sent_again", &kind_percent, "0.5%",
     "so many of the segments sent again: loss", "PERCENT%",
     RUN(limits.sent_again_percent), .min = 0, .max = 100, .aside = true, .unhashed = true},
    {"limit_away", &kind_percent, "15%",
     "so much of the time without a core: the machine", "PERCENT%",
     RUN(limits.away_percent), .min = 0, .max = 100, .aside = true, .unhashed = true},
    {"limit_slots", &kind_percent, "80%",
     "so many of the transactions that can be outstanding are: the round trip", "PERCENT%",
     RUN(limits.slots_percent), .min = 0, .max = 100, .aside = true, .unhashed = true},
    {"limit_waits", &kind_factor, "0.5",
     "a window waited for, or closed, so often a transaction limits", "FACTOR",
     RUN(limits.waits), .min = MILLION / 1000, .max = 1000000 * MILLION, .aside = true, .unhashed = true},
    {"limit_holds", &kind_factor, "5",
     "a server whose fastest reply takes so many times the fastest handshake holds its replies back", "FACTOR",
     RUN(limits.holds), .min = MILLION, .max = 1000000 * MILLION, .aside = true, .unhashed = true},

    /* searches */
    {"suite", &kind_name, "none",
     "a search in place of the job's own rate and duration; gen list shows them", "NAME", "Searches",
     RUN(search.suite)},
    {"step_time", &kind_time, "10s", "measured time of each trial of a suite, at least", "TIME",
     RUN(search.step_ns), .min = 10 * NS_PER_MS, .max = DAY},
    {"step_completions", &kind_count, "1000",
     "a trial lasts until so many may be expected of nine tenths of its rate", "N",
     RUN(search.completions), .min = 0, .max = 1000000000},
    {"step_rates", &kind_list, "50,200,500,1000,2000",
     "suite = limits: rates of the steps, transactions a second; then twice the last", "LIST",
     RUN(search.step_rates), .min = MILLION / 1000, .max = 1000000000 * MILLION},
    {"step_high", &kind_rate, "10M", "suite = limits: the highest rate", "RATE",
     RUN(search.step_high)},
    {"find_max", &kind_text, "",
     "search the highest rate that holds these rules: p99<1ms,errors<0.05%", "RULES",
     RUN(search.find_max)},
    {"find_low", &kind_rate, "100", "find_max: the lowest rate", "RATE", RUN(search.find_low)},
    {"find_high", &kind_rate, "1M", "find_max: the highest rate", "RATE", RUN(search.find_high)},
    {"find_resolution", &kind_factor, "0.05",
     "find_max: end when the 95 % interval is so narrow, as a share of the rate; suite = rfc9411: when"
     " what held and what broke lie so near", "FACTOR",
     RUN(search.find_resolution), .min = MILLION / 200, .max = MILLION},
    {"find_trials", &kind_count, "60", "find_max: trials at most", "N",
     RUN(search.find_trials), .min = 1, .max = 500},
    {"find_time", &kind_time, "30min", "find_max: no further trial after", "TIME",
     RUN(search.find_ns), .min = NS_PER_MS, .max = 30 * DAY},
    {"users", &kind_count, "100", "suite = capacity: users, each with a connection", "N",
     RUN(search.users), .min = 1, .max = 20000000},
    {"user_rate", &kind_rate, "10/min", "suite = capacity, or rfc9411 of connections: requests of a user, 6/min or 0.1/s", "RATE",
     RUN(search.user_rate_per_s)},
    {"growth", &kind_list, "1,1.2,1.5", "suite = capacity: levels, times users", "LIST",
     RUN(search.growth), .min = MILLION, .max = 1000000 * MILLION},
    {"peak", &kind_factor, "3", "suite = capacity: the highest level, times users", "FACTOR",
     RUN(search.peak), .min = MILLION, .max = 1000000 * MILLION},
    {"capacity_sla", &kind_text, "success>=99%, p95<=500ms",
     "suite = capacity: what a level must hold", "RULES", RUN(search.capacity_sla)},
    {"scale_connections", &kind_counts, "150,500,1000,5000,10000,15000",
     "suite = scale_steps: connections of the steps", "LIST",
     RUN(search.scale_connections), .min = MILLION, .max = 20000000 * MILLION},

    /* where it goes */
    {"wire", &kind_wire, "lab", "what frames travel on", "WIRE", "Where it goes", RUN(wire)},
    {"peer", &kind_peer, "respond",
     "who answers on lab and pair: our responder, your server (lab), or nobody",
     "respond|exec:COMMAND|none", RUN(peer_exec)},
    {"ip", &kind_choice, "4",
     "family of all addresses, as targets say it too; 6: target [2001:2:0:1::1]:9000 and source"
     " 2001:2::/124 where none are given", "4|6", RUN(ip6), .choices = families},
    {"target", &kind_targets, "198.19.0.1:9000",
     "servers, blocks and port ranges with commas (198.19.0.0/28:9000-9003); connections go to each in"
     " turn; no default on a device", "ADDR[/BITS]:PORT[-PORT]", RUN(targets)},
    {"listen", &kind_targets, NULL, "gen respond: where to answer (the same list as target)",
     "ADDR[/BITS]:PORT[-PORT]", RUN(targets)},
    {"source", &kind_sources, "198.18.1.0/28", "client addresses, blocks with commas", "CIDR",
     RUN(sources)},
    {"ports", &kind_ports, "10000-59999", "client ports, ranges with commas", "LOW-HIGH", RUN(ports)},
    {"gateway", &kind_address, "", "next hop; empty: the targets are on the link", "ADDR",
     RUN(gateway)},
    {"vlan", &kind_count, "0", "VLAN of all frames (IEEE 802.1Q); 0: none", "N", RUN(vlan), .min = 0,
     .max = 4094},
    {"vlan_outer", &kind_count, "0", "a tag around it (IEEE 802.1ad, QinQ); 0: none", "N",
     RUN(vlan_outer), .min = 0, .max = 4094},
    {"allow_public", &kind_flag, "no", "let traffic go to public addresses", "yes|no",
     RUN(allow_public)},
    {"shared_address", &kind_flag, "no",
     "the addresses are the interface's own, the kernel's too: only TCP to our ports is ours",
     "yes|no", RUN(shared_address)},

    /* machine */
    {"workers", &kind_count, "1", "pinned loops, one a core", "N", "Machine",
     RUN(workers), .min = 1, .max = JOB_WORKERS},
    {"cpus", &kind_cpus, "", "processors, client workers then responder workers; empty: chosen",
     "LIST", RUN(cpus)},
    {"priority", &kind_choice, "normal",
     "of the loops; high: ahead of all else on their cores (nice -20, where CAP_SYS_NICE or"
     " RLIMIT_NICE let it), for a machine that has nothing else to do", "normal|high",
     RUN(high_priority), .choices = priorities},
    {"batch", &kind_count, "64", "frames a call, at most", "N", RUN(batch), .min = 1, .max = 1024},
    {"ring_size", &kind_ring, "0", "frames a ring; 0: the wire's default", "N",
     RUN(ring_size), .min = 64, .max = 65536},
    {"frames", &kind_count, "0", "frames in the pool of a queue; 0: the wire's default", "N",
     RUN(frames), .min = 0, .max = 1u << 24},
    {"tx_budget", &kind_count, "0", "AF_XDP transmit budget; 0: the kernel's", "N",
     RUN(tx_budget), .min = 0, .max = 65536},
    {"busy_poll", &kind_choice, "auto",
     "the loops receive by polling the device's queue themselves, without interrupts; auto: on lab between"
     " our own ends (Linux 6.18), with rate = max and in searches, without rx_stamps = kernel",
     "auto|yes|no", RUN(busy_poll), .choices = polls},
    {"coalesce", &kind_time, "0s",
     "lab: interrupt moderation: at both ends, what arrives within this time after frames were handed on"
     " waits for it to end; 0: nothing waits",
     "TIME", RUN(coalesce_ns), .max = NS_PER_S / 100},
    {"rx_stamps", &kind_choice, "none",
     "lab, xdp: arrivals stamped before they wait for us; kernel: by the clock of all times, and how long"
     " they waited is counted; device: by the driver's own clock, where it has one",
     "none|kernel|device", RUN(rx_stamps), .choices = stamps},
    {"tx_stamps", &kind_flag, "no",
     "lab, xdp: departures stamped: by the kernel when it is done with a frame, and how long that took is"
     " counted; with zero-copy by the driver's own clock, where it has one", "yes|no", RUN(tx_stamps)},
    {"dpdk_eal", &kind_text, "", "dpdk: arguments of its environment layer beside ours, with blanks between",
     "ARGUMENTS", RUN(dpdk_eal)},
    {"mtu", &kind_count, "1500", "IP bytes a frame", "BYTES", RUN(mtu), .min = 576, .max = 9000},

    /* TCP */
    {"mss", &kind_count, "0", "largest segment that we announce; 0: from the MTU", "BYTES", "TCP",
     RUN(mss), .min = 0, .max = 8960},
    {"timestamps", &kind_flag, "yes", "timestamps option (RFC 7323)", "yes|no", RUN(timestamps)},
    {"sack", &kind_flag, "yes", "selective acknowledgement (RFC 2018, 6675)", "yes|no", RUN(sack)},
    {"rack", &kind_flag, "yes", "with sack: losses found by time, tails probed (RFC 8985)", "yes|no",
     RUN(rack)},
    {"delayed_ack", &kind_flag, "yes", "delay acknowledgements (RFC 1122 4.2.3.2)", "yes|no",
     RUN(delayed_ack)},
    {"delack", &kind_time, "40ms", "delay of an acknowledgement, at most", "TIME",
     RUN(delack_ns), .min = 0, .max = 500 * NS_PER_MS},
    {"window_scale", &kind_count, "7", "shift of the receive window (RFC 7323)", "N",
     RUN(window_scale), .min = 0, .max = 14},
    {"window", &kind_bytes, "256KiB", "receive window", "BYTES",
     RUN(window), .min = 1024, .max = 65535u << 14},
    {"rto_min", &kind_time, "200ms", "smallest retransmission timeout (RFC 6298 2.4 asks for 1s)",
     "TIME", RUN(rto_min_ns), .min = NS_PER_MS, .max = MINUTE},
    {"rto_initial", &kind_time, "1s", "retransmission timeout before the first sample", "TIME",
     RUN(rto_initial_ns), .min = NS_PER_MS, .max = MINUTE},
    {"rto_max", &kind_time, "60s", "largest retransmission timeout (RFC 6298 2.5: 60s or more)", "TIME",
     RUN(rto_max_ns), .min = NS_PER_MS, .max = 10 * MINUTE},
    {"retries", &kind_count, "8", "retransmissions of one segment before giving up", "N",
     RUN(retries), .min = 0, .max = 255},
    {"time_wait", &kind_time, "60s", "stay in TIME_WAIT", "TIME",
     RUN(time_wait_ns), .min = 0, .max = 4 * MINUTE},
    {"time_wait_entries", &kind_count, "0", "TIME_WAIT entries; 0: from connections", "N",
     RUN(time_wait_entries), .min = 0, .max = 100000000},
    {"init_cwnd", &kind_count, "10", "initial congestion window in segments (RFC 6928)", "N",
     RUN(init_cwnd), .min = 1, .max = 1000},
    {"congestion", &kind_word, "newreno", "congestion control", "NAME",
     RUN(congestion), .choices = congestions},
    {"ecn", &kind_flag, "no", "explicit congestion notification (RFC 3168)", "yes|no", RUN(ecn)},
    {"nagle", &kind_flag, "no", "a small segment waits while data are under way (RFC 9293 3.7.4)",
     "yes|no", RUN(nagle)},
    {"keepalive", &kind_time, "0s",
     "silence after which a connection asks whether its peer is there (RFC 9293 3.8.4); 0: never",
     "TIME", RUN(keepalive_ns), .min = 0, .max = 30 * MINUTE},
    {"keepalive_interval", &kind_time, "75s", "keepalive: time between two such probes", "TIME",
     RUN(keepalive_interval_ns), .min = NS_PER_MS, .max = 30 * MINUTE},
    {"keepalive_probes", &kind_count, "9",
     "keepalive: so many without an answer, and the connection has timed out", "N",
     RUN(keepalive_probes), .min = 1, .max = 255},
    {"dscp", &kind_count, "0", "differentiated services code point of what is sent (RFC 2474)", "N",
     RUN(dscp), .min = 0, .max = 63},
    {"flow_label", &kind_count, "0", "flow label of what is sent over IPv6 (RFC 6437); 0: one of each connection's own", "N",
     RUN(flow_label), .min = 0, .max = (1u << 20) - 1},

    /* trouble on purpose */
    {"fault", &kind_text, "", "frames lost, doubled, changed, both ways: loss=5%,reorder=5%", "FAULTS",
     "Trouble on purpose", PHASE(fault)},
    {"fault_rx", &kind_text, "", "the same, received frames only", "FAULTS", PHASE(fault_rx)},
    {"fault_tx", &kind_text, "", "the same, sent frames only", "FAULTS", PHASE(fault_tx)},

    /* what is kept */
    {"seed", &kind_count, "0", "of every random choice; 0: chosen and stored", "N", "What is kept",
     RUN(seed), .min = 0, .max = INT64_MAX, .unhashed = true},
    {"interval", &kind_time, "1s", "sampling period", "TIME",
     RUN(interval_ns), .min = 100 * NS_PER_MS, .max = MINUTE},
    {"samples", &kind_share, "all", "transactions recorded one by one; RATIO: a share, chosen by seed",
     "all|none|RATIO", RUN(samples)},
    {"clock", &kind_word, "auto", "time source", "NAME", RUN(clock), .choices = clocks},
    {"pcap", &kind_text, "", "capture file of the client side", "FILE",
     RUN(pcap), .aside = true, .unhashed = true},
    {"flight", &kind_bytes, "0",
     "flight recorder of a client worker: its last frames, for gen replay when one goes wrong; 0: none",
     "BYTES", RUN(flight), .max = 1u << 30, .aside = true, .unhashed = true},
    {"db", &kind_text, "results.db", "SQLite file of the results", "FILE",
     RUN(db), .aside = true, .unhashed = true},

    /* watching */
    {"quiet", &kind_flag, "no", "no live line", "yes|no", "Watching",
     RUN(quiet), .aside = true, .unhashed = true},
    {"status_interval", &kind_time, "1s", "period of the live line", "TIME",
     RUN(status_ns), .min = 100 * NS_PER_MS, .max = HOUR, .aside = true, .unhashed = true},
    {"json_stream", &kind_text, "", "each interval as a line of JSON, added to the file; -: to stdout",
     "FILE|-|fd:N", RUN(json_stream), .aside = true, .unhashed = true},
    {"metrics", &kind_listener, "", "OpenMetrics over HTTP; without ADDR on 127.0.0.1", "[ADDR:]PORT",
     RUN(metrics), .aside = true, .unhashed = true},
    {"control", &kind_flag, "yes", "gen ctl may ask and steer the run", "yes|no",
     RUN(control), .aside = true, .unhashed = true},
    {"peer_pid", &kind_count, "0",
     "a local server that is not ours: its CPU, memory and context switches are recorded; 0: none", "PID",
     RUN(peer_pid), .min = 0, .max = INT32_MAX, .aside = true, .unhashed = true},
    {"measure_memory", &kind_choice, "auto",
     "of a connection, by a process that sets the same up for none, before the run; auto: where a rule"
     " asks for memory_bytes_per_conn", "auto|yes|no",
     RUN(measure_memory), .choices = measures, .aside = true, .unhashed = true},
    {"log_level", &kind_word, "info", "log lines up to this level", "NAME",
     RUN(log_level), .choices = levels, .aside = true, .unhashed = true},

    /* known, not built yet: refused by name */
    {"tls", LATER("it comes with TLS")},
    {"trace", LATER("it comes with tracing")},
    {"profile", LATER("it comes with profiling")},
};
/* clang-format on */

const uint32_t option_count = sizeof options / sizeof *options;
_Static_assert(sizeof options / sizeof *options <= OPTIONS_MAX, "OPTIONS_MAX rows at most");

const char *job_pattern_name(enum job_pattern pattern)
{
    const struct choice *c = patterns;
    while (c->name && c->value != (int)pattern)
        c++;
    return c->name;
}
