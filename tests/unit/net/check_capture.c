/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Lets tshark judge frames that we built: no bad checksum, nothing malformed. The same frames with
 * one byte changed must be flagged, or the judge is asleep.
 */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "base/csum.h"
#include "frames6.h"
#include "tests/lib/check_main.h"

#define SEGMENTS (16 * 4 * 3) /* of each family */
#define OTHERS  8
#define SKIPPED 77

static char dir[] = "/tmp/check_capture.XXXXXX", capture_path[64];

static const struct ip_addr ip6_1 = {0x2001000200000000, 1}, ip6_2 = {0x2001000200000000, 2};

static void put32_host(FILE *f, uint32_t value)
{
    fwrite(&value, sizeof value, 1, f);
}

static FILE *capture_open(void)
{
    FILE *f = fopen(capture_path, "wb");
    ck_assert_ptr_nonnull(f);
    static const uint32_t header[6] = {0xa1b2c3d4, 4 << 16 | 2, 0, 0, 65535, 1};
    fwrite(header, sizeof header, 1, f);
    return f;
}

static void capture_add(FILE *f, const uint8_t *frame, uint32_t len)
{
    put32_host(f, 0);
    put32_host(f, 0);
    put32_host(f, len);
    put32_host(f, len);
    fwrite(frame, len, 1, f);
}

/* A frame of each option set, length and tagging; `spoil` changes the byte at this offset from
 * the end of each TCP frame (0: none). */
static void add_segments(FILE *f, uint32_t spoil)
{
    static const uint32_t lengths[4] = {0, 1, 64, 1447};
    for (uint32_t i = 0; i < 2 * SEGMENTS; i++) {
        bool is4 = i < SEGMENTS;
        struct net_path path = {.src_mac = {2, 0, 0, 0, 0, 2},
                                .dst_mac = {2, 0, 0, 0, 0, 1},
                                .src = is4 ? ip4_addr(0xc6120002) : ip6_2,
                                .dst = is4 ? ip4_addr(0xc6120001) : ip6_1,
                                .ttl = 64,
                                .dscp = (uint8_t)(i & 63),
                                .vlan = {.id = i / 64 % 3 ? 7 : 0,
                                         .outer = i / 64 % 3 == 2 ? 9 : 0}};
        struct net_seg s = {.src_port = (uint16_t)(20000 + i),
                            .dst_port = 9,
                            .seq = i * 77777,
                            .ack = i,
                            .window = 501,
                            .flags = TCP_ACK,
                            .opts = i & 15,
                            .mss = 1460,
                            .wscale = 7,
                            .ts_val = i,
                            .ts_ecr = ~i};
        struct net_template t;
        uint8_t frame[2048];
        net_template_init(&t, &path);
        uint32_t at = net_tcp_header_len(&t, s.opts), len = lengths[i / 16 % 4];
        if (s.opts & (TCP_OPT_MSS | TCP_OPT_WSCALE | TCP_OPT_SACK_OK))
            s.flags |= TCP_SYN;
        for (uint32_t j = 0; j < len; j++)
            frame[at + j] = (uint8_t)(i * 31 + j * 7);
        len = net_tcp_build(&t, frame, &s, len, csum_add(frame + at, len));
        if (spoil)
            frame[len - spoil] ^= 0x10;
        capture_add(f, frame, len);
    }
}

static const struct net_vlan none = {0, 0}, tagged = {7, 9};

static void add_others(FILE *f)
{
    static const uint8_t mac[6] = {2, 0, 0, 0, 0, 1}, peer[6] = {2, 0, 0, 0, 0, 2};
    struct ip_addr ip = ip4_addr(0xc6120001), peer_ip = ip4_addr(0xc6120002);
    struct bytes ping = bytes_from_hex(PING_FRAME);
    struct pkt p;
    uint8_t frame[100];
    ck_assert_int_eq(pkt_parse(&p, ping.data, ping.len, false), 0);
    capture_add(f, ping.data, ping.len);
    capture_add(f, frame, net_icmp_echo_reply(frame, sizeof frame, &p, mac));
    capture_add(f, frame, net_arp_build(frame, 1, mac, ip, NULL, peer_ip, none));
    capture_add(f, frame, net_arp_build(frame, 2, mac, ip, peer, peer_ip, tagged));
    free(ping.data);
}

/* What goes with IPv6: an echo, questions and answers of neighbours. */
static void add_others6(FILE *f)
{
    static const uint8_t mac[6] = {2, 0, 0, 0, 0, 1};
    struct bytes ping = bytes_from_hex(PING6_FRAME), ask = bytes_from_hex(ASK6_FRAME);
    struct pkt p;
    uint8_t frame[100];
    ck_assert_int_eq(pkt_parse(&p, ping.data, ping.len, false), 0);
    capture_add(f, ping.data, ping.len);
    capture_add(f, frame, net_icmp_echo_reply(frame, sizeof frame, &p, mac));
    capture_add(f, frame, net_ndp_ask(frame, mac, ip6_1, ip6_2, tagged));
    ck_assert_int_eq(pkt_parse(&p, ask.data, ask.len, false), 0);
    capture_add(f, frame, net_ndp_tell(frame, &p, mac));
    free(ping.data);
    free(ask.data);
}

static int tshark_count(const char *filter)
{
    char command[512], line[256];
    int count = 0;
    snprintf(command, sizeof command,
             "tshark -r %s -o ip.check_checksum:TRUE -o tcp.check_checksum:TRUE -Y '%s' 2>%s/err",
             capture_path, filter, dir);
    FILE *out = popen(command, "r");
    ck_assert_ptr_nonnull(out);
    while (fgets(line, sizeof line, out))
        count++;
    ck_assert_int_eq(pclose(out), 0);
    return count;
}

#define BAD                                                                                        \
    "ip.checksum.status == \"Bad\" || tcp.checksum.status == \"Bad\" || "                          \
    "icmp.checksum.status == \"Bad\" || icmpv6.checksum.status == \"Bad\" || _ws.malformed || ip.bogus_header_length || "               \
    "tcp.options.unknown"

START_TEST(nothing_is_bad)
{
    FILE *f = capture_open();
    add_segments(f, 0);
    add_others(f);
    add_others6(f);
    fclose(f);
    ck_assert_int_eq(tshark_count("frame"), 2 * SEGMENTS + OTHERS);
    ck_assert_int_eq(
        tshark_count("tcp.checksum.status == \"Good\" && ip.checksum.status == \"Good\""),
        SEGMENTS);
    ck_assert_int_eq(tshark_count("ipv6 && tcp.checksum.status == \"Good\""), SEGMENTS);
    ck_assert_int_eq(tshark_count("arp || icmp.checksum.status == \"Good\" || "
                                  "icmpv6.checksum.status == \"Good\""), OTHERS);
    ck_assert_int_eq(tshark_count(BAD), 0);
}
END_TEST

START_TEST(a_changed_byte_is_flagged)
{
    FILE *f = capture_open();
    add_segments(f, 1);
    fclose(f);
    ck_assert_int_eq(tshark_count(BAD), 2 * SEGMENTS);
}
END_TEST

static int run(void)
{
    Suite *suite = suite_create("net/capture");
    TCase *all = tcase_create("net/capture");
    tcase_set_timeout(all, 120);
    tcase_add_test(all, nothing_is_bad);
    tcase_add_test(all, a_changed_byte_is_flagged);
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

int main(void)
{
    char err_path[64];
    if (system("tshark --version >/dev/null 2>&1") != 0) {
        printf("skipped: tshark is not installed\n");
        return SKIPPED;
    }
    if (!mkdtemp(dir)) {
        printf("%s: %s\n", dir, strerror(errno));
        return EXIT_FAILURE;
    }
    snprintf(capture_path, sizeof capture_path, "%s/built.pcap", dir);
    snprintf(err_path, sizeof err_path, "%s/err", dir);
    int ret = run();
    unlink(capture_path);
    unlink(err_path);
    rmdir(dir);
    return ret;
}
