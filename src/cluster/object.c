/* What every object of the API has: its reference, and the owner that manages it. */
#include "opsh/cluster/object.h"

#include "opsh/base/str.h"

char *op_object_ref(const struct op_json *object)
{
    const char *kind = op_json_str(object, "kind"), *name = op_json_str(object, "metadata.name");
    if (op_str_empty(kind) || op_str_empty(name))
        return NULL;
    OP_AUTO_FREE char *lower = op_str_lower(op_strdup(kind));
    return op_asprintf("%s/%s", lower, name);
}

const struct op_json *op_object_controller(const struct op_json *object)
{
    OP_JSON_EACH(owner, op_json_at(object, "metadata.ownerReferences"))
    if (op_json_is_true(owner, "controller"))
        return owner;
    return NULL;
}
