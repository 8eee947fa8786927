/* Owns the rules about package managers in RUN: versions, caches and leftovers. */
#include "lint_i.h"

#include "opsh/base/str.h"

#define LIST(...) ((const char *const[]){ __VA_ARGS__, NULL })

bool op_lint_local(const char *w)
{
    return *w == '/' || *w == '.' || *w == '$' || strstr(w, "://") != NULL || strstr(w, "$()") != NULL ||
           strchr(w, '*') != NULL;
}

static bool apt_pinned(const char *w)
{
    return strchr(w, '=') != NULL || strchr(w, '/') != NULL || op_lint_local(w) || op_str_ends(w, ".deb") ||
           op_str_ends(w, "-");
}

static bool pip_pinned(const char *w)
{
    return strpbrk(w, "=<>@/!~") != NULL || op_lint_local(w) || op_str_ends(w, ".whl") || op_str_ends(w, ".tar.gz");
}

static bool npm_pinned(const char *w)
{
    return strchr(w + 1, '@') != NULL || op_lint_local(w) || op_str_ends(w, ".tgz") ||
           (strchr(w, '/') != NULL && *w != '@');
}

static bool apk_pinned(const char *w)
{
    return strpbrk(w, "=<>~") != NULL || op_lint_local(w) || op_str_ends(w, ".apk") || *w == '!';
}

static const struct op_lint_manager apt = {
    LIST("apt-get", "apt", "aptitude"), LIST("install"),
    LIST("-o", "--option", "-t", "--target-release", "-c", "--config-file", "-a"), apt_pinned,
    "apt-get install %s=VERSION (apt-cache policy %s shows it), or ignore this rule where Debian's fixes are wanted"
};
static const struct op_lint_manager pip = {
    LIST("pip", "pip3", "pip2", "pip3.9", "pip3.10", "pip3.11", "pip3.12", "pip3.13"), LIST("install"),
    LIST("-r", "--requirement", "-c", "--constraint", "-i", "--index-url", "--extra-index-url", "-t", "--target",
         "--prefix", "-f", "--find-links", "--trusted-host", "--progress-bar", "-e", "--editable", "--platform",
         "--python-version", "--only-binary", "--no-binary", "--root", "--upgrade-strategy", "--timeout", "--retries",
         "--cert", "--proxy", "--src", "--log"),
    pip_pinned, "pip install %s==VERSION, or pip install -r requirements.txt with all versions in it"
};
static const struct op_lint_manager npm = { LIST("npm"), LIST("install", "i", "add"),
                                            LIST("--prefix", "-C", "--registry", "--loglevel", "-w", "--workspace",
                                                 "--cache", "--userconfig"),
                                            npm_pinned, "npm install %s@VERSION, or npm ci with a package-lock.json" };
static const struct op_lint_manager apk = { LIST("apk"), LIST("add"),
                                            LIST("-t", "--virtual", "-X", "--repository", "-p", "--root", "--keys-dir",
                                                 "--cache-dir"),
                                            apk_pinned, "apk add %s=VERSION (apk policy %s shows it)" };

/* Is this command an installation by m? Its first package is at *at. */
bool op_lint_installs(const struct op_lint_argv *a, const struct op_lint_manager *m, size_t *at)
{
    if (a->n == 0 || !op_lint_among(a->v[0], m->programs))
        return false;
    for (size_t i = 1; i < a->n; i++) {
        if (a->v[i][0] != '-') {
            *at = i + 1;
            return op_lint_among(a->v[i], m->verbs);
        }
        i += op_lint_among(a->v[i], m->valued);
    }
    return false;
}

static bool any_installs(const struct df_line *l, const struct op_lint_manager *m)
{
    for (size_t c = 0; c < l->n_commands; c++) {
        struct op_lint_argv a = op_lint_argv(&l->commands[c]);
        size_t at = 0;
        if (op_lint_installs(&a, m, &at))
            return true;
    }
    return false;
}

void op_lint_pinned(struct op_lint_run *run, const struct df_line *l, const struct op_lint_manager *m)
{
    OP_AUTO_BUF loose = { .max = 200 };
    const char *first = NULL;
    for (size_t c = 0; c < l->n_commands; c++) {
        struct op_lint_argv a = op_lint_argv(&l->commands[c]);
        size_t at = 0;
        if (!op_lint_installs(&a, m, &at) || op_lint_has(&a, LIST("-c", "--constraint")))
            continue;
        for (size_t i = at; i < a.n; i++) {
            if (a.v[i][0] == '-') {
                i += op_lint_among(a.v[i], m->valued);
            } else if (!m->pinned(a.v[i])) {
                op_buf_addf(&loose, "%s%s", first != NULL ? ", " : "", a.v[i]);
                first = first != NULL ? first : a.v[i];
            }
        }
    }
    if (first == NULL)
        return;
    OP_AUTO_BUF advice = OP_BUF_INIT; /* the package in place of each %s */
    for (const char *s = m->advice; *s != '\0'; s++) {
        if (strncmp(s, "%s", 2) == 0)
            op_buf_adds(&advice, first);
        else
            op_buf_addc(&advice, *s);
        s += strncmp(s, "%s", 2) == 0;
    }
    op_lint_say(run, l, 0, op_buf_str(&advice), "no version is named for %s%s", op_buf_str(&loose),
                loose.cut ? "…" : "");
}

static void apt_versions(struct op_lint_run *run, const struct df_line *l)
{
    op_lint_pinned(run, l, &apt);
}

static void pip_versions(struct op_lint_run *run, const struct df_line *l)
{
    op_lint_pinned(run, l, &pip);
}

static void npm_versions(struct op_lint_run *run, const struct df_line *l)
{
    op_lint_pinned(run, l, &npm);
}

static void apk_versions(struct op_lint_run *run, const struct df_line *l)
{
    op_lint_pinned(run, l, &apk);
}

/* A command `program verb` in l, or NULL. */
bool op_lint_runs(const struct df_line *l, const char *const *programs, const char *const *verbs)
{
    for (size_t c = 0; c < l->n_commands; c++) {
        struct op_lint_argv a = op_lint_argv(&l->commands[c]);
        if (a.n != 0 && op_lint_among(a.v[0], programs) && op_lint_among(op_lint_verb(&a, NULL), verbs))
            return true;
    }
    return false;
}

bool op_lint_removes(const struct df_line *l, const char *what)
{
    for (size_t c = 0; c < l->n_commands; c++) {
        struct op_lint_argv a = op_lint_argv(&l->commands[c]);
        for (size_t i = 1; i < a.n && (strcmp(a.v[0], "rm") == 0 || strcmp(a.v[0], "find") == 0); i++)
            if (strstr(a.v[i], what) != NULL)
                return true;
    }
    return false;
}

static void apt_lists(struct op_lint_run *run, const struct df_line *l)
{
    if (op_lint_kept(run, l) && op_lint_runs(l, LIST("apt-get", "apt", "aptitude"), LIST("update")) &&
        !op_lint_removes(l, "/var/lib/apt") && !op_lint_cached(l, "/var/lib/apt"))
        op_lint_say(run, l, 0, "End the same RUN with && rm -rf /var/lib/apt/lists/*",
                    "the package lists stay in the image (some 20 MB)");
}

/* Does the installation lack all of these options? short_y: also letters like -qy. */
static bool lacks(const struct op_lint_argv *a, const char *const *options, char letter)
{
    for (size_t i = 1; i < a->n; i++) {
        const char *w = a->v[i];
        if (op_lint_among(w, options) || (letter != '\0' && *w == '-' && w[1] != '-' && strchr(w, letter) != NULL))
            return false;
    }
    return true;
}

void op_lint_lacks(struct op_lint_run *run, const struct df_line *l, const struct op_lint_manager *m,
                   const char *const *options, char letter, const char *advice, const char *message)
{
    for (size_t c = 0; c < l->n_commands; c++) {
        struct op_lint_argv a = op_lint_argv(&l->commands[c]);
        size_t at = 0;
        if (op_lint_installs(&a, m, &at) && at < a.n && lacks(&a, options, letter)) {
            op_lint_say(run, l, 0, advice, "%s", message);
            return;
        }
    }
}

static void apt_yes(struct op_lint_run *run, const struct df_line *l)
{
    op_lint_lacks(run, l, &apt,
                  LIST("-qq", "--yes", "--assume-yes", "-q=2", "APT::Get::Assume-Yes=true", "APT::Get::Assume-Yes=1"),
                  'y', "apt-get install -y …", "apt-get would ask, and there is nobody to answer");
}

static void apt_recommends(struct op_lint_run *run, const struct df_line *l)
{
    op_lint_lacks(run, l, &apt,
                  LIST("--no-install-recommends", "APT::Install-Recommends=false", "APT::Install-Recommends=0",
                       "APT::Install-Recommends=no"),
                  '\0', "apt-get install -y --no-install-recommends …",
                  "recommended packages come along that nobody asked for");
}

static void apk_cache(struct op_lint_run *run, const struct df_line *l)
{
    if (!op_lint_cached(l, "/apk") && !op_lint_removes(l, "/var/cache/apk"))
        op_lint_lacks(run, l, &apk, LIST("--no-cache"), '\0', "apk add --no-cache …",
                      "the package index stays in the image");
}

static void pip_cache(struct op_lint_run *run, const struct df_line *l)
{
    if (op_lint_cached(l, "pip") || op_lint_cached(l, ".cache"))
        return;
    for (const struct df_line *x = run->f->v; x < l; x++)
        for (size_t w = 0; x->stage == l->stage && (x->kind == DF_ENV || x->kind == DF_ARG) && w < x->words.n; w++)
            if (op_str_starts(x->words.v[w], "PIP_NO_CACHE_DIR"))
                return;
    op_lint_lacks(run, l, &pip, LIST("--no-cache-dir"), '\0',
                  "pip install --no-cache-dir …, or RUN --mount=type=cache,target=/root/.cache/pip pip install …",
                  "pip's cache stays in the image");
}

static void yarn_cache(struct op_lint_run *run, const struct df_line *l)
{
    if (op_lint_runs(l, LIST("yarn"), LIST("install", "add")) && !op_lint_runs(l, LIST("yarn"), LIST("cache")) &&
        !op_lint_cached(l, "yarn") && !op_lint_cached(l, ".cache") && op_lint_kept(run, l))
        op_lint_say(run, l, 0, "… && yarn cache clean, or RUN --mount=type=cache,target=/usr/local/share/.cache/yarn",
                    "yarn's cache stays in the image");
}

static void apt_by_script(struct op_lint_run *run, const struct df_line *l)
{
    for (size_t c = 0; c < l->n_commands; c++) {
        struct op_lint_argv a = op_lint_argv(&l->commands[c]);
        if (strcmp(a.v[0], "apt") == 0) {
            op_lint_say(run, l, 0, "Write apt-get (or apt-cache)",
                        "apt is made for people: what it prints and takes changes");
            return;
        }
    }
}

/* apt-get install without an update in the same RUN takes lists from a cached layer. */
static void apt_update_apart(struct op_lint_run *run, const struct df_line *l)
{
    static const char *const apts[] = { "apt-get", "apt", "aptitude", NULL };
    if (op_lint_runs(l, apts, LIST("update")) && !any_installs(l, &apt) && !op_lint_cached(l, "/var/lib/apt") &&
        !op_lint_runs(l, apts, LIST("upgrade", "dist-upgrade", "full-upgrade")))
        op_lint_say(run, l, 0, "RUN apt-get update && apt-get install -y … in one instruction",
                    "apt-get update stands alone: its layer is cached, and later installations meet old lists");
}

static const struct op_lint_rule rules[] = {
    { "DL3008", OP_LINT_WARNING, DF_RUN, apt_versions, "apt-get installs named versions", NULL, false },
    { "DL3009", OP_LINT_INFO, DF_RUN, apt_lists, "apt's lists are deleted in the same RUN", NULL, false },
    { "DL3013", OP_LINT_WARNING, DF_RUN, pip_versions, "pip installs named versions", NULL, false },
    { "DL3014", OP_LINT_WARNING, DF_RUN, apt_yes, "apt-get install -y", NULL, false },
    { "DL3015", OP_LINT_INFO, DF_RUN, apt_recommends, "apt-get install --no-install-recommends", NULL, false },
    { "DL3016", OP_LINT_WARNING, DF_RUN, npm_versions, "npm installs named versions", NULL, false },
    { "DL3018", OP_LINT_WARNING, DF_RUN, apk_versions, "apk installs named versions", NULL, false },
    { "DL3019", OP_LINT_INFO, DF_RUN, apk_cache, "apk add --no-cache", NULL, false },
    { "DL3027", OP_LINT_WARNING, DF_RUN, apt_by_script, "apt-get in scripts, apt for people", NULL, false },
    { "DL3042", OP_LINT_WARNING, DF_RUN, pip_cache, "pip install --no-cache-dir", NULL, false },
    { "DL3060", OP_LINT_INFO, DF_RUN, yarn_cache, "yarn's cache is emptied in the same RUN", NULL, false },
    { "OPSH004", OP_LINT_WARNING, DF_RUN, apt_update_apart, "apt-get update and install belong into one RUN", NULL,
      false },
};

const struct op_lint_rules op_lint_packages = { rules, OP_LEN(rules) };
