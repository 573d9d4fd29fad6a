/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Frames are written into a buffer before the inner wire gets them, because afterwards they may
 * be another's; records of frames that it does not take are cut off again.
 */
#include "wire/pcap.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/units.h"
#include "wire/over.h"
#include "wire/pcap_file.h"

#define BUFFER_BYTES (512u << 10)

struct pcap_queue {
    struct wire_queue q;
    struct pcap_port *port;
    uint8_t *buffer;
    size_t used;
    uint64_t now_ns, frames;
    uint64_t buffered; /* frames of the buffer */
    int fd;            /* -1 after a failure: the capture ends, the traffic does not */
};

struct pcap_port {
    struct wire_port p;
    struct wire_port *inner;
    char *path;
    uint64_t max_frames;
    _Atomic uint64_t missed;
};

static struct pcap_queue *of(struct wire_queue *q)
{
    return (struct pcap_queue *)q;
}

/* ---- the file ---- */

static void give_up(struct pcap_queue *pq)
{
    close(pq->fd);
    pq->fd = -1;
    pq->port->missed += pq->buffered;
}

static void write_out(struct pcap_queue *pq)
{
    for (size_t done = 0; done < pq->used && pq->fd >= 0;) {
        ssize_t n = write(pq->fd, pq->buffer + done, pq->used - done);
        if (n > 0)
            done += (size_t)n;
        else if (n == 0 || errno != EINTR)
            give_up(pq);
    }
    pq->used = 0;
    pq->buffered = 0;
}

static bool wants_more(const struct pcap_queue *pq)
{
    return pq->fd >= 0 && (!pq->port->max_frames || pq->frames < pq->port->max_frames);
}

static bool append(struct pcap_queue *pq, const struct frame *f)
{
    struct pcap_record r = {.s = (uint32_t)(pq->now_ns / NS_PER_S),
                            .ns = (uint32_t)(pq->now_ns % NS_PER_S),
                            .kept_bytes = f->len,
                            .wire_bytes = f->len};
    if (!wants_more(pq))
        return false;
    memcpy(pq->buffer + pq->used, &r, sizeof r);
    memcpy(pq->buffer + pq->used + sizeof r, f->data, f->len);
    pq->used += sizeof r + f->len;
    pq->frames++;
    pq->buffered++;
    return true;
}

static void cut_off(struct pcap_queue *pq, size_t used)
{
    pq->used = used;
    pq->frames--;
    pq->buffered--;
}

static void make_room(struct pcap_queue *pq)
{
    if (pq->used + sizeof(struct pcap_record) + PCAP_SNAP_BYTES > BUFFER_BYTES)
        write_out(pq);
}

/* ---- data path ---- */

static uint32_t pcap_rx(struct wire_queue *q, struct frame *frames, uint32_t max)
{
    struct pcap_queue *pq = of(q);
    uint32_t n = pq->q.inner->ops->rx(pq->q.inner, frames, max);
    for (uint32_t i = 0; i < n; i++) {
        make_room(pq);
        pq->port->missed += !append(pq, &frames[i]);
    }
    return n;
}

/* One frame at a time: what is refused is cut off before anything else is written. */
static bool transmit(struct pcap_queue *pq, struct frame *f)
{
    make_room(pq);
    size_t used = pq->used;
    bool written = append(pq, f), sent = pq->q.inner->ops->tx(pq->q.inner, f, 1) == 1;
    if (written && !sent)
        cut_off(pq, used);
    pq->port->missed += sent && !written;
    return sent;
}

static uint32_t pcap_tx(struct wire_queue *q, struct frame *frames, uint32_t n)
{
    uint32_t i = 0;
    while (i < n && transmit(of(q), &frames[i]))
        i++;
    return i;
}

static void pcap_tick(struct wire_queue *q, uint64_t now_ns)
{
    of(q)->now_ns = now_ns;
    over_tick(q, now_ns);
}

/* ---- life ---- */

static const struct wire_ops pcap_ops;

static void free_queue(struct pcap_queue *pq)
{
    if (pq->fd >= 0)
        close(pq->fd);
    free(pq->buffer);
    free(pq);
}

/* PATH, or PATH.n for later queues, with the file's header as the first bytes to be written. */
static int start_file(struct pcap_queue *pq, struct err *e)
{
    char path[4096];
    struct pcap_head head = PCAP_HEAD;
    if (pq->q.index)
        snprintf(path, sizeof path, "%s.%u", pq->port->path, pq->q.index);
    else
        snprintf(path, sizeof path, "%s", pq->port->path);
    pq->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (pq->fd < 0)
        return err_set(e, EXIT_ENVIRONMENT, -errno, "pcap: %s: cannot be written: %s", path,
                       strerror(errno));
    memcpy(pq->buffer, &head, sizeof head);
    pq->used = sizeof head;
    return 0;
}

static int pcap_queue_open(struct wire_port *port, uint32_t index, struct wire_queue **out,
                           struct err *e)
{
    struct pcap_port *pp = (struct pcap_port *)port;
    struct pcap_queue *pq = calloc(1, sizeof *pq);
    if (!pq)
        return err_set(e, EXIT_ENVIRONMENT, -ENOMEM, "pcap: no memory");
    *pq = (struct pcap_queue){.q = {.ops = &pcap_ops, .port = port, .index = index},
                              .port = pp,
                              .fd = -1,
                              .buffer = malloc(BUFFER_BYTES)};
    int ret =
        pq->buffer ? start_file(pq, e) : err_set(e, EXIT_ENVIRONMENT, -ENOMEM, "pcap: no memory");
    ret = ret ? ret : pp->inner->ops->queue_open(pp->inner, index, &pq->q.inner, e);
    if (ret)
        free_queue(pq);
    else
        *out = &pq->q;
    return ret;
}

static void pcap_queue_close(struct wire_queue *q)
{
    write_out(of(q));
    q->inner->ops->queue_close(q->inner);
    free_queue(of(q));
}

static void pcap_port_close(struct wire_port *port)
{
    struct pcap_port *pp = (struct pcap_port *)port;
    pp->inner->ops->port_close(pp->inner);
    free(pp->path);
    free(pp);
}

static const struct wire_ops pcap_ops = {
    .name = "pcap",
    .port_close = pcap_port_close,
    .queue_open = pcap_queue_open,
    .queue_close = pcap_queue_close,
    .rx = pcap_rx,
    .rx_free = over_rx_free,
    .tx_alloc = over_tx_alloc,
    .tx_free = over_tx_free,
    .tx = pcap_tx,
    .flush = over_flush,
    .reap = over_reap,
    .wait = over_wait,
    .fd = over_fd,
    .stats = over_stats,
    .tick = pcap_tick,
};

uint64_t pcap_missed(const struct wire_port *port)
{
    return ((const struct pcap_port *)port)->missed;
}

int pcap_wrap(struct wire_port *inner, const char *path, uint64_t max_frames,
              struct wire_port **out, struct err *e)
{
    struct pcap_port *pp = calloc(1, sizeof *pp);
    char *copy = strdup(path);
    if (!pp || !copy) {
        free(pp);
        free(copy);
        return err_set(e, EXIT_ENVIRONMENT, -ENOMEM, "pcap: no memory");
    }
    pp->p = *inner;
    pp->p.ops = &pcap_ops;
    wire_caps_send_whole(&pp->p.caps); /* the file is written before a device would complete or cut them */
    pp->inner = inner;
    pp->path = copy;
    pp->max_frames = max_frames;
    *out = &pp->p;
    return 0;
}
