/* Slots of changes in words that follow from what was said: effects of taints, where a service is to send its traffic,
 * what is compared with what, whose pods are meant. */
#include "planner.h"

#include "opsh/base/str.h"

static bool kind_said(const struct frame *f, const char *kind)
{
    for (size_t i = 0; i < f->n_kinds; i++)
        if (strcmp(f->kinds[i], kind) == 0)
            return true;
    return false;
}

/* "key=maintenance, value=true, effect=NoExecute": its parts by their names. */
static void taint_in_parts(struct slots *s, const char **effect)
{
    const char *key = NULL, *value = NULL, *how = NULL;
    for (size_t i = 0; i < s->n; i++) {
        const struct slot *one = &s->v[i];
        if (strcmp(one->name, "taints") != 0)
            continue;
        key = op_str_starts(one->value, "key=") ? one->value + 4 : key;
        value = op_str_starts(one->value, "value=") ? one->value + 6 : value;
        how = op_str_starts(one->value, "effect=") ? one->value + 7 : how;
    }
    if (key == NULL)
        return;
    OP_AUTO_FREE char *whole = value != NULL ? op_asprintf("%s=%s", key, value) : op_strdup(key);
    static const char *const effects[] = { "NoSchedule", "NoExecute", "PreferNoSchedule" };
    for (size_t i = 0; i < OP_LEN(effects) && how != NULL; i++)
        *effect = op_str_ieq(how, effects[i]) ? effects[i] : *effect;
    slots_set(s, "taints", whole);
}

/* "a NoExecute taint maintenance=now": the effect belongs to the taint. */
static void taints(struct frame *f)
{
    static const char *const effects[][2] = { { "noschedule", "NoSchedule" },
                                              { "noexecute", "NoExecute" },
                                              { "prefernoschedule", "PreferNoSchedule" } };
    struct slots *s = &f->slots;
    const char *effect = NULL, *answer = slots_get(s, "taint");
    for (size_t i = 0; i < OP_LEN(effects); i++)
        if (frame_has_topic(f, effects[i][0]) || op_str_ieq(answer, effects[i][1]))
            effect = effects[i][1];
    slots_drop(s, "taint");
    const char *said = slots_get(s, "taint_effect"), *gone = slots_get(s, "taint_key");
    for (size_t i = 0; i < OP_LEN(effects) && said != NULL; i++)
        effect = op_str_ieq(said, effects[i][1]) ? effects[i][1] : effect;
    if (gone != NULL && effect != NULL && strchr(gone, ':') == NULL)
        slots_setf(s, "taint_key", "%s:%s", gone, effect); /* "remove the NoSchedule taint app" */
    taint_in_parts(s, &effect);
    for (size_t i = 0; i < s->n; i++) {
        if (strcmp(s->v[i].name, "taints") != 0)
            continue;
        bool whole = strchr(s->v[i].value, ':') != NULL;
        if (whole || effect != NULL) {
            OP_AUTO_FREE char *taint = whole ? op_strdup(s->v[i].value) : op_asprintf("%s:%s", s->v[i].value, effect);
            slots_add(s, "taint", taint);
        }
    }
}

/* "point the service web at version=green", "switch web to green" */
static void routes(struct frame *f)
{
    static const char *const turning[] = { "set", "update", "switch", "route", "patch" };
    struct slots *s = &f->slots;
    bool turns = OP_IN(f->verb, turning);
    bool service = op_str_eq(f->kind, "service") || kind_said(f, "service");
    if (!turns || !(service || op_str_eq(f->verb, "route") || frame_has_topic(f, "bluegreen")))
        return;
    const char *pair = slots_get(s, "route_pair"), *to = slots_get(s, "to");
    if (pair == NULL && slots_get(s, "selector") != NULL)
        pair = slots_get(s, "selector");
    const char *eq = pair != NULL ? strchr(pair, '=') : NULL;
    if (eq != NULL && strchr(eq + 1, ',') == NULL) {
        OP_AUTO_FREE char *key = op_strndup(pair, (size_t)(eq - pair)), *value = op_strdup(eq + 1);
        slots_setf(s, "route_pair", "%s=%s", key, value);
        slots_drop(s, "selector");
        slots_drop(s, "selector_value");
    } else if (pair == NULL && to != NULL) {
        slots_setf(s, "route_to", "%s", to);
    }
    if (slots_get(s, "name") == NULL && slots_get(s, "service") != NULL)
        slots_set(s, "name", slots_get(s, "service"));
    if (service && slots_get(s, "name") != NULL && slots_get(s, "service") != NULL && !op_str_eq(f->kind, "service") &&
        op_str_eq(f->kind, "pod"))
        f->kind = "service";
}

void derive_route_patch(struct frame *f)
{
    const char *pair = slots_get(&f->slots, "route_pair");
    const char *eq = pair != NULL ? strchr(pair, '=') : NULL;
    if (eq == NULL)
        return;
    OP_AUTO_JSON *patch = op_json_object();
    struct op_json *spec = op_json_object(), *selector = op_json_object();
    for (const char *at = pair; eq != NULL; eq = strchr(at, '=')) { /* "app=web,track=stable" */
        size_t n = strcspn(eq + 1, ",");
        OP_AUTO_FREE char *key = op_strndup(at, (size_t)(eq - at));
        OP_AUTO_FREE char *value = op_strndup(eq + 1, n);
        op_json_set_str(selector, key, value);
        at = eq + 1 + n + (eq[1 + n] == ',');
    }
    op_json_set(spec, "selector", selector);
    op_json_set(patch, "spec", spec);
    OP_AUTO_FREE char *text = op_json_print(patch, false);
    slots_set(&f->slots, "route_patch", text);
}

/* "copy /tmp/dump.sql out of db-0": to the same name, here. */
static void copies(struct frame *f)
{
    const char *path = slots_get(&f->slots, "copy_path"), *slash = path != NULL ? strrchr(path, '/') : NULL;
    if (slash != NULL && slash[1] != '\0')
        slots_setf(&f->slots, "copy_here", "./%s", slash + 1);
    else if (path != NULL)
        slots_set(&f->slots, "copy_here", slash == NULL ? path : ".");
}

/* "push api:2 to registry.example.com": the registry is part of the name that is pushed. */
static void push_where(struct frame *f)
{
    const char *to = slots_get(&f->slots, "to"), *image = slots_get(&f->slots, "image");
    if (!op_str_eq(f->verb, "push") || to == NULL || strpbrk(to, ".:") == NULL || strchr(to, ' ') != NULL)
        return;
    if (image == NULL || !op_str_starts(image, to))
        slots_set(&f->slots, "push_host", to);
}

/* "make api faster": not something new, and nothing that can be done by a command. */
static void adjusts(struct frame *f)
{
    static const char *const said[] = { "image", "known_image", "file", "count", "port", "command", "called", "unit" };
    bool bare = op_str_eq(f->verb, "create") && !f->refers && (f->kind == NULL || op_str_eq(f->kind, "cluster")) &&
                f->n_rest > 0;
    for (size_t i = 0; i < OP_LEN(said); i++)
        bare = bare && slots_get(&f->slots, said[i]) == NULL;
    if (bare)
        slots_set(&f->slots, "adjusts", "true");
}

/* "compare api in dev and prod": as a phrase has it. */
static void two_places(struct frame *f)
{
    struct slots *s = &f->slots;
    if (slots_get(s, "left") == NULL || slots_get(s, "right") == NULL)
        return;
    slots_add(s, "ns", slots_get(s, "left"));
    slots_add(s, "ns", slots_get(s, "right"));
    slots_drop(s, "left");
    slots_drop(s, "right");
}

/* "compare a with b", "the differences between namespaces dev and prod" */
static void comparisons(struct frame *f)
{
    struct slots *s = &f->slots;
    if (!op_str_eq(f->verb, "compare"))
        return;
    static const char *const sides[] = { "to", "of", "from", "using", "with" };
    const char *name = slots_get(s, "name");
    for (size_t i = 0; i < OP_LEN(sides) && name != NULL && slots_count(s, "name") == 1; i++)
        if (slots_get(s, sides[i]) != NULL && slots_get(s, "of_kind") == NULL)
            slots_add(s, "name", slots_get(s, sides[i]));
    if (op_str_eq(f->kind, "namespace") && slots_count(s, "name") > 1 && slots_get(s, "ns") == NULL) {
        for (size_t i = 0; i < s->n; i++)
            if (strcmp(s->v[i].name, "name") == 0) {
                OP_AUTO_FREE char *ns = op_strdup(s->v[i].value);
                slots_add(s, "ns", ns);
            }
        slots_drop(s, "name");
        f->kind = NULL;
    }
    if (slots_get(s, "name") == NULL && slots_count(s, "ns") > 1) {
        slots_set(s, "compares_ns", "true");
        if (f->kind != NULL && kind_is_kubernetes(f->kind) && !op_str_eq(f->kind, "namespace")) {
            char plural[96];
            slots_set(s, "compare_kinds", kind_plural(f->kind, plural, sizeof(plural)));
        }
        f->kind = op_str_eq(f->kind, "namespace") ? NULL : f->kind;
    } else if (slots_count(s, "name") > 1 || slots_count(s, "ns") > 1) {
        slots_set(s, "compares", "true");
    }
}

/* Without the cluster's own labels "the pods of web" are a guess: never one to delete by. */
void derive_guesses(struct frame *f)
{
    struct slots *s = &f->slots;
    if (op_str_eq(f->kind, "pod") && f->several && slots_get(s, "owner") != NULL && slots_get(s, "selector") == NULL)
        slots_set(s, "guessed", "true");
}

/* "delete the deployment and service web": kinds that share the name behind the last. */
static void shared_name(struct frame *f)
{
    struct slots *s = &f->slots;
    const char *last = f->n_kinds == 2 ? f->kinds[1] : NULL;
    bool joined = last != NULL && slots_get(s, "called_both") != NULL && slots_get(s, last) == NULL &&
                  slots_count(s, "name") == 1 && op_str_eq(f->verb, "delete") && !op_str_eq(last, f->kind) &&
                  kind_is_kubernetes(f->kind) && kind_is_kubernetes(last);
    if (joined) { /* "the deployment and service named web" */
        slots_setf(s, "kinds_joined", "%s,%s", f->kind, last);
        return;
    }
    if (last == NULL || op_str_eq(last, f->kind) || slots_get(s, "name") != NULL || slots_get(s, last) == NULL ||
        !kind_is_kubernetes(f->kind) || !kind_is_kubernetes(last) || f->several || !f->changes ||
        !op_str_eq(f->verb, "delete"))
        return;
    slots_set(s, "name", slots_get(s, last));
    slots_setf(s, "kinds_joined", "%s,%s", f->kind, last);
    slots_drop(s, last);
    slots_drop(s, "of");
    slots_drop(s, "of_kind");
}

static void reads(struct frame *f)
{
    struct slots *s = &f->slots;
    if (slots_get(s, "was_on") != NULL && op_str_eq(f->kind, "pod") && f->several && !f->changes &&
        slots_get(s, "node") == NULL) { /* "which pods run on worker-1" */
        slots_set(s, "node", slots_get(s, "name"));
        slots_drop(s, "name");
    }
    bool amount = frame_has_topic(f, "memory") || frame_has_topic(f, "cpu");
    bool settings = frame_has_topic(f, "limits") || frame_has_topic(f, "requests") || frame_has_topic(f, "capacity");
    if (f->counting && amount && !settings && !f->changes)
        frame_topic(f, "usage"); /* "how much memory does web use" */
    bool looks = f->verb == NULL || op_str_eq(f->verb, "get") || op_str_eq(f->verb, "tail");
    bool docker = op_str_eq(f->program, "docker") || op_str_eq(f->kind, "container");
    if (slots_get(s, "tail") != NULL && looks && !docker &&
        (f->kind == NULL || kind_is_workload(f->kind) || op_str_eq(f->kind, "pod")))
        frame_topic(f, "logs"); /* "the last 200 lines of web" */
    if (op_str_eq(f->kind, "job") && slots_get(s, "cronjob") != NULL && strcmp(slots_get(s, "cronjob"), "true") != 0) {
        slots_set(s, "cronjob_name", slots_get(s, "cronjob")); /* "start a job from the cronjob backup" */
        if (slots_get(s, "name") != NULL && !op_str_eq(slots_get(s, "name"), slots_get(s, "cronjob")))
            slots_set(s, "job_name", slots_get(s, "name"));
    }
    const char *account_ns = slots_get(s, "can_ns") != NULL ? slots_get(s, "can_ns") : slots_get(s, "ns");
    if (slots_get(s, "can_account") != NULL && slots_get(s, "can_as") == NULL && account_ns != NULL)
        slots_setf(s, "can_as", "system:serviceaccount:%s:%s", account_ns, slots_get(s, "can_account"));
    if (slots_get(s, "can_ns") != NULL && slots_get(s, "ns") == NULL)
        slots_set(s, "ns",
                  account_ns); /* "may the account ci in namespace build …": in its own, where no other was said */
}

void derive_changes(struct frame *f)
{
    taints(f);
    routes(f);
    copies(f);
    adjusts(f);
    push_where(f);
    two_places(f);
    comparisons(f);
    shared_name(f);
    reads(f);
    derive_amends(f);
}
