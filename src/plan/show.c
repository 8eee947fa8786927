/* What of an output is shown, as data and in words. */
#include "opsh/plan/show.h"

#include "opsh/base/str.h"
#include "opsh/base/text.h"

static const char *const hows[OP_SHOW_HOWS] = {
    [OP_SHOW_HAS] = "has",   [OP_SHOW_WITHOUT] = "without", [OP_SHOW_BEGINS] = "begins",   [OP_SHOW_ENDS] = "ends",
    [OP_SHOW_MORE] = "more", [OP_SHOW_LESS] = "less",       [OP_SHOW_LEAST] = "least",     [OP_SHOW_MOST] = "most",
    [OP_SHOW_IS] = "is",     [OP_SHOW_OLDER] = "older",     [OP_SHOW_YOUNGER] = "younger",
};

const char *op_show_how_name(enum op_show_how how)
{
    return hows[how];
}

bool op_show_how_of(const char *name, enum op_show_how *how)
{
    for (size_t i = 0; i < OP_LEN(hows); i++) {
        if (!op_str_eq(name, hows[i]))
            continue;
        *how = (enum op_show_how)i;
        return true;
    }
    return false;
}

struct op_show_rule *op_show_add(struct op_show *show)
{
    show->rules = op_realloc(show->rules, show->n + 1, sizeof(*show->rules));
    struct op_show_rule *rule = &show->rules[show->n++];
    *rule = (struct op_show_rule){ 0 };
    return rule;
}

void op_show_free(struct op_show *show)
{
    for (size_t i = 0; show != NULL && i < show->n; i++) {
        free(show->rules[i].column);
        free(show->rules[i].amount);
        free(show->rules[i].as);
        op_strv_free(&show->rules[i].texts);
    }
    if (show == NULL)
        return;
    free(show->rules);
    free(show->noun);
    free(show);
}

/* How a rule is said: "are older than 7 days", "have more than 5 restarts". */
struct saying {
    const char *one, *many; /* the verb behind one and behind several */
    const char *what;       /* in place of the verb behind "only pods": "", "with", "that tell" */
};
static const struct saying being = { "is", "are", "" };
static const struct saying having = { "has", "have", "with" };
static const struct saying telling = { "tells", "tell", "that tell" };

static const struct {
    const char *column, *label; /* the first heading of a rule */
} labels[] = {
    { "RESTARTS", " restarts" },
    { "CPU(cores)", " CPU" },
    { "MEMORY(bytes)", " of memory" },
    { "CPU(%)", " CPU" },
    { "MEMORY(%)", " memory" },
    { "CAPACITY", "" },
    { "SIZE", " size" },
    { "DESIRED", " replicas" },
    { "READY", " containers" },
    { "AVAILABLE", " ready replicas" },
};

static void add_label(const struct op_show_rule *r, struct op_buf *out)
{
    OP_AUTO_FREE char *first = op_strndup(r->column, strcspn(r->column, "|"));
    for (size_t i = 0; i < OP_LEN(labels); i++) {
        if (!op_str_eq(first, labels[i].column))
            continue;
        op_buf_adds(out, labels[i].label);
        return;
    }
    op_buf_addf(out, " in %s", first);
}

/* "7d" → "7 days" */
static void add_time(const char *amount, struct op_buf *out)
{
    static const struct {
        const char *unit, *word;
    } units[] = { { "s", "second" }, { "m", "minute" }, { "h", "hour" }, { "d", "day" },
                  { "w", "week" },   { "mo", "month" }, { "y", "year" } };
    size_t n = strspn(amount, "0123456789.");
    const char *word = amount + n;
    for (size_t i = 0; i < OP_LEN(units); i++)
        if (strcmp(amount + n, units[i].unit) == 0)
            word = units[i].word;
    op_buf_addf(out, "%.*s %s%s", (int)n, amount, word, n == 1 && *amount == '1' ? "" : "s");
}

static void add_texts(const struct op_show_rule *r, struct op_buf *out)
{
    for (size_t i = 0; i < r->texts.n; i++) {
        op_buf_adds(out, i == 0 ? "\"" : " or \"");
        op_text_visible(out, r->texts.v[i], strlen(r->texts.v[i]));
        op_buf_addc(out, '"');
        if (strpbrk(r->texts.v[i], "[*+\\^$") != NULL) /* it looks like a pattern */
            op_buf_adds(out, " (to the letter)");
    }
}

static void by_time(const struct op_show_rule *r, struct op_buf *out)
{
    static const struct {
        const char *column, *older, *younger, *behind;
    } rows[] = {
        { "LAST SEEN", "seen more than ", "seen within the last ", " ago" },
        { "RESTARTS", "last restarted more than ", "restarted within the last ", " ago" },
        { "DURATION", "running longer than ", "running shorter than ", "" },
    };
    bool older = r->how == OP_SHOW_OLDER;
    const char *before = older ? "older than " : "younger than ", *behind = "";
    for (size_t i = 0; i < OP_LEN(rows); i++) {
        if (!op_str_eq(r->column, rows[i].column))
            continue;
        before = older ? rows[i].older : rows[i].younger;
        behind = older ? rows[i].behind : "";
    }
    op_buf_adds(out, before);
    add_time(r->amount, out);
    op_buf_adds(out, behind);
}

static void by_text(const struct op_show_rule *r, struct op_buf *out)
{
    static const char *const places[] = {
        [OP_SHOW_BEGINS] = " at the beginning of ", [OP_SHOW_ENDS] = " at the end of "
    };
    if (r->how == OP_SHOW_WITHOUT)
        op_buf_adds(out, "without ");
    add_texts(r, out);
    if (r->column != NULL)
        op_buf_addf(out, "%s%s", r->how >= OP_SHOW_BEGINS ? places[r->how] : " in ", r->column);
}

/* What holds of the rest, without its verb. */
static const struct saying *say(const struct op_show_rule *r, struct op_buf *out)
{
    static const char *const than[] = { [OP_SHOW_MORE] = "more than ",
                                        [OP_SHOW_LESS] = "less than ",
                                        [OP_SHOW_LEAST] = "at least ",
                                        [OP_SHOW_MOST] = "at most ",
                                        [OP_SHOW_IS] = "exactly " };
    if (r->as != NULL) {
        op_buf_addf(out, "of %s", r->as);
        return &telling;
    }
    if (r->how <= OP_SHOW_ENDS) {
        by_text(r, out);
        return r->how == OP_SHOW_WITHOUT ? &being : &having;
    }
    if (r->how >= OP_SHOW_OLDER) {
        by_time(r, out);
        return &being;
    }
    op_buf_addf(out, "%s%s", than[r->how], r->amount);
    add_label(r, out);
    return &having;
}

static const char *noun(const struct op_show *show)
{
    return show->noun != NULL ? show->noun : show->table ? "rows" : "lines";
}

void op_show_describe(const struct op_show *show, struct op_buf *out)
{
    op_buf_addf(out, "only %s", noun(show));
    for (size_t i = 0; i < show->n; i++) {
        OP_AUTO_BUF text = OP_BUF_INIT;
        const struct saying *how = say(&show->rules[i], &text);
        op_buf_addf(out, "%s %s%s%s", i > 0 ? " and" : "", how->what, *how->what != '\0' ? " " : "", op_buf_str(&text));
    }
    if (show->around != 0)
        op_buf_addf(out, ", with %zu line%s around each", show->around, show->around == 1 ? "" : "s");
}

void op_show_sum(const struct op_show *show, size_t kept, size_t seen, struct op_buf *out)
{
    if (seen == 0) {
        op_buf_addf(out, "There are no %s to look at", noun(show));
        return;
    }
    if (kept == 0)
        op_buf_addf(out, "None of %zu %s", seen, noun(show));
    else
        op_buf_addf(out, "%zu of %zu %s", kept, seen, noun(show));
    for (size_t i = 0; i < show->n; i++) {
        OP_AUTO_BUF text = OP_BUF_INIT;
        const struct saying *how = say(&show->rules[i], &text);
        op_buf_addf(out, "%s %s %s", i > 0 ? " and" : "", kept <= 1 ? how->one : how->many, op_buf_str(&text));
    }
}
