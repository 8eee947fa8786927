/* The names of the risk classes, as they stand in the tables and in what people see. */
#include "opsh/catalog/catalog.h"

#include "opsh/base/str.h"

static const char *const names[] = {
    [OP_RISK_READ] = "read",
    [OP_RISK_CHANGE] = "change",
    [OP_RISK_DESTROY] = "destroy",
    [OP_RISK_REFUSED] = "refused",
};

const char *op_risk_name(enum op_risk risk)
{
    return (size_t)risk < OP_LEN(names) ? names[risk] : "refused";
}

bool op_risk_parse(const char *name, enum op_risk *out)
{
    for (size_t i = 0; i < OP_LEN(names); i++) {
        if (op_str_eq(name, names[i])) {
            *out = (enum op_risk)i;
            return true;
        }
    }
    return false;
}
