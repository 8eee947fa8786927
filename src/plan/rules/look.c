/* Changes that depend on what is: the image whose tag changes, the limit that doubles, the claims of a pod, the pods
 * that a service is to be switched to. One object more is read for them, through the scene's reader and with it through
 * the gate. Where nothing can be read, what is missing is asked. */
#include "planner.h"

#include "opsh/base/str.h"

struct op_json *look_at(const struct attempt *a, const char *kind, const char *name)
{
    const char *ns = slots_get(&a->clause->frame.slots, "ns");
    if (a->scene->reader == NULL || kind == NULL || a->scene->names == NULL)
        return NULL;
    const char *const words[] = { "kubectl", "get", kind, "-n", ns != NULL ? ns : a->scene->ns, "-o", "json", name };
    struct op_strv argv = OP_STRV_INIT;
    for (size_t i = 0; i < OP_LEN(words) && words[i] != NULL; i++)
        op_strv_push(&argv, words[i]);
    struct op_reply reply = { 0 };
    struct op_json *object = NULL;
    struct op_err err = OP_ERR_INIT;
    if (a->scene->reader->read(a->scene->reader->self, &argv, 1, &reply) && reply.kind == OP_REPLY_OK)
        object = op_json_parse(op_buf_str(&reply.body), reply.body.len, OP_JSON_LOOSE, &err);
    op_reply_free(&reply);
    op_strv_free(&argv);
    return object;
}

/* ---- images ---- */

/* "registry:5000/shop/cart:1.2@sha256:…" without tag and digest */
static size_t repository(const char *image)
{
    size_t n = strcspn(image, "@");
    for (size_t i = n; i-- > 0 && image[i] != '/';)
        if (image[i] == ':')
            return i;
    return n;
}

/* Which of several containers is meant? The one that was named, or the only one that runs this repository. */
static bool choose_container(struct attempt *a, struct op_move *move, size_t *chosen)
{
    struct slots *s = &a->clause->frame.slots;
    const struct op_object *o = a->object;
    const char *said = slots_get(s, "container"), *image = slots_get(s, "image");
    size_t found = 0;
    for (size_t i = 0; i < o->containers.n; i++) {
        size_t n = repository(o->images.v[i]);
        bool same = image != NULL && repository(image) == n && strncmp(image, o->images.v[i], n) == 0;
        if (said != NULL ? strcmp(said, o->containers.v[i]) == 0 : o->containers.n == 1 || same) {
            *chosen = i;
            found++;
        }
    }
    if (found == 1)
        return true;
    struct op_strv choices = OP_STRV_INIT;
    for (size_t i = 0; i < o->containers.n; i++)
        op_strv_push(&choices, o->containers.v[i]);
    ask(a, move, "container",
        said != NULL ? op_asprintf("%s has no container called %s. Which one?", o->name, said)
                     : op_asprintf("%s has %zu containers. The image of which one?", o->name, o->containers.n),
        &choices, NULL);
    return false;
}

static bool look_image(struct attempt *a, struct op_move *move)
{
    struct slots *s = &a->clause->frame.slots;
    const char *version = slots_get(s, "version"), *image = slots_get(s, "image");
    size_t at = 0;
    if (!intent_uses(a->intent, "container_name") || a->object == NULL || a->object->containers.n == 0 ||
        slots_get(s, "image_pair") != NULL || (image == NULL && version == NULL))
        return true;
    if (!choose_container(a, move, &at))
        return false;
    slots_set(s, "container_name", a->object->containers.v[at]);
    const char *now = a->object->images.v[at];
    if (image == NULL && *now != '\0')
        slots_setf(s, "image", "%.*s:%s", (int)repository(now), now, version);
    return true;
}

/* ---- memory and CPU relative to what they are ---- */

static const struct {
    const char *unit;
    int64_t worth; /* thousandths for CPU, bytes for memory */
} units[] = {
    { "Gi", 1 << 30 },    { "Mi", 1 << 20 }, { "Ki", 1 << 10 }, { "G", 1000000000 },
    { "M", 1000 * 1000 }, { "k", 1000 },     { "", 1 },
};

static bool quantity_read(const char *text, bool cpu, int64_t *out)
{
    char digits[24];
    size_t n = strspn(text, "0123456789");
    (void)snprintf(digits, sizeof(digits), "%.*s", (int)(n < 20 ? n : 20), text);
    if (!op_str_int(digits, 0, INT64_MAX >> 34, out))
        return false;
    if (cpu) {
        *out *= op_str_eq(text + n, "m") ? 1 : 1000;
        return text[n] == '\0' || op_str_eq(text + n, "m");
    }
    for (size_t i = 0; i < OP_LEN(units); i++)
        if (op_str_eq(text + n, units[i].unit)) {
            *out *= units[i].worth;
            return true;
        }
    return false;
}

static char *quantity_text(int64_t v, bool cpu, const char *like)
{
    if (cpu)
        return v % 1000 == 0 ? op_asprintf("%lld", (long long)(v / 1000)) : op_asprintf("%lldm", (long long)v);
    bool binary = strchr(like, 'i') != NULL;
    for (size_t i = 0; i < OP_LEN(units); i++)
        if (v % units[i].worth == 0 && (binary == (strchr(units[i].unit, 'i') != NULL) || units[i].worth == 1))
            return op_asprintf("%lld%s", (long long)(v / units[i].worth), units[i].unit);
    return NULL;
}

/* "+256Mi", "x2", "+50%" of a quantity; NULL when that makes no sense. owned */
char *quantity_relative(const char *now, const char *how, bool cpu)
{
    int64_t v = 0, by = 0;
    size_t n = strlen(how);
    if (n < 2 || !quantity_read(now, cpu, &v))
        return NULL;
    char amount[48];
    (void)snprintf(amount, sizeof(amount), "%.*s", (int)(how[n - 1] == '%' ? n - 2 : n - 1), how + 1);
    bool plain = op_str_int(amount, 0, 100000, &by);
    if (how[n - 1] == '%')
        by = plain ? v / 100 * by + v % 100 * by / 100 : -1;
    else if ((*how == '+' || *how == '-') && !quantity_read(amount, cpu, &by))
        by = -1;
    else if ((*how == 'x' || *how == '/') && !plain)
        by = -1;
    if (by < 0)
        return NULL;
    v = *how == '+' ? v + by : *how == '-' ? v - by : *how == 'x' ? v * by : by > 0 ? v / by : 0;
    if (!cpu && how[n - 1] == '%') /* whole Mi: nobody means bytes */
        v = v / (1 << 20) > 0 ? v / (1 << 20) * (1 << 20) : v;
    return v > 0 ? quantity_text(v, cpu, now) : NULL;
}

/* "cpu", "cpus", "memory": whatever longer word of ours it is part of. */
static bool speaks_of(const struct clause *c, const char *stem)
{
    for (size_t i = c->from; i < c->to; i++)
        if (op_str_starts(c->tokens->v[i].low, stem))
            return true;
    return false;
}

static bool ask_amount(struct attempt *a, struct op_move *move, const char *slot, const char *what)
{
    const char *name = slots_get(&a->clause->frame.slots, "name");
    ask(a, move, slot,
        op_asprintf("To how much? It could not be read how much %s %s has now.", what, name != NULL ? name : "it"),
        NULL, NULL);
    return false;
}

static bool look_resources(struct attempt *a, struct op_move *move)
{
    struct frame *f = &a->clause->frame;
    struct slots *s = &f->slots;
    const char *how = slots_get(s, "relative");
    if (!intent_uses(a->intent, "resources") || how == NULL || slots_get(s, "name") == NULL)
        return true;
    bool cpu = speaks_of(a->clause, "cpu") && !speaks_of(a->clause, "mem") && !frame_has_topic(f, "memory");
    bool request = frame_has_topic(f, "requests") && !frame_has_topic(f, "limits");
    char slot[32], path[64];
    (void)snprintf(slot, sizeof(slot), "%s_%s", cpu ? "cpu" : "memory", request ? "request" : "limit");
    (void)snprintf(path, sizeof(path), "resources.%s.%s", request ? "requests" : "limits", cpu ? "cpu" : "memory");
    if (slots_get(s, slot) != NULL)
        return true;
    const char *said = slots_get(s, "container");
    const char *what = cpu ? "CPU" : "memory", *now = NULL, *container = NULL;
    OP_AUTO_JSON *object = a->object != NULL ? look_at(a, a->object->kind, a->object->name) : NULL;
    OP_JSON_EACH(c, op_json_at(object, "spec.template.spec.containers")) {
        const char *has = op_json_str(c, path), *name = op_json_str(c, "name");
        if (has == NULL || (said != NULL && !op_str_eq(said, name)))
            continue;
        if (now != NULL)
            return ask_amount(a, move, slot, what); /* several have one: which to start from? */
        now = has;
        container = name;
    }
    OP_AUTO_FREE char *value = now != NULL ? quantity_relative(now, how, cpu) : NULL;
    if (value == NULL)
        return ask_amount(a, move, slot, what);
    slots_set(s, slot, value);
    if (op_json_size(op_json_at(object, "spec.template.spec.containers")) > 1)
        slots_set(s, "container", container);
    return true;
}

/* ---- claims ---- */

static void claims_of(const struct op_object *o, const struct op_json *object, struct op_strv *out)
{
    OP_JSON_EACH(v, op_json_at(object, strcmp(o->kind, "pod") == 0 ? "spec.volumes" : "spec.template.spec.volumes")) {
        const char *claim = op_json_str(v, "persistentVolumeClaim.claimName");
        if (claim != NULL && !op_strv_has(out, claim))
            op_strv_push(out, claim);
    }
    OP_JSON_EACH(t, op_json_at(object, "spec.volumeClaimTemplates"))
        for (int64_t i = 0; i < o->replicas && i < 100; i++)
            op_strv_pushf(out, "%s-%s-%lld", op_json_str(t, "metadata.name"), o->name, (long long)i);
}

/* "expand the volume of web to 20Gi": the claims that its pods mount. */
static bool look_claims(struct attempt *a, struct op_move *move)
{
    struct slots *s = &a->clause->frame.slots;
    if (!intent_uses(a->intent, "claim") || slots_get(s, "claim") != NULL || a->object == NULL)
        return true;
    OP_AUTO_JSON *object = look_at(a, a->object->kind, a->object->name);
    OP_AUTO_STRV claims = OP_STRV_INIT;
    claims_of(a->object, object, &claims);
    bool mounted = op_json_size(op_json_at(object, "spec.volumeClaimTemplates")) == 1 || claims.n == 1;
    for (size_t i = 0; i < claims.n && mounted; i++)
        slots_add(s, "claim", claims.v[i]);
    if (mounted && claims.n > 0)
        return true;
    ask(a, move, "claim",
        claims.n > 0 ? op_asprintf("%s has %zu claims. Which one?", a->object->name, claims.n)
                     : op_asprintf("%s has no volume claim that opsh can see. Which claim is meant?", a->object->name),
        claims.n > 0 ? &claims : NULL, NULL);
    return false;
}

/* ---- where a service sends its traffic ---- */

/* Do these pods differ from what the service selects now by one label alone, and is it the word? Its key, else NULL. */
static const char *differing(const struct op_json *selector, const struct op_json *labels, const char *word)
{
    const char *key = NULL;
    OP_JSON_EACH(want, selector) {
        const char *have = op_json_text(op_json_get(labels, op_json_key(want)));
        if (op_str_eq(have, op_json_text(want)))
            continue;
        if (key != NULL || !op_str_eq(have, word))
            return NULL;
        key = op_json_key(want);
    }
    if (key != NULL)
        return key;
    OP_JSON_EACH(l, labels) /* the service selects both until now: a label more tells them apart */
        if (op_str_eq(op_json_text(l), word) && op_json_get(selector, op_json_key(l)) == NULL)
            return op_json_key(l);
    return NULL;
}

static bool look_route(struct attempt *a, struct op_move *move)
{
    struct slots *s = &a->clause->frame.slots;
    const char *word = slots_get(s, "route_to"), *name = slots_get(s, "name");
    if (!intent_uses(a->intent, "route_pair") || slots_get(s, "route_pair") != NULL || word == NULL || name == NULL)
        return true;
    OP_AUTO_JSON *service = look_at(a, "service", name);
    OP_AUTO_JSON *workloads = service != NULL ? look_at(a, "deployments,statefulsets,daemonsets", NULL) : NULL;
    const struct op_json *selector = op_json_at(service, "spec.selector");
    OP_JSON_EACH(w, op_json_get(workloads, "items")) {
        const struct op_json *labels = op_json_at(w, "spec.template.metadata.labels");
        const char *key = op_json_size(selector) > 0 ? differing(selector, labels, word) : NULL;
        if (key == NULL)
            continue;
        if (op_json_int_or(w, "status.readyReplicas", 0) == 0 && slots_get(s, "unready") == NULL) {
            struct op_strv choices = OP_STRV_INIT, values = OP_STRV_INIT;
            op_strv_push(&choices, "yes");
            op_strv_push(&values, "yes");
            ask(a, move, "unready",
                op_asprintf("No pod of %s is ready; the service %s would have nothing behind it. Switch all the same?",
                            op_json_str(w, "metadata.name"), name),
                &choices, &values);
            return false;
        }
        slots_setf(s, "route_pair", "%s=%s", key, word);
        return true;
    }
    return true; /* the label is asked for */
}

/* Whose rights are asked for: an account of the namespace that is looked at. */
static bool look_account(struct attempt *a, struct op_move *move)
{
    struct slots *s = &a->clause->frame.slots;
    const char *account = slots_get(s, "can_account");
    (void)move;
    if (account != NULL && slots_get(s, "can_as") == NULL)
        slots_setf(s, "can_as", "system:serviceaccount:%s:%s", a->scene->ns, account);
    return true;
}

/* By which label are the pods known that are to go? Without the cluster nobody can tell. */
static bool look_owner(struct attempt *a, struct op_move *move)
{
    struct slots *s = &a->clause->frame.slots;
    const char *owner = slots_get(s, "owner");
    if (slots_get(s, "guessed") == NULL || a->object != NULL || owner == NULL || !a->intent->changes ||
        slots_get(s, "selector") != NULL || !intent_uses(a->intent, "app_selector"))
        return true;
    struct op_strv choices = OP_STRV_INIT;
    op_strv_pushf(&choices, "app=%s", owner);
    op_strv_pushf(&choices, "app.kubernetes.io/name=%s", owner);
    ask(a, move, "selector", op_asprintf("By which label are the pods of %s known?", owner), &choices, NULL);
    return false;
}

bool complete_look(struct attempt *a, struct op_move *move)
{
    bool (*const all[])(struct attempt *, struct op_move *) = {
        look_image, look_resources, look_claims, look_route, look_canary, look_account, look_owner,
    };
    for (size_t i = 0; i < OP_LEN(all); i++)
        if (!all[i](a, move))
            return false;
    return true;
}
