/* Mood before verb: is something to be done, asked, explained, examined, or left alone? A change
 * word inside a question never changes anything: only MOOD_DO lets changes through. */
#include "intent.h"

#include "opsh/base/str.h"

static bool read_verb_in(const char *verb, const char *const *list)
{
    for (; *list != NULL; list++)
        if (op_str_eq(verb, *list))
            return true;
    return false;
}

/* Verbs that examine: with trouble behind them they are questions about it. */
static const char *const examining[] = { "check", "diagnose", "audit", "explain", NULL };

/* "have a look at web, it fails" */
static bool looks_into(const struct word *verb)
{
    return !verb->changes && (strstr(verb->form, "look ") != NULL || read_verb_in(verb->value, examining));
}

struct reading {
    const struct word *verb; /* the one that decides what is to be done */
    size_t verb_at;
    bool decided, polite, told, negated, denied, spoken, why, advice, which, gerund;
};

static const struct word *gerund(struct clause *c, size_t i)
{
    const struct token *t = clause_token(c, i);
    return t->inflected && op_str_ends(t->low, "ing") ? token_sense(t, WORD_VERB) : NULL;
}

/* "do not …" asks nothing. */
static bool no_question(struct clause *c, size_t i)
{
    static const char *const wanted[] = { "needed", "required", "wanted", "necessary", "expected" };
    const struct token *t = clause_token(c, i), *next = clause_token(c, i + 1), *prev = clause_token(c, i - 1);
    bool clock = i > c->from && strcmp(t->low, "am") == 0 && isdigit((unsigned char)*prev->low); /* "1:15 am" */
    return clock || (i > c->from && next != NULL && OP_IN(next->low, wanted)); /* "a pod named web is needed" */
}

static bool denied(struct clause *c, size_t i)
{
    const struct token *t = clause_token(c, i), *next = clause_token(c, i + t->span);
    return strcmp(t->low, "do") == 0 && next != NULL && token_is(next, WORD_MOOD, "negation");
}

/* "worker-1 has to be drained", "please have web restarted" ask nothing. */
static bool has_to(struct clause *c, size_t i)
{
    const struct token *t = clause_token(c, i), *next = clause_token(c, i + 1);
    if (strcmp(t->low, "have") == 0 && i > c->from && token_is(&c->tokens->v[i - 1], WORD_MOOD, "polite"))
        return true;
    return (strcmp(t->low, "has") == 0 || strcmp(t->low, "have") == 0) && next != NULL && strcmp(next->low, "to") == 0;
}

/* "have 7 replicas of web": a wish, where "have the pods …" asks. */
static bool has_some(struct clause *c, size_t i)
{
    const struct token *t = clause_token(c, i), *next = clause_token(c, i + t->span);
    return strcmp(t->low, "have") == 0 && next != NULL && (next->flags & TOKEN_NUMERIC) != 0;
}

static bool asked_here(const struct clause *c)
{
    for (size_t i = c->from; i < c->to; i++)
        if ((c->tokens->v[i].flags & TOKEN_ASKED) != 0)
            return true;
    return false;
}

/* One token's say in the matter; the first that decides wins, except that "why" behind a looking verb does. */
static void weigh(struct clause *c, size_t i, struct reading *r)
{
    struct frame *f = &c->frame;
    const struct token *t = clause_token(c, i);
    bool changing = r->verb != NULL && r->verb->changes;
    const struct word *mood = token_sense(t, WORD_MOOD);
    bool last = mood != NULL && mood->lang != 0; /* where the verb stands last, so does the courtesy */
    bool wish = mood != NULL && op_str_eq(mood->value, "polite") &&
                (op_str_starts(mood->form, "i ") || op_str_starts(mood->form, "we ")) && asked_here(c);
    r->polite = r->polite || (token_is(t, WORD_MOOD, "polite") && !wish && (!r->decided || last));
    f->symptom = f->symptom || token_is(t, WORD_MOOD, "symptom");
    const struct token *of = clause_token(c, i + t->span); /* "in that namespace" speaks of the place only */
    bool place = of != NULL && token_is(of, WORD_KIND, "namespace");
    f->refers = f->refers || (token_is(t, WORD_MOOD, "reference") && !place);
    if (token_is(t, WORD_MOOD, "why") && !changing)
        r->why = r->decided = true;
    else if (token_is(t, WORD_MOOD, "advice") && !changing)
        r->advice = r->decided = true;
    else if (token_is(t, WORD_MOOD, "count") && !changing)
        f->counting = r->which = r->decided = true;
    else if (token_is(t, WORD_MOOD, "which") && (!r->decided || (r->verb != NULL && !changing && i <= r->verb_at + 2)))
        r->which = r->decided = true;
    else if (token_is(t, WORD_MOOD, "yesno") && !r->decided && !denied(c, i) && !has_to(c, i) && !has_some(c, i) &&
             !no_question(c, i))
        f->yesno = r->which = r->decided = true;
    else if (clause_told_not(c, i) && !changing) {
        r->told = r->negated = true; /* "users can not log in": trouble; what they can not do is no order */
        f->symptom = f->symptom || !r->decided || (f->yesno && r->spoken && !asked_here(c));
    } else if (token_is(t, WORD_MOOD, "negation") && (r->verb == NULL || (!changing && !r->decided))) {
        r->negated = true;
        r->denied = r->denied || !r->spoken; /* "do not …": whatever comes */
    }
    r->spoken = r->spoken || !(token_filler(t) || token_is(t, WORD_MOOD, "negation") ||
                               token_is(t, WORD_MOOD, "yesno") || token_is(t, WORD_ROLE, "aux"));
    bool apart = i > c->from && (c->tokens->v[i - 1].flags & (TOKEN_COMMA | TOKEN_STOP)) != 0;
    r->negated = r->negated && !(r->told && !r->denied && apart);
    const struct word *verb = clause_imperative(c, i);
    if (verb != NULL && r->verb == NULL && !r->negated) {
        r->verb = verb;
        r->verb_at = i;
        r->decided = true;
    } else if (verb != NULL && r->negated && r->verb == NULL && verb->changes && !r->which) {
        f->mood = MOOD_NOT;
    } else if (r->negated && !r->denied && verb == NULL && !token_filler(t) && token_sense(t, WORD_VERB) == NULL &&
               !token_is(t, WORD_MOOD, "negation")) {
        r->negated = false; /* "not" spoke of something else */
    }
}

/* "512Mi", "1 cpu", "3 replicas": how much of something. */
static bool amount_at(struct clause *c, size_t i)
{
    static const char *const units[] = { "mi", "gi", "ki", "mib", "gib", "mb", "gb", "m", "g", "k" };
    const struct token *t = clause_token(c, i);
    const char *unit = clause_value(c, i + t->span, WORD_UNIT);
    if (unit == NULL && op_str_eq(clause_value(c, i + t->span, WORD_TOPIC), "cpu"))
        unit = "cpu";
    static const char *const counted[] = { "replica", "cpu", "Mi", "Gi", "M", "G", "more", "less" };
    bool part = strcmp(t->low, "half") == 0 || strcmp(t->low, "quarter") == 0; /* "half a core" */
    for (size_t k = i + 1; part && k < c->to && k < i + 4; k++)
        if (op_str_eq(clause_value(c, k, WORD_UNIT), "cpu") || op_str_eq(clause_value(c, k, WORD_TOPIC), "cpu"))
            return true;
    bool number = (t->flags & TOKEN_NUMERIC) != 0 || token_sense(t, WORD_NUMBER) != NULL;
    for (size_t k = 0; k < OP_LEN(counted) && number; k++)
        if (op_str_eq(unit, counted[k]))
            return true;
    size_t digits = strspn(t->low, "0123456789.");
    for (size_t k = 0; k < OP_LEN(units) && digits > 0 && (t->flags & TOKEN_QUOTED) == 0; k++)
        if (strcmp(t->low + digits, units[k]) == 0)
            return true;
    return false;
}

/* "the label canary=true" */
static bool marks_at(struct clause *c, size_t i)
{
    const struct token *t = clause_token(c, i), *pair = clause_token(c, i + 1);
    bool word = token_is(t, WORD_TOPIC, "labels") || token_is(t, WORD_TOPIC, "annotations") ||
                token_is(t, WORD_ROLE, "envword");
    const char *eq = strchr(t->text, '='); /* "needs DATABASE_HOST=db" */
    size_t shouts = strspn(t->text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
    return (word && pair != NULL && strchr(pair->text, '=') != NULL) ||
           (eq != NULL && shouts > 1 && t->text + shouts == eq);
}

static const struct word *verb_of(const struct clause *c, const char *form)
{
    for (const struct word *w = lexicon_first(c->lex, form); w != NULL; w = w->next)
        if (w->cls == WORD_VERB && strcmp(w->form, form) == 0)
            return w;
    return NULL;
}

/* "give web 512Mi", "limit api to 1 cpu", "make web 3 replicas", "cart needs 1Gi": an amount makes it a change.
 * What is made new is not ("make a deployment with 3 replicas"). */
static void by_amount(struct clause *c, struct reading *r)
{
    bool amount = false;
    for (size_t i = c->from; i < c->to && !amount; i++)
        amount = !c->tokens->v[i].inside && (amount_at(c, i) || marks_at(c, i));
    size_t first = c->from;
    while (first < c->to && token_filler(&c->tokens->v[first]) && !token_is(&c->tokens->v[first], WORD_ROLE, "needs") &&
           !token_is(&c->tokens->v[first], WORD_ROLE, "allot"))
        first++;
    if (!amount || r->which || r->why || r->advice || r->negated || first >= c->to)
        return;
    const struct token *t = &c->tokens->v[first], *next = clause_token(c, first + t->span);
    bool has = strcmp(t->low, "have") == 0 && next != NULL && (next->flags & TOKEN_NUMERIC) != 0;
    if (has && r->verb == NULL) { /* "have 7 replicas of web" */
        r->verb = verb_of(c, "set");
        r->verb_at = first;
        return;
    }
    bool gives = token_is(t, WORD_ROLE, "allot") && t->span == 1 && next != NULL && strcmp(next->low, "a") != 0 &&
                 strcmp(next->low, "an") != 0 && token_sense(next, WORD_IMAGE) == NULL;
    if (gives && (r->verb == NULL || r->verb_at == first)) {
        r->verb = verb_of(c, "set");
        r->verb_at = first;
    }
    bool listed = token_is(t, WORD_TOPIC, "requests") || token_is(t, WORD_TOPIC, "limits");
    if (listed && r->verb == NULL) { /* "requests 100m cpu and 128Mi memory for api" */
        r->verb = verb_of(c, "set");
        r->verb_at = c->to; /* it stands nowhere */
    }
    bool measure = false; /* "the memory limit of web should be 1Gi" */
    for (size_t i = c->from; i < c->to; i++)
        measure = measure || token_is(&c->tokens->v[i], WORD_TOPIC, "limits") ||
                  token_is(&c->tokens->v[i], WORD_TOPIC, "requests") ||
                  token_is(&c->tokens->v[i], WORD_TOPIC, "memory");
    for (size_t i = first + 1; i < c->to && r->verb == NULL; i++) {
        const char *low = c->tokens->v[i].low;
        bool should = measure && (strcmp(low, "should") == 0 || strcmp(low, "must") == 0);
        if (should || token_is(&c->tokens->v[i], WORD_ROLE, "needs")) {
            r->verb = verb_of(c, "set");
            r->verb_at = i;
        }
    }
}

/* "what would happen if I drained worker-1" */
static void find_past(struct clause *c, struct reading *r)
{
    for (size_t i = c->from; i < c->to && r->advice && r->verb == NULL; i++) {
        const struct token *t = clause_token(c, i), *prev = i > c->from ? &c->tokens->v[i - 1] : NULL;
        const struct word *verb = t->inflected ? token_sense(t, WORD_VERB) : NULL;
        if (verb == NULL || !verb->changes || prev == NULL ||
            (strcmp(prev->low, "i") != 0 && strcmp(prev->low, "we") != 0 && strcmp(prev->low, "of") != 0))
            continue;
        r->verb = verb;
        r->verb_at = i;
    }
}

static void find_gerund(struct clause *c, struct reading *r)
{
    for (size_t i = c->from; i < c->to && r->verb == NULL && !r->decided; i++) {
        const struct token *t = clause_token(c, i);
        if (token_filler(t) && token_sense(t, WORD_VERB) == NULL)
            continue;
        r->verb = gerund(c, i);
        if (r->verb != NULL && !r->verb->changes && c->frame.symptom)
            r->verb = NULL; /* "seeing a lot of 500s" tells of them */
        r->verb_at = i;
        r->gerund = r->verb != NULL;
        return;
    }
}

/* "can I delete pods": the verb behind it, as the API server calls it. */
static void may_i(struct clause *c, size_t at)
{
    static const char *const api[][2] = { { "get", "get" },       { "create", "create" }, { "delete", "delete" },
                                          { "update", "update" }, { "patch", "patch" },   { "watch", "watch" },
                                          { "deploy", "create" }, { "scale", "update" },  { "edit", "update" },
                                          { "set", "update" },    { "restart", "patch" }, { "run", "create" } };
    size_t next = at + c->tokens->v[at].span;
    const struct word *said = token_sense(&c->tokens->v[at], WORD_VERB);
    bool account = strstr(said->form, "account") != NULL || op_str_ends(said->form, " sa");
    if (account && clause_name(c, next))
        clause_take(c, next, "can_account");
    for (size_t i = next; i < c->to; i++) {
        const char *verb = clause_value(c, i, WORD_VERB);
        if (verb == NULL || (account && c->tokens->v[i].inflected))
            continue;
        for (size_t k = 0; k < OP_LEN(api); k++)
            if (strcmp(api[k][0], verb) == 0)
                slots_set(&c->frame.slots, "cani_verb", strcmp(c->tokens->v[i].low, "list") == 0 ? "list" : api[k][1]);
        clause_use(c, i);
        return;
    }
}

/* "orders should run image web:2": of something that is there already. */
static void shall(struct clause *c, struct reading *r)
{
    static const char *const words[] = { "should", "must", "shall", "needs to", "has to" };
    size_t at = r->verb_at;
    if (r->verb == NULL || strcmp(r->verb->value, "run") != 0 || at < c->from + 2 || !clause_name(c, at - 2))
        return;
    for (size_t i = 0; i < OP_LEN(words); i++)
        if (strcmp(c->tokens->v[at - 1].low, words[i]) == 0)
            r->verb = verb_of(c, "set");
}

/* "roll out billing:9": the next version of what is there, not a new thing. */
static void rolled_out(struct clause *c, struct reading *r)
{
    if (r->verb == NULL || strcmp(r->verb->value, "deploy") != 0 || !op_str_starts(r->verb->form, "roll"))
        return;
    bool tagged = false, fresh = false;
    for (size_t i = c->from; i < c->to; i++) {
        const struct token *t = &c->tokens->v[i];
        const char *colon = strchr(t->text, ':');
        tagged = tagged || (colon != NULL && colon != t->text && colon[1] != '\0' && strstr(t->text, "://") == NULL);
        fresh = fresh || strcmp(t->low, "a") == 0 || strcmp(t->low, "an") == 0 || strcmp(t->low, "new") == 0 ||
                token_is(t, WORD_UNIT, "replica") || token_is(t, WORD_ROLE, "named");
    }
    if (tagged && !fresh)
        r->verb = verb_of(c, "update");
}

/* "if web is down, restart it": whether it is comes first. */
static bool conditional(const struct clause *c)
{
    size_t i = c->from;
    while (i < c->to && token_filler(&c->tokens->v[i]) &&
           (c->tokens->v[i].inside || c->tokens->v[i].span > 1 || strcmp(c->tokens->v[i].low, "if") != 0))
        i++;
    return i < c->to && (strcmp(c->tokens->v[i].low, "if") == 0 || strcmp(c->tokens->v[i].low, "unless") == 0);
}

/* "lösche nicht den Pod": in other languages the "not" may stand behind the verb. What it does not belong to ("not
 * running") has been put into other words by now; where it has not, nothing is done. */
static bool refused(const struct clause *c)
{
    for (size_t i = c->from; i < c->to && c->tokens->lang != 0; i++) {
        const struct token *t = &c->tokens->v[i];
        if (token_is(t, WORD_MOOD, "negation") && !t->used && strcmp(t->low, "without") != 0)
            return true;
    }
    return false;
}

void clause_mood(struct clause *c)
{
    struct frame *f = &c->frame;
    struct reading r = { 0 };
    for (size_t i = c->from; i < c->to; i++)
        if (!c->tokens->v[i].inside)
            weigh(c, i, &r);
    by_amount(c, &r);
    shall(c, &r);
    rolled_out(c, &r);
    find_gerund(c, &r);
    find_past(c, &r);
    const bool asked = asked_here(c);
    if (r.verb != NULL) {
        f->verb = r.verb->value;
        f->changes = r.verb->changes;
        clause_use(c, r.verb_at);
        if (r.verb_at < c->to && (c->tokens->v[r.verb_at].flags & TOKEN_SPLIT) != 0)
            slots_set(&f->slots, "split", "true");
    }
    if (op_str_eq(f->verb, "cani"))
        may_i(c, r.verb_at);
    if (f->mood == MOOD_NOT)
        return;
    if (r.why)
        f->mood = MOOD_WHY;
    else if (r.advice)
        f->mood = MOOD_ADVICE;
    else if (r.which)
        f->mood = f->symptom && !f->counting ? MOOD_WHY : MOOD_ASK;
    else if (r.verb == NULL)
        f->mood = f->symptom ? MOOD_WHY : MOOD_DO;
    else if (f->symptom && looks_into(r.verb))
        f->mood = MOOD_WHY;
    else if (f->changes && ((asked && !r.polite) || r.gerund))
        f->mood = MOOD_ADVICE;
    else
        f->mood = MOOD_DO;
    if (f->changes && f->mood == MOOD_DO && refused(c))
        f->mood = MOOD_NOT;
    bool orders = false; /* "if that does not help, roll it back": whatever else it says */
    for (size_t i = c->from; i < c->to && !f->changes && r.negated && conditional(c); i++) {
        const struct word *verb = clause_imperative(c, i);
        orders = orders || (verb != NULL && verb->changes);
    }
    if (orders) {
        f->mood = MOOD_WHY;
        f->depends = true;
    }
    if (f->changes && f->mood == MOOD_DO && conditional(c)) {
        f->mood = MOOD_WHY;
        f->depends = true;
    }
    if ((f->mood == MOOD_ASK || f->mood == MOOD_WHY) && f->changes) {
        const struct token *next = clause_token(c, r.verb_at + 1); /* "when did the job import last run": a name */
        bool behind = r.verb_at > c->from && next != NULL && c->tokens->v[r.verb_at].span == 1 &&
                      token_sense(&c->tokens->v[r.verb_at - 1], WORD_KIND) != NULL;
        c->tokens->v[r.verb_at].used = c->tokens->v[r.verb_at].used && !behind;
        f->verb = NULL; /* "how much does docker use", "why did you delete": no request */
        f->changes = false;
    }
}
