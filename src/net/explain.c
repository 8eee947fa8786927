/* One table from libcurl's results to what a person can do about them. */
#include "explain.h"

#include "opsh/base/text.h"

#include <errno.h>

static const struct {
    CURLcode code;
    bool again;
    bool detail; /* libcurl's words add something */
    const char *cause, *advice;
} known[] = {
    { CURLE_COULDNT_RESOLVE_HOST, false, false, "this name cannot be resolved",
      "check the endpoint's address and the network" },
    { CURLE_COULDNT_RESOLVE_PROXY, false, false, "the proxy's name cannot be resolved",
      "check https_proxy and no_proxy" },
    { CURLE_PROXY, false, true, "the proxy refuses to connect", "check https_proxy and no_proxy" },
    { CURLE_PEER_FAILED_VERIFICATION, false, true, "its certificate is not trusted",
      "if your organisation signs its own, point ca_file or SSL_CERT_FILE at its bundle" },
    { CURLE_SSL_CACERT_BADFILE, false, true, "the file of trusted certificates cannot be used",
      "check ca_file and SSL_CERT_FILE" },
    { CURLE_SSL_CONNECT_ERROR, false, true, "no TLS connection could be made",
      "is there really an https server on this port?" },
    { CURLE_SEND_ERROR, true, false, "the connection broke while sending", "try again" },
    { CURLE_RECV_ERROR, true, false, "the connection broke before the reply was complete", "try again" },
    { CURLE_GOT_NOTHING, true, false, "it closed the connection without an answer", "try again" },
    { CURLE_PARTIAL_FILE, true, false, "the connection broke before the reply was complete", "try again" },
    { CURLE_HTTP2, true, false, "the connection broke (HTTP/2)", "try again" },
    { CURLE_HTTP2_STREAM, true, false, "the connection broke (HTTP/2)", "try again" },
    { CURLE_UNSUPPORTED_PROTOCOL, false, false, "what answers there does not speak HTTP",
      "check the endpoint's port" },
    /* its word for headers that are too large; opsh itself ends where memory does */
    { CURLE_OUT_OF_MEMORY, false, false, "its reply's headers are too large", "check the endpoint's address" },
#if LIBCURL_VERSION_NUM >= 0x080600
    { CURLE_TOO_LARGE, false, false, "its reply's headers are too large", "check the endpoint's address" },
#endif
    { CURLE_WEIRD_SERVER_REPLY, false, false, "what answers there does not speak HTTP",
      "check the endpoint's port" },
};

static bool explain_connect(const struct op_net_failure *f, struct op_err *err)
{
    if (f->sys == ECONNREFUSED && f->local)
        (void)op_fail(err, OP_NETWORK, 0, "%s: nothing listens there: start the model server, or check the port",
                      f->host);
    else if (f->sys == ECONNREFUSED)
        (void)op_fail(err, OP_NETWORK, 0, "%s: connection refused: check the endpoint's address and port", f->host);
    else
        (void)op_fail(err, OP_NETWORK, f->sys, "%s: no connection: check the network and proxy settings", f->host);
    return !f->local;
}

bool op_net_explain(const struct op_net_failure *f, struct op_err *err)
{
    if (f->code == CURLE_COULDNT_CONNECT)
        return explain_connect(f, err);
    if (f->code == CURLE_OPERATION_TIMEDOUT && !f->connected) {
        (void)op_fail(err, OP_NETWORK, 0, "%s: no connection within %lld s: check the network and proxy settings",
                      f->host, (long long)((f->connect_ms + 999) / 1000));
        return true;
    }
    OP_AUTO_BUF detail = OP_BUF_INIT;
    const char *words = f->detail[0] != '\0' ? f->detail : curl_easy_strerror(f->code);
    op_text_visible(&detail, words, strlen(words));
    for (size_t i = 0; i < OP_LEN(known); i++) {
        if (known[i].code != f->code)
            continue;
        (void)op_fail(err, OP_NETWORK, 0, "%s: %s%s%.160s%s: %s", f->host, known[i].cause,
                      known[i].detail ? " (" : "", known[i].detail ? op_buf_str(&detail) : "",
                      known[i].detail ? ")" : "", known[i].advice);
        return known[i].again;
    }
    (void)op_fail(err, OP_NETWORK, 0, "%s: %.200s", f->host, op_buf_str(&detail));
    return false;
}
