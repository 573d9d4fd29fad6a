/* SPDX-License-Identifier: BSD-3-Clause */
/* Every script of tests/tcp, played on our engine: over IPv4 and IPv6, with and without timestamps and
 * SACK, and once more with clock and numbers about to wrap. */
#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "script/engine.h"
#include "tests/lib/check_main.h"

#define S_TK ((uint32_t)(1000000000ull >> TCP_TICK_SHIFT))

static struct stack_config config(bool timestamps, bool sack)
{
    return (struct stack_config){
        .tcp = {.ooo_pieces = 64, .piece_bytes = 1460, .side_blocks = 64, .window = 262144,
                .window_scale = 7, .timestamps = timestamps, .sack = sack, .rack = sack, .delayed_ack = true, .congestion = true,
                .rto_min_tk = S_TK / 5, .rto_max_tk = 60 * S_TK, .rto_initial_tk = S_TK,
                .delack_tk = S_TK / 25, .time_wait_tk = 60 * S_TK, .init_cwnd = 10, .retries = 8,
                .syn_retries = 8, .secret = 0x123456789abcdef0ull},
        .mtu = 1500,
    };
}

struct mode {
    bool timestamps, sack, wraps, ip6;
};

static void play(const struct script *s, const char *name, struct mode m)
{
    struct stack_config cfg = config(m.timestamps, m.sack);
    cfg.local[0].first = script_our_addr(m.ip6);
    struct err e = {0};
    char why[SCRIPT_WHY];
    uint64_t start_ns = m.wraps ? (1ull << 42) - 20000000 : 5000000000ull;
    struct script_engine *g = script_engine_open(&cfg, start_ns, &e);
    ck_assert_ptr_nonnull(g);
    struct script_side side = script_engine_side(g);
    struct script_play play = {.peer_iss = m.wraps ? 0xffffff80u : 77};
    int rc = script_run(s, &side, &play, why);
    ck_assert_msg(!rc, "%s (timestamps %d, sack %d, wraps %d, IPv%d): %s", name, m.timestamps, m.sack,
                  m.wraps, m.ip6 ? 6 : 4, why);
    const char *leak = script_engine_leak(g);
    ck_assert_msg(!leak, "%s: %s", name, leak);
    script_engine_close(g);
}

/* A script that is about an option needs it on. */
static bool wants(const struct script *s, const char *option)
{
    char text[SEGMENT_TEXT];
    for (uint32_t i = 0; i < s->count; i++)
        if (s->rows[i].kind == SCRIPT_LEAVES &&
            strstr(segment_options_text(text, &s->rows[i].segment, 0), option))
            return true;
    return false;
}

static void play_file(const char *path)
{
    struct script s;
    struct err e = {0};
    ck_assert_msg(script_load(&s, path, &e) == 0, "%s", e.message);
    ck_assert_msg(s.title[0], "%s: expected a comment that says what it is about", path);
    for (unsigned i = 0; i < 16; i++)
        if ((i & 1 || !wants(&s, "TS")) && (i & 2 || !wants(&s, "sack")))
            play(&s, path, (struct mode){i & 1, i & 2, i & 4, i & 8});
    script_free(&s);
}

START_TEST(test_every_script)
{
    char path[600];
    uint32_t count = 0;
    DIR *dir = opendir(SCRIPTS);
    const struct dirent *d;
    ck_assert_ptr_nonnull(dir);
    while ((d = readdir(dir))) {
        size_t len = strlen(d->d_name);
        if (len < 4 || strcmp(d->d_name + len - 4, ".pkt"))
            continue;
        snprintf(path, sizeof path, "%s/%s", SCRIPTS, d->d_name);
        play_file(path);
        count++;
    }
    closedir(dir);
    ck_assert_uint_ge(count, 25);
}
END_TEST

/* A script that says what is not so fails, and says where. */
static void fails(const char *text, const char *says)
{
    struct script s;
    struct err e = {0};
    char why[SCRIPT_WHY];
    struct stack_config cfg = config(true, true);
    ck_assert_msg(script_parse(&s, text, "x", &e) == 0, "%s", e.message);
    struct script_engine *g = script_engine_open(&cfg, 5000000000ull, &e);
    struct script_side side = script_engine_side(g);
    ck_assert_int_eq(script_run(&s, &side, &(struct script_play){0}, why), -1);
    ck_assert_msg(strstr(why, says) != NULL, "%s", why);
    script_engine_close(g);
    script_free(&s);
}

#define ACCEPTED                                                                                   \
    "0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n"                                                \
    "+0 bind(3, ..., ...) = 0\n"                                                                   \
    "+0 listen(3, 1) = 0\n"                                                                        \
    "+0 < S 0:0(0) win 32792 <mss 1000,nop,wscale 7>\n"                                            \
    "+0 > S. 0:0(0) ack 1 <...>\n"                                                                 \
    "+.1 < . 1:1(0) ack 1 win 257\n"                                                               \
    "+0 accept(3, ..., ...) = 4\n"                                                                 \
    "+0 write(4, ..., 1000) = 1000\n"

START_TEST(test_what_is_not_so)
{
    fails(ACCEPTED "+0 > . 1:1001(1000) ack 2\n", "it acknowledges something else: found P. 1:1001");
    fails(ACCEPTED "+0 > . 2:1002(1000) ack 1\n", "it begins elsewhere");
    fails(ACCEPTED "+0 > . 1:501(500) ack 1\n", "its length is another");
    fails(ACCEPTED "+0 > F. 1:1001(1000) ack 1\n", "line 9, > F. 1:1001(1000) ack 1 win 0: the flags are others");
    fails(ACCEPTED "+0 > . 1:1001(1000) ack 1 win 1\n", "its window is another");
    fails(ACCEPTED "+0 > . 1:1001(1000) ack 1 <sackOK>\n", "its options are others");
    fails(ACCEPTED "+.2 > . 1:1001(1000) ack 1\n", "it left at another time than 0.300000");
    fails(ACCEPTED "+0 > . 1:1001(1000) ack 1\n+.1 > . 1001:1002(1) ack 1\n", "nothing left in time");
    fails(ACCEPTED "+.1 < . 1:1(0) ack 1 win 257\n", "before it a segment left that no row tells");
    fails(ACCEPTED "+.1 read(4, ..., 100) = 0\n", "before it a segment left that no row tells");
    fails(ACCEPTED "+0 > . 1:1001(1000) ack 1\n+0 read(4, ..., 9) = 0\n",
          "gives something else: found -1 EAGAIN");
    fails(ACCEPTED "+0 > . 1:1001(1000) ack 1\n+0 read(9, ..., 9) = 0\n", "found -1 EBADF");
}
END_TEST

CHECK_MAIN("script/scripts", test_every_script, test_what_is_not_so)
