/* Workloads and data that are made beside other things ("… deploy nginx there and expose it"). Alone they are the
 * business of the clauses, which know all that can be said of them. */
#include "task.h"

#include "opsh/base/str.h"

const char *task_workload(const struct task *t, const struct task_object *o)
{
    static const char *const kinds[] = { "deployment", "pod" };
    for (size_t i = (size_t)(o - t->v); i-- > 0;)
        if (OP_IN(t->v[i].kind, kinds))
            return slots_get(&t->v[i].frame.slots, "name");
    return NULL;
}

/* "nginx" of "registry/nginx:1.25". */
static char *name_of(const char *image)
{
    const char *slash = strrchr(image, '/'), *base = slash != NULL ? slash + 1 : image;
    return op_strndup(base, strcspn(base, ":@"));
}

bool task_workload_made(const struct task *t, struct task_object *o, struct task_out *out)
{
    const char *name = fact(o, "name"), *image = fact(o, "image"), *count = fact(o, "count"), *port = fact(o, "port");
    bool pod = strcmp(o->kind, "pod") == 0;
    if (t->n < 2 || image == NULL || (!pod && fact(o, "label") != NULL))
        return false;
    OP_AUTO_FREE char *own = name == NULL ? name_of(image) : NULL;
    name = name != NULL ? name : own;
    if (pod)
        task_words(&out->argv, (const char *const[]){ "run", name, NULL });
    else
        task_words(&out->argv, (const char *const[]){ "create", "deployment", name, NULL });
    op_strv_pushf(&out->argv, "--image=%s", image);
    if (count != NULL)
        op_strv_pushf(&out->argv, "--replicas=%s", count);
    if (port != NULL)
        op_strv_pushf(&out->argv, "--port=%s", port);
    for (size_t i = 0; i < o->facts.n; i++)
        if (strcmp(o->facts.v[i].name, "label") == 0)
            op_strv_pushf(&out->argv, "--labels=%s", o->facts.v[i].value);
    slots_set(&o->frame.slots, "name", name);
    return slots_get(&o->facts, "label") == NULL || strchr(slots_get(&o->facts, "label"), ',') == NULL;
}

bool task_data(const struct task *t, struct task_object *o, struct task_out *out)
{
    const char *name = fact(o, "name");
    if (t->n < 2 || name == NULL || fact(o, "data") == NULL)
        return false;
    bool secret = strcmp(o->kind, "secret") == 0;
    task_words(&out->argv, (const char *const[]){ "create", secret ? "secret" : "configmap", secret ? "generic" : name,
                                                  secret ? name : NULL, NULL });
    for (size_t i = 0; i < o->facts.n; i++)
        if (strcmp(o->facts.v[i].name, "data") == 0)
            op_strv_pushf(&out->argv, "--from-literal=%s", o->facts.v[i].value);
    return true;
}
