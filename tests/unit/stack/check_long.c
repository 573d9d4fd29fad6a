/* SPDX-License-Identifier: BSD-3-Clause */
/* Frames of several segments: to a wire that cuts them, and from one that did not. */
#include "fixture.h"

#include "net/peek.h"
#include "stack/path.h"

struct long_fixture {
    struct fixture *f;
    struct cutting cuts;
    uint32_t conn, path;
    uint16_t wanted_mss; /* of the long frames that leave */
    uint32_t seen;       /* of them */
};

/* What a device is handed: where TCP begins, the sum of the pseudo-header without the length. */
static void on_built(void *ctx, uint32_t conn, const struct frame *frame)
{
    struct long_fixture *l = ctx;
    struct net_transport t;
    uint16_t field, sum;
    ck_assert_uint_eq(conn, l->conn);
    ck_assert(net_peek(&t, frame->data, frame->len));
    ck_assert_uint_eq(frame->l4_off, t.at - frame->data);
    ck_assert(frame->flags & FRAME_TX_CSUM);
    bool is_long = frame->flags & FRAME_TSO;
    memcpy(&field, t.at + 16, 2);
    uint8_t tail[4] = {0, 6, (uint8_t)(t.len >> 8), (uint8_t)t.len};
    sum = csum_fold(csum_add(t.addresses, t.addresses_len) + csum_add(tail, is_long ? 2 : 4));
    ck_assert_uint_eq(field, sum);
    ck_assert_uint_eq(frame->mss, is_long ? l->wanted_mss : 0);
    l->seen += is_long;
}

static void on_arrived(void *ctx, const struct frame *frame)
{
    (void)ctx, (void)frame;
}

static void on_dry(void *ctx, uint32_t conn)
{
    (void)ctx, (void)conn;
}

/* An open connection whose peer takes segments of `mss` bytes. */
static struct long_fixture *open_long(bool is4, struct net_vlan vlan, uint16_t mss)
{
    static struct long_fixture l;
    static struct stack_watch watch = {.rx = on_arrived, .tx = on_built, .dry = on_dry, .ctx = &l};
    struct ip_addr near = is4 ? us() : us6(), far = is4 ? them() : them6();
    l = (struct long_fixture){.wanted_mss = mss};
    struct fixture *f = l.f = open_over(&(struct stack_config){.local = {{near, 1, 0}}, .vlan = vlan}, &l.cuts);
    l.path = stack_path(&f->stack, near, far, f->now_ns);
    neigh_learn(&f->stack.neigh, far, their_mac, f->now_ns, &(bool){false});
    path_neighbour_ready(&f->stack, f->stack.paths[l.path].neigh);
    l.conn = tcp_open(&f->stack.tcp, l.path, 4000, 80, f->stack.paths[l.path].mss, 0);
    turn(f);
    while (answered(f) && f->answer.kind != PKT_TCP)
        continue;
    deliver_tcp_from(f, far, near, (struct net_seg){.src_port = 80, .dst_port = 4000, .seq = 100,
                     .ack = f->answer.tcp.seq + 1, .window = 60000, .flags = TCP_SYN | TCP_ACK,
                     .opts = TCP_OPT_MSS, .mss = mss}, vlan);
    while (answered(f))
        continue;
    ck_assert_int_eq(tcp_conn(&f->stack.tcp, l.conn)->state, TCP_ESTABLISHED);
    f->stack.watch = &watch;
    return &l;
}

static void close_long(struct long_fixture *l)
{
    close_all(l->f);
    cutting_close(&l->cuts);
}

/* Sends so much; the segments that come out of the wire are of `mss` bytes, but the last. */
static void send_and_see(struct long_fixture *l, uint32_t len, uint32_t mss)
{
    struct fixture *f = l->f;
    uint64_t frames = f->count[COUNTER_FRAMES_TX], bytes = f->count[COUNTER_WIRE_TX];
    uint32_t seq = tcp_conn(&f->stack.tcp, l->conn)->snd_nxt, got = 0, count = 0, wire = 0;
    tcp_send(&f->stack.tcp, l->conn, len);
    turn(f);
    while (answered(f)) {
        ck_assert_uint_eq(f->answer.tcp.seq, seq + got);
        ck_assert_uint_eq(f->answer.tcp.payload_len, len - got < mss ? len - got : mss);
        got += f->answer.tcp.payload_len;
        wire += f->frame.len;
        count++;
    }
    ck_assert_uint_eq(got, len);
    ck_assert_uint_eq(f->count[COUNTER_FRAMES_TX] - frames, count);
    ck_assert_uint_eq(f->count[COUNTER_WIRE_TX] - bytes, wire);
}

START_TEST(text_is_cut_and_counted_as_segments)
{
    const struct net_vlan vlans[] = {{0, 0}, {7, 0}, {7, 9}};
    for (int i = 0; i < 6; i++) {
        struct long_fixture *l = open_long(i & 1, vlans[i / 2], 500);
        ck_assert_uint_eq(l->seen, 0);
        send_and_see(l, 400, 500);
        send_and_see(l, 4321, 500);
        ck_assert_uint_eq(l->f->count[COUNTER_FRAMES_CUT], 1);
        ck_assert_uint_eq(l->cuts.cut, 1);
        close_long(l);
    }
}
END_TEST

START_TEST(without_a_long_frame_each_goes_alone)
{
    struct long_fixture *l = open_long(true, untagged, 500);
    l->cuts.lent = (1u << CUTTING_LONG) - 1;
    send_and_see(l, 1700, 500);
    ck_assert_uint_eq(l->f->count[COUNTER_FRAMES_CUT], 0);
    l->cuts.lent = 0;
    send_and_see(l, 1700, 500);
    ck_assert_uint_eq(l->f->count[COUNTER_FRAMES_CUT], 1);
    close_long(l);
}
END_TEST

/* Told to another connection: this one learns it before its next frame is cut. */
START_TEST(a_path_that_became_narrow)
{
    struct long_fixture *l = open_long(true, untagged, 1460);
    l->f->stack.paths[l->path].mss = l->wanted_mss = 536;
    send_and_see(l, 3000, 536);
    ck_assert_uint_eq(l->f->count[COUNTER_FRAMES_CUT], 1);
    close_long(l);
}
END_TEST

/* Hands over a frame that nobody cut. */
static void deliver_uncut(struct long_fixture *l, uint32_t len, uint16_t mss)
{
    static uint8_t data[8192];
    struct fixture *f = l->f;
    const struct conn *c = tcp_conn(&f->stack.tcp, l->conn);
    struct net_path path = {.src = them(), .dst = us(), .ttl = 64};
    struct net_template head;
    struct net_seg seg = {.src_port = 80, .dst_port = 4000, .seq = c->rcv_nxt, .ack = c->snd_nxt,
                          .window = 60000, .flags = TCP_ACK | TCP_PSH};
    memcpy(path.src_mac, their_mac, 6);
    memcpy(path.dst_mac, f->link->ends[0].port.mac, 6);
    net_template_init(&head, &path);
    uint8_t *text = data + net_tcp_header_len(&head, 0);
    memset(text, 'y', len);
    struct frame *frame = &f->stack.rx[0];
    *frame = frame_of(data, 0, net_tcp_build(&head, data, &seg, len, csum_add(text, len)));
    frame->flags = mss ? FRAME_TSO : 0;
    frame->mss = mss;
    f->stack.rx_count = 1;
    stack_input(&f->stack, 0, 1, f->now_ns);
    f->stack.rx_count = 0;
}

START_TEST(what_nobody_cut_counts_as_its_segments)
{
    struct long_fixture *l = open_long(true, untagged, 1460);
    struct fixture *f = l->f;
    uint64_t frames = f->count[COUNTER_FRAMES_RX], segments = f->count[COUNTER_SEGMENTS_RX];
    uint64_t bytes = f->count[COUNTER_WIRE_RX];
    deliver_uncut(l, 2500, 1000);
    deliver_uncut(l, 1000, 1000);
    deliver_uncut(l, 100, 0);
    ck_assert_uint_eq(f->got, 3600);
    ck_assert_uint_eq(f->count[COUNTER_FRAMES_RX] - frames, 5);
    ck_assert_uint_eq(f->count[COUNTER_SEGMENTS_RX] - segments, 5);
    ck_assert_uint_eq(f->count[COUNTER_WIRE_RX] - bytes, 3600 + 5 * (14 + 20 + 20));
    ck_assert_uint_eq(f->count[COUNTER_FRAMES_UNCUT], 1);
    f->stack.watch = NULL;
    turn(f);
    while (answered(f))
        continue;
    close_long(l);
}
END_TEST

CHECK_MAIN("stack/long", text_is_cut_and_counted_as_segments, without_a_long_frame_each_goes_alone,
           a_path_that_became_narrow, what_nobody_cut_counts_as_its_segments)
