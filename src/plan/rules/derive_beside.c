/* Slots of docker's containers that follow from what was said: which port is the container's, where an image keeps its
 * data, how it is told its password, the words of a command. */
#include "manifest.h"
#include "planner.h"

#include "opsh/base/str.h"
#include "opsh/data/json.h"

/* What everybody knows of images that everybody runs. */
static const struct known {
    const char *image, *port, *data, *password, *database, *user;
} known[] = {
    { "nginx", "80", NULL, NULL, NULL, NULL },
    { "httpd", "80", NULL, NULL, NULL, NULL },
    { "caddy", "80", "/data", NULL, NULL, NULL },
    { "traefik", "80", NULL, NULL, NULL, NULL },
    { "wordpress", "80", "/var/www/html", NULL, NULL, NULL },
    { "redis", "6379", "/data", NULL, NULL, NULL },
    { "postgres", "5432", "/var/lib/postgresql/data", "POSTGRES_PASSWORD", "POSTGRES_DB", "POSTGRES_USER" },
    { "mysql", "3306", "/var/lib/mysql", "MYSQL_ROOT_PASSWORD", "MYSQL_DATABASE", NULL },
    { "mariadb", "3306", "/var/lib/mysql", "MARIADB_ROOT_PASSWORD", "MARIADB_DATABASE", NULL },
    { "mongo", "27017", "/data/db", NULL, "MONGO_INITDB_DATABASE", NULL },
    { "rabbitmq", "5672", "/var/lib/rabbitmq", NULL, NULL, NULL },
    { "memcached", "11211", NULL, NULL, NULL, NULL },
    { "elasticsearch", "9200", "/usr/share/elasticsearch/data", NULL, NULL, NULL },
    { "grafana", "3000", "/var/lib/grafana", NULL, NULL, NULL },
    { "prometheus", "9090", "/prometheus", NULL, NULL, NULL },
    { "jenkins", "8080", "/var/jenkins_home", NULL, NULL, NULL },
    { "tomcat", "8080", NULL, NULL, NULL, NULL },
    { "registry", "5000", "/var/lib/registry", NULL, NULL, NULL },
};

static const struct known *known_of(const struct slots *s)
{
    const char *image = slots_get(s, "image");
    image = image != NULL ? image : slots_get(s, "known_image");
    if (image == NULL)
        return NULL;
    const char *slash = strrchr(image, '/'), *base = slash != NULL ? slash + 1 : image;
    size_t n = strcspn(base, ":@");
    for (size_t i = 0; i < OP_LEN(known); i++)
        if (strlen(known[i].image) == n && strncmp(known[i].image, base, n) == 0)
            return &known[i];
    return NULL;
}

static void add_pair(struct slots *s, const char *outer, const char *inner)
{
    OP_AUTO_FREE char *pair = op_asprintf("%s:%s", outer, inner);
    slots_add(s, "docker_ports", pair);
}

/* "port 80 to 8080" may be said either way round: the port that the image listens on is the container's. */
static void ports(struct slots *s, const struct known *k)
{
    const char *a = slots_get(s, "port_a"), *b = slots_get(s, "port_b");
    const char *inner = slots_get(s, "port_inner"), *outer = slots_get(s, "port_outer");
    for (size_t i = 0; i < s->n; i++)
        if (strcmp(s->v[i].name, "ports") == 0)
            slots_add(s, "docker_ports", s->v[i].value);
    if (inner != NULL && outer != NULL)
        add_pair(s, outer, inner);
    const bool swapped = k != NULL && op_str_eq(a, k->port) && !op_str_eq(b, k->port);
    if (a != NULL && b != NULL)
        add_pair(s, swapped ? b : a, swapped ? a : b);
    const bool paired = slots_get(s, "docker_ports") != NULL, several = slots_count(s, "port_one") > 1;
    for (size_t i = 0; i < s->n; i++) {
        bool one = strcmp(s->v[i].name, "port_one") == 0 || (!paired && strcmp(s->v[i].name, "port") == 0);
        const char *port = one ? s->v[i].value : NULL;
        if (port != NULL)
            add_pair(s, port, k != NULL && !several ? k->port : port);
    }
}

static void add_env(struct slots *s, const char *variable, const char *slot)
{
    const char *value = slots_get(s, slot);
    if (value == NULL || variable == NULL)
        return;
    OP_AUTO_FREE char *pair = op_asprintf("%s=%s", variable, value);
    slots_add(s, "env", pair);
    slots_drop(s, slot);
}

static void words(struct slots *s)
{
    const char *command = slots_get(s, "docker_command");
    struct op_err err = OP_ERR_INIT;
    OP_AUTO_JSON *list = command != NULL ? op_json_parse(command, strlen(command), OP_JSON_LOOSE, &err) : NULL;
    OP_JSON_EACH(word, list) { /* not slots_add: a word may be said twice */
        slots_push(s, "docker_words", op_json_text(word));
    }
}

/* "./backend" → backend: what an image of a folder is called when nobody says it. */
static void image_of_folder(struct slots *s)
{
    const char *context = slots_get(s, "build_context");
    if (context == NULL)
        return;
    char name[80];
    size_t end = strlen(context);
    while (end > 0 && context[end - 1] == '/')
        end--;
    size_t from = end;
    while (from > 0 && context[from - 1] != '/')
        from--;
    size_t n = 0;
    for (size_t i = from; i < end && n + 1 < sizeof(name); i++)
        name[n++] = (char)tolower((unsigned char)context[i]);
    name[n] = '\0';
    if (isalnum((unsigned char)*name))
        slots_set(s, "folder_tag", name);
    slots_set(s, "file", context);
}

/* "memory 8gb" as minikube's settings have it: `key`, `value` → `name`, `amount`. */
static void local_setting(struct slots *s, const char *const names[4])
{
    const char *key = slots_get(s, names[0]), *value = slots_get(s, names[1]);
    int64_t n = 0;
    if (key == NULL)
        return;
    const bool disk = strncmp(key, "disk", 4) == 0, memory = strcmp(key, "memory") == 0;
    slots_set(s, names[2], disk ? "disk-size" : strcmp(key, "cpu") == 0 ? "cpus" : key);
    if (value == NULL || (!disk && !memory)) {
        if (value != NULL)
            slots_set(s, names[3], value);
        return;
    }
    size_t digits = strspn(value, "0123456789");
    char number[24];
    (void)snprintf(number, sizeof(number), "%.*s", (int)(digits < 20 ? digits : 20), value);
    const bool plain = op_str_int(number, 1, 1000000, &n) && value[digits] == '\0';
    const bool giga = value[digits] == 'g' || value[digits] == 'G' || (plain && n < 256); /* more are megabytes */
    slots_setf(s, names[3], "%s%s", number, giga ? "g" : "");
}

static void local_settings(struct slots *s)
{
    static const char *const one[] = { "config_key", "config_value", "config_name", "config_amount" };
    static const char *const two[] = { "config_key_two", "config_value_two", "config_name_two", "config_amount_two" };
    const char *from = slots_get(s, "mount_from"), *to = slots_get(s, "mount_to");
    local_setting(s, one);
    local_setting(s, two);
    if (from != NULL && to != NULL)
        slots_setf(s, "mount_map", "%s:%s", from, to);
    if (op_str_eq(slots_get(s, "node_role"), "control-plane"))
        slots_set(s, "mk_control", "true");
}

/* The folder of a Dockerfile elsewhere, a second folder (two folders are two images: asked about), all platforms in one. */
static void image_words(struct frame *f)
{
    struct slots *s = &f->slots;
    const char *recipe = slots_get(s, "docker_recipe"), *slash = recipe != NULL ? strrchr(recipe, '/') : NULL;
    if (slash != NULL && slash != recipe)
        slots_setf(s, "recipe_folder", "%.*s", (int)(slash - recipe), recipe);
    char second[300] = "", platforms[160] = "";
    size_t files = 0, n = 0;
    for (size_t i = 0; i < s->n; i++) {
        const char *value = s->v[i].value;
        if (strcmp(s->v[i].name, "file") == 0 && ++files == 2)
            (void)snprintf(second, sizeof(second), "%s", value);
        if (strcmp(s->v[i].name, "platform_many") != 0)
            continue;
        const char *os = strchr(value, '/') != NULL ? "" : "linux/";
        int printed = snprintf(platforms + n, sizeof(platforms) - n, "%s%s%s", n > 0 ? "," : "", os, value);
        n = printed > 0 && n + (size_t)printed < sizeof(platforms) ? n + (size_t)printed : n;
    }
    if (*second != '\0' && op_str_eq(f->verb, "build"))
        slots_set(s, "second_folder", second);
    if (*platforms != '\0')
        slots_set(s, "docker_platform", platforms);
}

/* "as v2": a tag of the same image; "as shop/web:2", "as site": another name. */
static void tag_words(struct slots *s)
{
    static const char *const usual[] = { "latest", "stable", "dev", "prod", "staging", "test", "production", "release" };
    const char *to = slots_get(s, "tag_to"), *image = slots_get(s, "image");
    if (to == NULL)
        return;
    const bool tag = strpbrk(to, ":/") == NULL && (strpbrk(to, "0123456789") != NULL || OP_IN(to, usual));
    if (!tag)
        slots_set(s, "tag_full", to);
    else if (image != NULL)
        slots_setf(s, "tag_full", "%.*s:%s", (int)strcspn(image, ":"), image, to);
}

void derive_beside(struct frame *f)
{
    static const char *const kinds[] = { "container", "image", "dockerfile", "dockervolume", "dockernetwork" };
    struct slots *s = &f->slots;
    static const char *const following[] = { "tail", "watch" };
    bool docker = op_str_eq(f->program, "docker") || op_str_eq(f->verb, "build") || slots_get(s, "build_context") != NULL;
    if (slots_get(s, "compose_tails") != NULL && slots_get(s, "tail") == NULL)
        slots_set(s, "compose_follow", "true");
    if (frame_has_topic(f, "follow") || (f->verb != NULL && OP_IN(f->verb, following) && slots_get(s, "tail") == NULL))
        slots_set(s, "compose_follow", "true");
    for (size_t i = 0; i < f->n_kinds; i++)
        docker = docker || OP_IN(f->kinds[i], kinds);
    local_settings(s);
    if (slots_get(s, "docker_command") != NULL && slots_get(s, "docker_words") == NULL && !docker)
        words(s);
    if (!docker && (f->makes == NULL || !OP_IN(f->makes, kinds)))
        return;
    const struct known *k = known_of(s);
    const char *shell = slots_get(s, "docker_shell"), *status = slots_get(s, "docker_status");
    const char *volume = slots_get(s, "data_volume");
    words(s);
    image_of_folder(s);
    if (op_str_eq(shell, "bash"))
        slots_set(s, "docker_bash", "true");
    if (status != NULL) {
        bool health = strstr(status, "healthy") != NULL, crashed = strcmp(status, "crashed") == 0;
        slots_setf(s, "docker_filter", "%s=%s", health ? "health" : "status", crashed ? "exited" : status);
    }
    static const char *const limits[] = { "docker_restart", "docker_memory", "docker_cpus" };
    for (size_t i = 0; i < OP_LEN(limits); i++)
        if (slots_get(s, limits[i]) != NULL)
            slots_set(s, "docker_limit", "true");
    ports(s, k);
    image_words(f);
    tag_words(s);
    const char *prior = slots_get(s, "prior_volume"), *at = slots_get(s, "volume_at");
    if (prior != NULL && at != NULL) {
        OP_AUTO_FREE char *map = op_asprintf("%s:%s", prior, at);
        slots_add(s, "docker_volumes", map);
        slots_drop(s, "volume_at");
    }
    if (volume != NULL && k != NULL && k->data != NULL) {
        OP_AUTO_FREE char *map = op_asprintf("%s:%s", volume, k->data);
        slots_add(s, "docker_volumes", map);
        slots_drop(s, "data_volume");
    }
    if (k != NULL) {
        add_env(s, k->password, "db_password");
        add_env(s, k->database, "db_name");
        if (k->user != NULL)
            add_env(s, k->user, "docker_user");
    }
}
