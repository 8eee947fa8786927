/* What phrases about docker, helm and minikube take: amounts as docker writes them, images with a version beside them,
 * commands for a container, charts, addresses, versions. */
#include "spoken.h"

#include "opsh/base/str.h"

/* "512 MB", "1g", "256m": docker's own units, where m is a megabyte. */
size_t hear_ram(struct clause *c, size_t i, char *out, size_t size)
{
    static const struct {
        const char *written, *unit;
    } units[] = {
        { "m", "m" },         { "mb", "m" },        { "mi", "m" },        { "mib", "m" }, { "megs", "m" },
        { "megabytes", "m" }, { "megabyte", "m" },  { "meg", "m" },       { "g", "g" },   { "gb", "g" },
        { "gi", "g" },        { "gib", "g" },       { "gigs", "g" },      { "gig", "g" }, { "gigabytes", "g" },
        { "gigabyte", "g" },  { "mebibytes", "m" }, { "gibibytes", "g" }, { "k", "k" },   { "kb", "k" },
    };
    const struct token *t = &c->tokens->v[i], *next = clause_token(c, i + 1);
    char number[24];
    size_t n = strspn(t->low, "0123456789."), end = i + 1;
    const char *unit = n > 0 ? t->low + n : "";
    if (n > 0 && n < sizeof(number) && isdigit((unsigned char)*t->low))
        (void)snprintf(number, sizeof(number), "%.*s", (int)n, t->low);
    else if ((end = hear_number(c, i, number, sizeof(number))) == 0)
        return 0;
    next = clause_token(c, end);
    if (*unit == '\0' && next != NULL) {
        unit = next->low;
        end++;
    }
    const struct token *behind = clause_token(c, end);
    if (behind != NULL && (token_is(behind, WORD_TOPIC, "cpu") || token_is(behind, WORD_UNIT, "cpu")))
        return 0; /* "500m cpu" */
    for (size_t k = 0; k < OP_LEN(units); k++) {
        if (strcmp(unit, units[k].written) != 0)
            continue;
        (void)snprintf(out, size, "%s%s", number, units[k].unit);
        return end;
    }
    return 0;
}

/* "2 cpus", "half a core", "0.5": a number that a fraction may be. */
size_t hear_cpus(struct clause *c, size_t i, char *out, size_t size)
{
    const struct token *t = &c->tokens->v[i];
    if (strcmp(t->low, "half") == 0) {
        (void)snprintf(out, size, "0.5");
        return i + 1;
    }
    size_t n = strspn(t->low, "0123456789.");
    int64_t milli = 0;
    char digits[8];
    (void)snprintf(digits, sizeof(digits), "%.*s", (int)(n < 6 ? n : 6), t->low);
    if (strcmp(t->low + n, "m") == 0 && op_str_int(digits, 1, 99999, &milli)) { /* "500m cpu" */
        (void)snprintf(out, size, "%lld.%lld", (long long)(milli / 1000), (long long)(milli % 1000 / 100));
        return i + 1;
    }
    if (n > 0 && t->low[n] == '\0' && isdigit((unsigned char)*t->low))
        return hear_whole(c, i, out, size);
    return hear_number(c, i, out, size);
}

static bool versionlike(const char *s)
{
    s += *s == 'v' || *s == 'V';
    return isdigit((unsigned char)*s) && strpbrk(s, ":/=,") == NULL;
}

/* "16.0.0", "v1.29.0", "3.19": a version as programs have them. */
size_t hear_version(struct clause *c, size_t i, char *out, size_t size)
{
    const struct token *t = &c->tokens->v[i];
    if ((t->flags & TOKEN_SPOKEN) != 0 || !versionlike(t->text))
        return 0;
    size_t digits = strspn(t->text + (*t->text == 'v'), "0123456789.");
    const char *tail = t->text + (*t->text == 'v') + digits;
    if (*tail != '\0' && *tail != '-' && *tail != '+') /* "8g" is none */
        return 0;
    return hear_whole(c, i, out, size);
}

/* An image: with its tag, by its path, or a program that everybody gets by one image, with the version beside it
 * ("postgres 16", "version 7 of redis" is said otherwise). */
size_t hear_pulled(struct clause *c, size_t i, char *out, size_t size)
{
    static const char *const between[] = { "version", "tag", "v", "release", "image" };
    const char *known = token_image(&c->tokens->v[i]);
    size_t end = hear_image(c, i, out, size);
    char version[80];
    if (end == 0 && strcmp(c->tokens->v[i].low, "node") == 0) /* as images are pulled: Node.js */
        return hear_whole(c, i, out, size);
    if (end == 0)
        return 0;
    size_t at = end;
    while (at < c->to && OP_IN(c->tokens->v[at].low, between))
        at++;
    bool closed = (c->tokens->v[end - 1].flags & (TOKEN_STOP | TOKEN_COMMA)) != 0;
    const struct token *unit = clause_token(c, at + 1);
    if (known == NULL || closed || at >= c->to || hear_version(c, at, version, sizeof(version)) == 0 ||
        (unit != NULL && (token_sense(unit, WORD_UNIT) != NULL || token_sense(unit, WORD_KIND) != NULL) &&
         !token_is(unit, WORD_KIND, "container") && !token_is(unit, WORD_KIND, "image")))
        return end;
    (void)snprintf(out, size, "%s:%s", known, version);
    return at + 1;
}

/* "postgres 16": only where the version stands beside it. */
size_t hear_versioned(struct clause *c, size_t i, char *out, size_t size)
{
    size_t end = token_image(&c->tokens->v[i]) != NULL ? hear_pulled(c, i, out, size) : 0;
    return end > i + c->tokens->v[i].span ? end : 0;
}

/* A command for a container: never an image ("run redis in a container"). */
size_t hear_program(struct clause *c, size_t i, char *out, size_t size)
{
    char image[300];
    const struct token *t = &c->tokens->v[i];
    if ((t->flags & TOKEN_QUOTED) == 0 && (hear_image(c, i, image, sizeof(image)) != 0 ||
                                           token_sense(t, WORD_KIND) != NULL || token_sense(t, WORD_ROLE) != NULL))
        return 0;
    return hear_command(c, i, out, size);
}

/* Where the data of a container is kept: a volume's name or a folder. */
size_t hear_source(struct clause *c, size_t i, char *out, size_t size)
{
    const struct token *t = &c->tokens->v[i];
    if (strpbrk(t->text, ":=") != NULL)
        return 0;
    if (*t->text == '.' || *t->text == '/' || *t->text == '~')
        return hear_whole(c, i, out, size);
    return hear_name(c, i, out, size);
}

/* "pgdata:/var/lib/postgresql/data", "./src:/app:ro": kept where, seen where. */
size_t hear_mapping(struct clause *c, size_t i, char *out, size_t size)
{
    const char *s = c->tokens->v[i].text, *colon = strstr(s, ":/");
    bool is = colon != NULL && colon != s && colon[2] != '/' && strchr(s, '=') == NULL;
    return is ? hear_whole(c, i, out, size) : 0;
}

size_t hear_url(struct clause *c, size_t i, char *out, size_t size)
{
    const char *s = c->tokens->v[i].text;
    return strstr(s, "://") != NULL && !op_str_starts(s, "oci://") ? hear_whole(c, i, out, size) : 0;
}

/* "bitnami/nginx", "oci://…", "./charts/web", "web-1.2.0.tgz" */
size_t hear_chart(struct clause *c, size_t i, char *out, size_t size)
{
    const char *s = c->tokens->v[i].text;
    bool chart = op_str_starts(s, "oci://") || op_str_ends(s, ".tgz") || (*s == '.' && (s[1] == '\0' || s[1] == '/')) ||
                 (strchr(s, '/') != NULL && strpbrk(s, ":=") == NULL);
    return chart ? hear_whole(c, i, out, size) : 0;
}

/* "image.tag", "replicaCount": where a value of a chart stands. */
size_t hear_key(struct clause *c, size_t i, char *out, size_t size)
{
    const struct token *t = &c->tokens->v[i];
    const char *s = t->text;
    bool upper = false, plain = isalpha((unsigned char)*s) && strpbrk(s, "=:/ ") == NULL;
    for (const char *p = s + (*s != '\0'); *p != '\0'; p++)
        upper = upper || isupper((unsigned char)*p);
    bool dotted = strchr(s, '.') != NULL && !op_str_ends(s, ".yaml") && !op_str_ends(s, ".yml");
    return plain && (dotted || (upper && islower((unsigned char)*s))) ? hear_whole(c, i, out, size) : 0;
}

/* "values-prod.yaml": what helm reads values from. */
size_t hear_valuesfile(struct clause *c, size_t i, char *out, size_t size)
{
    const char *s = c->tokens->v[i].text;
    return op_str_ends(s, ".yaml") || op_str_ends(s, ".yml") ? hear_whole(c, i, out, size) : 0;
}

/* "Dockerfile.dev", "docker/prod.Dockerfile" */
size_t hear_recipe(struct clause *c, size_t i, char *out, size_t size)
{
    const char *s = c->tokens->v[i].text, *slash = strrchr(s, '/'), *base = slash != NULL ? slash + 1 : s;
    bool is = (op_str_starts(base, "Dockerfile") && (base[10] == '.' || slash != NULL)) ||
              op_str_ends(base, ".Dockerfile") || op_str_ends(base, ".dockerfile");
    return is ? hear_whole(c, i, out, size) : 0;
}

/* "./backend": a folder, and not the platform linux/amd64. */
size_t hear_folder(struct clause *c, size_t i, char *out, size_t size)
{
    const char *s = c->tokens->v[i].text;
    bool platform = op_str_starts(s, "linux/") || op_str_starts(s, "windows/");
    return !platform && strpbrk(s, ":=") == NULL && (strchr(s, '/') != NULL || strcmp(s, ".") == 0)
               ? hear_whole(c, i, out, size)
               : 0;
}

/* "web.tar": what images are kept in. */
size_t hear_archive(struct clause *c, size_t i, char *out, size_t size)
{
    const char *s = c->tokens->v[i].text;
    return op_str_ends(s, ".tar") || op_str_ends(s, ".tar.gz") || op_str_ends(s, ".tgz") ? hear_whole(c, i, out, size)
                                                                                         : 0;
}
