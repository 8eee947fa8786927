/* Fills what a clause leaves open: from the clause before it, from the conversation, from what can
 * be derived. What is still missing becomes one question. */
#include "planner.h"

#include "opsh/base/str.h"

static bool verb_in(const struct frame *f, const char *const *list)
{
    for (; *list != NULL; list++)
        if (op_str_eq(f->verb, *list))
            return true;
    return false;
}

/* May the object of the clause before be meant by a clause that names none? */
static bool same_object(const struct frame *f, const struct frame *before, bool conversation)
{
    static const char *const on_objects[] = { "expose",    "scale",         "restart",  "rollback", "wait",  "set",
                                              "update",    "describe",      "check",    "delete",   "pause", "resume",
                                              "autoscale", "increase",      "decrease", "double",   "halve", "tail",
                                              "history",   "rolloutstatus", NULL };
    static const char *const within[] = { "label",   "unlabel", "annotate", "patch",     "route",    "add",
                                          "unset",   "taint",   "untaint",  "cordon",    "uncordon", "drain",
                                          "replace", "expand",  "stop",     "configure", "upgrade",  "switch",
                                          "restore", "triple",  "enable",   "disable",   NULL }; /* of one request */
    static const char *const chart_like[] = { "release", "chart" };
    bool kin = f->kind == NULL || op_str_eq(f->kind, before->kind);
    for (size_t i = 0; i < OP_LEN(chart_like); i++)
        kin = kin || (op_str_eq(f->kind, chart_like[i]) && op_str_eq(before->program, "helm"));
    kin = kin || (op_str_eq(f->kind, "pod") && kind_is_workload(before->kind) && !f->plural);
    bool runs = kind_is_workload(before->kind) || op_str_eq(before->kind, "pod");
    bool part = f->changes && runs && (op_str_eq(f->kind, "image") || op_str_eq(f->kind, "container"));
    if (f->refers || (part && !conversation))
        return true;
    bool logs = frame_has_topic(f, "logs") ||
                (f->verb == NULL && slots_get(&f->slots, "tail") != NULL && frame_has_topic(before, "logs"));
    if (conversation)
        return f->kind == NULL && ((f->changes && verb_in(f, on_objects)) || (logs && !f->changes));
    return kin && !f->plural &&
           (f->kind != NULL || verb_in(f, on_objects) || (f->changes && verb_in(f, within)) ||
            frame_has_topic(f, "status") || frame_has_topic(f, "logs"));
}

/* "deploy nginx there", "put nginx in there with 2 replicas" */
static bool says_there(const struct clause *c)
{
    for (size_t i = c->from + 1; i < c->to; i++) {
        const struct token *before = &c->tokens->v[i - 1];
        bool in = strcmp(before->low, "in") == 0 || strcmp(before->low, "into") == 0;
        if (strcmp(c->tokens->v[i].low, "there") == 0 && (in || i + 1 == c->to))
            return true;
    }
    return false;
}

/* What a scene told of beside its object: "the disk is full. Make it 50Gi", "it selects version=blue. Switch to green".
 */
static void carry_told(struct attempt *a, const struct frame *before)
{
    static const char *const told[] = { "memory", "cpu", "disk", "persistence" };
    struct frame *f = &a->clause->frame;
    const char *selects = slots_get(&before->slots, "selector"), *to = slots_get(&f->slots, "to");
    const char *eq = selects != NULL ? strchr(selects, '=') : NULL;
    bool amount = slots_get(&f->slots, "size") != NULL || slots_get(&f->slots, "cpus") != NULL;
    if (!f->changes || before->changes)
        return;
    for (size_t i = 0; i < OP_LEN(told) && amount && !(f->kind != NULL && !f->refers); i++)
        if (frame_has_topic(before, told[i]))
            frame_topic(f, told[i]);
    if (op_str_eq(before->kind, "service") && eq != NULL && strchr(eq, ',') == NULL && to != NULL &&
        strpbrk(to, "=:/") == NULL && op_str_eq(f->verb, "route"))
        slots_setf(&f->slots, "route_pair", "%.*s=%s", (int)(eq - selects), selects, to);
}

/* "restart the cart one": of those that were shown */
static bool says_shown_one(const struct clause *c)
{
    for (size_t i = c->from + 1; i < c->to; i++)
        if (strcmp(c->tokens->v[i].low, "one") == 0 && c->tokens->v[i - 1].used && i > c->from + 1)
            return true;
    return false;
}

static bool says_whole(const struct clause *c)
{
    for (size_t i = c->from; i + 1 < c->to; i++)
        if (strcmp(c->tokens->v[i].low, "whole") == 0 && strcmp(c->tokens->v[i + 1].low, "namespace") == 0)
            return true;
    return false;
}

/* "pause the nightly cron job and resume the weekly one": of the same kind. */
static bool says_one(const struct clause *c)
{
    for (size_t i = c->from + 1; i + 1 < c->to; i++) /* "suspend the one called nightly" */
        if (strcmp(c->tokens->v[i].low, "one") == 0 && strcmp(c->tokens->v[i - 1].low, "the") == 0 &&
            (strcmp(c->tokens->v[i + 1].low, "called") == 0 || strcmp(c->tokens->v[i + 1].low, "named") == 0))
            return true;
    for (size_t i = c->from + 1; i < c->to; i++)
        if (strcmp(c->tokens->v[i].low, "one") == 0 && (c->tokens->v[i - 1].flags & TOKEN_NUMERIC) == 0 &&
            (i + 1 == c->to || (c->tokens->v[i].flags & (TOKEN_STOP | TOKEN_COMMA)) != 0))
            return true;
    return false;
}

void complete_carry(struct attempt *a, const struct frame *before, bool conversation)
{
    struct frame *f = &a->clause->frame;
    struct slots *s = &f->slots;
    const char *ns = slots_get(&before->slots, "ns");
    const char *name = slots_get(&before->slots, "name");
    if (name == NULL && !before->changes && !conversation && before->kind == NULL)
        name = slots_get(&before->slots, "of"); /* "A bad config was rolled out for pay. Roll back." */
    static const char *const marking[] = { "label", "annotate", "delete", "describe", NULL };
    bool the_ns = op_str_eq(before->kind, "namespace") && f->refers && f->kind == NULL && verb_in(f, marking);
    bool created_ns = op_str_eq(before->kind, "namespace") && name != NULL && !the_ns;
    static const char *const making[] = { "create", "deploy", "run", "install", "expose", "start", NULL };
    bool wants_ns = slots_get(s, "same_ns") != NULL || says_there(a->clause);
    /* "create a namespace qa and deploy nginx": where else, of one request? */
    wants_ns = wants_ns || (!conversation && created_ns && op_str_eq(before->verb, "create") && f->changes &&
                            verb_in(f, making) && !kind_is_cluster_wide(f->kind));
    if (slots_get(s, "ns") == NULL && !frame_has_topic(f, "allns")) {
        if ((wants_ns || f->refers) && created_ns)
            slots_set(s, "ns", name);
        else if (op_str_eq(before->kind, "namespace") && name != NULL && !before->changes && !conversation &&
                 ns == NULL)
            slots_set(s, "ns", name); /* "look at namespace beta: …" */
        else if (ns != NULL && (!conversation || wants_ns || (f->refers && slots_get(s, "name") == NULL)))
            slots_set(s, "ns", ns);
    }
    carry_told(a, before);
    if (!conversation && f->kind == NULL && f->changes && before->kind != NULL && slots_get(s, "name") != NULL &&
        says_one(a->clause))
        f->kind = before->kind;
    if (conversation && says_shown_one(a->clause) && slots_get(s, "name") != NULL) {
        if (ns != NULL && slots_get(s, "ns") == NULL)
            slots_set(s, "ns", ns);
        if (f->kind == NULL)
            f->kind = before->kind;
    }
    const char *made_in =
        slots_get(&before->slots, "made_in"); /* "… and build the image": of what the Dockerfile is for */
    if (made_in != NULL && op_str_eq(f->verb, "build") && slots_get(s, "file") == NULL && slots_get(s, "from") == NULL)
        slots_set(s, "file", made_in);
    if (op_str_eq(before->program, "helm") && f->program == NULL && (op_str_eq(f->kind, "release") || f->refers))
        f->program = before->program;
    if (op_str_eq(f->verb, "expose") && op_str_eq(f->kind, "service") && name != NULL &&
        kind_is_workload(before->kind) && slots_get(s, "name") == NULL) {
        slots_set(s, "name", name); /* "… and expose it by a service" */
        f->kind = before->kind;
        return;
    }
    /* "now delete the whole namespace again" */
    const char *was_in = created_ns ? name : ns;
    if (conversation && op_str_eq(f->kind, "namespace") && verb_in(f, marking) && slots_get(s, "name") == NULL &&
        was_in != NULL && (!f->several || says_whole(a->clause))) {
        slots_set(s, "name", was_in);
        slots_drop(s, "ns");
        return;
    }
    bool after_service = slots_get(&before->slots, "of") != NULL && op_str_eq(before->kind, "service");
    if (op_str_eq(f->kind, "service") && f->changes && name != NULL && slots_get(s, "of") == NULL &&
        (!conversation || before->changes) && !verb_in(f, marking) &&
        (kind_is_workload(before->kind) || after_service || op_str_eq(before->verb, "deploy"))) {
        const char *of_kind = slots_get(&before->slots, "of_kind");
        slots_set(s, "of", after_service ? slots_get(&before->slots, "of") : name);
        slots_set(s, "of_kind",
                  !after_service && before->kind != NULL ? before->kind
                  : of_kind != NULL                      ? of_kind
                                                         : "deployment");
        if (slots_get(s, "ns") == NULL && ns != NULL)
            slots_set(s, "ns", ns);
        return;
    }
    bool scene = a->clause->header && !conversation && f->kind == NULL; /* tells more of what was told */
    if (name == NULL && f->refers && f->kind == NULL && !f->changes && op_str_eq(f->verb, "describe") &&
        !conversation) {
        f->kind = before->kind; /* "… and describe them" */
        f->several = f->plural = before->several;
    }
    if (slots_get(s, "name") != NULL || name == NULL || created_ns || !(scene || same_object(f, before, conversation)))
        return;
    for (size_t i = 0; i < before->slots.n; i++) /* "… and restart both" */
        if (strcmp(before->slots.v[i].name, "name") == 0)
            slots_add(s, "name", before->slots.v[i].value);
    if (slots_get(s, "ns") == NULL && ns != NULL && !frame_has_topic(f, "allns"))
        slots_set(s, "ns", ns); /* the same object is where it was */
    slots_set(s, "carried", "true");
    if (f->kind == NULL && f->refers && before->program != NULL)
        f->program = before->program;
    const char *of_kind = slots_get(&before->slots, "of_kind");
    bool owned = f->kind == NULL && op_str_eq(before->kind, "pod") && slots_get(&before->slots, "owner") != NULL;
    static const char *const looking[] = { "describe", "get", "watch", NULL };
    if (owned && verb_in(f, looking) && !frame_has_topic(f, "logs")) {
        f->kind = "pod"; /* "describe that pod" behind "the pods of web" */
        f->several = true;
    } else if (owned)
        f->kind = op_str_eq(of_kind, "statefulset") ? "statefulset"
                  : op_str_eq(of_kind, "daemonset") ? "daemonset"
                                                    : "deployment";
    else if (f->kind == NULL || (f->refers && op_str_eq(f->kind, before->kind)))
        f->kind = op_str_eq(before->kind, "workload") ? "deployment" : before->kind;
    else if (!op_str_eq(f->kind, before->kind)) {
        slots_set(s, "of", name);
        if (before->kind != NULL)
            slots_set(s, "of_kind", before->kind);
    }
}

/* ---- relative amounts ---- */

/* "+2", "-1", "x2", "/2", "+50%" of what is now. */
static bool relative(const char *how, int64_t now, int64_t *out)
{
    size_t n = strlen(how);
    char digits[24];
    bool percent = n > 1 && how[n - 1] == '%';
    (void)snprintf(digits, sizeof(digits), "%.*s", (int)(n - 1 - percent), how + 1);
    int64_t by = 0;
    if (n < 2 || !op_str_int(digits, 0, 100000, &by))
        return false;
    if (percent)
        by = (now * by + 99) / 100;
    switch (*how) {
    case '+':
        *out = now + by;
        break;
    case '-':
        *out = now - by;
        break;
    case 'x':
        *out = now * by;
        break;
    case '/':
        *out = by != 0 ? (now + by - 1) / by : now;
        break;
    default:
        return false;
    }
    return *out >= 0;
}

static bool needs(const struct attempt *a, const char *slot)
{
    for (const struct op_node *n = op_node_first(a->intent->needs); n != NULL; n = op_node_next(n))
        if (op_str_eq(op_node_text(n), slot))
            return true;
    return false;
}

static bool relative_count(struct attempt *a, struct op_move *move)
{
    struct frame *f = &a->clause->frame;
    struct slots *s = &f->slots;
    const char *how = slots_get(s, "relative");
    if (how == NULL || slots_get(s, "count") != NULL || !needs(a, "count"))
        return true;
    int64_t now = a->object != NULL ? a->object->replicas : -1, count = 0;
    const char *from = slots_get(s, "from_count");
    if (now < 0 && from != NULL && !op_str_int(from, 0, 100000, &now))
        now = -1;
    const char *name = slots_get(s, "name");
    if (name == NULL)
        return true; /* the name is asked for first */
    if (now < 0) {
        ask(a, move, "count",
            op_asprintf("How many replicas should %s have? (It could not be read how many it has now.)", name), NULL,
            NULL);
        return false;
    }
    if (!relative(how, now, &count)) {
        ask(a, move, "count", op_asprintf("%s has %lld replicas; how many should it have?", name, (long long)now), NULL,
            NULL);
        return false;
    }
    slots_setf(s, "count", "%lld", (long long)count);
    return true;
}

/* ---- what is still missing ---- */

static const char *question_text(const struct attempt *a, const char *slot)
{
    const char *own = op_node_text(op_node_get(op_node_get(a->intent->node, "ask"), slot));
    size_t i = 0;
    for (const struct op_node *w; own == NULL && (w = op_catalog_section(a->r->cat, "words", &i, NULL)) != NULL;)
        own = op_node_text(op_node_get(op_node_get(w, "ask"), slot));
    return own;
}

static void ask_for(struct attempt *a, struct op_move *move, const char *slot)
{
    const char *own = question_text(a, slot);
    char *text = own != NULL ? fill_text(own, &a->clause->frame) : NULL;
    if (text == NULL)
        text = op_asprintf("Which %s?",
                           strcmp(slot, "name") == 0 && a->clause->frame.kind != NULL ? a->clause->frame.kind : slot);
    struct op_strv choices = OP_STRV_INIT, values = OP_STRV_INIT;
    const struct op_node *offered = op_node_get(op_node_get(a->intent->node, "choices"), slot);
    for (const struct op_node *n = op_node_first(offered); n != NULL; n = op_node_next(n)) {
        op_strv_push(&choices, op_node_text(n));
        op_strv_push(&values, op_node_text(n));
    }
    const struct op_names *names =
        strcmp(slot, "name") == 0 && a->scene->names != NULL ? a->scene->names(a->scene->self) : NULL;
    const char *kind = a->clause->frame.kind != NULL ? a->clause->frame.kind : "deployment";
    for (size_t i = 0; names != NULL && i < names->n && choices.n < 9; i++) {
        const struct op_object *o = &names->objects[i];
        if (strcmp(o->kind, kind) != 0 || (*o->ns != '\0' && strcmp(o->ns, a->scene->ns) != 0))
            continue;
        op_strv_push(&choices, o->name);
        op_strv_push(&values, o->name);
    }
    ask(a, move, slot, text, &choices, &values);
}

/* names: only what the object is called, so that it can be looked up; else all the rest. */
static void defaults(struct attempt *a, bool names)
{
    struct frame *f = &a->clause->frame;
    const struct op_node *set = a->intent->set;
    for (const struct op_node *n = op_node_first(set); n != NULL; n = op_node_next(n)) {
        if (frame_value(f, op_node_key(n)) != NULL || (strcmp(op_node_key(n), "name") == 0) != names)
            continue;
        OP_AUTO_FREE char *text = fill_choice(n, f);
        if (text == NULL)
            continue;
        if (strcmp(op_node_key(n), "kind") == 0)
            f->kind = op_node_text(n) != NULL ? op_node_text(n) : f->kind;
        else
            slots_set(&f->slots, op_node_key(n), text);
    }
}

void complete_name(struct attempt *a)
{
    defaults(a, true);
}

bool complete_slots(struct attempt *a, struct op_move *move)
{
    if (!complete_look(a, move))
        return false;
    derive_route_patch(&a->clause->frame);
    defaults(a, false);
    if (!relative_count(a, move))
        return false;
    const char *missing = intent_missing(a->intent, &a->clause->frame);
    if (missing == NULL)
        return true;
    if (a->clause->frame.mood == MOOD_ADVICE && a->intent->say != NULL) {
        op_move_free(move);
        move->kind = OP_MOVE_ANSWER;
        move->text =
            op_asprintf("Say for example: %s. opsh shows the exact command and asks before it runs.", a->intent->say);
        return false;
    }
    ask_for(a, move, missing);
    return false;
}
