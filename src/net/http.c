/* One request at a time over one kept connection. Every wait ends on a signal; nothing here follows a
 * redirect, reads .netrc, or lets a credential out of the Authorization header. */
#include "opsh/net/http.h"

#include "opsh/base/str.h"
#include "opsh/base/text.h"
#include "opsh/os/clock.h"
#include "opsh/os/signals.h"

#include "explain.h"

#include <dirent.h>

enum { CONNECT_MS = 10000, KEEP_IDLE_S = 600, WATCH_MS = 1000, TICK_MS = 100, LINGER_MS = 250 };
#define BYTES_MAX ((size_t)64 << 20)
#define CA_FOLDER "/etc/ssl/certs"

struct op_http {
    CURLM *multi;
    CURL *easy;     /* kept: it holds TLS sessions; NULL after a failure */
    bool ca_hashed; /* CA_FOLDER can be looked up by hash: 50 ms of CPU less for each new connection */
};

struct transfer {
    const struct op_http_request *req;
    struct op_http_response *res;
    CURL *easy;
    size_t bytes;
    int64_t moved_at;   /* when a byte last moved */
    curl_off_t sent;
    int64_t complete_at; /* 0: not yet */
    int64_t ticked_at;
    bool over;          /* more than max_bytes */
    char detail[CURL_ERROR_SIZE];
};

static bool folder_is_hashed(const char *path)
{
    DIR *dir = opendir(path);
    bool hashed = false;
    for (struct dirent *e; dir != NULL && !hashed && (e = readdir(dir)) != NULL;)
        hashed = strspn(e->d_name, "0123456789abcdef") == 8 && strcmp(e->d_name + 8, ".0") == 0;
    if (dir != NULL)
        closedir(dir);
    return hashed;
}

struct op_http *op_http_new(struct op_err *err)
{
    static bool ready;
    if (!op_curl_load(err))
        return NULL;
    if (!ready && curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        (void)op_fail(err, OP_NETWORK, 0, "libcurl cannot be initialised");
        return NULL;
    }
    ready = true;
    struct op_http *http = op_calloc(1, sizeof(*http));
    http->multi = curl_multi_init();
    if (http->multi == NULL) {
        op_http_free(http);
        (void)op_fail(err, OP_NETWORK, 0, "libcurl cannot be initialised");
        return NULL;
    }
    http->ca_hashed = folder_is_hashed(CA_FOLDER);
    return http;
}

void op_http_free(struct op_http *http)
{
    if (http == NULL)
        return;
    curl_easy_cleanup(http->easy);
    curl_multi_cleanup(http->multi);
    free(http);
}

static void note_response(struct transfer *t)
{
    long status = 0;
    const char *type = NULL;
    curl_off_t after = 0;
    (void)curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
    (void)curl_easy_getinfo(t->easy, CURLINFO_CONTENT_TYPE, &type);
    t->res->status = (int)status;
    (void)snprintf(t->res->content_type, sizeof(t->res->content_type), "%s", type != NULL ? type : "");
    if (curl_easy_getinfo(t->easy, CURLINFO_RETRY_AFTER, &after) == CURLE_OK && after > 0)
        t->res->retry_after_s = after;
}

static size_t on_write(char *bytes, size_t size, size_t n, void *self)
{
    struct transfer *t = self;
    size_t len = size * n, max = t->req->max_bytes != 0 ? t->req->max_bytes : BYTES_MAX;
    t->moved_at = op_clock_ms();
    if (!t->res->any_data)
        note_response(t);
    t->res->any_data = true;
    t->bytes += len;
    t->over = t->bytes > max;
    if (t->over)
        return CURL_WRITEFUNC_ERROR;
    if (t->req->on_data != NULL && !t->req->on_data(t->req->ctx, t->res, bytes, len)) {
        t->res->stopped = true;
        return CURL_WRITEFUNC_ERROR;
    }
    return len;
}

static size_t on_header(char *bytes, size_t size, size_t n, void *self)
{
    (void)bytes;
    ((struct transfer *)self)->moved_at = op_clock_ms();
    return size * n;
}

static void set_certificates(const struct op_http *http, CURL *e, const char *ca_file)
{
    /* never both: a folder beside a bundle keeps libcurl from caching the parsed bundle */
    if (ca_file != NULL) {
        curl_easy_setopt(e, CURLOPT_CAINFO, ca_file);
        curl_easy_setopt(e, CURLOPT_CAPATH, NULL);
    } else if (http->ca_hashed) {
        curl_easy_setopt(e, CURLOPT_CAINFO, NULL);
        curl_easy_setopt(e, CURLOPT_CAPATH, CA_FOLDER);
    } else {
        curl_easy_setopt(e, CURLOPT_CAPATH, NULL);
    }
}

static void set_rules(CURL *e, bool local)
{
    curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(e, CURLOPT_QUICK_EXIT, 1L); /* a stuck resolver is left behind, not waited for */
    curl_easy_setopt(e, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(e, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, local ? "http,https" : "https");
    curl_easy_setopt(e, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    curl_easy_setopt(e, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(e, CURLOPT_MAXAGE_CONN, (long)KEEP_IDLE_S);
    curl_easy_setopt(e, CURLOPT_USERAGENT, "opsh");
    if (local)
        curl_easy_setopt(e, CURLOPT_PROXY, "");
}

static void set_request(struct transfer *t, struct curl_slist *headers)
{
    const struct op_http_request *req = t->req;
    CURL *e = t->easy;
    curl_easy_setopt(e, CURLOPT_URL, req->url);
    curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS, (long)(req->connect_ms > 0 ? req->connect_ms : CONNECT_MS));
    curl_easy_setopt(e, CURLOPT_HTTPHEADER, headers);
    if (req->bearer != NULL) {
        curl_easy_setopt(e, CURLOPT_HTTPAUTH, (long)CURLAUTH_BEARER);
        curl_easy_setopt(e, CURLOPT_XOAUTH2_BEARER, req->bearer);
    }
    if (req->body != NULL) {
        curl_easy_setopt(e, CURLOPT_POST, 1L);
        curl_easy_setopt(e, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)req->body_len);
        curl_easy_setopt(e, CURLOPT_POSTFIELDS, req->body);
    }
    curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, on_write);
    curl_easy_setopt(e, CURLOPT_WRITEDATA, t);
    curl_easy_setopt(e, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(e, CURLOPT_HEADERDATA, t);
    curl_easy_setopt(e, CURLOPT_ERRORBUFFER, t->detail);
}

static struct curl_slist *make_headers(const struct op_http_request *req)
{
    OP_AUTO_FREE char *accept = op_asprintf("Accept: %s", req->accept != NULL ? req->accept : "application/json");
    struct curl_slist *list = curl_slist_append(NULL, accept);
    if (req->body != NULL) {
        list = curl_slist_append(list, "Content-Type: application/json");
        list = curl_slist_append(list, "Expect:"); /* no 100-continue round trip */
    }
    return list;
}

static bool request_is_out(const struct transfer *t)
{
    curl_off_t ready = 0;
    return curl_easy_getinfo(t->easy, CURLINFO_PRETRANSFER_TIME_T, &ready) == CURLE_OK && ready > 0;
}

/* All has arrived, and the server had its moment to end the response (so that the connection can be kept). */
static bool lingered(struct transfer *t)
{
    if (t->req->is_complete == NULL || !t->res->any_data || !t->req->is_complete(t->req->ctx))
        return false;
    int64_t now = op_clock_ms();
    if (t->complete_at == 0)
        t->complete_at = now;
    return now - t->complete_at >= LINGER_MS;
}

/* Milliseconds of silence left; connecting has a limit of its own. */
static int64_t silence_left(struct transfer *t)
{
    curl_off_t sent = 0;
    (void)curl_easy_getinfo(t->easy, CURLINFO_SIZE_UPLOAD_T, &sent);
    int64_t now = op_clock_ms();
    if (sent != t->sent || !request_is_out(t))
        t->moved_at = now;
    t->sent = sent;
    return t->req->silence_ms > 0 ? t->req->silence_ms - (now - t->moved_at) : WATCH_MS;
}

/* Somebody may be waiting. */
static void tell(struct transfer *t)
{
    int64_t now = op_clock_ms();
    if (t->req->on_tick == NULL || t->complete_at != 0 || now - t->ticked_at < TICK_MS)
        return;
    t->ticked_at = now;
    t->req->on_tick(t->req->ctx);
}

/* Until the transfer has a result (in *code), or false: interrupted or silent for too long. */
static bool drive(struct op_http *http, struct transfer *t, CURLcode *code, struct op_err *err)
{
    for (;;) {
        int running = 0, left = 0;
        if (op_signals_interrupted())
            return op_fail(err, OP_INTERRUPTED, 0, "interrupted");
        CURLMcode m = curl_multi_perform(http->multi, &running);
        if (m != CURLM_OK)
            return op_fail(err, OP_NETWORK, 0, "libcurl: %s", curl_multi_strerror(m));
        for (CURLMsg *msg; (msg = curl_multi_info_read(http->multi, &left)) != NULL;)
            if (msg->msg == CURLMSG_DONE && msg->easy_handle == t->easy) {
                *code = msg->data.result;
                return true;
            }
        if (lingered(t)) {
            t->res->stopped = true;
            return true;
        }
        int64_t wait = silence_left(t);
        if (wait <= 0) {
            OP_AUTO_FREE char *host = op_http_url_host(t->req->url);
            t->res->again = !t->res->any_data;
            return op_fail(err, OP_NETWORK, 0, "%s: no word for %lld s: try again, or raise the silence limit", host,
                           (long long)((t->req->silence_ms + 999) / 1000));
        }
        int64_t tick = t->complete_at != 0 ? LINGER_MS : t->req->on_tick != NULL ? TICK_MS : WATCH_MS;
        tell(t);
        struct curl_waitfd signals = { .fd = op_signals_fd(), .events = CURL_WAIT_POLLIN };
        (void)curl_multi_poll(http->multi, &signals, signals.fd >= 0 ? 1 : 0, (int)(wait < tick ? wait : tick), NULL);
    }
}

static bool refuse_redirect(const struct transfer *t, struct op_err *err)
{
    OP_AUTO_FREE char *host = op_http_url_host(t->req->url);
    const char *to = NULL;
    (void)curl_easy_getinfo(t->easy, CURLINFO_REDIRECT_URL, &to);
    OP_AUTO_BUF seen = OP_BUF_INIT;
    if (to != NULL)
        op_text_visible(&seen, to, strcspn(to, "?#"));
    return op_fail(err, OP_NETWORK, 0,
                   "%s: redirects to %.160s (%d), and opsh does not follow: set the endpoint to the address that "
                   "answers itself",
                   host, to != NULL ? op_buf_str(&seen) : "another address", t->res->status);
}

static bool conclude(struct transfer *t, CURLcode code, struct op_err *err)
{
    note_response(t);
    if (t->res->stopped)
        return true;
    OP_AUTO_FREE char *host = op_http_url_host(t->req->url);
    if (t->over)
        return op_fail(err, OP_LIMIT, 0, "%s: the reply is larger than %zu KiB", host,
                       (t->req->max_bytes != 0 ? t->req->max_bytes : BYTES_MAX) >> 10);
    if (code == CURLE_OK)
        return (t->res->status >= 300 && t->res->status < 400) ? refuse_redirect(t, err) : true;
    long sys = 0;
    (void)curl_easy_getinfo(t->easy, CURLINFO_OS_ERRNO, &sys);
    const struct op_net_failure failure = {
        .code = code,
        .sys = (int)sys,
        .host = host,
        .local = op_http_url_is_local(t->req->url),
        .connected = request_is_out(t),
        .connect_ms = t->req->connect_ms > 0 ? t->req->connect_ms : CONNECT_MS,
        .detail = t->detail,
        .ca_file = t->req->ca_file,
    };
    t->res->again = op_net_explain(&failure, err) && !t->res->any_data;
    return false;
}

bool op_http_perform(struct op_http *http, const struct op_http_request *req, struct op_http_response *res,
                     struct op_err *err)
{
    *res = (struct op_http_response){ .retry_after_s = -1 };
    if (!op_http_url_check(req->url, err))
        return false;
    if (http->easy == NULL)
        http->easy = curl_easy_init();
    if (http->easy == NULL)
        return op_fail(err, OP_NETWORK, 0, "libcurl cannot be initialised");
    struct transfer t = { .req = req, .res = res, .easy = http->easy, .moved_at = op_clock_ms(), .ticked_at = op_clock_ms() };
    struct curl_slist *headers = make_headers(req);
    const char *ca = req->ca_file != NULL ? req->ca_file : getenv("SSL_CERT_FILE");
    set_certificates(http, t.easy, op_str_empty(ca) ? NULL : ca);
    set_rules(t.easy, op_http_url_is_local(req->url));
    set_request(&t, headers);
    CURLcode code = CURLE_OK;
    bool ok = curl_multi_add_handle(http->multi, t.easy) == CURLM_OK;
    if (!ok)
        (void)op_fail(err, OP_NETWORK, 0, "libcurl cannot take the request");
    else
        ok = drive(http, &t, &code, err) && conclude(&t, code, err);
    (void)curl_multi_remove_handle(http->multi, t.easy);
    curl_slist_free_all(headers);
    if (ok && !res->stopped) {
        curl_easy_reset(t.easy);
    } else { /* whatever it was in the middle of, the next request begins afresh */
        curl_easy_cleanup(t.easy);
        http->easy = NULL;
    }
    return ok;
}
