/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/parallel.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

struct pieces {
    size_t count;
    int (*work)(void *all, size_t i);
    void *all;
    atomic_size_t next;
    atomic_int failed;
};

static void *take_pieces(void *shared)
{
    struct pieces *p = shared;
    for (size_t i; (i = atomic_fetch_add(&p->next, 1)) < p->count && !atomic_load(&p->failed);) {
        int none = 0, ret = p->work(p->all, i);
        if (ret)
            atomic_compare_exchange_strong(&p->failed, &none, ret);
    }
    return NULL;
}

/* This thread works, too, and does all of it where no other can be had. */
int parallel_each(size_t count, int (*work)(void *all, size_t i), void *all)
{
    pthread_t threads[PARALLEL_MAX];
    struct pieces p = {.count = count, .work = work, .all = all};
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    size_t wanted = cores > 1 ? (size_t)cores - 1 : 0, made = 0;
    while (made < wanted && made + 1 < count && made < PARALLEL_MAX &&
           pthread_create(&threads[made], NULL, take_pieces, &p) == 0)
        made++;
    take_pieces(&p);
    for (size_t i = 0; i < made; i++)
        pthread_join(threads[i], NULL);
    return atomic_load(&p.failed);
}
