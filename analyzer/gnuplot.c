/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/gnuplot.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"

#define ERRORS      "errors.txt"
#define TMP_MAX_LEN 80

void gnuplot_quote(FILE *out, const char *text)
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

int gnuplot_open(struct gnuplot *f, struct err *e)
{
    const char *tmp = getenv("TMPDIR");
    if (!tmp || !*tmp || strlen(tmp) > TMP_MAX_LEN)
        tmp = "/tmp";
    snprintf(f->path, sizeof f->path, "%s/analyze-plot.XXXXXX", tmp);
    if (mkdtemp(f->path))
        return 0;
    return err_set(e, EXIT_ENVIRONMENT, -errno, "cannot make a folder in %s: %s", tmp,
                   strerror(errno));
}

const char *gnuplot_file(const struct gnuplot *f, char *buf, size_t size, const char *name)
{
    snprintf(buf, size, "%s/%s", f->path, name);
    return buf;
}

void gnuplot_close(const struct gnuplot *f)
{
    static const char *const names[] = {GNUPLOT_SCRIPT, ERRORS, "svg", "png"};
    char path[160];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unlink(gnuplot_file(f, path, sizeof path, names[i]));
    rmdir(f->path);
}

/* --- gnuplot itself -------------------------------------------------------------------- */

/* Far beyond what any chart takes; a gnuplot that hangs must not hang a CI job. */
static unsigned limit_s(void)
{
    const char *text = getenv("ANALYZE_GNUPLOT_LIMIT_S");
    long wanted = text ? strtol(text, NULL, 10) : 0;
    return wanted > 0 && wanted < 86400 ? (unsigned)wanted : 120;
}

static void child(const struct gnuplot *f)
{
    char *argv[] = {"gnuplot", "-d", GNUPLOT_SCRIPT, NULL}; /* -d: no start-up files */
    int null = open("/dev/null", O_RDWR);
    if (chdir(f->path) == 0 && null >= 0) {
        int errors = open(ERRORS, O_WRONLY | O_CREAT | O_EXCL, 0600);
        dup2(null, STDIN_FILENO);
        dup2(null, STDOUT_FILENO);
        dup2(errors >= 0 ? errors : null, STDERR_FILENO);
        alarm(limit_s()); /* outlives execvp */
        execvp(argv[0], argv);
    }
    _exit(errno == ENOENT ? 127 : 126);
}

/* The first error that gnuplot named, its position and its warnings left out. */
static int complain(const struct gnuplot *f, const char *chart, int status, struct err *e)
{
    char path[160], line[300] = "";
    FILE *errors = fopen(gnuplot_file(f, path, sizeof path, ERRORS), "r");
    while (errors && fgets(line, sizeof line, errors))
        if (strncmp(line, "\"" GNUPLOT_SCRIPT "\"", strlen(GNUPLOT_SCRIPT) + 2) == 0 &&
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

int gnuplot_run(const struct gnuplot *f, const char *chart, struct err *e)
{
    char path[160];
    unlink(gnuplot_file(f, path, sizeof path, ERRORS));
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
    if (code == 128 + SIGALRM)
        return err_set(e, EXIT_ENVIRONMENT, -ETIMEDOUT,
                       "gnuplot did not end within %u s while drawing %s "
                       "(ANALYZE_GNUPLOT_LIMIT_S gives it more)", limit_s(), chart);
    return code ? complain(f, chart, code, e) : 0;
}

#define TAIL_LEN 32

/* Whether the file begins so, and has that among its last bytes. */
static bool framed(FILE *in, const char *begin, size_t begin_len, const char *end, size_t end_len)
{
    char head[16], tail[TAIL_LEN];
    if (fread(head, 1, begin_len, in) != begin_len || memcmp(head, begin, begin_len) ||
        fseek(in, -TAIL_LEN, SEEK_END))
        return false;
    return memmem(tail, fread(tail, 1, sizeof tail, in), end, end_len) != NULL;
}

int gnuplot_check(const struct gnuplot *f, const char *chart, const char *picture, struct err *e)
{
    char path[160];
    FILE *in = fopen(gnuplot_file(f, path, sizeof path, picture), "r");
    bool png = strcmp(picture, "png") == 0;
    bool whole = in && (png ? framed(in, "\x89PNG\r\n\x1a\n", 8, "IEND\xae\x42\x60\x82", 8)
                            : framed(in, "<?xml ", 6, "</svg>", 6));
    if (in)
        fclose(in);
    return whole ? 0
                 : err_set(e, EXIT_ENVIRONMENT, -EIO,
                           "gnuplot said that it drew %s, but what it wrote is no whole %s picture: "
                           "is the gnuplot in PATH the one of gnuplot-nox?",
                           chart, png ? "PNG" : "SVG");
}
