/* Projection of outputs: what tells something stays, what repeats itself or keeps books goes, and the cut is said. */
#include "project.h"

#include "opsh/base/str.h"
#include "opsh/data/json.h"

#define JSON_MAX ((size_t)8 << 20)
#define HEAD     ((size_t)6 << 10)
#define TELLING  ((size_t)4 << 10)
#define TAIL     ((size_t)6 << 10)
enum { LINE_MAX_SHOWN = 400, ANNOTATION_MAX = 200 };

/* Fields that say nothing about what is wrong or what is there. */
static const char *const bookkeeping[] = {
    "managedFields",
    "uid",
    "resourceVersion",
    "selfLink",
    "generation",
    "observedGeneration",
    "kubectl.kubernetes.io/last-applied-configuration",
    "terminationMessagePath",
    "terminationMessagePolicy",
    "dnsPolicy",
    "schedulerName",
    "enableServiceLinks",
    "preemptionPolicy",
    "priority",
    "tolerations",
    "serviceAccount",
    "progressDeadlineSeconds",
    "revisionHistoryLimit",
    "podIPs",
    "hostIPs",
    "containerID",
    "imageID",
    "clusterIPs",
    "ipFamilies",
    "ipFamilyPolicy",
    "internalTrafficPolicy",
    "sessionAffinity",
    "defaultMode",
    "generateName",
    "pod-template-hash",
    "controller-revision-hash",
    "blockOwnerDeletion",
    "lastProbeTime",
    "qosClass",
};

static bool kept(const char *key)
{
    if (OP_IN(key, bookkeeping))
        return false;
    return true;
}

static bool is_empty(const struct op_json *j)
{
    bool container = op_json_is_object(j) || op_json_is_array(j);
    return op_json_is_null(j) || (container && op_json_size(j) == 0) || op_str_eq(op_json_text(j), "");
}

/* owned; the depth is limited by the parser */
static struct op_json *pruned(const struct op_json *j)
{
    if (!op_json_is_object(j) && !op_json_is_array(j))
        return op_json_dup(j);
    bool object = op_json_is_object(j);
    struct op_json *out = object ? op_json_object() : op_json_array();
    OP_JSON_EACH(child, j) {
        if (object && (!kept(op_json_key(child)) || is_empty(child)))
            continue;
        OP_AUTO_JSON *c = pruned(child);
        if (object && is_empty(c))
            continue;
        if (object)
            op_json_set(out, op_json_key(child), op_steal(&c));
        else
            op_json_push(out, op_steal(&c));
    }
    return out;
}

/* Back to the start of a line where one is near, else to the start of a character. */
static size_t cut_before(const char *s, size_t at)
{
    for (size_t i = at; i > 0 && at - i < LINE_MAX_SHOWN; i--)
        if (s[i - 1] == '\n')
            return i;
    while (at > 0 && ((unsigned char)s[at] & 0xc0) == 0x80)
        at--;
    return at;
}

static const char ask[] = "ask for less to see them: a name, a label, fewer lines";

/* The items of a list, each on a line of its own while there is room, then the names of the others. */
static void add_items(struct op_buf *out, const struct op_json *items)
{
    size_t limit = out->len + OP_PROJECT_ROOM * 3 / 4, end = out->len + OP_PROJECT_ROOM, left = 0;
    bool full = false;
    OP_JSON_EACH(item, items) {
        OP_AUTO_FREE char *text = op_json_print(item, false);
        const char *name = op_json_str(item, "metadata.name");
        if (!full && out->len + strlen(text) <= limit) {
            op_buf_adds(out, text);
            op_buf_addc(out, '\n');
            continue;
        }
        if (!full)
            op_buf_addf(out, "[the others by name only; %s]\n", ask);
        full = true;
        left++;
        if (name != NULL && out->len + strlen(name) + 1 < end)
            op_buf_addf(out, "%s ", name);
    }
    if (left != 0)
        op_buf_addf(out, "\n[%zu of %zu items left out]\n", left, op_json_size(items));
}

static void add_text(struct op_buf *out, const char *s, size_t n);

static bool add_json(struct op_buf *out, const char *s, size_t n)
{
    OP_AUTO_JSON *j = n <= JSON_MAX ? op_json_parse(s, n, OP_JSON_LOOSE, NULL) : NULL;
    if (j == NULL)
        return false;
    OP_AUTO_JSON *p = pruned(j);
    OP_AUTO_FREE char *text = op_json_print(p, false);
    size_t m = strlen(text);
    op_buf_adds(out, "[JSON without bookkeeping and empty fields]\n");
    if (m <= OP_PROJECT_ROOM)
        op_buf_add(out, text, m);
    else if (op_json_size(op_json_get(p, "items")) > 1)
        add_items(out, op_json_get(p, "items"));
    else if (op_json_is_array(p))
        add_items(out, p);
    else
        add_text(out, text, m);
    return true;
}

/* Copies YAML but for managedFields and last-applied-configuration: they end where a line stands as far left again. */
static void drop_bookkeeping_lines(struct op_buf *out, const char *s, size_t n)
{
    size_t hidden = SIZE_MAX; /* indent of the field that is being left out */
    for (size_t i = 0; i < n;) {
        const char *end = memchr(s + i, '\n', n - i);
        size_t len = end != NULL ? (size_t)(end - (s + i)) + 1 : n - i, indent = 0;
        const char *line = s + i;
        while (indent < len && line[indent] == ' ')
            indent++;
        bool item = indent < len && line[indent] == '-';
        if (hidden != SIZE_MAX && (indent < hidden || (indent == hidden && !item)))
            hidden = SIZE_MAX;
        if (hidden == SIZE_MAX && (op_str_starts(line + indent, "managedFields:") ||
                                   op_str_starts(line + indent, "kubectl.kubernetes.io/last-applied-configuration:")))
            hidden = indent;
        if (hidden == SIZE_MAX)
            op_buf_add(out, line, len);
        i += len;
    }
}

static bool telling(const char *line, size_t n)
{
    static const char *const words[] = { "error",   "fail",     "fatal",    "panic",     "exception", "traceback",
                                         "refused", "denied",   "timeout",  "timed out", "killed",    "oom",
                                         "crash",   "backoff",  "back-off", "unable",    "cannot",    "not found",
                                         "warn",    "critical", "unhealthy" };
    char copy[LINE_MAX_SHOWN];
    size_t m = n < sizeof(copy) - 1 ? n : sizeof(copy) - 1;
    memcpy(copy, line, m);
    copy[m] = '\0';
    for (size_t i = 0; i < OP_LEN(words); i++)
        if (strcasestr(copy, words[i]) != NULL)
            return true;
    return false;
}

/* The same but for digits: log lines differ in times and counters. */
static bool alike(const char *a, size_t n, const char *b, size_t m)
{
    size_t i = 0, k = 0;
    for (;;) {
        while (i < n && isdigit((unsigned char)a[i]))
            i++;
        while (k < m && isdigit((unsigned char)b[k]))
            k++;
        if (i == n || k == m)
            return i == n && k == m;
        if (a[i++] != b[k++])
            return false;
    }
}

/* The telling lines of what lies between head and tail, each kind once in a row. */
static void add_telling(struct op_buf *out, const char *s, size_t n)
{
    size_t start = out->len, found = 0, shown = 0, last_n = 0;
    const char *last = "";
    for (size_t i = 0; i < n;) {
        const char *end = memchr(s + i, '\n', n - i);
        size_t len = end != NULL ? (size_t)(end - (s + i)) : n - i;
        const char *line = s + i;
        i += len + 1;
        if (!telling(line, len))
            continue;
        found++;
        size_t room = len < LINE_MAX_SHOWN ? len : cut_before(line, LINE_MAX_SHOWN);
        if (alike(line, len, last, last_n) || out->len - start + room > TELLING)
            continue;
        op_buf_add(out, line, room);
        op_buf_addc(out, '\n');
        last = line;
        last_n = len;
        shown++;
    }
    if (found != 0)
        op_buf_addf(out, "[of these, %zu lines tell of errors or warnings; %zu are shown]\n", found, shown);
}

static void add_text(struct op_buf *out, const char *s, size_t n)
{
    if (n <= OP_PROJECT_ROOM) {
        op_buf_add(out, s, n);
        return;
    }
    size_t head = cut_before(s, HEAD), tail = cut_before(s, n - TAIL);
    op_buf_add(out, s, head);
    if (head != 0 && s[head - 1] != '\n')
        op_buf_addc(out, '\n');
    op_buf_addf(out, "[%zu of %zu bytes left out here; %s]\n", tail - head, n, ask);
    add_telling(out, s + head, tail - head);
    op_buf_add(out, s + tail, n - tail);
}

void op_project(const char *text, size_t n, struct op_buf *out)
{
    size_t lead = strspn(text, " \t\r\n");
    bool json = lead < n && (text[lead] == '{' || text[lead] == '[');
    if (n <= OP_PROJECT_WHOLE) {
        op_buf_add(out, text, n);
    } else if (!json || !add_json(out, text, n)) {
        OP_AUTO_BUF lines = OP_BUF_INIT;
        drop_bookkeeping_lines(&lines, text, n);
        add_text(out, op_buf_str(&lines), lines.len);
    }
}
