/* SPDX-License-Identifier: BSD-3-Clause */
#include "run/wires.h"

#include <errno.h>
#include <stdlib.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/log.h"
#include "db/process.h"
#include "run/faults.h"
#include "run/setup.h"
#include "run/tuples.h"
#include "wire/fault.h"
#include "wire/handover.h"
#include "wire/kinds.h"
#include "wire/lab.h"
#include "wire/pair.h"
#include "wire/pcap.h"
#include "wire/xdp.h"

#define PEER_GRACE_MS    5000
#define LISTENER_WAIT_MS 10000

/* What every wire may need for opening. */
struct opening {
    const struct job *job;
    const struct clock *clock;
    const struct log *log;
    const int *cpus; /* of the client's workers */
};

/* What a responder process of ours tells, in memory that both have. */
struct shared {
    struct responder_totals totals; /* first: its address is that of the whole */
    struct responder_live live;
};

/* --- several queues ------------------------------------------------------------------------- */

/* A NIC deals what arrives to its queues by a hash, and a kernel chooses the queue that it sends on:
 * replies come to any worker. Only between two AF_XDP or memory wires does queue n lead to queue n. */
static int deal_by_port(struct wires *w, const struct job *job, struct err *e)
{
    struct tuples_config tuples;
    if (job->workers == 1)
        return 0;
    uint16_t *owner = malloc(HANDOVER_PORTS * sizeof *owner);
    if (!owner)
        return err_set(e, EXIT_ENVIRONMENT, -ENOMEM, "no memory for %d ports", HANDOVER_PORTS);
    memset(owner, 0xff, HANDOVER_PORTS * sizeof *owner); /* HANDOVER_NOBODY */
    setup_tuples(job, 0, &tuples);
    tuples_owners(&tuples, owner);
    int rc = handover_wrap(w->port, owner, &w->port, e);
    free(owner);
    return rc;
}

/* --- lab ------------------------------------------------------------------------------------ */

struct far_side {
    const struct job *job;
    const struct clock *clock;
    struct responder_totals *totals;
    struct responder_live *live;
    int ready_fd;
};

static void tell_ready(void *ctx)
{
    const struct far_side *far = ctx;
    ssize_t n = write(far->ready_fd, "", 1);
    (void)n; /* the other side sees an end of file then */
}

/* The far process: its exit status is all that comes back, its message goes to stderr. */
static int run_far_side(void *ctx, int ready_fd)
{
    struct far_side *far = ctx;
    struct err e = {0};
    sigset_t set;
    far->ready_fd = ready_fd;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigprocmask(SIG_BLOCK, &set, NULL);
    struct responder_process p = {
        .job = far->job, .clock = far->clock, .wire = &xdp_device, .device = LAB_FAR_IFACE,
        .first_cpu = far->job->workers,
        .ready = tell_ready, .ready_ctx = far, .totals = far->totals, .live = far->live,
    };
    int rc = responder_process_run(&p, &e);
    if (rc)
        fprintf(stderr, "gen: responder: %s\n", e.message);
    return rc ? e.exit_code : 0;
}

/* peer = none: a far end at which nobody answers. */
static int run_nobody(void *ctx, int ready_fd)
{
    (void)ctx;
    if (write(ready_fd, "", 1) == 1)
        pause();
    return 0;
}

struct near_open {
    struct wire_config cfg;
    struct wire_port **out;
    struct err *e;
};

static int open_near(void *arg)
{
    struct near_open *o = arg;
    return xdp_port_open(&o->cfg, o->out, o->e);
}

/* A plain command takes the shell's place, so that what is measured of the peer is the server. */
static void shell_command(const char *text, char *out, size_t size)
{
    bool plain = !strpbrk(text, ";&|<>()`$\n");
    snprintf(out, size, "%s%s", plain ? "exec " : "", text);
}

/* The far kernel's end when the user's own server runs there. */
static void kernel_end(const struct job *job, struct lab_config *lc)
{
    lc->far_kernel = true;
    lc->far_addr = job->targets[0].addrs;
    lc->near_addr = job->sources[0];
}

/* Whether a socket of the process's network namespace listens on the port: state 0A in
 * /proc/PID/net/tcp (tcp6 for servers that listen on both families). */
static bool listens(pid_t pid, const char *table, uint16_t port)
{
    char path[64], line[256];
    unsigned local, state;
    bool found = false;
    snprintf(path, sizeof path, "/proc/%d/net/%s", (int)pid, table);
    FILE *f = fopen(path, "r");
    while (f && !found && fgets(line, sizeof line, f))
        found = sscanf(line, "%*d: %*[0-9A-F]:%x %*[0-9A-F]:%*x %x", &local, &state) == 2 &&
                local == port && state == 0x0a;
    if (f)
        fclose(f);
    return found;
}

static int await_listener(pid_t pid, const struct job *job, struct err *e)
{
    const struct timespec nap = {0, 20000000};
    uint16_t port = job->targets[0].ports.lo;
    for (int tries = 0; tries < LISTENER_WAIT_MS / 20; tries++) {
        if (listens(pid, "tcp", port) || listens(pid, "tcp6", port))
            return 0;
        if (kill(pid, 0))
            return err_set(e, EXIT_RUN, -ECHILD,
                           "peer = exec:%s: it ended before it listened on port %u: expected a "
                           "server", job->peer_exec, port);
        nanosleep(&nap, NULL);
    }
    return err_set(e, EXIT_RUN, -ECONNREFUSED,
                   "peer = exec:%s: nothing listens on port %u after %d s: expected a server there",
                   job->peer_exec, port, LISTENER_WAIT_MS / 1000);
}

static int open_lab(struct wires *w, const struct opening *o, struct err *e)
{
    const struct job *job = o->job;
    char shell[] = "/bin/sh", dash_c[] = "-c", command[JOB_TEXT + 8];
    char *argv[] = {shell, dash_c, command, NULL};
    struct far_side far = {.job = job, .clock = o->clock, .totals = w->peer,
                           .live = w->peer_live};
    struct lab_config lc = {.queues = job->workers, .mtu = job->mtu, .vlan = job->vlan,
                            .vlan_outer = job->vlan_outer, .coalesce_ns = job->coalesce_ns,
                            .polled = setup_polled(job)};
    if (job->peer == PEER_EXEC) {
        shell_command(job->peer_exec, command, sizeof command);
        kernel_end(job, &lc);
        lc.argv = argv;
    } else {
        lc.peer = job->peer == PEER_RESPOND ? run_far_side : run_nobody;
        lc.ctx = &far;
    }
    int rc = lab_open(&lc, &w->lab, e);
    if (rc)
        return rc;
    w->peer_pid = lab_peer_pid(w->lab);
    if (job->peer == PEER_EXEC) {
        w->peer_root = (pid_t)process_parent(w->peer_pid);
        rc = await_listener(w->peer_pid, job, e);
        if (rc)
            return rc;
    }
    struct near_open open = {.out = &w->port, .e = e};
    setup_client_wire(job, LAB_NEAR_IFACE, &open.cfg);
    open.cfg.log = o->log;
    open.cfg.cpus = o->cpus;
    open.cfg.initiates = true;
    rc = lab_call_near(w->lab, open_near, &open);
    return rc || job->peer != PEER_EXEC ? rc : deal_by_port(w, job, e);
}

/* --- pair, devices -------------------------------------------------------------------------- */

static int open_pair(struct wires *w, const struct opening *o, struct err *e)
{
    const struct job *job = o->job;
    struct wire_config wc;
    struct wire_port *ports[2];
    setup_client_wire(job, "", &wc);
    wc.cpus = o->cpus;
    int rc = pair_open(&wc, job->mtu, ports, e);
    if (rc)
        return rc;
    w->port = ports[0];
    w->far_port = ports[1];
    if (job->peer != PEER_RESPOND)
        return 0;
    return responder_start(&w->responder, job, w->far_port, job->workers, o->clock, w->peer_live,
                           e);
}

/* What the kernel has on the interface, and knows of the way. */
static int ask_kernel(struct wires *w, const struct job *job, const char *device, struct err *e)
{
    char iface[16];
    share_iface(device, iface);
    struct share s = share_of_client(job, iface);
    int rc = share_check(&s, e);
    return rc || !job->shared_address ? rc : share_resolve(job, iface, &w->hops, e);
}

static int open_device(struct wires *w, const struct opening *o, const struct wire_device *wire,
                       struct err *e)
{
    const char *device = strchr(o->job->wire, ':') + 1;
    struct wire_config wc;
    int rc = wire->on_interface ? ask_kernel(w, o->job, device, e) : 0;
    if (rc)
        return rc;
    setup_client_wire(o->job, device, &wc);
    wc.log = o->log;
    wc.cpus = o->cpus;
    wc.initiates = true;
    rc = wire->open(&wc, &w->port, e);
    return rc ? rc : deal_by_port(w, o->job, e);
}

/* --- around it ------------------------------------------------------------------------------ */

/* Those of the first phase, for all that comes before it; later ones change them (faults.c). */
static int parse_faults(const struct job *job, struct fault_config *fc, struct err *e)
{
    int rc = fault_parse(faults_text(&job->phases[0], WAY_RX), &fc->rx, e);
    return rc ? rc : fault_parse(faults_text(&job->phases[0], WAY_TX), &fc->tx, e);
}

static int wrap(struct wires *w, const struct job *job, struct err *e)
{
    struct fault_config fc = {.seed = job->seed};
    int rc = parse_faults(job, &fc, e);
    if (!rc && faults_asked(job)) {
        rc = fault_wrap(w->port, &fc, &w->port, e);
        w->fault = rc ? NULL : w->port;
    }
    if (!rc && job->pcap[0])
        rc = pcap_wrap(w->port, job->pcap, 0, &w->port, e);
    return rc;
}

#define HERE(name, form, far, meaning) {#name, open_##name},
#define ELSEWHERE(...)
static const struct opener {
    const char *name;
    int (*open)(struct wires *w, const struct opening *o, struct err *e);
} openers[] = {WIRE_KINDS(HERE, ELSEWHERE, ELSEWHERE)};

/* check_job has refused a wire that is not in the list. */
static int open_by_name(struct wires *w, const struct opening *o, struct err *e)
{
    const struct wire_kind *kind = wire_kind_find(o->job->wire);
    if (kind->device)
        return open_device(w, o, kind->device, e);
    for (size_t i = 0; i < sizeof openers / sizeof *openers; i++)
        if (!strcmp(openers[i].name, kind->name))
            return openers[i].open(w, o, e);
    return err_set(e, EXIT_USAGE, -EINVAL, "wire = \"%s\": not in this version", o->job->wire);
}

int wires_open(struct wires *w, const struct job *job, const struct clock *clock,
               const struct log *log, struct err *e)
{
    *w = (struct wires){0};
    struct shared *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE,
                                 MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (shared == MAP_FAILED)
        return err_set(e, EXIT_ENVIRONMENT, -ENOMEM, "no shared memory: %s", strerror(errno));
    w->peer = &shared->totals;
    w->peer_live = &shared->live;
    int cpus[SETUP_CPUS_MAX];
    int rc = setup_cpus(job, job->workers, cpus, e);
    if (!rc)
        rc = open_by_name(w, &(struct opening){job, clock, log, cpus}, e);
    if (!rc)
        rc = setup_check_mtu(job, w->port, e);
    if (!rc)
        rc = wrap(w, job, e);
    if (rc) {
        wires_close(w);
        wires_free(w);
    }
    return rc;
}

void wires_close(struct wires *w)
{
    if (w->responder)
        responder_stop(w->responder, w->peer);
    w->responder = NULL;
    if (w->port)
        w->port->ops->port_close(w->port);
    if (w->far_port)
        w->far_port->ops->port_close(w->far_port);
    w->port = w->far_port = NULL;
    if (w->lab)
        lab_close(w->lab, PEER_GRACE_MS, NULL);
    w->lab = NULL;
}

void wires_free(struct wires *w)
{
    if (w->peer)
        munmap(w->peer, sizeof(struct shared));
    w->peer = NULL;
    w->peer_live = NULL;
    share_hops_free(&w->hops);
}
