/* The table of subcommands, and how their options are read. Refuses an option that it does not know or that stands
 * twice: the gate judged exactly what it saw. */
#include "subcommand.h"

#include "doctor.h"

#include "opsh/base/str.h"
#include "opsh/base/text.h"

#include <stdarg.h>

const struct op_subcommand op_subcommands[] = {
    { "write", "[--replace] --in FOLDER PATH", "write standard input to a file beneath a folder", op_sub_file_meant,
      op_sub_write },
    { "remove", "[--expect MARK] --in FOLDER PATH", "remove a file beneath a folder", op_sub_file_meant,
      op_sub_remove },
    { "read", "--in FOLDER PATH", "print a file beneath a folder", op_sub_file_meant, op_sub_read },
    { "lint", "[--format text|json|sarif] [--strict|--no-fail] [FILE|FOLDER|-], or --rules", "judge a Dockerfile",
      op_sub_lint_meant, op_sub_lint },
    { "draft",
      "dockerfile [--standalone] [--base IMAGE] [--user NAME] [--port N] FOLDER, or chart [--name NAME] [--host HOST] "
      "[--replicas N] FOLDER",
      "print what opsh would write for a folder", op_sub_draft_meant, op_sub_draft },
    { "doctor", "[--output json] [--offline] [--context NAME]", "is everything there that opsh works with?",
      op_sub_doctor_meant, op_sub_doctor },
};
const size_t op_subcommands_n = OP_LEN(op_subcommands);

const struct op_subcommand *op_subcommand_find(int argc, char *const *argv)
{
    for (size_t i = 0; argc > 1 && i < op_subcommands_n; i++)
        if (op_str_eq(op_subcommands[i].name, argv[1]))
            return op_subcommands[i].meant(argc, argv) ? &op_subcommands[i] : NULL;
    return NULL;
}

bool op_sub_has(int argc, char *const *argv, const char *option)
{
    size_t n = strlen(option);
    for (int i = 2; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strncmp(argv[i], option, n) == 0 && (argv[i][n] == '\0' || argv[i][n] == '='))
            return true;
    return false;
}

/* argv[*i] is an option; moves *i onto its value. */
static bool option(int argc, char *const *argv, int *i, const struct op_sub_option *o, struct op_err *err)
{
    const char *arg = argv[*i], *equals = strchr(arg, '=');
    size_t n = equals != NULL ? (size_t)(equals - arg) : strlen(arg);
    while (o->name != NULL && (strlen(o->name) != n || strncmp(o->name, arg, n) != 0))
        o++;
    if (o->name == NULL)
        return op_fail(err, OP_USAGE, 0, "%s does not know the option %.60s", argv[0], arg);
    if (o->value == NULL) {
        if (equals != NULL || *o->flag)
            return op_fail(err, OP_USAGE, 0, equals != NULL ? "%s takes no value" : "%s stands twice", o->name);
        *o->flag = true;
        return true;
    }
    if (*o->value != NULL)
        return op_fail(err, OP_USAGE, 0, "%s stands twice", o->name);
    if (equals == NULL && *i + 1 < argc)
        *o->value = argv[++*i];
    else if (equals != NULL)
        *o->value = equals + 1;
    return !op_str_empty(*o->value) || op_fail(err, OP_USAGE, 0, "%s needs a value", o->name);
}

bool op_sub_parse(int argc, char *const *argv, const struct op_sub_option *options, const char **words, size_t max,
                  size_t *n, struct op_err *err)
{
    bool rest = false;
    *n = 0;
    for (int i = 1; i < argc; i++) {
        if (!rest && strcmp(argv[i], "--") == 0)
            rest = true;
        else if (!rest && argv[i][0] == '-' && argv[i][1] != '\0') {
            if (!option(argc, argv, &i, options, err))
                return false;
        } else if (*n == max) {
            return op_fail(err, OP_USAGE, 0, "%s: \"%.60s\" is one word too many", argv[0], argv[i]);
        } else {
            words[(*n)++] = argv[i];
        }
    }
    return true;
}

void op_sub_say(const char *fmt, ...)
{
    char line[2048];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(line, sizeof(line), fmt, ap);
    va_end(ap);
    OP_AUTO_BUF clean = OP_BUF_INIT;
    op_text_clean(&clean, line, strlen(line));
    (void)printf("%s\n", op_buf_str(&clean));
}
