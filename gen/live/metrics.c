/* SPDX-License-Identifier: BSD-3-Clause */
#include "live/metrics.h"

#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/err.h"

#define CONNECTIONS 16u
#define TIMEOUT_S   10u
#define BYTES       (32u << 10) /* a connection, for its request */
#define CONTENT     "application/openmetrics-text; version=1.0.0; charset=utf-8"

struct metrics {
    struct MHD_Daemon *daemon;
    metrics_fill *fill;
    void *ctx;
};

static enum MHD_Result answer(struct MHD_Connection *c, unsigned status, const char *type,
                              char *text, size_t len)
{
    struct MHD_Response *r = MHD_create_response_from_buffer(len, text, MHD_RESPMEM_MUST_FREE);
    if (!r) {
        free(text);
        return MHD_NO;
    }
    MHD_add_response_header(r, MHD_HTTP_HEADER_CONTENT_TYPE, type);
    if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
        MHD_add_response_header(r, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
    enum MHD_Result queued = MHD_queue_response(c, status, r);
    MHD_destroy_response(r);
    return queued;
}

static enum MHD_Result say(struct MHD_Connection *c, unsigned status, const char *text)
{
    char *copy = strdup(text);
    return copy ? answer(c, status, "text/plain; charset=utf-8", copy, strlen(copy)) : MHD_NO;
}

static enum MHD_Result answer_metrics(struct metrics *m, struct MHD_Connection *c)
{
    char *text = NULL;
    size_t len;
    FILE *out = open_memstream(&text, &len);
    int rc = out ? m->fill(out, m->ctx) : -ENOMEM;
    if (out && fclose(out))
        rc = -ENOMEM;
    if (!rc)
        return answer(c, MHD_HTTP_OK, CONTENT, text, len);
    free(text);
    return say(c, MHD_HTTP_SERVICE_UNAVAILABLE, "the run has not begun, or is over\n");
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *c, const char *url,
                                  const char *method, const char *version, const char *data,
                                  size_t *data_len, void **state)
{
    static const int seen;
    (void)version, (void)data;
    if (!*state) { /* the head has come; what body there is comes with later calls */
        *state = (void *)(uintptr_t)&seen;
        return MHD_YES;
    }
    *data_len = 0;
    if (strcmp(method, MHD_HTTP_METHOD_GET) && strcmp(method, MHD_HTTP_METHOD_HEAD))
        return say(c, MHD_HTTP_METHOD_NOT_ALLOWED, "expected GET or HEAD\n");
    if (strcmp(url, "/metrics"))
        return say(c, MHD_HTTP_NOT_FOUND, "expected /metrics\n");
    return answer_metrics(cls, c);
}

static int listen_at(struct ip_addr addr, uint16_t port)
{
    const int on = 1;
    struct sockaddr_in four = {.sin_family = AF_INET,
                               .sin_port = htons(port),
                               .sin_addr.s_addr = htonl(ip_is4(addr) ? ip_to4(addr) : 0)};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    for (int i = 0; i < 16; i++)
        six.sin6_addr.s6_addr[i] = (uint8_t)((i < 8 ? addr.hi : addr.lo) >> (56 - 8 * (i % 8)));
    bool is4 = ip_is4(addr);
    int fd = socket(is4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -errno;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    int rc = is4 ? bind(fd, (struct sockaddr *)&four, sizeof four)
                 : bind(fd, (struct sockaddr *)&six, sizeof six);
    if (!rc && !listen(fd, (int)CONNECTIONS))
        return fd;
    rc = -errno;
    close(fd);
    return rc;
}

static void quiet(void *cls, const char *format, va_list args)
{
    (void)cls, (void)format,
        (void)args; /* who scrapes sees what went wrong; the run does not care */
}

int metrics_open(struct ip_addr addr, uint16_t port, metrics_fill *fill, void *ctx,
                 struct metrics **out, struct err *e)
{
    char text[64];
    struct metrics *m = malloc(sizeof *m);
    int fd = m ? listen_at(addr, port) : -ENOMEM;
    if (fd < 0) {
        free(m);
        return err_set(e, EXIT_ENVIRONMENT, fd, "metrics: cannot listen on %s port %u: %s",
                       ip_format(text, sizeof text, addr), port, strerror(-fd));
    }
    *m = (struct metrics){.fill = fill, .ctx = ctx};
    m->daemon = MHD_start_daemon(MHD_USE_EPOLL | MHD_USE_ERROR_LOG, 0, NULL, NULL, on_request, m,
                                 MHD_OPTION_EXTERNAL_LOGGER, quiet, NULL, MHD_OPTION_LISTEN_SOCKET,
                                 fd, MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS,
                                 MHD_OPTION_CONNECTION_TIMEOUT, TIMEOUT_S,
                                 MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)BYTES, MHD_OPTION_END);
    if (!m->daemon) {
        close(fd);
        free(m);
        return err_set(e, EXIT_ENVIRONMENT, -EIO, "metrics: libmicrohttpd does not start");
    }
    *out = m;
    return 0;
}

void metrics_poll(struct metrics *m)
{
    MHD_run(m->daemon);
}

void metrics_close(struct metrics *m)
{
    MHD_stop_daemon(m->daemon); /* closes the socket, too */
    free(m);
}
