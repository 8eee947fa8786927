/* From what was read to steps: each thing gets its namespace, its name and its labels, and is made by its maker. */
#include "task.h"

#include "opsh/base/str.h"

static const struct {
    const char *kind;
    task_maker *make;
    bool only_made; /* "service web": shown, unless somebody said to make it */
} makers[] = {
    { "service", task_service, true },
    { "ingress", task_ingress, false },
    { "networkpolicy", task_policy, false },
    { "role", task_role, false },
    { "clusterrole", task_role, false },
    { "rolebinding", task_binding, false },
    { "clusterrolebinding", task_binding, false },
    { "grant", task_grant, false },
    { "serviceaccount", task_account, true },
    { "resourcequota", task_quota, false },
    { "limitrange", task_ranges, false },
    { "horizontalpodautoscaler", task_autoscaler, false },
    { "poddisruptionbudget", task_budget, false },
    { "persistentvolumeclaim", task_claim, false },
    { "persistentvolume", task_volume, false },
    { "storageclass", task_storageclass, false },
    { "priorityclass", task_priority, false },
    { "namespace", task_ns, true },
    { "deployment", task_workload_made, true },
    { "pod", task_workload_made, true },
    { "secret", task_data, true },
    { "configmap", task_data, true },
};

const struct task_object *task_before(const struct task *t, const struct task_object *o, const char *kind)
{
    for (size_t i = (size_t)(o - t->v); i-- > 0;)
        if (strcmp(t->v[i].kind, kind) == 0)
            return &t->v[i];
    return NULL;
}

void task_words(struct op_strv *argv, const char *const *words)
{
    for (; *words != NULL; words++)
        op_strv_push(argv, *words);
}

static bool wide(const struct task_object *o)
{
    return kind_is_cluster_wide(o->kind) || strcmp(o->kind, "namespace") == 0;
}

/* Where it goes: as said of it, of the one before, of all; a namespace that was made just before. */
static void settle_place(const struct task *t, struct task_object *o)
{
    const char *ns = fact(o, "ns");
    if (wide(o))
        return;
    for (size_t i = (size_t)(o - t->v); i-- > 0 && ns == NULL;)
        ns = strcmp(t->v[i].kind, "namespace") == 0 ? fact(&t->v[i], "name") : slots_get(&t->v[i].frame.slots, "ns");
    if (ns == NULL)
        ns = slots_get(&t->everywhere, "ns");
    static const char *const bound[] = { "grant", "role", "rolebinding" };
    if (ns == NULL && OP_IN(o->kind, bound) && fact(o, "wide") == NULL)
        ns = fact(o, "sa_ns");                      /* "bind the role to the account ci of namespace web" */
    for (size_t i = 0; i < t->n && ns == NULL; i++) /* said at the end, of all */
        ns = fact(&t->v[i], "ns");
    if (ns != NULL)
        slots_set(&o->frame.slots, "ns", ns);
}

static void settle(struct attempt *a, const struct task *t, struct task_object *o)
{
    struct frame *f = &o->frame;
    f->kind = o->kind;
    f->mood = MOOD_DO;
    f->verb = "create";
    f->changes = true;
    settle_place(t, o);
    const struct {
        const char *fact, *slot;
    } rows[] = { { "name", "name" }, { "of", "of" }, { "peer_name", "from" }, { "subject_name", "to" } };
    for (size_t i = 0; i < OP_LEN(rows); i++)
        if (fact(o, rows[i].fact) != NULL)
            slots_set(&f->slots, rows[i].slot, fact(o, rows[i].fact));
    if (a->scene->ns != NULL)
        slots_set(&f->slots, "current_ns", a->scene->ns);
}

/* The answer to a question about the namespace. */
static void apply_answers(const struct attempt *a, struct task_object *o)
{
    OP_AUTO_FREE char *name = op_asprintf("%zu.ns", a->index);
    const char *ns = a->answers != NULL ? slots_get(a->answers, name) : NULL;
    if (ns != NULL && !wide(o))
        slots_set(&o->frame.slots, "ns", ns);
}

static void add_step(const struct attempt *a, const struct task_object *o, struct task_out *out, struct op_move *move)
{
    const char *ns = slots_get(&o->frame.slots, "ns");
    if (ns == NULL && a->scene->ns_flag)
        ns = a->scene->ns;
    struct op_step *step = op_move_add_step(move);
    bool apply = out->argv.n == 0;
    op_strv_push(&step->argv, "kubectl");
    if (a->scene->context_flag && a->scene->context != NULL) {
        op_strv_push(&step->argv, "--context");
        op_strv_push(&step->argv, a->scene->context);
    }
    if (apply)
        task_words(&out->argv, (const char *const[]){ "apply", "-f", "-", NULL });
    for (size_t i = 0; i < out->argv.n; i++)
        op_strv_push(&step->argv, out->argv.v[i]);
    if (ns != NULL && !wide(o)) {
        op_strv_push(&step->argv, "-n");
        op_strv_push(&step->argv, ns);
    }
    if (apply)
        step->input = op_buf_steal(&out->manifest);
    step->tool = op_strdup(apply ? "kubectl_apply" : "kubectl");
    step->origin = OP_FROM_RULES;
    step->why = out->why != NULL ? op_strdup(out->why) : NULL;
}

/* "service dns-in, UDP port 53, pods app=dns": nobody says that much of what is only looked at. */
static bool described(const struct task_object *o)
{
    bool service = fact(o, "port") != NULL &&
                   (fact(o, "selector") != NULL || fact(o, "type") != NULL || fact(o, "headless") != NULL);
    return service || fact(o, "verbs") != NULL || (strcmp(o->kind, "serviceaccount") == 0 && fact(o, "level") != NULL);
}

/* "in a new namespace": made first, unless the cluster told that already. */
static void new_namespace(const struct attempt *a, const char *ns, struct op_move *move)
{
    for (size_t i = 0; i < move->n; i++)
        if (op_strv_has(&move->steps[i].argv, "namespace") && op_strv_has(&move->steps[i].argv, ns))
            return;
    struct task_object place = { .kind = "namespace" };
    struct task_out out = { .argv = OP_STRV_INIT, .manifest = OP_BUF_INIT };
    task_words(&out.argv, (const char *const[]){ "create", "namespace", ns, NULL });
    add_step(a, &place, &out, move);
    op_strv_free(&out.argv);
    op_buf_free(&out.manifest);
}

/* false: something is missing, or *move asks. */
static bool make_one(struct attempt *a, const struct task *t, struct task_object *o, struct op_move *move)
{
    static const struct intent creating = { .program = "kubectl", .fresh = true, .changes = true };
    size_t m = 0;
    while (m < OP_LEN(makers) && strcmp(makers[m].kind, o->kind) != 0)
        m++;
    if (m == OP_LEN(makers) || (makers[m].only_made && !o->made && a->index == 0 && !described(o)))
        return false;
    settle(a, t, o);
    apply_answers(a, o);
    struct clause c = *a->clause;
    c.frame = o->frame;
    struct attempt one = *a;
    one.clause = &c;
    one.intent = &creating;
    bool go = complete_namespace(&one, move);
    if (go)
        complete_labels(&one);
    o->frame = c.frame;
    if (!go)
        return true;
    if (fact(o, "refused") != NULL) {
        ask(a, move, "confirm",
            op_strdup("A NetworkPolicy can only say what is let through, and shuts out all else. Who may reach those "
                      "pods? (for example: allow only frontend to talk to backend)"),
            NULL, NULL);
        return true;
    }
    bool fresh = fact(o, "new_ns") != NULL || slots_get(&t->everywhere, "new_ns") != NULL;
    if (fresh && slots_get(&o->frame.slots, "ns") != NULL)
        new_namespace(a, slots_get(&o->frame.slots, "ns"), move);
    struct task_out out = { .argv = OP_STRV_INIT, .manifest = OP_BUF_INIT };
    bool made = makers[m].make(t, o, &out);
    if (made)
        add_step(a, o, &out, move);
    op_strv_free(&out.argv);
    op_buf_free(&out.manifest);
    return made;
}

/* The namespaces that "each" and "both" speak of. */
static void places_of(const struct task *t, struct op_strv *out)
{
    for (size_t i = 0; i < t->n; i++)
        for (size_t k = 0; k < t->v[i].facts.n; k++)
            if (strcmp(t->v[i].facts.v[k].name, "place") == 0)
                op_strv_push(out, t->v[i].facts.v[k].value);
    for (size_t i = 0; i < t->everywhere.n; i++)
        if (strcmp(t->everywhere.v[i].name, "ns") == 0)
            op_strv_push(out, t->everywhere.v[i].value);
    for (size_t i = 0; i < t->n; i++)
        if (strcmp(t->v[i].kind, "namespace") == 0 && fact(&t->v[i], "name") != NULL)
            op_strv_push(out, fact(&t->v[i], "name"));
}

/* "… each with a quota": the same in every one of them; what comes behind it goes there too. */
static bool make_everywhere(struct attempt *a, const struct task *t, struct task_object *o,
                            const struct op_strv *places, struct op_move *move)
{
    bool each = slots_get(&t->everywhere, "each") != NULL;
    for (const struct task_object *b = t->v; b <= o && !each; b++)
        each = op_str_eq(fact(b, "each"), "true");
    if (places->n > 1 && !each && !wide(o) && fact(o, "ns") == NULL)
        return false; /* in which of them? */
    if (!each || wide(o) || places->n < 2)
        return make_one(a, t, o, move);
    bool ok = true;
    for (size_t i = 0; i < places->n && ok; i++) {
        for (size_t k = 0; k < o->facts.n; k++)
            if (strcmp(o->facts.v[k].name, "ns") == 0)
                return false;
        fact_add(o, "ns", places->v[i]);
        ok = make_one(a, t, o, move);
        slots_drop(&o->facts, "ns");
        slots_drop(&o->frame.slots, "ns");
    }
    return ok;
}

/* "a service account that may list pods, using a Role called x": what it may is the role's. */
static void lend_rules(struct task *t)
{
    static const char *const rules[] = { "verbs", "things", "resource_name" };
    for (size_t i = 1; i < t->n; i++) {
        struct task_object *role = &t->v[i], *from = role - 1;
        bool empty = strcmp(role->kind, "role") == 0 && fact(role, "verbs") == NULL && fact(role, "things") == NULL;
        bool has =
            strcmp(from->kind, "serviceaccount") == 0 && fact(from, "verbs") != NULL && fact(from, "things") != NULL;
        for (size_t k = 0; k < from->facts.n && empty && has; k++)
            if (OP_IN(from->facts.v[k].name, rules))
                fact_add(role, from->facts.v[k].name, from->facts.v[k].value);
        for (size_t k = 0; k < OP_LEN(rules) && empty && has; k++)
            slots_drop(&from->facts, rules[k]);
    }
}

/* Something of our own kinds among them? What runs, alone, the clauses know better. */
static bool ours(const struct task *t)
{
    static const char *const theirs[] = { "deployment", "pod", "secret", "configmap", "namespace" };
    bool own = false, spaces = true;
    for (size_t i = 0; i < t->n; i++) {
        own = own || !OP_IN(t->v[i].kind, theirs);
        spaces = spaces && strcmp(t->v[i].kind, "namespace") == 0;
    }
    return own || spaces;
}

/* "min=2" and "80 -> 8080" in words: "min 2", "80 to 8080". */
char *task_text(const char *said)
{
    static const char *const keys[] = {
        "min",        "max",          "minreplicas",    "maxreplicas", "cpu",   "memory",       "name",
        "namespace",  "ns",           "size",           "storage",     "class", "storageclass", "port",
        "targetport", "nodeport",     "type",           "host",        "path",  "service",      "mode",
        "value",      "minavailable", "maxunavailable", "provisioner"
    };
    OP_AUTO_BUF out = OP_BUF_INIT;
    bool quoted = false, label = false;
    for (const char *s = said; *s != '\0';) {
        size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
        bool free_word =
            n > 0 && n < 20 && !isupper((unsigned char)s[n - 1]) && (s == said || strchr(" ,(\n", s[-1]) != NULL);
        char word[20] = "";
        for (size_t k = 0; k < n && free_word; k++)
            word[k] = (char)tolower((unsigned char)s[k]);
        if (free_word && !quoted && s[n] == '=' && s[n + 1] != '=' && !label && OP_IN(word, keys)) {
            op_buf_addf(&out, "%.*s ", (int)n, s);
            s += n + 1;
            continue;
        }
        label = free_word ? op_str_starts(word, "label") || strcmp(word, "selector") == 0 : label && *s == ' ';
        if (n > 0) {
            op_buf_add(&out, s, n);
            s += n;
            continue;
        }
        quoted = quoted != (*s == '"');
        size_t digits = quoted || (s != said && strchr(" ,(\n", s[-1]) == NULL) ? 0 : strspn(s, "0123456789");
        size_t range = digits > 0 && s[digits] == '.' && s[digits + 1] == '.' ? 2
                       : digits > 0 && s[digits] == ':'                       ? 1
                                                                              : 0;
        if (range > 0 && isdigit((unsigned char)s[digits + range])) { /* "80:8080", "2..10" */
            op_buf_addf(&out, "%.*s to ", (int)digits, s);
            s += digits + range;
            continue;
        }
        if (*s == '+' && s[1] == ' ' && s != said && s[-1] == ' ') {
            op_buf_adds(&out, "and");
            s++;
            continue;
        }
        bool arrow = (*s == '-' || *s == '=') && s[1] == '>' && !quoted;
        if (arrow)
            op_buf_adds(&out, " to ");
        else
            op_buf_add(&out, s, 1);
        s += arrow ? 2 : 1;
    }
    return op_buf_steal(&out);
}

bool task_plan(struct attempt *a, struct op_move *move)
{
    struct task *t = op_calloc(1, sizeof(*t));
    bool ok = task_read(t, a->clause, &a->r->tasks) && ours(t);
    lend_rules(t);
    struct op_move made = { .kind = OP_MOVE_STEPS };
    struct op_strv places = OP_STRV_INIT;
    places_of(t, &places);
    for (size_t i = 0; i < t->n && ok && made.kind == OP_MOVE_STEPS; i++) {
        a->index = i;
        ok = make_everywhere(a, t, &t->v[i], &places, &made);
    }
    op_strv_free(&places);
    if (ok) {
        op_move_free(move);
        *move = made;
        frame_copy(&a->clause->frame, &t->v[t->n - 1].frame);
    } else {
        op_move_free(&made);
    }
    a->index = 0;
    task_free(t);
    free(t);
    return ok;
}
