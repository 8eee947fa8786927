/* Reads tables as kubectl, helm and docker print them: cells, ages, quantities, words in lines. */
#include "filter_value.h"

#include "opsh/base/str.h"

/* ---- cells ---- */

static bool gap(const char *s)
{
    return *s == '\t' || (s[0] == ' ' && (s[1] == ' ' || s[1] == '\t' || s[1] == '\0'));
}

static bool starts_char(const char *s)
{
    return ((unsigned char)*s & 0xc0) != 0x80;
}

/* The next cell from s on: its text and how far it begins behind s, in characters. NULL: no more. */
static const char *next_cell(const char *s, size_t *skipped, char *out, size_t size, size_t *chars)
{
    size_t n = 0;
    *skipped = 0;
    *chars = 0;
    for (; *s == ' ' || *s == '\t'; s++)
        ++*skipped;
    if (*s == '\0')
        return NULL;
    for (; *s != '\0' && !gap(s); s++) {
        *chars += starts_char(s);
        if (n + 1 < size)
            out[n++] = *s;
    }
    out[n] = '\0';
    return s;
}

void filter_head_read(struct filter_head *h, const char *line)
{
    size_t at = 0, skipped = 0, chars = 0;
    h->n = 0;
    while (h->n < FILTER_COLUMNS) {
        line = next_cell(line, &skipped, h->columns[h->n].name, sizeof(h->columns[h->n].name), &chars);
        if (line == NULL)
            return;
        at += skipped;
        h->columns[h->n++].at = at;
        at += chars;
    }
}

bool filter_head_find(const struct filter_head *h, const char *names, size_t *at)
{
    for (const char *s = names; *s != '\0';) {
        size_t n = strcspn(s, "|");
        for (size_t i = 0; i < h->n; i++) {
            if (strlen(h->columns[i].name) != n || strncmp(h->columns[i].name, s, n) != 0)
                continue;
            *at = i;
            return true;
        }
        s += n + (s[n] == '|');
    }
    return false;
}

static const char *skip_chars(const char *s, size_t n)
{
    for (; *s != '\0' && n > 0; n--)
        do
            s++;
        while (*s != '\0' && !starts_char(s));
    return s;
}

bool filter_cell(const struct filter_head *h, const char *line, size_t at, char *out, size_t size)
{
    size_t n = 0, skipped = 0, chars = 0;
    const char *s = line;
    char other[FILTER_CELL];
    bool found = false;
    while ((s = next_cell(s, &skipped, n == at ? out : other, n == at ? size : sizeof(other), &chars)) != NULL) {
        found = found || n == at;
        n++;
    }
    if (n == h->n)
        return found;
    /* a cell is empty, or the row is not whole: by where the heading stands */
    s = skip_chars(line, h->columns[at].at);
    size_t wide = at + 1 < h->n ? h->columns[at + 1].at - h->columns[at].at : SIZE_MAX;
    const char *end = skip_chars(s, wide);
    while (end > s && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    (void)snprintf(out, size, "%.*s", (int)(end - s < (long)size ? end - s : (long)size), s);
    return *out != '\0';
}

/* ---- words ---- */

static bool same(const char *s, const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (s[i] == '\0' || tolower((unsigned char)s[i]) != tolower((unsigned char)text[i]))
            return false;
    return true;
}

/* "5xx": three digits of which the first is this one, standing by themselves. */
static bool status_class(const char *text)
{
    return strlen(text) == 3 && *text >= '1' && *text <= '5' && tolower((unsigned char)text[1]) == 'x' &&
           tolower((unsigned char)text[2]) == 'x';
}

static bool has_status(const char *line, char first)
{
    for (const char *s = line; *s != '\0'; s++) {
        bool alone = s == line || !isalnum((unsigned char)s[-1]);
        if (alone && *s == first && isdigit((unsigned char)s[1]) && isdigit((unsigned char)s[2]) &&
            !isalnum((unsigned char)s[3]) && !(s[3] == '.' && isdigit((unsigned char)s[4])) &&
            !(s > line && s[-1] == '.'))
            return true;
    }
    return false;
}

static bool has(const char *line, const char *text)
{
    size_t n = strlen(text);
    for (const char *s = line; *s != '\0'; s++)
        if (same(s, text, n))
            return true;
    return n == 0 || (status_class(text) && has_status(line, *text));
}

static bool one_holds(enum op_show_how how, const char *line, const char *text)
{
    size_t have = strlen(line), n = strlen(text);
    if (how == OP_SHOW_BEGINS)
        return same(line, text, n);
    if (how == OP_SHOW_ENDS)
        return have >= n && same(line + have - n, text, n);
    return has(line, text);
}

bool filter_text_holds(const struct op_show_rule *r, const char *text)
{
    bool any = false;
    for (size_t i = 0; i < r->texts.n && !any; i++)
        any = one_holds(r->how, text, r->texts.v[i]);
    return any != (r->how == OP_SHOW_WITHOUT);
}

/* ---- amounts ---- */

struct unit {
    const char *name;
    double times;
};

static const struct unit *unit_of(const struct unit *units, size_t n, const char *s, size_t *len)
{
    const struct unit *best = NULL;
    *len = 0;
    for (size_t i = 0; i < n; i++) {
        size_t k = strlen(units[i].name);
        if (k < *len || strncmp(s, units[i].name, k) != 0)
            continue;
        *len = k;
        best = &units[i];
    }
    return best;
}

bool filter_time(const char *text, double *seconds)
{
    static const struct unit units[] = { { "s", 1 },      { "m", 60 },          { "h", 3600 },       { "d", 86400 },
                                         { "w", 604800 }, { "mo", 30 * 86400 }, { "y", 365 * 86400 } };
    double sum = 0;
    const char *s = text;
    while (isdigit((unsigned char)*s)) {
        char *end = NULL;
        size_t len = 0;
        double n = strtod(s, &end);
        const struct unit *u = unit_of(units, OP_LEN(units), end, &len);
        if (u == NULL)
            return false;
        sum += n * u->times;
        s = end + len;
    }
    *seconds = sum;
    return s > text && (*s == '\0' || isspace((unsigned char)*s) || *s == ')');
}

bool filter_number(const char *text, double *value)
{
    static const struct unit units[] = {
        { "", 1 },       { "m", 1e-3 },      { "k", 1e3 },          { "M", 1e6 },         { "G", 1e9 },
        { "T", 1e12 },   { "Ki", 1024 },     { "Mi", 1048576 },     { "Gi", 1073741824 }, { "Ti", 1099511627776 },
        { "kB", 1e3 },   { "MB", 1e6 },      { "GB", 1e9 },         { "B", 1 },           { "%", 1 },
        { "KiB", 1024 }, { "MiB", 1048576 }, { "GiB", 1073741824 }, { "TB", 1e12 },
    };
    size_t len = 0;
    char *end = NULL;
    if (!isdigit((unsigned char)*text))
        return false;
    double n = strtod(text, &end);
    const struct unit *u = unit_of(units, OP_LEN(units), end, &len);
    *value = n * u->times;
    end += len;
    return *end == '\0' || isspace((unsigned char)*end) || *end == '/' || *end == ',';
}

/* "2/3" is of three, of which two are ready; "5 (3h ago)" is five, or three hours ago; "100m,200m" is what the
 * containers have together. */
static bool value_of(const char *cell, bool time, bool ready, double *out)
{
    if (time) {
        const char *ago = strchr(cell, '(');
        return filter_time(ago != NULL && strstr(ago, "ago") != NULL ? ago + 1 : cell, out);
    }
    const char *slash = ready ? NULL : strchr(cell, '/');
    if (slash != NULL)
        return filter_number(slash + 1, out);
    double sum = 0, one = 0;
    bool any = false;
    for (const char *s = cell; s != NULL; s = strchr(s, ',') != NULL ? strchr(s, ',') + 1 : NULL) {
        bool told = filter_number(s, &one);
        sum += told ? one : 0;
        any = any || told;
    }
    *out = sum;
    return any;
}

bool filter_amount_holds(const struct op_show_rule *r, const char *cell, bool *told)
{
    bool time = r->how >= OP_SHOW_OLDER;
    double have = 0, than = 0;
    /* "0/3" in READY: how many are; "12MiB / 1GiB" of docker: what is used */
    bool ready = strncmp(r->column, "AVAILABLE", 9) == 0 || strstr(r->column, "USAGE / LIMIT") != NULL;
    bool never = time && op_str_eq(r->column, "RESTARTS") && strchr(cell, '(') == NULL; /* it has not restarted */
    *told = never || (value_of(cell, time, ready, &have) && value_of(r->amount, time, false, &than));
    if (!*told || never)
        return false;
    switch (r->how) {
    case OP_SHOW_MORE:
        return have > than;
    case OP_SHOW_LESS:
    case OP_SHOW_YOUNGER:
        return have < than;
    case OP_SHOW_LEAST:
    case OP_SHOW_OLDER: /* ages are printed rounded down: "7d" is seven days and something */
        return have >= than;
    case OP_SHOW_MOST:
        return have <= than;
    case OP_SHOW_IS:
        return have >= than && have <= than;
    case OP_SHOW_HAS:
    case OP_SHOW_WITHOUT:
    case OP_SHOW_BEGINS:
    case OP_SHOW_ENDS:
    case OP_SHOW_HOWS:
        break;
    }
    return false;
}
