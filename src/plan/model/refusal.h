/* An endpoint's refusal (a status that is not 2xx, or something that is no reply) as one line for a person. */
#ifndef OPSH_PLAN_MODEL_REFUSAL_H
#define OPSH_PLAN_MODEL_REFUSAL_H

#include "model.h"

/* The words of an error document: its message when it is JSON, its first line when it is plain text,
 * "" when it is a web page. Cleaned, one line, at most 300 bytes, the key blotted out. owned */
char *op_chat_refusal_words(const struct op_model *m, const struct op_buf *body);

/* Fills err. */
bool op_chat_refusal(const struct op_model *m, const struct op_http_response *res, const char *words,
                     struct op_err *err);

bool op_chat_is_too_long(int status, const char *words); /* for the model */

/* How many hundredths of what was sent the endpoint says that it takes; 100: it does not say. */
unsigned op_chat_share_taken(const char *words);

/* May the same request be answered in a moment? */
bool op_chat_status_again(int status, const char *words);

/* Every error that leaves the planner passes here: one printable line without the key. */
void op_chat_scrub(const struct op_model *m, struct op_err *err);
bool op_chat_is_page(const char *content_type, const struct op_buf *body);

#endif
