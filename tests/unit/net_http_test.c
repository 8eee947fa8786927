/* The HTTP client against a server of a few lines: limits, silence, redirects, and how fast Ctrl-C ends a
 * request, also while a name is being resolved (getaddrinfo is replaced here) and in the TLS handshake. */
#include "opsh/base/str.h"
#include "opsh/net/http.h"
#include "opsh/os/clock.h"
#include "opsh/os/signals.h"

#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/socket.h>
#include <cmocka.h>

/* libcurl finds this one before libc's: a resolver that is stuck for three seconds. */
int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **res)
{
    (void)node, (void)service, (void)hints, (void)res;
    struct timespec t = { .tv_sec = 3 };
    (void)nanosleep(&t, NULL);
    return EAI_AGAIN;
}

static struct {
    int listener, port, connections;
    const char *reply; /* what every request is answered with; NULL: nothing */
    bool close_after;
    char seen[4096]; /* the last request's head */
} server;

static bool read_head(int fd)
{
    char head[sizeof(server.seen)] = "";
    size_t n = 0;
    while (strstr(head, "\r\n\r\n") == NULL) {
        ssize_t got = recv(fd, head + n, sizeof(head) - 1 - n, 0);
        if (got <= 0)
            return false;
        n += (size_t)got;
        head[n] = '\0';
    }
    memcpy(server.seen, head, sizeof(head)); /* only whole heads: a body may come in a packet of its own */
    return true;
}

static void *serve_one(void *arg)
{
    int fd = (int)(intptr_t)arg;
    while (read_head(fd)) {
        if (server.reply != NULL)
            (void)!send(fd, server.reply, strlen(server.reply), MSG_NOSIGNAL);
        if (server.close_after)
            break;
    }
    (void)close(fd);
    return NULL;
}

static void start(void *(*run)(void *), void *arg)
{
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, run, arg), 0);
    assert_int_equal(pthread_detach(thread), 0);
}

static void *serve(void *arg)
{
    (void)arg;
    for (int fd; (fd = accept(server.listener, NULL, NULL)) >= 0;) {
        server.connections++;
        start(serve_one, (void *)(intptr_t)fd);
    }
    return NULL;
}

static int open_server(void **state)
{
    (void)state;
    struct op_err err = OP_ERR_INIT;
    assert_true(op_signals_init(&err));
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t n = sizeof(a);
    server.listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(server.listener, (struct sockaddr *)&a, n), 0);
    assert_int_equal(listen(server.listener, 8), 0);
    assert_int_equal(getsockname(server.listener, (struct sockaddr *)&a, &n), 0);
    server.port = ntohs(a.sin_port);
    start(serve, NULL);
    return 0;
}

static bool keep(void *ctx, const struct op_http_response *so_far, const char *bytes, size_t n)
{
    (void)so_far;
    op_buf_add(ctx, bytes, n);
    return true;
}

struct got {
    bool ok;
    struct op_http_response res;
    struct op_err err;
    struct op_buf body;
    int64_t ms;
};

/* One request to `scheme`://127.0.0.1:port/x with a client of its own. */
static struct got ask(const char *scheme, const char *reply, struct op_http_request req)
{
    struct got g = { .err = OP_ERR_INIT };
    OP_AUTO_FREE char *url = op_asprintf("%s://127.0.0.1:%d/x", scheme, server.port);
    struct op_http *http = op_http_new(&g.err);
    assert_non_null(http);
    server.reply = reply;
    if (req.url == NULL)
        req.url = url;
    if (req.on_data == NULL) {
        req.on_data = keep;
        req.ctx = &g.body;
    }
    int64_t begin = op_clock_ms();
    g.ok = op_http_perform(http, &req, &g.res, &g.err);
    g.ms = op_clock_ms() - begin;
    op_http_free(http);
    return g;
}

#define OK_HEAD "HTTP/1.1 200 OK\r\nContent-Type: text/x; charset=utf-8\r\n"

static void a_whole_response(void **state)
{
    (void)state;
    struct got g = ask("http", OK_HEAD "Content-Length: 5\r\nRetry-After: 7\r\n\r\nhello",
                       (struct op_http_request){ .bearer = "sekrit", .body = "{}", .body_len = 2 });
    assert_true(g.ok);
    assert_int_equal(g.res.status, 200);
    assert_string_equal(g.res.content_type, "text/x; charset=utf-8");
    assert_int_equal(g.res.retry_after_s, 7);
    assert_string_equal(op_buf_str(&g.body), "hello");
    assert_non_null(strstr(server.seen, "POST /x HTTP/1.1"));
    assert_non_null(strstr(server.seen, "Authorization: Bearer sekrit"));
    assert_null(strstr(server.seen, "Expect:"));
    op_buf_free(&g.body);
}

static void a_redirect_is_refused_and_its_query_not_shown(void **state)
{
    (void)state;
    int before = server.connections;
    struct got g = ask("http", "HTTP/1.1 302 Found\r\nLocation: https://other.example/y?token=1\r\nContent-Length: 0\r\n\r\n",
                       (struct op_http_request){ .bearer = "sekrit" });
    assert_false(g.ok);
    assert_int_equal(g.err.code, OP_NETWORK);
    assert_non_null(strstr(g.err.msg, "https://other.example/y"));
    assert_null(strstr(g.err.msg, "token"));
    assert_int_equal(server.connections, before + 1);
}

static void too_many_bytes(void **state)
{
    (void)state;
    struct got g = ask("http", OK_HEAD "Content-Length: 2000\r\n\r\n", (struct op_http_request){ .max_bytes = 1, .silence_ms = 300 });
    assert_false(g.ok); /* nothing came: silence, not size */
    assert_int_equal(g.err.code, OP_NETWORK);
    g = ask("http", OK_HEAD "Transfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n5\r\nfghij\r\n", (struct op_http_request){ .max_bytes = 8 });
    assert_false(g.ok);
    assert_int_equal(g.err.code, OP_LIMIT);
    assert_true(g.body.len <= 8);
    op_buf_free(&g.body);
}

static bool stop_at_once(void *ctx, const struct op_http_response *so_far, const char *bytes, size_t n)
{
    (void)ctx, (void)bytes, (void)n;
    assert_int_equal(so_far->status, 200);
    return false;
}

static bool always(void *ctx)
{
    (void)ctx;
    return true;
}

static void the_caller_ends_it(void **state)
{
    (void)state;
    static const char endless[] = OK_HEAD "Transfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n";
    struct got g = ask("http", endless, (struct op_http_request){ .on_data = stop_at_once });
    assert_true(g.ok && g.res.stopped);
    g = ask("http", endless, (struct op_http_request){ .is_complete = always, .silence_ms = 3000 });
    assert_true(g.ok && g.res.stopped); /* all arrived; the end that does not come is not waited for */
    assert_in_range(g.ms, 100, 1500);
    op_buf_free(&g.body);
}

static void silence_ends_it(void **state)
{
    (void)state;
    struct got g = ask("http", NULL, (struct op_http_request){ .silence_ms = 200 });
    assert_false(g.ok);
    assert_true(g.res.again);
    assert_non_null(strstr(g.err.msg, "no word for"));
    assert_in_range(g.ms, 200, 1500);
    g = ask("http", OK_HEAD "Transfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n", (struct op_http_request){ .silence_ms = 200 });
    assert_false(g.ok);
    assert_false(g.res.again); /* a byte had come */
    assert_true(g.res.any_data);
    op_buf_free(&g.body);
}

static void the_connection_is_kept(void **state)
{
    (void)state;
    struct op_err err = OP_ERR_INIT;
    struct op_http_response res;
    struct op_http *http = op_http_new(&err);
    OP_AUTO_FREE char *url = op_asprintf("http://127.0.0.1:%d/", server.port);
    server.reply = OK_HEAD "Content-Length: 0\r\n\r\n";
    int before = server.connections;
    for (int i = 0; i < 3; i++)
        assert_true(op_http_perform(http, &(struct op_http_request){ .url = url }, &res, &err));
    assert_int_equal(server.connections, before + 1);
    op_http_free(http);
}

static void *interrupt_soon(void *arg)
{
    struct timespec t = { .tv_nsec = 330000000 };
    (void)nanosleep(&t, NULL);
    *(int64_t *)arg = op_clock_ms();
    (void)kill(getpid(), SIGINT);
    return NULL;
}

static void assert_ends_at_once(const char *scheme, const char *url)
{
    int64_t sent = 0;
    op_signals_clear();
    start(interrupt_soon, &sent);
    struct got g = ask(scheme, NULL, (struct op_http_request){ .url = url });
    int64_t late = op_clock_ms() - sent;
    assert_false(g.ok);
    assert_int_equal(g.err.code, OP_INTERRUPTED);
    assert_true(sent != 0 && late < 100);
    op_signals_clear();
}

static void ctrl_c_while_waiting(void **state)
{
    (void)state;
    assert_ends_at_once("http", NULL);
}

static void ctrl_c_in_the_handshake(void **state)
{
    (void)state;
    server.reply = NULL;
    assert_ends_at_once("https", NULL); /* the server never answers the hello */
}

static void ctrl_c_while_a_name_is_resolved(void **state)
{
    (void)state;
    assert_ends_at_once("https", "https://stuck.example/");
}

static void errors_say_what_to_do(void **state)
{
    (void)state;
    struct got g = ask("http", "SSH-2.0-x\r\n", (struct op_http_request){ .connect_ms = 2000 });
    assert_non_null(strstr(g.err.msg, "does not speak HTTP"));
    server.close_after = true;
    g = ask("http", NULL, (struct op_http_request){ .connect_ms = 2000 });
    server.close_after = false;
    assert_non_null(strstr(g.err.msg, "closed the connection without an answer"));
    assert_true(g.res.again);
    g = ask("http", NULL, (struct op_http_request){ .url = "http://127.0.0.1:9/" });
    assert_non_null(strstr(g.err.msg, "127.0.0.1:9: nothing listens there"));
    assert_false(g.res.again);
    g = ask("https", NULL, (struct op_http_request){ .url = "https://stuck.example/", .connect_ms = 300 });
    assert_non_null(strstr(g.err.msg, "stuck.example: no connection within 1 s"));
    assert_true(g.ms < 1500);
}

static void which_addresses_are_taken(void **state)
{
    (void)state;
    static const struct {
        const char *url;
        bool taken, local;
    } rows[] = {
        { "https://api.example.com/v1", true, false },   { "http://localhost:11434/v1", true, true },
        { "http://127.0.0.1:1/", true, true },           { "http://127.9.9.9/", true, true },
        { "http://[::1]:8080/v1", true, true },          { "http://0x7f000001/", true, true },
        { "https://LOCALHOST/", true, true },            { "http://api.example.com/v1", false, false },
        { "http://localhost.example.com/", false, false }, { "http://127.0.0.1.example.com/", false, false },
        { "http://192.168.1.2:8000/v1", false, false },  { "http://localhost@evil.example/", false, false },
        { "https://me:pw@api.example.com/", false, false }, { "file:///etc/passwd", false, false },
        { "ftp://localhost/", false, true },             { "", false, false },
        { NULL, false, false },                          { "localhost:1", false, false },
    };
    for (size_t i = 0; i < OP_LEN(rows); i++) {
        struct op_err err = OP_ERR_INIT;
        assert_int_equal(op_http_url_check(rows[i].url, &err), rows[i].taken);
        assert_int_equal(op_http_url_is_local(rows[i].url), rows[i].local);
        assert_int_equal(err.code, rows[i].taken ? OP_OK : OP_CONFIG);
        assert_null(strstr(err.msg, "pw"));
    }
    OP_AUTO_FREE char *plain = op_http_url_host("https://api.example.com:443/v1"),
                      *port = op_http_url_host("http://localhost:11434/v1");
    assert_string_equal(plain, "api.example.com");
    assert_string_equal(port, "localhost:11434");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_response),        cmocka_unit_test(a_redirect_is_refused_and_its_query_not_shown),
        cmocka_unit_test(too_many_bytes),          cmocka_unit_test(the_caller_ends_it),
        cmocka_unit_test(silence_ends_it),         cmocka_unit_test(the_connection_is_kept),
        cmocka_unit_test(ctrl_c_while_waiting),    cmocka_unit_test(ctrl_c_in_the_handshake),
        cmocka_unit_test(ctrl_c_while_a_name_is_resolved), cmocka_unit_test(errors_say_what_to_do),
        cmocka_unit_test(which_addresses_are_taken),
    };
    return cmocka_run_group_tests(tests, open_server, NULL);
}
