/* Owns the folder undo/ beside the journal: what an undo needs and the journal must not hold, a private file a change.
 * It may hold Secrets, so it is not kept for ever. */
#include "opsh/run/journal.h"

#include "opsh/base/str.h"
#include "opsh/os/clock.h"
#include "opsh/os/path.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

enum { KEPT_MOST = 48 << 20, DAY_S = 24 * 60 * 60 };

static char *kept_path(const char *journal, const char *change)
{
    const char *slash = strrchr(journal, '/');
    size_t folder = slash != NULL ? (size_t)(slash - journal) + 1 : 0;
    return op_asprintf("%.*sundo/%s.json", (int)folder, journal, change);
}

/* Files of opsh's own make in this file's folder that are older than a person may still want to go back. */
static void throw_old_away(const char *file)
{
    OP_AUTO_FREE char *folder = op_strndup(file, (size_t)(strrchr(file, '/') - file));
    DIR *dir = opendir(folder);
    if (dir == NULL)
        return;
    int64_t oldest = op_clock_now() - OP_JOURNAL_KEEP_DAYS * (int64_t)DAY_S;
    struct stat st;
    for (const struct dirent *e; (e = readdir(dir)) != NULL;)
        if (op_str_ends(e->d_name, ".json") && fstatat(dirfd(dir), e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
            S_ISREG(st.st_mode) && st.st_mtime < oldest)
            (void)unlinkat(dirfd(dir), e->d_name, 0);
    (void)closedir(dir);
}

bool op_journal_keep(struct op_journal *j, const char *text, struct op_err *err)
{
    if (j->fd < 0 || j->path == NULL)
        return op_fail(err, OP_IO, 0, "there is no journal to keep it beside");
    OP_AUTO_FREE char *path = kept_path(j->path, j->change);
    throw_old_away(path);
    return op_file_write_private(path, text, strlen(text), err);
}

char *op_journal_kept(const char *path, const char *change, struct op_err *err)
{
    OP_AUTO_FREE char *file = kept_path(path, change);
    OP_AUTO_BUF text = OP_BUF_INIT;
    if (!op_file_is_private(file, err) || !op_file_read(file, KEPT_MOST, &text, err))
        return NULL;
    return op_strdup(op_buf_str(&text));
}
