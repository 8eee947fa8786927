/* What of a step's output is shown: from what was heard ("narrowed") and, of logs, from the topics that have words of
 * their own (`sought:` in the catalogue's words). */
#include "planner.h"

#include "opsh/base/str.h"

/* "COLUMN\nhow\ntext\ntext…" */
static void add_rule(struct op_show *show, const char *where)
{
    const char *how = strchr(where, '\n') + 1, *text = strchr(how, '\n') + 1;
    OP_AUTO_FREE char *name = op_strndup(how, (size_t)(text - how - 1));
    enum op_show_how which = OP_SHOW_HAS;
    if (!op_show_how_of(name, &which))
        return;
    struct op_show_rule *r = op_show_add(show);
    r->how = which;
    r->column = how - where > 1 ? op_strndup(where, (size_t)(how - where - 1)) : NULL;
    if (which > OP_SHOW_ENDS) {
        r->amount = op_strdup(text);
        return;
    }
    for (size_t n = 0; *text != '\0'; text += n + (text[n] == '\n')) {
        n = strcspn(text, "\n");
        OP_AUTO_FREE char *one = op_strndup(text, n);
        op_strv_push(&r->texts, one);
    }
}

static void add_topic(const struct attempt *a, struct op_show *show)
{
    const struct frame *f = &a->clause->frame;
    size_t i = 0;
    for (const struct op_node *w; (w = op_catalog_section(a->r->cat, "words", &i, NULL)) != NULL;) {
        const struct op_node *sought = op_node_get(w, "sought");
        for (const struct op_node *n = op_node_first(sought); n != NULL; n = op_node_next(n)) {
            const struct op_node *lines = op_node_get(n, "lines");
            if (!frame_has_topic(f, op_node_key(n)) || lines == NULL)
                continue;
            struct op_show_rule *r = show->n > 0 ? show->rules : op_show_add(show);
            const char *as = op_node_text(op_node_get(n, "as"));
            char *both = r->as != NULL ? op_asprintf("%s or %s", r->as, as) : op_strdup(as);
            free(r->as);
            r->as = both;
            for (const struct op_node *line = op_node_first(lines); line != NULL; line = op_node_next(line))
                op_strv_push(&r->texts, op_node_text(line));
        }
    }
}

struct op_show *show_of(const struct attempt *a, const struct op_node *step)
{
    const struct frame *f = &a->clause->frame;
    const char *what = op_node_text(op_node_get(step, "show"));
    if (what == NULL || a->intent->changes)
        return NULL;
    struct op_show *show = op_calloc(1, sizeof(*show));
    char plural[96];
    show->table = strcmp(what, "rows") == 0;
    for (size_t i = 0; i < f->slots.n; i++)
        if (strcmp(f->slots.v[i].name, "narrowed") == 0 && (show->table || *f->slots.v[i].value == '\n'))
            add_rule(show, f->slots.v[i].value);
    if (show->n == 0 && !show->table)
        add_topic(a, show);
    if (show->n == 0) {
        op_show_free(show);
        return NULL;
    }
    int64_t around = 0;
    if (!show->table &&
        op_str_int(slots_get(&f->slots, "around") != NULL ? slots_get(&f->slots, "around") : "", 0, 50, &around))
        show->around = (size_t)around;
    if (show->table && f->kind != NULL && f->n_kinds <= 1)
        show->noun = op_strdup(kind_plural(f->kind, plural, sizeof(plural)));
    return show;
}

/* kubectl reads one pod of a deployment that has three: nothing found there is no answer. */
void show_across(struct attempt *a)
{
    struct slots *s = &a->clause->frame.slots;
    struct op_show *show = show_of(a, a->intent->node);
    const char *selector = slots_get(s, "spread");
    if (show != NULL && !show->table && selector != NULL && slots_count(s, "name") == 1)
        slots_set(s, "across", selector);
    op_show_free(show);
}
