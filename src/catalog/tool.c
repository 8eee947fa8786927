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

bool op_tool_valid(const struct op_doc *doc, const struct op_node *parameters, const struct op_node *argv,
                   struct op_err *err)
{
    return op_schema_valid(doc, parameters, err) && (argv == NULL || op_template_valid(doc, argv, parameters, err));
}

struct op_json *op_tool_schema(const struct op_tool *tool, const struct op_node *only)
{
    struct op_json *parameters = op_schema_lean(tool->parameters, only);
    if (op_json_get(parameters, "properties") == NULL) /* endpoints insist on it, even where it is empty */
        op_json_set(parameters, "properties", op_json_object());
    struct op_json *function = op_json_object(), *out = op_json_object();
    op_json_set_str(function, "name", tool->name);
    op_json_set_str(function, "description", tool->description);
    op_json_set(function, "parameters", parameters);
    op_json_set_str(out, "type", "function");
    op_json_set(out, "function", function);
    return out;
}
