/* image-draft FOLDER TARGET [standalone]: writes what opsh drafts for FOLDER into TARGET (over what is there: TARGET is
 * a copy that a test made), and prints notes. For tests only: opsh itself asks first. */
#include "opsh/project/project.h"

#include "opsh/base/str.h"
#include "opsh/os/path.h"

#include <sys/stat.h>

int main(int argc, char **argv)
{
    struct op_project p;
    struct op_drafts d;
    struct op_err err = OP_ERR_INIT;
    const struct op_wish wish = { .standalone = argc > 3 && op_str_eq(argv[3], "standalone") };
    if (argc < 3 || !op_project_read(argv[1], &p, &err) || !op_project_dockerfile(&p, &wish, &d, &err)) {
        (void)fprintf(stderr, "image-draft: %s\n", err.msg);
        return 1;
    }
    bool ok = true;
    for (size_t i = 0; i < p.n; i++)
        (void)fprintf(stderr, "fact %s = %s (%s:%d)\n", p.facts[i].name, p.facts[i].value, p.facts[i].file,
                      p.facts[i].line);
    for (size_t i = 0; i < d.n && ok; i++) {
        OP_AUTO_FREE char *path = op_asprintf("%s/%s", argv[2], d.v[i].path);
        ok = op_file_write_private(path, d.v[i].text, strlen(d.v[i].text), &err) && chmod(path, 0644) == 0;
        (void)printf("%s: %s%s\n", d.v[i].path, d.v[i].why, d.v[i].optional ? " (an offer)" : "");
    }
    for (size_t i = 0; i < d.notes.n; i++)
        (void)printf("note: %s\n", d.notes.v[i]);
    if (!ok)
        (void)fprintf(stderr, "image-draft: %s\n", err.msg);
    op_drafts_free(&d);
    op_project_free(&p);
    return ok ? 0 : 1;
}
