/* Owns the rules about what RUN does in a shell, packages apart. */
#include "lint_i.h"

#include "opsh/base/str.h"

#include <strings.h>

#define LIST(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* The program is one of these, in some command of l. */
static const char *uses(const struct df_line *l, const char *const *programs)
{
    for (size_t c = 0; c < l->n_commands; c++) {
        const char *program = l->commands[c].words.v[0];
        struct op_lint_argv behind = op_lint_argv(&l->commands[c]); /* of sudo */
        if (op_lint_among(program, programs))
            return program;
        if (behind.n != 0 && op_lint_among(behind.v[0], programs))
            return behind.v[0];
    }
    return NULL;
}

static void no_sudo(struct op_lint_run *run, const struct df_line *l)
{
    if (uses(l, LIST("sudo")) != NULL)
        op_lint_say(run, l, 0, "RUN works as root until USER: leave sudo out; to go down from root: gosu or setpriv",
                    "sudo is used in a build");
}

/* A RUN of one cd does nothing at all; one that begins with it reads better with WORKDIR. */
static void workdir_not_cd(struct op_lint_run *run, const struct df_line *l)
{
    if (l->n_commands == 1 && strcmp(l->commands[0].words.v[0], "cd") == 0)
        op_lint_say(run, l, 0, "Write WORKDIR", "cd is forgotten at the end of its RUN");
}

static void high_uid(struct op_lint_run *run, const struct df_line *l)
{
    for (size_t c = 0; c < l->n_commands; c++) {
        struct op_lint_argv a = op_lint_argv(&l->commands[c]);
        if (a.n == 0 || strcmp(a.v[0], "useradd") != 0 || op_lint_has(&a, LIST("-l", "--no-log-init")))
            continue;
        for (size_t i = 1; i < a.n; i++) {
            const char *w = a.v[i];
            const char *uid = op_str_starts(w, "--uid=")                                         ? w + 6
                              : (strcmp(w, "-u") == 0 || strcmp(w, "--uid") == 0) && i + 1 < a.n ? a.v[i + 1]
                              : strncmp(w, "-u", 2) == 0                                         ? w + 2
                                                                                                 : "";
            if (strlen(uid) > 5 && uid[strspn(uid, "0123456789")] == '\0')
                op_lint_say(run, l, 0, "useradd --no-log-init …",
                            "a user id like %s without -l makes a huge, sparse /var/log/lastlog", uid);
        }
    }
}

static bool same_flags(const struct df_line *a, const struct df_line *b)
{
    return op_strv_equal(&a->flags, &b->flags);
}

static void merge_runs(struct op_lint_run *run, const struct df_line *l)
{
    if (l == run->f->v)
        return;
    const struct df_line *before = l - 1;
    if (before->kind == DF_RUN && before->stage == l->stage && before->n_commands == 1 && l->n_commands == 1 &&
        same_flags(before, l) && l->heredocs.n == 0 && before->heredocs.n == 0)
        op_lint_say(run, l, 0, "Join them with &&: each RUN is a layer", "the RUN above could be this same one");
}

static void wget_or_curl(struct op_lint_run *run, const struct df_line *l)
{
    bool wget = uses(l, LIST("wget")) != NULL, curl = uses(l, LIST("curl")) != NULL;
    if (!wget && !curl)
        return;
    bool wget_before = wget && curl, curl_before = wget && curl;
    for (const struct df_line *x = run->f->v; x < l; x++) {
        if (x->kind != DF_RUN || x->stage != l->stage)
            continue;
        wget_before = wget_before || uses(x, LIST("wget")) != NULL;
        curl_before = curl_before || uses(x, LIST("curl")) != NULL;
    }
    if ((wget && curl_before) || (curl && wget_before))
        op_lint_say(run, l, 0, "Take one of them for all downloads", "both wget and curl are used");
}

/* The SHELL that reads l, in the stage or one that it is built upon; NULL: the image's. */
static const struct df_line *shell_of(const struct op_lint_run *run, const struct df_line *l)
{
    for (size_t s = l->stage; s != DF_NONE; s = run->f->stages[s].parent) {
        const struct df_line *last = NULL;
        for (size_t i = run->f->stages[s].from; i < run->f->stages[s].end && &run->f->v[i] < l; i++)
            if (run->f->v[i].kind == DF_SHELL && run->f->v[i].trouble == NULL)
                last = &run->f->v[i];
        if (last != NULL)
            return last;
    }
    return NULL;
}

static void pipefail(struct op_lint_run *run, const struct df_line *l)
{
    const struct df_line *shell = shell_of(run, l);
    bool piped = false;
    for (size_t c = 0; c < l->n_commands; c++) {
        const struct op_strv *w = &l->commands[c].words;
        piped = piped || l->commands[c].piped;
        if (strcmp(w->v[0], "set") == 0 && op_strv_has(w, "pipefail"))
            return;
        for (size_t i = 1; i < w->n && (op_str_ends(w->v[0], "sh")); i++) /* bash -o pipefail -c "…" */
            if (strcmp(w->v[i], "pipefail") == 0)
                return;
    }
    for (size_t i = 0; shell != NULL && i < shell->words.n; i++)
        if (strcmp(shell->words.v[i], "pipefail") == 0 || strcasestr(shell->words.v[i], "powershell") != NULL ||
            strcasestr(shell->words.v[i], "pwsh") != NULL || strcasestr(shell->words.v[i], "cmd") != NULL)
            return;
    if (piped)
        op_lint_say(run, l, 0,
                    "SHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"] above it (on Alpine /bin/ash with -eo), or "
                    "begin with set -o pipefail &&",
                    "when the first command of the pipe fails, the build goes on");
}

static void quiet_wget(struct op_lint_run *run, const struct df_line *l)
{
    static const char *const quiet[] = { "-q", "--quiet", "-nv", "--no-verbose", "--report-speed=bits", "-o",
                                         "-a", "-O-",     NULL };
    for (size_t c = 0; c < l->n_commands; c++) {
        struct op_lint_argv a = op_lint_argv(&l->commands[c]);
        bool spoken = a.n > 1 && strcmp(a.v[0], "wget") == 0 && !op_lint_has(&a, quiet);
        for (size_t i = 1; i < a.n; i++)
            if (op_str_starts(a.v[i], "--progress") || op_str_starts(a.v[i], "--output-file") ||
                op_str_starts(a.v[i], "--append-output") ||
                (a.v[i][0] == '-' && a.v[i][1] != '-' && strchr(a.v[i], 'q') != NULL))
                spoken = false;
        if (spoken) {
            op_lint_say(run, l, 0, "wget -nv …, or wget --progress=dot:giga …",
                        "wget's progress fills the log of the build");
            return;
        }
    }
}

static void shell_not_link(struct op_lint_run *run, const struct df_line *l)
{
    for (size_t c = 0; c < l->n_commands; c++) {
        struct op_lint_argv a = op_lint_argv(&l->commands[c]);
        if (a.n > 2 && strcmp(a.v[0], "ln") == 0 && strcmp(a.v[a.n - 1], "/bin/sh") == 0)
            op_lint_say(run, l, 0, "SHELL [\"/bin/bash\", \"-c\"]",
                        "the shell of the image is exchanged for all its scripts");
    }
}

static void senseless(struct op_lint_run *run, const struct df_line *l)
{
    const char *program = uses(l, LIST("ssh", "vim", "shutdown", "service", "ps", "free", "top", "kill", "mount",
                                       "ifconfig", "systemctl", "nano"));
    if (program != NULL)
        op_lint_say(run, l, 0, "Leave it out", "%s makes no sense while an image is built", program);
}

static const struct op_lint_rule rules[] = {
    { "DL3001", OP_LINT_INFO, DF_RUN, senseless, "No programs that make no sense in a build", NULL, false },
    { "DL3047", OP_LINT_INFO, DF_RUN, quiet_wget, "wget without a progress bar", NULL, false },
    { "DL4005", OP_LINT_WARNING, DF_RUN, shell_not_link, "SHELL instead of a link to /bin/sh", NULL, false },
    { "DL3003", OP_LINT_WARNING, DF_RUN, workdir_not_cd, "WORKDIR instead of cd", NULL, false },
    { "DL3004", OP_LINT_ERROR, DF_RUN, no_sudo, "No sudo in builds", NULL, false },
    { "DL3046", OP_LINT_WARNING, DF_RUN, high_uid, "useradd -l with a high user id", NULL, false },
    { "DL3059", OP_LINT_INFO, DF_RUN, merge_runs, "RUN instructions behind each other are one", NULL, false },
    { "DL4001", OP_LINT_WARNING, DF_RUN, wget_or_curl, "wget or curl, not both", NULL, false },
    { "DL4006", OP_LINT_WARNING, DF_RUN, pipefail, "Pipes fail when any of their commands does", NULL, false },
};

const struct op_lint_rules op_lint_shell = { rules, OP_LEN(rules) };
