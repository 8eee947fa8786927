/* JSON, the only door to cJSON. Reading is strict where cJSON is not: UTF-8 is checked, \u0000,
 * trailing bytes and numbers like 01 or 1e400 are refused, keys are case-sensitive, depth is
 * limited, and with OP_JSON_UNIQUE a duplicate key is an error (two parsers that disagree about
 * which one counts are how an approved command becomes another). */
#ifndef OPSH_DATA_JSON_H
#define OPSH_DATA_JSON_H

#include "opsh/base/buf.h"
#include "opsh/data/node.h"

#include <stdint.h>

struct op_json; /* opaque */

enum op_json_flags { OP_JSON_LOOSE = 0, OP_JSON_UNIQUE = 1 };

#define OP_JSON_DEPTH 128

/* owned. Errors: OP_LIMIT (depth), OP_NETWORK (not JSON); the message says at which byte. */
struct op_json *op_json_parse(const char *text, size_t len, enum op_json_flags flags, struct op_err *err) OP_CHECKED;
void op_json_free(struct op_json *j);
void op_json_freep(struct op_json **j);
#define OP_AUTO_JSON OP_AUTO(op_json_freep) struct op_json

char *op_json_print(const struct op_json *j, bool pretty); /* owned */

/* Reading. All accept NULL and answer NULL/false/0 for what is absent or of another type. */
const struct op_json *op_json_get(const struct op_json *obj, const char *key);
const struct op_json *op_json_at(const struct op_json *j, const char *dotted); /* "status.phase" */
const char *op_json_text(const struct op_json *j);                             /* a string's text */
const char *op_json_str(const struct op_json *obj, const char *dotted);        /* text at a path */
bool op_json_int(const struct op_json *j, int64_t *out);    /* an integral number below 2^53 in size */
int64_t op_json_int_or(const struct op_json *obj, const char *dotted, int64_t fallback);
bool op_json_number(const struct op_json *j, double *out);
bool op_json_bool(const struct op_json *j, bool *out);
bool op_json_is_true(const struct op_json *obj, const char *dotted);
bool op_json_is_object(const struct op_json *j);
bool op_json_is_array(const struct op_json *j);
bool op_json_is_null(const struct op_json *j); /* absent or null */
const struct op_json *op_json_first(const struct op_json *j); /* children of an object or array */
const struct op_json *op_json_next(const struct op_json *j);
const char *op_json_key(const struct op_json *j); /* of an object's member */
size_t op_json_size(const struct op_json *j);

#define OP_JSON_EACH(item, container) \
    for (const struct op_json *item = op_json_first(container); item != NULL; item = op_json_next(item))

/* Building. set and push take what they are given; text is copied. */
struct op_json *op_json_object(void);
struct op_json *op_json_array(void);
struct op_json *op_json_string(const char *text); /* NULL gives null */
struct op_json *op_json_integer(int64_t v);
struct op_json *op_json_boolean(bool v);
struct op_json *op_json_null(void);
struct op_json *op_json_dup(const struct op_json *j); /* NULL gives null */
void op_json_set(struct op_json *obj, const char *key, struct op_json *takes);
void op_json_set_str(struct op_json *obj, const char *key, const char *text);
void op_json_set_int(struct op_json *obj, const char *key, int64_t v);
void op_json_set_bool(struct op_json *obj, const char *key, bool v);
void op_json_push(struct op_json *array, struct op_json *takes);
struct op_json *op_json_edit(struct op_json *obj, const char *key); /* borrowed, to be built further */
void op_json_remove(struct op_json *obj, const char *key);

/* A person's document as JSON: plain true/false, numbers and null become what they look like;
 * a whole number too large to be exact stays text. owned */
struct op_json *op_json_from_node(const struct op_node *n);

#endif
