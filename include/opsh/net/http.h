/* HTTP by libcurl: one multi handle for the life of the program, one kept connection, every wait
 * also watches the signal descriptor, so that Ctrl-C ends a request at once, also during name
 * resolution and TLS. No redirects, no netrc, https only except on loopback. */
#ifndef OPSH_NET_HTTP_H
#define OPSH_NET_HTTP_H

#include "opsh/base/buf.h"

#include <stdint.h>

struct op_http; /* opaque: the client */

struct op_http_request {
    const char *url;
    const char *bearer;      /* sent as Authorization: Bearer …; NULL: none */
    const char *body;        /* NULL: GET; else POST with Content-Type application/json */
    size_t body_len;
    const char *accept;      /* NULL: application/json */
    const char *ca_file;     /* NULL: the system's */
    int64_t connect_ms;      /* 0: 10 s */
    int64_t silence_ms;      /* 0: none; end when no byte came for so long */
    size_t max_bytes;        /* of the response; 0: 64 MiB */
    /* Called as bytes of a response arrive (any status); return false to end it. May be NULL. */
    bool (*on_data)(void *ctx, const char *bytes, size_t n);
    void *ctx;
};

struct op_http_response {
    int status;              /* 0 when none came */
    char content_type[96];
    int64_t retry_after_s;   /* -1 when the server did not say */
    bool any_data;           /* a byte of the body came */
    bool interrupted;
};

struct op_http *op_http_new(struct op_err *err) OP_CHECKED; /* curl_global_init happens here, lazily */
void op_http_free(struct op_http *http);

/* true when a whole response came, whatever its status. Errors: OP_NETWORK (says host, cause and what to do),
 * OP_LIMIT, OP_INTERRUPTED. */
bool op_http_perform(struct op_http *http, const struct op_http_request *req, struct op_http_response *res,
                     struct op_err *err) OP_CHECKED;

#endif
