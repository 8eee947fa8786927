/* Owns the rules about ARG and ENV: what is used without being declared, and what should not be in an image at all. */
#include "lint_i.h"

#include "opsh/base/str.h"

#include <strings.h>

enum { MOST_NAMES = 400 };

/* What images of the registries everybody uses bring along; another image's environment is not known without it. */
static const char *const from_images[] = {
    "JAVA_HOME",      "JAVA_VERSION",   "LANG",           "LANGUAGE",       "LC_ALL",
    "GOPATH",         "GOLANG_VERSION", "GOTOOLCHAIN",    "NODE_VERSION",   "YARN_VERSION",
    "PYTHON_VERSION", "GPG_KEY",        "PYTHON_SHA256",  "RUSTUP_HOME",    "CARGO_HOME",
    "RUST_VERSION",   "NGINX_VERSION",  "NJS_VERSION",    "MAVEN_HOME",     "MAVEN_CONFIG",
    "GRADLE_HOME",    "GRADLE_VERSION", "PGDATA",         "PG_MAJOR",       "PG_VERSION",
    "GEM_HOME",       "BUNDLE_PATH",    "RUBY_VERSION",   "CATALINA_HOME",  "PHP_INI_DIR",
    "PHP_VERSION",    "COMPOSER_HOME",  "DOTNET_VERSION", "ASPNET_VERSION", "BUN_INSTALL_BIN",
    "DENO_DIR",       "DENO_VERSION",   "SHLVL",          "HOME",           NULL
};

static bool puts_variables_in(enum df_kind k)
{
    static const enum df_kind kinds[] = { DF_ADD,   DF_ARG,        DF_COPY, DF_ENV,    DF_EXPOSE,
                                          DF_LABEL, DF_STOPSIGNAL, DF_USER, DF_VOLUME, DF_WORKDIR };
    for (size_t i = 0; i < OP_LEN(kinds); i++)
        if (kinds[i] == k)
            return true;
    return false;
}

/* What this instruction declares. */
static void declare(const struct df_line *l, struct op_strv *names)
{
    bool legacy = l->kind == DF_ENV && strchr(l->words.v[0], '=') == NULL;
    for (size_t w = 0; w < (legacy ? 1 : l->words.n) && names->n < MOST_NAMES; w++) {
        OP_AUTO_FREE char *key = op_df_key(l->words.v[w]);
        if (!op_strv_has(names, key))
            op_strv_take(names, op_steal(&key));
    }
}

static const char *nearest(const char *name, const struct op_strv *names)
{
    const char *best = NULL;
    unsigned least = 3;
    for (size_t i = 0; i < names->n; i++) {
        unsigned far = strcasecmp(name, names->v[i]) == 0 ? 0 : op_str_distance(name, names->v[i], least);
        if (far < least) {
            least = far;
            best = names->v[i];
        }
    }
    return best;
}

static void undefined_in(struct op_lint_run *run, const struct df_line *l, const struct op_strv *known, bool image)
{
    OP_AUTO_STRV used = OP_STRV_INIT;
    op_df_uses(l->text, run->f->escape, false, &used);
    for (size_t i = 0; i < used.n; i++) {
        if (op_strv_has(known, used.v[i]) || (image && op_lint_among(used.v[i], from_images)))
            continue;
        const char *near = nearest(used.v[i], known);
        OP_AUTO_FREE char *advice =
            near != NULL ? op_asprintf("Did you mean $%s?", near)
                         : op_asprintf("Declare it in this stage: ARG %s, or ENV %s=…", used.v[i], used.v[i]);
        op_lint_say(run, l, 0, advice, "$%s is not declared here and becomes nothing%s", used.v[i],
                    image ? ", unless the base image sets it" : "");
    }
}

static void defined_variables(struct op_lint_run *run, const struct df_line *none)
{
    (void)none;
    static const char *const always[] = { "PATH",        "HTTP_PROXY", "http_proxy", "HTTPS_PROXY",
                                          "https_proxy", "FTP_PROXY",  "ftp_proxy",  "NO_PROXY",
                                          "no_proxy",    "ALL_PROXY",  "all_proxy" };
    const struct df_file *f = run->f;
    struct op_strv *known = op_calloc(f->n_stages, sizeof(*known));
    for (size_t s = 0; s < f->n_stages; s++) {
        const struct df_stage *stage = &f->stages[s];
        size_t root = s;
        while (f->stages[root].parent != DF_NONE)
            root = f->stages[root].parent;
        bool image = strcmp(f->stages[root].base, "scratch") != 0;
        if (stage->parent != DF_NONE)
            op_strv_copy(&known[s], &known[stage->parent]);
        else
            for (size_t i = 0; i < OP_LEN(always); i++)
                op_strv_push(&known[s], always[i]);
        for (size_t i = stage->from + 1; i < stage->end; i++) {
            const struct df_line *l = &f->v[i];
            if (l->trouble != NULL || !puts_variables_in(l->kind))
                continue;
            undefined_in(run, l, &known[s], image);
            if (l->kind == DF_ENV || l->kind == DF_ARG)
                declare(l, &known[s]);
        }
    }
    for (size_t s = 0; s < f->n_stages; s++)
        op_strv_free(&known[s]);
    free(known);
}

/* ENV A=1 B=$A: B gets what A was before. */
static void not_in_the_same(struct op_lint_run *run, const struct df_line *l)
{
    OP_AUTO_STRV own = OP_STRV_INIT;
    OP_AUTO_STRV before = OP_STRV_INIT;
    OP_AUTO_STRV used = OP_STRV_INIT;
    if (strchr(l->words.v[0], '=') == NULL)
        return;
    declare(l, &own);
    op_df_uses(l->text, run->f->escape, true, &used);
    for (const struct df_line *x = run->f->v; x < l; x++)
        if ((x->kind == DF_ENV || x->kind == DF_ARG) && x->trouble == NULL)
            declare(x, &before);
    for (size_t i = 0; i < used.n; i++)
        if (op_strv_has(&own, used.v[i]) && !op_strv_has(&before, used.v[i]) && strcmp(used.v[i], "PATH") != 0)
            op_lint_say(run, l, 0, "Write two ENV instructions",
                        "$%s is set by this same ENV: here it still has its old value", used.v[i]);
}

/* A part of the name between underscores is one of these words. */
static bool has_part(const char *name, const char *const *words)
{
    for (const char *s = name;; s++) {
        size_t n = strcspn(s, "_");
        for (size_t i = 0; words[i] != NULL; i++)
            if (strlen(words[i]) == n && strncasecmp(s, words[i], n) == 0)
                return true;
        s += n;
        if (*s == '\0')
            return false;
    }
}

bool op_secret_name(const char *name)
{
    static const char *const secret[] = { "apikey", "auth",   "credential", "credentials", "key", "password",
                                          "pword",  "passwd", "secret",     "token",       NULL };
    static const char *const harmless[] = { "public", "file", "version", NULL };
    return has_part(name, secret) && !has_part(name, harmless);
}

static void no_secrets(struct op_lint_run *run, const struct df_line *l)
{
    OP_AUTO_STRV names = OP_STRV_INIT;
    declare(l, &names);
    for (size_t i = 0; i < names.n; i++)
        if (op_secret_name(names.v[i]))
            op_lint_say(
                run, l, 0,
                l->kind == DF_ARG ? "For the build: RUN --mount=type=secret,id=…; for the program: a Kubernetes Secret"
                                  : "Give it when the container starts: a Kubernetes Secret as environment",
                "%s \"%s\" stays readable in the image for everybody who has it", op_df_kind_name(l->kind), names.v[i]);
}

static const struct op_lint_rule rules[] = {
    { "UndefinedVar", OP_LINT_WARNING, DF_UNKNOWN, defined_variables, "Variables are declared before they are used",
      NULL, false },
    { "DL3044", OP_LINT_ERROR, DF_ENV, not_in_the_same, "An ENV does not use what it sets itself", NULL, false },
    { "SecretsUsedInArgOrEnv", OP_LINT_WARNING, DF_ARG, no_secrets, "No secrets in ARG", NULL, false },
    { "SecretsUsedInArgOrEnv", OP_LINT_WARNING, DF_ENV, no_secrets, "No secrets in ENV", NULL, false },
};

const struct op_lint_rules op_lint_variables = { rules, OP_LEN(rules) };
