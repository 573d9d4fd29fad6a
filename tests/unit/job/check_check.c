/* SPDX-License-Identifier: BSD-3-Clause */
/* Contradictions and public addresses, each with its message; and what just passes. */
#include "tests/lib/check_main.h"
#include "tests/unit/job/fixture.h"

static const struct {
    const char *text, *message;
} contradictions[] = {
    {"target = 8.8.8.8:80\n",
     "x.conf:1: target = \"8.8.8.8:80\": 8.8.8.8 is a public address: expected one kept for private"
     " use or tests, or allow_public = yes"},
    {"target = 10.0.0.1:80, 9.9.9.9:53\n", "x.conf:1: target = \"10.0.0.1:80, 9.9.9.9:53\": "
                                           "9.9.9.9 is a public address: expected one kept"
                                           " for private use or tests, or allow_public = yes"},
    {"target = [2001:2::1]:80, 10.0.0.1:80\n",
     "x.conf:1: target = \"[2001:2::1]:80, 10.0.0.1:80\": 10.0.0.1 is IPv4 and the run is IPv6 (ip):"
     " expected one family"},
    {"ip = 4\ntarget = [2001:2::1]:80\n",
     "x.conf:2: target = \"[2001:2::1]:80\": 2001:2::1 is IPv6 and the run is IPv4 (ip): expected one"
     " family"},
    {"ip = 6\ntarget = 10.0.0.1:80\n",
     "x.conf:2: target = \"10.0.0.1:80\": 10.0.0.1 is IPv4 and the run is IPv6 (ip): expected one"
     " family"},
    {"ip = 6\ntarget = 198.19.0.1:9000\n",
     "x.conf:2: target = \"198.19.0.1:9000\": 198.19.0.1 is IPv4 and the run is IPv6 (ip): expected"
     " one family"},
    {"ip = 6\nlisten = 198.19.0.1:9000\n",
     "x.conf:2: listen = \"198.19.0.1:9000\": 198.19.0.1 is IPv4 and the run is IPv6 (ip): expected"
     " one family"},
    {"target = [fd00::1]:80\nsource = 198.18.1.0/28\n",
     "x.conf:2: source = \"198.18.1.0/28\": 198.18.1.0 is IPv4 and the run is IPv6 (ip): expected one"
     " family"},
    {"source = fd00::/64\n",
     "x.conf:1: source = \"fd00::/64\": fd00:: is IPv6 and the run is IPv4 (ip): expected one family"},
    {"ip = 6\nsource = fd00::/64, 10.0.0.1\n",
     "x.conf:2: source = \"fd00::/64, 10.0.0.1\": 10.0.0.1 is IPv4 and the run is IPv6 (ip): expected"
     " one family"},
    {"ip = 6\ngateway = 10.0.0.1\n",
     "x.conf:2: gateway = \"10.0.0.1\": 10.0.0.1 is IPv4 and the run is IPv6 (ip): expected one"
     " family"},
    {"target = [2a00::1]:80\n",
     "x.conf:1: target = \"[2a00::1]:80\": 2a00::1 is a public address: expected one kept for private"
     " use or tests, or allow_public = yes"},
    {"ip = 6\nmtu = 1279\n",
     "x.conf:2: mtu = \"1279\": IPv6 needs 1280 (RFC 8200 5): expected at least that"},
    {"ip = 6\nmss = 1441\n", "x.conf:2: mss = \"1441\": mtu = 1500 leaves 1440: expected at most that"},
    {"vlan_outer = 5\n",
     "x.conf:1: vlan_outer = \"5\": an outer tag alone: expected vlan for it, or vlan as well"},
    {"target = 10.0.0.1:1\nlisten = 10.0.0.1:1\n",
     "x.conf:2: listen = \"10.0.0.1:1\": target and listen are one list: expected one of them"},
    {"wire = xdp:eth0\n",
     "x.conf:1: wire = \"xdp:eth0\": nothing to talk to: expected target = ADDR:PORT as well"},
    {"connections = 101\nsource = 10.0.0.1\nports = 100-149\ntarget = 10.0.0.2:1, 10.0.0.2:2\n",
     "x.conf:1: connections = \"101\": 1 source addresses x 50 ports x 2 targets make 100"
     " connections: expected a wider source, ports or target"},
    {"ports = 5\n", "x.conf: connections = \"100\" (default): 16 source addresses x 1 ports x 1"
                    " targets make 16 connections: expected a wider source, ports or target"},
    {"source = 10.0.0.0/24, 10.1.0.0/16, 10.0.0.7\n",
     "x.conf:1: source = \"10.0.0.0/24, 10.1.0.0/16, 10.0.0.7\": items 1 and 3 overlap: expected each"
     " address and port once"},
    {"ports = 1-500, 400-900\n",
     "x.conf:1: ports = \"1-500, 400-900\": items 1 and 2 overlap: expected each address and port once"},
    {"target = 10.0.0.0/30:80-90, 10.0.0.2:85\n",
     "x.conf:1: target = \"10.0.0.0/30:80-90, 10.0.0.2:85\": items 1 and 2 overlap: expected each"
     " address and port once"},
    {"target = 10.0.0.0/16:80-81\n",
     "x.conf:1: target = \"10.0.0.0/16:80-81\": 131072 servers (addresses x ports): expected at most"
     " 65536"},
    {"target = 10.0.0.0/19:80\n",
     "x.conf:1: target = \"10.0.0.0/19:80\": 8192 addresses on the link, each to be asked for:"
     " expected at most 4096, or a gateway as well"},
    {"target = 10.0.0.0/7:80\n",
     "x.conf:1: target = \"10.0.0.0/7:80\": 11.255.255.255 is a public address: expected one kept for"
     " private use or tests, or allow_public = yes"},
    {"workers = 3\nports = 7-8\nconnections = 3\n",
     "x.conf:2: ports = \"7-8\": workers = 3: expected as many ports or more"},
    {"wire = xdp:eth0\ntarget = 10.0.0.1:80\npeer = respond\n",
     "x.conf:3: peer = \"respond\": on wire = xdp:eth0 the far end is not ours: expected peer ="
     " none"},
    {"connections = 2\nworkers = 3\n",
     "x.conf:2: workers = \"3\": more than connections = 2: expected at most as many"},
    {"step_time = 1s\n", "x.conf:1: step_time = \"1s\": expected suite = NAME as well"},
    {"suite = capacity\nstep_rates = 5\n",
     "x.conf:2: step_rates = \"5\": expected suite = limits as well"},
    {"find_low = 5\n", "x.conf:1: find_low = \"5\": expected find_max = RULES as well"},
    {"suite = limits\nfind_max = p99<1ms\n",
     "x.conf:2: find_max = \"p99<1ms\": suite = limits looks for something else: expected one of"
     " them"},
    {"suite = find_max\n", "x.conf:1: suite = \"find_max\": expected find_max = RULES as well"},
    {"suite = limits\nstep_high = 20\n",
     "x.conf:2: step_high = \"20\": below the first of step_rates, 50: expected at least that"},
    {"find_max = p99<1ms\nfind_low = 0\n",
     "x.conf:2: find_low = \"0\": expected a rate above 0"},
    {"find_max = p99<1ms\nfind_high = 100\n",
     "x.conf:2: find_high = \"100\": expected more than find_low = 100"},
    {"suite = capacity\nuser_rate = 0\n",
     "x.conf:2: user_rate = \"0\": expected a rate above 0"},
    {"suite = capacity\npattern = pooled\n",
     "x.conf:2: pattern = \"pooled\": a user of suite = capacity keeps its connection: expected"
     " long_lived, reconnect or churn"},
    {"suite = capacity\nusers = 10M\n",
     "x.conf:2: users = \"10M\": the highest level is 30000000 connections: expected at most"
     " 20000000"},
    {"suite = capacity\nusers = 300k\n",
     "x.conf:2: users = \"300k\": 16 source addresses x 50000 ports x 1 targets make 800000"
     " connections: expected a wider source, ports or target"},
    {"suite = capacity\nusers = 1\nworkers = 2\n",
     "x.conf:3: workers = \"2\": more than users = 1: expected at most as many"},
    {"suite = scale_steps\nrate = 5\n",
     "x.conf:2: rate = \"5\": suite = scale_steps measures at max: expected that"},
    {"suite = scale_steps\nscale_connections = 2,9\nworkers = 3\n",
     "x.conf:3: workers = \"3\": more than the first of scale_connections, 2: expected at most that"},
    {"suite = rfc9411\nstep_time = 2s\n",
     "x.conf:2: step_time = \"2s\": a trial of suite = rfc9411 lasts its warmup and its duration:"
     " expected those"},
    {"suite = rfc9411\nrate = 0\n",
     "x.conf:2: rate = \"0\": suite = rfc9411: expected the objective, or max"},
    {"suite = rfc9411\npattern = short_lived\n",
     "x.conf:2: pattern = \"short_lived\": a user of suite = rfc9411 keeps its connection: expected"
     " long_lived, reconnect or churn"},
    {"suite = rfc9411\nconnections = 19\nworkers = 2\n",
     "x.conf:3: workers = \"2\": more than a tenth of connections = 19: expected at most so many"},
    {"suite = rfc9411\nfind_low = 5\n",
     "x.conf:2: find_low = \"5\": expected find_max = RULES as well"},
    {"suite = limits\nrate = 5\nshape = sine\n",
     "x.conf:3: shape = \"sine\": a suite needs a rate that does not move: expected constant or"
     " poisson"},
    {"suite = limits\n[a]\n[b]\n",
     "x.conf:1: suite = \"limits\": a suite makes its own phases, and the job has 2: expected one"},
    {"fault = loss=1%\nfault_rx = loss=2%\n",
     "x.conf:1: fault = \"loss=1%\": holds both ways: expected it alone, or fault_rx and fault_tx"},
    {"mtu = 1500\nmss = 1461\n",
     "x.conf:2: mss = \"1461\": mtu = 1500 leaves 1460: expected at most that"},
    {"window = 64KiB\nwindow_scale = 0\n",
     "x.conf:1: window = \"64KiB\": window_scale = 0 allows 65535 bytes: expected more scale"},
    {"rto_min = 2s\n",
     "x.conf:1: rto_min = \"2s\": longer than rto_initial: expected at most as long"},
    {"rto_max = 500ms\n",
     "x.conf:1: rto_max = \"500ms\": shorter than rto_initial: expected at least as long"},
    {"keepalive_interval = 2s\n",
     "x.conf:1: keepalive_interval = \"2s\": keepalive = 0 sends none: expected keepalive as well"},
    {"keepalive_probes = 2\n",
     "x.conf:1: keepalive_probes = \"2\": keepalive = 0 sends none: expected keepalive as well"},
    {"ecn = yes\ncongestion = none\n",
     "x.conf:1: ecn = \"yes\": congestion = none heeds no marks: expected congestion control as well"},
    {"flow_label = 5\n",
     "x.conf:1: flow_label = \"5\": IPv4 has none: expected ip = 6 or an IPv6 target as well"},
    {"queue_max = 2s\n",
     "x.conf:1: queue_max = \"2s\": with rate = max nothing queues: expected a rate as well"},
    {"batch_requests = 3\nmix = stream\n",
     "x.conf:1: batch_requests = \"3\": mix has no batch: expected mix = batch or the like as well"},
    {"stream_messages = 3\nmix = balanced\n",
     "x.conf:1: stream_messages = \"3\": mix has no stream: expected mix = stream or the like as well"},
    {"mix = batch\nbatch_requests = 8\ndepth = 7\n",
     "x.conf:3: depth = \"7\": a batch has batch_requests = 8: expected 1 or at least as many"},
    {"mix = batch\npattern = short_lived\n",
     "x.conf:1: mix = \"batch\": a short_lived connection carries one transaction: expected no batch"},
    {"mix = read_heavy\nreply = 2KiB\n",
     "x.conf:2: reply = \"2KiB\": the mix says what comes back: expected reply = 0, or plain or batch"
     " in it"},
    {"rate = 5\nshape = replay\nreplay = x.csv\n",
     "x.conf:1: rate = \"5\": shape = replay has its times from a list: expected no rate; rate_scale"
     " divides them"},
    {"replay = x.csv\n",
     "x.conf:1: replay = \"x.csv\": shape = max has no such key: expected shape = replay as well"},
    {"rate = 5\nreplay_hash = 0123456789abcdef\n",
     "x.conf:2: replay_hash = \"0123456789abcdef\": shape = constant has no such key: expected shape ="
     " replay as well"},
    {"rate = 5\nshape = sine\nburst_factor = 3\n",
     "x.conf:3: burst_factor = \"3\": shape = sine has no such key: expected shape = burst as "
     "well"},
    {"rate = 5\nshape = sine\nburst_high = 6s\n",
     "x.conf:3: burst_high = \"6s\": shape = sine has no such key: expected shape = burst as well"},
    {"rate = 5\nshape = sine\nburst_low = 6s\n",
     "x.conf:3: burst_low = \"6s\": shape = sine has no such key: expected shape = burst as well"},
    {"rate = 5\nshape = sine\nramp_from = 0.5\n",
     "x.conf:3: ramp_from = \"0.5\": shape = sine has no such key: expected shape = ramp as well"},
    {"rate = 5\nshape = sine\nramp_to = 2\n",
     "x.conf:3: ramp_to = \"2\": shape = sine has no such key: expected shape = ramp as well"},
    {"rate = 5\nshape = sine\nramp_time = 4s\n",
     "x.conf:3: ramp_time = \"4s\": shape = sine has no such key: expected shape = ramp as well"},
    {"rate = 5\nshape = sine\nramp_steps = 4\n",
     "x.conf:3: ramp_steps = \"4\": shape = sine has no such key: expected shape = ramp as well"},
    {"rate = 5\nshape = burst\nsine_depth = 0.5\n",
     "x.conf:3: sine_depth = \"0.5\": shape = burst has no such key: expected shape = sine as "
     "well"},
    {"rate = 5\nshape = burst\nsine_period = 60s\n",
     "x.conf:3: sine_period = \"60s\": shape = burst has no such key: expected shape = sine as "
     "well"},
    {"rate = 5\nshape = sine\nwalk_step = 0.1\n",
     "x.conf:3: walk_step = \"0.1\": shape = sine has no such key: expected shape = walk as well"},
    {"rate = 5\nshape = sine\nwalk_low = 0.1\n",
     "x.conf:3: walk_low = \"0.1\": shape = sine has no such key: expected shape = walk as well"},
    {"rate = 5\nshape = sine\nwalk_high = 1.5\n",
     "x.conf:3: walk_high = \"1.5\": shape = sine has no such key: expected shape = walk as well"},
    {"sine_depth = 0.5\n",
     "x.conf:1: sine_depth = \"0.5\": shape = max has no such key: expected shape = sine as well"},
    {"rate = 5\n[a]\nshape = ramp\n[b]\nramp_steps = 3\n",
     "x.conf:5: ramp_steps = \"3\": shape = constant has no such key: expected shape = ramp as "
     "well"},
    {"rate = 5\nshape = ramp\nramp_to = 0\n", "x.conf:3: ramp_to = \"0\": ramp_from is 0 as well "
                                              "and nothing would start: expected one above 0"},
    {"rate = 5\nshape = walk\nwalk_low = 1.5\nwalk_high = 1\n",
     "x.conf:3: walk_low = \"1.5\": above walk_high = 1: expected at most that"},
    {"[a]\n[b]\nrate_scale = 2\n", "x.conf:3: rate_scale = \"2\": with rate = max there is nothing "
                                   "to scale: expected a rate as well"},
    {"pattern = short_lived\n[a]\n[b]\ndepth = 2\n",
     "x.conf:4: depth = \"2\": a short_lived connection carries one transaction: expected depth = "
     "1"},
    {"payload = 100MiB\ndepth = 11\n",
     "x.conf:2: depth = \"11\": so many payloads of 104857600 bytes are more than a connection takes: "
     "expected at most 10"},
    {"connections = 20000\n[a]\n[b]\nconnections = 2000000\n",
     "x.conf:4: connections = \"2000000\": 16 source addresses x 50000 ports x 1 targets make 800000"
     " connections: expected a wider source, ports or target"},
    {"workers = 3\n[a]\n[b]\nconnections = 2\n",
     "x.conf:1: workers = \"3\": more than connections = 2: expected at most as many"},
    {"pattern = churn\n",
     "x.conf:1: pattern = \"churn\": churn replaces connections at a rate: expected churn_rate as well"},
    {"churn_rate = 5\n",
     "x.conf:1: churn_rate = \"5\": expected pattern = churn as well"},
    {"pattern = churn\nchurn_rate = 5\nclose = server\n",
     "x.conf:3: close = \"server\": churn is the client's: expected close = client or rst"},
    {"metrics = 8.8.8.8:80\n", "x.conf:1: metrics = \"8.8.8.8:80\": 8.8.8.8 is not an address for "
                               "private use: expected one, or the port alone"},
    {"metrics = 0.0.0.0:80\n", "x.conf:1: metrics = \"0.0.0.0:80\": 0.0.0.0 is not an address for "
                               "private use: expected one, or the port alone"},
    {"peer_pid = 1\n", "x.conf:1: peer_pid = \"1\": the peer is started by gen, which knows it: "
                       "expected peer = none as well"},
    {"json_stream = fd:x\n",
     "x.conf:1: json_stream = \"fd:x\": expected the number of an open file behind fd:"},
    {"reconnect_min = 20s\n",
     "x.conf:1: reconnect_min = \"20s\": longer than reconnect_max: expected at most as long"},
    {"transactions = 5\ncompletions_min = 5\n",
     "x.conf:2: completions_min = \"5\": transactions ends the phase after so many starts: expected"
     " one of them"},
    {"rate = 0\ncompletions_min = 5\n", "x.conf:2: completions_min = \"5\": with rate = 0 nothing"
                                        " completes: expected a rate as well"},
    {"completions_min = 5\nduration_max = 9s\n",
     "x.conf:2: duration_max = \"9s\": shorter than duration: expected at least as long"},
    {"duration_max = 20s\n",
     "x.conf:1: duration_max = \"20s\": expected completions_min as well"},
    {"until = connections\npattern = short_lived\n",
     "x.conf:1: until = \"connections\": short_lived connections do not stay: expected another"
     " pattern"},
    {"until = steady\n", "x.conf:1: until = \"steady\": it takes 50 intervals to tell: expected"
                         " duration of at least 50 times interval"},
    {"until = steady\nrate = 0\nduration = 60s\n",
     "x.conf:1: until = \"steady\": with rate = 0 nothing settles: expected a rate as well"},
    {"enter = steady\n", "x.conf:1: enter = \"steady\": it takes 50 intervals to tell: expected"
                         " warmup of at least 50 times interval"},
    {"enter = steady\nwarmup = 60s\nrate = 0\n",
     "x.conf:1: enter = \"steady\": with rate = 0 nothing settles: expected a rate as well"},
    {"enter = connections>=101\n", "x.conf:1: enter = \"connections>=101\": more than connections ="
                                   " 100: expected at most as many"},
    {"enter = connections>=5\npattern = pooled\n",
     "x.conf:1: enter = \"connections>=5\": this pattern opens none before the load: expected"
     " another pattern"},
    {"abort_window = 5s\n", "x.conf:1: abort_window = \"5s\": expected abort_if as well"},
    {"abort_window = 500ms\nabort_if = errors>5%\n",
     "x.conf:1: abort_window = \"500ms\": shorter than interval: expected at least as long"},
};

START_TEST(test_contradictions)
{
    for (size_t i = 0; i < sizeof contradictions / sizeof *contradictions; i++)
        load_refused(contradictions[i].text, NULL, NULL, contradictions[i].message);
}
END_TEST

START_TEST(test_an_argument_is_blamed_as_written)
{
    load_refused(
        "", WORDS("--target=8.8.8.8:80"), NULL,
        "--target=8.8.8.8:80: 8.8.8.8 is a public address: expected one kept for private use"
        " or tests, or allow_public = yes");
    load_refused("pattern = short_lived\n", NULL, WORDS("BENCH_DEPTH=2"),
                 "BENCH_DEPTH=2: a short_lived connection carries one transaction: expected depth ="
                 " 1");
    load_refused("", WORDS("--rate-scale=0.5"), NULL,
                 "--rate-scale=0.5: with rate = max there is nothing to scale: expected a rate as"
                 " well");
    load_refused("rate = 5\n[a]\nshape = sine\n[b]\n", WORDS("--b.sine-depth=0.5"), NULL,
                 "--b.sine-depth=0.5: shape = constant has no such key: expected shape = sine as"
                 " well");
    load_refused(NULL, WORDS("--wire=xdp:eth0"), NULL,
                 "--wire=xdp:eth0: nothing to talk to: expected target = ADDR:PORT as well");
}
END_TEST

static const char *const passing[] = {
    "target = 8.8.8.8:80\nallow_public = yes\n",
    "connections = 100\nsource = 10.0.0.1\nports = 100-149\ntarget = 10.0.0.2:1, 10.0.0.2:2\n",
    "connections = 10M\nsource = 10.0.0.0/24\n",
    "connections = 12M\nsource = 10.0.0.1\ntarget = 10.1.0.0/24:9000\n",
    "target = 10.0.0.0/19:80\ngateway = 10.9.9.9\n",
    "target = 10.0.0.0/30:80-90, 10.0.0.2:91\n",
    "ports = 1-500, 501-900\n",
    "wire = lab\npeer = exec:cat\n",
    "wire = xdp:eth0\nlisten = 10.0.0.1:80\n",
    "fault_tx = loss=1%\nfault_rx = loss=2%\n",
    "metrics = 192.168.0.1:80\n",
    "peer = none\npeer_pid = 1\n",
    "wire = xdp:eth0\ntarget = 10.0.0.1:80\npeer_pid = 1\n",
    "mtu = 1500\nmss = 1460\n",
    "window = 65535\nwindow_scale = 0\n",
    "rto_min = 1s\n",
    "queue_max = 2s\nrate = 5\n",
    "duration_max = 20s\nabort_window = 5s\n[a]\ncompletions_min = 5\n[b]\nabort_if = errors>5%\n",
    "completions_min = 5\nduration = 5s\nuntil = steady\n",
    "pattern = short_lived\n[a]\n[b]\npattern = long_lived\ndepth = 2\n",
    "workers = 100\n",
    "payload = 100MiB\ndepth = 10\n",
    "protocol = line\nmix = read\npayload = 100MiB\ndepth = 11\n",
    "mix = batch\nbatch_requests = 8\n",
    "mix = batch\nbatch_requests = 8\ndepth = 8\nreply = 128\n",
    "mix = plain:1,read:1\nreply = 128\nbatch_requests = 10\n",
    "shape = replay\nreplay = x.csv\nrate_scale = 2\nqueue_max = 2s\n",
    "shape = replay\nreplay = x.csv\nrate = 0\n",
    "rate_scale = 2\n[a]\n[b]\nrate = 5\n",
    "rate = 5\nshape = burst\nsine_depth = 0.8\nburst_factor = 3\n",
    "rate = 5\nshape = ramp\nramp_from = 1\nramp_to = 0\nramp_time = 60s\n",
    "rate = 5\nshape = walk\nwalk_low = 2\n",
};

START_TEST(test_what_just_passes)
{
    for (size_t i = 0; i < sizeof passing / sizeof *passing; i++) {
        struct fixture f;
        load_well(&f, passing[i], NULL, NULL);
        fixture_fini(&f);
    }
}
END_TEST

START_TEST(test_defaults_that_follow_other_keys)
{
    struct fixture f;
    load_well(&f, "rate = 5\n", NULL, NULL);
    ck_assert_str_eq(f.job.phases[0].shape, "constant");
    fixture_fini(&f);
    load_well(&f, "wire = xdp:eth0\ntarget = 10.0.0.1:80\n", NULL, NULL);
    ck_assert_int_eq(f.job.peer, PEER_NONE);
    fixture_fini(&f);
    load_well(&f, "ip = 6\n", NULL, NULL);
    ck_assert_ptr_nonnull(strstr(f.job.resolved, "target = [2001:2:0:1::1]:9000\nsource = 2001:2::/124\n"));
    fixture_fini(&f);
    load_well(&f, "target = [fd00::1]:80\n", NULL, NULL); /* the target says which family */
    ck_assert_ptr_nonnull(strstr(f.job.resolved, "ip = 6\ntarget = [fd00::1]:80\nsource = 2001:2::/124\n"));
    fixture_fini(&f);
}
END_TEST

CHECK_MAIN("job/check", test_contradictions, test_an_argument_is_blamed_as_written,
           test_what_just_passes, test_defaults_that_follow_other_keys)
