/* Owns one setting of one file: reading and adding output: "standalone" in next.config.*. Refuses files whose object it
 * does not see plainly, and those that say another output. */
#include "detect.h"
#include "docker.h"

#include "opsh/base/str.h"

/* Where the configuration's object opens, in the ways that Next.js documents. */
static const char *const openings[] = {
    "nextConfig: NextConfig = {", "nextConfig = {",   "module.exports = {", "export default {",
    "config: NextConfig = {",     "const config = {", "defineConfig({"
};

int op_next_output(const char *text, const char *value)
{
    for (const char *at = text; (at = strstr(at, "output")) != NULL; at++) {
        const char *line = at;
        while (line > text && line[-1] != '\n')
            line--;
        const char *first = line + strspn(line, " \t"), *said = at + strlen("output");
        said += strspn(said, "\"' \t");
        if (op_str_starts(first, "//") || *first == '*' || op_str_starts(first, "/*") || *said++ != ':')
            continue;
        said += strspn(said, " \t\n");
        if (value == NULL || (*said != '\0' && strchr("\"'`", *said) != NULL && op_str_starts(said + 1, value) &&
                              said[1 + strlen(value)] == *said))
            return op_tree_line(text, (size_t)(at - text));
    }
    return 0;
}

static size_t indent_below(const char *at)
{
    at += strcspn(at, "\n");
    size_t n = *at == '\n' ? strspn(at + 1, " ") : 0;
    return n >= 1 && n <= 8 && at[1 + n] != '\n' ? n : 2;
}

char *op_standalone_change(const char *text)
{
    for (size_t i = 0; i < OP_LEN(openings) && op_next_output(text, NULL) == 0; i++) {
        const char *at = strstr(text, openings[i]);
        if (at == NULL || strstr(at + 1, openings[i]) != NULL)
            continue;
        at += strlen(openings[i]);
        OP_AUTO_BUF out = OP_BUF_INIT;
        op_buf_add(&out, text, (size_t)(at - text));
        size_t n = indent_below(at);
        const char *rest = at + strspn(at, " \t\r");
        op_buf_addf(&out, "\n%*soutput: \"standalone\",", (int)n, "");
        /* "{}" and "{ a: 1 }" on one line: what follows goes to a line of its own */
        if (*rest != '\n')
            op_buf_addf(&out, "\n%*s", *rest == '}' ? 0 : (int)n, "");
        op_buf_adds(&out, *rest == '\n' ? at : rest);
        return op_buf_steal(&out);
    }
    return NULL;
}
