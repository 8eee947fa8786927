/* What must not leave the machine, taken out of text and put back: one redactor per session. It finds
 *   - the data of Kubernetes Secrets (YAML and JSON, also JSON inside a string), and their decoded values elsewhere
 *   - tokens of known shapes (sk-…, ghp_…, AKIA…, xox…, AIza…, glpat-…, hf_…, JWT), PEM blocks
 *   - values that stand by a telling name: password, secret, token, api_key, credential, dsn …
 *   - passwords in URLs, Authorization headers, docker's auths
 *   - whatever the person's own patterns match (configuration: redact)
 * and writes [[opsh-secret-N]] in its place: the same value has the same N as long as the session lives. A value that
 * was found once is found everywhere from then on, also base64-encoded, inside a longer word, or quoted in JSON.
 *
 * What it cannot know: a value without a telling name or shape that it never met elsewhere; one that a program prints
 * in pieces. Values shorter than 6 bytes, and plain words, are replaced where they stand as a secret, not elsewhere.
 *
 * Values are held in memory only and wiped by op_redact_free. */
#ifndef OPSH_GATE_REDACT_H
#define OPSH_GATE_REDACT_H

#include "opsh/base/buf.h"
#include "opsh/data/json.h"
#include "opsh/gate/classify.h"
#include "opsh/plan/model.h"

struct op_redact; /* opaque */

struct op_redact *op_redact_new(void);
void op_redact_free(struct op_redact *r);

/* A person's own pattern: POSIX extended, matched line by line; its first group is the secret, or the whole match where
 * it has none. Errors: OP_CONFIG (not a pattern, has a back reference, matches nothing at all). */
bool op_redact_add_pattern(struct op_redact *r, const char *ere, struct op_err *err) OP_CHECKED;

/* A value that is known to be secret (the API key). */
void op_redact_learn(struct op_redact *r, const char *value, size_t n);

/* text with its secrets replaced, appended to out. Placeholders that text holds already stay what they are, so that
 * doing it twice changes nothing. */
void op_redact_text(struct op_redact *r, const char *text, size_t n, struct op_buf *out);

/* The same for what a command printed. A text that only looks like a placeholder becomes one for itself, so that
 * nothing foreign can name a secret. bare: every word is one (op_redact_is_bare), but those of error lines.
 * restored: the command line where values were put into it, or NULL; the output may repeat them, however short. */
void op_redact_output(struct op_redact *r, bool bare, const struct op_strv *restored, const char *text, size_t n,
                      struct op_buf *out);

/* Does this command print values of Secrets without saying what they are (jsonpath, templates, columns)? */
bool op_redact_is_bare(const struct op_strv *argv, const struct op_verdict *v);

/* Every string of a JSON document in place; strings that hold JSON stay JSON. Errors: body is not JSON (then it is
 * emptied: nothing is let through that was not understood). */
bool op_redact_json(struct op_redact *r, struct op_buf *body, struct op_err *err) OP_CHECKED;

/* The reverse: placeholders become the values they stand for; unknown ones stay. Appended to out. */
void op_redact_restore(const struct op_redact *r, const char *text, size_t n, struct op_buf *out);
struct op_json *op_redact_restore_json(const struct op_redact *r,
                                       const struct op_json *j); /* every string in it; owned */

/* Bytes that arrive in pieces, cut anywhere. All is held back until the end, because what a Secret's data is shows only
 * behind it ("kind: Secret" is its last line but few); more than OP_BUF_MAX bytes are cut. */
struct op_redact_stream {
    struct op_redact *r;
    struct op_buf held;
};
void op_redact_feed(struct op_redact_stream *s, const char *bytes, size_t n);
void op_redact_end(struct op_redact_stream *s, struct op_buf *out); /* wipes what was held */

/* The redactor as the model planner's boundary. Both are borrowed for the planner's life. */
struct op_model_guard op_redact_guard(struct op_redact *r, const struct op_catalog *cat);

#endif
