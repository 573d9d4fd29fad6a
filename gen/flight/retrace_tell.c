/* SPDX-License-Identifier: BSD-3-Clause */
#include "flight/retrace_tell.h"

#include <stdio.h>
#include <string.h>

#include "net/segment.h"

void tell_record(struct retrace *r, const struct tape_record *record)
{
    r->show(r->ctx, &(struct retrace_step){.record = record, .number = r->number,
                                           .at_ns = record->at_ns});
}

void tell_event(struct retrace *r, enum tcp_event event)
{
    static const char *const names[] = {"open", "the peer has closed", "closed", "reset", "refused",
                                        "timed out"};
    r->show(r->ctx, &(struct retrace_step){.event = names[event]});
}

/* A slot that waits to be used again says so too. */
void tell_state(struct retrace *r, uint64_t at_ns)
{
    if (r->conn == CONN_NONE)
        return;
    uint8_t state = tcp_conn(&r->stack.tcp, r->conn)->state;
    if (state == r->state)
        return;
    r->state = state;
    r->show(r->ctx, &(struct retrace_step){.at_ns = at_ns,
                                           .state = tcp_state_name((enum tcp_state)state)});
}

void tell_difference(struct retrace *r, const struct tape_record *record, const struct frame *sent,
                     const char *what)
{
    r->differences++;
    r->show(r->ctx, &(struct retrace_step){.record = record, .number = r->number,
                                           .at_ns = record->at_ns, .sent = sent, .differs = what});
}

static bool number_differs(const char *name, uint32_t recorded, uint32_t found, char *what)
{
    if (recorded == found)
        return false;
    snprintf(what, RETRACE_TELL, "%s is %u, recorded %u", name, found, recorded);
    return true;
}

bool frames_differ(const struct tape_record *record, const struct frame *sent, char *what)
{
    struct segment a, b;
    if (!segment_read(&a, tape_body(record), record->bytes) ||
        !segment_read(&b, sent->data, sent->len)) {
        snprintf(what, RETRACE_TELL, "no TCP segment");
        return true;
    }
    if (number_differs("flags", a.flags, b.flags, what) ||
        number_differs("sequence number", a.seq, b.seq, what) ||
        number_differs("acknowledgement", a.ack, b.ack, what) ||
        number_differs("window", a.window, b.window, what) ||
        number_differs("payload", a.payload_len, b.payload_len, what) ||
        number_differs("traffic class", a.tos, b.tos, what))
        return true;
    if (segment_equal(&a, &b))
        return false;
    snprintf(what, RETRACE_TELL, "options are others");
    return true;
}

#define FIELD(name) {#name, offsetof(struct conn, name), sizeof(((struct conn *)0)->name)}

/* What the engine derives; not indexes, links and deadlines. */
static const struct {
    const char *name;
    size_t at, bytes;
} fields[] = {
    FIELD(state),   FIELD(snd_una),  FIELD(snd_nxt), FIELD(snd_max), FIELD(snd_lim), FIELD(snd_wnd),
    FIELD(rcv_nxt), FIELD(rcv_acked), FIELD(rcv_adv), FIELD(cwnd),   FIELD(ssthresh), FIELD(recover),
    FIELD(mss),     FIELD(wscale),   FIELD(srtt),    FIELD(rttvar),  FIELD(dupacks), FIELD(backoff),
    FIELD(retries), FIELD(ts_recent)};

static uint32_t field_of(const struct conn *c, size_t at, size_t bytes)
{
    uint32_t value = 0; /* little-endian, as the file */
    memcpy(&value, (const char *)c + at, bytes);
    return value;
}

bool states_differ(const struct conn *recorded, const struct conn *found, char *what)
{
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (number_differs(fields[i].name, field_of(recorded, fields[i].at, fields[i].bytes),
                           field_of(found, fields[i].at, fields[i].bytes), what))
            return true;
    return false;
}
