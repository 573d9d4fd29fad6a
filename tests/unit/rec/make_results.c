/* SPDX-License-Identifier: BSD-3-Clause */
/* make_results FILE: a results file as the recorder writes it, for the queries of docs/SCHEMA.md. */
#include "tests/unit/rec/recorded.h"

int main(int argc, char **argv)
{
    static struct feeder feeders[FED_WORKERS];
    struct err e = {0};
    struct db *db;
    struct rec *r;
    int64_t id;
    if (argc != 2)
        return 2;
    int ret = db_open(argv[1], DB_CREATE, &db, &e);
    if (!ret && !(ret = fed_run(db, &id, &e))) {
        struct rec_config cfg = fed_config(db, id);
        if (!(ret = rec_open(&cfg, &r, &e))) {
            feed_all(r, feeders);
            ret = rec_close(r, &e);
        }
        if (!ret)
            ret = fed_end(db, id, &e);
    }
    if (ret)
        fprintf(stderr, "%s\n", e.message);
    db_close(db);
    return ret ? 1 : 0;
}
