/* What is run in a container, for phrases: a command as it is written, in quotes or as a list, and as people speak of
 * it
 * ("sleeps for an hour"). */
#include "spoken.h"

#include "opsh/base/str.h"
#include "opsh/data/json.h"

static bool quoted(const struct token *t)
{
    return (t->flags & TOKEN_QUOTED) != 0;
}

/* A command that stands in quotes. */
size_t hear_script(struct clause *c, size_t i, char *out, size_t size)
{
    return quoted(&c->tokens->v[i]) ? hear_command(c, i, out, size) : 0;
}

/* A command as a JSON list: of a quotation its words, or the whole of it for the container's own shell; else the words
 * up to the end of the phrase. */
size_t hear_command(struct clause *c, size_t i, char *out, size_t size)
{
    OP_AUTO_JSON *list = op_json_array();
    const struct token *t = &c->tokens->v[i];
    size_t end = i;
    if (quoted(t) && *t->text == '[') { /* a list as the API takes it */
        struct op_err err = OP_ERR_INIT;
        OP_AUTO_FREE char *json = op_strdup(t->text);
        for (char *at = strchr(json, '"') == NULL ? json : NULL; at != NULL && *at != '\0'; at++)
            *at = *at == '\'' ? '"' : *at;
        op_json_free(list);
        list = op_json_parse(json, strlen(json), OP_JSON_LOOSE, &err);
        if (list == NULL)
            return 0;
        end = i + 1;
    } else if (quoted(t)) {
        OP_AUTO_STRV words = OP_STRV_INIT;
        if (text_words(t->text, &words) && words.n > 0) {
            for (size_t k = 0; k < words.n; k++)
                op_json_push(list, op_json_string(words.v[k]));
        } else {
            op_json_push(list, op_json_string("sh"));
            op_json_push(list, op_json_string("-c"));
            op_json_push(list, op_json_string(t->text));
        }
        end = i + 1;
    }
    static const char *const stops[] = { "with", "and", "in",     "every", "using",  "on",
                                         "as",   "for", "called", "named", "please", "at" };
    for (bool more = end == i; more && end < c->to; end++) {
        const struct token *w = &c->tokens->v[end];
        char image[300];
        bool from = end > i && strcmp(w->low, "from") == 0 && end + 1 < c->to &&
                    hear_image(c, end + 1, image, sizeof(image)) != 0; /* "pings 8.8.8.8 from busybox" */
        if (!quoted(w) && (from || OP_IN(w->low, stops)))
            break;
        op_json_push(list, op_json_string(w->text));
        more = (w->flags & (TOKEN_COMMA | TOKEN_STOP | TOKEN_COLON)) == 0;
    }
    OP_AUTO_FREE char *text = op_json_print(list, false);
    if (end == i || strlen(text) >= size)
        return 0;
    (void)snprintf(out, size, "%s", text);
    return end;
}

/* "nginx:1.25 'sleep 1'": right behind, not the next of a list. */
size_t hear_ownscript(struct clause *c, size_t i, char *out, size_t size)
{
    bool apart = i > c->from && (c->tokens->v[i - 1].flags & (TOKEN_COMMA | TOKEN_STOP)) != 0;
    return apart ? 0 : hear_script(c, i, out, size);
}

/* "3600", "1d", "for an hour", "30 minutes", "forever": what sleep is given; units become seconds, because not every
 * sleep knows them. at: behind the articles. */
static size_t sleeping(struct clause *c, size_t from, size_t at, char *out, size_t size)
{
    static const char *const ever[] = { "forever", "indefinitely", "infinitely", "infinity", "endlessly" };
    static const struct {
        const char *unit, *seconds;
    } units[] = { { "s", "1" }, { "m", "60" }, { "h", "3600" }, { "d", "86400" } };
    const struct token *t = &c->tokens->v[at];
    size_t end = hear_span(c, at, out, size), digits = strspn(t->low, "0123456789");
    if (OP_IN(t->low, ever)) {
        (void)snprintf(out, size, "infinity");
        return at + 1;
    }
    for (size_t k = 0; k < OP_LEN(units) && at > from; k++) { /* "for an hour" */
        if (!token_is(t, WORD_UNIT, units[k].unit))
            continue;
        (void)snprintf(out, size, "%s", units[k].seconds);
        return at + 1;
    }
    if (digits == 0 || digits + 1 < strlen(t->low))
        return 0;
    if (end > at + 1)
        return end;
    (void)snprintf(out, size, "%s", t->text); /* as it was said: "3600", "1d" */
    return at + 1;
}

/* "sleep 1d", "echo hello", "/bin/app --serve": what can only be a program. */
size_t hear_binary(struct clause *c, size_t i, char *out, size_t size)
{
    static const char *const known[] = { "sleep",  "echo",    "date",  "sh",      "bash",      "env",       "printenv",
                                         "ls",     "cat",     "ping",  "curl",    "wget",      "nslookup",  "dig",
                                         "whoami", "uname",   "touch", "printf",  "python3",   "ash",       "true",
                                         "false",  "netstat", "df",    "pg_dump", "mysqldump", "redis-cli", "id" };
    const struct token *t = &c->tokens->v[i];
    bool is = OP_IN(t->low, known) || (*t->text == '/' && strchr(t->text + 1, '/') != NULL);
    return is && !quoted(t) ? hear_command(c, i, out, size) : 0;
}

/* "printing hello", "pings example.com", "sleeps 30 seconds": a command as people speak of it. */
size_t hear_doing(struct clause *c, size_t i, char *out, size_t size)
{
    static const struct {
        const char *said, *program;
    } rows[] = {
        { "prints", "echo" },    { "print", "echo" }, { "printing", "echo" }, { "echoes", "echo" },
        { "echo", "echo" },      { "echos", "echo" }, { "echoing", "echo" },  { "says", "echo" },
        { "saying", "echo" },    { "say", "echo" },   { "outputs", "echo" },  { "pings", "ping" },
        { "pinging", "ping" },   { "ping", "ping" },  { "sleeps", "sleep" },  { "sleep", "sleep" },
        { "sleeping", "sleep" }, { "curls", "curl" }, { "curling", "curl" },  { "curl", "curl" },
    };
    static const char *const plain[] = { "date", "hostname", "env",
                                         "uptime" }; /* programs that print what they are called */
    const char *program = NULL;
    for (size_t k = 0; k < OP_LEN(rows) && program == NULL; k++)
        program = strcmp(c->tokens->v[i].low, rows[k].said) == 0 ? rows[k].program : NULL;
    if (program == NULL || (c->tokens->v[i].flags & TOKEN_QUOTED) != 0)
        return 0;
    size_t at = i + 1;
    static const char *const what[] = { "for", "text", "message", "string", "words", "phrase", "line" };
    while (at + 1 < c->to && !quoted(&c->tokens->v[at]) &&
           (hear_article(&c->tokens->v[at]) || OP_IN(c->tokens->v[at].low, what)))
        at++;
    if (at >= c->to)
        return 0;
    OP_AUTO_JSON *list = op_json_array();
    const struct token *first = &c->tokens->v[at];
    bool itself = strcmp(program, "echo") == 0 && OP_IN(first->low, plain);
    size_t end = at + 1;
    op_json_push(list, op_json_string(itself ? first->low : program));
    if (strcmp(program, "sleep") == 0) {
        char text[32];
        end = sleeping(c, i + 1, at, text, sizeof(text));
        if (end == 0)
            return 0;
        op_json_push(list, op_json_string(text));
    } else if (!itself && quoted(first)) {
        op_json_push(list, op_json_string(first->text));
    } else if (!itself) {
        char words[512];
        end = hear_command(c, at, words, sizeof(words));
        struct op_err err = OP_ERR_INIT;
        OP_AUTO_JSON *rest = end != 0 ? op_json_parse(words, strlen(words), OP_JSON_LOOSE, &err) : NULL;
        OP_JSON_EACH(word, rest) {
            op_json_push(list, op_json_string(op_json_text(word)));
        }
        if (rest == NULL)
            return 0;
    }
    OP_AUTO_FREE char *text = op_json_print(list, false);
    if (strlen(text) >= size)
        return 0;
    (void)snprintf(out, size, "%s", text);
    return end;
}
