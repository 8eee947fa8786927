/* Owns how the examination is told, and the check of the key: that stays in this process, and no child ever has it. */
#include "doctor.h"

#include "opsh/base/str.h"
#include "opsh/os/clock.h"
#include "opsh/os/signals.h"
#include "opsh/plan/model.h"
#include "opsh/run/doctor.h"
#include "paint.h"

enum { WHOLE_MS = 2800, KEY_LEAST_MS = 600, NAME_COLUMN = 15 };

static void ask_endpoint(struct op_session *s, int64_t ms, struct op_checks *c)
{
    struct op_planner planner = { 0 };
    struct op_err err = OP_ERR_INIT;
    OP_AUTO_STRV names = OP_STRV_INIT;
    bool known = op_config_find_key(&s->config, &err);
    const struct op_model_options o = { .endpoint = s->config.endpoint,
                                        .model = s->config.model,
                                        .key = s->config.key,
                                        .ca_file = s->config.ca_file,
                                        .silence_ms = ms,
                                        .connect_ms = ms };
    bool ok = known && op_model_new(&s->catalog, &o, &planner, &err) && op_model_list(&planner, &names, &err);
    if (planner.ops != NULL)
        planner.ops->free(planner.self);
    bool there = names.n == 0 || op_strv_has(&names, s->config.model);
    OP_AUTO_FREE char *seen = op_asprintf("%s at %s", s->config.model, s->config.endpoint);
    if (!ok)
        op_checks_add(c, "model", OP_CHECK_WARN, false, err.msg,
                      "--offline understands by rules; opsh --help config tells where the key may stand");
    else
        op_checks_add(c, "model", there ? OP_CHECK_FINE : OP_CHECK_WARN, false, seen,
                      there ? NULL : "the endpoint does not list that model: /models does");
}

static void check_model(struct op_session *s, int64_t ms, struct op_checks *c)
{
    if (getenv("OPSH_STEP") != NULL)
        op_checks_add(c, "model", OP_CHECK_NONE, false, "not asked from here: commands never get the key; /doctor asks",
                      NULL);
    else if (s->options.offline)
        op_checks_add(c, "model", OP_CHECK_NONE, false, "not asked (--offline)", NULL);
    else if (!op_session_uses_model(s))
        op_checks_add(c, "model", OP_CHECK_NONE, false, "no key: requests are understood by rules", NULL);
    else
        ask_endpoint(s, ms > KEY_LEAST_MS ? ms : KEY_LEAST_MS, c);
}

static const char *const state_names[] = {
    [OP_CHECK_FINE] = "fine", [OP_CHECK_WARN] = "warning", [OP_CHECK_MISSING] = "missing", [OP_CHECK_NONE] = "none"
};

static void tell(struct op_session *s, const struct op_checks *c)
{
    static const char *const marks[][2] = { /* with and without UTF-8 */
                                            [OP_CHECK_FINE] = { "\xe2\x9c\x93", "+" },
                                            [OP_CHECK_WARN] = { "!", "!" },
                                            [OP_CHECK_MISSING] = { "\xe2\x9c\x97", "x" },
                                            [OP_CHECK_NONE] = { "-", "-" }
    };
    OP_AUTO_BUF out = OP_BUF_INIT;
    for (size_t i = 0; i < c->n; i++) {
        const struct op_check *one = &c->v[i];
        op_buf_addf(&out, "%s %-*s %s\n", marks[one->state][s->text.utf8 ? 0 : 1], NAME_COLUMN, one->name, one->seen);
        if (one->advice != NULL)
            op_buf_addf(&out, "    %s\n", one->advice);
    }
    op_buf_adds(&out, op_checks_fine(c) ? "Everything that is needed is there.\n"
                                        : "Something that is needed is missing: see above.\n");
    op_ui_text_answer(&s->text, op_buf_str(&out));
}

static void tell_json(const struct op_checks *c)
{
    OP_AUTO_JSON *root = op_json_object();
    struct op_json *checks = op_json_array();
    for (size_t i = 0; i < c->n; i++) {
        struct op_json *one = op_json_object();
        op_json_set_str(one, "name", c->v[i].name);
        op_json_set_str(one, "state", state_names[c->v[i].state]);
        op_json_set_bool(one, "needed", c->v[i].needed);
        op_json_set_str(one, "seen", c->v[i].seen);
        op_json_set_str(one, "advice", c->v[i].advice);
        op_json_push(checks, one);
    }
    op_json_set_bool(root, "ok", op_checks_fine(c));
    op_json_set(root, "checks", checks);
    op_ui_json_print(root);
}

static enum op_code examine(struct op_session *s)
{
    struct op_checks c = { 0 };
    int64_t start = op_clock_ms();
    op_signals_clear();
    enum op_code code = OP_INTERRUPTED;
    if (op_road_examine(s->road, &c)) {
        check_model(s, WHOLE_MS - (op_clock_ms() - start), &c);
        if (s->options.json)
            tell_json(&c);
        else
            tell(s, &c);
        code = op_checks_fine(&c) ? OP_OK : OP_TOOL;
    }
    op_checks_free(&c);
    return code;
}

enum op_code op_doctor_command(struct op_session *s, const char *args)
{
    (void)args;
    return examine(s);
}

/* ---- opsh doctor ---- */

bool op_sub_doctor_meant(int argc, char *const *argv)
{
    struct op_options options;
    bool alone = op_options_parse(argc - 1, argv + 1, &options, NULL) && options.request == NULL;
    op_options_free(&options);
    return alone;
}

enum op_code op_sub_doctor(int argc, char *const *argv, const char *version, struct op_err *err)
{
    struct op_options options;
    struct op_session s;
    if (!op_options_parse(argc, argv, &options, err) || !op_signals_init(err)) {
        op_options_free(&options);
        return err->code;
    }
    enum op_code code = op_session_open(&s, &options, version, err) ? examine(&s) : err->code;
    op_session_close(&s);
    return code;
}
