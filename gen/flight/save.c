/* SPDX-License-Identifier: BSD-3-Clause */
/* Nothing here allocates, locks or formats: it also runs in a signal handler. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/units.h"
#include "flight/file.h"
#include "flight/sum.h"
#include "wire/pcap_file.h"

#define PATH_BYTES 4096

uint32_t flight_layout(void)
{
    const size_t offsets[] = {
        sizeof(struct conn),           offsetof(struct conn, snd_una), offsetof(struct conn, rcv_nxt),
        offsetof(struct conn, cwnd),   offsetof(struct conn, rto_at),  offsetof(struct conn, mss),
        offsetof(struct conn, state),  offsetof(struct conn, flags),   offsetof(struct conn, timer),
        offsetof(struct conn, srtt),   offsetof(struct conn, rttvar),  offsetof(struct conn, recover),
        offsetof(struct conn, iss),    offsetof(struct conn, side),    offsetof(struct conn, delack_at),
        offsetof(struct conn, max_wnd), TCP_STATE_COUNT,               sizeof(struct tcp_saved)};
    uint64_t sum = SUM_START;
    sum = sum_add(sum, offsets, sizeof offsets);
    return (uint32_t)(sum ^ sum >> 32);
}

/* A file in the making; the first error sticks. */
struct out {
    int fd, error;
    uint64_t sum;
};

static void put(struct out *o, const void *data, size_t len)
{
    o->sum = sum_add(o->sum, data, len);
    for (const uint8_t *at = data; len && !o->error;) {
        ssize_t n = write(o->fd, at, len);
        if (n > 0) {
            at += n;
            len -= (size_t)n;
        } else if (n == 0 || errno != EINTR) {
            o->error = n ? errno : EIO;
        }
    }
}

static void put_padding(struct out *o, size_t len)
{
    static const uint8_t zeros[8];
    put(o, zeros, -len & 7);
}

static bool part_name(char *to, const char *path)
{
    size_t len = strlen(path);
    if (len + sizeof FLIGHT_PART > PATH_BYTES)
        return false;
    memcpy(to, path, len);
    memcpy(to + len, FLIGHT_PART, sizeof FLIGHT_PART);
    return true;
}

static int begin(struct out *o, const char *path, char *part)
{
    *o = (struct out){.fd = -1, .sum = SUM_START};
    if (!part_name(part, path))
        return -ENAMETOOLONG;
    o->fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    return o->fd < 0 ? -errno : 0;
}

static int finish(struct out *o, const char *path, const char *part)
{
    close(o->fd);
    if (!o->error && rename(part, path))
        o->error = errno;
    if (o->error)
        unlink(part);
    return -o->error;
}

/* --- the recording ----------------------------------------------------------------------------- */

static uint32_t put_part(struct out *o, const struct tape *t, const struct tape_part *part)
{
    struct tape_cursor c = tape_start(t);
    const struct tape_record *r;
    size_t bytes = 0;
    while ((r = tape_next(&c)))
        if (tape_has(part, r, c.number)) {
            put(o, r, tape_record_size(r->bytes));
            bytes += tape_record_size(r->bytes);
        }
    return (uint32_t)bytes;
}

static uint32_t put_whole(struct out *o, const struct tape *t)
{
    size_t bytes = 0;
    for (uint32_t i = 0; i < t->count; i++) {
        put(o, t->spans[i], t->bytes[i]);
        bytes += t->bytes[i];
    }
    return (uint32_t)bytes;
}

static void fill_head(struct flight_head *h, const struct flight *f, enum flight_scope scope)
{
    memcpy(h->magic, FLIGHT_MAGIC, sizeof h->magic);
    h->version = FLIGHT_VERSION;
    h->scope = (uint16_t)scope;
    h->head_bytes = sizeof *h;
    h->layout = flight_layout();
    h->at_ns = f->fault.at_ns;
    h->why = (uint32_t)f->fault.why;
    h->tuple = f->fault.tuple;
    if (scope == FLIGHT_WHOLE) {
        h->at_ns = f->now_ns;
        h->why = RESULT_COUNT;
        memset(&h->tuple, 0, sizeof h->tuple);
    }
}

/* The sum is over what follows it in the head first, then over the rest as it was written. */
static uint64_t head_sum(const struct flight_head *h)
{
    size_t from = offsetof(struct flight_head, sum) + sizeof h->sum;
    return sum_add(SUM_START, (const uint8_t *)h + from, sizeof *h - from);
}

int flight_save(const struct flight *f, const struct flight_origin *origin, enum flight_scope scope,
                const char *path)
{
    char part_path[PATH_BYTES];
    struct out o;
    struct tape t = flight_tape(f);
    struct flight_head h = origin->head;
    int rc = begin(&o, path, part_path);
    if (rc)
        return rc;
    fill_head(&h, f, scope);
    struct tape_part part = tape_find(&t, &h.tuple);
    h.job_bytes = (uint32_t)strlen(origin->job);
    put(&o, &h, sizeof h); /* its place; what it says comes last */
    o.sum = SUM_START;
    put(&o, origin->job, h.job_bytes);
    put_padding(&o, h.job_bytes);
    h.tape_bytes = scope == FLIGHT_WHOLE ? put_whole(&o, &t) : put_part(&o, &t, &part);
    uint64_t body = o.sum;
    h.sum = sum_add(head_sum(&h), &body, sizeof body);
    if (!o.error && lseek(o.fd, 0, SEEK_SET))
        o.error = errno;
    put(&o, &h, sizeof h);
    return finish(&o, path, part_path);
}

/* --- the capture ------------------------------------------------------------------------------- */

static void put_frame(struct out *o, const struct tape_record *r, uint64_t mono_to_real_ns)
{
    uint64_t at_ns = r->at_ns + mono_to_real_ns;
    struct pcap_record head = {.s = (uint32_t)(at_ns / NS_PER_S), .ns = (uint32_t)(at_ns % NS_PER_S),
                               .kept_bytes = r->bytes, .wire_bytes = r->bytes};
    put(o, &head, sizeof head);
    put(o, tape_body(r), r->bytes);
}

/* Frames from before the part that can be replayed are in it too. */
int flight_save_pcap(const struct flight *f, const struct flight_origin *origin, const char *path)
{
    char part_path[PATH_BYTES];
    struct out o;
    struct pcap_head head = PCAP_HEAD;
    struct tape t = flight_tape(f);
    struct tape_cursor c = tape_start(&t);
    const struct tape_record *r;
    struct tape_tuple tuple;
    int rc = begin(&o, path, part_path);
    if (rc)
        return rc;
    put(&o, &head, sizeof head);
    while ((r = tape_next(&c)))
        if ((tape_kind_of(r) == TAPE_RX || tape_kind_of(r) == TAPE_TX) &&
            tape_tuple_of(r, &tuple) && tape_tuple_equal(&tuple, &f->fault.tuple))
            put_frame(&o, r, origin->head.mono_to_real_ns);
    return finish(&o, path, part_path);
}
