/* Manifests as trees, and as the YAML that people read before they say yes. Every text that came from a person is
 * written so that YAML reads back that very text. */
#ifndef OPSH_RULES_MANIFEST_H
#define OPSH_RULES_MANIFEST_H

#include "intent.h"

#include "opsh/data/json.h"

/* apiVersion, kind, metadata with name and (where there is one) namespace. owned */
struct op_json *manifest_new(const char *api, const char *kind, const char *name, const char *ns);
/* The member, an empty object where it was missing; borrowed, to be built further. */
struct op_json *manifest_in(struct op_json *obj, const char *key);
struct op_json *manifest_list(struct op_json *obj, const char *key);
/* Adds an empty object to the list; borrowed. */
struct op_json *manifest_item(struct op_json *list);
void manifest_text(struct op_json *obj, const char *key, const char *text);   /* NULL: nothing */
void manifest_number(struct op_json *obj, const char *key, const char *text); /* a number where it is one */
void manifest_print(struct op_buf *out, const struct op_json *document);

/* The records that phrases left in a slot (spoken.h): start with *i = 0; NULL at the end. owned */
struct op_json *record_next(const struct slots *s, const char *slot, size_t *i);

/* ---- what builds what; each returns false when the frame does not say enough for it ---- */

bool build_workload(const struct frame *f, struct op_buf *out); /* pods and whatever runs them */
bool build_network(const struct frame *f, struct op_buf *out);  /* services, network policies */
bool build_access(const struct frame *f, struct op_buf *out);   /* who may do what */
bool build_limits(const struct frame *f, struct op_buf *out);   /* limit ranges, budgets, autoscalers, claims */

/* Slots that follow from records: the image of the first container, the rules of an ingress, … */
void build_slots(struct frame *f);

/* Rules of a role, of kinds and verbs as they are heard (hear_access.c), both lists with commas. */
void build_rules(struct op_json *rules, const char *kinds, const char *verbs);
/* The words between the commas, each once. */
void build_words(struct op_json *list, const char *words);

/* The label by which pods of `name` are found: app=NAME, or what the cluster says (slot "label:NAME"). */
void build_selector(struct op_json *selector, const struct frame *f, const char *name, const char *pair);

#endif
