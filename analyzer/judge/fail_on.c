/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/judge/fail_on.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "base/err.h"

static bool is(const char *word, size_t len, const char *what)
{
    return strlen(what) == len && strncmp(word, what, len) == 0;
}

int fail_on_parse(const char *text, struct fail_on *out, struct err *e)
{
    bool none = false, any = false;
    *out = (struct fail_on){!text, !text, true};
    for (const char *at = text ? text : ""; *at; at += *at == ',') {
        size_t len = strcspn(at, ",");
        bool known = true;
        if (is(at, len, "regression"))
            out->regression = any = true;
        else if (is(at, len, "inconclusive"))
            out->inconclusive = any = true;
        else if (is(at, len, "invalid"))
            any = true;
        else
            known = none = is(at, len, "none");
        if (!known)
            return err_set(e, EXIT_USAGE, -EINVAL,
                           "--fail-on: \"%.*s\": expected regression, inconclusive, invalid, with "
                           "commas between, or none",
                           (int)(len < 60 ? len : 60), at);
        at += len;
    }
    if (none && any)
        return err_set(e, EXIT_USAGE, -EINVAL, "--fail-on: none stands alone, found \"%.100s\"",
                       text);
    out->invalid = !none;
    return 0;
}

int fail_on_code(const struct fail_on *f, int code)
{
    if ((code == EXIT_VERDICT && !f->regression) ||
        (code == EXIT_INCONCLUSIVE && !f->inconclusive) || (code == EXIT_INVALID && !f->invalid))
        return EXIT_WELL;
    return code;
}
