/* Slots that follow from what was said, so that the intents need no code: an image's two halves,
 * names in lower case, what an event or a service is about, which program a word implies. */
#include "manifest.h"
#include "planner.h"

#include "opsh/base/str.h"

static void put(struct frame *f, const char *slot, bool when)
{
    if (when && slots_get(&f->slots, slot) == NULL)
        slots_set(&f->slots, slot, "true");
}

static bool kind_said(const struct frame *f, const char *kind)
{
    for (size_t i = 0; i < f->n_kinds; i++)
        if (strcmp(f->kinds[i], kind) == 0)
            return true;
    return false;
}

static bool verb_in(const struct frame *f, const char *const *list)
{
    for (; *list != NULL; list++)
        if (op_str_eq(f->verb, *list))
            return true;
    return false;
}

static void images(struct frame *f)
{
    struct slots *s = &f->slots;
    const char *image = slots_get(s, "image"), *name = slots_get(s, "name");
    if (image == NULL && op_str_eq(f->kind, "image") && name != NULL && strchr(name, ':') != NULL) {
        slots_set(s, "image", name);
        image = slots_get(s, "image");
    }
    const char *slash_in = name != NULL ? strchr(name, '/') : NULL;
    if (image == NULL && op_str_eq(f->verb, "deploy") && slash_in != NULL && !op_str_starts(name, "bitnami/") &&
        (f->kind == NULL || op_str_eq(f->kind, "deployment")) && f->program == NULL && *name != '.' &&
        strchr(slash_in + 1, '/') == NULL && !op_str_starts(name, "charts/")) { /* "deploy traefik/whoami" */
        slots_set(s, "image", name);
        slots_set(s, "name", strchr(slots_get(s, "image"), '/') + 1);
        image = slots_get(s, "image");
    }
    if (image == NULL)
        return;
    const char *slash = strrchr(image, '/'), *colon = strrchr(image, ':');
    bool tagged = colon != NULL && (slash == NULL || colon > slash);
    slots_setf(s, "image_repo", "%.*s", (int)(tagged ? (size_t)(colon - image) : strlen(image)), image);
    if (tagged)
        slots_set(s, "image_tag", colon + 1);
    const char *base = slash != NULL ? slash + 1 : image;
    slots_setf(s, "image_name", "%.*s", (int)strcspn(base, ":@"), base);
}

/* Names in Kubernetes are lower case; people write them as words. */
static void lower_names(struct frame *f)
{
    static const char *const names[] = { "name", "of", "repository", "ns", "deployment", "service", "pod" };
    bool docker = op_str_eq(f->program, "docker") || op_str_eq(f->kind, "image") || op_str_eq(f->kind, "container");
    for (size_t k = 0; k < f->slots.n && !docker; k++)
        for (size_t i = 0; i < OP_LEN(names); i++)
            if (strcmp(f->slots.v[k].name, names[i]) == 0)
                op_str_lower(f->slots.v[k].value);
}

/* "a service for the deployment web": the object behind the object. */
static void of_what(struct frame *f)
{
    static const char *const behind[] = { "deployment", "statefulset", "daemonset", "replicaset", "pod", "service" };
    struct slots *s = &f->slots;
    const char *first = NULL;
    for (size_t i = 0; i < OP_LEN(behind) && first == NULL; i++)
        if (!op_str_eq(f->kind, behind[i]) && slots_get(s, behind[i]) != NULL)
            first = behind[i];
    bool result = op_str_eq(f->verb, "expose") && op_str_eq(first, "service"); /* "… as service web" */
    if (first != NULL && !result && slots_get(s, "of") == NULL) {
        slots_set(s, "of", slots_get(s, first));
        slots_set(s, "of_kind", first);
    }
    /* "the pods of deployment web", "logs of the pods of web": what is changed or read is the workload */
    bool plain = op_str_eq(f->kind, "pod") || op_str_eq(f->kind, "workload");
    if (first != NULL && plain && slots_get(s, "name") == NULL && op_str_eq(slots_get(s, "of_kind"), first)) {
        slots_set(s, "name", slots_get(s, first));
        const bool marks =
            frame_has_topic(f, "labels") || frame_has_topic(f, "annotations") || op_str_eq(f->verb, "label");
        if ((f->changes && !(marks && f->several && op_str_eq(f->kind, "pod"))) || frame_has_topic(f, "logs"))
            f->kind = first; /* but "label the pods of deployment web" */
    }
    if (op_str_eq(f->kind, "endpoints") && slots_get(s, "name") == NULL && slots_get(s, "of") != NULL)
        slots_set(s, "name", slots_get(s, "of"));
    if (op_str_eq(f->kind, "event")) {
        const char *of = slots_get(s, "of"), *name = slots_get(s, "name");
        if (of != NULL)
            slots_setf(s, "about", "%s/%s", slots_get(s, "of_kind") != NULL ? slots_get(s, "of_kind") : "deployment",
                       of);
        else if (name != NULL && slots_get(s, "object") == NULL)
            slots_setf(s, "about", "%s/%s", slots_get(s, "of_kind") != NULL ? slots_get(s, "of_kind") : "deployment",
                       name);
    }
    bool unlabel = frame_has_topic(f, "labels") && (op_str_eq(f->verb, "delete") || op_str_eq(f->verb, "unlabel"));
    if (unlabel && slots_get(s, "from") != NULL && slots_get(s, "name") != NULL && f->kind == NULL) {
        slots_set(s, "label_key", slots_get(s, "name"));
        slots_set(s, "name", slots_get(s, "from"));
    }
    const char *label = slots_get(s, "label_key"); /* "remove the label env=test": its key goes */
    if (unlabel && label != NULL && strchr(label, '=') != NULL && slots_count(s, "label_key") == 1)
        slots_setf(s, "label_key", "%.*s", (int)strcspn(label, "="), label);
    const char *selector = slots_get(s, "selector");
    if (selector != NULL && strchr(selector, '=') != NULL && strchr(selector, ',') == NULL)
        slots_set(s, "selector_value", strchr(selector, '=') + 1);
}

static void pods(struct frame *f)
{
    static const char *const listing[] = { "get", "count", "find", "check", NULL };
    struct slots *s = &f->slots;
    const char *name = slots_get(s, "name");
    bool pod = op_str_eq(f->kind, "pod");
    bool one = slots_count(s, "name") == 1;
    if (pod && f->several && name != NULL && one && slots_get(s, "object") == NULL) {
        slots_setf(s, "app_selector", "app=%s", name); /* until the cluster says better */
        slots_set(s, "owner", name);
    } else if (name != NULL && one) {
        slots_setf(s, "app_selector", "app=%s", name);
    }
    bool running = frame_has_topic(f, "running") || (f->counting && frame_has_topic(f, "runningin"));
    static const char *const phases[][2] = { { "pending", "status.phase=Pending" },
                                             { "failedstate", "status.phase=Failed" },
                                             { "evicted", "status.phase=Failed" },
                                             { "completed", "status.phase=Succeeded" } };
    for (size_t i = 0; i < OP_LEN(phases) && pod; i++)
        if (frame_has_topic(f, phases[i][0]))
            slots_set(s, "phase", phases[i][1]);
    put(f, "not_running", pod && f->several && frame_has_topic(f, "unhealthystate") && verb_in(f, listing));
    put(f, "tail_follow", op_str_eq(f->verb, "tail") && slots_get(s, "tail") == NULL && slots_get(s, "since") == NULL);
    put(f, "pods_running",
        pod && f->several && running && verb_in(f, listing) && !f->yesno && !frame_has_topic(f, "health"));
}

static void ports(struct frame *f)
{
    struct slots *s = &f->slots;
    const char *port = slots_get(s, "port");
    if (port == NULL)
        return;
    if (slots_get(s, "ports") == NULL)
        slots_setf(s, "port_pair", "%s:%s", port, port);
    bool serve =
        slots_get(s, "with_service") != NULL || frame_has_topic(f, "loadbalancer") || frame_has_topic(f, "nodeport");
    if (serve || op_str_eq(f->verb, "deploy"))
        slots_set(s, "expose_port", port);
}

static void charts(struct frame *f)
{
    struct slots *s = &f->slots;
    const char *name = slots_get(s, "name"), *of = slots_get(s, "of"), *file = slots_get(s, "file");
    bool helm = op_str_eq(f->program, "helm");
    bool chart = kind_said(f, "chart") || kind_said(f, "repository") || slots_get(s, "repository") != NULL ||
                 slots_get(s, "chart") != NULL;
    bool folder = file != NULL && strstr(file, "chart") != NULL;
    const char *source = slots_get(s, "from"), *with = slots_get(s, "with_chart");
    bool upgrades = op_str_eq(f->verb, "upgrade") || op_str_eq(f->verb, "update") || op_str_eq(f->verb, "set");
    if (with != NULL && strcmp(with, "true") != 0 && slots_get(s, "chart") == NULL)
        slots_set(s, "chart", with);
    bool values = slots_get(s, "sets") != NULL || kind_said(f, "release");
    if (source != NULL && upgrades && strchr(source, '/') != NULL && (values || slots_get(s, "version") != NULL))
        slots_set(s, "chart", source); /* "upgrade cache to 19.1.0 from bitnami/redis" */
    if (source != NULL && strpbrk(source, "/:.") == NULL)
        slots_set(s, "from_repo", source);
    bool values_file = file != NULL && (op_str_ends(file, ".yaml") || op_str_ends(file, ".yml"));
    if (values_file && (upgrades || op_str_eq(f->verb, "install")) && (helm || chart || kind_said(f, "release"))) {
        slots_set(s, "valuesfile", file);
        slots_drop(s, "file");
        file = NULL;
    }
    put(f, "helm_said", helm);
    static const char *const adding[] = { "add", "create", NULL };
    put(f, "repo_only",
        op_str_eq(f->kind, "repository") && f->n_kinds == 1 && verb_in(f, adding)); /* itself, nothing from it */
    put(f, "chart_said",
        chart || folder || ((helm || kind_said(f, "release")) && (of != NULL || file != NULL)) ||
            (name != NULL && op_str_eq(f->verb, "install") && strchr(name, '/') != NULL));
    static const char *const parts[] = { "todo-frontend", "todo-backend", "todo-database" };
    put(f, "is_todo", OP_IN(name, parts));
    if (OP_IN(name, parts)) { /* the workflow deploys its own images, but any database that the person names */
        const char *part = name + strlen("todo-"), *repo = slots_get(s, "image_repo");
        bool database = strcmp(part, "database") == 0;
        slots_set(s, "todo_part", part);
        put(f, "todo_database", database);
        put(f, "todo_backend", strcmp(part, "backend") == 0);
        put(f, "todo_frontend", strcmp(part, "frontend") == 0);
        put(f, "other_image", !database && repo != NULL && strcmp(repo, name) != 0);
    }
    put(f, "sets_something",
        slots_get(s, "sets") != NULL || slots_get(s, "count") != NULL || slots_get(s, "image") != NULL);
    put(f, "helm_object",
        helm || slots_get(s, "is_todo") != NULL || kind_said(f, "release") || kind_said(f, "chart") ||
            slots_get(s, "sets") != NULL || (upgrades && (chart || frame_has_topic(f, "chartversion"))));
    const char *chart_name = of != NULL ? of : name;
    const char *slash = chart_name != NULL ? strrchr(chart_name, '/') : NULL;
    if (slash != NULL && of == NULL && slash[1] != '\0')
        slots_set(s, "release_name", slash + 1);
    put(f, "release_everywhere",
        slots_get(s, "ns") == NULL &&
            (slots_get(s, "allns") != NULL || kind_said(f, "cluster") || frame_has_topic(f, "all")));
    put(f, "repo_update",
        frame_has_topic(f, "latest") || op_str_eq(f->verb, "update") || op_str_eq(f->verb, "upgrade"));
    const char *ingress = slots_get(s, "with_ingress"),
               *on = slots_get(s, "on") != NULL ? slots_get(s, "on") : slots_get(s, "host");
    put(f, "with_ingress_on", ingress != NULL);
    if (ingress != NULL && strcmp(ingress, "true") != 0)
        slots_set(s, "ingress_host", ingress);
    else if (ingress != NULL && on != NULL)
        slots_set(s, "ingress_host", on);
}

static void local_tools(struct frame *f)
{
    static const char *const drivers[] = { "docker", "kvm2", "podman", "virtualbox", "hyperkit", "none", "qemu" };
    struct slots *s = &f->slots;
    const char *name = slots_get(s, "name"), *addon = slots_get(s, "addon");
    bool minikube = op_str_eq(f->program, "minikube");
    put(f, "minikube_said",
        minikube || slots_get(s, "profile") != NULL || (kind_said(f, "cluster") && frame_has_topic(f, "local")));
    put(f, "compose_said", kind_said(f, "compose"));
    put(f, "docker_said", op_str_eq(f->program, "docker"));
    bool container = kind_said(f, "container");
    put(f, "docker_or_container", container || op_str_eq(f->program, "docker"));
    static const char *const starting[] = { "run", "deploy", "start", "create", NULL };
    bool runs = slots_get(s, "image") != NULL || slots_get(s, "known_image") != NULL || op_str_eq(f->verb, "run");
    put(f, "container_said", container || (op_str_eq(f->program, "docker") && verb_in(f, starting) && runs));
    put(f, "build_said",
        op_str_eq(f->verb, "build") || (op_str_eq(f->program, "docker") && op_str_eq(f->verb, "build")));
    put(f, "containers_all",
        f->all || frame_has_topic(f, "stopped") || (frame_has_topic(f, "status") && !frame_has_topic(f, "running")));
    if ((frame_has_topic(f, "running") || frame_has_topic(f, "runningin")) && !frame_has_topic(f, "stopped"))
        slots_drop(s, "containers_all");
    bool known_addon = op_str_eq(f->kind, "ingress") || op_str_eq(f->kind, "dashboard");
    if (kind_said(f, "addon") || op_str_eq(f->verb, "enable") || op_str_eq(f->verb, "disable") || minikube) {
        if (known_addon && name == NULL)
            slots_set(s, "addon_name", f->kind);
        else if (addon != NULL)
            slots_set(s, "addon_name", strcmp(addon, "true") == 0 ? f->kind != NULL ? f->kind : addon : addon);
        else if (name != NULL && kind_said(f, "addon"))
            slots_set(s, "addon_name", name);
    }
    for (size_t i = 0; i < OP_LEN(drivers); i++)
        if (op_str_eq(slots_get(s, "using"), drivers[i]) || op_str_eq(name, drivers[i]))
            slots_set(s, "driver_said", drivers[i]);
    if (minikube && frame_has_topic(f, "driver") && slots_get(s, "driver_said") == NULL)
        slots_set(s, "driver_said", "docker");
    const char *memory = slots_get(s, "memory");
    if (memory != NULL) /* a plain number is megabytes to minikube */
        slots_setf(s, "minikube_memory", "%.*s%s", (int)strspn(memory, "0123456789."), memory,
                   strchr(memory, 'G') != NULL ? "g" : "");
    const char *image = slots_get(s, "known_image");
    if (image != NULL && frame_has_topic(f, "persistence"))
        slots_setf(s, "data_volume", "%s-data", image);
    container = container || (minikube == false && op_str_eq(f->program, "docker"));
    if (container && name != NULL && slots_get(s, "image") != NULL)
        slots_set(s, "called_other", "true");
    else if (container && slots_get(s, "of") != NULL)
        slots_set(s, "called_other", "true");
}

static void files(struct frame *f)
{
    static const char *const endings[] = { ".yaml", ".yml", ".json", "/" };
    static const char *const holding[] = { "configmap", "secret" };
    const char *file = slots_get(&f->slots, "file");
    bool held = OP_IN(f->kind != NULL ? f->kind : "", holding) && slots_get(&f->slots, "name") != NULL &&
                op_str_eq(f->verb, "create"); /* "create the config map flags from flags.yaml" */
    for (size_t i = 0; i < OP_LEN(endings) && file != NULL && !held; i++)
        put(f, "manifest_file", op_str_ends(file, endings[i]) || strstr(file, "://") != NULL);
}

static void asks(struct frame *f)
{
    static const char *const advising[] = { "optimize", "recommend", "diagnose", "audit", "find", "check", NULL };
    static const char *const examining[] = { "audit", "diagnose", "check", "find", "optimize", NULL };
    static const char *const watching[] = { "diagnose", "check", "watch", "audit", NULL };
    struct slots *s = &f->slots;
    put(f, "symptom", f->symptom);
    put(f, "advises",
        verb_in(f, advising) || frame_has_topic(f, "wasted") || frame_has_topic(f, "cost") ||
            frame_has_topic(f, "allocation") || frame_has_topic(f, "scaling") || f->mood == MOOD_ADVICE);
    put(f, "examines", verb_in(f, examining) || f->symptom || (f->mood == MOOD_ASK && frame_has_topic(f, "rbac")));
    bool whole = f->kind == NULL || op_str_eq(f->kind, "cluster") || op_str_eq(f->kind, "namespace");
    put(f, "health_asked",
        frame_has_topic(f, "health") || verb_in(f, watching) || (whole && op_str_eq(f->kind, "cluster")));
    put(f, "symptom_or_capacity", f->symptom || frame_has_topic(f, "capacity"));
    put(f, "client", op_str_eq(f->program, "kubectl") && kind_said(f, "tool"));
    if (op_str_eq(f->kind, "cronjob") && slots_get(s, "image") == NULL && slots_get(s, "every") == NULL &&
        !op_str_eq(f->verb, "create") && slots_get(s, "name") != NULL)
        slots_set(s, "cronjob_name", slots_get(s, "name"));
    const char *every = slots_get(s, "every");
    int64_t n = 0;
    char digits[16];
    if (every != NULL) {
        (void)snprintf(digits, sizeof(digits), "%.*s", (int)strspn(every, "0123456789"), every);
        char unit = every[strlen(every) - 1];
        if (op_str_int(digits, 1, 1000, &n) && unit == 'm' && n < 60)
            slots_setf(s, "cron", "*/%lld * * * *", (long long)n);
        else if (n > 0 && unit == 'h' && n < 24)
            slots_setf(s, "cron", n == 1 ? "0 * * * *" : "0 */%lld * * *", (long long)n);
        else if (n > 0 && unit == 'd')
            slots_setf(s, "cron", n == 1 ? "0 0 * * *" : "0 0 */%lld * *", (long long)n);
    }
}

/* "give web 256Mi", "make it 1Gi": of a workload bytes are memory. "Fix it to use web:2": an image says how. */
static void amounts(struct frame *f)
{
    static const char *const giving[] = { "set", "create", "update", "increase", "decrease", "scale", NULL };
    struct slots *s = &f->slots;
    bool runs = (f->kind == NULL || kind_is_workload(f->kind) || op_str_eq(f->kind, "container")) &&
                slots_get(s, "name") != NULL && slots_get(s, "image") == NULL;
    bool bytes = slots_get(s, "memory_limit") != NULL || slots_get(s, "memory_request") != NULL;
    bool place = frame_has_topic(f, "disk") || frame_has_topic(f, "persistence") || frame_has_topic(f, "size");
    if (runs && bytes && !place && verb_in(f, giving))
        frame_topic(f, "memory");
    if (runs && verb_in(f, giving) && (slots_get(s, "cpu_limit") != NULL || slots_get(s, "cpu_request") != NULL))
        frame_topic(f, "cpu"); /* "api should get 2 CPUs" */
    const char *known = slots_get(s, "known_image"), *tag = slots_get(s, "version");
    bool of_image = false;
    for (size_t i = 0; i < f->n_kinds; i++)
        of_image = of_image || strcmp(f->kinds[i], "image") == 0;
    if (of_image && known != NULL && tag != NULL && slots_get(s, "image") == NULL && f->changes &&
        slots_get(s, "name") != NULL)
        slots_setf(s, "image", "%s:%s", known, tag); /* "update the nginx image to 1.29 in proxy" */
    if (op_str_eq(f->verb, "start") && op_str_eq(f->kind, "node") && slots_get(s, "name") != NULL &&
        !op_str_eq(f->program, "minikube"))
        f->verb = "uncordon"; /* "bring it back": of a node */
    bool version = slots_get(s, "version") != NULL && slots_get(s, "count") == NULL;
    if (version && (op_str_eq(f->verb, "increase") || op_str_eq(f->verb, "decrease")))
        f->verb = "update"; /* "bump redis to 7.2" */
    if (slots_get(s, "made_it") != NULL && slots_get(s, "name") != NULL && slots_get(s, "image") == NULL &&
        (f->kind == NULL || kind_is_workload(f->kind)))
        f->verb = "scale"; /* "it runs 1 replica: make it 3" */
    if (op_str_eq(f->verb, "fix") && slots_get(s, "image") != NULL && slots_get(s, "name") != NULL &&
        f->mood == MOOD_DO) {
        f->verb = "update";
        f->changes = true;
    }
}

/* "Create a pod web. The container must listen on 80.": what a pod holds, no container of docker's. */
static void drop_container(struct frame *f)
{
    static const char *const making[] = { "create", "run", "deploy", "start", NULL };
    bool runs = op_str_eq(f->kind, "pod") || kind_is_workload(f->kind);
    size_t kept = 0;
    for (size_t i = 0; i < f->n_kinds; i++)
        if (!runs || !verb_in(f, making) || strcmp(f->kinds[i], "container") != 0)
            f->kinds[kept++] = f->kinds[i];
    f->n_kinds = kept;
}

/* "kube-system pods": what every cluster calls a namespace. */
static void known_place(struct frame *f)
{
    static const char *const places[] = { "kube-system", "kube-public", "kube-node-lease" };
    struct slots *s = &f->slots;
    if (f->kind == NULL || op_str_eq(f->kind, "namespace") || slots_get(s, "ns") != NULL ||
        slots_count(s, "name") != 1 || !OP_IN(slots_get(s, "name"), places))
        return;
    slots_set(s, "ns", slots_get(s, "name"));
    slots_drop(s, "name");
}

/* "the container log of daemonset agent": what it is part of, where that was said. */
static const char *holder(struct frame *f)
{
    static const char *const kinds[] = { "statefulset", "daemonset", "deployment" };
    for (size_t i = 0; i < OP_LEN(kinds); i++) {
        const char *of = slots_get(&f->slots, kinds[i]);
        if (of == NULL)
            continue;
        const char *part = slots_get(&f->slots, "name"); /* "the init container setup in deployment api" */
        if (part != NULL && !op_str_eq(part, of) && !op_str_eq(part, slots_get(&f->slots, "known_image")) &&
            slots_get(&f->slots, "container") == NULL)
            slots_set(&f->slots, "container", part);
        slots_set(&f->slots, "name", of);
        slots_drop(&f->slots, kinds[i]);
        return kinds[i];
    }
    return NULL;
}

/* What is wished without a verb: "PVC media to 8Gi", "HPA for api: min 3, max 12". */
static void wishes(struct frame *f)
{
    struct slots *s = &f->slots;
    if (f->verb != NULL || f->mood != MOOD_DO)
        return;
    if (op_str_eq(f->kind, "horizontalpodautoscaler") && slots_get(s, "max") != NULL) {
        f->verb = "create";
        f->changes = true;
    }
}

/* "errors from nginx", "logs from web": what they are read of. */
static void read_from(struct frame *f)
{
    struct slots *s = &f->slots;
    bool reads = (frame_has_topic(f, "logs") || frame_has_topic(f, "errors")) && !f->changes;
    if (!reads || slots_get(s, "name") != NULL || slots_get(s, "from") == NULL || slots_get(s, "selector") != NULL)
        return;
    slots_set(s, "name", slots_get(s, "from"));
    slots_drop(s, "from");
}

void complete_derive(struct frame *f)
{
    read_from(f);
    if (f->program == NULL || op_str_eq(f->program, "kubectl"))
        drop_container(f);
    known_place(f);
    static const char *const listing[] = { "get", "count", "find", NULL };
    if (f->makes != NULL) {
        f->kind = f->makes;
        f->plural = f->several = false;
    }
    bool allns = frame_has_topic(f, "allns"), only = f->n_topics == (size_t)allns + frame_has_topic(f, "all");
    if (allns && !op_str_eq(f->program, "helm") && (f->kind == NULL || op_str_eq(f->kind, "cluster")) && only &&
        f->mood != MOOD_WHY && slots_get(&f->slots, "name") == NULL && (f->verb == NULL || verb_in(f, listing)))
        f->kind = "namespace"; /* "show all namespaces": they are what is asked for */
    else if (allns)
        slots_set(&f->slots, "allns", "true");
    if (f->verb == NULL && f->mood == MOOD_DO && slots_get(&f->slots, "name") != NULL &&
        (slots_get(&f->slots, "relative") != NULL || slots_get(&f->slots, "count") != NULL)) {
        f->verb = "scale"; /* "one more replica of web": an amount is what it shall be */
        f->changes = true;
    }
    wishes(f);
    amounts(f);
    images(f);
    for (size_t i = 0; i < f->n_kinds && op_str_eq(f->kind, "image") && !f->changes; i++) {
        if (kind_is_workload(f->kinds[i]) || strcmp(f->kinds[i], "pod") == 0) {
            const char *of = slots_get(&f->slots, f->kinds[i]);
            frame_topic(f, "imagesused"); /* "the image of the deployment web" */
            f->kind = f->kinds[i];
            if (of != NULL && slots_get(&f->slots, "name") == NULL)
                slots_set(&f->slots, "name", of);
        }
    }
    static const char *const setting[] = { "set", "update", "switch", "replace", "upgrade", NULL };
    if (slots_get(&f->slots, "image") != NULL && verb_in(f, setting) &&
        (op_str_eq(f->kind, "image") || op_str_eq(f->kind, "container")))
        f->kind = holder(f); /* what is changed is a workload; its name is looked up */
    lower_names(f);
    derive_reads(f);
    derive_changes(f);
    of_what(f);
    pods(f);
    ports(f);
    files(f);
    derive_guesses(f);
    derive_charts(f);
    charts(f);
    local_tools(f);
    derive_beside(f);
    asks(f);
    build_slots(f);
}
