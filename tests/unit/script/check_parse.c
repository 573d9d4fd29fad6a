/* SPDX-License-Identifier: BSD-3-Clause */
/* Lines of the script language, good and bad. */
#include <string.h>

#include "base/err.h"
#include "net/pkt.h"
#include "script/script.h"
#include "tests/lib/check_main.h"

static struct script_row row(const char *text)
{
    struct script s;
    struct err e = {0};
    ck_assert_msg(script_parse(&s, text, "x", &e) == 0, "%s: %s", text, e.message);
    ck_assert_uint_eq(s.count, 1);
    struct script_row r = s.rows[0];
    script_free(&s);
    return r;
}

static void reads_back(const char *text, const char *segment)
{
    char buf[SEGMENT_TEXT];
    struct script_row r = row(text);
    ck_assert_str_eq(segment_text(buf, &r.segment, 0, 0), segment);
}

START_TEST(test_segments)
{
    reads_back("0 < S 0:0(0) win 65535 <mss 1460,sackOK,TS val 7 ecr 0,nop,wscale 7>",
               "S 0:0(0) win 65535 <mss 1460,sackOK,TS val 7 ecr 0,nop,wscale 7>");
    reads_back("+.1 < P. 1:1001(1000) ack 5 win 0", "P. 1:1001(1000) ack 5 win 0");
    reads_back("+.1 < P. 1:1461(1460) ack 5 win 0", "P. 1:1461(1460) ack 5 win 0");
    reads_back("+.1 > P. 1:3001(3000) ack 5 win 0", "P. 1:3001(3000) ack 5 win 0");
    reads_back("+0 > FEW. 1:1(0) ack 1", "FEW. 1:1(0) ack 1 win 0");
    reads_back("+0 < . 1:1(0) ack 1 win 9 <nop,nop,sack 1001:2001 3001:4001>",
               ". 1:1(0) ack 1 win 9 <nop,nop,sack 1001:2001 3001:4001>");
    reads_back("+0 < . 1:1(0) ack 1 win 9 <wscale 3>", ". 1:1(0) ack 1 win 9 <wscale 3,eol>");
}
END_TEST

START_TEST(test_times)
{
    struct script_row r = row("1.5 > . 1:1(0) ack 1");
    ck_assert(r.when == WHEN_AT && r.from_ns == 1500000000 && r.to_ns == r.from_ns);
    r = row("+.2~+.3 > . 1:1(0) ack 1");
    ck_assert(r.when == WHEN_AFTER && r.from_ns == 200000000 && r.to_ns == 300000000);
    ck_assert(row("* > . 1:1(0) ack 1").when == WHEN_ANY);
}
END_TEST

START_TEST(test_calls)
{
    struct script_row r = row("+0 write(4, ..., 1000) = 1000 // and a comment");
    ck_assert(r.call == CALL_WRITE && r.fd == 4 && r.amount == 1000 && r.result == 1000);
    r = row("+0 send(4, ..., 7, 0) = 7");
    ck_assert(r.call == CALL_WRITE && r.amount == 7);
    r = row("+0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)");
    ck_assert(r.call == CALL_CONNECT && r.result == -1);
    ck_assert_str_eq(r.error, "EINPROGRESS");
    r = row("+0 setsockopt(4, SOL_SOCKET, SO_LINGER, {onoff=1, linger=0}, 8) = 0");
    ck_assert_str_eq(r.name, "SO_LINGER");
    ck_assert_int_eq(r.value, 1);
    ck_assert(row("0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3").result == 3);
}
END_TEST

static void refused(const char *text, const char *says)
{
    struct script s;
    struct err e = {0};
    ck_assert_msg(script_parse(&s, text, "x.pkt", &e) < 0, "%s", text);
    ck_assert_int_eq(e.exit_code, EXIT_USAGE);
    ck_assert_msg(strstr(e.message, says) != NULL, "%s: %s", text, e.message);
}

START_TEST(test_refused)
{
    refused("", "nothing in it");
    refused("\n+0 < Q 0:0(0) win 1", "x.pkt:2: \"Q 0:0(0) win 1\": expected flags");
    refused("soon > . 1:1(0) ack 1", "expected a time");
    refused("+.3~+.2 > . 1:1(0) ack 1", "expected a time");
    refused("+0~+1 < . 1:1(0) ack 1 win 1", "expected one time for what arrives");
    refused("+0 < . 1:9(1) ack 1 win 1", "start and length together");
    refused("+0 < . 1:1462(1461) ack 1 win 1", "at most 1460 bytes in what arrives");
    refused("+0 < . 1:1(0) win 1", "the flags have the dot");
    refused("+0 < S 0:0(0)", "expected win N");
    refused("+0 < S 0:0(0) win 65536", "a window up to 65535");
    refused("+0 < S 0:0(0) win 1 <mss>", "expected an option");
    refused("+0 < S 0:0(0) win 1 <...>", "the options of what arrives");
    refused("+0 < S 0:0(0) win 1 <mss 1", "> behind the options");
    refused("+0 < S 0:0(0) win 1 x", "the end of the line");
    refused("+0 < S 0:0(0) win 1 <TS val 1 ecr 2,TS val 1 ecr 2,TS val 1 ecr 2,TS val 1 ecr 2,mss 1>",
            "40 bytes in all");
    refused("+0 poll(1) = 0", "\"poll(1) = 0\": expected <, > or a call");
    refused("+0 setsockopt(3, SOL_TCP, TCP_CORK, [1], 4) = 0", "SO_REUSEADDR, SO_LINGER");
    refused("+0 shutdown(3, SHUT_RD) = 0", "SHUT_WR");
    refused("+0 close(3)", "what the call gives");
    refused("+0 close(16) = 0", "descriptors below 16");
    refused("--ip_version=ipv6\n", "--tolerance_usecs=N");
}
END_TEST

CHECK_MAIN("script/parse", test_segments, test_times, test_calls, test_refused)
