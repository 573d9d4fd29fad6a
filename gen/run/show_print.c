/* SPDX-License-Identifier: BSD-3-Clause */
#include "run/show_print.h"

#include <string.h>

#include "base/measure.h"
#include "net/pkt.h"
#include "net/segment.h"

#define NS_PER_US 1000

/* --- head -------------------------------------------------------------------------------------- */

static const char *why_of(const struct flight_head *h)
{
    return h->why < RESULT_COUNT ? result_name((enum result)h->why) : "assertion";
}

static const char *origin_of(const struct retrace *r)
{
    if (r->running)
        return r->part.opened ? "from its SYN"
                              : "from the middle of its life, where it stood is recorded; the peer's "
                                "numbers count from there";
    return r->part.from ? "recorded by a build with another connection record: shown, not stepped"
                        : "where the connection stood is not recorded: shown, not stepped";
}

/* Numbers count from the SYNs; without one, the peer's from what it would send next. */
static void number_from(struct trace_print *p, const struct retrace *r)
{
    const struct tape_record *first = r->next;
    if (tape_kind_of(first) == TAPE_OPEN) {
        p->iss = ((const struct tape_open *)tape_body(first))->iss;
    } else if (tape_kind_of(first) == TAPE_STATE && r->running &&
               first->bytes == sizeof(struct tape_state)) {
        const struct conn *c = &((const struct tape_state *)tape_body(first))->saved.conn;
        p->iss = c->iss;
        p->their_iss = c->rcv_nxt - 1;
        p->their_iss_known = true;
    }
}

void trace_begin(struct trace_print *p, const struct retrace *r)
{
    const struct flight_head *h = &r->file->head;
    char local[46], remote[46];
    p->start_ns = p->at_ns = r->next->at_ns;
    p->guesses = !r->running;
    number_from(p, r);
    ip_format(local, sizeof local, r->part.tuple.local);
    ip_format(remote, sizeof remote, r->part.tuple.remote);
    fprintf(p->out,
            p->json ? "{\"local\":\"%s:%u\",\"remote\":\"%s:%u\",\"why\":\"%s\",\"worker\":%u,"
                      "\"run\":\"%s\",\"build\":\"%s\",\"origin\":\"%s\"}\n"
                    : "%s:%u > %s:%u, %s, worker %u, run %s, gen %s\n%s\n",
            local, r->part.tuple.lport, remote, r->part.tuple.rport, why_of(h), h->worker, h->uuid,
            h->build, origin_of(r));
}

/* --- lines ------------------------------------------------------------------------------------- */

static double seconds(const struct trace_print *p, uint64_t at_ns)
{
    return (double)(int64_t)(at_ns - p->start_ns) / 1e9;
}

static char *frame_text(struct trace_print *p, bool arrived, const uint8_t *data, size_t len,
                        char *buf)
{
    struct segment s;
    if (!segment_read(&s, data, len)) {
        snprintf(buf, SEGMENT_TEXT, "%zu bytes without TCP", len);
        return buf;
    }
    if (arrived && s.flags & TCP_SYN) {
        p->their_iss = s.seq;
        p->their_iss_known = true;
    } else if (p->guesses && !p->their_iss_known) { /* the first number stands for 1 */
        p->their_iss = (arrived ? s.seq : s.ack) - 1;
        p->iss = (arrived ? s.ack : s.seq) - 1;
        p->their_iss_known = s.flags & TCP_ACK;
    }
    return segment_text(buf, &s, arrived ? p->their_iss : p->iss, arrived ? p->iss : p->their_iss);
}

/* What a record says; "" for one that is not told to people. */
static void record_text(struct trace_print *p, const struct tape_record *r, char *buf, size_t size)
{
    char text[SEGMENT_TEXT];
    const uint32_t *number = tape_body(r);
    switch (tape_kind_of(r)) {
    case TAPE_RX:
    case TAPE_TX: {
        bool arrived = tape_kind_of(r) == TAPE_RX;
        snprintf(buf, size, "%c %s", arrived ? '<' : '>',
                 frame_text(p, arrived, tape_body(r), r->bytes, text));
        break;
    }
    case TAPE_SEND:
        snprintf(buf, size, "| send %u", *number);
        break;
    case TAPE_TOOK:
        snprintf(buf, size, "| took %u", *number);
        break;
    case TAPE_OPEN:
    case TAPE_CLOSE:
    case TAPE_ABORT:
    case TAPE_PAUSE:
    case TAPE_RESUME:
        snprintf(buf, size, "| %s", tape_kind_name(tape_kind_of(r)));
        break;
    case TAPE_TIMER:
        snprintf(buf, size, "  timer");
        break;
    case TAPE_DRY:
    case TAPE_STATE:
    case TAPE_KINDS:
        *buf = 0;
        break;
    }
}

static void print_line(struct trace_print *p, uint32_t number, uint64_t at_ns, const char *kind,
                       const char *text)
{
    if (p->json)
        fprintf(p->out, "{\"record\":%u,\"s\":%.9f,\"kind\":\"%s\",\"text\":\"%s\"}\n", number,
                seconds(p, at_ns), kind, text + (*text == '|' || *text == ' ' ? 2 : 0));
    else if (*text)
        fprintf(p->out, "%12.6f  %s\n", seconds(p, at_ns), text);
}

static void print_difference(struct trace_print *p, const struct retrace_step *s)
{
    char text[SEGMENT_TEXT] = "", line[2 * SEGMENT_TEXT];
    if (s->sent)
        frame_text(p, false, s->sent->data, s->sent->len, text);
    snprintf(line, sizeof line, "! %s%s%s", s->differs, *text ? ": > " : "", text);
    print_line(p, s->number, s->at_ns, "difference", line);
}

void trace_step(void *ctx, const struct retrace_step *s)
{
    struct trace_print *p = ctx;
    char text[SEGMENT_TEXT + 8];
    if (s->at_ns)
        p->at_ns = s->at_ns;
    if (s->differs) {
        print_difference(p, s);
    } else if (s->record) {
        record_text(p, s->record, text, sizeof text);
        print_line(p, s->number, p->at_ns, tape_kind_name(tape_kind_of(s->record)), text);
    } else {
        snprintf(text, sizeof text, "  %s", s->event ? s->event : s->state);
        print_line(p, s->number, p->at_ns, s->event ? "event" : "state", text);
    }
}

/* --- end --------------------------------------------------------------------------------------- */

void trace_end(struct trace_print *p, const struct retrace *r, enum retrace_verdict verdict)
{
    static const char *const words[] = {[RETRACE_SAME] = "reproduces", [RETRACE_DIFFERS] = "differs",
                                        [RETRACE_UNKNOWN] = "unknown"};
    const struct flight_head *h = &r->file->head;
    if (p->json) {
        fprintf(p->out, "{\"verdict\":\"%s\",\"segments\":%u,\"s\":%.9f}\n", words[verdict], r->sent,
                seconds(p, p->at_ns));
        return;
    }
    if (!r->next && r->left)
        fprintf(p->out, "%12.6f  * %s\n", seconds(p, h->at_ns), why_of(h));
    if (verdict == RETRACE_UNKNOWN)
        fprintf(p->out, "not stepped: nothing to compare\n");
    else
        fprintf(p->out, "%s: %u segments left as recorded%s\n", words[verdict], r->sent,
                verdict == RETRACE_DIFFERS ? ", then the first difference" : "");
}
