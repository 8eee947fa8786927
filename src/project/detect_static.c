/* Owns seeing a site that is served as it lies there: index.html, here or in one of the usual folders. */
#include "detect.h"

#include "opsh/base/buf.h"
#include "opsh/base/str.h"

/* Ends of names that are meant for visitors; a file at the top with another one is not copied. */
static const char *const endings[] = { ".css", ".gif",  ".htm",         ".html", ".ico",  ".jpeg",  ".jpg",
                                       ".js",  ".json", ".map",         ".mjs",  ".pdf",  ".png",   ".svg",
                                       ".txt", ".wasm", ".webmanifest", ".webp", ".woff", ".woff2", ".xml" };

static void find_parts(const struct op_tree *t, struct op_project *p)
{
    static const char *const not_the_site[] = { "tests", "test", "scripts", "charts", "docs", "node_modules", "bin" };
    for (size_t i = 0; i < t->files.n; i++) {
        const char *path = t->files.v[i], *slash = strchr(path, '/');
        if (slash == NULL) {
            for (size_t k = 0; k < OP_LEN(endings); k++)
                if (op_str_ends(path, endings[k]) && *path != '.') {
                    OP_AUTO_FREE char *pattern = op_asprintf("*%s", endings[k]);
                    (void)op_fact_add(p, "pattern", pattern, path, 0);
                }
            continue;
        }
        OP_AUTO_FREE char *folder = op_strndup(path, (size_t)(slash - path));
        bool site = true;
        for (size_t k = 0; k < OP_LEN(not_the_site); k++)
            site = site && !op_str_eq(folder, not_the_site[k]);
        if (site && op_fact_value_ok(folder))
            (void)op_fact_add(p, "copy", folder, path, 0);
    }
}

enum op_project_kind op_detect_static(struct op_tree *t, struct op_project *p)
{
    static const char *const folders[] = { "public", "site",  "www",   "htdocs", "html", "web",
                                           "dist",   "build", "_site", "docs",   "src" };
    bool here = op_tree_has(t, "index.html");
    for (size_t i = 0; i < OP_LEN(folders) && !here; i++) {
        OP_AUTO_FREE char *page = op_asprintf("%s/index.html", folders[i]);
        if (op_tree_exists(t, page) && op_fact_once(p, "page", page, page, 0))
            (void)op_fact_once(p, "folder", folders[i], page, 0);
    }
    if (here) {
        (void)op_fact_once(p, "page", "index.html", "index.html", 0);
        find_parts(t, p);
    }
    if (op_project_fact(p, "page") == NULL)
        return OP_PROJECT_UNKNOWN;
    (void)op_fact_once(p, "port", "8080", NULL, 0);
    (void)op_fact_once(p, "health", "/", NULL, 0);
    return OP_PROJECT_STATIC;
}
