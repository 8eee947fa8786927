/* Slots that follow from a question: things that have no name in it but a state ("is there anything pending"), the
 * namespace that is asked about as a place ("how much memory does the namespace shop use"), a host that answers
 * wrongly, an image and its size. Nothing here touches a change. */
#include "intent.h"
#include "planner.h"

#include "opsh/base/str.h"

/* What is pending, evicted or crashing is a pod. */
static void states(struct frame *f)
{
    static const char *const of_pods[] = { "pending",        "evicted",     "terminating", "crashloopstate",
                                           "unhealthystate", "failedstate", "restarts" };
    if (f->kind != NULL || f->mood == MOOD_WHY || slots_get(&f->slots, "name") != NULL || f->program != NULL)
        return;
    for (size_t i = 0; i < OP_LEN(of_pods); i++)
        if (frame_has_topic(f, of_pods[i])) {
            f->kind = "pod";
            f->several = f->plural = true;
        }
}

static void places(struct frame *f)
{
    static const char *const inside[] = { "usage", "memory",     "cpu",      "limits",  "requests",
                                          "logs",  "imagesused", "restarts", "pending", "running" };
    struct slots *s = &f->slots;
    bool asked = false;
    for (size_t i = 0; i < OP_LEN(inside); i++)
        asked = asked || frame_has_topic(f, inside[i]);
    if (!op_str_eq(f->kind, "namespace") || !asked || slots_count(s, "name") != 1 || slots_get(s, "ns") != NULL)
        return;
    slots_set(s, "ns", slots_get(s, "name"));
    slots_drop(s, "name");
    f->kind = "pod";
    f->several = f->plural = true;
}

/* "shop.example.org is down": reached through an ingress, if at all. */
static bool is_host(const char *name)
{
    const char *dot = name != NULL ? strrchr(name, '.') : NULL;
    size_t n = dot != NULL ? strlen(dot + 1) : 0;
    return n >= 2 && strspn(dot + 1, "abcdefghijklmnopqrstuvwxyz") == n && strpbrk(name, ":/=") == NULL;
}

static void hosts(struct frame *f)
{
    static const char *const slots[] = { "name", "from", "to", "on", "of", "url" };
    bool front = f->kind == NULL || op_str_eq(f->kind, "ingress") || op_str_eq(f->kind, "service");
    for (size_t i = 0; i < OP_LEN(slots) && f->mood == MOOD_WHY && front; i++) {
        const char *value = slots_get(&f->slots, slots[i]);
        if (is_host(value) || (value != NULL && strcmp(slots[i], "url") == 0)) {
            frame_topic(f, "http");
            slots_set(&f->slots, "host_said", value);
            return;
        }
    }
}

/* "why is the image of web 1.2GB" */
static void sizes(struct frame *f)
{
    static const char *const amounts[] = { "size", "memory", "memory_limit" };
    bool image = op_str_eq(f->kind, "image");
    for (size_t i = 0; i < f->n_kinds; i++)
        image = image || strcmp(f->kinds[i], "image") == 0;
    for (size_t i = 0; i < OP_LEN(amounts) && image && f->mood != MOOD_DO; i++)
        if (slots_get(&f->slots, amounts[i]) != NULL) {
            frame_topic(f, "bigimage");
            f->kind = "image";
        }
}

/* "the accounts that are bound to the role admin" */
static void roles(struct frame *f)
{
    static const char *const kinds[] = { "clusterrole", "role" };
    for (size_t i = 0; i < OP_LEN(kinds) && frame_has_topic(f, "rbac") && slots_get(&f->slots, "name") == NULL; i++)
        if (slots_get(&f->slots, kinds[i]) != NULL)
            slots_set(&f->slots, "name", slots_get(&f->slots, kinds[i]));
}

/* "the storage class of the claim data": what is asked about is the claim. */
static void attributes(struct frame *f)
{
    static const char *const shown[] = { "storageclass", "node", "namespace", "persistentvolume", "ingressclass" };
    static const char *const described[] = { "serviceaccount", "priorityclass" };
    struct slots *s = &f->slots;
    const char *object = f->n_kinds == 2 ? f->kinds[1] : NULL;
    bool deep = OP_IN(f->kind, described);
    bool many =
        f->several && f->kind != NULL && !op_str_ends(f->kind, "class"); /* no plural, though it looks like one */
    if (object == NULL || many || !op_str_eq(f->kind, f->kinds[0]) || slots_get(s, "name") != NULL ||
        slots_get(s, object) == NULL || !(deep || OP_IN(f->kind, shown)) || f->mood == MOOD_WHY)
        return;
    slots_set(s, "name", slots_get(s, object));
    slots_drop(s, object);
    f->kind = object;
    f->kinds[0] = object;
    f->n_kinds = 1;
    if (deep)
        f->verb = "describe";
    else
        frame_topic(f, "wide");
}

/* "the image, the replicas and the limits of web": too much for one table. */
static void several(struct frame *f)
{
    bool image = frame_has_topic(f, "imagesused");
    for (size_t i = 0; i < f->n_kinds; i++)
        image = image || strcmp(f->kinds[i], "image") == 0;
    unsigned n = image;
    n += frame_has_topic(f, "limits") || frame_has_topic(f, "requests");
    n += frame_has_topic(f, "env");
    n += frame_has_topic(f, "probes");
    n += frame_has_topic(f, "ports");
    bool looks = f->verb == NULL || strcmp(f->verb, "get") == 0;
    if (n < 2 || !looks || f->mood == MOOD_WHY || slots_count(&f->slots, "name") != 1 || !kind_is_workload(f->kind))
        return;
    f->verb = "describe";
    f->n_topics = 0;
    f->kinds[0] = f->kind;
    f->n_kinds = 1;
}

/* "how is prod": a place, where nothing else is said. */
static void stages(struct frame *f)
{
    struct slots *s = &f->slots;
    const char *name = slots_get(s, "name");
    if (f->kind != NULL || name == NULL || slots_count(s, "name") != 1 || slots_get(s, "ns") != NULL ||
        !clause_stage(name) || f->program != NULL)
        return;
    slots_set(s, "ns", name);
    slots_drop(s, "name");
    static const char *const how[] = { "status", "health", "overview", "running" };
    for (size_t i = 0; i < OP_LEN(how); i++)
        if (frame_has_topic(f, how[i]))
            frame_topic(f, "health");
}

/* "the pods in the cluster": wherever they are. */
static void everywhere(struct frame *f)
{
    struct slots *s = &f->slots;
    bool images = op_str_eq(f->kind, "image") && frame_has_topic(f, "imagesused");
    if (frame_has_topic(f, "incluster") && f->kind != NULL && (kind_is_kubernetes(f->kind) || images) && f->several &&
        !kind_is_cluster_wide(f->kind) && slots_get(s, "name") == NULL && slots_get(s, "ns") == NULL &&
        slots_get(s, "selector") == NULL)
        slots_set(s, "allns", "true");
}

void derive_reads(struct frame *f)
{
    if (f->changes)
        return;
    stages(f);
    attributes(f);
    several(f);
    everywhere(f);
    roles(f);
    states(f);
    places(f);
    hosts(f);
    sizes(f);
}
