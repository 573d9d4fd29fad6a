/* SPDX-License-Identifier: BSD-3-Clause */
#include "wire/dpdk_eal.h"

#include <bpf/libbpf.h>
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xdp/libxdp.h>

#include "base/err.h"
#include "wire/dpdk_log.h"

#define HUGE_DIR "/sys/kernel/mm/hugepages"

enum {
    ARGUMENTS_MAX = 64,
    TEXT_BYTES = 8192,
    OWN_MIB = 64,       /* what EAL and drivers take beside the frames */
    SAID_ALOUD_MAX = 80 /* of its arguments in a message */
};

/* ---- huge pages ---- */

static uint64_t free_bytes_of(const char *folder)
{
    char path[sizeof HUGE_DIR + 300];
    uint64_t kib = 0, pages = 0;
    snprintf(path, sizeof path, HUGE_DIR "/%s/free_hugepages", folder);
    FILE *f = fopen(path, "r");
    if (!f)
        return 0;
    if (sscanf(folder, "hugepages-%" SCNu64 "kB", &kib) != 1 || fscanf(f, "%" SCNu64, &pages) != 1)
        pages = 0;
    fclose(f);
    return kib * pages << 10;
}

uint64_t dpdk_huge_bytes_free(void)
{
    uint64_t sum = 0;
    DIR *dir = opendir(HUGE_DIR);
    for (struct dirent *d; dir && (d = readdir(dir)) != NULL;)
        sum += free_bytes_of(d->d_name);
    if (dir)
        closedir(dir);
    return sum;
}

/* ---- arguments ---- */

/* As for main: EAL's parser changes the order of `at`. */
struct arguments {
    char text[TEXT_BYTES];
    size_t used;
    char *at[ARGUMENTS_MAX + 1];
    int count;
    bool full;
};

static void add(struct arguments *a, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void add(struct arguments *a, const char *format, ...)
{
    size_t left = sizeof a->text - a->used;
    va_list args;
    va_start(args, format);
    int n = vsnprintf(a->text + a->used, left, format, args);
    va_end(args);
    if (n < 0 || (size_t)n >= left || a->count == ARGUMENTS_MAX) {
        a->full = true;
        return;
    }
    a->at[a->count++] = a->text + a->used;
    a->used += (size_t)n + 1;
}

static void add_more(struct arguments *a, const char *more)
{
    while (*(more += strspn(more, " \t"))) {
        size_t len = strcspn(more, " \t");
        add(a, "%.*s", (int)len, more);
        more += len;
    }
}

/* Whether the user's arguments settle something already: one of the words, each with a blank before. */
static bool settles(const char *more, const char *const *words)
{
    for (; *words; words++)
        for (const char *at = more; (at = strstr(at, *words)) != NULL; at++)
            if (at == more || at[-1] == ' ' || at[-1] == '\t')
                return true;
    return false;
}

/* One lcore, on all processors that we may use: EAL pins its threads to those of an lcore. */
static void add_lcore(struct arguments *a, const cpu_set_t *cpus)
{
    char list[4096] = "";
    size_t used = 0;
    for (int cpu = 0; cpu < CPU_SETSIZE && used < sizeof list - 8; cpu++)
        if (CPU_ISSET(cpu, cpus))
            used += (size_t)snprintf(list + used, sizeof list - used, "%s%d", used ? "," : "", cpu);
    add(a, "--lcores=0@(%s)", list);
}

/* EAL takes ordinary pages only in one piece, at the start, and then not --in-memory; without files
 * it works all the same. */
static void add_memory(struct arguments *a, uint64_t bytes)
{
    uint64_t mib = bytes >> 20;
    add(a, "--no-shconf");
    add(a, "--no-huge");
    add(a, "-m");
    add(a, "%" PRIu64, mib + mib / 4 + OWN_MIB);
}

static void add_pci(struct arguments *a, const struct dpdk_start *s)
{
    switch (s->pci) {
    case DPDK_PCI_NONE:
        add(a, "--no-pci");
        add(a, "--iova-mode=va"); /* no device asks for physical addresses, which want privileges */
        break;
    case DPDK_PCI_ONE:
        add(a, "--allow=%s", s->pci_args);
        break;
    case DPDK_PCI_ALL:
        break;
    }
}

static const char *const cores_words[] = {"-l", "-c", "-s", "--lcores", NULL};
static const char *const ordinary_words[] = {"--no-huge", "--legacy-mem", NULL};
static const char *const huge_words[] = {"--in-memory", "--huge-dir", "--huge-unlink", NULL};
static const char *const pci_words[] = {"-a", "-b", "--allow", "--block", "--no-pci", NULL};
static const char *const log_words[] = {"--log-level", "-v", "--syslog", NULL};

static void make_arguments(struct arguments *a, const struct dpdk_start *s, const cpu_set_t *cpus)
{
    const char *more = s->more ? s->more : "";
    add(a, "gen");
    add(a, "--no-telemetry");
    if (!settles(more, cores_words))
        add_lcore(a, cpus);
    if (settles(more, ordinary_words))
        add(a, "--no-shconf");
    else if (dpdk_huge_bytes_free() || settles(more, huge_words))
        add(a, "--in-memory");
    else
        add_memory(a, s->memory_bytes);
    if (!settles(more, pci_words))
        add_pci(a, s);
    if (!settles(more, log_words))
        add(a, "--log-level=error");
    add_more(a, more);
}

/* ---- the start ---- */

/* net_af_xdp's libraries, which would write to stderr. */
static int quiet_bpf(enum libbpf_print_level level, const char *format, va_list args)
{
    (void)level, (void)format, (void)args;
    return 0;
}

static int quiet_xdp(enum libxdp_print_level level, const char *format, va_list args)
{
    (void)level, (void)format, (void)args;
    return 0;
}

/* EAL writes its last words, and the list of its options when one is wrong, to the streams of the
 * program, log or not: while it starts, those are the log as well. */
static int start_into(FILE *log, struct arguments *a)
{
    FILE *out = stdout, *err = stderr;
    stdout = stderr = log;
    int rc = rte_eal_init(a->count, a->at) < 0 ? -rte_errno : 0;
    stdout = out;
    stderr = err;
    return rc;
}

static int refuse(int rc, const struct dpdk_start *s, long mark, struct err *e)
{
    char said[DPDK_SAID];
    dpdk_log_first(mark, said);
    return err_set(e, EXIT_ENVIRONMENT, rc,
                   "wire dpdk: its environment layer does not start: %s: %s; dpdk_eal = \"%.*s\", %s",
                   strerror(-rc), said, SAID_ALOUD_MAX, s->more ? s->more : "",
                   dpdk_huge_bytes_free() ? "huge pages are there" : "no huge pages");
}

static int start(const struct dpdk_start *s, struct arguments *a, struct err *e)
{
    FILE *log = NULL;
    bool shown = settles(s->more ? s->more : "", log_words);
    int rc = shown ? 0 : dpdk_log_open(&log);
    if (rc)
        return err_set(e, EXIT_ENVIRONMENT, rc, "wire dpdk: no memory for its log: %s", strerror(-rc));
    if (!shown) {
        libbpf_set_print(quiet_bpf);
        libxdp_set_print(quiet_xdp);
    }
    long mark = dpdk_log_mark();
    rc = start_into(shown ? stderr : log, a);
    return rc && rc != -EALREADY ? refuse(rc, s, mark, e) : 0;
}

int dpdk_eal_start(const struct dpdk_start *s, struct err *e)
{
    cpu_set_t cpus;
    struct arguments *a = calloc(1, sizeof *a);
    if (!a || sched_getaffinity(0, sizeof cpus, &cpus)) {
        free(a);
        return err_set(e, EXIT_ENVIRONMENT, -ENOMEM, "wire dpdk: no memory, or no processors told");
    }
    make_arguments(a, s, &cpus);
    int rc = a->full ? err_set(e, EXIT_USAGE, -E2BIG,
                               "wire dpdk: dpdk_eal and the device are too long: expected less than "
                               "%d bytes and %d words", TEXT_BYTES, ARGUMENTS_MAX)
                     : start(s, a, e);
    sched_setaffinity(0, sizeof cpus, &cpus);
    free(a);
    return rc;
}
