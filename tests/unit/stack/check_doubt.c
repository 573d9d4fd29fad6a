/* SPDX-License-Identifier: BSD-3-Clause */
/* A neighbour that moves without a word: time-outs cast doubt on it, both families. */
#include "fixture.h"

#define OPENS 2 /* connections, whose time-outs come together */

struct family {
    struct ip_addr us, them;
    enum pkt_kind question;
};

static const struct family families[] = {
    {{0, IP4_MAPPED | 0xc6120001}, {0, IP4_MAPPED | 0xc6120002}, PKT_ARP},
    {{0x2001000200000000, 1}, {0x2001000200000000, 2}, PKT_NDP},
};

#define FAMILIES (sizeof families / sizeof *families)

struct left {
    uint32_t segments, questions;
};

/* Goes on until so many segments have left. */
static struct left until_segments(struct fixture *f, const struct family *a, uint32_t segments)
{
    struct left left = {0};
    for (int i = 0; i < 2000 && left.segments < segments; i++, f->now_ns += 10 * MS) {
        turn(f);
        while (answered(f)) {
            left.segments += f->answer.kind == PKT_TCP;
            left.questions += f->answer.kind == a->question;
        }
    }
    ck_assert_uint_eq(left.segments, segments);
    turn(f); /* time-outs come after the questions of a round */
    while (answered(f))
        left.questions += f->answer.kind == a->question && ip_equal(f->answer.src, a->us);
    return left;
}

/* Opens to somebody who is known and does not answer. */
static uint32_t open_in_vain(struct fixture *f, const struct family *a)
{
    uint32_t path = stack_path(&f->stack, a->us, a->them, f->now_ns);
    neigh_learn(&f->stack.neigh, a->them, their_mac, f->now_ns, &(bool){false});
    for (uint16_t i = 0; i < OPENS; i++)
        ck_assert_uint_ne(tcp_open(&f->stack.tcp, path, 5000 + i, 80, f->stack.paths[path].mss, 0), CONN_NONE);
    return path;
}

/* Its answer, from elsewhere. */
static void deliver_answer(struct fixture *f, const struct family *a)
{
    struct frame frame = blank(f);
    struct pkt ask = {.src = a->us, .dst = a->them, .eth_src = f->link->ends[0].port.mac, .ndp = {.target = a->them}};
    deliver(f, frame, a->question == PKT_ARP
                          ? net_arp_build(frame.data, 2, other_mac, a->them, ask.eth_src, a->us, untagged)
                          : net_ndp_tell(frame.data, &ask, other_mac));
}

START_TEST(test_asked_after_the_second_time_out)
{
    for (size_t i = 0; i < FAMILIES; i++) {
        const struct family *a = &families[i];
        struct fixture *f = open_as(&(struct stack_config){.local = {{a->us, 1, 0}}});
        uint32_t path = open_in_vain(f, a);
        ck_assert_uint_eq(until_segments(f, a, 2 * OPENS).questions, 0);
        ck_assert_uint_eq(until_segments(f, a, OPENS).questions, 1); /* for all of them */
        deliver_answer(f, a);
        ck_assert_mem_eq(f->stack.paths[path].head.bytes, other_mac, 6);
        ck_assert_uint_eq(f->count[COUNTER_NEIGHBOURS_MOVED], 1);
        ck_assert_uint_eq(until_segments(f, a, OPENS).questions, 1);
        close_all(f);
    }
}
END_TEST

START_TEST(test_whom_the_kernel_knows_is_not_asked)
{
    for (size_t i = 0; i < FAMILIES; i++) {
        const struct family *a = &families[i];
        struct neigh_known known = {.addr = a->them, .mac = {2, 0, 0, 0, 0, 0x77}};
        struct fixture *f = open_as(&(struct stack_config){.local = {{a->us, 1, 0}},
                                                           .known = &known, .known_count = 1});
        open_in_vain(f, a);
        ck_assert_uint_eq(until_segments(f, a, 4 * OPENS).questions, 0);
        close_all(f);
    }
}
END_TEST

CHECK_MAIN("stack/doubt", test_asked_after_the_second_time_out, test_whom_the_kernel_knows_is_not_asked)
