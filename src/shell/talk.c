/* Owns the commands about the model: which one, what it has cost, once more, forget. Each says clearly
 * when there is no model to speak of. */
#include "talk.h"

#include "opsh/base/str.h"
#include "opsh/plan/model.h"
#include "stream.h"

#include <inttypes.h>

static enum op_code no_model(struct op_session *s)
{
    op_ui_text_answer(&s->text,
                      s->options.offline
                          ? "No model is asked (--offline): opsh understands by rules."
                          : "No model is asked: set OPENAI_API_KEY, key_file or key_command, or an endpoint on "
                            "this machine, and start opsh again.");
    return OP_OK;
}

enum op_code op_talk_model(struct op_session *s, const char *args)
{
    if (!op_session_uses_model(s))
        return no_model(s);
    bool other = *args != '\0' && !op_str_eq(args, s->config.model);
    if (other) {
        free(s->config.model);
        s->config.model = op_strdup(args);
        s->other_model = true;
        (void)op_model_set(&s->planner, args);
    }
    OP_AUTO_FREE char *text =
        op_asprintf("%s at %s%s", s->config.model, s->config.endpoint, other ? "; the conversation goes on" : "");
    op_ui_text_answer(&s->text, text);
    return OP_OK;
}

enum op_code op_talk_models(struct op_session *s, const char *args)
{
    (void)args;
    if (!op_session_uses_model(s))
        return no_model(s);
    struct op_err err = OP_ERR_INIT;
    OP_AUTO(op_strv_free) struct op_strv names = { 0 };
    op_stream_waiting(&s->text, true);
    bool ok = op_session_planner(s, &err) && op_model_list(&s->planner, &names, &err);
    op_stream_waiting(&s->text, false);
    if (!ok) {
        op_ui_text_error(&s->text, err.msg);
        return err.code;
    }
    OP_AUTO_BUF out = OP_BUF_INIT;
    bool listed = false;
    for (size_t i = 0; i < names.n; i++) {
        bool used = op_str_eq(names.v[i], s->config.model);
        listed = listed || used;
        op_buf_addf(&out, "%s %s\n", used ? "*" : " ", names.v[i]);
    }
    if (names.n == 0)
        op_buf_addf(&out, "%s names no models.", s->config.endpoint);
    else if (!listed)
        op_buf_addf(&out, "In use is %s, which is not among them; /model NAME asks another.", s->config.model);
    op_ui_text_answer(&s->text, op_buf_str(&out));
    return OP_OK;
}

/* What a million tokens of a model cost. price_input and price_output are of the configured model: they count where no
 * other was asked. */
static bool price_of(const struct op_session *s, const char *model, bool only, struct op_price *price)
{
    const struct op_config *c = &s->config;
    for (size_t i = 0; i < c->n_prices; i++)
        if (op_str_glob(c->prices[i].model, model)) {
            *price = c->prices[i];
            return true;
        }
    *price = (struct op_price){ .in = c->price_input, .out = c->price_output };
    bool other = s->other_model && op_str_eq(model, c->model);
    return only && !other && (c->price_input > 0 || c->price_output > 0);
}

static double cost_of(const struct op_model_usage *u, const struct op_price *price)
{
    return ((double)(u->tokens_in + u->guessed_in) * price->in + (double)(u->tokens_out + u->guessed_out) * price->out) / 1e6;
}

/* One line for each model where there are several, then the sum of what is known. */
static void add_cost(const struct op_session *s, struct op_buf *out)
{
    const struct op_config *c = &s->config;
    const char *model;
    struct op_model_usage u;
    struct op_price price;
    bool only = !op_model_usage_of(&s->planner, 1, &model, &u), known = true, guessed = false;
    double sum = 0;
    if (c->n_prices == 0 && c->price_input <= 0 && c->price_output <= 0)
        return;
    for (size_t i = 0; op_model_usage_of(&s->planner, i, &model, &u); i++) {
        bool priced = price_of(s, model, only, &price);
        double cost = cost_of(&u, &price);
        const char *about = u.guessed != 0 ? "about " : "";
        op_buf_addf(out, "\n%s%s", only ? "Cost" : "Cost of ", only ? "" : model);
        if (priced)
            op_buf_addf(out, ": %s%.4f at %g in and %g out per million tokens", about, cost, price.in, price.out);
        else
            op_buf_addf(out, ": not known, prices has no line for %s", model);
        sum += priced ? cost : 0;
        known = known && priced;
        guessed = guessed || u.guessed != 0;
    }
    if (!only)
        op_buf_addf(out, "\nCost in all: %s%.4f%s", guessed ? "about " : "", sum, known ? "" : " and what is not known");
}

enum op_code op_talk_tokens(struct op_session *s, const char *args)
{
    (void)args;
    struct op_model_usage u = { 0 };
    if (!op_session_uses_model(s))
        return no_model(s);
    if (!op_model_usage(&s->planner, &u) || u.requests == 0) {
        op_ui_text_answer(&s->text, "No tokens so far: the model was not asked yet.");
        return OP_OK;
    }
    OP_AUTO_BUF out = OP_BUF_INIT;
    op_buf_addf(&out, "%d request%s: %" PRId64 " tokens in, %" PRId64 " out", u.requests, u.requests == 1 ? "" : "s",
                u.tokens_in + u.guessed_in, u.tokens_out + u.guessed_out);
    if (u.guessed == u.requests)
        op_buf_adds(&out, " (estimated: the endpoint does not say)");
    else if (u.guessed != 0)
        op_buf_addf(&out, " (estimated for %d, where the endpoint did not say)", u.guessed);
    if (u.last_tokens_in > 0 && u.context_tokens > 0)
        op_buf_addf(&out, "\nThe last request held %" PRId64 " of about %" PRId64 ".", u.last_tokens_in,
                    u.context_tokens);
    add_cost(s, &out);
    op_ui_text_answer(&s->text, op_buf_str(&out));
    return OP_OK;
}

enum op_code op_talk_reasoning(struct op_session *s, const char *args)
{
    bool on = op_str_ieq(args, "on"), off = op_str_ieq(args, "off");
    if (*args != '\0' && !on && !off) {
        op_ui_text_error(&s->text, "/reasoning is on or off");
        return OP_USAGE;
    }
    if (on || off)
        s->text.thoughts = on;
    op_ui_text_answer(&s->text, s->text.thoughts
                                    ? "What the model says to itself is shown, where the endpoint sends it."
                                    : "What the model says to itself is not shown.");
    return OP_OK;
}

enum op_code op_talk_retry(struct op_session *s, const char *args)
{
    (void)args;
    if (s->last == NULL) {
        op_ui_text_error(&s->text, "there is no request to be made again");
        return OP_USAGE;
    }
    /* the words are those that were typed; the planner only forgets that it was asked */
    if (*s->last != '!' && s->last_planned)
        free(op_model_retry(&s->planner));
    OP_AUTO_FREE char *request = op_strdup(s->last);
    OP_AUTO_FREE char *note = op_asprintf("Again: %s", request);
    op_ui_text_note(&s->text, note);
    enum op_code code = op_session_turn(s, request);
    op_ui_text_fresh(&s->text);
    return code;
}

enum op_code op_talk_clear(struct op_session *s, const char *args)
{
    (void)args;
    if (s->planner.ops != NULL)
        s->planner.ops->forget(s->planner.self);
    if (s->rules.ops != NULL)
        s->rules.ops->forget(s->rules.self);
    s->last_planned = false;
    free(op_ui_text_choice(&s->text, ""));
    op_ui_text_answer(&s->text, "The conversation is forgotten.");
    return OP_OK;
}
