/* From a tool and its arguments to an argument vector; what does not fit is refused with a hint. */
#include "opsh/catalog/tool.h"

#include "schema.h"
#include "template.h"

#include "opsh/base/str.h"

bool op_tool_check(const struct op_tool *tool, const struct op_json *args, struct op_err *err)
{
    if (!op_json_is_object(args))
        return op_fail(err, OP_USAGE, 0, "%s: the arguments must be a JSON object", tool->name);
    return op_schema_fits(tool->parameters, args, tool->name, err) || op_fail_ctx(err, "%s", tool->name);
}

bool op_tool_render(const struct op_tool *tool, const struct op_json *args, struct op_strv *argv, char **input,
                    struct op_err *err)
{
    if (input != NULL)
        *input = NULL;
    if (!op_tool_check(tool, args, err))
        return false;
    const char *bytes = op_json_text(op_json_get(args, op_node_text(op_node_get(tool->node, "stdin"))));
    size_t before = argv->n;
    if (!op_template_render(tool->argv, args, argv, err)) {
        while (argv->n > before)
            free(argv->v[--argv->n]);
        if (argv->v != NULL)
            argv->v[argv->n] = NULL;
        return op_fail_ctx(err, "%s", tool->name);
    }
    if (input != NULL)
        *input = op_strdup(bytes);
    return true;
}
