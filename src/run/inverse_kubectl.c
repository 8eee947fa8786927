/* The ways back from kubectl's changes to objects that exist: read them all in one `get`, then either the narrow
 * command that brings back exactly what the change takes, or the whole object as it was. */
#include "inverse.h"

#include "saved.h"

#include "opsh/base/str.h"
#include "opsh/cluster/object.h"
#include "opsh/gate/reading.h"

enum { MOST_STEPS = 8, MOST_PATCHES = 32 };

struct op_json *op_inverse_objects(struct op_capture_of *c)
{
    struct op_look look = { .input = c->step->input, .secrets = true };
    struct op_reply reply = { 0 };
    struct op_json *objects = op_json_array();
    if (!op_gate_reading(c->road->o.catalog, &c->step->argv, &look.argv)) {
        op_inverse_none(c, "opsh cannot tell which objects it names");
    } else {
        op_strv_insert(&look.argv, 2, "--ignore-not-found");
        op_strv_insert(&look.argv, 3, "--output=json");
        c->interrupted = !op_road_look(c->road, &look, 1, &reply);
        if (reply.kind != OP_REPLY_OK)
            op_inverse_none(c, "what is there now could not be read: %.180s", reply.why);
        else if (!op_saved_parse(op_buf_str(&reply.body), reply.body.len, objects))
            op_inverse_none(c, "what is there now could not be understood");
        else if (op_json_size(objects) == 0)
            c->inv->nothing = true;
        op_reply_free(&reply);
    }
    op_strv_free(&look.argv);
    if (op_json_size(objects) != 0)
        return objects;
    op_json_free(objects);
    if (c->inv->nothing)
        op_inverse_none(c, "there is no such object now");
    return NULL;
}

static const char *ns_of(const struct op_json *object)
{
    const char *ns = op_json_str(object, "metadata.namespace");
    return ns != NULL ? ns : "";
}

static void patch_back(struct op_capture_of *c, const struct op_json *object, bool annotations_only)
{
    OP_AUTO_STRV words = OP_STRV_INIT;
    OP_AUTO_FREE char *ref = op_saved_ref(object);
    op_strv_push(&words, "kubectl");
    op_strv_push(&words, "patch");
    op_strv_push(&words, ref);
    op_strv_push(&words, "--type=json");
    op_strv_push(&words, "--patch-file=/dev/stdin");
    op_inverse_add(c, ns_of(object), &words)->input = op_saved_patch(object, annotations_only);
}

static void send_back(struct op_capture_of *c, const char *verb, const struct op_json *all, const char *ns)
{
    struct op_json *some = op_json_array();
    OP_JSON_EACH(o, all)
        if (op_str_eq(ns_of(o), ns)) {
            struct op_json *copy = op_json_dup(o);
            op_saved_clean(copy);
            op_saved_drop_applied(copy);
            op_json_push(some, copy);
        }
    OP_AUTO_STRV words = OP_STRV_INIT;
    op_strv_push(&words, "kubectl");
    op_strv_push(&words, verb);
    op_strv_push(&words, "--filename=-");
    op_inverse_add(c, ns, &words)->input = op_saved_manifest(some);
}

void op_inverse_put_back(struct op_capture_of *c, const char *verb, struct op_json *objects)
{
    OP_AUTO_JSON *all = objects;
    OP_AUTO_STRV done = OP_STRV_INIT;
    bool replace = op_str_eq(verb, "replace"), applied = false;
    OP_JSON_EACH(o, all)
        applied = applied || op_saved_is_applied(o);
    if (applied && op_json_size(all) > MOST_PATCHES) {
        op_inverse_none(c, "more than %d objects at once", MOST_PATCHES);
        return;
    }
    OP_JSON_EACH(o, all) {
        if ((replace && applied) || op_strv_has(&done, ns_of(o)))
            continue;
        op_strv_push(&done, ns_of(o));
        send_back(c, verb, all, ns_of(o));
    }
    OP_JSON_EACH(o, all)
        if ((replace && applied) || op_saved_is_applied(o))
            patch_back(c, o, !replace);
}

static void touch_all(struct op_capture_of *c, const struct op_json *objects)
{
    OP_JSON_EACH(o, objects)
        op_inverse_touch(c, o, NULL, NULL);
}

void op_inverse_replace(struct op_capture_of *c)
{
    struct op_json *objects = op_inverse_objects(c);
    if (objects == NULL)
        return;
    touch_all(c, objects);
    op_inverse_put_back(c, "replace", objects);
}

void op_inverse_scale(struct op_capture_of *c)
{
    OP_AUTO_JSON *objects = op_inverse_objects(c);
    if (objects == NULL)
        return;
    touch_all(c, objects);
    bool narrow = op_json_size(objects) <= MOST_STEPS;
    OP_JSON_EACH(o, objects)
        narrow = narrow && op_json_int_or(o, "spec.replicas", -1) >= 0;
    if (!narrow) {
        op_inverse_put_back(c, "replace", op_steal(&objects));
        return;
    }
    OP_JSON_EACH(o, objects) {
        OP_AUTO_STRV words = OP_STRV_INIT;
        OP_AUTO_FREE char *ref = op_saved_ref(o);
        op_strv_push(&words, "kubectl");
        op_strv_push(&words, "scale");
        op_strv_push(&words, ref);
        op_strv_pushf(&words, "--replicas=%lld", (long long)op_json_int_or(o, "spec.replicas", 1));
        (void)op_inverse_add(c, ns_of(o), &words);
    }
}

/* "KEY=VALUE" or "KEY-": KEY as it is now. */
static void push_setting(struct op_strv *words, const struct op_json *map, const char *setting)
{
    const char *equals = strchr(setting, '=');
    size_t n = equals != NULL ? (size_t)(equals - setting) : strlen(setting) - 1;
    OP_AUTO_FREE char *key = op_strndup(setting, n);
    const char *now = op_json_text(op_json_get(map, key));
    if (now != NULL)
        op_strv_pushf(words, "%s=%s", key, now);
    else
        op_strv_pushf(words, "%s-", key);
}

void op_inverse_settings(struct op_capture_of *c)
{
    const char *where = op_str_eq(c->v->verb, "label") ? "metadata.labels" : "metadata.annotations";
    OP_AUTO_STRV settings = OP_STRV_INIT;
    op_gate_settings(c->road->o.catalog, &c->step->argv, &settings);
    OP_AUTO_JSON *objects = op_inverse_objects(c);
    if (objects == NULL)
        return;
    touch_all(c, objects);
    if (settings.n == 0 || op_json_size(objects) > MOST_STEPS) {
        op_inverse_put_back(c, "replace", op_steal(&objects));
        return;
    }
    OP_JSON_EACH(o, objects) {
        OP_AUTO_STRV words = OP_STRV_INIT;
        OP_AUTO_FREE char *ref = op_saved_ref(o);
        op_strv_push(&words, "kubectl");
        op_strv_push(&words, c->v->verb);
        op_strv_push(&words, "--overwrite");
        op_strv_push(&words, ref);
        for (size_t i = 0; i < settings.n; i++)
            push_setting(&words, op_json_at(o, where), settings.v[i]);
        (void)op_inverse_add(c, ns_of(o), &words);
    }
}

/* Where the pods of a workload are described. */
static const struct op_json *pod_spec(const struct op_json *object)
{
    static const char *const paths[] = { "spec.template.spec", "spec.jobTemplate.spec.template.spec", "spec" };
    for (size_t i = 0; i < OP_LEN(paths); i++)
        if (op_json_get(op_json_at(object, paths[i]), "containers") != NULL)
            return op_json_at(object, paths[i]);
    return NULL;
}

/* "CONTAINER=IMAGE" or "*=IMAGE": the images of now. Returns how many there are. */
static size_t push_images(struct op_strv *words, const struct op_json *spec, const char *setting)
{
    static const char *const lists[] = { "containers", "initContainers" };
    OP_AUTO_FREE char *wanted = op_strndup(setting, strcspn(setting, "="));
    size_t n = 0;
    for (size_t i = 0; i < OP_LEN(lists); i++)
        OP_JSON_EACH(container, op_json_get(spec, lists[i])) {
            const char *name = op_json_str(container, "name"), *image = op_json_str(container, "image");
            if (name == NULL || image == NULL || !(op_str_eq(wanted, "*") || op_str_eq(wanted, name)))
                continue;
            op_strv_pushf(words, "%s=%s", name, image);
            n++;
        }
    return n;
}

void op_inverse_image(struct op_capture_of *c)
{
    OP_AUTO_STRV settings = OP_STRV_INIT;
    op_gate_settings(c->road->o.catalog, &c->step->argv, &settings);
    OP_AUTO_JSON *objects = op_inverse_objects(c);
    if (objects == NULL)
        return;
    touch_all(c, objects);
    const struct op_json *o = op_json_first(objects);
    OP_AUTO_STRV words = OP_STRV_INIT;
    OP_AUTO_FREE char *ref = op_saved_ref(o);
    const char *const start[] = { "kubectl", "set", "image", ref };
    for (size_t i = 0; ref != NULL && i < OP_LEN(start); i++)
        op_strv_push(&words, start[i]);
    bool narrow = op_json_size(objects) == 1 && settings.n != 0;
    for (size_t i = 0; narrow && i < settings.n; i++)
        narrow = push_images(&words, pod_spec(o), settings.v[i]) != 0;
    if (narrow)
        (void)op_inverse_add(c, ns_of(o), &words);
    else
        op_inverse_put_back(c, "replace", op_steal(&objects));
}

void op_inverse_cordon(struct op_capture_of *c)
{
    bool cordon = op_str_eq(c->v->verb, "cordon");
    OP_AUTO_JSON *nodes = op_inverse_objects(c);
    OP_AUTO_STRV words = OP_STRV_INIT;
    op_strv_push(&words, "kubectl");
    op_strv_push(&words, cordon ? "uncordon" : "cordon");
    OP_JSON_EACH(node, nodes) {
        op_inverse_touch(c, node, NULL, NULL);
        if (op_json_is_true(node, "spec.unschedulable") != cordon)
            op_strv_push(&words, op_json_str(node, "metadata.name"));
    }
    if (words.n > 2) {
        (void)op_inverse_add(c, NULL, &words);
    } else if (nodes != NULL) {
        c->inv->nothing = true;
        op_inverse_none(c, "it is so already");
    }
}

/* ---- delete ---- */

/* What does not come back by being made again, with the kinds it is true of. */
static const struct {
    const char *kind, *why;
} gone_for_good[] = {
    { "Namespace", "everything inside it goes with it" },
    { "PersistentVolumeClaim", "the data on the volume goes with it" },
    { "PersistentVolume", "the data on the volume goes with it" },
    { "CustomResourceDefinition", "every object of that kind goes with it" },
    { "Job", "a job made again would run again" },
    { "Pod", "what a pod held in memory and on its own disk is gone" },
    { "Node", "a node joins by itself" },
};

static const char *gone(const struct op_json *object)
{
    for (size_t i = 0; i < OP_LEN(gone_for_good); i++)
        if (op_str_eq(op_json_str(object, "kind"), gone_for_good[i].kind))
            return gone_for_good[i].why;
    return op_object_controller(object) != NULL ? "what owns it makes it again" : NULL;
}

void op_inverse_restore(struct op_capture_of *c)
{
    OP_AUTO_JSON *objects = op_inverse_objects(c);
    OP_AUTO_JSON *back = op_json_array();
    OP_JSON_EACH(o, objects) {
        OP_AUTO_FREE char *ref = op_saved_ref(o);
        if (gone(o) != NULL)
            op_inverse_none(c, "%.120s is not brought back: %s", ref, gone(o));
        else
            op_json_push(back, op_json_dup(o));
    }
    if (op_json_size(back) == 0)
        return;
    touch_all(c, back);
    op_inverse_put_back(c, "create", op_steal(&back));
}
