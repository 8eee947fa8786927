/* What opsh asks of an URL before it sends a key there. Parsing is libcurl's own, so that what is
 * judged here is what will be connected to. */
#include "opsh/net/http.h"

#include "opsh/base/str.h"
#include "opsh/base/text.h"

#include "curl_lib.h"

#include <arpa/inet.h>

static void free_url(CURLU **u)
{
    curl_url_cleanup(*u);
}

static void free_part(char **part)
{
    curl_free(*part);
}

#define AUTO_PART OP_AUTO(free_part) char

static bool parse(CURLU *u, const char *url)
{
    return u != NULL && url != NULL && curl_url_set(u, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK;
}

static bool loopback(CURLU *u)
{
    AUTO_PART *host = NULL;
    if (curl_url_get(u, CURLUPART_HOST, &host, 0) != CURLUE_OK)
        return false;
    struct in_addr v4;
    if (inet_pton(AF_INET, host, &v4) == 1)
        return ntohl(v4.s_addr) >> 24 == 127;
    return op_str_ieq(host, "localhost") || op_str_eq(host, "[::1]");
}

/* Could this be one? Asked at every start, where loading libcurl would cost more than all the rest: a yes only
 * means that libcurl is asked, so addresses in odd spellings (0x7f000001) must get a yes. */
static bool may_be_local(const char *url)
{
    const char *host = url != NULL ? strstr(url, "://") : NULL;
    if (host == NULL)
        return url != NULL;
    return isdigit((unsigned char)host[3]) || strpbrk(host, "[@%") != NULL || strcasestr(host, "localhost") != NULL;
}

bool op_http_url_is_local(const char *url)
{
    if (!may_be_local(url) || !op_curl_load(NULL))
        return false;
    OP_AUTO(free_url) CURLU *u = curl_url();
    return parse(u, url) && loopback(u);
}

bool op_http_url_check(const char *url, struct op_err *err)
{
    if (!op_curl_load(err))
        return false;
    OP_AUTO(free_url) CURLU *u = curl_url();
    AUTO_PART *scheme = NULL, *user = NULL;
    OP_AUTO_BUF seen = OP_BUF_INIT;
    op_text_visible(&seen, url != NULL ? url : "", url != NULL ? strlen(url) : 0);
    if (!parse(u, url) || curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK)
        return op_fail(err, OP_CONFIG, 0, "\"%.200s\" is not an address: it should look like https://host/v1",
                       op_buf_str(&seen));
    if (curl_url_get(u, CURLUPART_USER, &user, 0) == CURLUE_OK) /* the URL is not repeated: it holds a secret */
        return op_fail(err, OP_CONFIG, 0, "an address must not hold a user name or password");
    if (op_str_ieq(scheme, "https") || (op_str_ieq(scheme, "http") && loopback(u)))
        return true;
    if (op_str_ieq(scheme, "http"))
        return op_fail(err, OP_CONFIG, 0,
                       "\"%.200s\" would be sent unencrypted: use https (plain http is for this machine only; an ssh "
                       "tunnel makes another one local)",
                       op_buf_str(&seen));
    return op_fail(err, OP_CONFIG, 0, "\"%.200s\" is neither https nor http", op_buf_str(&seen));
}

char *op_http_url_host(const char *url)
{
    if (!op_curl_load(NULL))
        return op_strdup("the endpoint");
    OP_AUTO(free_url) CURLU *u = curl_url();
    AUTO_PART *host = NULL, *port = NULL;
    if (!parse(u, url) || curl_url_get(u, CURLUPART_HOST, &host, 0) != CURLUE_OK)
        return op_strdup("the endpoint");
    bool has_port = curl_url_get(u, CURLUPART_PORT, &port, CURLU_NO_DEFAULT_PORT) == CURLUE_OK;
    OP_AUTO_BUF out = OP_BUF_INIT;
    op_text_visible(&out, host, strlen(host));
    if (has_port)
        op_buf_addf(&out, ":%s", port);
    return op_buf_steal(&out);
}
