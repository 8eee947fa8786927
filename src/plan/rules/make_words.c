/* What a request for a file says beside that: the folder, the base image, the user, the port. Owns the reading of paths
 * with spaces and without quotes; looks at folders only to see whether they are there. */
#include "make.h"

#include "opsh/base/str.h"
#include "opsh/os/path.h"

#include <dirent.h>
#include <sys/stat.h>

enum { MOST_WORDS_OF_A_PATH = 8, MOST_FOLDERS = 9, MOST_ENTRIES = 200 };

bool folder_exists(const char *path)
{
    struct stat st;
    OP_AUTO_FREE char *whole = op_path_expand(path);
    return stat(whole, &st) == 0 && S_ISDIR(st.st_mode);
}

/* As it can stand on a command line: no "~", no leading dash, no slash at the end. owned */
static char *folder_argument(const char *said)
{
    char *path = op_path_expand(said);
    if (*path == '-') {
        char *dotted = op_asprintf("./%s", path);
        free(path);
        path = dotted;
    }
    for (size_t n = strlen(path); n > 1 && path[n - 1] == '/'; n--)
        path[n - 1] = '\0';
    return path;
}

/* "Dockerfile", "api.Dockerfile", "Dockerfile.dev" at the end of a path. */
static const char *dockerfile_in(const char *path)
{
    const char *slash = strrchr(path, '/'), *base = slash != NULL ? slash + 1 : path;
    return op_str_starts(base, "Dockerfile") || op_str_ends(base, ".Dockerfile") || op_str_ends(base, ".dockerfile")
               ? base
               : NULL;
}

static void add_folder(struct wanted *w, const char *said)
{
    OP_AUTO_FREE char *path = folder_argument(said);
    if (!op_strv_has(&w->folders, path))
        op_strv_push(&w->folders, path);
}

static void add_path(struct wanted *w, const char *said)
{
    const char *base = dockerfile_in(said);
    if (base == NULL) {
        add_folder(w, said);
        return;
    }
    OP_AUTO_FREE char *file = folder_argument(said);
    OP_AUTO_FREE char *folder = base == said ? op_strdup(".") : op_strndup(said, (size_t)(base - said));
    free(w->file);
    w->file = op_steal(&file);
    add_folder(w, folder);
}

static bool looks_like_path(const struct token *t)
{
    const char *s = t->text;
    if (strstr(s, "://") != NULL)
        return false;
    if (op_str_eq(s, ".") || op_str_eq(s, "..") || *s == '~')
        return true;
    return strchr(s, '/') != NULL && strchr(s, ':') == NULL;
}

/* "./my app" without quotes: as many words as make a folder that exists. Returns how many were taken. */
static size_t take_path(struct wanted *w, const struct tokens *t, size_t i)
{
    OP_AUTO_BUF path = OP_BUF_INIT;
    for (size_t n = 0; n < MOST_WORDS_OF_A_PATH && i + n < t->n; n++) {
        op_buf_addf(&path, "%s%s", n > 0 ? " " : "", t->v[i + n].text);
        if (!folder_exists(op_buf_str(&path)) && dockerfile_in(op_buf_str(&path)) == NULL)
            continue;
        add_path(w, op_buf_str(&path));
        return n + 1;
    }
    add_path(w, t->v[i].text);
    return 1;
}

void folders_with_projects(struct op_strv *folders)
{
    struct dirent **entries = NULL;
    int n = scandir(".", &entries, NULL, alphasort);
    for (int i = 0; i < n; i++) {
        struct op_project p;
        struct op_err err = OP_ERR_INIT;
        OP_AUTO_FREE char *path = op_asprintf("./%s", entries[i]->d_name);
        bool shown =
            entries[i]->d_name[0] != '.' && folders->n < MOST_FOLDERS && i < MOST_ENTRIES && folder_exists(path);
        free(entries[i]);
        if (!shown || !op_project_read(path, &p, &err))
            continue;
        if (p.kind != OP_PROJECT_UNKNOWN)
            op_strv_push(folders, path);
        op_project_free(&p);
    }
    free(entries);
}

static bool has_project(const char *folder)
{
    struct op_project p;
    struct op_err err = OP_ERR_INIT;
    if (!op_project_read(folder, &p, &err))
        return false;
    bool known = p.kind != OP_PROJECT_UNKNOWN;
    op_project_free(&p);
    return known;
}

/* A plain word may name a folder here ("for frontend"), unless it is what this folder is called in general ("this app"
 * beside a folder app): it counts when a project is in it, or none is here. */
static void weak_folder(struct wanted *w, const struct token *t)
{
    if (strlen(t->text) < 2 || strchr(t->text, '/') != NULL || !folder_exists(t->text))
        return;
    OP_AUTO_FREE char *path = op_asprintf("./%s", t->text);
    if (has_project(path) || !has_project("."))
        add_folder(w, path);
}

static void read_folders(const struct attempt *a, struct wanted *w)
{
    const struct tokens *t = a->clause->tokens;
    const char *answered = slots_get(&a->clause->frame.slots, "folder");
    if (answered != NULL) {
        add_path(w, answered);
        return;
    }
    for (size_t i = 0; i < t->n; i++) {
        bool quoted = (t->v[i].flags & TOKEN_QUOTED) != 0 && folder_exists(t->v[i].text);
        bool dashed = *t->v[i].text == '-' && folder_exists(t->v[i].text);
        if (looks_like_path(&t->v[i]) || quoted || dashed ||
            (dockerfile_in(t->v[i].text) != NULL && strlen(t->v[i].text) > strlen("Dockerfile") &&
             strpbrk(t->v[i].text, "./") != NULL))
            i += take_path(w, t, i) - 1;
    }
    static const char *const here[] = { "this", "current", "here", "my" };
    bool said_here = false;
    for (size_t i = 0; i < t->n; i++)
        said_here = said_here || OP_IN(t->v[i].low, here);
    if (w->folders.n != 0 || (said_here && has_project(".")))
        return;
    for (size_t i = 0; i < t->n; i++)
        weak_folder(w, &t->v[i]);
}

/* ---- the rest ---- */

/* "node:20-alpine", "ghcr.io/a/b:1.2": lower case, one tag, no port map. */
static bool looks_like_image(const char *s)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789./_-";
    const char *colon = strrchr(s, ':');
    if (colon == NULL || colon == s || colon[1] == '\0' || strstr(s, "://") != NULL || *s == '.' || *s == '/')
        return false;
    size_t n = strspn(s, allowed);
    return s + n == colon && strspn(s, "0123456789") != n &&
           strspn(colon + 1, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") == strlen(colon + 1);
}

static bool is_word(const struct token *t, const char *const *words)
{
    for (; *words != NULL; words++)
        if (op_str_eq(t->low, *words))
            return true;
    return false;
}

static bool number_at(const struct tokens *t, size_t i, int64_t max, int *out)
{
    int64_t n = 0;
    if (i >= t->n || !op_str_int(t->v[i].text, 1, max, &n))
        return false;
    *out = (int)n;
    return true;
}

/* "user nextjs", "as user app": a name right behind it, no other word of the language. */
static void read_user(const struct tokens *t, size_t i, struct wanted *w)
{
    static const char *const between[] = { "called", "named", "with", "name", "=", NULL };
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789_-";
    while ((t->v[i].flags & (TOKEN_COMMA | TOKEN_STOP)) == 0 && i + 1 < t->n) {
        const struct token *next = &t->v[++i];
        if (is_word(next, between))
            continue;
        bool name = next->n_senses == 0 && !next->inside && isalpha((unsigned char)next->text[0]) &&
                    strspn(next->text, allowed) == strlen(next->text) && strlen(next->text) <= 32;
        if (name && w->user == NULL)
            w->user = op_strdup(next->text);
        return;
    }
}

void wanted_read(const struct attempt *a, struct wanted *w)
{
    static const char *const ports[] = { "port", "ports", NULL }, *const users[] = { "user", NULL };
    static const char *const replicas[] = { "replicas", "replica", "copies", "instances", NULL }, *const hosts[] = {
        "host", "hostname", NULL
    };
    static const char *const names[] = { "called", "named", NULL };
    const struct tokens *t = a->clause->tokens;
    *w = (struct wanted){ 0 };
    read_folders(a, w);
    for (size_t i = 0; i < t->n; i++) {
        const struct token *one = &t->v[i];
        if (w->base == NULL && looks_like_image(one->text))
            w->base = op_strdup(one->text);
        if (is_word(one, ports) && w->port == 0)
            (void)(number_at(t, i + 1, 65535, &w->port) || (i > 0 && number_at(t, i - 1, 65535, &w->port)));
        if (is_word(one, replicas) && w->replicas == 0 && i > 0)
            (void)number_at(t, i - 1, 100, &w->replicas);
        if (is_word(one, users) && (i == 0 || !op_str_eq(t->v[i - 1].low, "the")))
            read_user(t, i, w);
        if (is_word(one, hosts) && i + 1 < t->n && strchr(t->v[i + 1].text, '.') != NULL && w->host == NULL)
            w->host = op_strdup(t->v[i + 1].text);
        if (is_word(one, names) && i + 1 < t->n && op_str_is_dns_name(t->v[i + 1].text) && w->name == NULL)
            w->name = op_strdup(t->v[i + 1].text);
        if (op_str_eq(one->low, "standalone"))
            w->standalone = true;
    }
    const char *slot = slots_get(&a->clause->frame.slots, "host");
    if (w->host == NULL && slot != NULL)
        w->host = op_strdup(slot);
}

void wanted_free(struct wanted *w)
{
    char **const all[] = { &w->file, &w->base, &w->user, &w->host, &w->name, &w->image };
    for (size_t i = 0; i < OP_LEN(all); i++)
        op_free_ptr(all[i]);
    op_strv_free(&w->folders);
}
