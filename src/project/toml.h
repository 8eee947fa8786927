/* TOML as far as manifests of packages need it: each scalar with the table it is in. */
#ifndef OPSH_PROJECT_TOML_H
#define OPSH_PROJECT_TOML_H

#include <stdbool.h>
#include <stddef.h>

/* table: "project", "tool.uv", "bin" (also for [[bin]]); key: "name", "dependencies" (once for each element of an
 * array), "fastapi.version" (in an inline table); value: a string's text or the bare word; line: from 1. Borrowed
 * during the call. */
typedef void (*op_toml_item)(void *ctx, const char *table, const char *key, const char *value, int line);

/* What is not TOML ends the reading of its line and no more: a manifest that its own tool refuses is not ours to judge.
 */
void op_toml_read(const char *text, op_toml_item item, void *ctx);

#endif
