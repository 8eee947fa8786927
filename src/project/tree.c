/* Owns looking into a folder: which files there are, and their first bytes. Refuses to leave the folder (links out of
 * it), to wait (FIFOs, devices), to read without end, and names that could break out of a line of a Dockerfile. */
#include "tree.h"

#include "facts.h"
#include "opsh/base/str.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>

/* What tools make and fetch: large, and nothing in it says what the project is. */
static const char *const skipped[] = { "node_modules",  "venv",   "__pycache__", "dist",   "build",
                                       "target",        "out",    "coverage",    "vendor", "bower_components",
                                       "site-packages", "htmlcov" };

static bool enter(const char *name)
{
    if (name[0] == '.')
        return false;
    if (OP_IN(name, skipped))
        return false;
    return true;
}

static void walk(struct op_tree *t, const char *under, int depth)
{
    OP_AUTO_FREE char *folder = op_asprintf("%s/%s", t->root, under);
    DIR *dir = t->folders++ < OP_TREE_FOLDERS ? opendir(folder) : NULL;
    if (dir == NULL)
        return;
    for (struct dirent *e = readdir(dir); e != NULL && t->files.n < OP_TREE_FILES; e = readdir(dir)) {
        struct stat st;
        OP_AUTO_FREE char *path = op_asprintf("%s%s%s", under, *under != '\0' ? "/" : "", e->d_name);
        if (op_str_eq(e->d_name, ".") || op_str_eq(e->d_name, "..") || !op_fact_path_ok(path) ||
            fstatat(dirfd(dir), e->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0)
            continue;
        if (S_ISDIR(st.st_mode) && depth < OP_TREE_DEPTH && enter(e->d_name))
            walk(t, path, depth + 1);
        else if (S_ISREG(st.st_mode) || S_ISLNK(st.st_mode))
            op_strv_push(&t->files, path);
    }
    (void)closedir(dir);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

bool op_tree_open(const char *folder, struct op_tree *t, struct op_err *err)
{
    struct stat st;
    *t = (struct op_tree){ .root = realpath(folder, NULL) };
    if (t->root == NULL)
        return op_fail(err, OP_IO, errno, "cannot look into %s", folder);
    DIR *dir = stat(t->root, &st) == 0 && S_ISDIR(st.st_mode) ? opendir(t->root) : NULL;
    if (dir == NULL) {
        op_tree_close(t);
        return op_fail(err, OP_IO, errno != 0 ? errno : ENOTDIR, "cannot look into %s", folder);
    }
    (void)closedir(dir);
    walk(t, "", 0);
    if (t->files.n != 0)
        qsort(t->files.v, t->files.n, sizeof(*t->files.v), by_name);
    return true;
}

void op_tree_close(struct op_tree *t)
{
    free(t->root);
    op_strv_free(&t->files);
    *t = (struct op_tree){ .root = NULL };
}

bool op_tree_has(const struct op_tree *t, const char *path)
{
    return t->files.n != 0 && bsearch(&path, t->files.v, t->files.n, sizeof(*t->files.v), by_name) != NULL;
}

bool op_tree_exists(const struct op_tree *t, const char *path)
{
    struct stat st;
    OP_AUTO_FREE char *full = op_asprintf("%s/%s", t->root, path);
    return lstat(full, &st) == 0 && S_ISREG(st.st_mode);
}

bool op_tree_has_under(const struct op_tree *t, const char *folder)
{
    size_t n = strlen(folder);
    for (size_t i = 0; i < t->files.n; i++)
        if (op_str_starts(t->files.v[i], folder) && t->files.v[i][n] == '/')
            return true;
    return false;
}

bool op_tree_read(struct op_tree *t, const char *path, struct op_buf *out)
{
    op_buf_trunc(out, 0);
    if (t->reads >= OP_TREE_READS || !op_tree_has(t, path))
        return false;
    OP_AUTO_FREE char *full = op_asprintf("%s/%s", t->root, path);
    OP_AUTO_FREE char *real = realpath(full, NULL);
    size_t n = strlen(t->root);
    if (real == NULL || (strcmp(t->root, "/") != 0 && (strncmp(real, t->root, n) != 0 || real[n] != '/')))
        return false;
    struct stat st;
    int fd = open(real, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW);
    if (fd < 0)
        return false;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        (void)close(fd);
        return false;
    }
    t->reads++;
    char part[16384];
    for (ssize_t got = 1; got != 0 && out->len < OP_TREE_FILE_MAX;) {
        got = read(fd, part, sizeof(part));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            break;
        const char *nul = memchr(part, '\0', (size_t)got);
        op_buf_add(out, part, nul != NULL ? (size_t)(nul - part) : (size_t)got);
        if (nul != NULL)
            break;
    }
    (void)close(fd);
    return true;
}

int op_tree_line(const char *text, size_t at)
{
    int line = 1;
    for (size_t i = 0; i < at && text[i] != '\0'; i++)
        line += text[i] == '\n';
    return line;
}

int op_tree_line_of(const char *text, const char *needle)
{
    const char *found = strstr(text, needle);
    return found != NULL ? op_tree_line(text, (size_t)(found - text)) : 0;
}
