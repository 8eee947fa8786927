/* Owns the rules about single instructions and their form: CMD, COPY, EXPOSE, WORKDIR, LABEL and the rest. */
#include "lint_i.h"

#include "opsh/base/str.h"

#include <strings.h>

/* ---- the same instruction twice ---- */

/* The next instruction of this kind in the stage of l, or NULL. */
static const struct df_line *again(const struct op_lint_run *run, const struct df_line *l)
{
    for (const struct df_line *x = l + 1; x < run->f->v + run->f->n && x->stage == l->stage; x++)
        if (x->kind == l->kind && x->trouble == NULL)
            return x;
    return NULL;
}

static void only_once(struct op_lint_run *run, const struct df_line *l)
{
    const struct df_line *later = l->stage != DF_NONE ? again(run, l) : NULL;
    if (later != NULL)
        op_lint_say(run, l, 0, "Keep one", "this %s has no effect: line %zu has another", op_df_kind_name(l->kind),
                    later->line);
}

static void one_of_each(struct op_lint_run *run, const struct df_line *none)
{
    (void)none;
    for (size_t i = 0; i < run->f->n; i++) {
        const struct df_line *l = &run->f->v[i];
        if (l->trouble == NULL && (l->kind == DF_CMD || l->kind == DF_ENTRYPOINT || l->kind == DF_HEALTHCHECK))
            only_once(run, l);
    }
}

/* ---- CMD and ENTRYPOINT ---- */

static void exec_form(struct op_lint_run *run, const struct df_line *l)
{
    if (l->json || l->words.n == 0)
        return;
    OP_AUTO_BUF advice = OP_BUF_INIT;
    op_buf_addf(&advice, "%s [", op_df_kind_name(l->kind));
    for (size_t i = 0; i < l->words.n && i < 12; i++) {
        op_buf_adds(&advice, i != 0 ? ", \"" : "\"");
        for (const char *c = l->words.v[i]; *c != '\0'; c++)
            op_buf_addf(&advice, "%s%c", *c == '"' || *c == '\\' ? "\\" : "", *c);
        op_buf_addc(&advice, '"');
    }
    op_buf_adds(&advice, "]");
    bool almost = l->text[0] == '[';
    bool shell = strpbrk(l->text, "&|;$<>") != NULL;
    op_lint_say(run, l, 0,
                almost  ? "Write a JSON list: double quotes, commas between, none at the end"
                : shell ? "Write a JSON list; where a shell is needed: [\"sh\", \"-c\", \"exec …\"]"
                        : op_buf_str(&advice),
                almost ? "this is no JSON, so a shell runs it as text: it will not start"
                       : "a shell runs this, and the program does not get the signal to stop");
}

static void exec_form_unless_shell(struct op_lint_run *run, const struct df_line *l)
{
    for (const struct df_line *x = run->f->v; x < l; x++)
        if (x->kind == DF_SHELL && x->stage == l->stage)
            return;
    exec_form(run, l);
}

static void json_arguments(struct op_lint_run *run, const struct df_line *none)
{
    (void)none;
    for (size_t i = 0; i < run->f->n; i++) {
        const struct df_line *l = &run->f->v[i];
        if (l->kind == DF_CMD || l->kind == DF_ENTRYPOINT)
            run->rule->twin != NULL &&strcmp(run->rule->name, "DL3025") == 0 ? exec_form(run, l)
                                                                             : exec_form_unless_shell(run, l);
    }
}

/* ---- WORKDIR, COPY, ADD ---- */

static bool absolute(const char *path)
{
    return *path == '/' || *path == '$' || *path == '\\' || (isalpha((unsigned char)*path) && path[1] == ':');
}

static void absolute_workdir(struct op_lint_run *run, const struct df_line *l)
{
    if (!absolute(l->words.v[0]))
        op_lint_say(run, l, 0, "Write the whole path, as WORKDIR /app",
                    "WORKDIR \"%s\" depends on where the image happens to be", l->words.v[0]);
}

/* Has an absolute WORKDIR been set before l, in its stage or one that it is built upon? */
static bool workdir_before(const struct op_lint_run *run, const struct df_line *l, bool any)
{
    for (const struct df_line *x = run->f->v; x < l; x++) {
        bool seen = false;
        for (size_t s = l->stage; s != DF_NONE && !seen; s = run->f->stages[s].parent)
            seen = x->stage == s;
        if (seen && x->kind == DF_WORKDIR && x->words.n != 0 && (any || absolute(x->words.v[0])))
            return true;
    }
    return false;
}

static void workdir_from_nowhere(struct op_lint_run *run, const struct df_line *l)
{
    if (l->stage != DF_NONE && !absolute(l->words.v[0]) && !workdir_before(run, l, false))
        op_lint_say(run, l, 0, "Write the whole path, as WORKDIR /app",
                    "\"%s\" is relative to whatever the base image sets", l->words.v[0]);
}

static void copy_needs_workdir(struct op_lint_run *run, const struct df_line *l)
{
    if (l->stage == DF_NONE || absolute(l->words.v[l->words.n - 1]) || workdir_before(run, l, true))
        return;
    op_lint_say(run, l, 0, "Set WORKDIR first, or copy to a whole path", "\"%s\" is relative and no WORKDIR is set",
                l->words.v[l->words.n - 1]);
}

static bool archive(const char *path)
{
    static const char *const ends[] = { ".tar", ".gz", ".bz2", ".xz",   ".tgz", ".tbz2", ".txz",
                                        ".zst", ".Z",  ".lz",  ".lzma", ".tb2", ".tlz",  ".tpz" };
    for (size_t i = 0; i < OP_LEN(ends); i++)
        if (op_str_ends(path, ends[i]))
            return true;
    return false;
}

static void copy_not_add(struct op_lint_run *run, const struct df_line *l)
{
    for (size_t i = 0; i + 1 < l->words.n; i++) {
        const char *from = l->words.v[i];
        if (strstr(from, "://") != NULL || op_str_starts(from, "git@") || op_str_starts(from, "<<") || archive(from) ||
            *from == '$')
            continue;
        op_lint_say(run, l, 0, "Write COPY: ADD also unpacks and downloads, which nobody expects here",
                    "ADD is used for the plain file \"%s\"", from);
        return;
    }
}

static void folder_for_many(struct op_lint_run *run, const struct df_line *l)
{
    const char *to = l->words.v[l->words.n - 1];
    size_t from = 0;
    for (size_t i = 0; i + 1 < l->words.n; i++)
        from += !op_str_starts(l->words.v[i], "<<") || l->heredocs.n > 1;
    if (from > 1 && !op_str_ends(to, "/") && strcmp(to, ".") != 0 && strcmp(to, "..") != 0 && *to != '$')
        op_lint_say(run, l, 0, "End the target with a slash",
                    "several files are copied to \"%s\", which is not said to be a folder", to);
}

static void copies_ignored(struct op_lint_run *run, const struct df_line *none)
{
    (void)none;
    /* with exceptions, whether a folder is out depends on what is in it */
    for (size_t i = 0; run->ignores.patterns.n != 0 && !run->ignores.exceptions && i < run->f->n; i++) {
        const struct df_line *l = &run->f->v[i];
        bool copies =
            (l->kind == DF_COPY || l->kind == DF_ADD) && op_df_flag(l, "from", 0) == NULL && l->trouble == NULL;
        for (size_t w = 0; copies && w + 1 < l->words.n; w++) {
            const char *from = l->words.v[w];
            if (strpbrk(from, "*?[$") == NULL && strstr(from, "://") == NULL && !op_str_starts(from, "<<") &&
                op_ignored(&run->ignores, from))
                op_lint_say(run, l, 0, "Take it out of .dockerignore, or do not copy it",
                            ".dockerignore leaves \"%s\" out: the build will not find it", from);
        }
    }
}

/* ---- EXPOSE ---- */

static void valid_ports(struct op_lint_run *run, const struct df_line *l)
{
    for (size_t i = 0; i < l->words.n; i++) {
        int64_t port = 0;
        OP_AUTO_FREE char *number = op_strndup(l->words.v[i], strcspn(l->words.v[i], "/-"));
        if (op_str_int(number, INT64_MIN, INT64_MAX, &port) && (port < 0 || port > 65535))
            op_lint_say(run, l, 0, "Ports are numbers up to 65535", "\"%s\" is no port", l->words.v[i]);
    }
}

static void protocol_casing(struct op_lint_run *run, const struct df_line *l)
{
    for (size_t i = 0; i < l->words.n; i++) {
        const char *slash = strchr(l->words.v[i], '/');
        for (const char *s = slash; s != NULL && *s != '\0'; s++)
            if (isupper((unsigned char)*s)) {
                op_lint_say(run, l, 0, "Write tcp, udp or sctp in small letters",
                            "the protocol of \"%s\" has capital letters", l->words.v[i]);
                break;
            }
    }
}

static void only_ports(struct op_lint_run *run, const struct df_line *l)
{
    for (size_t i = 0; i < l->words.n; i++)
        if (strchr(l->words.v[i], ':') != NULL && strchr(l->words.v[i], '$') == NULL)
            op_lint_say(run, l, 0, "Write the container's port alone; a Service (or docker run -p) maps it",
                        "\"%s\" has an address or a port of the host in it", l->words.v[i]);
}

/* ---- the rest ---- */

static void no_maintainer(struct op_lint_run *run, const struct df_line *l)
{
    op_lint_say(run, l, 0, "LABEL org.opencontainers.image.authors=\"…\"", "MAINTAINER is no longer supported");
}

static void empty_continuation(struct op_lint_run *run, const struct df_line *none)
{
    (void)none;
    for (size_t i = 0; i < run->f->n; i++)
        if (run->f->v[i].gap != 0)
            op_lint_say(run, &run->f->v[i], run->f->v[i].gap, "Delete the line; it will be an error",
                        "an empty line inside of %s", run->f->v[i].name);
}

static bool all_lower(const char *s)
{
    return s[strcspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")] == '\0';
}

static bool all_upper(const char *s)
{
    return s[strcspn(s, "abcdefghijklmnopqrstuvwxyz")] == '\0';
}

static void instruction_casing(struct op_lint_run *run, const struct df_line *none)
{
    (void)none;
    size_t low = 0, up = 0;
    for (size_t i = 0; i < run->f->n; i++) {
        const struct df_line *l = &run->f->v[i];
        if (l->kind == DF_UNKNOWN || l->stage == DF_NONE)
            continue;
        low += all_lower(l->name);
        up += all_upper(l->name);
    }
    for (size_t i = 0; i < run->f->n; i++) {
        const struct df_line *l = &run->f->v[i];
        bool as_most = low > up ? all_lower(l->name) : all_upper(l->name);
        if (l->kind != DF_UNKNOWN && l->stage != DF_NONE && !as_most)
            op_lint_say(run, l, 0, low > up ? "Write it in small letters" : "Write it in capital letters",
                        "\"%s\" is not written as the other instructions are", l->name);
    }
}

static void legacy_pairs(struct op_lint_run *run, const struct df_line *l)
{
    if (strchr(l->words.v[0], '=') == NULL)
        op_lint_say(run, l, 0, "Write NAME=value", "%s %s is written with a space, the old form",
                    op_df_kind_name(l->kind), l->words.v[0]);
}

static void no_trigger_chain(struct op_lint_run *run, const struct df_line *l)
{
    enum df_kind inner = l->words.n != 0 ? op_df_kind(l->words.v[0]) : DF_UNKNOWN;
    if (inner == DF_ONBUILD || inner == DF_FROM || inner == DF_MAINTAINER)
        op_lint_say(run, l, 0, "ONBUILD takes any other instruction", "ONBUILD %s is not allowed",
                    op_df_kind_name(inner));
}

static void health_check(struct op_lint_run *run, const struct df_line *none)
{
    (void)none;
    const struct df_stage *last = op_lint_last(run);
    bool starts = false;
    for (size_t i = 0; last != NULL && i < run->f->n; i++) {
        const struct df_line *l = &run->f->v[i];
        if (l->kind == DF_HEALTHCHECK && op_lint_kept(run, l))
            return;
        starts = starts || ((l->kind == DF_CMD || l->kind == DF_ENTRYPOINT) && op_lint_kept(run, l));
    }
    if (last != NULL && starts)
        op_lint_say(run, &run->f->v[last->from], 0,
                    "HEALTHCHECK CMD … with a program that the image has; Kubernetes does not read it and takes probes",
                    "the image has no HEALTHCHECK");
}

static bool is_root(const char *user)
{
    OP_AUTO_FREE char *name = op_strndup(user, strcspn(user, ":"));
    return strcmp(name, "root") == 0 || strcmp(name, "0") == 0;
}

static void not_root(struct op_lint_run *run, const struct df_line *l)
{
    const struct df_stage *last = op_lint_last(run);
    if (last != NULL && l >= run->f->v + last->from && again(run, l) == NULL && is_root(l->words.v[0]))
        op_lint_say(run, l, 0, "End with a user that is not root, by number so that Kubernetes can tell: USER 1001",
                    "the program runs as %s", l->words.v[0]);
}

static const struct op_lint_rule rules[] = {
    { "DL3000", OP_LINT_ERROR, DF_WORKDIR, absolute_workdir, "WORKDIR is an absolute path", "WorkdirRelativePath",
      false },
    { "WorkdirRelativePath", OP_LINT_WARNING, DF_WORKDIR, workdir_from_nowhere,
      "A relative WORKDIR needs an absolute one before it", "DL3000", false },
    { "DL3002", OP_LINT_WARNING, DF_USER, not_root, "The last USER is not root", NULL, false },
    { "DL3011", OP_LINT_ERROR, DF_EXPOSE, valid_ports, "Ports are between 0 and 65535", NULL, false },
    { "DL3020", OP_LINT_ERROR, DF_ADD, copy_not_add, "COPY for files and folders, ADD for archives and URLs", NULL,
      false },
    { "DL3021", OP_LINT_ERROR, DF_COPY, folder_for_many, "The target of several files ends with a slash", NULL, false },
    { "DL3025", OP_LINT_WARNING, DF_UNKNOWN, json_arguments, "CMD and ENTRYPOINT are JSON lists", "JSONArgsRecommended",
      false },
    { "JSONArgsRecommended", OP_LINT_WARNING, DF_UNKNOWN, json_arguments, "CMD and ENTRYPOINT are JSON lists", "DL3025",
      false },
    { "DL3043", OP_LINT_ERROR, DF_ONBUILD, no_trigger_chain, "ONBUILD takes no ONBUILD, FROM or MAINTAINER", NULL,
      false },
    { "DL3045", OP_LINT_WARNING, DF_COPY, copy_needs_workdir, "COPY to a relative path needs a WORKDIR", NULL, false },
    { "DL3057", OP_LINT_INFO, DF_UNKNOWN, health_check, "The image says how its health is checked", NULL, false },
    { "DL4000", OP_LINT_ERROR, DF_MAINTAINER, no_maintainer, "MAINTAINER is deprecated", "MaintainerDeprecated",
      false },
    { "MaintainerDeprecated", OP_LINT_WARNING, DF_MAINTAINER, no_maintainer, "MAINTAINER is deprecated", "DL4000",
      false },
    { "DL3012", OP_LINT_ERROR, DF_HEALTHCHECK, only_once, "One HEALTHCHECK a stage", "MultipleInstructionsDisallowed",
      false },
    { "DL4003", OP_LINT_WARNING, DF_CMD, only_once, "One CMD a stage", "MultipleInstructionsDisallowed", false },
    { "DL4004", OP_LINT_ERROR, DF_ENTRYPOINT, only_once, "One ENTRYPOINT a stage", "MultipleInstructionsDisallowed",
      false },
    { "MultipleInstructionsDisallowed", OP_LINT_WARNING, DF_UNKNOWN, one_of_each,
      "One CMD, ENTRYPOINT and HEALTHCHECK a stage", NULL, false },
    { "NoEmptyContinuation", OP_LINT_WARNING, DF_UNKNOWN, empty_continuation, "No empty lines within an instruction",
      NULL, false },
    { "ConsistentInstructionCasing", OP_LINT_WARNING, DF_UNKNOWN, instruction_casing, "Instructions are written alike",
      NULL, false },
    { "LegacyKeyValueFormat", OP_LINT_WARNING, DF_ENV, legacy_pairs, "ENV NAME=value", NULL, false },
    { "LegacyKeyValueFormat", OP_LINT_WARNING, DF_LABEL, legacy_pairs, "LABEL name=value", NULL, false },
    { "ExposeProtoCasing", OP_LINT_WARNING, DF_EXPOSE, protocol_casing, "Protocols in small letters", NULL, false },
    { "ExposeInvalidFormat", OP_LINT_WARNING, DF_EXPOSE, only_ports, "EXPOSE takes ports of the container only", NULL,
      false },
    { "CopyIgnoredFile", OP_LINT_WARNING, DF_UNKNOWN, copies_ignored, "Nothing is copied that .dockerignore leaves out",
      NULL, false },
};

const struct op_lint_rules op_lint_form = { rules, OP_LEN(rules) };
