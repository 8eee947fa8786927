/* Storage, priorities and namespaces as tasks describe them. */
#include "task.h"

#include "opsh/base/str.h"

static const char *mode(const struct task_object *o)
{
    static const char *const rows[][2] = { { "readwritemany", "ReadWriteMany" },
                                           { "rwx", "ReadWriteMany" },
                                           { "readonlymany", "ReadOnlyMany" },
                                           { "rox", "ReadOnlyMany" },
                                           { "readwriteoncepod", "ReadWriteOncePod" } };
    for (size_t i = 0; i < OP_LEN(rows); i++)
        if (op_str_eq(fact(o, "mode"), rows[i][0]))
            return rows[i][1];
    return "ReadWriteOnce";
}

bool task_claim(const struct task *t, struct task_object *o, struct task_out *out)
{
    const char *name = fact(o, "name"), *size = fact(o, "size"), *class = fact(o, "class");
    const struct task_object *volume = task_before(t, o, "persistentvolume"), *made = task_before(t, o, "storageclass");
    if (fact(o, "class_same") != NULL && class == NULL)
        class = volume != NULL ? fact(volume, "class") : made != NULL ? fact(made, "name") : NULL;
    if (fact(o, "matching") != NULL && volume != NULL) { /* "and a matching claim" */
        size = size != NULL ? size : fact(volume, "size");
        class = class != NULL ? class : fact(volume, "class");
    }
    if (name == NULL || size == NULL || (fact(o, "class_same") != NULL && class == NULL))
        return false;
    OP_AUTO_JSON *doc = manifest_new("v1", "PersistentVolumeClaim", name, slots_get(&o->frame.slots, "ns"));
    struct op_json *spec = manifest_in(doc, "spec");
    op_json_push(manifest_list(spec, "accessModes"), op_json_string(mode(o)));
    manifest_text(spec, "storageClassName", class);
    op_json_set_str(manifest_in(manifest_in(spec, "resources"), "requests"), "storage", size);
    manifest_print(&out->manifest, doc);
    return true;
}

static const char *reclaim(const struct task_object *o)
{
    const char *said = fact(o, "reclaim");
    return said == NULL                   ? NULL
           : strcmp(said, "retain") == 0  ? "Retain"
           : strcmp(said, "recycle") == 0 ? "Recycle"
                                          : "Delete";
}

bool task_volume(const struct task *t, struct task_object *o, struct task_out *out)
{
    (void)t;
    const char *name = fact(o, "name"), *size = fact(o, "size"), *path = fact(o, "hostpath");
    if (name == NULL || size == NULL || (path == NULL && fact(o, "nfs") == NULL))
        return false;
    OP_AUTO_JSON *doc = manifest_new("v1", "PersistentVolume", name, NULL);
    struct op_json *spec = manifest_in(doc, "spec");
    op_json_set_str(manifest_in(spec, "capacity"), "storage", size);
    op_json_push(manifest_list(spec, "accessModes"), op_json_string(mode(o)));
    manifest_text(spec, "persistentVolumeReclaimPolicy", reclaim(o));
    manifest_text(spec, "storageClassName", fact(o, "class"));
    if (fact(o, "nfs") != NULL) {
        op_json_set_str(manifest_in(spec, "nfs"), "server", fact(o, "nfs"));
        op_json_set_str(manifest_in(spec, "nfs"), "path", fact(o, "nfs_path"));
    } else {
        op_json_set_str(manifest_in(spec, "hostPath"), "path", path);
    }
    manifest_print(&out->manifest, doc);
    return true;
}

bool task_storageclass(const struct task *t, struct task_object *o, struct task_out *out)
{
    (void)t;
    const char *name = fact(o, "name"), *provisioner = fact(o, "provisioner"), *binding = fact(o, "binding");
    if (name == NULL || provisioner == NULL)
        return false;
    OP_AUTO_JSON *doc = manifest_new("storage.k8s.io/v1", "StorageClass", name, NULL);
    if (fact(o, "isdefault") != NULL)
        op_json_set_str(manifest_in(manifest_in(doc, "metadata"), "annotations"),
                        "storageclass.kubernetes.io/is-default-class", "true");
    op_json_set_str(doc, "provisioner", provisioner);
    manifest_text(doc, "reclaimPolicy", reclaim(o));
    if (binding != NULL)
        op_json_set_str(doc, "volumeBindingMode",
                        strcmp(binding, "immediate") == 0 ? "Immediate" : "WaitForFirstConsumer");
    for (size_t i = 0; i < o->facts.n; i++)
        if (strcmp(o->facts.v[i].name, "param") == 0)
            build_selector(manifest_in(doc, "parameters"), &o->frame, NULL, o->facts.v[i].value);
    if (fact(o, "expand") != NULL)
        op_json_set_bool(doc, "allowVolumeExpansion", true);
    manifest_print(&out->manifest, doc);
    return true;
}

bool task_priority(const struct task *t, struct task_object *o, struct task_out *out)
{
    (void)t;
    const char *name = fact(o, "name"), *value = fact(o, "value"), *said = fact(o, "preemption");
    if (name == NULL || value == NULL)
        return false;
    task_words(&out->argv, (const char *const[]){ "create", "priorityclass", name, NULL });
    op_strv_pushf(&out->argv, "--value=%s", value);
    if (fact(o, "global") != NULL)
        op_strv_push(&out->argv, "--global-default=true");
    if (fact(o, "description") != NULL)
        op_strv_pushf(&out->argv, "--description=%s", fact(o, "description"));
    if (said != NULL && op_str_ieq(said, "never"))
        op_strv_push(&out->argv, "--preemption-policy=Never");
    return true;
}

bool task_ns(const struct task *t, struct task_object *o, struct task_out *out)
{
    (void)t;
    const char *name = fact(o, "name");
    if (name == NULL)
        return false;
    if (fact(o, "label") == NULL) {
        task_words(&out->argv, (const char *const[]){ "create", "namespace", name, NULL });
        return true;
    }
    OP_AUTO_JSON *doc = manifest_new("v1", "Namespace", name, NULL);
    for (size_t i = 0; i < o->facts.n; i++)
        if (strcmp(o->facts.v[i].name, "label") == 0)
            build_selector(manifest_in(manifest_in(doc, "metadata"), "labels"), &o->frame, NULL, o->facts.v[i].value);
    manifest_print(&out->manifest, doc);
    return true;
}
