/* JSON from outside: what is accepted has no text cut short by a NUL, stays within the depth limit,
 * has no key twice, and prints to something that reads back as the same. */
#include "fuzz.h"

#include "opsh/base/text.h"
#include "opsh/data/json.h"

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void walk(const struct op_json *j, unsigned depth)
{
    must(depth <= OP_JSON_DEPTH);
    const char *text = op_json_text(j);
    must(text == NULL || op_utf8_valid(text, strlen(text)));
    int64_t i;
    double d;
    if (op_json_int(j, &i))
        must(op_json_number(j, &d) && (double)i == d && i < (int64_t)1 << 53 && i > -((int64_t)1 << 53));
    size_t n = 0;
    OP_JSON_EACH(child, j)
    {
        if (op_json_is_object(j))
            must(op_json_get(j, op_json_key(child)) == child); /* with one key twice: the other one */
        walk(child, depth + 1);
        n++;
    }
    must(n == op_json_size(j));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct op_err err = OP_ERR_INIT;
    OP_AUTO_JSON *loose = op_json_parse((const char *)data, size, OP_JSON_LOOSE, &err);
    must((loose != NULL) == (err.code == OP_OK));
    err = (struct op_err)OP_ERR_INIT;
    OP_AUTO_JSON *j = op_json_parse((const char *)data, size, OP_JSON_UNIQUE, &err);
    must((j != NULL) == (err.code == OP_OK));
    must(j == NULL || loose != NULL);
    if (j == NULL || size > 4096) /* looking every key up is quadratic */
        return 0;
    walk(j, 0);
    OP_AUTO_FREE char *once = op_json_print(j, false);
    OP_AUTO_JSON *back = op_json_parse(once, strlen(once), OP_JSON_UNIQUE, &err);
    must(back != NULL);
    OP_AUTO_FREE char *twice = op_json_print(back, false);
    must(strcmp(once, twice) == 0);
    (void)op_json_str(j, "status.phase");
    (void)op_json_int_or(j, "a..b.", 0);
    return 0;
}
