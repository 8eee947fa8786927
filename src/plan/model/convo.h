/* The conversation as plain data: what was said, in order. It is valid at every moment for the
 * strictest endpoint: each tool call has an answer before anything else is said, and roles alternate. */
#ifndef OPSH_PLAN_MODEL_CONVO_H
#define OPSH_PLAN_MODEL_CONVO_H

#include "opsh/base/buf.h"
#include "opsh/data/json.h"

enum op_role { OP_ROLE_USER, OP_ROLE_ASSISTANT, OP_ROLE_TOOL };

struct op_call { /* a tool call as it goes back to the endpoint */
    char *id, *name;
    char *args;  /* always one valid JSON object */
    char *extra; /* extra_content, JSON that goes back as it came; or NULL */
};

struct op_message {
    enum op_role role;
    char *text;            /* NULL: none (an assistant that only calls tools) */
    char *thought;         /* of an assistant; sent only where an endpoint asks for it */
    struct op_call *calls; /* of an assistant */
    size_t n_calls;
    char *call_id; /* of a tool */
    char *brief;   /* of a tool: what stays when there is no room for all of it; NULL: all stays */
};

struct op_convo {
    struct op_message *items;
    size_t n, cap;
    struct op_buf digest; /* earlier turns that there was no room for, a few lines each */
};

/* Text is copied, cleaned of control characters and of what is not UTF-8. The message is borrowed until the next add.
 */
struct op_message *op_convo_add(struct op_convo *c, enum op_role role, const char *text);
struct op_call *op_convo_add_call(struct op_message *m, const char *id, const char *name, const char *args);
void op_convo_add_result(struct op_convo *c, const char *call_id, const char *text, const char *brief);
void op_convo_drop_first(struct op_convo *c, size_t n); /* messages */
void op_convo_drop_last(struct op_convo *c, size_t n);

/* Before a person speaks again: a turn that ended without an answer is closed with one. */
void op_convo_close_turn(struct op_convo *c, const char *note);

/* Thoughts are of no use to later turns, and long. */
void op_convo_drop_thoughts(struct op_convo *c);

bool op_convo_has_call(const struct op_convo *c, const char *id);

/* The "messages" array, owned. PLAIN: without tool roles, for endpoints that have none: calls stand in the text as
 * prompts/tools.md describes them, and their results are said by the user's side. THOUGHTS: with the thoughts of this
 * turn's calls. */
enum op_convo_form { OP_CONVO_TOOLS, OP_CONVO_PLAIN, OP_CONVO_THOUGHTS };
/* apart: the preamble is a message of its own, the system's; else it stands before the first words of the person. */
struct op_json *op_convo_json(const struct op_convo *c, const char *preamble, enum op_convo_form form, bool apart);
void op_convo_clear(struct op_convo *c);

#endif
