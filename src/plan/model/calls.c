/* From the calls of a reply to steps, and from what became of them to answers. A call that cannot be
 * run is answered with what is wrong and how it should look; the model may then try again. */
#include "model.h"

#include "opsh/base/str.h"
#include "opsh/catalog/tool.h"

#include "tools.h"

enum { SHOW_SCHEMA = 1500, SHOW_ARGS = 200, SAME_CALL = 3 };

/* What comes after a bad call was planned on its result: it is not run. */
static const char after_bad[] = "Not run: an earlier call of the same reply was wrong.";
static const char cut_short[] = "Not run: the reply was cut off at its length limit. Make fewer or shorter calls.";
static const char no_word[] = "Not run: the person interrupted.";

/* The endpoint gets its own id back, however long: some keep more than a name in it (litellm: Gemini's signatures). */
static bool usable_id(const struct op_model *m, const char *id)
{
    if (*id == '\0' || op_convo_has_call(&m->convo, id))
        return false;
    for (; *id != '\0'; id++)
        if (!isalnum((unsigned char)*id) && strchr("_-.:+/=", *id) == NULL)
            return false;
    return true;
}

/* The tool that is meant by "functions.kubectl_get:0" or "default_api:kubectl_get": the one name of a tool in it. owned
 */
static char *meant(const struct op_model *m, const char *name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789_";
    OP_AUTO_FREE char *only = NULL;
    if (op_tools_known(m->cat, name))
        return op_strdup(name);
    for (const char *s = name; *s != '\0';) {
        size_t n = strspn(s, letters);
        OP_AUTO_FREE char *part = op_strndup(s, n);
        s += n != 0 ? n : 1;
        if (!op_tools_known(m->cat, part))
            continue;
        if (only != NULL)
            return op_strdup(name);
        only = op_steal(&part);
    }
    return only != NULL ? op_steal(&only) : op_strdup(name);
}

/* Nine letters and digits: what the strictest endpoints ask of an id. */
static char *make_id(struct op_model *m)
{
    for (;;) {
        OP_AUTO_FREE char *id = op_asprintf("call%05u", ++m->made_ids % 100000);
        if (!op_convo_has_call(&m->convo, id))
            return op_steal(&id);
    }
}

/* A name as it may stand in the conversation: some endpoints refuse all of it for one odd letter. */
static void add_name(struct op_buf *out, const char *name)
{
    for (size_t i = 0; name[i] != '\0' && i < 64; i++)
        op_buf_addc(out, isalnum((unsigned char)name[i]) || strchr("_-", name[i]) != NULL ? name[i] : '_');
    if (out->len == 0)
        op_buf_adds(out, "unknown");
}

static char *unknown_tool(const struct op_model *m, const char *name)
{
    OP_AUTO_BUF out = OP_BUF_INIT;
    const char *nearest = NULL;
    unsigned best = 4;
    for (size_t i = 0; i < m->cat->n_tools; i++) {
        unsigned d = op_str_distance(m->cat->tools[i].name, name, best - 1);
        if (d < best) {
            best = d;
            nearest = m->cat->tools[i].name;
        }
    }
    op_buf_addf(&out, "Not run: no tool is called \"%.64s\".", name);
    if (nearest != NULL)
        op_buf_addf(&out, " Did you mean %s?", nearest);
    op_buf_addf(&out, " %s tells of others.", OP_FIND_TOOLS);
    return op_buf_steal(&out);
}

static char *wrong_arguments(const struct op_tool *tool, const char *what, const char *given)
{
    OP_AUTO_JSON *schema = op_json_from_node(tool->parameters);
    OP_AUTO_FREE char *text = op_json_print(schema, false);
    OP_AUTO_BUF out = OP_BUF_INIT;
    op_buf_addf(&out, "Not run: %s: %s. Parameters: %.*s", tool->name, what, SHOW_SCHEMA, text);
    if (given != NULL)
        op_buf_addf(&out, "\nArguments given: %.*s", SHOW_ARGS, given);
    return op_buf_steal(&out);
}

/* The arguments as one object; none at all is an empty one. NULL: err says why. */
static struct op_json *parse_args(const struct op_chat_call *call, struct op_err *err)
{
    const char *text = op_buf_str(&call->args);
    size_t lead = strspn(text, " \t\r\n"), n = call->args.len - lead;
    if (n == 0 || op_str_eq(text + lead, "null"))
        return op_json_object();
    OP_AUTO_JSON *j = op_json_parse(text + lead, n, OP_JSON_UNIQUE, err);
    if (j != NULL && !op_json_is_object(j))
        (void)op_fail(err, OP_USAGE, 0, "not an object");
    return op_json_is_object(j) ? op_steal(&j) : NULL;
}

/* Was the very same call made so often in this request that once more will not help? Notes it otherwise. A few
 * times is fair: one looks again after a change. */
static bool repeated(struct op_model *m, const char *name, const struct op_json *args)
{
    OP_AUTO_FREE char *printed = op_json_print(args, false);
    OP_AUTO_FREE char *call = op_asprintf("%s %s", name, printed);
    int times = 0;
    for (size_t i = 0; i < m->made.n; i++)
        times += op_str_eq(m->made.v[i], call);
    if (times >= SAME_CALL)
        return true;
    op_strv_push(&m->made, call);
    return false;
}

static bool same_json(const struct op_json *a, const struct op_json *b)
{
    OP_AUTO_FREE char *x = op_json_print(a, false), *y = op_json_print(b, false);
    return op_str_eq(x, y);
}

/* A tool that is called though requests do not carry it is carried from now on. */
static void keep_offering(struct op_model *m, const struct op_tool *tool)
{
    OP_JSON_EACH(t, m->tools)
        if (op_str_eq(op_json_str(t, "function.name"), tool->name))
            return;
    if (!op_found_add(&m->found, tool))
        return;
    op_json_free(m->tools);
    m->tools = NULL;
}

/* May one more call be made? If not: why (owned). */
static char *over_limit(struct op_model *m, const char *name, const struct op_json *args)
{
    if (m->steps >= m->max_steps)
        return op_asprintf("Not run: the limit of %d tool calls for one request is reached. Answer with what you "
                           "know now.",
                           m->max_steps);
    if (repeated(m, name, args))
        return op_asprintf("Not run: this same call was made %d times already; its results stand above. Answer, or do "
                           "something else.",
                           SAME_CALL);
    return NULL;
}

/* A call of find_tools is answered here and now; *ok: nothing was wrong with it. owned */
static char *find_call(struct op_model *m, const struct op_json *args, bool *ok)
{
    char *over = over_limit(m, OP_FIND_TOOLS, args);
    if (over != NULL)
        return over;
    struct op_err err = OP_ERR_INIT;
    OP_AUTO_BUF out = OP_BUF_INIT;
    const size_t before = m->found.n;
    *ok = op_tools_find(m->cat, args, &m->found, &out, &err);
    if (!*ok)
        return op_asprintf("Not run: %s", err.msg);
    if (m->found.n != before) {
        op_json_free(m->tools);
        m->tools = NULL;
    }
    m->steps++;
    return op_buf_steal(&out);
}

/* A call of run_workflow: NULL, and the workflow makes the next moves; else what is wrong with it (owned). */
static char *flow_call(struct op_model *m, const struct op_json *args, bool alone)
{
    char *over = over_limit(m, OP_RUN_WORKFLOW, args);
    return over != NULL ? over : op_flow_call(m, args, alone);
}

/* One call becomes a step of move, or NULL is returned; else what is wrong with it (owned). */
static char *plan_call(struct op_model *m, const char *name, const struct op_chat_call *call,
                       const struct op_json *args, const struct op_err *bad_args, const char *id, struct op_move *move)
{
    const struct op_tool *tool = op_catalog_tool(m->cat, name);
    if (tool == NULL)
        return unknown_tool(m, name);
    keep_offering(m, tool);
    if (args == NULL) {
        OP_AUTO_FREE char *what = op_asprintf("the arguments are not one JSON object (%s)", bad_args->msg);
        return wrong_arguments(tool, what, op_buf_str(&call->args));
    }
    char *over = over_limit(m, name, args);
    if (over != NULL)
        return over;
    struct op_err err = OP_ERR_INIT;
    OP_AUTO_STRV argv = OP_STRV_INIT;
    OP_AUTO_FREE char *input = NULL;
    OP_AUTO_JSON *real = m->guard.restore != NULL ? m->guard.restore(m->guard.self, args) : op_json_dup(args);
    if (!op_tool_render(tool, real, &argv, &input, &err)) {
        bool values = !same_json(real, args) && op_tool_check(tool, args, NULL); /* then the error would repeat one */
        return wrong_arguments(tool, values ? "a value behind a placeholder does not fit there" : err.msg, NULL);
    }
    struct op_step *step = op_move_add_step(move);
    step->argv = argv;
    argv = (struct op_strv)OP_STRV_INIT;
    step->input = op_steal(&input);
    step->tool = op_strdup(name);
    step->call_id = op_strdup(id);
    step->origin = OP_FROM_MODEL;
    step->restored = !same_json(real, args);
    m->steps++;
    return NULL;
}

void op_chat_take_calls(struct op_model *m, const struct op_chat_reply *reply, struct op_move *move)
{
    bool cut = op_str_eq(reply->finish, "length");
    (void)op_convo_add(&m->convo, OP_ROLE_ASSISTANT, reply->text.len != 0 ? op_buf_str(&reply->text) : NULL);
    m->convo.items[m->convo.n - 1].thought = reply->thought.len != 0 ? op_strdup(op_buf_str(&reply->thought)) : NULL;
    m->slots = op_calloc(reply->n_calls, sizeof(*m->slots));
    m->n_slots = reply->n_calls;
    bool bad = false;
    for (size_t i = 0; i < reply->n_calls; i++) {
        const struct op_chat_call *call = &reply->calls[i];
        struct op_slot *slot = &m->slots[i];
        struct op_err err = OP_ERR_INIT;
        OP_AUTO_JSON *args = parse_args(call, &err);
        OP_AUTO_FREE char *printed = args != NULL ? op_json_print(args, false) : op_strdup("{}");
        OP_AUTO_BUF name = OP_BUF_INIT;
        OP_AUTO_FREE char *called = meant(m, op_buf_str(&call->name));
        add_name(&name, called);
        slot->id = usable_id(m, op_buf_str(&call->id)) ? op_strdup(op_buf_str(&call->id)) : make_id(m);
        struct op_call *kept = op_convo_add_call(&m->convo.items[m->convo.n - 1], slot->id, op_buf_str(&name), printed);
        kept->extra = call->extra.len != 0 ? op_strdup(op_buf_str(&call->extra)) : NULL;
        if (cut || bad)
            slot->answer = op_strdup(cut ? cut_short : after_bad);
        else if (args != NULL && op_str_eq(called, OP_FIND_TOOLS))
            slot->answer = find_call(m, args, &slot->good);
        else if (args != NULL && op_str_eq(called, OP_RUN_WORKFLOW))
            slot->answer = flow_call(m, args, reply->n_calls == 1);
        else
            slot->answer = plan_call(m, called, call, args, &err, slot->id, move);
        bad = bad || (slot->answer != NULL && !slot->good);
    }
}

void op_chat_settle(struct op_model *m, const struct op_observation *obs, size_t n)
{
    for (size_t i = 0; i < m->n_slots; i++) {
        struct op_slot *slot = &m->slots[i];
        const struct op_observation *seen = NULL;
        for (size_t k = 0; k < n && seen == NULL; k++)
            if (obs[k].step != NULL && op_str_eq(obs[k].step->call_id, slot->id))
                seen = &obs[k];
        OP_AUTO_FREE char *brief = NULL;
        if (slot->answer == NULL)
            slot->answer = seen != NULL ? op_chat_observation(m, seen, &brief) : op_strdup(no_word);
        op_convo_add_result(&m->convo, slot->id, slot->answer, brief);
        free(slot->id);
        free(slot->answer);
    }
    free(m->slots);
    m->slots = NULL;
    m->n_slots = 0;
}
