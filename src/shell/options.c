/* Owns the command line: the option table, its parser and its help. Refuses what it does not know. */
#include "opsh/shell/options.h"

#include "opsh/base/str.h"
#include "opsh/gate/quote.h"
#include "subcommand.h"

#include <stddef.h>

enum kind { FLAG, TEXT, OUTPUT, COLOUR, NO_COLOUR, CONFIRM, HELP };

struct row {
    const char *name;  /* without the dashes */
    char letter;       /* short form, or 0 */
    const char *value; /* what stands for its value in the help; NULL: takes none */
    enum kind kind;
    size_t at; /* FLAG, TEXT: the member it sets */
    const char *help;
};

#define AT(member) offsetof(struct op_options, member)

static const struct row rows[] = {
    { "plan", 0, NULL, FLAG, AT(plan), "show what would run, run nothing" },
    { "output", 0, "text|json", OUTPUT, 0, "json: exactly one JSON object on standard output" },
    { "yes", 0, NULL, FLAG, AT(yes), "run changes without asking (what destroys is still asked)" },
    { "yes-destroy", 0, NULL, FLAG, AT(yes_destroy), "together with --yes: what destroys is not asked either" },
    { "confirm", 0, "all|changes", CONFIRM, 0, "all: ask about reads too" },
    { "suggest", 0, NULL, FLAG, AT(suggest), "print changes for you to run, run reads only" },
    { "read-only", 0, NULL, FLAG, AT(read_only), "refuse every change" },
    { "offline", 0, NULL, FLAG, AT(offline), "understand by rules, send nothing to a model" },
    { "context", 0, "NAME", TEXT, AT(context), "the kubeconfig context to act in" },
    { "namespace", 'n', "NAME", TEXT, AT(ns), "the namespace to act in" },
    { "kubeconfig", 0, "FILE", TEXT, AT(kubeconfig), "in place of $KUBECONFIG and ~/.kube/config" },
    { "model", 0, "NAME", TEXT, AT(model), "the model to ask" },
    { "endpoint", 0, "URL", TEXT, AT(endpoint), "its OpenAI-compatible API, as https://api.openai.com/v1" },
    { "config", 0, "FILE", TEXT, AT(config), "in place of $OPSH_CONFIG and ~/.config/opsh/config.yaml" },
    { "color", 0, "auto|always|never", COLOUR, 0, "colours; auto: on a terminal, unless NO_COLOR is set" },
    { "no-color", 0, NULL, NO_COLOUR, 0, "the same as --color=never" },
    { "version", 0, NULL, FLAG, AT(version), "print the version" },
    { "help", 'h', NULL, HELP, AT(help), "print this; --help config: every configuration key" },
};

static const struct row *by_letter(char letter)
{
    for (size_t i = 0; i < OP_LEN(rows); i++)
        if (rows[i].letter != '\0' && rows[i].letter == letter)
            return &rows[i];
    return NULL;
}

static const struct row *by_name(const char *name, size_t n)
{
    for (size_t i = 0; i < OP_LEN(rows); i++)
        if (strlen(rows[i].name) == n && strncmp(rows[i].name, name, n) == 0)
            return &rows[i];
    return NULL;
}

static bool unknown(const char *arg, struct op_err *err)
{
    OP_AUTO_FREE char *word = op_strndup(arg + strspn(arg, "-"), strcspn(arg + strspn(arg, "-"), "="));
    const struct row *near = NULL;
    unsigned least = 3;
    for (size_t i = 0; i < OP_LEN(rows); i++) {
        unsigned far = op_str_distance(word, rows[i].name, least);
        if (strlen(word) >= 2 && op_str_starts(rows[i].name, word))
            far = 0;
        if (far < least) {
            least = far;
            near = &rows[i];
        }
    }
    if (near != NULL && strlen(word) > 1)
        return op_fail(err, OP_USAGE, 0, "unknown option \"%.80s\"; did you mean --%s?", arg, near->name);
    return op_fail(
        err, OP_USAGE, 0,
        "unknown option \"%.80s\"; what belongs to the request goes after \"--\", and --help lists the options", arg);
}

static bool set_choice(const struct row *row, struct op_options *o, const char *value, struct op_err *err)
{
    static const char *const modes[] = {
        [OP_COLOUR_AUTO] = "auto", [OP_COLOUR_ALWAYS] = "always", [OP_COLOUR_NEVER] = "never"
    };
    if (row->kind == OUTPUT && (op_str_eq(value, "json") || op_str_eq(value, "text"))) {
        o->json = *value == 'j';
        return true;
    }
    if (row->kind == CONFIRM && (op_str_eq(value, "all") || op_str_eq(value, "changes"))) {
        o->confirm_all = *value == 'a';
        o->confirm_set = true;
        return true;
    }
    for (size_t i = 0; row->kind == COLOUR && i < OP_LEN(modes); i++) {
        if (op_str_eq(value, modes[i])) {
            o->colour = (enum op_colour_mode)i;
            o->colour_set = true;
            return true;
        }
    }
    return op_fail(err, OP_USAGE, 0, "--%s is %s, not \"%.80s\"", row->name, row->value, value);
}

static bool apply(const struct row *row, struct op_options *o, const char *value, struct op_err *err)
{
    switch (row->kind) {
    case TEXT:
        *(const char **)(void *)((char *)o + row->at) = value;
        return true;
    case OUTPUT:
    case COLOUR:
    case CONFIRM:
        return set_choice(row, o, value, err);
    case NO_COLOUR:
        o->colour = OP_COLOUR_NEVER;
        o->colour_set = true;
        return true;
    case FLAG:
    case HELP:
        *(bool *)((char *)o + row->at) = true;
        return true;
    }
    return true;
}

/* argv[*i] begins with a dash. Moves *i onto the value where that is the next word. */
static bool option(int argc, char *const *argv, int *i, struct op_options *o, struct op_err *err)
{
    const char *arg = argv[*i];
    bool is_long = arg[1] == '-';
    const struct row *row = is_long ? by_name(arg + 2, strcspn(arg + 2, "=")) : by_letter(arg[1]);
    const char *value = is_long ? strchr(arg, '=') : arg[2] != '\0' ? arg + 2 : NULL;
    if (row == NULL)
        return unknown(arg, err);
    if (value != NULL && *value == '=')
        value++;
    if (row->value == NULL && value != NULL)
        return is_long ? op_fail(err, OP_USAGE, 0, "--%s takes no value", row->name) : unknown(arg, err);
    if (row->value != NULL && value == NULL && *i + 1 < argc)
        value = argv[++*i];
    if (row->value != NULL && op_str_empty(value))
        return op_fail(err, OP_USAGE, 0, "--%s needs a value: --%s %s", row->name, row->name, row->value);
    return apply(row, o, value, err);
}

static bool check_request(const struct op_buf *request, struct op_err *err)
{
    if (request->cut)
        return op_fail(err, OP_LIMIT, 0,
                       "the request is longer than %zu KiB; say it shorter, or give files to a command",
                       OP_REQUEST_MAX >> 10);
    return true;
}

static void add_word(struct op_buf *request, const char *word)
{
    if (request->data == NULL) {
        op_buf_adds(request, word);
        return;
    }
    op_buf_addc(request, ' ');
    if (request->data[0] == '!')
        op_quote_arg(request, word);
    else
        op_buf_adds(request, word);
}

bool op_options_parse(int argc, char *const *argv, struct op_options *o, struct op_err *err)
{
    *o = (struct op_options){ .colour = OP_COLOUR_AUTO };
    OP_AUTO_BUF request = { .max = OP_REQUEST_MAX };
    bool rest = false;
    for (int i = 1; i < argc; i++) {
        bool dash = !rest && argv[i][0] == '-' && argv[i][1] != '\0';
        if (dash && strcmp(argv[i], "--") == 0)
            rest = true;
        else if (dash && !option(argc, argv, &i, o, err))
            return false;
        else if (!dash)
            add_word(&request, argv[i]);
        rest = rest || op_buf_str(&request)[0] == '!'; /* the flags of a command are its own */
    }
    if (o->help && request.data != NULL) {
        o->help_topic = op_str_eq(request.data, "config") ? "config" : NULL;
        return true;
    }
    if (!check_request(&request, err))
        return false;
    if (request.data != NULL)
        o->request = op_buf_steal(&request);
    return true;
}

void op_options_free(struct op_options *o)
{
    free(o->request);
    *o = (struct op_options){ 0 };
}

static const char *const examples[] = {
    "opsh",
    "opsh show pods",
    "opsh --plan scale deployment web to 3 replicas",
    "opsh --plan --output json -- '!kubectl get pods'",
    "echo 'restart deployment web' | opsh --plan",
    "opsh --offline --namespace kube-system --plan why are pods failing",
};

static const struct {
    enum op_code code;
    const char *help;
} statuses[] = {
    { OP_OK, "done" },
    { OP_TOOL, "a command failed, or what was asked did not become true" },
    { OP_USAGE, "wrong options or arguments" },
    { OP_CONFIG, "configuration, catalogue or kubeconfig is wrong" },
    { OP_NETWORK, "the cluster or the model's API cannot be reached, or refused" },
    { OP_REFUSED, "refused by you or by policy (a change without --yes and without a terminal)" },
    { OP_UNCLEAR, "not understood, or a question is open" },
    { OP_IO, "a file of opsh's own could not be read or written" },
    { OP_LIMIT, "something from outside exceeds a limit" },
    { OP_INTERRUPTED, "interrupted" },
};

void op_options_help(struct op_buf *out)
{
    op_buf_adds(out,
                "Say what you want of Kubernetes: opsh shows the exact commands, asks, runs them, and looks whether "
                "it came true.\n\n"
                "Usage:\n"
                "  opsh [OPTIONS]             open the shell (/help there says more)\n"
                "  opsh [OPTIONS] REQUEST...  answer one request and leave\n"
                "  ... | opsh [OPTIONS]       all of standard input is one request\n"
                "  REQUEST may be '!COMMAND': a command line of your own, judged and asked about like any other.\n"
                "\nOptions:\n");
    for (size_t i = 0; i < OP_LEN(rows); i++) {
        char letter[8] = "", name[64];
        if (rows[i].letter != '\0')
            (void)snprintf(letter, sizeof(letter), "-%c, ", rows[i].letter);
        (void)snprintf(name, sizeof(name), "%s--%s%s%s", letter, rows[i].name, rows[i].value != NULL ? " " : "",
                       rows[i].value != NULL ? rows[i].value : "");
        op_buf_addf(out, "  %-28s %s\n", name, rows[i].help);
    }
    op_buf_adds(out, "  --                           what follows is the request, also when it begins with a dash\n"
                     "\nSubcommands (no requests: nothing is understood, asked or journalled):\n");
    for (size_t i = 0; i < op_subcommands_n; i++)
        op_buf_addf(out, "  opsh %s %s\n      %s\n", op_subcommands[i].name, op_subcommands[i].usage, op_subcommands[i].help);
    op_buf_adds(out, "\nExamples:\n");
    for (size_t i = 0; i < OP_LEN(examples); i++)
        op_buf_addf(out, "  %s\n", examples[i]);
    op_buf_adds(out, "\nEnvironment:\n"
                     "  OPENAI_API_KEY               key of the model's API; without one opsh understands by rules\n"
                     "  OPENAI_BASE_URL              its address; one on this machine needs no key\n"
                     "  OPENAI_MODEL                 the model\n"
                     "  OPSH_CONFIG                  configuration file\n"
                     "  KUBECONFIG, NO_COLOR, XDG_CONFIG_HOME, XDG_STATE_HOME as everywhere\n"
                     "\nExit status:\n");
    for (size_t i = 0; i < OP_LEN(statuses); i++)
        op_buf_addf(out, "  %-5d %s\n", op_exit_status(statuses[i].code), statuses[i].help);
}
