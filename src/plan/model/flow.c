/* run_workflow: a model asks for a plan that the catalogue holds. The workflow's own planner then makes the moves of
 * this turn, each through the gate, until it ends; how it ended is the call's answer. Refuses to stand beside other
 * calls: what they would do to its steps nobody has seen. */
#include "model.h"

#include "opsh/base/str.h"
#include "opsh/plan/workflow.h"

void op_flow_describe(struct op_buf *out, const struct op_catalog *cat)
{
    OP_AUTO_STRV names = OP_STRV_INIT;
    op_workflow_names(cat, &names);
    if (names.n == 0)
        return;
    op_buf_adds(out,
                "Plans of many steps that opsh carries out itself: it sees what is done already, shows the rest, asks "
                "the person once, waits and checks. Take one where it does what is wanted; call it by itself. ");
    for (size_t i = 0; i < names.n; i++) {
        const struct op_node *properties = op_node_get(op_workflow_values(cat, names.v[i]), "properties");
        const struct op_node *p = op_node_first(properties);
        op_buf_addf(out, "%s%s (%s", i == 0 ? "" : "; ", names.v[i], op_workflow_about(cat, names.v[i]));
        for (size_t n = 0; p != NULL; p = op_node_next(p), n++)
            op_buf_addf(out, "%s%s", n == 0 ? "; values: " : ", ", op_node_key(p));
        op_buf_adds(out, ")");
    }
}

struct op_json *op_flow_schema(const struct op_catalog *cat)
{
    OP_AUTO_STRV names = OP_STRV_INIT;
    OP_AUTO_BUF about = OP_BUF_INIT;
    op_workflow_names(cat, &names);
    if (names.n == 0)
        return NULL;
    op_flow_describe(&about, cat);
    struct op_json *which = op_json_object(), *enumeration = op_json_array(), *values = op_json_object();
    struct op_json *properties = op_json_object(), *parameters = op_json_object(), *required = op_json_array();
    for (size_t i = 0; i < names.n; i++)
        op_json_push(enumeration, op_json_string(names.v[i]));
    op_json_set_str(which, "type", "string");
    op_json_set(which, "enum", enumeration);
    op_json_set_str(values, "type", "object");
    op_json_set_str(values, "description", "only what the person chose; the rest has defaults");
    op_json_set(properties, "workflow", which);
    op_json_set(properties, "values", values);
    op_json_push(required, op_json_string("workflow"));
    op_json_set_str(parameters, "type", "object");
    op_json_set(parameters, "required", required);
    op_json_set(parameters, "properties", properties);
    return op_tools_function(OP_RUN_WORKFLOW, op_buf_str(&about), parameters);
}

/* What its values may be, for a call that was wrong. */
static void add_values(const struct op_catalog *cat, const char *name, struct op_buf *out)
{
    enum { SHOW = 2500 };
    const struct op_node *schema = name != NULL ? op_workflow_values(cat, name) : NULL;
    if (schema == NULL)
        return;
    OP_AUTO_JSON *j = op_json_from_node(schema);
    OP_AUTO_FREE char *text = op_json_print(j, false);
    op_buf_addf(out, ". Values: %.*s", SHOW, text);
}

char *op_flow_call(struct op_model *m, const struct op_json *args, bool alone)
{
    const char *name = op_json_str(args, "workflow");
    OP_AUTO_JSON *real = m->guard.restore != NULL ? m->guard.restore(m->guard.self, args) : op_json_dup(args);
    const struct op_json *values = op_json_get(real, "values");
    struct op_err err = OP_ERR_INIT;
    OP_AUTO_BUF out = OP_BUF_INIT;
    if (!alone)
        return op_strdup("Not run: call " OP_RUN_WORKFLOW " by itself, without other calls beside it.");
    if (m->flow.ops == NULL)
        op_workflow_new(m->cat, &m->flow);
    if (name == NULL)
        (void)op_fail(&err, OP_USAGE, 0, "argument \"workflow\" is missing");
    else if (!op_json_is_null(values) && !op_json_is_object(values))
        (void)op_fail(&err, OP_USAGE, 0, "argument \"values\" should be an object");
    else
        m->flowing = op_workflow_begin(&m->flow, name, op_json_is_null(values) ? NULL : values, m->scene, &err);
    if (m->flowing) {
        m->flow_chosen = op_json_size(values) != 0;
        m->steps++;
        return NULL;
    }
    op_buf_addf(&out, "Not run: %s", err.msg);
    add_values(m->cat, name, &out);
    return op_buf_steal(&out);
}

/* Steps that hold a value which the model chose are the model's to the gate; all others are the catalogue's. */
static void mark(const struct op_model *m, struct op_move *move)
{
    for (size_t i = 0; i < move->n && m->flow_chosen; i++)
        if (move->steps[i].origin == OP_FROM_RULES)
            move->steps[i].origin = OP_FROM_MODEL;
}

bool op_flow_next(struct op_model *m, const struct op_observation *obs, size_t n, struct op_move *move,
                  struct op_err *why)
{
    struct op_err err = OP_ERR_INIT;
    bool ok = m->flow.ops->next(m->flow.self, obs, n, move, &err);
    if (!ok && err.code == OP_INTERRUPTED) {
        *why = err;
        return false;
    }
    if (ok && (move->kind == OP_MOVE_STEPS || move->kind == OP_MOVE_PROPOSAL)) {
        mark(m, move);
        return true;
    }
    const char *said = ok ? move->text : err.msg;
    OP_AUTO_FREE char *text = op_asprintf("%s\n(The person saw the steps, not these words.)", said != NULL ? said : "");
    op_flow_stop(m);
    for (size_t i = 0; i < m->n_slots; i++)
        if (m->slots[i].answer == NULL)
            m->slots[i].answer = op_steal(&text);
    op_move_free(move);
    *move = (struct op_move){ 0 };
    return false;
}

void op_flow_stop(struct op_model *m)
{
    m->flowing = false;
    if (m->flow.ops != NULL)
        m->flow.ops->forget(m->flow.self);
}
