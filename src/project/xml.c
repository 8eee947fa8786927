/* Owns walking through elements. Refuses everything that makes XML dangerous: entities are not resolved and nothing is
 * fetched. */
#include "xml.h"

#include "opsh/base/buf.h"
#include "opsh/base/str.h"
#include "tree.h"

enum { DEEPEST = 32 };

/* Past "<?…?>", "<!--…-->", "<!…>"; NULL: it does not end. */
static const char *skip_other(const char *at)
{
    static const struct {
        const char *open, *close;
    } others[] = { { "<!--", "-->" }, { "<![CDATA[", "]]>" }, { "<?", "?>" }, { "<!", ">" } };
    for (size_t i = 0; i < OP_LEN(others); i++)
        if (op_str_starts(at, others[i].open)) {
            const char *end = strstr(at, others[i].close);
            return end != NULL ? end + strlen(others[i].close) : NULL;
        }
    return at;
}

void op_xml_read(const char *source, op_xml_text text, void *ctx)
{
    OP_AUTO_BUF path = OP_BUF_INIT;
    int depth = 0;
    for (const char *at = source; at != NULL && *at != '\0';) {
        size_t n = strcspn(at, "<");
        const char *from = at + strspn(at, " \t\r\n");
        size_t length = at + n > from ? (size_t)(at + n - from) : 0;
        while (length != 0 && isspace((unsigned char)from[length - 1]))
            length--;
        if (length != 0 && depth > 0) {
            OP_AUTO_FREE char *said = op_strndup(from, length);
            text(ctx, op_buf_str(&path), said, op_tree_line(source, (size_t)(from - source)));
        }
        at += n;
        const char *other = *at != '\0' ? skip_other(at) : at;
        if (other != at || *at == '\0') {
            at = other;
            continue;
        }
        const char *end = strchr(at, '>');
        if (end == NULL)
            return;
        if (at[1] == '/') {
            size_t cut = path.len;
            while (cut != 0 && op_buf_str(&path)[cut - 1] != '/')
                cut--;
            op_buf_trunc(&path, cut != 0 ? cut - 1 : 0);
            depth--;
        } else if (end[-1] != '/') {
            if (++depth > DEEPEST)
                return;
            op_buf_addf(&path, "%s%.*s", path.len != 0 ? "/" : "", (int)strcspn(at + 1, " \t\r\n>/"), at + 1);
        }
        if (depth < 0)
            return;
        at = end + 1;
    }
}
