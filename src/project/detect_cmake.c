/* Owns what CMakeLists.txt says: the program that it makes, the languages, the libraries that it looks for. */
#include "detect.h"

#include "opsh/base/buf.h"
#include "opsh/base/str.h"

/* Names that find_package and pkg-config know, and Debian's packages for them. */
static const struct {
    const char *name, *build, *run;
} libraries[] = {
    { "CURL", "libcurl4-openssl-dev", "libcurl4" },
    { "libcurl", "libcurl4-openssl-dev", "libcurl4" },
    { "OpenSSL", "libssl-dev", "libssl3" },
    { "openssl", "libssl-dev", "libssl3" },
    { "ZLIB", "zlib1g-dev", "zlib1g" },
    { "zlib", "zlib1g-dev", "zlib1g" },
    { "SQLite3", "libsqlite3-dev", "libsqlite3-0" },
    { "sqlite3", "libsqlite3-dev", "libsqlite3-0" },
    { "PostgreSQL", "libpq-dev", "libpq5" },
    { "libpq", "libpq-dev", "libpq5" },
    { "libmicrohttpd", "libmicrohttpd-dev", "libmicrohttpd12" },
    { "libevent", "libevent-dev", "libevent-2.1-7" },
    { "LibXml2", "libxml2-dev", "libxml2" },
    { "yaml-0.1", "libyaml-dev", "libyaml-0-2" },
    { "libcjson", "libcjson-dev", "libcjson1" },
};

static void take_libraries(struct op_project *p, const char *arguments, int line)
{
    for (const char *at = arguments; *at != '\0';) {
        at += strspn(at, " \t\r\n");
        size_t n = strcspn(at, " \t\r\n)<>=");
        for (size_t i = 0; i < OP_LEN(libraries); i++)
            if (strlen(libraries[i].name) == n && strncmp(libraries[i].name, at, n) == 0) {
                (void)op_fact_add(p, "library", libraries[i].build, "CMakeLists.txt", line);
                (void)op_fact_add(p, "run-library", libraries[i].run, "CMakeLists.txt", line);
            }
        at += n;
        at += strspn(at, "<>=)");
    }
}

static void command(struct op_project *p, const char *name, const char *arguments, int line)
{
    const char *first = arguments + strspn(arguments, " \t\r\n");
    OP_AUTO_FREE char *word = op_strndup(first, strcspn(first, " \t\r\n)"));
    if (op_str_ieq(name, "project")) {
        OP_AUTO_FREE char *label = op_fact_label(word);
        (void)op_fact_once(p, "name", label, "CMakeLists.txt", line);
        (void)op_fact_once(p, "project", word, "CMakeLists.txt", line);
        if (strstr(arguments, "CXX") != NULL || strstr(arguments, "LANGUAGES") == NULL)
            (void)op_fact_once(p, "cxx", "yes", "CMakeLists.txt", line);
    } else if (op_str_ieq(name, "add_executable") && strstr(word, "test") == NULL) {
        if (op_str_starts(word, "${PROJECT_NAME}") || op_str_starts(word, "${CMAKE_PROJECT_NAME}"))
            (void)op_fact_once(p, "app", op_fact_value(p, "project"), "CMakeLists.txt", line);
        else
            (void)op_fact_once(p, "app", word, "CMakeLists.txt", line);
    } else if (op_str_ieq(name, "find_package") || op_str_ieq(name, "pkg_check_modules")) {
        if (op_str_ieq(name, "pkg_check_modules") || op_str_eq(word, "PkgConfig"))
            (void)op_fact_add(p, "library", "pkg-config", "CMakeLists.txt", line);
        take_libraries(p, arguments, line);
    }
}

static bool look(void *ctx, struct op_project *p, const char *path, const char *text)
{
    static const char *const env[] = { "getenv(\"", NULL };
    static const char *const listen[] = { "htons(", "PORT = ", "PORT ", "port = ", NULL };
    bool serves = strstr(text, "listen(") != NULL || strstr(text, "MHD_start_daemon") != NULL ||
                  strstr(text, "app.port(") != NULL;
    const struct op_scan_words words = { .env = env, .listen = serves ? listen : NULL };
    (void)ctx;
    op_scan_text(p, &words, path, text);
    return false;
}

enum op_project_kind op_detect_cmake(struct op_tree *t, struct op_project *p)
{
    OP_AUTO_BUF text = OP_BUF_INIT;
    if (!op_tree_read(t, "CMakeLists.txt", &text))
        return OP_PROJECT_UNKNOWN;
    const char *source = op_buf_str(&text);
    for (const char *at = source; *at != '\0';) { /* NAME ( ARGUMENTS ), comments left out */
        if (*at == '#') {
            at += strcspn(at, "\n");
            continue;
        }
        size_t n = strspn(at, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");
        const char *open = at + n + strspn(at + n, " \t");
        if (n == 0 || *open != '(') {
            at += n != 0 ? n : 1;
            continue;
        }
        OP_AUTO_FREE char *name = op_strndup(at, n), *arguments = op_strndup(open + 1, strcspn(open + 1, ")"));
        command(p, name, arguments, op_tree_line(source, (size_t)(at - source)));
        at = open + 1 + strlen(arguments);
    }
    op_scan(t, p, ".c|.cc|.cpp|.cxx", look, NULL);
    return OP_PROJECT_CMAKE;
}
