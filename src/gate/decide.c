/* Run, ask, or refuse: the class of a command line against what the person allows. A planner gets less
 * than a person: what only a person may choose (another identity, another server) is asked or refused. */
#include "opsh/gate/decide.h"

#include <stdarg.h>

static enum op_decision say(enum op_decision d, char *why, size_t size, const char *fmt, ...) OP_PRINTF(4, 5);

static enum op_decision say(enum op_decision d, char *why, size_t size, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(why, size, fmt, ap);
    va_end(ap);
    return d;
}

/* opsh's own reads are written by its programmers; whoever types a command knows what is in it. */
static bool is_planner(enum op_origin origin)
{
    return origin == OP_FROM_MODEL || origin == OP_FROM_RULES;
}

/* Must a person see this step although its class alone would let it pass (read, or change under --yes)? */
static bool needs_eyes(const struct op_step *step, const struct op_verdict *v)
{
    if (!is_planner(step->origin))
        return false;
    if (v->foreign[0] != '\0' && (v->risk != OP_RISK_READ || step->restored))
        return true;
    return v->guard == OP_GUARD_ASK || !v->known || (v->secrets && step->origin == OP_FROM_MODEL);
}

static enum op_decision ask(const struct op_policy *policy, const struct op_verdict *v, char *why, size_t size)
{
    if (policy->terminal)
        return say(OP_DECIDE_ASK, why, size, "%s", v->why);
    if (policy->yes)
        return say(OP_DECIDE_REFUSE, why, size, "%s; --yes does not cover that, run it at a terminal", v->why);
    return say(OP_DECIDE_REFUSE, why, size, "%s; that needs a yes: run it at a terminal or add --yes", v->why);
}

static enum op_decision on_protected(const struct op_policy *policy, const struct op_verdict *v, char *why, size_t size)
{
    if (!policy->terminal)
        return say(OP_DECIDE_REFUSE, why, size, "%s; the context is protected: --yes does not cover it, run it at a terminal",
                   v->why);
    return say(v->risk == OP_RISK_DESTROY ? OP_DECIDE_ASK_NAME : OP_DECIDE_ASK_CONTEXT, why, size, "%s; the context is protected",
               v->why);
}

static enum op_decision on_destroy(const struct op_policy *policy, const struct op_step *step, const struct op_verdict *v,
                                   char *why, size_t size)
{
    if (policy->yes && policy->yes_destroy && !needs_eyes(step, v))
        return say(OP_DECIDE_RUN, why, size, "%s", v->why);
    if (policy->terminal)
        return say(OP_DECIDE_ASK_NAME, why, size, "%s", v->why);
    return say(OP_DECIDE_REFUSE, why, size,
               "%s: it destroys; --yes does not cover it (--yes with --yes-destroy does), run it at a terminal", v->why);
}

/* What the command is about was found by reading, not said: --yes was not said of that. */
static enum op_decision on_foreign(const struct op_policy *policy, const struct op_step *step, const struct op_verdict *v,
                                   char *why, size_t size)
{
    if (!policy->terminal)
        return say(OP_DECIDE_REFUSE, why, size,
                   "%s; \"%s\" comes from tool output, not from you: %s, name it in the request or run it at a terminal",
                   v->why, v->foreign, policy->yes ? "--yes does not cover that" : "that needs a yes");
    if (v->risk == OP_RISK_DESTROY)
        return say(OP_DECIDE_ASK_NAME, why, size, "%s", v->why);
    return say(OP_DECIDE_ASK, why, size, "%s%s", v->why, step->restored ? "; it holds a value that was withheld" : "");
}

static enum op_decision on_change(const struct op_policy *policy, const struct op_step *step,
                                  const struct op_verdict *v, char *why, size_t size)
{
    if (policy->read_only)
        return say(OP_DECIDE_REFUSE, why, size, "%s; opsh is in read-only mode", v->why);
    if (policy->suggest)
        return say(OP_DECIDE_SUGGEST, why, size, "%s", v->why);
    if (policy->protected_here)
        return on_protected(policy, v, why, size);
    if (v->foreign[0] != '\0' && is_planner(step->origin))
        return on_foreign(policy, step, v, why, size);
    if (v->risk == OP_RISK_DESTROY)
        return on_destroy(policy, step, v, why, size);
    if ((policy->yes || (policy->allowed && v->known && v->guard == OP_GUARD_NONE)) && !needs_eyes(step, v))
        return say(OP_DECIDE_RUN, why, size, "%s", v->why);
    if (!policy->terminal && !policy->yes)
        return say(OP_DECIDE_REFUSE, why, size, "changes need a yes: run it at a terminal or add --yes");
    return ask(policy, v, why, size);
}

/* Reads run, unless every command is to be confirmed; opsh's own are no commands of anybody. */
static enum op_decision on_read(const struct op_policy *policy, const struct op_step *step, const struct op_verdict *v,
                                char *why, size_t size)
{
    if (!policy->confirm_all || policy->yes || step->origin == OP_FROM_OPSH)
        return say(OP_DECIDE_RUN, why, size, "%s", v->why);
    if (policy->terminal)
        return say(OP_DECIDE_ASK, why, size, "%s", v->why);
    return say(OP_DECIDE_REFUSE, why, size, "every command needs a yes (--confirm all): run it at a terminal or add --yes");
}

enum op_decision op_gate_decide(const struct op_policy *policy, const struct op_step *step,
                                const struct op_verdict *v, char *why, size_t size)
{
    if (v->risk == OP_RISK_REFUSED)
        return say(OP_DECIDE_REFUSE, why, size, "%s", v->why);
    if (v->guard == OP_GUARD_REFUSE && is_planner(step->origin))
        return say(OP_DECIDE_REFUSE, why, size, "%s is for a person to choose: type the command yourself, with ! in front",
                   v->guarded);
    if (step->origin == OP_FROM_OPSH && v->risk != OP_RISK_READ)
        return say(OP_DECIDE_REFUSE, why, size, "opsh's own steps may only read");
    if (v->risk != OP_RISK_READ)
        return on_change(policy, step, v, why, size);
    if (!needs_eyes(step, v))
        return on_read(policy, step, v, why, size);
    if (v->foreign[0] != '\0' && step->restored)
        return on_foreign(policy, step, v, why, size);
    if (v->guard == OP_GUARD_ASK) {
        struct op_verdict named = *v;
        (void)snprintf(named.why, sizeof(named.why), "%s was chosen by the planner, not by you", v->guarded);
        return ask(policy, &named, why, size);
    }
    return ask(policy, v, why, size);
}
