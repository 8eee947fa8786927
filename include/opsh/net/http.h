/* HTTP by libcurl: one multi handle for the life of the client, one kept connection, every wait
 * also watches the signal descriptor, so that Ctrl-C ends a request at once, also during name
 * resolution and TLS. No redirects, no netrc, https only except on loopback, where no proxy is
 * asked either. Certificates: ca_file, else $SSL_CERT_FILE, else the system's. */
#ifndef OPSH_NET_HTTP_H
#define OPSH_NET_HTTP_H

#include "opsh/base/buf.h"

#include <stdint.h>

struct op_http; /* opaque: the client */

struct op_http_response {
    int status;              /* 0 when none came */
    char content_type[96];   /* "" when the server did not say */
    int64_t retry_after_s;   /* -1 when the server did not say */
    bool any_data;           /* a byte of the body came */
    bool stopped;            /* on_data ended it */
    bool again;              /* after an error: the same request may succeed in a moment */
};

struct op_http_request {
    const char *url;
    const char *bearer;      /* sent as Authorization: Bearer …; NULL: none */
    const char *body;        /* NULL: GET; else POST with Content-Type application/json */
    size_t body_len;
    const char *accept;      /* NULL: application/json */
    const char *ca_file;     /* NULL: the system's */
    int64_t connect_ms;      /* 0: 10 s */
    int64_t silence_ms;      /* 0: none; end when no byte moved for so long */
    size_t max_bytes;        /* of the response; 0: 64 MiB */
    /* Called as bytes of a response arrive (any status; `so_far` has status and content type). Return false
     * to end the request there. May be NULL. */
    bool (*on_data)(void *ctx, const struct op_http_response *so_far, const char *bytes, size_t n);
    /* Has all that matters arrived? Then the end of the response is waited for only a moment more, and one that
     * does not come is no error (res->stopped). May be NULL. */
    bool (*is_complete)(void *ctx);
    /* Called about every 100 ms while the request lasts, so that somebody who waits can be told. May be NULL. */
    void (*on_tick)(void *ctx);
    void *ctx;
};

struct op_http *op_http_new(struct op_err *err) OP_CHECKED; /* curl_global_init happens here, once */
void op_http_free(struct op_http *http);

/* true when a whole response came, whatever its status, or on_data ended it (res->stopped). Errors: OP_NETWORK
 * (says host, cause and what to do; a redirect is one), OP_LIMIT (max_bytes), OP_CONFIG (the URL), OP_INTERRUPTED. */
bool op_http_perform(struct op_http *http, const struct op_http_request *req, struct op_http_response *res,
                     struct op_err *err) OP_CHECKED;

/* Is this an URL that op_http_perform takes: https, or http to this machine, without a user name? Errors: OP_CONFIG. */
bool op_http_url_check(const char *url, struct op_err *err) OP_CHECKED;
bool op_http_url_is_local(const char *url); /* localhost, 127.0.0.0/8, ::1 */

/* "api.example.com" or "localhost:8080" (the port where it is not the scheme's own), printable; for messages. owned */
char *op_http_url_host(const char *url);

#endif
