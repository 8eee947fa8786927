/* Volumes of a pod and where they are mounted; claims that are made with it, as documents of their own or as templates.
 */
#include "build_pod.h"

#include "opsh/base/str.h"

/* A name for a volume out of what it is made of. */
static void volume_name(const char *from, char *out, size_t size)
{
    (void)snprintf(out, size < 60 ? size : 60, "%s", from);
    for (char *c = out; *c != '\0'; c++)
        *c = isalnum((unsigned char)*c) ? (char)tolower((unsigned char)*c) : '-';
}

static void claim_document(struct pod *p, struct op_json *into, const char *name, const struct op_json *r)
{
    const struct slots *s = &p->f->slots;
    OP_AUTO_JSON *doc = into == NULL ? manifest_new("v1", "PersistentVolumeClaim", name, slots_get(s, "ns")) : NULL;
    struct op_json *claim = into != NULL ? into : doc;
    if (into != NULL)
        op_json_set_str(manifest_in(claim, "metadata"), "name", name);
    struct op_json *spec = manifest_in(claim, "spec");
    op_json_push(manifest_list(spec, "accessModes"),
                 op_json_string(frame_has_topic(p->f, "readwritemany") ? "ReadWriteMany" : "ReadWriteOnce"));
    const char *own = op_json_str(r, "storageclass");
    manifest_text(spec, "storageClassName", own != NULL ? own : slots_get(s, "storageclass"));
    op_json_set_str(manifest_in(manifest_in(spec, "resources"), "requests"), "storage", op_json_str(r, "size"));
    if (doc != NULL)
        manifest_print(p->out, doc);
}

static void add_volume(struct pod *p, const char *name, const struct op_json *r)
{
    const char *of = op_json_str(r, "of"), *from = op_json_str(r, "name");
    if (op_json_str(r, "size") != NULL && p->claims != NULL) {
        claim_document(p, manifest_item(p->claims), name, r);
        return;
    }
    struct op_json *volume = manifest_item(manifest_list(p->spec, "volumes"));
    op_json_set_str(volume, "name", name);
    if (op_json_str(r, "size") != NULL) {
        OP_AUTO_FREE char *claim = op_asprintf("%s-%s", slots_get(&p->f->slots, "name"), name);
        claim_document(p, NULL, claim, r);
        op_json_set_str(manifest_in(volume, "persistentVolumeClaim"), "claimName", claim);
    } else if (op_json_str(r, "host") != NULL) {
        op_json_set_str(manifest_in(volume, "hostPath"), "path", op_json_str(r, "host"));
    } else if (op_str_eq(of, "configmap")) {
        op_json_set_str(manifest_in(volume, "configMap"), "name", from);
    } else if (op_str_eq(of, "secret")) {
        op_json_set_str(manifest_in(volume, "secret"), "secretName", from);
    } else if (op_str_eq(of, "persistentvolumeclaim")) {
        op_json_set_str(manifest_in(volume, "persistentVolumeClaim"), "claimName", from);
    } else {
        (void)manifest_in(volume, "emptyDir");
    }
}

static void mount_into(struct op_json *container, const char *volume, const char *path, bool read_only)
{
    struct op_json *m = manifest_item(manifest_list(container, "volumeMounts"));
    op_json_set_str(m, "name", volume);
    op_json_set_str(m, "mountPath", path);
    if (read_only)
        op_json_set_bool(m, "readOnly", true);
}

void pod_mounts(struct pod *p)
{
    OP_AUTO_JSON *r = NULL;
    for (size_t i = 0; (r = record_next(&p->f->slots, "mount", &i)) != NULL; op_json_free(r), r = NULL) {
        const char *path = op_json_str(r, "path"), *name = op_json_str(r, "name"), *host = op_json_str(r, "host");
        bool shared = op_json_str(r, "shared") != NULL, ro = op_json_str(r, "ro") != NULL;
        char volume[64];
        volume_name(name != NULL                     ? name
                    : host != NULL                   ? host + 1
                    : shared                         ? "shared"
                    : op_json_str(r, "size") != NULL ? "data"
                                                     : "scratch",
                    volume, sizeof(volume));
        size_t len = strlen(volume);
        for (int n = 2; pod_name_taken(op_json_get(p->spec, "volumes"), volume); n++)
            (void)snprintf(volume + len, sizeof(volume) - len, "-%d", n);
        if (path == NULL)
            path = host != NULL ? host : slots_get(&p->f->slots, "mount_path");
        if (path == NULL)
            continue;
        add_volume(p, volume, r);
        if (!shared) {
            mount_into(pod_part(p, r), volume, path, ro);
            continue;
        }
        for (size_t k = 0; k < p->n; k++)
            mount_into(p->members[k].json, volume, path, ro);
        for (size_t k = 0; k < p->n_inits; k++)
            mount_into(p->inits[k], volume, path, ro);
    }
}
