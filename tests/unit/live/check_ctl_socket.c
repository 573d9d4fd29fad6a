/* SPDX-License-Identifier: BSD-3-Clause */
/* A real socket: the server is polled in this process, clients are what they are. */
#include "live/ctl_socket.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/err.h"
#include "live/ctl_parse.h"
#include "tests/lib/check_main.h"

/* Says how long the line was and what it was. */
static void echo(const char *line, size_t len, FILE *reply, void *ctx)
{
    ++*(int *)ctx;
    fprintf(reply, "%zu:%.*s", len, (int)(len < 40 ? len : 40), line);
}

static struct ctl_server *server;
static int answered;

static void set_up(void)
{
    answered = 0;
    ck_assert_int_eq(ctl_listen(echo, &answered, &server), 0);
}

static void tear_down(void)
{
    ctl_close(server);
}

static int connected(void)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    int len = snprintf(at.sun_path + 1, sizeof at.sun_path - 1, CTL_NAME "%d", (int)getpid());
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(connect(fd, (struct sockaddr *)&at,
                             (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)len)),
                     0);
    return fd;
}

static void put(int fd, const char *text)
{
    ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
}

/* What is there after the server was polled; "" when the connection is closed. */
static const char *got(int fd)
{
    static _Thread_local char text[2000];
    for (int i = 0; i < 4; i++)
        ctl_poll(server);
    ssize_t n = recv(fd, text, sizeof text - 1, MSG_DONTWAIT);
    if (n < 0)
        return "nothing yet";
    text[n] = '\0';
    return text;
}

START_TEST(lines_in_any_pieces)
{
    int fd = connected();
    put(fd, "sta");
    ck_assert_str_eq(got(fd), "nothing yet");
    put(fd, "tus\nrate 5\n");
    ck_assert_str_eq(got(fd), "6:status\n6:rate 5\n");
    put(fd, "\n");
    ck_assert_str_eq(got(fd), "0:\n");
    close(fd);
    ctl_poll(server);
    ck_assert_int_eq(answered, 3);
}
END_TEST

START_TEST(two_at_once)
{
    int a = connected(), b = connected();
    put(a, "stat");
    put(b, "stop\n");
    ck_assert_str_eq(got(b), "4:stop\n");
    put(a, "us\n");
    ck_assert_str_eq(got(a), "6:status\n");
    close(a);
    close(b);
}
END_TEST

START_TEST(a_line_without_end_is_cut_off)
{
    char text[CTL_LINE_MAX + 1];
    int fd = connected();
    memset(text, 'x', sizeof text);
    text[CTL_LINE_MAX] = '\0';
    put(fd, text);
    ck_assert_int_eq(strncmp(got(fd), "512:xxx", 7), 0);
    ck_assert_str_eq(got(fd), "");
    close(fd);
}
END_TEST

START_TEST(the_ninth_takes_the_place_of_the_first)
{
    int fds[9];
    for (int i = 0; i < 9; i++) {
        fds[i] = connected();
        ctl_poll(server);
    }
    put(fds[8], "status\n");
    ck_assert_str_eq(got(fds[8]), "6:status\n");
    ck_assert_str_eq(got(fds[0]), "");
    put(fds[1], "next\n");
    ck_assert_str_eq(got(fds[1]), "4:next\n");
    for (int i = 0; i < 9; i++)
        close(fds[i]);
}
END_TEST

START_TEST(who_does_not_read_is_left)
{
    int fd = connected();
    for (int i = 0; i < 100000 && send(fd, "status\n", 7, MSG_NOSIGNAL | MSG_DONTWAIT) == 7; i++)
        ctl_poll(server);
    int other = connected();
    put(other, "stop\n");
    ck_assert_str_eq(got(other), "4:stop\n");
    close(other);
    close(fd);
}
END_TEST

static _Atomic bool asked;

static void *ask(void *arg)
{
    struct err e = {0};
    char name[60];
    snprintf(name, sizeof name, "@" CTL_NAME "%d", (int)getpid());
    ck_assert_int_eq(ctl_ask(name, "status", arg, &e), 0);
    asked = true;
    return NULL;
}

START_TEST(the_asking_end)
{
    char reply[CTL_REPLY_MAX];
    pid_t pids[64];
    pthread_t thread;
    int n = ctl_find(pids, 64);
    bool found = false;
    for (int i = 0; i < n && i < 64; i++)
        found |= pids[i] == getpid();
    ck_assert(found);
    asked = false;
    pthread_create(&thread, NULL, ask, reply);
    while (!asked)
        ctl_poll(server);
    pthread_join(thread, NULL);
    ck_assert_str_eq(reply, "6:status");
}
END_TEST

START_TEST(nobody_there)
{
    char reply[CTL_REPLY_MAX];
    struct err e = {0};
    ck_assert_int_lt(ctl_ask("@wirebench-nobody", "status", reply, &e), 0);
    ck_assert_int_eq(e.exit_code, EXIT_ENVIRONMENT);
    ck_assert_str_eq(e.message, "ctl: @wirebench-nobody: Connection refused");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("live/ctl_socket");
    TCase *tests = tcase_create("all");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, lines_in_any_pieces);
    tcase_add_test(tests, two_at_once);
    tcase_add_test(tests, a_line_without_end_is_cut_off);
    tcase_add_test(tests, the_ninth_takes_the_place_of_the_first);
    tcase_add_test(tests, who_does_not_read_is_left);
    tcase_add_test(tests, the_asking_end);
    tcase_add_test(tests, nobody_there);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
