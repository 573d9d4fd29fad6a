/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/lib/strike.h"

#include <sys/wait.h>

#include "tests/lib/check_main.h"

static int await_session(pid_t pid, int n)
{
    int status;
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_msg(WIFEXITED(status) &&
                      (WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == NOT_STRUCK),
                  "operation %d: status 0x%x", n, status);
    return WEXITSTATUS(status) == 0;
}

static int strike_some(const struct strikes *s, int n)
{
    pid_t pids[STRIKES_MAX];
    int struck = 0;
    for (int i = 0; i < s->at_once; i++)
        if (!(pids[i] = fork()))
            s->session(s->ctx, n + i * s->step);
    for (int i = 0; i < s->at_once; i++)
        struck += await_session(pids[i], n + i * s->step);
    return struck;
}

int strike_in_turn(const struct strikes *s)
{
    int all = 0, struck;
    ck_assert_int_le(s->at_once, STRIKES_MAX);
    do {
        struck = strike_some(s, 1 + all * s->step);
        all += struck;
    } while (struck == s->at_once);
    return all;
}
