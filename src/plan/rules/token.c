/* Cuts plain text into tokens. Quotes, kind/name, contractions and scripts without spaces are
 * settled here, so that no later stage looks at characters. */
#include "token.h"

#include "opsh/base/str.h"
#include "opsh/base/text.h"

static const char *keep(struct tokens *t, const char *s, size_t n)
{
    if (t->pool_size - t->pool_len < n + 1)
        return "";
    char *at = t->pool + t->pool_len;
    memcpy(at, s, n);
    at[n] = '\0';
    t->pool_len += n + 1;
    return at;
}

static unsigned shape(const char *s)
{
    bool digit = false, letter = false, mark = false;
    for (; *s != '\0'; s++) {
        digit = digit || isdigit((unsigned char)*s);
        mark = mark || strchr("-.:/=_@*%+~", *s) != NULL;
        letter = letter || isalpha((unsigned char)*s) || (unsigned char)*s >= 0x80;
    }
    if (digit && !letter && !mark)
        return TOKEN_NUMERIC;
    return mark || (digit && letter) ? TOKEN_NAMELIKE : 0;
}

struct token *tokens_push(struct tokens *t, const char *s, size_t n, unsigned flags)
{
    if (n == 0)
        return NULL;
    if (t->n == TOKENS_MAX) {
        t->too_much = "too many words";
        return NULL;
    }
    struct token *tok = &t->v[t->n++];
    *tok = (struct token){ .text = keep(t, s, n), .span = 1, .flags = flags };
    char folded[512];
    if (n < sizeof(folded) / 2) {
        text_fold(folded, tok->text);
        tok->low = keep(t, folded, strlen(folded));
    } else {
        tok->low = tok->text;
        tok->flags |= TOKEN_QUOTED; /* no keyword is that long */
    }
    if ((flags & TOKEN_QUOTED) == 0)
        tok->flags |= shape(tok->text);
    return tok;
}

/* French words that lose their vowel in front of another one. */
static bool elided(const char *s, size_t n)
{
    static const char *const words[] = { "l", "d", "s", "n", "j", "c", "qu", "t" };
    char low[4] = "";
    for (size_t i = 0; i < n && n < sizeof(low); i++)
        low[i] = (char)tolower((unsigned char)s[i]);
    return OP_IN(low, words);
}

/* "can't" → can not, "what's" → what is, "backend's" → backend; true when s was such a word. */
static bool contraction(struct tokens *t, const char *s, size_t n, unsigned flags)
{
    static const char *const with_is[] = {
        "what", "where", "how", "who", "when", "that", "there", "it", "here", "why"
    };
    const char *mark = memchr(s, '\'', n);
    if (mark == NULL || mark == s)
        return false;
    size_t base = (size_t)(mark - s), rest = n - base - 1;
    const char *tail = mark + 1;
    bool nt = rest == 1 && (*tail == 't' || *tail == 'T') && (mark[-1] == 'n' || mark[-1] == 'N');
    if (nt) {
        bool cant = base == 3 && strncasecmp(s, "can", 3) == 0;
        (void)tokens_push(t, s, cant ? base : base - 1, flags);
        (void)tokens_push(t, "not", 3, 0);
        return true;
    }
    if (elided(s, base) && rest > 1) { /* "l'image", "d'un" */
        if (*s == 'd' || *s == 'D')
            (void)tokens_push(t, "de", 2, flags);
        return false;
    }
    if (rest > 8)
        return false;
    (void)tokens_push(t, s, base, flags);
    bool is = false;
    for (size_t i = 0; i < OP_LEN(with_is); i++)
        is = is || (strlen(with_is[i]) == base && strncasecmp(with_is[i], s, base) == 0);
    if (rest == 1 && (*tail == 's' || *tail == 'S') && is)
        (void)tokens_push(t, "is", 2, 0);
    if (rest == 2 && strncasecmp(tail, "re", 2) == 0)
        (void)tokens_push(t, "are", 3, 0);
    static const char *const ours[] = { "s", "re", "ve", "ll", "d", "m", "t", "S" };
    char end[16] = "";
    (void)snprintf(end, sizeof(end), "%.*s", (int)rest, tail);
    if (rest > 0 && !OP_IN(end, ours)) {
        (void)snprintf(end, sizeof(end), "'%.*s", (int)rest, tail);
        (void)tokens_push(t, end, rest + 1, TOKEN_TAIL);
    }
    return true;
}

static bool known(const struct lexicon *lex, const char *s, size_t n, enum word_class cls)
{
    char low[64], folded[128];
    if (n == 0 || n >= sizeof(low))
        return false;
    (void)snprintf(low, sizeof(low), "%.*s", (int)n, s);
    text_fold(folded, low);
    for (const struct word *w = lexicon_first(lex, folded); w != NULL; w = w->next)
        if (w->words == 1 && strcmp(w->form, folded) == 0 && (cls == WORD_CLASSES || w->cls == cls))
            return true;
    return false;
}

/* deployment/backend → the kind and a protected name; CPU/memory → two words. */
static bool slashed(struct tokens *t, const struct lexicon *lex, const char *s, size_t n, unsigned flags)
{
    const char *slash = memchr(s, '/', n);
    if (slash == NULL || slash == s || slash + 1 == s + n ||
        memchr(slash + 1, '/', n - (size_t)(slash + 1 - s)) != NULL)
        return false;
    size_t left = (size_t)(slash - s), right = n - left - 1;
    static const char *const files[] = { ".crt",  ".key", ".pem", ".yaml",       ".yml", ".json",
                                         ".conf", ".txt", ".env", ".properties", ".sh",  ".py" };
    for (size_t i = 0; i < OP_LEN(files); i++) /* "certs/shop.crt" */
        if (n > strlen(files[i]) && strncasecmp(s + n - strlen(files[i]), files[i], strlen(files[i])) == 0)
            return false;
    static const char *const folders[] = { "chart", "charts", "image", "images", "tools", "manifests", "dashboard" };
    for (size_t i = 0; i < OP_LEN(folders); i++)
        if (left == strlen(folders[i]) && strncasecmp(s, folders[i], left) == 0)
            return false;
    bool kind = known(lex, s, left, WORD_KIND), word = known(lex, slash + 1, right, WORD_CLASSES);
    if (!kind && (!(known(lex, s, left, WORD_CLASSES) && word) || known(lex, s, left, WORD_IMAGE)))
        return false; /* traefik/whoami is an image */
    (void)tokens_push(t, s, left, flags);
    (void)tokens_push(t, slash + 1, right, word && !known(lex, slash + 1, right, WORD_IMAGE) ? 0 : TOKEN_QUOTED);
    return true;
}

/* "runAsUser=1000", "effect=NoSchedule": a field of the API and its value, said like "runAsUser: 1000". */
static bool field(struct tokens *t, const char *s, size_t n, unsigned flags)
{
    static const char *const fields[] = {
        "runAsUser",
        "runAsGroup",
        "fsGroup",
        "runAsNonRoot",
        "readOnlyRootFilesystem",
        "allowPrivilegeEscalation",
        "restartPolicy",
        "imagePullPolicy",
        "terminationGracePeriodSeconds",
        "backoffLimit",
        "activeDeadlineSeconds",
        "ttlSecondsAfterFinished",
        "successfulJobsHistoryLimit",
        "failedJobsHistoryLimit",
        "concurrencyPolicy",
        "hostNetwork",
        "initialDelaySeconds",
        "periodSeconds",
        "timeoutSeconds",
        "failureThreshold",
        "serviceName",
        "priorityClassName",
        "hostPID",
        "startingDeadlineSeconds",
        "completionMode",
    };
    static const char *const of_toleration[] = { "key", "value", "effect", "operator" };
    const char *eq = memchr(s, '=', n);
    char name[40];
    if (eq == NULL || eq + 1 == s + n || (size_t)(eq - s) >= sizeof(name))
        return false;
    (void)snprintf(name, sizeof(name), "%.*s", (int)(eq - s), s);
    static const char *const of_image[] = { "name", "image", "port", "command", "cmd" };
    if (!OP_IN(name, fields) && !(t->tolerates && OP_IN(name, of_toleration)) &&
        !(t->pairs_image && OP_IN(name, of_image)))
        return false;
    (void)tokens_push(t, s, (size_t)(eq - s), flags | TOKEN_COLON);
    (void)tokens_push(t, eq + 1, (size_t)(s + n - eq - 1), 0);
    return true;
}

/* ["sh", "-c", "sleep 1"]: one past its end; NULL: no list of quotations on this line. */
static const char *list_end(const char *s)
{
    if (*s != '[' || (s[1] != '"' && s[1] != '\''))
        return NULL;
    char quote = '\0';
    for (; *s != '\0' && *s != '\n'; s++) {
        if (quote != '\0')
            quote = *s == quote ? '\0' : quote;
        else if (*s == '"' || *s == '\'')
            quote = *s;
        else if (*s == ']')
            return s + 1;
    }
    return NULL;
}

static bool is_latin(uint32_t cp)
{
    return cp < 0x370 || (cp >= 0x1E00 && cp < 0x2100);
}

/* A run of a script without spaces: cut at the words that the vocabulary knows. */
static void push_run(struct tokens *t, const struct lexicon *lex, const char *s, size_t n)
{
    size_t unknown = 0;
    for (size_t i = 0; i < n;) {
        const struct word *w = NULL;
        size_t len = lexicon_prefix(lex, s + i, n - i, &w);
        if (len == 0) {
            uint32_t cp = 0;
            size_t step = op_utf8_decode(s + i, n - i, &cp);
            unknown += step != 0 ? step : 1;
            i += step != 0 ? step : 1;
            continue;
        }
        (void)tokens_push(t, s + i - unknown, unknown, 0);
        unknown = 0;
        (void)tokens_push(t, s + i, len, 0);
        i += len;
    }
    (void)tokens_push(t, s + n - unknown, unknown, 0);
}

/* Cut where the script changes: "deployment의" → deployment, 의. */
static void push_scripts(struct tokens *t, const struct lexicon *lex, const char *s, size_t n, unsigned flags)
{
    size_t start = 0;
    bool latin = true;
    for (size_t i = 0; i <= n;) {
        uint32_t cp = 0;
        size_t len = i < n ? op_utf8_decode(s + i, n - i, &cp) : 1;
        bool now = i < n ? is_latin(cp) : !latin;
        if (now != latin || i == n) {
            if (latin)
                (void)tokens_push(t, s + start, i - start, flags);
            else
                push_run(t, lex, s + start, i - start);
            flags = i > start ? 0 : flags;
            start = i;
            latin = now;
        }
        i += len != 0 ? len : 1;
    }
}

static bool ends_word(char c)
{
    return c == '\0' || isspace((unsigned char)c) || strchr(",.;:!?)]}", c) != NULL;
}

/* The end of the quotation that opens at s, or NULL when it does not close on its line. */
static const char *closing(const char *s)
{
    for (const char *c = s + 1; *c != '\0' && *c != '\n'; c++)
        if (*c == *s && ends_word(c[1]) && c > s + 1)
            return c;
    return NULL;
}

/* One past the last character of the word at s: quotes inside (key="a b") hold it together. */
static const char *word_end(const char *s)
{
    const char *start = s;
    while (*s != '\0' && !isspace((unsigned char)*s)) {
        if ((*s == '"' || *s == '\'') && s[1] != '\0') {
            bool value = s > start && (s[-1] == '=' || s[-1] == ':');
            const char *end = value ? strchr(s + 1, *s) : NULL;
            if (end != NULL && memchr(s, '\n', (size_t)(end - s)) == NULL)
                s = end;
        }
        s++;
    }
    return s;
}

static unsigned mark_flags(char c)
{
    switch (c) {
    case ',':
        return TOKEN_COMMA;
    case ':':
        return TOKEN_COLON;
    case '?':
        return TOKEN_ASKED | TOKEN_STOP;
    case '.':
    case '!':
    case ';':
        return TOKEN_STOP;
    default:
        return 0;
    }
}

/* Punctuation behind a word says something about the sentence; it never belongs to a name. */
static unsigned trim(const char **s, const char **end)
{
    unsigned flags = 0;
    if (*end - *s == 2 && (*s)[1] == '>') /* "->" */
        return 0;
    while (*s < *end && strchr("([{<\"'`", **s) != NULL)
        (*s)++;
    while (*end > *s && strchr(",.;:!?)]}>\"'`", (*end)[-1]) != NULL) {
        char c = (*end)[-1];
        if (c == '.' && (*end - *s == 1 || ((*end)[-2] == '.' && *end - *s == 2) || (*end)[-2] == '/'))
            break; /* "." and ".." are folders */
        flags |= mark_flags(c);
        (*end)--;
    }
    return flags;
}

static void push_word(struct tokens *t, const struct lexicon *lex, const char *s, const char *end, unsigned flags)
{
    size_t before = t->n;
    unsigned aside = *s == '(' ? TOKEN_ASIDE : 0;
    unsigned after = trim(&s, &end);
    size_t n = (size_t)(end - s);
    char bare[256];
    const char *eq = memchr(s, '=', n);
    if (eq != NULL && n < sizeof(bare) && (memchr(s, '"', n) != NULL || memchr(s, '\'', n) != NULL)) {
        size_t len = 0; /* key="a b" → key=a b */
        for (const char *c = s; c < end; c++)
            if (*c != '"' && *c != '\'')
                bare[len++] = *c;
        (void)tokens_push(t, bare, len, flags | TOKEN_QUOTED);
    } else if (!contraction(t, s, n, flags) && !field(t, s, n, flags) && !slashed(t, lex, s, n, flags)) {
        const char *mark = memchr(s, '\'', n); /* "l'image" */
        size_t skip = mark != NULL && elided(s, (size_t)(mark - s)) ? (size_t)(mark - s) + 1 : 0;
        push_scripts(t, lex, s + skip, n - skip, t->n > before ? 0 : flags);
    }
    if (t->n > before) {
        t->v[before].flags |= aside;
        t->v[t->n - 1].flags |= after;
    } else if (t->n > 0) {
        t->v[t->n - 1].flags |= after;
    }
}

/* The list mark at the start of a line, if there is one. */
static const char *bullet(const char *s, unsigned *flags)
{
    const char *c = s;
    while (*c == ' ')
        c++;
    bool deep = c - s >= 2;
    const char *mark = c;
    if ((*c == '-' || *c == '*') && c[1] == ' ')
        mark = c + 2;
    else if (isdigit((unsigned char)*c)) {
        while (isdigit((unsigned char)*c))
            c++;
        mark = (*c == '.' || *c == ')') && c[1] == ' ' ? c + 2 : mark;
        c = mark;
    }
    bool is = mark > s && (mark[-1] == ' ' && mark - s >= 2 && strchr("-*.)", mark[-2]) != NULL);
    *flags = TOKEN_LINE | (is ? TOKEN_BULLET : 0U) | (is && deep ? TOKEN_DEEP : 0U);
    return is ? mark : s;
}

/* "> 5", ">= 5", "<5" in front of a number: said as words. How many bytes that is; 0: it is something else. */
static size_t compares(struct tokens *t, const char *s, unsigned flags)
{
    size_t n = 1 + (s[1] == '=');
    size_t spaces = strspn(s + n, " ");
    if ((*s != '<' && *s != '>') || !isdigit((unsigned char)s[n + spaces]))
        return 0;
    bool more = *s == '>';
    (void)tokens_push(t, n == 2 ? "at" : more ? "more" : "less", n == 2 ? 2 : 4, flags);
    (void)tokens_push(t, n == 2 ? more ? "least" : "most" : "than", n == 2 && more ? 5 : 4, 0);
    return n + spaces;
}

static void read_all(struct tokens *t, const struct lexicon *lex, const char *s)
{
    unsigned line = 0;
    s = bullet(s, &line);
    while (*s != '\0' && t->too_much == NULL) {
        if (*s == '\n') {
            s = bullet(s + 1, &line);
        } else if (isspace((unsigned char)*s)) {
            s++;
        } else if (compares(t, s, line) != 0) {
            s += strcspn(s, "0123456789");
            line = 0;
        } else {
            const char *end = strchr("\"'`", *s) != NULL ? closing(s) : NULL, *list = list_end(s);
            size_t had = t->n;
            if (list != NULL) {
                struct token *tok = tokens_push(t, s, (size_t)(list - s), line | TOKEN_QUOTED);
                for (s = list; *s != '\0' && strchr(",.;:!?", *s) != NULL; s++)
                    if (tok != NULL)
                        tok->flags |= mark_flags(*s);
            } else if (end != NULL) {
                const char *from = s + 1;
                struct token *tok = tokens_push(t, from, (size_t)(end - from), line | TOKEN_QUOTED);
                s = end + 1;
                for (; *s != '\0' && strchr(",.;:!?)]}", *s) != NULL; s++)
                    if (tok != NULL)
                        tok->flags |= mark_flags(*s);
            } else {
                end = word_end(s);
                push_word(t, lex, s, end, line);
                s = end;
            }
            if (t->n > had)
                line = 0;
        }
    }
}

bool tokens_read(struct tokens *t, const struct lexicon *lex, const char *text)
{
    *t = (struct tokens){ 0 };
    size_t n = strlen(text);
    if (n > REQUEST_MAX) {
        t->too_much = "too long";
        return false;
    }
    OP_AUTO_FREE char *plain = text_plain(text, n);
    t->tolerates = strstr(plain, "tolerat") != NULL;
    const char *image = strstr(plain, " image=");
    t->pairs_image = image != NULL && strstr(plain, "--") == NULL && strstr(plain, "helm") == NULL &&
                     strstr(plain, "release") == NULL && strstr(plain, "chart") == NULL;
    t->v = op_calloc(TOKENS_MAX, sizeof(*t->v));
    t->pool_size = strlen(plain) * 6 + 8192;
    t->pool = op_calloc(t->pool_size, 1);
    read_all(t, lex, plain);
    if (t->too_much != NULL)
        return false;
    t->lang = tokens_language(t, lex);
    tokens_gloss(t, lex);
    tokens_annotate(t, lex);
    return true;
}

void tokens_free(struct tokens *t)
{
    free(t->v);
    free(t->pool);
    *t = (struct tokens){ 0 };
}
