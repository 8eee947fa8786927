/* "Generate a YAML manifest for …", "… but do not apply it": what is asked for is the text of it. The request is
 * planned as if it were to be made, and then each command only prints (a client's dry run). Refuses what cannot be
 * printed so. */
#include "planner.h"

#include "spoken.h"

#include "opsh/base/str.h"

enum { MOST_POLITE = 4 }; /* words in front: "could you please …" */

static const char printing[] = "--dry-run=client";

/* Where token k stands in the text; its length where there is none so far. */
static size_t place_of(const char *text, const struct tokens *t, size_t k)
{
    const char *at = text;
    for (size_t i = 0; i <= k && i < t->n; i++) {
        const char *found = strstr(at, t->v[i].text);
        if (found == NULL)
            return strlen(text);
        at = found + (i < k ? strlen(t->v[i].text) : 0);
    }
    while (at > text && strchr("\"'`(", at[-1]) != NULL)
        at--;
    return (size_t)(at - text);
}

/* The longest phrase of this kind at token i; 0: none. */
static size_t said(const struct spoken *s, struct clause *c, size_t i, const char *aside)
{
    size_t longest = 0;
    for (size_t k = s->asides; k < s->asides_end; k++) {
        size_t end = op_str_eq(s->v[k].aside, aside) ? spoken_end(c, s, &s->v[k], i) : SIZE_MAX;
        if (end != SIZE_MAX && end > longest)
            longest = end;
    }
    return longest;
}

/* "…, then apply it": it is to be made after all. */
static bool applied_later(const struct tokens *t, size_t from)
{
    static const char *const doing[] = { "apply", "deploy", "run", "install" };
    for (size_t i = from; i + 1 < t->n; i++)
        if (OP_IN(t->v[i].low, doing) && (strcmp(t->v[i + 1].low, "it") == 0 || strcmp(t->v[i + 1].low, "them") == 0))
            return true;
    return false;
}

/* "Create … but do not apply it": something is made in front of token i. */
static bool makes(const struct tokens *t, size_t i)
{
    static const char *const making[] = { "create", "run", "deploy", "expose", "add", "autoscale" };
    for (size_t k = 0; k < i; k++)
        for (size_t m = 0; m < OP_LEN(making); m++)
            if (token_is(&t->v[k], WORD_VERB, making[m]))
                return true;
    return false;
}

/* The request without the words that say so; NULL: none do. */
static char *without(const struct rules *r, const char *text, struct tokens *t)
{
    char *out = NULL;
    for (size_t i = 0; i < t->n && out == NULL; i++) {
        struct clause whole = { .tokens = t, .lex = &r->lex, .from = i, .to = t->n };
        size_t lead = i <= MOST_POLITE ? said(&r->spoken, &whole, i, "draft") : 0;
        size_t trail = i > 1 && makes(t, i) ? said(&r->spoken, &whole, i, "only-print") : 0;
        if (lead > i && lead < t->n && !applied_later(t, lead))
            out = op_asprintf("create %s", text + place_of(text, t, lead));
        else if (trail > i)
            out = op_asprintf("%.*s %s", (int)place_of(text, t, i), text,
                              trail < t->n ? text + place_of(text, t, trail) : "");
    }
    return out;
}

char *draft_asked(const struct rules *r, const char *text, struct tokens *t)
{
    char *out = without(r, text, t);
    for (int more = 0; out != NULL && more < 2; more++) { /* "generate a manifest for …, do not apply it" */
        struct tokens words;
        char *next = tokens_read(&words, &r->lex, out) ? without(r, out, &words) : NULL;
        tokens_free(&words);
        if (next == NULL)
            break;
        free(out);
        out = next;
    }
    return out;
}

/* Manifests that opsh wrote itself are said as they are: kubectl would ask a cluster before it printed them. */
static bool say_manifests(struct op_move *move)
{
    OP_AUTO_BUF text = OP_BUF_INIT;
    for (size_t i = 0; i < move->n; i++) {
        const struct op_step *step = &move->steps[i];
        if (step->why != NULL && op_str_eq(step->tool, "kubectl_create_namespace"))
            continue; /* one that is missing: the manifest names it */
        if (step->input == NULL || !op_strv_has(&step->argv, "apply"))
            return false;
        op_buf_addf(&text, "%s%s", text.len != 0 ? "---\n" : "", step->input);
    }
    if (text.len == 0)
        return false;
    op_move_free(move);
    *move = (struct op_move){ .kind = OP_MOVE_ANSWER, .text = op_buf_steal(&text) };
    return true;
}

void draft_steps(struct rules *r, const char *request, bool plan_only, struct op_move *move)
{
    static const char *const made[] = { "create", "run", "apply", "expose", "autoscale" };
    static const char *const read[] = { "get", "describe", "explain" };
    if (move->kind == OP_MOVE_QUESTION && r->pending.request != NULL) { /* the answer, too, is to a draft */
        free(r->pending.request);
        r->pending.request = op_strdup(request);
    }
    if (!plan_only && move->kind == OP_MOVE_STEPS && say_manifests(move))
        return;
    for (size_t i = 0; i < move->n && move->kind == OP_MOVE_STEPS; i++) {
        struct op_strv *argv = &move->steps[i].argv;
        const char *verb = argv->n > 1 && op_str_eq(argv->v[0], "kubectl") ? argv->v[1] : NULL;
        if (OP_IN(verb, read))
            continue;
        if (!OP_IN(verb, made)) {
            op_move_free(move);
            move->kind = OP_MOVE_UNSUPPORTED;
            move->text =
                op_strdup("opsh prints manifests of what kubectl creates, and nothing else was changed. Say it "
                          "without \"manifest\", and opsh shows the command and asks before it runs.");
            return;
        }
        size_t end = 0; /* in front of the container's own command */
        while (end < argv->n && strcmp(argv->v[end], "--") != 0)
            end++;
        op_strv_insert(argv, end, "yaml");
        op_strv_insert(argv, end, "-o");
        op_strv_insert(argv, end, printing);
        free(move->steps[i].why);
        move->steps[i].why = op_strdup("prints it, makes nothing");
    }
}
