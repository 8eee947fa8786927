/* From a libcurl result to one line for a person. */
#ifndef OPSH_NET_EXPLAIN_H
#define OPSH_NET_EXPLAIN_H

#include "opsh/net/http.h"

#include "curl_lib.h"

struct op_net_failure {
    CURLcode code;
    int sys;            /* errno of a failed connect, or 0 */
    const char *host;   /* as op_http_url_host says it */
    bool local;
    bool connected;     /* the request was on its way */
    int64_t connect_ms;
    const char *detail; /* libcurl's own words, not yet cleaned */
    const char *ca_file;
};

/* Fills err (OP_NETWORK) and returns whether trying again may help. */
bool op_net_explain(const struct op_net_failure *f, struct op_err *err);

#endif
