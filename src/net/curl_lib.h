/* libcurl, loaded when the first request needs it: its thirty libraries are most of what starting
 * opsh would cost, and a request understood by rules needs none of them. The calls read as ever;
 * here they become calls through one table. With -DOPSH_CURL_LINKED (other systems, and the
 * portable preset) libcurl is linked as usual and the table is not used. */
#ifndef OPSH_NET_CURL_LIB_H
#define OPSH_NET_CURL_LIB_H

#include "opsh/base/err.h"

#include <curl/curl.h>

/* Every call of this room; a new one is a row here. */
#define OP_CURL_CALLS(X) \
    X(curl_global_init) X(curl_easy_init) X(curl_easy_cleanup) X(curl_easy_reset) X(curl_easy_setopt) \
    X(curl_easy_getinfo) X(curl_easy_strerror) X(curl_free) X(curl_multi_init) X(curl_multi_cleanup) \
    X(curl_multi_add_handle) X(curl_multi_remove_handle) X(curl_multi_info_read) X(curl_multi_perform) \
    X(curl_multi_poll) X(curl_multi_setopt) X(curl_multi_strerror) X(curl_slist_append) X(curl_slist_free_all) \
    X(curl_url) X(curl_url_cleanup) X(curl_url_get) X(curl_url_set)

/* Before any other call. Errors: OP_NETWORK (libcurl is not installed). */
bool op_curl_load(struct op_err *err) OP_CHECKED;

#ifndef OPSH_CURL_LINKED
#undef curl_easy_setopt /* the type-checking macros of curl.h name the functions again */
#undef curl_easy_getinfo
#undef curl_multi_setopt

struct op_curl {
#define X(name) __typeof__(&name) name##_;
    OP_CURL_CALLS(X)
#undef X
};
extern struct op_curl op_curl;

#ifndef OP_CURL_LIB_ITSELF
#define curl_global_init op_curl.curl_global_init_
#define curl_easy_init op_curl.curl_easy_init_
#define curl_easy_cleanup op_curl.curl_easy_cleanup_
#define curl_easy_reset op_curl.curl_easy_reset_
#define curl_easy_setopt op_curl.curl_easy_setopt_
#define curl_easy_getinfo op_curl.curl_easy_getinfo_
#define curl_easy_strerror op_curl.curl_easy_strerror_
#define curl_free op_curl.curl_free_
#define curl_multi_init op_curl.curl_multi_init_
#define curl_multi_cleanup op_curl.curl_multi_cleanup_
#define curl_multi_add_handle op_curl.curl_multi_add_handle_
#define curl_multi_remove_handle op_curl.curl_multi_remove_handle_
#define curl_multi_info_read op_curl.curl_multi_info_read_
#define curl_multi_perform op_curl.curl_multi_perform_
#define curl_multi_poll op_curl.curl_multi_poll_
#define curl_multi_setopt op_curl.curl_multi_setopt_
#define curl_multi_strerror op_curl.curl_multi_strerror_
#define curl_slist_append op_curl.curl_slist_append_
#define curl_slist_free_all op_curl.curl_slist_free_all_
#define curl_url op_curl.curl_url_
#define curl_url_cleanup op_curl.curl_url_cleanup_
#define curl_url_get op_curl.curl_url_get_
#define curl_url_set op_curl.curl_url_set_
#endif
#endif

#endif
