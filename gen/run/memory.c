/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Memory of a connection: what a process configured for N connections takes with all of them open,
 * less what the same process takes configured for none, divided by N; the peer's likewise.
 *
 * The second process is a child of the first, made before anything of the run exists: it sets up the
 * same wire, peer, recorder and workers for 0 connections, reads what they take, and is gone, with
 * its results in a file that has no name any more. All memory of a run is reserved and touched when
 * it is set up, so what is read when all connections are open, and before any load, is what they
 * take. A forked child maps pages of files (program, libraries) only as it comes by them: they are
 * counted for both as the run has them.
 */
#include "run/memory.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "db/db.h"
#include "db/run_row.h"
#include "run/step.h"
#include "run/sysfile.h"

#define BASE_DB         "base.db"
#define BASE_TIMEOUT_MS 60000
#define SETTLE_NS       200000000ull /* of the recorder and the peer */

enum { GEN, PEER };
static const char *const sides[] = {"gen", "peer"};

/* --- reading --------------------------------------------------------------------------------- */

static int64_t resident(const struct process_use *use)
{
    return use->rss_bytes < 0 ? -1
                              : use->rss_bytes + (use->hugetlb_bytes > 0 ? use->hugetlb_bytes : 0);
}

/* Of this process: pages of files. */
static int64_t resident_files(void)
{
    char text[32];
    bool told = sysfile_field("/proc/self/status", "RssFile", text, sizeof text);
    return told ? (int64_t)(strtoull(text, NULL, 10) << 10) : 0;
}

/* Without the files of gen. */
static void read_both(const struct run *r, int64_t bytes[2])
{
    struct process_use use;
    bytes[GEN] = process_use(getpid(), 0, &use) ? -1 : resident(&use) - resident_files();
    bytes[PEER] = !r->wires.peer_pid ||
                          process_tree_use(r->wires.peer_pid, 0, r->wires.peer_root, &use)
                      ? -1
                      : resident(&use);
}

/* --- the process without connections --------------------------------------------------------- */

struct base_report {
    int64_t bytes[2];
    char why[200]; /* "": read */
};

void memory_unname(struct run_memory *m)
{
    static const char *const ends[] = {"", "-wal", "-shm", "-lock"};
    char path[64];
    if (!m->folder[0])
        return;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        snprintf(path, sizeof path, "%s/" BASE_DB "%s", m->folder, ends[i]);
        unlink(path);
    }
    rmdir(m->folder);
    m->folder[0] = '\0';
}

static void take_no_connections(struct job *job, const char *folder)
{
    job->connections = 0;
    for (uint32_t i = 0; i < job->phases_count; i++)
        job->phases[i].connections = 0;
    job->json_stream[0] = '\0'; /* a reader would take it for the run */
    job->metrics.port = 0;
    job->control = false;
    job->quiet = true;
    snprintf(job->db, sizeof job->db, "%s/" BASE_DB, folder);
}

static int set_up_none(struct run *r, struct job *job, struct err *e)
{
    take_no_connections(job, r->memory.folder);
    r->log.level = LOG_ERROR; /* the run says it all again */
    int rc = run_open(r, e);
    return rc ? rc : run_start(r, e);
}

static void be_base(struct run *r, struct job *job, pid_t parent, int fd)
{
    struct base_report report = {.bytes = {-1, -1}};
    struct err e = {0};
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) { /* it died before the line above */
        memory_unname(&r->memory);
        _exit(EXIT_ENVIRONMENT);
    }
    if (set_up_none(r, job, &e)) {
        snprintf(report.why, sizeof report.why, "%.190s", e.message);
    } else {
        step_pause(SETTLE_NS);
        read_both(r, report.bytes);
    }
    ssize_t n = write(fd, &report, sizeof report);
    _exit(n == sizeof report ? 0 : 1); /* all of it goes with the process */
}

/* --- the run --------------------------------------------------------------------------------- */

static bool names_it(const char *rules)
{
    return strstr(rules, "memory_bytes_per_conn");
}

static bool asked_for(const struct job *job)
{
    bool any = names_it(job->run_sla);
    for (uint32_t i = 0; i < job->phases_count; i++)
        any |= names_it(job->phases[i].sla) || names_it(job->phases[i].warn);
    return job->measure_memory == MEASURE_YES || (job->measure_memory == MEASURE_AUTO && any);
}

static void read_report(int fd, struct run_memory *m)
{
    struct base_report report = {.why = "the process for 0 connections ended before it told"};
    struct pollfd p = {.fd = fd, .events = POLLIN};
    int ready;
    while ((ready = poll(&p, 1, BASE_TIMEOUT_MS)) < 0 && errno == EINTR)
        ;
    if (!ready)
        snprintf(m->why, sizeof m->why, "the process for 0 connections took longer than %d s",
                 BASE_TIMEOUT_MS / 1000);
    else if (read(fd, &report, sizeof report) == sizeof report || report.why[0])
        snprintf(m->why, sizeof m->why, "%s", report.why);
    memcpy(m->base_bytes, report.bytes, sizeof m->base_bytes);
}

static void fork_base(struct run *r, struct job *job)
{
    int pipe_fds[2];
    pid_t parent = getpid();
    fflush(NULL);
    pid_t child = pipe(pipe_fds) ? -1 : fork();
    if (child < 0) {
        snprintf(r->memory.why, sizeof r->memory.why, "no process for 0 connections: %s",
                 strerror(errno));
        return;
    }
    if (!child)
        be_base(r, job, parent, pipe_fds[1]);
    close(pipe_fds[1]);
    read_report(pipe_fds[0], &r->memory);
    close(pipe_fds[0]);
    kill(child, SIGKILL); /* it has told all it will */
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
        ;
}

/* The folder is ours: the child may end before it has taken its name away. */
static void measure_base(struct run *r, struct job *job)
{
    struct run_memory *m = &r->memory;
    snprintf(m->folder, sizeof m->folder, "/tmp/wirebench-base-XXXXXX");
    if (mkdtemp(m->folder)) {
        fork_base(r, job);
    } else {
        snprintf(m->why, sizeof m->why, "no folder under /tmp: %s", strerror(errno));
        m->folder[0] = '\0';
    }
    memory_unname(m);
}

void memory_base(struct run *r, struct job *job)
{
    struct run_memory *m = &r->memory;
    *m = (struct run_memory){.wanted = asked_for(job), .base_bytes = {-1, -1},
                             .loaded_bytes = {-1, -1}};
    if (!m->wanted)
        return;
    if (!strcmp(job->wire, "pair") && job->peer == PEER_RESPOND)
        snprintf(m->why, sizeof m->why, "wire = pair: both ends are one process");
    else if (job_searches(job))
        snprintf(m->why, sizeof m->why, "a suite has connections of its own for each trial");
    else
        measure_base(r, job);
}

void memory_loaded(struct run *r, uint64_t open)
{
    struct run_memory *m = &r->memory;
    if (!m->wanted || m->why[0] || m->open || open < r->job->connections)
        return;
    m->open = open;
    read_both(r, m->loaded_bytes);
    m->file_bytes[GEN] = resident_files();
}

static int record_side(struct run *r, int side, struct err *e)
{
    const struct run_memory *m = &r->memory;
    if (m->base_bytes[side] < 0 || m->loaded_bytes[side] < 0)
        return 0;
    struct conn_memory_row row = {
        .side = sides[side], .pool = "process", .connections = (int64_t)m->open,
        .item_bytes = DB_NONE, .items_used = DB_NONE, .items_reserved = DB_NONE,
        .base_bytes = m->base_bytes[side] + m->file_bytes[side],
        .loaded_bytes = m->loaded_bytes[side] + m->file_bytes[side],
        .bytes_per_conn =
            (double)(m->loaded_bytes[side] - m->base_bytes[side]) / (double)m->open,
    };
    return db_conn_memory_add(r->db, r->id, &row, e);
}

int memory_record(struct run *r, int64_t at_ns, struct err *e)
{
    struct run_memory *m = &r->memory;
    char text[300];
    if (!m->wanted)
        return 0;
    if (!m->why[0] && !m->open)
        snprintf(m->why, sizeof m->why, "never were all %u connections open before a load",
                 r->job->connections);
    snprintf(text, sizeof text, "memory of a connection not measured: %s", m->why);
    if (m->why[0])
        return db_note_add(r->db, r->id, at_ns, "warn", text, e);
    int rc = record_side(r, GEN, e);
    return rc ? rc : record_side(r, PEER, e);
}
