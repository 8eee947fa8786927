/* What a change touches: tests/fixtures/touches, one situation a file with the lines that are true in it; and label
 * selectors. */
#include "run/touches.h"

#include "opsh/base/buf.h"
#include "opsh/base/str.h"
#include "opsh/os/path.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

static struct op_json *parse(const char *text, size_t n)
{
    struct op_err err = OP_ERR_INIT;
    struct op_json *j = op_json_parse(text, n, OP_JSON_UNIQUE, &err);
    if (j == NULL)
        fail_msg("%s", err.msg);
    return j;
}

static void is_as_written(const char *path)
{
    struct op_err err = OP_ERR_INIT;
    OP_AUTO_BUF text = OP_BUF_INIT;
    assert_true(op_file_read(path, 1 << 20, &text, &err));
    OP_AUTO_JSON *j = parse(op_buf_str(&text), text.len);
    const struct op_touching t = { .verb = op_json_str(j, "verb"),
                                   .helm = op_json_is_true(j, "helm"),
                                   .orphans = op_json_is_true(j, "orphans"),
                                   .before = op_json_get(j, "before"),
                                   .after = op_json_get(j, "after"),
                                   .policies = op_json_get(j, "policies"),
                                   .owned = op_json_get(j, "owned") };
    OP_AUTO_STRV lines = OP_STRV_INIT;
    op_touches(&t, &lines);
    size_t i = 0;
    OP_JSON_EACH(line, op_json_get(j, "lines"))
    {
        if (i == lines.n || strcmp(lines.v[i], op_json_text(line)) != 0)
            fail_msg("%s: wanted \"%s\", got \"%s\"", path, op_json_text(line), i < lines.n ? lines.v[i] : "nothing");
        i++;
    }
    if (i != lines.n)
        fail_msg("%s: too much: \"%s\"", path, lines.v[i]);
}

static void fixtures(void **state)
{
    (void)state;
    static const char folder[] = OPSH_SOURCE_DIR "/tests/fixtures/touches";
    DIR *dir = opendir(folder);
    size_t n = 0;
    assert_non_null(dir);
    for (struct dirent *e; (e = readdir(dir)) != NULL;) {
        if (!op_str_ends(e->d_name, ".json"))
            continue;
        OP_AUTO_FREE char *path = op_asprintf("%s/%s", folder, e->d_name);
        is_as_written(path);
        n++;
    }
    (void)closedir(dir);
    assert_true(n >= 25);
}

static void selectors(void **state)
{
    (void)state;
    static const struct {
        const char *selector;
        bool selects;
    } rows[] = {
        { "{}", true },
        { "{\"matchLabels\":{\"app\":\"web\"}}", true },
        { "{\"matchLabels\":{\"app\":\"web\",\"tier\":\"back\"}}", false },
        { "{\"matchLabels\":{\"missing\":\"x\"}}", false },
        { "{\"matchExpressions\":[{\"key\":\"app\",\"operator\":\"In\",\"values\":[\"api\",\"web\"]}]}", true },
        { "{\"matchExpressions\":[{\"key\":\"app\",\"operator\":\"In\",\"values\":[\"api\"]}]}", false },
        { "{\"matchExpressions\":[{\"key\":\"app\",\"operator\":\"NotIn\",\"values\":[\"web\"]}]}", false },
        { "{\"matchExpressions\":[{\"key\":\"no\",\"operator\":\"NotIn\",\"values\":[\"web\"]}]}", true },
        { "{\"matchExpressions\":[{\"key\":\"tier\",\"operator\":\"Exists\"}]}", true },
        { "{\"matchExpressions\":[{\"key\":\"tier\",\"operator\":\"DoesNotExist\"}]}", false },
        { "{\"matchLabels\":{\"app\":\"web\"},\"matchExpressions\":[{\"key\":\"x\",\"operator\":\"Exists\"}]}", false },
        { "{\"matchExpressions\":[{\"key\":\"tier\",\"operator\":\"Unheard\"}]}", false },
    };
    static const char labels[] = "{\"app\":\"web\",\"tier\":\"front\"}";
    OP_AUTO_JSON *l = parse(labels, strlen(labels));
    for (size_t i = 0; i < OP_LEN(rows); i++) {
        OP_AUTO_JSON *s = parse(rows[i].selector, strlen(rows[i].selector));
        if (op_touches_selects(s, l) != rows[i].selects)
            fail_msg("%s", rows[i].selector);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(fixtures), cmocka_unit_test(selectors) };
    return cmocka_run_group_tests_name("run/touches", tests, NULL, NULL);
}
