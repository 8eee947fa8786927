/* A document that a person wrote (configuration, catalogue, kubeconfig): a tree of nodes
 * that remember where they stood, so that every complaint can say file:line:column.
 * Nodes are plain constant data: those of the compiled-in catalogue are C initialisers. They hold distances instead of
 * pointers: a pointer in constant data is a relocation, and those of the catalogue were a quarter of opsh's start. So a
 * node is never copied, and what is made by hand is put together by op_node_link. */
#ifndef OPSH_DATA_NODE_H
#define OPSH_DATA_NODE_H

#include "opsh/base/err.h"

#include <stdint.h>

enum op_node_kind { OP_NODE_SCALAR, OP_NODE_LIST, OP_NODE_MAP };

struct op_node {
    enum op_node_kind kind;
    bool plain;                         /* scalar written without quotes: may be a number, a bool or null */
    uint32_t line, column;              /* of the value, from 1 */
    uint32_t key_line, key_column;      /* of the key; in a list the same as the value's */
    uint32_t n;                         /* children of a list or map */
    int64_t key_at, text_at;            /* bytes from here to it; 0: there is none. Read by the functions below */
    int64_t first_at, next_at;
};

struct op_doc {
    const char *file;           /* as shown to people */
    const struct op_node *root; /* never NULL; an empty document is an empty map */
    void *memory;               /* owned by op_doc_free; NULL for compiled-in documents */
};

void op_doc_free(struct op_doc *doc);

static inline const void *op_node_at(const struct op_node *n, int64_t distance)
{
    return distance != 0 ? (const void *)((uintptr_t)n + (uintptr_t)distance) : NULL;
}

/* In a map: its key; otherwise NULL. */
static inline const char *op_node_key(const struct op_node *n)
{
    return op_node_at(n, n->key_at);
}

/* The first child of a list or map; NULL: there is none, or n is NULL. */
static inline const struct op_node *op_node_first(const struct op_node *n)
{
    return n != NULL ? op_node_at(n, n->first_at) : NULL;
}

static inline const struct op_node *op_node_next(const struct op_node *n)
{
    return op_node_at(n, n->next_at);
}

/* The scalar's text; NULL: it is none, or n is NULL. */
static inline const char *op_node_text(const struct op_node *n)
{
    return n != NULL ? op_node_at(n, n->text_at) : NULL;
}

/* For nodes that no document holds: what is NULL is none. */
void op_node_link(struct op_node *n, const char *key, const char *text, const struct op_node *first,
                  const struct op_node *next);

/* All accept NULL nodes, so that lookups chain: op_node_get(op_node_get(n, "a"), "b"). */
const struct op_node *op_node_get(const struct op_node *map, const char *key);
bool op_node_has(const struct op_node *list, const char *text); /* is one of its scalars this text? */
bool op_node_is_null(const struct op_node *n);                  /* absent, or a plain empty, ~ or null scalar */

/* Typed reads of map[key]. Absent: *out untouched, true. Wrong type: false, err says file:line:col. */
bool op_node_read_str(const struct op_doc *d, const struct op_node *map, const char *key, const char **out,
                      struct op_err *err) OP_CHECKED;
bool op_node_read_bool(const struct op_doc *d, const struct op_node *map, const char *key, bool *out,
                       struct op_err *err) OP_CHECKED;
bool op_node_read_int(const struct op_doc *d, const struct op_node *map, const char *key, int64_t min, int64_t max,
                      int64_t *out, struct op_err *err) OP_CHECKED;

/* n must be of this kind (absent is fine). */
bool op_node_expect(const struct op_doc *d, const struct op_node *n, enum op_node_kind kind,
                    struct op_err *err) OP_CHECKED;

/* Every key of map must be in keys (NULL-terminated); the error names the nearest known key. */
bool op_node_known_keys(const struct op_doc *d, const struct op_node *map, const char *const *keys,
                        struct op_err *err) OP_CHECKED;

/* "file:line:column: …" with OP_CONFIG; returns false. */
bool op_node_fail(struct op_err *err, const struct op_doc *d, const struct op_node *n, const char *fmt, ...)
    OP_PRINTF(4, 5);

#endif
