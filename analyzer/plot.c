/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/plot.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "analyzer/files.h"
#include "analyzer/out/format.h"
#include "analyzer/plots.h"
#include "analyzer/series.h"
#include "analyzer/summary.h"
#include "base/err.h"

static const struct format {
    const char *suffix, *terminal;
} formats[] = {
    {"svg", "svg"},
    {"png", "pngcairo"},
};

#define SCRIPT "chart.gp"
#define ERRORS "errors.txt"
#define FONT   "DejaVu Sans,11"

void plot_quote(FILE *out, const char *text)
{
    fputc('\'', out);
    for (; *text; text++) {
        if (*text == '\'')
            fputc('\'', out);
        fputc(iscntrl((unsigned char)*text) ? ' ' : *text, out);
    }
    fputc('\'', out);
}

/* --- the private folder ---------------------------------------------------------------- */

struct folder {
    char path[64];
};

static int folder_open(struct folder *f, struct err *e)
{
    const char *tmp = "/tmp/analyze-plot.XXXXXX";
    strcpy(f->path, tmp);
    if (mkdtemp(f->path))
        return 0;
    return err_set(e, EXIT_ENVIRONMENT, -errno, "cannot make a folder %s: %s", tmp,
                   strerror(errno));
}

static const char *folder_file(const struct folder *f, char *buf, size_t size, const char *name)
{
    snprintf(buf, size, "%s/%s", f->path, name);
    return buf;
}

static void folder_close(const struct folder *f)
{
    static const char *const names[] = {SCRIPT, ERRORS, "svg", "png"};
    char path[128];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unlink(folder_file(f, path, sizeof path, names[i]));
    rmdir(f->path);
}

/* --- gnuplot itself -------------------------------------------------------------------- */

static void child(const struct folder *f)
{
    char *argv[] = {"gnuplot", "-d", SCRIPT, NULL}; /* -d: no start-up files */
    int null = open("/dev/null", O_RDWR);
    if (chdir(f->path) == 0 && null >= 0) {
        int errors = open(ERRORS, O_WRONLY | O_CREAT | O_EXCL, 0600);
        dup2(null, STDIN_FILENO);
        dup2(null, STDOUT_FILENO);
        dup2(errors >= 0 ? errors : null, STDERR_FILENO);
        execvp(argv[0], argv);
    }
    _exit(errno == ENOENT ? 127 : 126);
}

/* The first error that gnuplot named, its position and its warnings left out. */
static int complain(const struct folder *f, const char *chart, int status, struct err *e)
{
    char path[128], line[300] = "";
    FILE *errors = fopen(folder_file(f, path, sizeof path, ERRORS), "r");
    while (errors && fgets(line, sizeof line, errors))
        if (strncmp(line, "\"" SCRIPT "\"", strlen(SCRIPT) + 2) == 0 &&
            !strcasestr(line, "warning"))
            break;
        else
            line[0] = '\0';
    if (errors)
        fclose(errors);
    line[strcspn(line, "\n")] = '\0';
    return err_set(e, EXIT_ENVIRONMENT, -EIO, "gnuplot could not draw %s (status %d): %s", chart,
                   status, line[0] ? line : "it said nothing");
}

static int run_gnuplot(const struct folder *f, const char *chart, struct err *e)
{
    char path[128];
    unlink(folder_file(f, path, sizeof path, ERRORS));
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0)
        child(f);
    int status = 0;
    if (pid < 0 || waitpid(pid, &status, 0) != pid)
        return err_set(e, EXIT_ENVIRONMENT, -errno, "cannot start gnuplot: %s", strerror(errno));
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    if (code == 127)
        return err_set(e, EXIT_ENVIRONMENT, -ENOENT,
                       "charts need the program gnuplot, which is not installed: "
                       "`apt-get install gnuplot-nox` (everything but --plot works without)");
    return code ? complain(f, chart, code, e) : 0;
}

/* --- a chart --------------------------------------------------------------------------- */

static void write_titles(FILE *out, const struct chart *c, const struct summary *s)
{
    char title[300], subtitle[500], when[40], connections[40];
    const struct run_info *run = &s->run;
    snprintf(title, sizeof title, "%s: %s", c->title, run->workload_id);
    const struct figure *opened = &s->figures[FIGURE_CONNECTIONS];
    snprintf(connections, sizeof connections, "?");
    if (opened->has)
        format_number(connections, sizeof connections, opened->value);
    snprintf(subtitle, sizeof subtitle, "run %lld (%.8s), %s, %s on %s, %s connections, rate %s%s",
             (long long)run->id, run->uuid, format_time(when, sizeof when, run->started_ns),
             run->protocol, run->wire, connections, run->load,
             s->under_saturation ? " (latency under saturation)" : "");
    fputs("TITLE = ", out);
    plot_quote(out, title);
    fputs("\nSUBTITLE = ", out);
    plot_quote(out, subtitle);
    fputs("\n", out);
}

/* 0, 1 with `why`, or -errno. */
static int write_script(const struct folder *f, const struct chart *c, const struct format *format,
                        const struct plot_input *in, const char **why, struct err *e)
{
    char path[128];
    FILE *out = fopen(folder_file(f, path, sizeof path, SCRIPT), "w");
    if (!out)
        return err_set(e, EXIT_ENVIRONMENT, -errno, "cannot write %s: %s", path, strerror(errno));
    fprintf(out,
            "set encoding utf8\nset terminal %s noenhanced size %d,%d font '%s' background rgb "
            "'#ffffff'\n"
            "set output '%s'\n",
            format->terminal, c->width, c->height, FONT, format->suffix);
    write_titles(out, c, in->summary);
    fputs(plot_style, out);
    int ret = c->data(out, in, why);
    fputs(c->script, out);
    fputs("\nset output\n", out);
    bool bad = ferror(out) != 0;
    bad |= fclose(out) != 0;
    return bad ? err_set(e, EXIT_ENVIRONMENT, -EIO, "cannot write %s", path) : ret;
}

static int draw(const struct folder *f, const struct chart *c, const struct format *format,
                const struct plot_input *in, const char *dir, FILE *said, struct err *e)
{
    const char *why = "";
    char made[128], workload[128], name[256];
    int ret = write_script(f, c, format, in, &why, e);
    if (ret > 0)
        fprintf(said, "no %s chart: %s\n", c->name, why);
    if (ret)
        return ret < 0 ? ret : 1;
    ret = run_gnuplot(f, c->name, e);
    if (ret)
        return ret;
    snprintf(name, sizeof name, "%s_%s_%lld.%s", c->name,
             format_file_part(workload, sizeof workload, in->summary->run.workload_id),
             (long long)in->summary->run.id, format->suffix);
    ret = files_copy(folder_file(f, made, sizeof made, format->suffix), dir, name, e);
    if (ret == 0)
        fprintf(said, "%s/%s\n", dir, name);
    return ret;
}

static int draw_all(const struct folder *f, const struct plot_input *in, const char *dir,
                    FILE *said, struct err *e)
{
    int ret = 0;
    for (size_t c = 0; c < charts_count && ret >= 0; c++) {
        ret = 0;
        for (size_t i = 0; i < sizeof formats / sizeof *formats && ret == 0; i++)
            ret = draw(f, &charts[c], &formats[i], in, dir, said, e);
    }
    return ret < 0 ? ret : 0;
}

int plot_run(struct db *db, const struct summary *s, const char *dir, FILE *said, struct err *e)
{
    struct series series = {0};
    struct plot_input in = {s, &series};
    struct folder f;
    int ret = series_build(db, s, &series, e);
    ret = ret ? ret : files_make_dir(dir, e);
    ret = ret ? ret : folder_open(&f, e);
    if (ret == 0) {
        ret = draw_all(&f, &in, dir, said, e);
        folder_close(&f);
    }
    free(series.points);
    return ret;
}
