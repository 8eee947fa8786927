/* find_tools: the one tool that is opsh's own. It runs nothing; it tells the model of tools that requests do not carry.
 */
#include "tools.h"

#include "opsh/base/str.h"

#include <strings.h>

enum { MOST = 8, WORDS_MAX = 24, WORD_MAX = 64, LONG = 6 };
/* What a word is worth that is a tool's name, its name without the program, a part of it, … */
enum { NAMED = 1000, WHOLE = 24, PART = 12, PROGRAM = 6, ABOUT = 4, PARAMETER = 2, LEAST = 2 };

/* Are the n bytes at s the word, or the word with an s behind it, whatever the case? */
static bool is_word(const char *s, size_t n, const char *word)
{
    size_t w = strlen(word);
    return strncasecmp(s, word, n < w ? n : w) == 0 &&
           (n == w || (n == w + 1 && tolower((unsigned char)s[w]) == 's') || (w == n + 1 && word[n] == 's' && n > 2));
}

/* Does a word of the text, which other characters than letters and digits part, match? */
static bool holds(const char *text, const char *word)
{
    for (size_t i = 0, n; text[i] != '\0'; i += n) {
        for (n = 0; isalnum((unsigned char)text[i + n]);)
            n++;
        if (n != 0 && is_word(text + i, n, word))
            return true;
        n += n == 0;
    }
    return false;
}

static int score(const struct op_tool *t, const char *word)
{
    size_t p = strlen(t->program);
    bool grouped = op_str_starts(t->name, t->program) && t->name[p] == '_';
    const char *own = grouped ? t->name + p + 1 : t->name; /* "rollout_undo" */
    if (op_str_ieq(t->program, word))
        return PROGRAM;
    if (op_str_ieq(t->name, word) || (op_str_ieq(own, word) && strchr(word, '_') != NULL))
        return NAMED;
    int points = op_str_ieq(own, word) ? WHOLE : holds(own, word) ? PART : 0;
    bool within = strlen(word) >= LONG && strcasestr(t->description, word) != NULL; /* HorizontalPodAutoscaler */
    points += holds(t->description, word) ? ABOUT : within ? PARAMETER : 0;
    const struct op_node *properties = op_node_get(t->parameters, "properties");
    for (const struct op_node *n = op_node_first(properties); n != NULL; n = op_node_next(n))
        if (holds(op_node_key(n), word))
            return points + PARAMETER;
    return points;
}

/* The points of all words for each tool. Words are parted by what stands in no tool's name. */
static void score_all(const struct op_catalog *cat, const char *words, int *points)
{
    char word[WORD_MAX];
    for (int k = 0; k < WORDS_MAX && *words != '\0'; k++) {
        size_t n = 0;
        while (*words != '\0' && !isalnum((unsigned char)*words))
            words++;
        while (isalnum((unsigned char)words[n]) || words[n] == '_')
            n++;
        (void)snprintf(word, sizeof(word), "%.*s", (int)(n < sizeof(word) ? n : sizeof(word) - 1), words);
        words += n;
        for (size_t i = 0; n > 1 && i < cat->n_tools; i++)
            points[i] += score(&cat->tools[i], word);
    }
}

bool op_tools_find(const struct op_catalog *cat, const struct op_json *args, struct op_found *found, struct op_buf *out,
                   struct op_err *err)
{
    const char *words = op_json_str(args, "words");
    if (op_str_empty(words))
        return op_fail(err, OP_USAGE, 0,
                       "%s: argument \"words\" is missing; it should be names of tools, or words for "
                       "what is to be done",
                       OP_FIND_TOOLS);
    OP_AUTO_FREE int *points = op_calloc(cat->n_tools, sizeof(*points));
    score_all(cat, words, points);
    int best = 0;
    for (int hits = 0; hits < MOST; hits++) {
        size_t at = 0;
        for (size_t i = 1; i < cat->n_tools; i++)
            at = points[i] > points[at] ? i : at;
        if (cat->n_tools == 0 || points[at] < LEAST || points[at] * 4 < best)
            break;
        best = hits == 0 ? points[at] : best;
        points[at] = 0;
        (void)op_found_add(found, &cat->tools[at]);
        if (hits == 0)
            op_buf_adds(out, "These can be called now (arguments with ! are needed):\n");
        op_tools_line(out, &cat->tools[at], NULL);
    }
    if (best == 0)
        op_buf_addf(
            out,
            "No tool goes by these words. Try one of the names that %s tells, or the tool of the program itself "
            "(kubectl, helm, docker, minikube), which takes any arguments.",
            OP_FIND_TOOLS);
    return true;
}
