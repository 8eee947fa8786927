/* Owns the rules about package managers of other systems and languages: yum, dnf, zypper, gem, go. */
#include "lint_i.h"

#include "opsh/base/str.h"

#define LIST(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* "httpd-2.4", "b-2*": a digit behind a dash. */
static bool rpm_pinned(const char *w)
{
    for (const char *s = strchr(w, '-'); s != NULL; s = strchr(s + 1, '-'))
        if (isdigit((unsigned char)s[1]))
            return true;
    return op_lint_local(w) || op_str_ends(w, ".rpm") || *w == '@' || strpbrk(w, "=<>") != NULL;
}

static bool zypper_pinned(const char *w)
{
    return strpbrk(w, "=<>~") != NULL || op_lint_local(w) || op_str_ends(w, ".rpm");
}

static bool gem_pinned(const char *w)
{
    return strchr(w, ':') != NULL || op_lint_local(w) || op_str_ends(w, ".gem");
}

static bool go_pinned(const char *w)
{
    const char *at = strchr(w, '@');
    return *w == '.' || *w == '/' || *w == '$' || (at != NULL && strcmp(at, "@latest") != 0) ||
           strchr(w, '.') == NULL || op_str_ends(w, ".go");
}

static const struct op_lint_manager yum = { LIST("yum"), LIST("install"),
                                            LIST("-c", "--enablerepo", "--disablerepo", "-x", "--exclude", "--setopt",
                                                 "--installroot", "--releasever"),
                                            rpm_pinned, "yum install -y %s-VERSION" };
static const struct op_lint_manager dnf = { LIST("dnf", "microdnf", "dnf5"), LIST("install"),
                                            LIST("-c", "--enablerepo", "--disablerepo", "--repo", "-x", "--exclude",
                                                 "--setopt", "--installroot", "--releasever"),
                                            rpm_pinned, "dnf install -y %s-VERSION" };
static const struct op_lint_manager zypper = { LIST("zypper"), LIST("install", "in"),
                                               LIST("-r", "--repo", "-t", "--type", "--from", "-C", "--capability"),
                                               zypper_pinned, "zypper install -y %s=VERSION" };
static const struct op_lint_manager gem = {
    LIST("gem"), LIST("install", "i"),
    LIST("-v", "--version", "-i", "--install-dir", "-n", "--bindir", "-s", "--source", "-P", "--trust-policy"),
    gem_pinned, "gem install %s:VERSION, or bundle install with a Gemfile.lock"
};
static const struct op_lint_manager go = { LIST("go"), LIST("install"),
                                           LIST("-o", "-ldflags", "-tags", "-mod", "-gcflags"), go_pinned,
                                           "go install %s@VERSION" };

static void yum_versions(struct op_lint_run *run, const struct df_line *l)
{
    op_lint_pinned(run, l, &yum);
}

static void dnf_versions(struct op_lint_run *run, const struct df_line *l)
{
    op_lint_pinned(run, l, &dnf);
}

static void zypper_versions(struct op_lint_run *run, const struct df_line *l)
{
    op_lint_pinned(run, l, &zypper);
}

/* -v names the version of all gems of the command. */
static void gem_versions(struct op_lint_run *run, const struct df_line *l)
{
    for (size_t c = 0; c < l->n_commands; c++) {
        struct op_lint_argv a = op_lint_argv(&l->commands[c]);
        if (a.n != 0 && strcmp(a.v[0], "gem") == 0 && op_lint_has(&a, LIST("-v", "--version")))
            return;
    }
    op_lint_pinned(run, l, &gem);
}

static void go_versions(struct op_lint_run *run, const struct df_line *l)
{
    op_lint_pinned(run, l, &go);
}

static void yum_yes(struct op_lint_run *run, const struct df_line *l)
{
    op_lint_lacks(run, l, &yum, LIST("--assumeyes"), 'y', "yum install -y …",
                  "yum would ask, and there is nobody to answer");
}

static void dnf_yes(struct op_lint_run *run, const struct df_line *l)
{
    op_lint_lacks(run, l, &dnf, LIST("--assumeyes"), 'y', "dnf install -y …",
                  "dnf would ask, and there is nobody to answer");
}

static void zypper_yes(struct op_lint_run *run, const struct df_line *l)
{
    op_lint_lacks(run, l, &zypper, LIST("--non-interactive", "--no-confirm", "-n"), 'y', "zypper install -y …",
                  "zypper would ask, and there is nobody to answer");
}

static void no_upgrade_of_all(struct op_lint_run *run, const struct df_line *l)
{
    if (op_lint_runs(l, LIST("zypper"), LIST("dist-upgrade", "dup")))
        op_lint_say(run, l, 0, "Take a newer base image",
                    "zypper dist-upgrade makes another system of the base image, a different one each day");
}

/* What an installation leaves behind, in a stage that is kept. */
static void leaves_cache(struct op_lint_run *run, const struct df_line *l, const struct op_lint_manager *m,
                         const char *cache)
{
    bool installed = false;
    for (size_t c = 0; c < l->n_commands && !installed; c++) {
        struct op_lint_argv a = op_lint_argv(&l->commands[c]);
        size_t at = 0;
        installed = op_lint_installs(&a, m, &at);
    }
    OP_AUTO_FREE char *advice =
        op_asprintf("End the same RUN with && %s clean%s", m->programs[0], m == &zypper ? "" : " all");
    if (installed && op_lint_kept(run, l) && !op_lint_runs(l, m->programs, LIST("clean", "cc")) &&
        !op_lint_removes(l, cache) && !op_lint_cached(l, cache))
        op_lint_say(run, l, 0, advice, "%s's cache stays in the image", m->programs[0]);
}

static void yum_cache(struct op_lint_run *run, const struct df_line *l)
{
    leaves_cache(run, l, &yum, "/var/cache/yum");
}

static void dnf_cache(struct op_lint_run *run, const struct df_line *l)
{
    leaves_cache(run, l, &dnf, "/var/cache/dnf");
}

static void zypper_cache(struct op_lint_run *run, const struct df_line *l)
{
    leaves_cache(run, l, &zypper, "/var/cache/zypp");
}

static const struct op_lint_rule rules[] = {
    { "DL3028", OP_LINT_WARNING, DF_RUN, gem_versions, "gem installs named versions", NULL, false },
    { "DL3030", OP_LINT_WARNING, DF_RUN, yum_yes, "yum install -y", NULL, false },
    { "DL3032", OP_LINT_WARNING, DF_RUN, yum_cache, "yum clean all in the same RUN", NULL, false },
    { "DL3033", OP_LINT_WARNING, DF_RUN, yum_versions, "yum installs named versions", NULL, false },
    { "DL3034", OP_LINT_WARNING, DF_RUN, zypper_yes, "zypper install -y", NULL, false },
    { "DL3035", OP_LINT_WARNING, DF_RUN, no_upgrade_of_all, "No zypper dist-upgrade", NULL, false },
    { "DL3036", OP_LINT_WARNING, DF_RUN, zypper_cache, "zypper clean in the same RUN", NULL, false },
    { "DL3037", OP_LINT_WARNING, DF_RUN, zypper_versions, "zypper installs named versions", NULL, false },
    { "DL3038", OP_LINT_WARNING, DF_RUN, dnf_yes, "dnf install -y", NULL, false },
    { "DL3040", OP_LINT_WARNING, DF_RUN, dnf_cache, "dnf clean all in the same RUN", NULL, false },
    { "DL3041", OP_LINT_WARNING, DF_RUN, dnf_versions, "dnf installs named versions", NULL, false },
    { "DL3062", OP_LINT_WARNING, DF_RUN, go_versions, "go install names versions", NULL, false },
};

const struct op_lint_rules op_lint_managers = { rules, OP_LEN(rules) };
