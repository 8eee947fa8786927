/* The ways back from written and removed files: what stood there, byte for byte, given back by the same commands. A
 * file that is new is removed only if it still holds what was written. */
#include "files.h"
#include "inverse.h"

#include "opsh/base/str.h"
#include "opsh/base/text.h"
#include "opsh/os/beneath.h"

#include <errno.h>

static struct op_undo_step *add(struct op_capture_of *c, const char *verb, const char *flag, const char *folder,
                                const char *path)
{
    OP_AUTO_STRV words = OP_STRV_INIT;
    const char *const all[] = { "opsh", verb, flag, "--in", folder, path };
    for (size_t i = 0; i < OP_LEN(all); i++)
        if (all[i] != NULL)
            op_strv_push(&words, all[i]);
    return op_inverse_add(c, NULL, &words);
}

/* Another session may stand in another folder. */
static char *absolute(const char *folder)
{
    char *path = realpath(folder, NULL);
    return path != NULL ? path : op_strdup(folder);
}

static void touch(struct op_capture_of *c, const char *folder, const char *path, const char *mark)
{
    struct op_json *item = op_json_object();
    op_json_set_str(item, "file", path);
    op_json_set_str(item, "folder", folder);
    op_json_set_str(item, "before", mark);
    op_json_push(c->inv->touched, item);
}

/* The bytes as they were can only be kept as text. */
static bool is_text(const struct op_buf *text)
{
    return memchr(op_buf_str(text), '\0', text->len) == NULL && op_utf8_valid(op_buf_str(text), text->len);
}

static void put_back(struct op_capture_of *c, const struct op_file_step *f, const char *folder, const char *path,
                     struct op_buf *was, unsigned mode)
{
    if (!is_text(was)) {
        op_inverse_none(c, "%.120s holds bytes that are no text, which are not kept", path);
        return;
    }
    add(c, "write", f->writes ? "--replace" : NULL, folder, path)->input = op_strdup(op_buf_str(was));
    if (!f->writes && mode != 0644 && mode != 0664)
        op_inverse_none(c, "the file comes back, its permissions (%o) do not", mode);
}

static void from_present(struct op_capture_of *c, const struct op_file_step *f, const char *folder, const char *path)
{
    OP_AUTO_BUF was = OP_BUF_INIT;
    struct op_err err = OP_ERR_INIT;
    unsigned mode = 0;
    bool there = op_beneath_read(f->folder, f->path, &was, &mode, &err);
    if (!there && err.sys != ENOENT) {
        op_inverse_none(c, "what stands there now could not be read: %.160s", err.msg);
        return;
    }
    OP_AUTO_FREE char *mark = there ? op_beneath_mark(op_buf_str(&was), was.len) : NULL;
    const char *input = c->step->input != NULL ? c->step->input : "";
    OP_AUTO_FREE char *then = op_beneath_mark(input, strlen(input));
    c->inv->nothing = f->writes ? op_str_eq(mark, then) : !there;
    touch(c, folder, path, mark);
    if (c->inv->nothing)
        return;
    if (there) {
        put_back(c, f, folder, path, &was, mode);
        return;
    }
    OP_AUTO_FREE char *flag = op_asprintf("--expect=%s", then);
    (void)add(c, "remove", flag, folder, path);
}

void op_inverse_file(struct op_capture_of *c)
{
    struct op_file_step f;
    op_strv_free(&c->inv->identity); /* no cluster is spoken to */
    if (!op_file_step_of(c->road->o.catalog, c->step, c->v, &f)) {
        op_inverse_none(c, "the command line names no file");
        return;
    }
    OP_AUTO_FREE char *folder = absolute(f.folder);
    OP_AUTO_FREE char *path = *f.path == '-' ? op_asprintf("./%s", f.path) : op_strdup(f.path);
    from_present(c, &f, folder, path);
    op_file_step_free(&f);
}
