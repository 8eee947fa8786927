/* Owns what Tab offers, and its glue to the line editor. Refuses to read a cluster: a Tab must not wait. */
#include "opsh/shell/complete.h"

#include "opsh/base/str.h"
#include "opsh/shell/commands.h"

#include <readline/readline.h>

static void offer(struct op_strv *out, const char *word, const char *candidate)
{
    if (op_str_starts(candidate, word) && !op_strv_has(out, candidate))
        op_strv_push(out, candidate);
}

static void offer_contexts(struct op_session *s, const char *word, struct op_strv *out)
{
    const char *names[512];
    size_t n = op_road_contexts(s->road, names, OP_LEN(names));
    for (size_t i = 0; i < n && i < OP_LEN(names); i++)
        offer(out, word, names[i]);
}

/* Names of objects; with "kind/" before them where the word has begun so. */
static void offer_names(struct op_session *s, const char *word, const char *kind, struct op_strv *out)
{
    const struct op_names *names = op_road_names_known(s->road);
    bool slash = strchr(word, '/') != NULL;
    for (size_t i = 0; names != NULL && i < names->n; i++) {
        const struct op_object *o = &names->objects[i];
        if (!op_str_is_dns_name(o->name) || (kind != NULL && !op_str_eq(o->kind, kind)))
            continue;
        OP_AUTO_FREE char *full = slash ? op_asprintf("%s/%s", o->kind, o->name) : op_strdup(o->name);
        offer(out, word, full);
    }
}

static void offer_argument(struct op_session *s, enum op_complete_kind kind, const char *word, struct op_strv *out)
{
    switch (kind) {
    case OP_COMPLETE_NOTHING:
        break;
    case OP_COMPLETE_CONTEXT:
        offer_contexts(s, word, out);
        break;
    case OP_COMPLETE_NAMESPACE:
        offer_names(s, word, "namespace", out);
        break;
    case OP_COMPLETE_ON_OFF:
        offer(out, word, "on");
        offer(out, word, "off");
        break;
    }
}

static void offer_programs(struct op_session *s, const char *word, struct op_strv *out)
{
    for (size_t i = 0; i < s->catalog.n_tools; i++) {
        OP_AUTO_FREE char *bang = op_asprintf("!%s", s->catalog.tools[i].program);
        offer(out, word, bang);
    }
}

void op_complete(struct op_session *s, const char *line, size_t start, size_t end, struct op_strv *out)
{
    OP_AUTO_FREE char *word = op_strndup(line + start, end - start);
    if (line[0] == '/') {
        for (size_t i = 0; i < op_commands_n; i++) {
            size_t n = strlen(op_commands[i].name);
            if (start == 0)
                offer(out, word, op_commands[i].name);
            else if (strncmp(line, op_commands[i].name, n) == 0 && (line[n] == ' ' || line[n] == '\t'))
                offer_argument(s, op_commands[i].complete, word, out);
        }
        return;
    }
    if (line[0] == '!' && start == 0)
        offer_programs(s, word, out);
    else if (*word != '\0')
        offer_names(s, word, NULL, out);
}

static struct op_session *session; /* the line editor's hooks take no context */
static struct op_strv candidates;
static size_t next_candidate;

static char *generate(const char *word, int state)
{
    (void)word;
    if (state == 0)
        next_candidate = 0;
    return next_candidate < candidates.n ? op_strdup(candidates.v[next_candidate++]) : NULL;
}

static char **attempt(const char *word, int start, int end)
{
    rl_attempted_completion_over = 1; /* no file names */
    op_strv_free(&candidates);
    op_complete(session, rl_line_buffer, (size_t)start, (size_t)end, &candidates);
    rl_completion_append_character = ' ';
    return candidates.n != 0 ? rl_completion_matches(word, generate) : NULL;
}

void op_complete_setup(struct op_session *s)
{
    session = s;
    rl_completer_word_break_characters = " \t\n"; /* "nginx:1.25" and "-n=x" are words */
    rl_attempted_completion_function = attempt;
}
