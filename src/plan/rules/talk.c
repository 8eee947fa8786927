/* Questions back and their answers, and the plain words for what is not done. */
#include "planner.h"

#include "opsh/base/str.h"

void pending_free(struct pending *p)
{
    free(p->request);
    slots_free(&p->answers);
    free(p->slot);
    op_strv_free(&p->choices);
    op_strv_free(&p->values);
    *p = (struct pending){ 0 };
}

void ask(struct attempt *a, struct op_move *move, const char *slot, char *takes_text, struct op_strv *takes_choices,
         struct op_strv *takes_values)
{
    op_move_free(move);
    move->kind = OP_MOVE_QUESTION;
    move->text = takes_text;
    struct pending *p = &a->r->pending;
    pending_free(p);
    p->request = op_strdup(a->request);
    if (a->answers != NULL)
        slots_copy(&p->answers, a->answers);
    p->clause = a->index;
    p->slot = op_strdup(slot);
    if (takes_choices != NULL) {
        op_strv_copy(&move->choices, takes_choices);
        p->choices = *takes_choices;
        *takes_choices = (struct op_strv)OP_STRV_INIT;
    }
    if (takes_values != NULL) {
        p->values = *takes_values;
        *takes_values = (struct op_strv)OP_STRV_INIT;
    }
}

/* "1", "the first", "number 2", "yes" (the only one), or the choice itself; -1 when it is none. */
static long choice_of(const struct pending *p, const char *text)
{
    static const char *const ordinals[] = { "first", "second",  "third",  "fourth", "fifth",
                                            "sixth", "seventh", "eighth", "ninth" };
    static const char *const yes[] = { "y",       "yes",   "ok",       "okay", "sure", "yep", "yeah", "right",
                                       "correct", "do it", "go ahead", "si",   "ja",   "oui", "sim" };
    char word[128];
    const char *s = text;
    static const char *const lead[] = { "the ", "number ", "option ", "choice ", "no. ", "#" };
    for (size_t i = 0; i < OP_LEN(lead); i++)
        if (strncasecmp(s, lead[i], strlen(lead[i])) == 0)
            s += strlen(lead[i]);
    (void)snprintf(word, sizeof(word), "%s", s);
    size_t n = strlen(word);
    while (n > 0 && strchr(" .!)", word[n - 1]) != NULL)
        word[--n] = '\0';
    if (op_str_ends(word, " one"))
        word[n - 4] = '\0';
    int64_t number = 0;
    if (op_str_int(word, 1, (int64_t)p->choices.n, &number))
        return (long)number - 1;
    for (size_t i = 0; i < OP_LEN(ordinals) && i < p->choices.n; i++)
        if (op_str_ieq(word, ordinals[i]))
            return (long)i;
    if (op_str_ieq(word, "last") && p->choices.n > 0)
        return (long)p->choices.n - 1;
    for (size_t i = 0; i < OP_LEN(yes) && p->choices.n == 1; i++)
        if (op_str_ieq(word, yes[i]))
            return 0;
    long found = -1;
    for (size_t i = 0; i < p->choices.n; i++) {
        const char *slash = strchr(p->choices.v[i], '/');
        char name[256];
        (void)snprintf(name, sizeof(name), "%s", slash != NULL ? slash + 1 : p->choices.v[i]);
        char *in = strstr(name, " in ");
        const char *ns = in != NULL ? in + 4 : "";
        if (in != NULL)
            *in = '\0';
        bool is = op_str_ieq(word, p->choices.v[i]) || op_str_ieq(word, name) || (*ns != '\0' && op_str_ieq(word, ns));
        if (is && found >= 0)
            return -1; /* still two */
        found = is ? (long)i : found;
    }
    return found;
}

/* Slots that are filled by a phrase, not by a word: the answer is read as if it had been said at once. */
static const char *said_on(const char *slot)
{
    static const char *const rows[][2] = {
        { "cron", " " },
        { "hard_list", " of " },
        { "range", " " },
        { "policy_said", " " },
    };
    for (size_t i = 0; i < OP_LEN(rows); i++)
        if (strcmp(slot, rows[i][0]) == 0)
            return rows[i][1];
    return NULL;
}

/* A short phrase that is no request of its own: the value that was asked for. */
static bool plain_value(struct rules *r, const char *text, size_t most)
{
    struct tokens t;
    if (!tokens_read(&t, &r->lex, text)) {
        tokens_free(&t);
        return false;
    }
    struct clause whole = { .tokens = &t, .lex = &r->lex, .from = 0, .to = t.n };
    bool verb = false;
    size_t words = 0;
    for (size_t i = 0; i < t.n; i++) {
        verb = verb || clause_imperative(&whole, i) != NULL || token_is(&t.v[i], WORD_MOOD, "why") ||
               token_is(&t.v[i], WORD_MOOD, "which") || token_is(&t.v[i], WORD_MOOD, "advice");
        words += !token_filler(&t.v[i]);
    }
    static const char *const vague[] = { "one", "ones" }; /* "the old one": still not which */
    bool plain = words > 0 && words <= most && (!verb || words == 1) && !OP_IN(t.v[t.n - 1].low, vague);
    tokens_free(&t);
    return plain;
}

/* The telling word of a short answer: "to 5 please" → 5, "the backend" → backend. */
static char *value_of(struct rules *r, const char *slot, const char *text)
{
    struct tokens t;
    char *value = NULL;
    bool number = strcmp(slot, "count") == 0 || strcmp(slot, "port") == 0 || strcmp(slot, "max") == 0;
    if (tokens_read(&t, &r->lex, text)) {
        for (size_t i = 0; i < t.n && value == NULL; i++) {
            const struct word *n = token_sense(&t.v[i], WORD_NUMBER), *kind = token_sense(&t.v[i], WORD_KIND);
            if (strcmp(slot, "kind") == 0)
                value = kind != NULL ? op_strdup(kind->value) : NULL;
            else if (number && ((t.v[i].flags & TOKEN_NUMERIC) != 0 || n != NULL))
                value = op_strdup(n != NULL ? n->value : t.v[i].text);
            else if (!number && !token_filler(&t.v[i]) && kind == NULL && token_sense(&t.v[i], WORD_ROLE) == NULL)
                value = op_strdup(t.v[i].text);
        }
    }
    tokens_free(&t);
    return value;
}

bool talk_declines(struct rules *r, const char *text)
{
    static const char *const no[] = { "no",         "n",         "none",   "none of them", "neither",
                                      "never mind", "nevermind", "cancel", "forget it",    "no thanks",
                                      "stop",       "nothing",   "abort" };
    char word[32];
    (void)snprintf(word, sizeof(word), "%s", text);
    size_t n = strlen(word);
    while (n > 0 && strchr(" .!\n", word[n - 1]) != NULL)
        word[--n] = '\0';
    static const char *const always[] = { "never mind",  "nevermind",   "forget it",
                                          "cancel that", "forget that", "no thanks" };
    bool is = false;
    for (size_t i = 0; i < OP_LEN(no) && r->pending.request != NULL; i++)
        is = is || op_str_ieq(word, no[i]);
    for (size_t i = 0; i < OP_LEN(always); i++) /* with nothing asked, too */
        is = is || op_str_ieq(word, always[i]);
    if (is)
        pending_free(&r->pending);
    return is;
}

/* "call it blog with image ghost:5", "the web one in staging": an answer that says more than was asked is read as if it
 * had been said at once. NULL: it is none. owned */
static char *said_more(const struct pending *p, const char *text)
{
    static const char *const leads[][2] = {
        { "call it ", "named " },      { "name it ", "named " }, { "named ", "named " },      { "called ", "named " },
        { "it is called ", "named " }, { "use ", "with " },      { "take ", "with " },        { "with ", "with " },
        { "from ", "from " },          { "using ", "using " },   { "image ", "with image " },
    };
    for (size_t i = 0; i < OP_LEN(leads); i++)
        if (strncasecmp(text, leads[i][0], strlen(leads[i][0])) == 0 && strchr(text, '\n') == NULL)
            return op_asprintf("%s %s%s", p->request, leads[i][1], text + strlen(leads[i][0]));
    const char *with = strcmp(p->slot, "name") == 0 ? strstr(text, " with ") : NULL; /* "api-key with token=abc" */
    if (with != NULL && with > text && memchr(text, ' ', (size_t)(with - text)) == NULL && strchr(text, '\n') == NULL)
        return op_asprintf("%s named %s", p->request, text);
    return NULL;
}

bool talk_answers(struct rules *r, const char *text, char **request, struct slots *answers)
{
    struct pending *p = &r->pending;
    if (p->request == NULL)
        return false;
    long choice = choice_of(p, text);
    OP_AUTO_FREE char *value = NULL;
    OP_AUTO_FREE char *more = choice < 0 && strcmp(p->slot, "confirm") != 0 ? said_more(p, text) : NULL;
    if (more != NULL) {
        *request = op_steal(&more);
        slots_copy(answers, &p->answers);
        pending_free(p);
        return true;
    }
    /* "web in staging": what was asked, and where */
    const char *in = choice < 0 && strcmp(p->slot, "ns") != 0 ? strstr(text, " in ") : NULL;
    OP_AUTO_FREE char *head = in != NULL ? op_strndup(text, (size_t)(in - text)) : NULL;
    OP_AUTO_FREE char *place = NULL;
    if (head != NULL && strchr(in + 4, ' ') == NULL && in[4] != '\0') {
        place = op_asprintf("%s in namespace %s", p->request, in + 4);
        text = head;
    }
    bool confirming = strcmp(p->slot, "confirm") == 0;
    const char *glue = said_on(p->slot);
    if (choice >= 0)
        value = op_strdup((size_t)choice < p->values.n ? p->values.v[choice] : p->choices.v[choice]);
    else if (!confirming && glue != NULL && plain_value(r, text, 12))
        value = op_strdup(text);
    else if (!confirming && plain_value(r, text, 3))
        value = value_of(r, p->slot, text);
    bool yes = value != NULL;
    if (yes && glue != NULL) {
        *request = op_asprintf("%s%s%s", p->request, glue, value);
        slots_copy(answers, &p->answers);
    } else if (yes) {
        char key[96];
        const char *slot = choice < 0 && strcmp(p->slot, "object") == 0 ? "name" : p->slot;
        (void)snprintf(key, sizeof(key), "%zu.%s", p->clause, slot);
        *request = place != NULL ? op_steal(&place) : op_steal(&p->request);
        slots_copy(answers, &p->answers);
        slots_set(answers, key, value);
    }
    pending_free(p);
    return yes;
}

/* A command as a person would type it; only for telling, never for running. */
static void add_command(struct op_buf *out, const struct op_strv *argv)
{
    for (size_t i = 0; i < argv->n; i++) {
        bool plain = *argv->v[i] != '\0' && strpbrk(argv->v[i], " \t\n'\"\\$`*?[]{}()<>|&;!#~") == NULL;
        op_buf_addf(out, plain ? "%s%s" : "%s'%s'", i > 0 ? " " : "", argv->v[i]);
    }
}

void say_how(struct op_move *move)
{
    OP_AUTO_BUF out = OP_BUF_INIT;
    op_buf_adds(&out, "Asking changes nothing. This is what would do it:\n");
    for (size_t i = 0; i < move->n; i++) {
        op_buf_adds(&out, "  ");
        add_command(&out, &move->steps[i].argv);
        op_buf_adds(&out, "\n");
    }
    op_buf_adds(&out, "Say it as a request, and opsh shows it and asks before it runs.");
    op_move_free(move);
    move->kind = OP_MOVE_ANSWER;
    move->text = op_buf_steal(&out);
}

void say_unsupported(struct rules *r, const struct frame *f, struct op_move *move, const char *why)
{
    OP_AUTO_BUF out = OP_BUF_INIT;
    op_buf_adds(&out, why);
    const struct intent *near[3];
    size_t n = intents_near(&r->intents, f, near, OP_LEN(near));
    if (n > 0)
        op_buf_adds(&out, " The nearest things it can do:");
    for (size_t i = 0; i < n; i++)
        op_buf_addf(&out, "\n  %s", near[i]->say);
    op_move_free(move);
    move->kind = OP_MOVE_UNSUPPORTED;
    move->text = op_buf_steal(&out);
}
