/* Owns one change of one file: output: "standalone" in next.config.*. Refuses files whose object it does not see plainly. */
#include "docker.h"

#include "opsh/base/str.h"

/* Where the configuration's object opens, in the ways that Next.js documents. */
static const char *const openings[] = { "nextConfig: NextConfig = {", "nextConfig = {", "module.exports = {", "export default {", "config: NextConfig = {",
                                        "const config = {", "defineConfig({" };

static size_t indent_below(const char *at)
{
    at += strcspn(at, "\n");
    size_t n = *at == '\n' ? strspn(at + 1, " ") : 0;
    return n >= 1 && n <= 8 && at[1 + n] != '\n' ? n : 2;
}

char *op_standalone_change(const char *text)
{
    for (size_t i = 0; i < OP_LEN(openings); i++) {
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
