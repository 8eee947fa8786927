/* A canary: a second Deployment with another image behind the same Service, made from the one that runs. Its share of
 * the traffic is its share of the pods, so the counts of both follow from the share that was asked for. */
#include "manifest.h"
#include "planner.h"

#include "opsh/base/str.h"

struct counts {
    int64_t stable, canary;
};

enum { NEAR = 2 }; /* percent */

/* canary / (stable + canary) is the share: with the stable count as it is where whole pods come near enough to it, else
 * with a larger one. It never shrinks. */
static struct counts in_proportion(int64_t stable, int64_t percent)
{
    int64_t rest = 100 - percent;
    struct counts c = { .stable = stable, .canary = (stable * percent + rest / 2) / rest };
    int64_t share = c.canary * 100 / (c.stable + c.canary);
    if (c.canary > 0 && share >= percent - NEAR && share <= percent + NEAR)
        return c;
    c.canary = (stable * percent + rest - 1) / rest;
    c.stable = (c.canary * rest + percent / 2) / percent;
    if (c.stable < stable)
        c.stable = stable;
    return c;
}

static struct op_json *metadata(const char *name, const char *ns, const struct op_json *labels)
{
    struct op_json *meta = op_json_object(), *own = op_json_dup(labels);
    op_json_set_str(meta, "name", name);
    op_json_set_str(meta, "namespace", ns);
    if (!op_json_is_object(own)) {
        op_json_free(own);
        own = op_json_object();
    }
    op_json_set_str(own, "track", "canary");
    op_json_set(meta, "labels", own);
    return meta;
}

/* The containers with the new image in the one it belongs to: the only one, or the one that runs the same repository.
 * NULL when none can be told. owned */
static struct op_json *containers_with(const struct op_json *containers, const char *image)
{
    size_t n = strcspn(image, ":@"), changed = 0;
    struct op_json *out = op_json_array();
    OP_JSON_EACH(c, containers) {
        const char *runs = op_json_str(c, "image");
        bool same = runs != NULL && strncmp(runs, image, n) == 0 && strcspn(runs, ":@") == n;
        struct op_json *copy = op_json_dup(c);
        if (same || op_json_size(containers) == 1) {
            op_json_set_str(copy, "image", image);
            changed++;
        }
        op_json_push(out, copy);
    }
    if (changed == 1)
        return out;
    op_json_free(out);
    return NULL;
}

/* Its manifest, from the stable one's; NULL when no container is to be told apart. owned */
static char *manifest(const struct op_json *stable, const char *image, int64_t replicas)
{
    OP_AUTO_FREE char *name = op_asprintf("%s-canary", op_json_str(stable, "metadata.name"));
    OP_AUTO_JSON *out = op_json_object();
    op_json_set_str(out, "apiVersion", "apps/v1");
    op_json_set_str(out, "kind", "Deployment");
    op_json_set(out, "metadata",
                metadata(name, op_json_str(stable, "metadata.namespace"), op_json_at(stable, "metadata.labels")));
    struct op_json *spec = op_json_object();
    op_json_set_int(spec, "replicas", replicas);
    op_json_set(spec, "selector", op_json_dup(op_json_at(stable, "spec.selector")));
    op_json_set(spec, "template", op_json_dup(op_json_at(stable, "spec.template")));
    op_json_set(out, "spec", spec);
    struct op_json *match = op_json_edit(op_json_edit(spec, "selector"), "matchLabels");
    struct op_json *template = op_json_edit(spec, "template");
    struct op_json *meta = op_json_edit(template, "metadata");
    op_json_remove(meta, "creationTimestamp");
    op_json_set_str(match, "track", "canary");
    op_json_set_str(op_json_edit(meta, "labels"), "track", "canary");
    struct op_json *pod = op_json_edit(template, "spec");
    struct op_json *containers = containers_with(op_json_get(pod, "containers"), image);
    if (containers == NULL || match == NULL) {
        op_json_free(containers);
        return NULL;
    }
    op_json_set(pod, "containers", containers);
    OP_AUTO_BUF text = OP_BUF_INIT;
    manifest_print(&text, out);
    return op_buf_steal(&text);
}

bool look_canary(struct attempt *a, struct op_move *move)
{
    struct frame *f = &a->clause->frame;
    struct slots *s = &f->slots;
    const char *image = slots_get(s, "image"), *percent = slots_get(s, "percent");
    int64_t share = 0;
    (void)move;
    if (!frame_has_topic(f, "canary") || image == NULL || percent == NULL || a->object == NULL ||
        strcmp(a->object->kind, "deployment") != 0 || !op_str_int(percent, 1, 99, &share))
        return true;
    OP_AUTO_JSON *stable = look_at(a, "deployment", a->object->name);
    int64_t now = op_json_int_or(stable, "spec.replicas", -1);
    if (stable == NULL || now < 1)
        return true; /* what is missing is asked for */
    struct counts c = in_proportion(now, share);
    OP_AUTO_FREE char *text = manifest(stable, image, c.canary);
    if (text == NULL)
        return true;
    slots_set(s, "canary", text);
    slots_setf(s, "canary_share", "%lld of %lld pods", (long long)c.canary, (long long)(c.canary + c.stable));
    if (c.stable != now)
        slots_setf(s, "stable_count", "%lld", (long long)c.stable);
    return true;
}
