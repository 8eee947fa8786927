/* Owns the configuration: the table of keys, and which source wins. Refuses unknown keys and wrong
 * types with file:line:column. The key of the model's API is key.c's. */
#include "opsh/shell/config.h"

#include "key.h"
#include "opsh/base/str.h"
#include "opsh/data/yaml.h"
#include "opsh/os/path.h"

#include <errno.h>
#include <stddef.h>

enum kind { TEXT, FILE_NAME, NUMBER, BOOLEAN, COLOUR, CONFIRM, LIST, PATTERNS, PRICE, PRICES };

static const char *const kind_names[] = { [TEXT] = "text",
                                          [FILE_NAME] = "file",
                                          [NUMBER] = "number",
                                          [BOOLEAN] = "true or false",
                                          [COLOUR] = "auto, always or never",
                                          [LIST] = "list of words",
                                          [CONFIRM] = "all or changes",
                                          [PATTERNS] = "list of patterns",
                                          [PRICE] = "amount",
                                          [PRICES] = "map of models" };

struct row {
    const char *key;
    enum kind kind;
    size_t at;
    const char *fallback;    /* TEXT: the default */
    int64_t min, max, value; /* NUMBER: limits and default */
    const char *env, *help;
};

#define AT(member) offsetof(struct op_config, member)

static const struct row rows[] = {
    { .key = "endpoint",
      .kind = TEXT,
      .at = AT(endpoint),
      .fallback = "https://api.openai.com/v1",
      .env = "OPENAI_BASE_URL",
      .help = "base address of an OpenAI-compatible API; one on this machine needs no key" },
    { .key = "model",
      .kind = TEXT,
      .at = AT(model),
      .fallback = "gpt-4o-mini",
      .env = "OPENAI_MODEL",
      .help = "the model to ask" },
    { .key = "key_file",
      .kind = FILE_NAME,
      .at = AT(key_file),
      .help = "file that holds the API key, readable by you alone (0600); $OPENAI_API_KEY wins" },
    { .key = "key_command",
      .kind = LIST,
      .at = AT(key_command),
      .help = "command that prints the API key, run without a shell, as [pass, show, openai]; after key_file" },
    { .key = "prompt_file",
      .kind = FILE_NAME,
      .at = AT(prompt_file),
      .help = "system prompt in place of the built-in" },
    { .key = "instructions_file",
      .kind = FILE_NAME,
      .at = AT(instructions_file),
      .help = "your own words to the model, added to the system prompt" },
    { .key = "ca_file", .kind = FILE_NAME, .at = AT(ca_file), .help = "certificates to trust for the endpoint (PEM)" },
    { .key = "silence_timeout",
      .kind = NUMBER,
      .at = AT(silence_timeout_s),
      .min = 1,
      .max = 3600,
      .value = 120,
      .help = "seconds without a byte from the model after which it is given up" },
    { .key = "max_steps",
      .kind = NUMBER,
      .at = AT(max_steps),
      .min = 1,
      .max = 200,
      .value = 20,
      .help = "commands a model may ask for within one request" },
    { .key = "context_tokens",
      .kind = NUMBER,
      .at = AT(context_tokens),
      .min = 2000,
      .max = 10000000,
      .value = 32000,
      .help = "tokens that one request to the model and its answer may hold; older turns are shortened to fit" },
    { .key = "prices",
      .kind = PRICES,
      .at = AT(prices),
      .help = "what a million tokens cost, for /tokens, by model, as {gpt-4o-mini: {in: 0.15, out: 0.60}, \"llama*\": "
              "{in: 0, out: 0}}; the first name or pattern that fits counts" },
    { .key = "price_input",
      .kind = PRICE,
      .at = AT(price_input),
      .help = "what a million tokens sent to the model cost, for a model without a line in prices" },
    { .key = "price_output",
      .kind = PRICE,
      .at = AT(price_output),
      .help = "what a million tokens of its replies cost" },
    { .key = "context", .kind = TEXT, .at = AT(context), .help = "kubeconfig context in place of the current one" },
    { .key = "namespace", .kind = TEXT, .at = AT(ns), .help = "namespace in place of the context's own" },
    { .key = "read_only", .kind = BOOLEAN, .at = AT(read_only), .help = "refuse every change" },
    { .key = "suggest", .kind = BOOLEAN, .at = AT(suggest), .help = "print changes instead of running them" },
    { .key = "confirm", .kind = CONFIRM, .at = AT(confirm_all), .help = "all: ask about reads too; default changes" },
    { .key = "protected",
      .kind = PATTERNS,
      .at = AT(protect),
      .help = "contexts, as [\"prod*\"], in which a change wants the context's name typed and --yes covers nothing" },
    { .key = "redact",
      .kind = PATTERNS,
      .at = AT(redact),
      .help = "POSIX extended patterns of what must not be sent to the model, as ['customer-[0-9]+']; a group "
              "is the secret" },
    { .key = "timeout",
      .kind = NUMBER,
      .at = AT(timeout_s),
      .min = 0,
      .max = 86400,
      .value = 600,
      .help = "seconds a command may take; 0: as long as it likes" },
    { .key = "proof_timeout",
      .kind = NUMBER,
      .at = AT(proof_timeout_s),
      .min = 1,
      .max = 86400,
      .value = 180,
      .help = "seconds to wait until a change has come true" },
    { .key = "history_size",
      .kind = NUMBER,
      .at = AT(history_size),
      .min = 0,
      .max = 1000000,
      .value = 5000,
      .help = "lines of history to keep; 0: none" },
    { .key = "color", .kind = COLOUR, .at = AT(colour), .help = "auto: on a terminal, unless NO_COLOR is set" },
    { .key = "tools_folder",
      .kind = FILE_NAME,
      .at = AT(tools_folder),
      .help = "your own catalogue files; otherwise the folder tools beside the configuration" },
};

static char **text_at(struct op_config *c, const struct row *row)
{
    return (char **)(void *)((char *)c + row->at);
}

static void set_text(struct op_config *c, const struct row *row, const char *text)
{
    free(*text_at(c, row));
    *text_at(c, row) = op_strdup(text);
}

/* A name in the file means the same from wherever opsh is started: it is taken from the file's folder. */
static char *resolve(const char *file, const char *name)
{
    char *path = op_path_expand(name);
    const char *slash = strrchr(file, '/');
    if (path[0] == '/' || slash == NULL)
        return path;
    char *full = op_asprintf("%.*s/%s", (int)(slash - file), file, path);
    free(path);
    return full;
}

static bool read_list(const struct op_doc *d, const struct op_node *n, struct op_strv *out, struct op_err *err)
{
    if (!op_node_expect(d, n, OP_NODE_LIST, err))
        return false;
    for (const struct op_node *item = op_node_first(n); item != NULL; item = op_node_next(item)) {
        if (!op_node_expect(d, item, OP_NODE_SCALAR, err))
            return false;
        op_strv_push(out, op_node_text(item));
    }
    if (out->n == 0 || op_str_empty(out->v[0]))
        return op_node_fail(err, d, n, "%s must begin with a program", op_node_key(n));
    return true;
}

static bool read_patterns(const struct op_doc *d, const struct op_node *n, struct op_strv *out, struct op_err *err)
{
    if (!op_node_expect(d, n, OP_NODE_LIST, err))
        return false;
    for (const struct op_node *item = op_node_first(n); item != NULL; item = op_node_next(item)) {
        if (!op_node_expect(d, item, OP_NODE_SCALAR, err))
            return false;
        if (*op_node_text(item) == '\0')
            return op_node_fail(err, d, item, "%s holds an empty pattern", op_node_key(n));
        op_strv_push(out, op_node_text(item));
    }
    return true;
}

static bool read_confirm(const struct op_doc *d, const struct op_node *n, bool *out, struct op_err *err)
{
    const char *text = op_node_text(n);
    if (!op_str_eq(text, "all") && !op_str_eq(text, "changes"))
        return op_node_fail(err, d, n, "%s must be all or changes", op_node_key(n));
    *out = *text == 'a';
    return true;
}

static bool read_colour(const struct op_doc *d, const struct op_node *n, enum op_colour_mode *out, struct op_err *err)
{
    static const char *const modes[] = {
        [OP_COLOUR_AUTO] = "auto", [OP_COLOUR_ALWAYS] = "always", [OP_COLOUR_NEVER] = "never"
    };
    for (size_t i = 0; i < OP_LEN(modes); i++) {
        if (op_str_eq(op_node_text(n), modes[i])) {
            *out = (enum op_colour_mode)i;
            return true;
        }
    }
    return op_node_fail(err, d, n, "%s must be auto, always or never", op_node_key(n));
}

static bool read_text(const struct op_doc *d, const struct op_node *n, const struct row *row, struct op_config *c,
                      struct op_err *err)
{
    if (!op_node_expect(d, n, OP_NODE_SCALAR, err))
        return false;
    if (*op_node_text(n) == '\0')
        return op_node_fail(err, d, n, "%s is empty; leave the line out instead", row->key);
    OP_AUTO_FREE char *path = row->kind == FILE_NAME ? resolve(d->file, op_node_text(n)) : op_strdup(op_node_text(n));
    set_text(c, row, path);
    return true;
}

/* "2", "0.15" */
static bool read_price(const struct op_doc *d, const struct op_node *n, double *out, struct op_err *err)
{
    const char *text = op_node_text(n);
    size_t whole = text != NULL ? strspn(text, "0123456789") : 0;
    size_t part = whole != 0 && text[whole] == '.' ? strspn(text + whole + 1, "0123456789") + 1 : 0;
    if (whole == 0 || whole > 6 || part == 1 || part > 7 || text[whole + part] != '\0')
        return op_node_fail(err, d, n, "%s must be an amount, as 0.15", op_node_key(n));
    *out = strtod(text, NULL);
    return true;
}

/* {NAME: {in: 0.15, out: 0.60}, …}; an amount that is not said is none. */
static bool read_prices(const struct op_doc *d, const struct op_node *map, struct op_config *c, struct op_err *err)
{
    static const char *const keys[] = { "in", "out", NULL };
    size_t cap = 0;
    if (!op_node_expect(d, map, OP_NODE_MAP, err))
        return false;
    for (const struct op_node *n = op_node_first(map); n != NULL; n = op_node_next(n)) {
        struct op_price price = { 0 };
        const struct op_node *in = op_node_get(n, "in"), *out = op_node_get(n, "out");
        if (!op_node_expect(d, n, OP_NODE_MAP, err) || !op_node_known_keys(d, n, keys, err) ||
            (in != NULL && !read_price(d, in, &price.in, err)) || (out != NULL && !read_price(d, out, &price.out, err)))
            return false;
        if (in == NULL && out == NULL)
            return op_node_fail(err, d, n, "%s has neither in nor out", op_node_key(n));
        price.model = op_strdup(op_node_key(n));
        c->prices = op_grow(c->prices, c->n_prices, &cap, sizeof(*c->prices));
        c->prices[c->n_prices++] = price;
    }
    return true;
}

static bool read_row(const struct op_doc *d, const struct row *row, struct op_config *c, struct op_err *err)
{
    const struct op_node *n = op_node_get(d->root, row->key);
    if (n == NULL || op_node_is_null(n))
        return true;
    void *member = (char *)c + row->at;
    switch (row->kind) {
    case TEXT:
    case FILE_NAME:
        return read_text(d, n, row, c, err);
    case NUMBER:
        return op_node_read_int(d, d->root, row->key, row->min, row->max, member, err);
    case BOOLEAN:
        return op_node_read_bool(d, d->root, row->key, member, err);
    case COLOUR:
        return read_colour(d, n, member, err);
    case LIST:
        return read_list(d, n, member, err);
    case PATTERNS:
        return read_patterns(d, n, member, err);
    case PRICE:
        return read_price(d, n, member, err);
    case PRICES:
        return read_prices(d, n, c, err);
    case CONFIRM:
        return read_confirm(d, n, member, err);
    }
    return true;
}

static bool read_document(const struct op_doc *d, struct op_config *c, struct op_err *err)
{
    const char *keys[OP_LEN(rows) + 1] = { NULL };
    for (size_t i = 0; i < OP_LEN(rows); i++)
        keys[i] = rows[i].key;
    if (!op_node_known_keys(d, d->root, keys, err))
        return false;
    for (size_t i = 0; i < OP_LEN(rows); i++)
        if (!read_row(d, &rows[i], c, err))
            return false;
    return true;
}

static bool read_file(const char *path, bool must_exist, struct op_config *c, struct op_err *err)
{
    OP_AUTO_BUF text = OP_BUF_INIT;
    if (!op_file_read(path, OP_YAML_MAX, &text, err)) {
        if (err->code == OP_IO && (err->sys == ENOENT || err->sys == ENOTDIR) && !must_exist) {
            *err = (struct op_err)OP_ERR_INIT;
            return true;
        }
        err->code = OP_CONFIG;
        return op_fail_ctx(err, "configuration");
    }
    OP_AUTO(op_doc_free) struct op_doc doc = { 0 };
    if (!op_yaml_parse(path, op_buf_str(&text), text.len, &doc, err) || !read_document(&doc, c, err))
        return op_fail_ctx(err, "configuration");
    c->file = op_strdup(path);
    return true;
}

static void set_defaults(struct op_config *c)
{
    for (size_t i = 0; i < OP_LEN(rows); i++) {
        if (rows[i].kind == TEXT)
            set_text(c, &rows[i], rows[i].fallback);
        else if (rows[i].kind == NUMBER)
            *(int64_t *)(void *)((char *)c + rows[i].at) = rows[i].value;
    }
    c->tools_folder = op_path_config("tools");
}

static void take_environment(struct op_config *c)
{
    for (size_t i = 0; i < OP_LEN(rows); i++) {
        const char *value = rows[i].env != NULL ? getenv(rows[i].env) : NULL;
        if (!op_str_empty(value))
            set_text(c, &rows[i], value);
    }
}

static void take_flags(const struct op_options *o, struct op_config *c)
{
    const struct {
        const char *value;
        char **member;
    } flags[] = {
        { o->endpoint, &c->endpoint }, { o->model, &c->model }, { o->context, &c->context }, { o->ns, &c->ns }
    };
    for (size_t i = 0; i < OP_LEN(flags); i++) {
        if (flags[i].value != NULL) {
            free(*flags[i].member);
            *flags[i].member = op_strdup(flags[i].value);
        }
    }
    c->read_only = c->read_only || o->read_only;
    c->suggest = c->suggest || o->suggest;
    c->confirm_all = o->confirm_set ? o->confirm_all : c->confirm_all;
    if (o->colour_set)
        c->colour = o->colour;
}

bool op_config_load(const struct op_options *o, struct op_config *c, struct op_err *err)
{
    *c = (struct op_config){ .colour = OP_COLOUR_AUTO };
    set_defaults(c);
    op_key_from_environment(&c->key); /* first: it leaves the environment even when the file is wrong */
    const char *named = o->config != NULL ? o->config : getenv("OPSH_CONFIG");
    OP_AUTO_FREE char *path = op_str_empty(named) ? op_path_config("config.yaml") : op_path_expand(named);
    if (path != NULL && !read_file(path, o->config != NULL, c, err))
        return false;
    take_environment(c);
    take_flags(o, c);
    return c->key == NULL || op_key_check(c->key, "OPENAI_API_KEY", err);
}

void op_config_free(struct op_config *c)
{
    for (size_t i = 0; i < OP_LEN(rows); i++)
        if (rows[i].kind == TEXT || rows[i].kind == FILE_NAME)
            free(*text_at(c, &rows[i]));
    free(c->file);
    op_strv_free(&c->key_command);
    op_strv_free(&c->redact);
    op_strv_free(&c->protect);
    for (size_t i = 0; i < c->n_prices; i++)
        free(c->prices[i].model);
    free(c->prices);
    op_key_wipe(&c->key);
    *c = (struct op_config){ 0 };
}

void op_config_help(struct op_buf *out)
{
    op_buf_adds(out, "Configuration is YAML, in ~/.config/opsh/config.yaml ($XDG_CONFIG_HOME, $OPSH_CONFIG and "
                     "--config say otherwise).\nA flag wins over the environment, that over the file, that over the "
                     "default.\n\n");
    for (size_t i = 0; i < OP_LEN(rows); i++) {
        const struct row *row = &rows[i];
        op_buf_addf(out, "  %-16s %s\n                   %s", row->key, row->help, kind_names[row->kind]);
        if (row->kind == NUMBER)
            op_buf_addf(out, " from %lld to %lld; default %lld", (long long)row->min, (long long)row->max,
                        (long long)row->value);
        else if (row->fallback != NULL)
            op_buf_addf(out, "; default %s", row->fallback);
        if (row->env != NULL)
            op_buf_addf(out, "; $%s wins", row->env);
        op_buf_addc(out, '\n');
    }
}
