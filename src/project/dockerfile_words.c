/* Owns the words of an instruction and the commands of a shell script, as far as rules need them: quotes, escapes,
 * separators. Runs and expands nothing. */
#include "dockerfile.h"

#include "opsh/base/str.h"
#include "opsh/data/json.h"

enum { NESTED = 8 }; /* $(…) within $(…) */

void op_df_words(const char *s, char escape, struct op_strv *out)
{
    OP_AUTO_BUF word = OP_BUF_INIT;
    bool open = false;
    char quote = '\0';
    for (; *s != '\0' && out->n < DF_WORDS_MAX; s++) {
        if (quote == '\0' && (*s == ' ' || *s == '\t')) {
            if (open)
                op_strv_take(out, op_buf_steal(&word));
            open = false;
            continue;
        }
        open = true;
        if (quote == '\0' && (*s == '"' || *s == '\''))
            quote = *s;
        else if (*s == quote)
            quote = '\0';
        else if (*s == escape && quote != '\'' && s[1] != '\0')
            op_buf_addc(&word, *++s);
        else
            op_buf_addc(&word, *s);
    }
    if (open)
        op_strv_take(out, op_buf_steal(&word));
}

bool op_df_json(const char *s, struct op_strv *out)
{
    struct op_err err = OP_ERR_INIT;
    if (*s != '[')
        return false;
    OP_AUTO_JSON *list = op_json_parse(s, strlen(s), OP_JSON_LOOSE, &err);
    if (list == NULL || !op_json_is_array(list))
        return false;
    OP_JSON_EACH(item, list)
        if (op_json_text(item) == NULL)
            return false;
    OP_JSON_EACH(item, list)
        if (out->n < DF_WORDS_MAX)
            op_strv_push(out, op_json_text(item));
    return true;
}

char *op_df_key(const char *word)
{
    return op_strndup(word, strcspn(word, "="));
}

/* ---- the shell ---- */

struct shell {
    struct df_line *to;
    struct op_strv words; /* of the command that is being read */
    struct op_buf word;
    bool open;   /* a word has begun */
    bool plain;  /* nothing of it was quoted */
    bool piped;  /* the command reads from a pipe */
    size_t file; /* the next word is a redirection's */
};

/* Words in front of the command that are none of it. */
static bool keyword(const char *w)
{
    static const char *const words[] = { "if",   "then", "else", "elif",      "while",   "until",  "do",
                                         "!",    "{",    "time", "exec",      "command", "fi",     "done",
                                         "esac", "}",    "env",  "eatmydata", "nice",    "chronic" };
    return OP_IN(w, words);
}

static bool assignment(const char *w)
{
    size_t n = strspn(w, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");
    return n != 0 && w[n] == '=';
}

static void end_word(struct shell *sh)
{
    if (!sh->open)
        return;
    OP_AUTO_FREE char *w = op_buf_steal(&sh->word);
    bool skipped = sh->words.n == 0 && (assignment(w) || (sh->plain && keyword(w)));
    if (sh->file != 0)
        sh->file--;
    else if (!skipped && sh->words.n < DF_WORDS_MAX)
        op_strv_take(&sh->words, op_steal(&w));
    sh->open = false;
    sh->plain = true;
}

static void end_command(struct shell *sh, bool pipe)
{
    end_word(sh);
    sh->file = 0;
    struct df_line *l = sh->to;
    if (sh->words.n != 0 && l->n_commands < DF_WORDS_MAX) {
        l->commands = op_grow(l->commands, l->n_commands, &l->cap_commands, sizeof(*l->commands));
        l->commands[l->n_commands++] = (struct df_command){ .words = sh->words, .piped = sh->piped };
    } else {
        op_strv_free(&sh->words);
    }
    sh->words = (struct op_strv)OP_STRV_INIT;
    sh->piped = pipe;
}

static const char *script(struct df_line *l, const char *s, char until, unsigned depth);

/* At "$(" or "`": the commands inside come before this one; the word keeps a mark. Returns behind it. */
static const char *substitution(struct shell *sh, const char *s, unsigned depth)
{
    sh->open = true;
    op_buf_adds(&sh->word, "$()");
    if (*s == '`') {
        const char *end = strchr(s + 1, '`');
        OP_AUTO_FREE char *inner = op_strndup(s + 1, end != NULL ? (size_t)(end - s - 1) : strlen(s + 1));
        if (depth < NESTED)
            (void)script(sh->to, inner, '\0', depth + 1);
        return end != NULL ? end + 1 : s + strlen(s);
    }
    if (s[2] == '(' || depth >= NESTED) { /* arithmetic, or too deep to matter */
        unsigned open = 0;
        for (s++; *s != '\0'; s++) {
            open += *s == '(';
            if (*s == ')' && --open == 0)
                return s + 1;
        }
        return s;
    }
    return script(sh->to, s + 2, ')', depth + 1);
}

/* At an opening quote. Returns behind the closing one. */
static const char *quoted(struct shell *sh, const char *s, unsigned depth)
{
    char quote = *s++;
    sh->open = true;
    sh->plain = false;
    while (*s != '\0' && *s != quote) {
        if (quote == '"' && *s == '\\' && s[1] != '\0') {
            op_buf_addc(&sh->word, s[1]);
            s += 2;
        } else if (quote == '"' && (*s == '`' || (*s == '$' && s[1] == '('))) {
            s = substitution(sh, s, depth);
        } else {
            op_buf_addc(&sh->word, *s++);
        }
    }
    return *s != '\0' ? s + 1 : s;
}

/* At one of ; & | ( ) < > or a line end. Returns behind it. */
static const char *operator(struct shell *sh, const char *s)
{
    if (*s == '<' || *s == '>') {
        bool number = sh->open && strspn(op_buf_str(&sh->word), "0123456789&") == sh->word.len;
        if (number) {
            op_buf_trunc(&sh->word, 0);
            sh->open = false;
        }
        end_word(sh);
        s += strspn(s, "<>-");
        if (*s == '&') /* 2>&1 */
            return s + 1 + strspn(s + 1, "0123456789-");
        sh->file = 1;
        return s;
    }
    if (*s == '&' && s[1] == '>') { /* &>file */
        end_word(sh);
        sh->file = 1;
        return s + 2 + (s[2] == '>');
    }
    bool pipe = *s == '|' && s[1] != '|';
    size_t n = *s != '\n' && s[1] == *s && (*s == '&' || *s == '|' || *s == ';') ? 2 : 1;
    if (pipe && s[1] == '&')
        n = 2;
    end_command(sh, pipe);
    return s + n;
}

/* Reads commands up to `until` outside of quotes, or the end. Returns behind it. */
static const char *script(struct df_line *l, const char *s, char until, unsigned depth)
{
    struct shell sh = { .to = l, .plain = true };
    while (*s != '\0' && (*s != until || until == '\0')) {
        if (*s == '\\' && s[1] != '\0') {
            if (s[1] != '\n') {
                op_buf_addc(&sh.word, s[1]);
                sh.open = true;
            }
            s += 2;
        } else if (*s == '"' || *s == '\'') {
            s = quoted(&sh, s, depth);
        } else if (*s == '`' || (*s == '$' && s[1] == '(')) {
            s = substitution(&sh, s, depth);
        } else if (*s == '#' && !sh.open) {
            s += strcspn(s, "\n");
        } else if (strchr(";&|()<>\n", *s) != NULL) {
            s = operator(&sh, s);
        } else if (*s == ' ' || *s == '\t' || *s == '\r') {
            end_word(&sh);
            s++;
        } else {
            op_buf_addc(&sh.word, *s++);
            sh.open = true;
        }
    }
    end_command(&sh, false);
    op_buf_free(&sh.word);
    return *s != '\0' ? s + 1 : s;
}

void op_df_shell(const char *text, struct df_line *l)
{
    (void)script(l, text, '\0', 0);
}
