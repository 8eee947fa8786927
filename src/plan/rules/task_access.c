/* Who may do what, as tasks describe it: accounts, roles of just what was said, bindings. Nothing is granted over the
 * whole cluster that was not asked for in so many words. */
#include "task.h"

#include "opsh/base/str.h"

enum { GRANTS_MAX = 12 };

struct grant {
    char verbs[300], kinds[300];
    struct op_strv names;
};

static void append(char *to, size_t size, const char *words)
{
    size_t n = strlen(to);
    (void)snprintf(to + n, size - n, "%s%s", n > 0 ? "," : "", words);
}

/* Verbs and kinds as they came: where the first of them comes again, another rule begins. */
static size_t grants_of(const struct task_object *o, struct grant *v)
{
    size_t n = 0;
    const char *first = NULL;
    for (size_t i = 0; i < o->facts.n; i++) {
        const char *key = o->facts.v[i].name, *value = o->facts.v[i].value;
        bool verbs = strcmp(key, "verbs") == 0, kinds = strcmp(key, "things") == 0;
        if (strcmp(key, "resource_name") == 0 && n > 0)
            op_strv_push(&v[n - 1].names, value);
        if (!verbs && !kinds)
            continue;
        first = first != NULL ? first : key;
        bool whole = n > 0 && *v[n - 1].verbs != '\0' && *v[n - 1].kinds != '\0';
        if ((n == 0 || (strcmp(key, first) == 0 && whole)) && n < GRANTS_MAX)
            v[n++] = (struct grant){ .names = OP_STRV_INIT };
        append(verbs ? v[n - 1].verbs : v[n - 1].kinds, sizeof(v->verbs), value);
    }
    return n;
}

static void grants_free(struct grant *v, size_t n)
{
    for (size_t i = 0; i < n; i++)
        op_strv_free(&v[i].names);
}

static bool grants_whole(const struct grant *v, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (*v[i].verbs == '\0' || *v[i].kinds == '\0')
            return false;
    return n > 0;
}

static struct op_json *rules_of(const struct grant *v, size_t n)
{
    struct op_json *all = op_json_array();
    for (size_t i = 0; i < n; i++) {
        OP_AUTO_JSON *rules = op_json_array();
        build_rules(rules, v[i].kinds, v[i].verbs);
        OP_JSON_EACH(rule, rules) {
            struct op_json *copy = op_json_dup(rule);
            for (size_t k = 0; k < v[i].names.n; k++)
                op_json_push(manifest_list(copy, "resourceNames"), op_json_string(v[i].names.v[k]));
            op_json_push(all, copy);
        }
    }
    return all;
}

static void print_role(struct op_buf *out, bool wide, const char *name, const char *ns, const struct grant *v, size_t n)
{
    OP_AUTO_JSON *doc =
        manifest_new("rbac.authorization.k8s.io/v1", wide ? "ClusterRole" : "Role", name, wide ? NULL : ns);
    op_json_set(doc, "rules", rules_of(v, n));
    manifest_print(out, doc);
}

/* A bare name is a person's, unless it is what machines are called. */
static bool machine(const char *who)
{
    static const char *const words[] = { "ci",         "cd",         "jenkins", "argocd",   "argo",       "flux",
                                         "gitlab",     "runner",     "bot",     "robot",    "deployer",   "agent",
                                         "operator",   "controller", "builder", "pipeline", "prometheus", "grafana",
                                         "monitoring", "spinnaker",  "tekton" };
    static const char *const ends[] = { "-sa",    "-bot",      "-account",    "-runner",
                                        "-agent", "-operator", "-controller", "-ci" };
    bool is = OP_IN(who, words);
    for (size_t i = 0; i < OP_LEN(ends) && !is; i++)
        is = op_str_ends(who, ends[i]);
    return is;
}

/* Everybody who was named, each once. */
static size_t add_subjects(struct op_json *doc, const struct task *t, const struct task_object *o, bool someone)
{
    static const char *const rows[][2] = {
        { "sa", "ServiceAccount" }, { "user", "User" }, { "group", "Group" }, { "someone", "User" }
    };
    const char *ns = slots_get(&o->frame.slots, "ns"),
               *here = ns != NULL ? ns : slots_get(&o->frame.slots, "current_ns");
    size_t n = 0;
    for (size_t i = 0; i < o->facts.n; i++) {
        for (size_t k = 0; k < OP_LEN(rows) - !someone; k++) {
            const char *who = o->facts.v[i].value, *colon = strchr(who, ':');
            if (strcmp(o->facts.v[i].name, rows[k][0]) != 0)
                continue;
            bool account = k == 0 || (k == 3 && machine(who));
            const char *where =
                i + 1 < o->facts.n && strcmp(o->facts.v[i + 1].name, "sa_ns") == 0 ? o->facts.v[i + 1].value : here;
            const struct task_object *made = account && where == here ? task_before(t, o, "serviceaccount") : NULL;
            if (made != NULL && slots_get(&made->frame.slots, "ns") != NULL && op_str_eq(fact(made, "name"), who))
                where = slots_get(&made->frame.slots, "ns");
            struct op_json *s = manifest_item(manifest_list(doc, "subjects"));
            OP_AUTO_FREE char *first = account && colon != NULL ? op_strndup(who, (size_t)(colon - who)) : NULL;
            op_json_set_str(s, "kind", account ? "ServiceAccount" : rows[k][1]);
            op_json_set_str(s, "name", first != NULL ? colon + 1 : who);
            if (account)
                manifest_text(s, "namespace", first != NULL ? first : where);
            else
                op_json_set_str(s, "apiGroup", "rbac.authorization.k8s.io");
            n++;
        }
    }
    return n;
}

static bool print_binding(struct op_buf *out, const struct task *t, const struct task_object *o, bool wide,
                          const char *name, const char *role_kind, const char *role)
{
    const char *ns = slots_get(&o->frame.slots, "ns");
    OP_AUTO_JSON *doc = manifest_new("rbac.authorization.k8s.io/v1", wide ? "ClusterRoleBinding" : "RoleBinding", name,
                                     wide ? NULL : ns);
    if (add_subjects(doc, t, o, true) == 0) {
        const struct task_object *made = task_before(t, o, "serviceaccount");
        if (strcmp(o->kind, "serviceaccount") == 0)
            made = o;
        if (made == NULL || fact(made, "name") == NULL)
            return false;
        const char *where = slots_get(&made->frame.slots, "ns");
        struct op_json *s = manifest_item(manifest_list(doc, "subjects"));
        op_json_set_str(s, "kind", "ServiceAccount");
        op_json_set_str(s, "name", fact(made, "name"));
        manifest_text(s, "namespace", where != NULL ? where : slots_get(&o->frame.slots, "current_ns"));
    }
    struct op_json *ref = manifest_in(doc, "roleRef");
    op_json_set_str(ref, "apiGroup", "rbac.authorization.k8s.io");
    op_json_set_str(ref, "kind", role_kind);
    op_json_set_str(ref, "name", role);
    manifest_print(out, doc);
    return true;
}

/* "view" of "viewer"; the roles that every cluster has. */
static const char *level(const struct task_object *o)
{
    static const char *const rows[][2] = { { "viewer", "view" }, { "editor", "edit" } };
    const char *said = fact(o, "level");
    for (size_t i = 0; i < OP_LEN(rows); i++)
        if (op_str_eq(said, rows[i][0]))
            return rows[i][1];
    return said;
}

static const char *who_of(const struct task_object *o)
{
    static const char *const facts[] = { "sa", "user", "group", "someone" };
    for (size_t i = 0; i < OP_LEN(facts); i++)
        if (fact(o, facts[i]) != NULL)
            return fact(o, facts[i]);
    return NULL;
}

static char *grant_name(const char *who, const char *a, const char *b)
{
    char *text = op_asprintf("%s%s%s%s%s", who, a != NULL ? "-" : "", a != NULL ? a : "", b != NULL ? "-" : "",
                             b != NULL ? b : "");
    for (char *c = text; *c != '\0'; c++)
        *c = isalnum((unsigned char)*c) || *c == '.' ? (char)tolower((unsigned char)*c) : '-';
    if (strlen(text) > 63)
        text[63] = '\0';
    return text;
}

static bool has_subject(const struct task_object *o)
{
    return fact(o, "sa") != NULL || fact(o, "user") != NULL || fact(o, "group") != NULL;
}

/* "Bind it to the group ops with a ClusterRoleBinding called …": the binding comes by itself. */
static bool bound_later(const struct task *t, const struct task_object *o)
{
    for (const struct task_object *b = o + 1; b < t->v + t->n; b++)
        if (op_str_ends(b->kind, "binding"))
            return true;
    return false;
}

/* kubectl's own command, where it can say it. */
static bool plain_role(const struct grant *v, size_t n, const char *kind, const char *name, struct task_out *out)
{
    static const char *const special[] = { "scale", "restart" };
    if (n != 1 || strstr(v[0].kinds, "/") != NULL || strstr(v[0].kinds, "resource") != NULL)
        return false;
    for (size_t i = 0; i < OP_LEN(special); i++)
        if (strstr(v[0].verbs, special[i]) != NULL)
            return false;
    OP_AUTO_JSON *rules = rules_of(v, n);
    const struct op_json *first = op_json_first(rules);
    OP_AUTO_BUF verbs = OP_BUF_INIT, kinds = OP_BUF_INIT;
    OP_JSON_EACH(verb, op_json_get(first, "verbs")) {
        op_buf_addf(&verbs, "%s%s", verbs.len > 0 ? "," : "", op_json_text(verb));
    }
    OP_JSON_EACH(rule, rules) {
        OP_JSON_EACH(resource, op_json_get(rule, "resources")) {
            op_buf_addf(&kinds, "%s%s", kinds.len > 0 ? "," : "", op_json_text(resource));
        }
    }
    task_words(&out->argv, (const char *const[]){ "create", kind, name, NULL });
    op_strv_pushf(&out->argv, "--verb=%s", op_buf_str(&verbs));
    op_strv_pushf(&out->argv, "--resource=%s", op_buf_str(&kinds));
    for (size_t k = 0; k < v[0].names.n; k++)
        op_strv_pushf(&out->argv, "--resource-name=%s", v[0].names.v[k]);
    return true;
}

bool task_role(const struct task *t, struct task_object *o, struct task_out *out)
{
    struct grant v[GRANTS_MAX];
    size_t n = grants_of(o, v);
    const char *name = fact(o, "name"), *who = who_of(o);
    OP_AUTO_FREE char *own = name == NULL && who != NULL && n > 0 ? grant_name(who, "role", NULL) : NULL;
    name = name != NULL ? name : own;
    bool ok = grants_whole(v, n) && name != NULL, wide = strcmp(o->kind, "clusterrole") == 0;
    const struct task_object *account = task_before(t, o, "serviceaccount");
    if (fact(o, "bind") != NULL && !has_subject(o) && !bound_later(t, o)) { /* "… and bind the role to the account" */
        if (account == NULL || fact(account, "name") == NULL) {
            grants_free(v, n);
            return false;
        }
        fact_add(o, "sa", fact(account, "name"));
        who = who_of(o);
    }
    bool bound = has_subject(o) && !bound_later(t, o);
    if (ok && (bound || !plain_role(v, n, o->kind, name, out))) {
        print_role(&out->manifest, wide, name, slots_get(&o->frame.slots, "ns"), v, n);
        if (bound) {
            OP_AUTO_FREE char *binding = grant_name(name, who, NULL);
            ok = print_binding(&out->manifest, t, o, wide, binding, wide ? "ClusterRole" : "Role", name);
        }
    }
    if (ok && own != NULL)
        fact_add(o, "name", own);
    grants_free(v, n);
    return ok;
}

bool task_binding(const struct task *t, struct task_object *o, struct task_out *out)
{
    bool wide = strcmp(o->kind, "clusterrolebinding") == 0;
    const struct task_object *role = task_before(t, o, "role"), *cluster = task_before(t, o, "clusterrole");
    const char *ref = fact(o, "role"), *kind = "Role";
    if (fact(o, "clusterrole") != NULL || level(o) != NULL) {
        ref = fact(o, "clusterrole") != NULL ? fact(o, "clusterrole") : level(o);
        kind = "ClusterRole";
    } else if (ref == NULL && (cluster != NULL || role != NULL)) {
        bool use = cluster != NULL && (role == NULL || cluster > role);
        ref = fact(use ? cluster : role, "name");
        kind = use ? "ClusterRole" : "Role";
    }
    if (ref == NULL || (wide && strcmp(kind, "Role") == 0))
        return false;
    const struct task_object *account = task_before(t, o, "serviceaccount"), *of = role != NULL ? role : cluster;
    static const char *const who_facts[] = { "sa", "sa_ns", "user", "group" };
    bool lent = of != NULL && !has_subject(o); /* "bind it to the user mia with a RoleBinding" */
    for (size_t i = 0; lent && i < of->facts.n; i++)
        if (OP_IN(of->facts.v[i].name, who_facts))
            fact_add(o, of->facts.v[i].name, of->facts.v[i].value);
    const char *who = who_of(o) != NULL ? who_of(o)
                      : account != NULL ? fact(account, "name")
                                        : NULL,
               *name = fact(o, "name");
    if (who == NULL)
        return false;
    OP_AUTO_FREE char *own = name == NULL ? grant_name(who, ref, NULL) : NULL;
    return print_binding(&out->manifest, t, o, wide, name != NULL ? name : own, kind, ref);
}

/* A role and its binding, or the binding of a role that is there. */
static bool grant(const struct task *t, const struct task_object *o, const char *who, struct task_out *out)
{
    struct grant v[GRANTS_MAX];
    size_t n = grants_of(o, v);
    bool wide = fact(o, "wide") != NULL || op_str_eq(level(o), "cluster-admin"), ok = true;
    const char *ref = fact(o, "clusterrole") != NULL ? fact(o, "clusterrole") : level(o), *role = fact(o, "role");
    const char *ns = slots_get(&o->frame.slots, "ns");
    if (ref != NULL || role != NULL) {
        OP_AUTO_FREE char *name = grant_name(who, ref != NULL ? ref : role, NULL);
        ok = n == 0 && print_binding(&out->manifest, t, o, wide, name, ref != NULL ? "ClusterRole" : "Role",
                                     ref != NULL ? ref : role);
    } else {
        ok = grants_whole(v, n);
        OP_AUTO_FREE char *name = ok ? grant_name(who, v[0].verbs, v[0].kinds) : NULL;
        if (ok)
            print_role(&out->manifest, wide, name, ns, v, n);
        ok = ok && print_binding(&out->manifest, t, o, wide, name, wide ? "ClusterRole" : "Role", name);
    }
    grants_free(v, n);
    if (fact(o, "someone") != NULL)
        out->why = machine(fact(o, "someone"))
                       ? "A name like that is taken to be a service account; if it is a user, say \"the user …\"."
                       : "The name is taken to be a user; if it is a service account, say \"the service account …\".";
    return ok;
}

bool task_grant(const struct task *t, struct task_object *o, struct task_out *out)
{
    const char *who = who_of(o);
    return who != NULL && grant(t, o, who, out);
}

bool task_account(const struct task *t, struct task_object *o, struct task_out *out)
{
    const char *name = fact(o, "name"), *ns = slots_get(&o->frame.slots, "ns");
    bool grants = fact(o, "verbs") != NULL || fact(o, "things") != NULL || level(o) != NULL ||
                  fact(o, "role") != NULL || fact(o, "clusterrole") != NULL;
    if (name == NULL)
        return false;
    if (!grants) {
        task_words(&out->argv, (const char *const[]){ "create", "serviceaccount", name, NULL });
        return true;
    }
    OP_AUTO_JSON *doc = manifest_new("v1", "ServiceAccount", name, ns);
    manifest_print(&out->manifest, doc);
    return grant(t, o, name, out);
}
