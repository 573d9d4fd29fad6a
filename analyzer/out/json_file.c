/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/out/writer.h"

#include <errno.h>

#include "analyzer/files.h"
#include "analyzer/out/format.h"
#include "analyzer/summary.h"
#include "base/err.h"
#include "base/units.h"

int json_write_file(const char *dir, const struct summary *s, FILE *said, struct err *e)
{
    char workload[128], name[256];
    snprintf(name, sizeof name, "transport_real_tcp_%s_%lld.json",
             format_file_part(workload, sizeof workload, s->run.workload_id),
             (long long)(s->run.started_ns / (int64_t)NS_PER_S));
    struct file_draft f;
    int ret = files_make_dir(dir, e);
    if (ret == 0)
        ret = file_draft_open(&f, dir, name, e);
    if (ret)
        return ret;
    if (json_write(f.out, s)) {
        file_draft_drop(&f);
        return err_set(e, EXIT_ENVIRONMENT, -EIO, "cannot write %s", f.path);
    }
    ret = file_draft_keep(&f, e);
    if (ret == 0)
        fprintf(said, "%s\n", f.path);
    return ret;
}
