/* A call whose arguments stand between tags, as Qwen3-Coder (<function=…>), MiniMax (<invoke name="…">) and GLM (a
 * name, then <arg_key>) write them. */
#ifndef OPSH_PLAN_MODEL_TAGGED_H
#define OPSH_PLAN_MODEL_TAGGED_H

#include "opsh/catalog/catalog.h"

#include "written.h"

/* What stands at s. CALL: *len bytes of it are a call. MAYBE: more may make one of it. */
enum op_written op_tagged_at(const char *s, size_t n, size_t *len);

/* Its name (appended) and its arguments, owned: by the tool's types where there is such a tool, else as text. */
struct op_json *op_tagged_take(const struct op_catalog *cat, const char *s, size_t n, struct op_buf *name);

#endif
