/* Owns the rules about FROM, stages and what is copied between them, and about what is no Dockerfile at all. */
#include "lint_i.h"

#include "opsh/base/str.h"

#include <strings.h>

static void syntax(struct op_lint_run *run, const struct df_line *none)
{
    (void)none;
    const struct df_file *f = run->f;
    for (size_t i = 0; f->n_stages != 0 && i < f->n; i++)
        if (f->v[i].trouble != NULL)
            op_lint_say(run, &f->v[i], 0, "docker build would stop here: see the Dockerfile reference for the form",
                        "%s", f->v[i].trouble);
    if (f->n_stages == 0)
        op_lint_say(run, NULL, 1, "Begin with an image: FROM debian:12-slim",
                    "this is no Dockerfile: no FROM says what to build upon");
    if (f->cut != 0)
        op_lint_say(run, NULL, f->cut, "Split the file", "more than %zu instructions: what comes here was not read",
                    DF_LINES_MAX);
}

static void begins_with_from(struct op_lint_run *run, const struct df_line *none)
{
    (void)none;
    for (size_t i = 0; i < run->f->n && run->f->v[i].stage == DF_NONE; i++) {
        const struct df_line *l = &run->f->v[i];
        if (l->kind != DF_ARG && l->trouble == NULL)
            op_lint_say(run, l, 0, "Only ARG may stand before the first FROM", "%s stands before the first FROM",
                        op_df_kind_name(l->kind));
    }
}

static size_t stage_named(const struct df_file *f, const char *name, size_t before)
{
    for (size_t i = 0; i < before; i++)
        if (f->stages[i].name != NULL && op_str_ieq(f->stages[i].name, name))
            return i;
    return DF_NONE;
}

/* The image that a FROM names, where that is known before the build: not another stage, each variable with a default.
 * owned */
static char *known_image(const struct op_lint_run *run, const struct df_line *l)
{
    const struct df_stage *s = &run->f->stages[l->stage];
    OP_AUTO_STRV values = OP_STRV_INIT;
    OP_AUTO_STRV used = OP_STRV_INIT;
    op_lint_globals(run, &values);
    op_df_uses(s->base, run->f->escape, false, &used);
    for (size_t i = 0; i < used.n; i++)
        if (op_str_empty(op_df_value(&values, used.v[i], strlen(used.v[i]))))
            return op_strdup("");
    OP_AUTO_FREE char *image = op_lint_image(run, s);
    return stage_named(run->f, image, l->stage) == DF_NONE ? op_steal(&image) : op_strdup("");
}

/* The tag of an image, "" without one; NULL: pinned by digest, or no image. */
static const char *tag_of(const char *image)
{
    if (*image == '\0' || strcmp(image, "scratch") == 0 || strchr(image, '@') != NULL)
        return NULL;
    const char *slash = strrchr(image, '/'), *colon = strchr(slash != NULL ? slash : image, ':');
    return colon != NULL ? colon + 1 : "";
}

static void tagged(struct op_lint_run *run, const struct df_line *l)
{
    OP_AUTO_FREE char *image = known_image(run, l);
    const char *tag = tag_of(image);
    if (tag != NULL && *tag == '\0')
        op_lint_say(run, l, 0, "Name the version that you test with, as node:22-slim or debian:12-slim",
                    "\"%s\" has no tag: each build may take another version", image);
}

static void not_latest(struct op_lint_run *run, const struct df_line *l)
{
    OP_AUTO_FREE char *image = known_image(run, l);
    const char *tag = tag_of(image);
    if (tag != NULL && strcmp(tag, "latest") == 0)
        op_lint_say(run, l, 0, "Name the version that you test with, as node:22-slim or debian:12-slim",
                    "\"%s\" is another image after each release", image);
}

static void copies_from_stage(struct op_lint_run *run, const struct df_line *l)
{
    const char *from = op_df_flag(l, "from", 0);
    int64_t number = 0;
    if (from == NULL || l->stage == DF_NONE || strpbrk(from, ":@/$") != NULL)
        return; /* an image, or not known before the build */
    if (op_str_int(from, 0, 1 << 20, &number) ? (size_t)number < l->stage
                                              : stage_named(run->f, from, l->stage) != DF_NONE)
        return;
    const char *own = run->f->stages[l->stage].name;
    if (own != NULL && op_str_ieq(own, from))
        return; /* DL3023 */
    op_lint_say(run, l, 0, "Copy from a stage above this one (FROM … AS name), or from an image with its tag",
                "no stage above is called \"%s\"", from);
}

static void copies_from_itself(struct op_lint_run *run, const struct df_line *l)
{
    const char *from = op_df_flag(l, "from", 0);
    const char *own = l->stage != DF_NONE ? run->f->stages[l->stage].name : NULL;
    if (from != NULL && own != NULL && op_str_ieq(from, own))
        op_lint_say(run, l, 0, "Copy from an earlier stage", "this stage is \"%s\" itself: it cannot copy from itself",
                    from);
}

static void unique_name(struct op_lint_run *run, const struct df_line *l)
{
    const char *name = run->f->stages[l->stage].name;
    if (name != NULL && stage_named(run->f, name, l->stage) != DF_NONE)
        op_lint_say(run, l, 0, "Give each stage a name of its own", "two stages are called \"%s\"", name);
}

static void name_casing(struct op_lint_run *run, const struct df_line *l)
{
    const char *name = run->f->stages[l->stage].name;
    for (const char *s = name; s != NULL && *s != '\0'; s++)
        if (isupper((unsigned char)*s)) {
            op_lint_say(run, l, 0, "Write the names of stages in small letters", "the stage \"%s\" has capital letters",
                        name);
            return;
        }
}

static void reserved_name(struct op_lint_run *run, const struct df_line *l)
{
    const char *name = run->f->stages[l->stage].name;
    if (name != NULL && (op_str_ieq(name, "scratch") || op_str_ieq(name, "context")))
        op_lint_say(run, l, 0, "Call the stage something else", "\"%s\" already means something to docker build", name);
}

static bool upper(const char *s)
{
    while (*s != '\0' && !islower((unsigned char)*s))
        s++;
    return *s == '\0';
}

static bool lower(const char *s)
{
    while (*s != '\0' && !isupper((unsigned char)*s))
        s++;
    return *s == '\0';
}

static void as_casing(struct op_lint_run *run, const struct df_line *l)
{
    if (l->words.n != 3 || (!upper(l->name) && !lower(l->name)))
        return;
    const char *as = l->words.v[1];
    if (upper(l->name) ? !upper(as) : !lower(as))
        op_lint_say(run, l, 0, upper(l->name) ? "Write FROM … AS …" : "Write from … as …",
                    "\"%s\" and \"%s\" are not written alike", l->name, as);
}

static void known_arguments(struct op_lint_run *run, const struct df_line *l)
{
    OP_AUTO_STRV values = OP_STRV_INIT;
    OP_AUTO_STRV names = OP_STRV_INIT;
    op_lint_globals(run, &values);
    op_df_uses(run->f->stages[l->stage].base, run->f->escape, false, &names);
    const char *platform = op_df_flag(l, "platform", 0);
    if (platform != NULL)
        op_df_uses(platform, run->f->escape, false, &names);
    for (size_t i = 0; i < names.n; i++)
        if (op_df_value(&values, names.v[i], strlen(names.v[i])) == NULL)
            op_lint_say(run, l, 0, "Declare it before the first FROM: ARG NAME=value",
                        "no ARG before the first FROM declares \"%s\"", names.v[i]);
}

/* A part of an image's name between slashes. */
static bool valid_part(const char *s, size_t n, bool host)
{
    if (n == 0 || (!host && (!isalnum((unsigned char)s[0]) || !isalnum((unsigned char)s[n - 1]))))
        return false;
    for (size_t i = 0; i < n; i++)
        if (!(islower((unsigned char)s[i]) || isdigit((unsigned char)s[i]) || strchr("._-", s[i]) != NULL ||
              (host && (isupper((unsigned char)s[i]) || s[i] == ':'))))
            return false;
    return true;
}

/* [host[:port]/]name[/name…][:tag][@digest] */
static bool valid_image(const char *s)
{
    OP_AUTO_FREE char *name = op_strndup(s, strcspn(s, "@"));
    const char *slash = strrchr(name, '/');
    char *colon = strchr(slash != NULL ? name + (slash - name) : name, ':');
    if (colon != NULL) {
        const char *tag = colon + 1;
        if (*tag == '\0' || strchr(".-", *tag) != NULL ||
            tag[strspn(tag, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-")] != '\0')
            return false;
        *colon = '\0';
    }
    bool first = true;
    for (const char *part = name;; first = false) {
        size_t n = strcspn(part, "/");
        bool host =
            first && part[n] == '/' &&
            (memchr(part, '.', n) != NULL || memchr(part, ':', n) != NULL || strncmp(part, "localhost", n) == 0);
        if (!valid_part(part, n, host))
            return false;
        if (part[n] == '\0')
            return true;
        part += n + 1;
    }
}

static void valid_default(struct op_lint_run *run, const struct df_line *l)
{
    const struct df_stage *s = &run->f->stages[l->stage];
    if (strchr(s->base, '$') == NULL)
        return;
    OP_AUTO_FREE char *image = op_lint_image(run, s);
    if (!valid_image(image))
        op_lint_say(run, l, 0, "Give the ARG a default that makes a whole image name",
                    "without --build-arg \"%s\" becomes \"%s\", which is no image", s->base, image);
}

static void redundant_platform(struct op_lint_run *run, const struct df_line *l)
{
    const char *platform = op_df_flag(l, "platform", 0);
    if (platform != NULL && (strcmp(platform, "$TARGETPLATFORM") == 0 || strcmp(platform, "${TARGETPLATFORM}") == 0))
        op_lint_say(run, l, 0, "Leave it out", "--platform=%s is what FROM does anyway", platform);
}

/* A constant is right in a stage that says so by its name. */
static void constant_platform(struct op_lint_run *run, const struct df_line *l)
{
    const char *platform = op_df_flag(l, "platform", 0), *name = run->f->stages[l->stage].name;
    if (platform == NULL || *platform == '\0' || strchr(platform, '$') != NULL)
        return;
    OP_AUTO_FREE char *os = op_strndup(platform, strcspn(platform, "/"));
    const char *slash = strchr(platform, '/');
    OP_AUTO_FREE char *arch = slash != NULL ? op_strndup(slash + 1, strcspn(slash + 1, "/")) : op_strdup(os);
    if (name != NULL && (strcasestr(name, os) != NULL || strcasestr(name, arch) != NULL))
        return;
    op_lint_say(run, l, 0,
                "Leave it out and say it when you build (docker build --platform …), or write $BUILDPLATFORM",
                "the platform is fixed to \"%s\": the image cannot be built for another", platform);
}

static void description(struct op_lint_run *run, const struct df_line *none)
{
    (void)none;
    for (size_t i = 0; i < run->f->n; i++) {
        const struct df_line *l = &run->f->v[i];
        const char *stage = l->kind == DF_FROM && l->trouble == NULL ? run->f->stages[l->stage].name : NULL;
        OP_AUTO_FREE char *key = l->kind == DF_ARG && l->words.n == 1 ? op_df_key(l->words.v[0]) : op_strdup(stage);
        if (key == NULL || op_str_empty(l->comment))
            continue;
        size_t n = strcspn(l->comment, " ");
        if (strncmp(l->comment, key, n) != 0 || key[n] != '\0')
            op_lint_say(run, l, 0, "Begin the comment with the name, or leave an empty line below it",
                        "the comment above does not describe \"%s\"", key);
    }
}

static const struct op_lint_rule rules[] = {
    { "DL1000", OP_LINT_ERROR, DF_UNKNOWN, syntax, "The file must be one that docker build takes", NULL, false },
    { "DL3061", OP_LINT_ERROR, DF_UNKNOWN, begins_with_from, "A Dockerfile begins with FROM, ARG or a comment", NULL,
      false },
    { "DL3006", OP_LINT_WARNING, DF_FROM, tagged, "Images carry a tag", NULL, false },
    { "DL3007", OP_LINT_WARNING, DF_FROM, not_latest, "The tag latest is not a version", NULL, false },
    { "DL3022", OP_LINT_WARNING, DF_COPY, copies_from_stage, "COPY --from names an earlier stage", NULL, false },
    { "DL3023", OP_LINT_ERROR, DF_COPY, copies_from_itself, "COPY --from cannot name its own stage", NULL, false },
    { "DL3024", OP_LINT_ERROR, DF_FROM, unique_name, "Names of stages are unique", "DuplicateStageName", false },
    { "DuplicateStageName", OP_LINT_WARNING, DF_FROM, unique_name, "Names of stages are unique", "DL3024", false },
    { "StageNameCasing", OP_LINT_WARNING, DF_FROM, name_casing, "Names of stages are in small letters", NULL, false },
    { "ReservedStageName", OP_LINT_WARNING, DF_FROM, reserved_name, "scratch and context are no names for stages", NULL,
      false },
    { "FromAsCasing", OP_LINT_WARNING, DF_FROM, as_casing, "FROM and AS are written alike", NULL, false },
    { "UndefinedArgInFrom", OP_LINT_WARNING, DF_FROM, known_arguments, "FROM uses declared ARGs only", NULL, false },
    { "InvalidDefaultArgInFrom", OP_LINT_WARNING, DF_FROM, valid_default, "Defaults of ARGs make a valid image name",
      NULL, false },
    { "RedundantTargetPlatform", OP_LINT_WARNING, DF_FROM, redundant_platform,
      "--platform=$TARGETPLATFORM is the default", NULL, false },
    { "FromPlatformFlagConstDisallowed", OP_LINT_WARNING, DF_FROM, constant_platform, "FROM --platform is no constant",
      NULL, false },
    { "InvalidDefinitionDescription", OP_LINT_INFO, DF_UNKNOWN, description,
      "A comment right above ARG or a stage describes it", NULL, true },
};

const struct op_lint_rules op_lint_stages = { rules, OP_LEN(rules) };
