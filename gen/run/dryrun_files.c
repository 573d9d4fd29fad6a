/* SPDX-License-Identifier: BSD-3-Clause */
/* Whether the files that a run writes could be written. Nothing is opened for writing. */
#include <errno.h>
#include <libgen.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/err.h"
#include "base/units.h"
#include "db/db.h"
#include "db/lock.h"
#include "db/schema.h"
#include "run/dryrun.h"

#define TEXT 32

/* The folder of a file that is to be written. */
static void folder_of(const char *file, char out[JOB_TEXT])
{
    char copy[JOB_TEXT];
    snprintf(copy, sizeof copy, "%s", file);
    snprintf(out, JOB_TEXT, "%s", dirname(copy));
}

/* 0, or what keeps it from being written. */
static int writable(const char *file, const char **where)
{
    static const char the_file[] = "", the_folder[] = " (its folder)";
    char folder[JOB_TEXT];
    folder_of(file, folder);
    *where = the_file;
    if (!access(file, F_OK) && access(file, W_OK))
        return errno;
    *where = the_folder;
    return access(folder, W_OK | X_OK) ? errno : 0;
}

static int check_file(const char *name, const char *file)
{
    const char *where;
    struct stat st;
    int error = writable(file, &where);
    if (!error && !stat(file, &st) && S_ISDIR(st.st_mode)) {
        where = "";
        error = EISDIR;
    }
    int code = !error ? EXIT_WELL : error == ENOENT || error == EISDIR ? EXIT_USAGE
                                                                       : EXIT_ENVIRONMENT;
    if (error)
        dryrun_row(code, name, "%s%s: %s", file, where, strerror(error));
    else
        dryrun_row(code, name, "%s: can be written", file);
    return code;
}

/* The first bytes of an SQLite file (its format, section 1.3): opening it would leave files beside. */
struct header {
    char magic[16];
    uint8_t before[44], user_version[4], between[4], application_id[4];
};

static uint32_t big_endian(const uint8_t b[4])
{
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

/* NULL, or why a run would refuse this file. */
static const char *not_ours(const char *file)
{
    struct header h;
    FILE *in = fopen(file, "re");
    size_t n = in ? fread(&h, 1, sizeof h, in) : 0;
    if (in)
        fclose(in);
    if (n == 0) /* missing, empty, or told by its permissions */
        return NULL;
    if (n < sizeof h || memcmp(h.magic, "SQLite format 3", sizeof h.magic))
        return "not a database";
    if (big_endian(h.application_id) != DB_APPLICATION_ID)
        return "a database of another program";
    if (big_endian(h.user_version) > (uint32_t)db_migration_count)
        return "written by a newer version";
    return NULL;
}

static int check_database(const struct job *job)
{
    const char *why = not_ours(job->db);
    if (!why)
        return check_file("database", job->db);
    dryrun_row(EXIT_USAGE, "database", "%s: %s: expected a results file, or none", job->db, why);
    return EXIT_USAGE;
}

/* One run at a time writes a file. */
static int check_writer(const struct job *job)
{
    if (access(job->db, F_OK) || !lock_is_held(job->db))
        return EXIT_WELL;
    dryrun_row(EXIT_ENVIRONMENT, "writer",
               "%s: another process writes it now: expected another db, or that it ends first",
               job->db);
    return EXIT_ENVIRONMENT;
}

static int check_disk(const struct job *job, const struct need *n)
{
    struct statvfs fs;
    char folder[JOB_TEXT], want[TEXT] = "not known before", have[TEXT];
    folder_of(job->db, folder);
    if (statvfs(folder, &fs))
        return EXIT_WELL; /* the database has said so */
    uint64_t free_bytes = (uint64_t)fs.f_bavail * fs.f_frsize;
    bool known = !isnan(n->db_high_bytes);
    if (known)
        units_format_bytes(want, sizeof want, (uint64_t)n->db_high_bytes);
    int code = known && n->db_high_bytes > (double)free_bytes ? EXIT_ENVIRONMENT : EXIT_WELL;
    dryrun_row(code, "disk", "%s free for the database, wanted: %s",
               units_format_bytes(have, TEXT, free_bytes), want);
    return code;
}

int dryrun_files(const struct job *job, const struct need *n)
{
    int database = check_database(job), writer = check_writer(job), disk = check_disk(job, n);
    int pcap = *job->pcap ? check_file("pcap", job->pcap) : EXIT_WELL;
    return database ? database : writer ? writer : disk ? disk : pcap;
}
