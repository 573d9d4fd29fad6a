/* SPDX-License-Identifier: BSD-3-Clause */
#include "live/ctl_parse.h"

#include <string.h>

#include "tests/lib/check_main.h"

static const struct {
    const char *line;
    enum ctl_verb verb;
    const char *argument;
    double rate;
    enum ctl_way way;
    const char *faults;
} good[] = {
    {"status", CTL_STATUS, "", 0, CTL_BOTH, ""},
    {"  stop\t", CTL_STOP, "", 0, CTL_BOTH, ""},
    {"next", CTL_NEXT, "", 0, CTL_BOTH, ""},
    {"rate 60k/s", CTL_RATE, "60k/s", 60000, CTL_BOTH, ""},
    {"rate  0.001", CTL_RATE, "0.001", 0.001, CTL_BOTH, ""},
    {"rate 1G", CTL_RATE, "1G", 1e9, CTL_BOTH, ""},
    {"fault loss=5%", CTL_FAULT, "loss=5%", 0, CTL_BOTH, "loss=5%"},
    {"fault none", CTL_FAULT, "none", 0, CTL_BOTH, ""},
    {"fault rx loss=5%, reorder=1%", CTL_FAULT, "rx loss=5%, reorder=1%", 0, CTL_RX,
     "loss=5%, reorder=1%"},
    {"fault tx  none", CTL_FAULT, "tx  none", 0, CTL_TX, ""},
};

START_TEST(what_is_asked)
{
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct ctl_command c;
        char why[160] = "";
        ck_assert_msg(!ctl_parse(good[i].line, strlen(good[i].line), &c, why, sizeof why), "%s: %s",
                      good[i].line, why);
        ck_assert_int_eq(c.verb, good[i].verb);
        ck_assert_str_eq(c.argument, good[i].argument);
        ck_assert_double_eq_tol(c.rate_per_s, good[i].rate, 1e-12);
        ck_assert_int_eq(c.way, good[i].way);
        ck_assert_str_eq(c.faults, good[i].faults);
    }
}
END_TEST

#define RATES  "expected a rate from 0.001/s to 1000000000/s (500, 60k/s, 600/min)"
#define VERBS  "expected status, rate, next, fault or stop"
#define FAULTS "expected [rx|tx] FAULTS (loss=5%,reorder=1%) or none"

static const struct {
    const char *line, *why;
} bad[] = {
    {"", "unknown command \"\": " VERBS},
    {"halt", "unknown command \"halt\": " VERBS},
    {"sta", "unknown command \"sta\": " VERBS},
    {"statuses", "unknown command \"statuses\": " VERBS},
    {"Status", "unknown command \"Status\": " VERBS},
    {"status now", "status \"now\": expected nothing behind it"},
    {"stop 5s", "stop \"5s\": expected nothing behind it"},
    {"rate", "rate \"\": " RATES},
    {"rate max", "rate \"max\": " RATES},
    {"rate 0", "rate \"0\": " RATES},
    {"rate -5", "rate \"-5\": " RATES},
    {"rate nan", "rate \"nan\": " RATES},
    {"rate 2G", "rate \"2G\": " RATES},
    {"rate 5 6", "rate \"5 6\": " RATES},
    {"fault", "fault \"\": " FAULTS},
    {"fault rx", "fault \"rx\": " FAULTS},
    {"fault tx ", "fault \"tx\": " FAULTS},
    {"stop\n", "expected a line of at most 511 printable bytes"},
    {"stop\xc3\xa4", "expected a line of at most 511 printable bytes"},
};

START_TEST(what_is_refused)
{
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct ctl_command c;
        char why[160] = "";
        ck_assert_int_lt(ctl_parse(bad[i].line, strlen(bad[i].line), &c, why, sizeof why), 0);
        ck_assert_str_eq(why, bad[i].why);
    }
}
END_TEST

START_TEST(length_is_bounded)
{
    char line[CTL_LINE_MAX + 1], why[160];
    struct ctl_command c;
    memset(line, 'x', sizeof line);
    memcpy(line, "fault ", 6);
    ck_assert_int_eq(ctl_parse(line, CTL_LINE_MAX - 1, &c, why, sizeof why), 0);
    ck_assert_uint_eq(strlen(c.faults), CTL_LINE_MAX - 7);
    ck_assert_int_lt(ctl_parse(line, CTL_LINE_MAX, &c, why, sizeof why), 0);
    line[3] = '\0';
    ck_assert_int_lt(ctl_parse(line, 20, &c, why, sizeof why), 0);
}
END_TEST

CHECK_MAIN("live/ctl_parse", what_is_asked, what_is_refused, length_is_bounded)
